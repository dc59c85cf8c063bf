"""Passages for a question, and the sentences of a quick look, are found by words alone."""

from __future__ import annotations

import pytest

from assistant.documents.model import Document, Kind
from assistant.worker.ranking import rank
from assistant.worker.retrieval import Index, retrieve
from tests.unit.worker.linked import chinese, document, english


def passages(source: Document, question: str, limit: int = 400, history: tuple[str, ...] = ()) -> list[str]:
    found = retrieve(Index(source), question, limit, history=history)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert sum(one.end - one.start for one in found) <= limit + len(found)
    return [source.text[one.start : one.end] for one in found]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many flats will be built?", "1,240 new flats"),
        ("How much does the project cost?", "184.5 million euros"),
        ("有轨电车多久一班？", "Trams will run"),
    ],
)
def test_english_passages(question: str, answer: str) -> None:
    assert any(answer in passage for passage in passages(english(), question))


@pytest.mark.parametrize(
    ("question", "answer"), [("谁开办了民宿？", "林晓峰"), ("Who complains about noise?", "老人们抱怨")]
)
def test_chinese_passages(question: str, answer: str) -> None:
    assert any(answer in passage for passage in passages(chinese(), question, 120))


def test_a_question_goes_on_from_what_was_said() -> None:
    assert "Trams will run" in " ".join(passages(english(), "And at night?", 300, ("How often do the trams run?",)))


def test_a_question_about_nothing_there_gets_the_beginning() -> None:
    assert passages(english(), "xyzzy", 300)[0].startswith("Harbour redevelopment")
    assert retrieve(Index(Document("", ())), "anything", 100) == ()


UNMARKED = {
    "en": (" ".join(f"so in year{number} the harbour got lamp{number}" for number in range(600)), "lamp321"),
    "zh-Hans": ("".join(f"话说第{number}回山中有座庙庙里住着和尚甲{number}" for number in range(600)), "和尚甲321"),
}


@pytest.mark.parametrize("language", UNMARKED)
def test_a_text_without_sentence_marks_has_passages(language: str) -> None:
    text, asked = UNMARKED[language]
    assert any(asked in passage for passage in passages(document(text, language), asked, 2000))


@pytest.mark.parametrize("language", UNMARKED)
def test_a_text_without_sentence_marks_has_a_quick_look(language: str) -> None:
    source = document(UNMARKED[language][0], language)
    costs = costs_of(source)
    chosen, share = rank(source, costs, sum(costs) // 3)
    assert chosen
    assert share > 0.2


# ---------------------------------------------------------------- quick look


def costs_of(source: Document) -> list[int]:
    return [(end - start) // 4 + 1 for start, end in source.sentences]


@pytest.mark.parametrize("source", [english(), chinese()], ids=["en", "zh"])
def test_a_quick_look_keeps_to_its_budget_and_order(source: Document) -> None:
    costs = costs_of(source)
    chosen, share = rank(source, costs, sum(costs) // 3)
    assert list(chosen) == sorted(set(chosen))
    assert sum(costs[one] for one in chosen) <= sum(costs) // 3
    assert share == pytest.approx(sum(costs[one] for one in chosen) / sum(costs))
    assert share > 0.2


def test_what_fits_is_read_whole() -> None:
    source = english()
    assert rank(source, costs_of(source), 10_000) == (tuple(range(len(source.sentences))), 1.0)


def test_a_focus_is_preferred() -> None:
    source = english()
    chosen, _ = rank(source, costs_of(source), 60, "trams and traffic")
    assert "Trams will run" in " ".join(source.text[slice(*source.sentences[one])] for one in chosen)


def test_a_sentence_brings_its_heading() -> None:
    source = english()
    chosen, _ = rank(source, costs_of(source), 70, "lead and mercury in the soil")
    text = [source.text[slice(*source.sentences[one])] for one in chosen]
    assert "Environment" in text


def test_a_sentence_is_not_chosen_twice() -> None:
    same = "The old bridge over the river will be closed to all traffic from Monday."
    other = "Shops in the town centre expect that fewer visitors come by car."
    source = document("\n\n".join([same, other, same, same, other]), "en")
    chosen, _ = rank(source, [10] * len(source.sentences), 30)
    text = [source.text[slice(*source.sentences[one])] for one in chosen]
    assert sorted(text) == sorted({same, other})
    assert all(one.kind is Kind.TEXT for one in source.paragraphs)
