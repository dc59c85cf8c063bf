"""What is taken off an answer, what is left, and what is said about it."""

from __future__ import annotations

import pytest

from assistant.tasks.cleaning import clean
from tests.unit.tasks.cleaning_cases import CHINESE, ENGLISH, Case

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
