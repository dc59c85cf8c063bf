"""What a program that keeps no history has of a summary or a translation that is not finished: one file, until it is.

Each step is in the file before much more is asked for, so that neither Ctrl+C nor the end of the process loses it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from assistant.storage.lock import StoreLock
from assistant.storage.rows import JobStep, StepState

_ENDING = ".unfinished"
_DAYS = 30  # that nobody goes on: the file goes


class Unfinished:
    """The finished steps of one job, in a file that only this user can read. Use it as a context manager.

    :param folder: where such files lie; it is made when it is needed.
    :param parts: what makes it the same job: its document, its options, its terms, its model.
    :ivar steps: what an earlier run has left.
    :ivar plan: what ``begin`` noted, by this run or by the one that left the steps; empty: nothing.
    :ivar kept: what is finished is in the file; False: the disk does not take it, or another program works on it.
    """

    def __init__(self, folder: Path, parts: Iterable[str], *, afresh: bool = False) -> None:
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part.encode("utf-8", "replace") + b"\0")
        self._folder = folder
        self._path = folder / f"{digest.hexdigest()[:32]}{_ENDING}"
        self._lock = StoreLock(self._path)
        self._file: BinaryIO | None = None
        self._afresh = afresh
        self.steps: tuple[JobStep, ...] = ()
        self.plan = ""
        self.kept = False

    def __enter__(self) -> Unfinished:
        with contextlib.suppress(OSError):
            self._remove_old()
            if self._lock.acquire(0.0):
                self.kept = True
                self.steps = () if self._afresh else tuple(self._read())
                if not self.steps:
                    self.plan = ""
                    self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file = None
        if self._lock.held and not self._path.exists():
            with contextlib.suppress(OSError):
                self._lock.path.unlink()
        self._lock.release()
        with contextlib.suppress(OSError):
            self._folder.rmdir()  # unless there are others

    def begin(self, plan: str) -> None:
        """Note how the job is cut into steps, before the first of them ends. What was left of another cut goes.

        Without steps it is not kept.
        """
        if plan == self.plan:
            return
        self.plan, self.steps = plan, ()
        if self.kept:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def add(self, steps: Sequence[JobStep]) -> None:
        """Steps have ended."""
        if not self.kept:
            return
        try:
            if self._file is None:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
                self._file = os.fdopen(handle, "ab", buffering=0)
                self._file.write(b"\n")  # behind a line that was cut off by the end of the program
                if self.plan:
                    self._file.write(json.dumps({"plan": self.plan}).encode("ascii") + b"\n")
            self._file.write(b"".join(map(_line, steps)))
        except OSError:
            self.kept = False

    def forget(self) -> None:
        """The result is where it should be: the file goes."""
        if not self._lock.held:
            return
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file, self.kept = None, False
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _read(self) -> Iterator[JobStep]:
        """What is in the file; a line that is none, or was cut off, is left out."""
        if not self._path.exists():
            return
        found: dict[tuple[int, int], JobStep] = {}
        for line in self._path.read_bytes().split(b"\n"):
            with contextlib.suppress(ValueError, TypeError, KeyError):
                row = json.loads(line)
                if isinstance(row, dict):
                    self.plan = str(row["plan"])
                    continue
                step = _step(row)
                found[step.level, step.index] = step
        yield from found.values()

    def _remove_old(self) -> None:
        """What nobody has gone on with for long."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            old = path.name.endswith((_ENDING, f"{_ENDING}.lock"))
            if old and path.stat().st_mtime < time.time() - _DAYS * 86400:
                path.unlink()


def _line(step: JobStep) -> bytes:
    tokens = (step.prompt_tokens, step.cached_tokens, step.generated_tokens)
    row = (step.index, step.state.value, step.text, step.problems, *tokens, step.seconds, step.level)
    return json.dumps(row).encode("ascii") + b"\n"


def _step(row: object) -> JobStep:
    """:raises ValueError: this is none."""
    if not isinstance(row, list):
        raise ValueError
    index, state, text, problems, prompt, cached, generated, seconds, *level = row  # older files have no level
    return JobStep(
        0,
        int(level[0]) if level else 0,
        int(index),
        StepState(state),
        str(text),
        problems=str(problems),
        prompt_tokens=int(prompt),
        cached_tokens=int(cached),
        generated_tokens=int(generated),
        seconds=float(seconds),
    )
