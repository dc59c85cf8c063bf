"""A program that is asked about a document is killed again and again: no question and no whole answer is ever lost."""

from __future__ import annotations

import random

import pytest

from assistant.base.paths import default_paths
from tests.fakes.killed_jobs import Run
from tests.fakes.questioner import PIECES, QUESTIONS, SECONDS, answer, question
from tests.fakes.stores import opened
from tests.fakes.summarizer import checksum

KILLS = 6
MODULE = "tests.fakes.questioner"


def kept() -> tuple[dict[int, str], dict[int, str]]:
    """What is on disk: the questions, and as much as there is of their answers."""
    with opened(default_paths().database) as (store, _, report):
        assert report.error is None
        (row,) = store.jobs.all()
        steps = store.jobs.steps(row.id)
        return tuple({step.index: step.text for step in steps if step.level == level} for level in (0, 1))  # type: ignore[return-value]


@pytest.mark.timeout(120)
def test_no_kill_loses_a_question_or_what_was_answered() -> None:
    chance = random.Random(4)
    whole: set[int] = set()
    begun = 0
    for number in range(KILLS):
        run = Run(MODULE, kill_after=chance.uniform(0.0, 0.6 * PIECES * SECONDS), steps=1 + number % 2)
        asked = {index for _, index in run.asked}
        assert not asked & whole, f"run {number} asked again what was answered before it"
        questions, answers = kept()
        assert questions.keys() >= asked, "a question reached the model before the disk"
        assert all(text == question(index) for index, text in questions.items())
        assert all(answer(index).startswith(text) for index, text in answers.items())
        now = {index for index, text in answers.items() if text == answer(index)}
        assert now >= whole, f"an answer was lost by kill {number}"
        assert now >= {index for index in asked if index + 1 in asked}, "the next question came before the disk had it"
        whole = now
        begun += any(text for index, text in answers.items() if index not in whole)
    assert 0 < len(whole) < QUESTIONS, "the kills came too early or too late to say anything"
    assert begun, "no kill left the beginning of an answer"
    last = Run(MODULE, kill_after=None)
    assert not {index for _, index in last.asked} & whole
    told = "\n".join(f"{question(number)}\n{answer(number)}" for number in range(QUESTIONS))
    assert last.result == checksum(told)
    questions, answers = kept()
    assert sorted(questions) == sorted(answers) == list(range(QUESTIONS))
