"""The command line over the fake engine, run as a program of its own: to its end, or watched while it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

COMMAND = (sys.executable, str(Path(__file__).with_name("cli_with_fake_engine.py")))
SECONDS = 60


class Result:
    """A finished run."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out.decode().replace("\r\n", "\n")
        self.err = err.decode().replace("\r\n", "\n")

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object, given: bytes = b"") -> Result:
    """The program with these arguments and ``given`` as its standard input, until it ends."""
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


class Running:
    """A run that is watched while it goes on."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Windows: its own group, so that only it gets the interrupt.
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._out, self._err = self.process.stdout, self.process.stderr

    def read(self, count: int) -> bytes:
        """So many bytes of its standard output."""
        return self._out.read(count)

    def wait_until_told(self, words: str) -> None:
        """Until a line of its standard error has these words."""
        while words.encode() not in (line := self._err.readline()):
            assert line, f"it ended and never said {words}"

    def interrupt(self) -> None:
        """Ctrl+C."""
        self.process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))

    def engine(self) -> psutil.Process:
        """The engine's child, as soon as there is one."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                if any("engine_child" in part for part in child.cmdline()):
                    return child
            self.process.poll()
            time.sleep(0.02)
        raise AssertionError("no engine was started")

    def end(self) -> Result:
        """Wait until it has ended."""
        out, err = self.process.communicate(timeout=SECONDS)
        return Result(self.process.returncode, out, err)


def wait_for_lines(folder: Path, count: int) -> list[Path]:
    """The files with what is finished of jobs, once the first of them has so many lines behind the first."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        files = list(folder.glob("*.unfinished"))
        if files and files[0].read_bytes().count(b"\n") > count:
            return files
        time.sleep(0.02)
    raise AssertionError("nothing was kept")
