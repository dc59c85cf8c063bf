"""What the set-up says while it works: one line for each step, with signs of life, and the rest in a log file.

Everything goes to standard error, so that ``run.py chat "Hello" > answer.txt`` holds the answer and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from assistant.texts import set_language, tr

__all__ = ["CommandFailedError", "Console", "SetupError", "speak_the_users_language", "tr"]

_DOT_SECONDS = 3.0
_DOT_SECONDS_LOGGED = 20.0  # without a terminal: fewer, for the log of a test machine
_COMPILED = re.compile(rb"^\s*\[ *(\d+)(?:/(\d+)|%)\] ", re.MULTILINE)  # as ninja counts, or make
_TAIL = 200_000  # bytes of the log that are searched for progress


class SetupError(Exception):
    """The set-up cannot go on. The text is the sentence for the person; ``command`` is what helps."""

    def __init__(self, sentence: str, *, command: str = "", log: Path | None = None) -> None:
        super().__init__(sentence)
        self.command = command
        self.log = log


class CommandFailedError(Exception):
    """A step's program ended with an exit code other than 0."""


def speak_the_users_language() -> None:
    """Chinese where the system is; English also where the catalogue cannot be read."""
    with contextlib.suppress(OSError):
        set_language("auto")
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


class Console:
    """Says what happens and runs the programs of the set-up.

    :param log: receives all that those programs print.
    :param keep: descriptors that they inherit (the lock of the set-up: it is held as long as one of them lives).
    """

    def __init__(self, log: Path, *, keep: Sequence[int] = (), stream: TextIO | None = None) -> None:
        self.log = log
        self.keep = tuple(keep)
        self._stream = stream or sys.stderr
        self._pause = _DOT_SECONDS if self._stream.isatty() else _DOT_SECONDS_LOGGED
        self._open_line = False

    def say(self, sentence: str) -> None:
        """One line."""
        self.end_line()
        print(sentence, file=self._stream, flush=True)

    def command(self, line: str) -> None:
        """A command that the person can copy, on a line of its own."""
        self.say(f"    {line}")

    def end_line(self, words: str = "") -> None:
        """End the line of a step, if one is open."""
        if self._open_line:
            print(words, file=self._stream, flush=True)
            self._open_line = False

    def run(
        self,
        words: str,
        command: Sequence[str | Path],
        *,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Run ``command`` under the line ``words``, with dots or per cent as signs of life.

        :raises CommandFailedError: it ended badly; the log has its words.
        :raises KeyboardInterrupt: the person stopped it; the program has ended by then.
        """
        started = time.monotonic()
        self._begin(words)
        with self.log.open("ab") as log:
            log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
            log.flush()
            start = log.tell()
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environ) if environ is not None else None,
                cwd=folder,
                pass_fds=self.keep if os.name != "nt" else (),
            )
            try:
                self._watch(process, start)
            except BaseException:
                _end(process)
                self.end_line()
                raise
        self.end_line(f" {_duration(time.monotonic() - started)}")
        if process.returncode:
            raise CommandFailedError(f"{Path(str(command[0])).name}: {process.returncode}")

    def _begin(self, words: str) -> None:
        self.end_line()
        print(words, end=" ", file=self._stream, flush=True)
        self._open_line = True

    def _watch(self, process: subprocess.Popen[bytes], start: int) -> None:
        told = 0
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._pause)
                return
            share = self._compiled(start)
            if share >= told + 10:
                told = share - share % 10
                print(f" {told} %", end=" ", file=self._stream, flush=True)
            else:
                print(".", end="", file=self._stream, flush=True)

    def _compiled(self, start: int) -> int:
        """How much of a compilation is done, in per cent; 0 if nothing is being compiled."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(start, self.log.stat().st_size - _TAIL))
            counts = _COMPILED.findall(log.read())
            if counts:
                done, steps = counts[-1]
                return int(done) * 100 // max(1, int(steps)) if steps else int(done)
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a step's program: Ctrl+C has reached it as well, so it gets a moment to clean up."""
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(5)
        return
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(5)
        return
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(5)  # with an end: where Ctrl+C came just as Popen took its lock, nobody gives that back any more


def _duration(seconds: float) -> str:
    if seconds < 60:
        return tr("{seconds} s", seconds=round(seconds))
    return tr("{minutes} min {seconds} s", minutes=int(seconds // 60), seconds=int(seconds % 60))
