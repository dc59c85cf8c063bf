"""Programs at work on a job that are killed, and what they leave on disk."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from assistant.base.paths import default_paths
from assistant.storage.rows import JobState
from tests.fakes.stores import opened

ROOT = Path(__file__).resolve().parents[2]

Key = tuple[int, int]


class Run:
    """One run of a program: what it asked, and what it came to.

    :param module: says ``asked LEVEL INDEX`` and ``end CHECKSUM``.
    :param kill_after: seconds after it has asked for so many ``steps``; None: it comes to its end.
    """

    def __init__(self, module: str, kill_after: float | None, *, steps: int = 1) -> None:
        self.asked: list[Key] = []
        self.result: int | None = None
        self._steps = steps
        self._ready = threading.Event()
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, stdout=subprocess.PIPE, text=True)
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
            if len(self.asked) >= self._steps:
                self._ready.set()


def kept() -> tuple[JobState, dict[Key, str]]:
    """What is on disk: the state of the job, and its steps."""
    with opened(default_paths().database) as (store, _, report):
        assert report.error is None
        (row,) = store.jobs.all()
        return row.state, {(step.level, step.index): step.text for step in store.jobs.steps(row.id)}
