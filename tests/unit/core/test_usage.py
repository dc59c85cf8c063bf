"""Estimates of how full a context is, and what of a conversation a model gets."""

from __future__ import annotations

import pytest

from assistant.core.hits import around
from assistant.core.turns import first_kept, turns_of
from assistant.core.usage import Usage, estimate_tokens
from assistant.storage.rows import Message, Role


def message(number: int, role: Role, text: str) -> Message:
    return Message(number, 1, number - 1 or None, role, text, 0.0)


def test_tokens_are_estimated_by_kind_of_script() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("abcd" * 10) == 10
    assert estimate_tokens("汉字" * 50) == 70
    assert estimate_tokens("a" * 400_000) == 100_000


@pytest.mark.parametrize(
    ("usage", "over"),
    [
        (Usage(used=100, reserved=50, context=1000, draft=849), 0),
        (Usage(used=100, reserved=50, context=1000, draft=851), 1),
        (Usage(used=900, reserved=200, context=1000), 0),  # nothing is being written: that is another notice's matter
        (Usage(used=100, reserved=50, context=0, draft=9999), 0),  # nobody knows how much fits
    ],
)
def test_what_does_not_fit_is_told_before_it_is_sent(usage: Usage, over: int) -> None:
    assert usage.over == over


def test_questions_without_an_answer_are_one_turn() -> None:
    talk = [message(1, Role.USER, "one"), message(2, Role.ASSISTANT, ""), message(3, Role.USER, "two")]
    assert [(turn.role, turn.text) for turn in turns_of(talk, " ")] == [("user", "one\n\ntwo")]
    assert turns_of([], "Be brief.")[0].role == "system"


def test_the_oldest_turns_go_first() -> None:
    talk = [message(n, Role.USER if n % 2 else Role.ASSISTANT, "x" * 100) for n in range(1, 9)]
    assert first_kept(talk, needed=800, available=800) == 5
    assert first_kept(talk, needed=800, available=8) == 7, "the last question always stays"
    assert first_kept(talk[:2], needed=200, available=10) is None


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Salt", "SALT", ("", "Salt", "")),
        ("a long way before the\n\n\tword comes", "word", ("…way before the ", "word", " comes")),
        ("灯下读书想起故乡的月亮和山上的雪", "月亮", ("灯下读书想起故乡的", "月亮", "和山上的雪")),
        ("of the **Moon**: its `pull` on us", "moon", ("of the ", "Moon", ": its pull on us")),
        ("nothing here", "else", None),
        ("(.*)", ".*", ("(", ".*", ")")),
    ],
)  # fmt: skip
def test_the_words_around_what_was_found(text: str, wanted: str, found: object) -> None:
    assert around(text, wanted) == found
