"""The list of every connection: when, where to, why, how many bytes, how it ended. Nothing about what was asked for.

Only the net child writes it; the program itself reads. A request has one line when it starts and one when it is over,
each written with a single system call to the end of the file: a reader sees whole lines at any time, several children
may write side by side, and one that is killed leaves its beginning behind.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

MAX_SIZE = 1 << 20
"""Bytes of the file after which it becomes the older one of two, and the older one before it goes."""

OPEN = "open"
OK = "ok"
REFUSED = "refused"
FAILED = "failed"
STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request to one host.

    :ivar at: seconds since 1970.
    :ivar why: search, details, header, download or catalogue check.
    :ivar sent: bytes, like ``received``: requests and answers with their headers, without what encryption adds.
    :ivar seconds: that it took.
    :ivar outcome: ok, failed, stopped (from here: paused, cancelled, offline), refused (nothing was opened: offline
        or forbidden), or open: not over yet, or the child was killed before it was.
    :ivar via: the proxy, "" if there was none.
    """

    at: float
    host: str
    port: int
    why: str
    method: str
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
    outcome: str = OPEN
    via: str = ""


class _Line(msgspec.Struct, omit_defaults=True):
    """One line of the file; ``key`` joins the two of a request."""

    key: str
    at: float = 0.0
    host: str = ""
    port: int = 0
    why: str = ""
    method: str = ""
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
    outcome: str = OPEN
    via: str = ""


_decoder = msgspec.json.Decoder(_Line)


@dataclass
class Meter:
    """Counts the bytes of one request while it runs."""

    key: str
    started: float
    sent: int = 0
    received: int = 0
    closed: bool = False


class Ledger:
    """The writer's side. Safe from several threads; a file that cannot be written ends no request.

    :param path: the file, None: nothing is kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._keys = itertools.count()

    def begin(self, host: str, port: int, *, why: str, method: str, via: str = "") -> Meter:
        """A request starts now."""
        meter = Meter(f"{os.getpid():x}.{time.time_ns():x}.{next(self._keys)}", time.monotonic())
        self._write(_Line(meter.key, time.time(), host, port, why, method, via=via))
        return meter

    def end(self, meter: Meter, outcome: str) -> None:
        """It is over. Only the first call counts."""
        with self._lock:
            if meter.closed:
                return
            meter.closed = True
        seconds = round(time.monotonic() - meter.started, 3)
        self._write(
            _Line(meter.key, sent=meter.sent, received=meter.received, seconds=seconds, outcome=outcome),
        )

    def refuse(self, host: str, port: int, *, why: str, method: str) -> None:
        """A request was refused before anything was opened."""
        meter = self.begin(host, port, why=why, method=method)
        self.end(meter, REFUSED)

    def _write(self, line: _Line) -> None:
        path = self.path
        if path is None:
            return
        data = msgspec.json.encode(line) + b"\n"
        with self._lock, contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, flags, 0o600)
            try:
                if os.fstat(descriptor).st_size == 0:
                    os.write(descriptor, data)
                    return
                # A line that a full disk or a power cut has torn must not swallow this one.
                os.write(descriptor, data if _ends_whole(path) else b"\n" + data)
                full = os.fstat(descriptor).st_size > MAX_SIZE
            finally:
                os.close(descriptor)
            if full and path.stat().st_size > MAX_SIZE:  # another child may have done it just now
                path.replace(older(path))


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def older(path: Path) -> Path:
    """Where the lines go that no longer fit into the file."""
    return path.with_name(path.name + ".1")


def read(path: Path) -> list[Entry]:
    """Everything that is listed, oldest first; lines that cannot be read are left out. A missing file is empty."""
    lines: dict[str, _Line] = {}
    for file in (older(path), path):
        try:
            data = file.read_bytes()
        except OSError:
            continue
        for raw in data.splitlines():
            with contextlib.suppress(msgspec.DecodeError, ValueError):
                _merge(lines, _decoder.decode(raw))
    fields = Entry.__dataclass_fields__
    return [Entry(**{name: getattr(line, name) for name in fields}) for line in lines.values() if line.host]


def _merge(lines: dict[str, _Line], line: _Line) -> None:
    begun = lines.get(line.key)
    if begun is None:
        lines[line.key] = line  # an end whose beginning is gone has no host and is not shown
    else:
        begun.sent, begun.received = line.sent, line.received
        begun.seconds, begun.outcome = line.seconds, line.outcome


def clear(path: Path) -> None:
    """Forget the list.

    :raises OSError: a file of it cannot be removed.
    """
    for file in (older(path), path):
        file.unlink(missing_ok=True)
