"""A program at work on a translation is killed again and again: no segment that is on disk is ever asked again."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing

import pytest

from assistant.storage.rows import JobState
from tests.fakes.killed_jobs import Key, Run, kept
from tests.fakes.summarizer import checksum
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translation_writer import OPTIONS, SENTENCES, TOGETHER
from tests.fakes.translators import sentence, story

KILLS = 20
MODULE = "tests.fakes.translation_writer"


def undisturbed() -> int:
    """The checksum of the result without a kill."""
    with closing(TranslationDesk(keep=False)) as desk:
        view = desk.made(desk.begin(desk.read(story(SENTENCES)).digest, OPTIONS))
        return checksum("\n".join(segment.target for segment in view.segments))


@pytest.mark.timeout(300)
def test_twenty_kills_and_no_segment_is_done_twice() -> None:
    wanted = undisturbed()
    chance = random.Random(5)
    done: dict[Key, str] = {}
    asked: Counter[Key] = Counter()
    for number in range(KILLS):
        # One that is asked beyond those side by side says that another has ended.
        run = Run(MODULE, chance.uniform(0.0, 0.1), steps=min(SENTENCES - len(done), chance.choice((1, 2, 4, 4, 5))))
        assert run.result is None, f"it was done before kill {number}"
        assert not set(run.asked) & done.keys(), f"run {number} asked again what was on disk before it"
        asked.update(run.asked)
        state, now = kept()
        assert state is JobState.WAITING
        assert now.items() >= done.items(), f"a segment was lost or changed by kill {number}"
        done = now
    assert 2 < len(done) < SENTENCES, "the kills came too early or too late to say anything"
    last = Run(MODULE, kill_after=None)
    assert not set(last.asked) & done.keys()
    assert last.result == wanted
    state, now = kept()
    assert state is JobState.DONE
    assert now == {(0, number): sentence(number, "zh") for number in range(SENTENCES)}
    asked.update(last.asked)
    assert asked.keys() == now.keys()
    # What was asked again are only segments that were on their way when a kill came: two for each place side by side.
    assert asked.total() - SENTENCES <= 2 * TOGETHER * KILLS
