"""Which terms of a glossary a text holds."""

from __future__ import annotations

import pytest

from assistant.documents.segments import Term
from assistant.tasks.glossing import Glossing
from tests.fakes.codes import coded


def found(text: str, *terms: Term | str) -> list[str]:
    rows = [term if isinstance(term, Term) else Term(term, "x") for term in terms]
    return [term.source for term in Glossing(rows).in_text(text, 9)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Two LAMPS burn.", "lamp"),
        ("in many cities", "city"),
        ("the model's weights", "model"),
        ("They opened it.", "open"),
        ("Die Häuser der Lampen", "Lampe"),
        ("le case vecchie", "casa"),
        ("в лампах", "ламп"),
        ("看那盏油灯下", "油灯"),
        ("a large\nlanguage  model", "Large Language Model"),
        ("press {1Sa}1ve", "save"),
        ("C++ is old", "C++"),
        ("ÜBER UNS", "über"),
        ("Straße", "Straße"),
    ],
)
def test_a_term_is_found_in_its_forms(text: str, term: str) -> None:
    assert found(coded(text), term) == [term]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a lampoon", "lamp"),
        ("the clamp", "lamp"),
        ("modern art", "model"),
        ("let us go", "US"),
        ("opinion", "open"),
        ("large model", "large language model"),
    ],
)
def test_another_word_is_not(text: str, term: str) -> None:
    assert found(text, Term(term, "x", exact=term.isupper())) == []


def test_the_longest_term_at_a_place_counts_and_each_counts_once() -> None:
    assert found("An oil lamp and a lamp, an oil lamp.", "lamp", "oil lamp", "oil") == ["oil lamp", "lamp"]
    assert found("灯下的油灯", "灯", "油灯", "灯下") == ["灯下", "油灯"]


def test_two_lines_for_the_same_word_both_count() -> None:
    rows = [Term("lamp", "灯"), Term("lamp", "灯泡", forbidden=True)]
    assert Glossing(rows).in_text("the lamp", 9) == tuple(rows)


def test_there_are_not_more_than_wanted() -> None:
    assert (
        len(Glossing([Term(f"w{n}x", "y") for n in range(30)]).in_text(" ".join(f"w{n}x" for n in range(30)), 12)) == 12
    )


def test_an_empty_glossary_finds_nothing() -> None:
    assert Glossing([Term("  ", "x")]).in_text("anything  at all", 9) == ()
    assert Glossing([]).in_text("anything", 9) == ()


def test_one_of_ten_thousand_terms_is_found() -> None:
    many = Glossing([Term(f"lamp{n}", "x") for n in range(10_000)])
    assert [term.source for term in many.in_text("Take lamp77 and lamp9999.", 9)] == ["lamp77", "lamp9999"]
