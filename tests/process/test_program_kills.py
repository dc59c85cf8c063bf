"""The program, killed at any moment: what was acknowledged is there, an answer is at most a second behind."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.paths import default_paths
from assistant.storage.rows import MessageState
from assistant.storage.store import Store
from tests.fakes.soak_log import SoakLog

ROOT = Path(__file__).resolve().parents[2]
BEHIND = 1.0  # seconds that an answer on disk may be behind
SLACK = 0.5  # for a busy machine: the talker and this test share it


def _lines(process: subprocess.Popen[str]) -> Iterator[list[str]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.split()


def _kill_once(seconds: float) -> tuple[int, int]:
    """Let the talker talk for a while, kill it, and compare what it said with what is there.

    Returns how many messages it had acknowledged, and how many answers were being written.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.talker"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    kept: set[int] = set()
    grown: dict[int, list[tuple[float, int]]] = {}
    deadline = None
    for words in _lines(process):
        if not words:
            continue
        if words[0] == "ready":
            deadline = time.monotonic() + seconds
        elif words[0] == "kept":
            kept.add(int(words[1]))
        elif len(words) == 4:  # the last line may be cut off by the kill
            grown.setdefault(int(words[1]), []).append((float(words[3]), int(words[2])))
        if deadline is not None and time.monotonic() >= deadline and kept:
            process.send_signal(signal.SIGKILL)
            deadline = float("inf")
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()
    killed = max((when for entries in grown.values() for when, _ in entries), default=0.0)

    events: list[object] = []
    store = Store(default_paths().database, events.append)
    report = store.open()
    try:
        assert report.error is None
        rows = {message.id: message for message in store.messages(sorted(kept | set(grown)))}
        assert kept <= rows.keys(), "an acknowledged message is gone"
        for number, entries in grown.items():
            due = max((length for when, length in entries if when <= killed - BEHIND - SLACK), default=0)
            assert len(rows[number].text) >= due
            assert rows[number].state in (MessageState.INTERRUPTED, MessageState.COMPLETE)
    finally:
        store.close()
    return len(kept), len(grown)


def test_a_killed_program_has_kept_every_acknowledged_message() -> None:
    chance = random.Random(20261122)
    for _ in range(3):
        _kill_once(chance.uniform(0.1, 4.0))  # the same home again and again


@pytest.mark.soak
@pytest.mark.timeout(3600 * 3)
def test_a_thousand_kills(soak_log: SoakLog) -> None:
    chance = random.Random(1)
    for number in range(1000):
        seconds = chance.uniform(0.02, 4.0)
        kept, grown = _kill_once(seconds)
        soak_log(kill=number, after=round(seconds, 2), kept=kept, grown=grown)
