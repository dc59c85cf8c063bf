"""Small numbers that a source does not write as numbers."""

from __future__ import annotations

import pytest

from assistant.worker.counting_out import is_spelled, listed


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Clinics in Norway, Scotland and Canada took part from 2017 and 2018.", {3}),
        ("Present: Farah Holm (chair), Gregor Malik, Ottilie Brandt, Samuel Ade; apologies from Jun.", {4}),
        ("It was long, and it rained.", set()),
        ("列车仅停林家、磨坊、云溪桥三站，全程51分钟", {3}),
        ("出席：何仙芝（主任）、马国梁、白兰亭和戴秋生；请假：一人", {4}),
        ("没有列举什么。", set()),
    ],
)
def test_how_many_things_a_list_has(text: str, sizes: set[int]) -> None:
    assert listed(text) == sizes


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (7, "沉钟响七声", True),
        (7, "沉钟响十七声", False),
        (7, "沉钟响七十声", False),
        (2, "险胜，三比二", True),
        (1150, "有兵一千一百五十名", True),
        (200, "两百来人", True),
        (102, "一百零二枝", True),
        (1, "四票对一票", True),
        (1, "一起去", False),
        (1, "by four votes to one", True),
        (1, "by four votes to three", False),
        (2.5, "二", False),
    ],
)
def test_a_number_may_stand_there_as_a_word(value: float, text: str, expected: bool) -> None:
    assert is_spelled(value, text) is expected
