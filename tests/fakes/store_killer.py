"""Starts the program that only writes, ends it in some way, and looks whether everything acknowledged is there."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from assistant.storage.settings import Settings
from tests.fakes.store_writer import checksum
from tests.fakes.stores import opened

ROOT = Path(__file__).resolve().parents[2]
BEHIND_SECONDS = 1.0


@dataclass
class Promises:
    """What one home's programs have acknowledged so far, over all kills."""

    messages: dict[int, tuple[int, int]] = field(default_factory=dict)  # whole ones: conversation and checksum
    begun: dict[int, int] = field(default_factory=dict)  # answers being written: conversation
    lengths: dict[int, list[tuple[float, int]]] = field(default_factory=dict)  # and how they grew
    kept: dict[int, int] = field(default_factory=dict)
    steps: dict[int, dict[int, int]] = field(default_factory=dict)  # of jobs on documents: index and checksum
    dropped: set[int] = field(default_factory=set)
    threads: int = 0
    failed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ended: bool = False
    ready: bool = False

    def hear(self, line: str) -> None:
        word, *rest = line.split(" ")
        if word == "message":
            self.messages[int(rest[0])] = (int(rest[1]), int(rest[2]))
            self.begun.pop(int(rest[0]), None)
        elif word == "begun":
            self.begun[int(rest[0])] = int(rest[1])
        elif word == "grows":
            self.lengths.setdefault(int(rest[0]), []).append((float(rest[2]), int(rest[1])))
        elif word == "kept":
            self.kept[int(rest[0])] = int(rest[1])
        elif word == "step":
            self.steps.setdefault(int(rest[0]), {})[int(rest[1])] = int(rest[2])
        elif word == "drops":
            self.dropped.add(int(rest[0]))
        elif word == "threads":
            self.threads = int(rest[0])
        elif word == "failed":
            self.failed.append(rest[0])
        elif word == "problem":
            self.problems.append(rest[0])
        elif word == "ready":
            self.ready = True
        else:
            assert word == "end", line
            self.ended = True


def command(home: Path, seed: int, actions: int | None = None) -> list[str]:
    more = [] if actions is None else [str(actions)]
    return [sys.executable, "-m", "tests.fakes.store_writer", str(home), str(seed), *more]


def run_and_kill(home: Path, promises: Promises, chance: random.Random) -> float:
    """Start the program, kill it at a random moment, note what it had promised; returns the moment of the kill."""
    process = subprocess.Popen(command(home, chance.randrange(2**32)), stdout=subprocess.PIPE, cwd=ROOT)
    ready = threading.Event()
    lines: list[bytes] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if line.startswith(b"ready"):
                ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    if chance.random() < 0.9:  # else while it starts
        assert ready.wait(60), lines
    time.sleep(chance.choice([0.003, 0.03, 0.3]) * chance.random())
    moment = time.monotonic()
    process.kill()
    process.wait()
    reader.join()
    assert process.stdout is not None
    process.stdout.close()
    for line in lines:
        if line.endswith(b"\n"):
            promises.hear(line.decode("utf-8").rstrip("\n"))
    return moment


def check(home: Path, promises: Promises, moment: float | None = None) -> None:
    """Everything that was promised is there, and the file is whole."""
    path = home / "data" / "lamplight.sqlite3"
    with opened(path) as (store, answers, report):
        assert report.error is None, report
        assert report.set_aside is None
        if report.unclean:
            assert answers.check().ok
        rows = {row.id: row for row in store.messages([*promises.messages, *promises.begun])}
        for number, (place, total) in promises.messages.items():
            if place not in promises.dropped:
                assert number in rows, f"message {number} is lost"
                assert checksum(rows[number].text) == total, f"message {number} is another"
        for number, place in promises.begun.items():
            if place not in promises.dropped:
                assert number in rows, f"answer {number} is lost"
                length = len(rows[number].text)
                assert length >= promises.kept.get(number, 0)
                growth = promises.lengths.get(number, [])
                due = [size for when, size in growth if moment is not None and when <= moment - BEHIND_SECONDS]
                assert length >= max(due, default=0), f"answer {number} is more than {BEHIND_SECONDS} s behind"
        assert store.search("lamp") is not None
        for number, steps in promises.steps.items():
            if number not in promises.dropped:
                assert store.jobs.get(number) is not None, f"job {number} is lost"
                found = {step.index: checksum(step.text) for step in store.jobs.steps(number)}
                assert found.items() >= steps.items(), f"a step of job {number} is lost, or another"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    settings = Settings(home / "config" / "settings.json")
    assert settings.problem is None
    assert settings["threads"] in (promises.threads, promises.threads % 256 + 1)
    promises.threads = settings["threads"]
    for number in [n for n, (place, _) in promises.messages.items() if place in promises.dropped]:
        del promises.messages[number]
    for book in (promises.begun, promises.lengths, promises.kept):
        book.clear()


def kill_often(home: Path, times: int, seed: int) -> Promises:
    """So many kills of programs in one home, with a check after each."""
    chance = random.Random(seed)
    promises = Promises()
    for _ in range(times):
        moment = run_and_kill(home, promises, chance)
        assert promises.problems == []
        check(home, promises, moment)
    return promises
