"""What is taken off an answer, what is left, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine.messages import FinishReason
from assistant.tasks.cleaning import clean, shown
from assistant.tasks.summary import ProblemKind
from tests.unit.tasks.cleaning_cases import CHINESE, ENGLISH, Case, R, Z

ENGLISH_SOURCE = " ".join(
    f"The {word} of the firm was discussed at length by the members of the board on a rainy day in the old town hall."
    for word in ("future", "past", "building", "name", "garden", "debt")
)
CHINESE_SOURCE = "".join(
    f"董事会的成员们在一个下雨天在老市政厅详细讨论了公司的{word}。" for word in ("未来", "过去", "名字", "花园", "债务")
)


@pytest.mark.parametrize("case", ENGLISH, ids=lambda case: case.text[:40])
def test_english_answers(case: Case) -> None:
    check(case, "en", ENGLISH_SOURCE)


@pytest.mark.parametrize("case", CHINESE, ids=lambda case: case.text[:20])
def test_chinese_answers(case: Case) -> None:
    check(case, "zh-Hans", CHINESE_SOURCE)


def check(case: Case, language: str, source: str) -> None:
    found = clean(case.text, language=language, source=source, reason=case.reason)
    assert found.text == case.wanted
    assert tuple(problem.kind for problem in found.problems) == case.kinds


def test_there_are_enough_cases_and_half_of_the_frames_are_traps() -> None:
    for cases in (ENGLISH, CHINESE):
        assert len(cases) >= 40
        assert sum(case.left is None and not case.kinds for case in cases) >= 15


# ---------------------------------------------------------------- copies


def test_a_long_copy_is_noted_and_hardly_anything_else_is_no_summary() -> None:
    copy = ENGLISH_SOURCE[: len(ENGLISH_SOURCE) // 2 + 60]
    (problem,) = clean(copy, language="en", source=ENGLISH_SOURCE).problems
    assert problem.kind is ProblemKind.ECHO
    assert not problem.minor
    assert problem.values["percent"] >= 95
    own = " ".join(f"Nobody had asked the members before about thing number {word}." for word in ("one", "two"))
    noted = clean(f"{own} {ENGLISH_SOURCE[:230]}", language="en", source=ENGLISH_SOURCE * 4)
    assert [(one.kind, one.minor) for one in noted.problems] == [(ProblemKind.ECHO, True)]
    assert clean(own, language="en", source=ENGLISH_SOURCE).problems == ()


def test_a_chinese_copy_is_noted_too() -> None:
    (problem,) = clean(CHINESE_SOURCE[:100], language="zh-Hans", source=CHINESE_SOURCE).problems
    assert problem.kind is ProblemKind.ECHO


# ---------------------------------------------------------------- any text


WORDS = [
    "sure!", "Here is a summary:", "\n", "\n\n", "- ", "| a | b |", "=====", "<think>", "</think>", "```", "“", "”",
    "1.", "The town paid 5 %.", "以下是摘要：", "好的，", "镇上付了钱。", "I cannot provide", "...", "。", "word", "字",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=40),
    language=st.sampled_from(["", "en", "zh-Hans", "zh-Hant", "ja", "de", "tlh"]),
    reason=st.sampled_from(FinishReason),
)
def test_whatever_comes_nothing_is_added_and_nothing_breaks(
    pieces: list[str], language: str, reason: FinishReason
) -> None:
    text = " ".join(pieces)
    found = clean(text, language=language, source="The town paid.", reason=reason)
    left, given_signs = iter(found.text.removesuffix("…").replace(" ", "").replace("\n", "")), iter(text)
    assert all(any(sign == other for other in given_signs) for sign in left)
    assert len({problem.kind for problem in found.problems}) == len(found.problems)
    if not found.text:
        assert {problem.kind for problem in found.problems} & {ProblemKind.EMPTY, ProblemKind.REFUSAL}


@pytest.mark.parametrize("case", [*ENGLISH, *CHINESE], ids=lambda case: case.text[:20])
def test_what_was_cleaned_stays_as_it_is(case: Case) -> None:
    once = clean(case.text, reason=case.reason).text
    assert clean(once).text == once


# ---------------------------------------------------------------- while it is being written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>The user wants", ""),
        (f"<think>a</think>\nHere is a summary:\n\n{R}", R),
        (f"好的，以下是摘要：\n{Z[:10]}", Z[:10]),
        ("Here is", "Here is"),
        ("", ""),
    ],
)
def test_what_is_shown_meanwhile(text: str, left: str) -> None:
    assert shown(text) == left
