"""The command line over the fake engine, run as a program of its own: to its end, or watched while it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.fakes import tiny_models

COMMAND = (sys.executable, str(Path(__file__).with_name("cli_with_fake_engine.py")))
SECONDS = 60
WORDS = "word1 word2 word3 word4 word5 word6 word7 word8"
"""What the model answers that ``with_model`` makes (see fakes/engine_backend.py)."""
_OF_DOCUMENTS = (".document", ".segments", ".sqlite3", ".unfinished", ".unfinished.lock")


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


def with_model(home: Path) -> Path:
    """The models folder of a home, with one model in it whose answers are ``WORDS``."""
    folder = home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / "fake,context=12000,words=8.gguf")
    return folder


def stopped_midway(home: Path, *arguments: object, kill: bool) -> tuple[Result, Path]:
    """A run that is stopped when some of its job is finished, by Ctrl+C or by a kill, and the file with that."""
    running = Running(*arguments)
    kept = _unfinished(home)
    if kill:
        running.process.kill()
    else:
        running.interrupt()
    return running.end(), kept


def kept_in(home: Path, secrets: Sequence[bytes]) -> list[str]:
    """What a job has left in a home that has anything of its document: files for that, and logs with a secret."""
    files = [path for path in home.rglob("*") if path.is_file()]
    own = [path.name for path in files if path.name.endswith(_OF_DOCUMENTS)]
    logs = [path for path in files if path.is_relative_to(home / "logs")]
    return own + [path.name for path in logs if any(secret in path.read_bytes() for secret in secrets)]


def _unfinished(home: Path) -> Path:
    """The file with what is finished of a job, once that is two steps behind its plan."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for path in (home / "data" / "unfinished").glob("*.unfinished"):
            if path.read_bytes().count(b"\n") > 2:
                return path
        time.sleep(0.02)
    raise AssertionError("nothing was kept")
