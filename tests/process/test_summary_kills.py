"""A program at work on a long summary is killed again and again: no step that is on disk is ever done again."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from assistant.base.paths import default_paths
from assistant.storage.rows import JobState
from tests.fakes.stores import opened
from tests.fakes.summarizer import CONTEXT, PARAGRAPHS, checksum
from tests.fakes.summary_desk import SummaryDesk, story

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20

Key = tuple[int, int]


class Run:
    """One run of the program: what it asked, and what it came to."""

    def __init__(self, kill_after: float | None) -> None:
        self.asked: list[Key] = []
        self.result: int | None = None
        self._ready = threading.Event()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.summarizer"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        reader = threading.Thread(target=self._read, args=(process,))
        reader.start()
        if kill_after is not None:
            assert self._ready.wait(60)
            time.sleep(kill_after)
            process.kill()
        process.wait(120)
        reader.join()
        assert process.stdout is not None
        process.stdout.close()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            words = line.split()
            if words[0] == "asked" and len(words) == 3:
                self.asked.append((int(words[1]), int(words[2])))
            elif words[0] == "end":
                self.result = int(words[1])
            self._ready.set()


def kept() -> tuple[JobState, dict[Key, str]]:
    """What is on disk: the state of the job, and its steps."""
    with opened(default_paths().database) as (store, _, report):
        assert report.error is None
        (row,) = store.jobs.all()
        return row.state, {(step.level, step.index): step.text for step in store.jobs.steps(row.id)}


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
        run = Run(kill_after=chance.uniform(0.02, 0.6))
        assert not set(run.asked) & done.keys(), f"run {number} asked again what was on disk before it"
        asked.update(run.asked)
        state, now = kept()
        assert state is JobState.WAITING
        assert now.items() >= done.items(), f"a step was lost or changed by kill {number}"
        done = now
    assert 5 < len(done) < steps, "the kills came too early or too late to say anything"
    last = Run(kill_after=None)
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
