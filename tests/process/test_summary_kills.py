"""A program at work on a long summary is killed again and again: no step that is on disk is ever done again."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing

import pytest

from assistant.storage.rows import JobState
from tests.fakes.killed_jobs import Key, Run, kept
from tests.fakes.summarizer import CONTEXT, PARAGRAPHS, checksum
from tests.fakes.summary_desk import SummaryDesk, story

KILLS = 20


def undisturbed() -> tuple[int, int]:
    """The checksum of the result without a kill, and the number of steps."""
    with closing(SummaryDesk(keep=False, context=CONTEXT)) as desk:
        view = desk.end(desk.start(desk.open(story(PARAGRAPHS)).digest))
        assert len(view.parts) >= 40
        return checksum(view.text), view.total


@pytest.mark.timeout(300)
def test_twenty_kills_and_nothing_is_done_twice() -> None:
    wanted, steps = undisturbed()
    chance = random.Random(4)
    done: dict[Key, str] = {}
    asked: Counter[Key] = Counter()
    for number in range(KILLS):
        run = Run("tests.fakes.summarizer", kill_after=chance.uniform(0.02, 0.6))
        assert not set(run.asked) & done.keys(), f"run {number} asked again what was on disk before it"
        asked.update(run.asked)
        state, now = kept()
        assert state is JobState.WAITING
        assert now.items() >= done.items(), f"a step was lost or changed by kill {number}"
        done = now
    assert 5 < len(done) < steps, "the kills came too early or too late to say anything"
    last = Run("tests.fakes.summarizer", kill_after=None)
    assert not set(last.asked) & done.keys()
    assert last.result == wanted
    state, now = kept()
    assert state is JobState.DONE
    assert len(now) == steps
    assert now.items() >= done.items()
    asked.update(last.asked)
    assert asked.keys() == now.keys()
    # What was done again are only steps that were being written when a kill came: three at most each time.
    assert asked.total() - steps <= 3 * KILLS
