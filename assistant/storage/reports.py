"""A crash of the program itself leaves a report without content, which the next start offers to show and copy.

Python's errors arrive through the interpreter's hooks and are written as types and places (see :mod:`traces`). For a
fault in native code ``faulthandler`` writes the stack while the process dies; its paths are cut when it is read.

While an event loop turns, an error that nobody caught ends one handler and not the program: it is a fault, which is
told at once and is no reason for a report.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import platform
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

import assistant
from assistant.base.files import write_atomic
from assistant.base.paths import Paths
from assistant.storage.logbook import Entry, event
from assistant.storage.traces import describe, place

if sys.platform != "win32":
    import resource

_AT_MOST = 5  # reports of one run; a defect that repeats fills no disk
_OLD_SECONDS = 30 * 24 * 3600
_QUIET_SECONDS = 5.0  # in which the same fault is told once: one in painting comes with every picture
_LARGEST = 64 * 1024  # characters that are read of one report
_FRAME = re.compile(r'\s*File "(?P<path>[^"]*)", line (?P<line>\d+) in (?P<function>[A-Za-z0-9_<>.]+)')
_HEADING = re.compile(
    r"(Fatal Python error|Windows fatal exception): [A-Za-z0-9 ]{1,60}"
    r"|(Current thread|Thread) 0x[0-9a-f]+ \(most recent call first\):"
)
_PACKAGE = Path(assistant.__file__).parent
_PACKAGES = ("PySide6-Essentials", "llama-cpp-python", "msgspec", "jinja2")


@dataclass(frozen=True)
class Report:
    """What the next start offers to show.

    :ivar when: seconds since 1970.
    :ivar earlier: how many crashes before it left a report that nobody has looked at.
    """

    text: str
    when: float
    earlier: int = 0


def versions() -> dict[str, str]:
    """What a report and ``doctor`` name: the program, Python, SQLite, the system and the packages that matter."""
    found = {
        "Lamplight": assistant.__version__,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "System": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    import importlib.metadata  # noqa: PLC0415 - 30 ms that no start should pay

    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


class CrashReports:
    """The hooks of this process, from the time it is made to ``close``.

    :ivar on_fault: while it is set, the program outlives what nobody caught: it gets what happened, in the words of a
        report, and the error itself, on the thread on which that was; None: such an error is a crash.
    :param native: also catch faults in native code (SIGSEGV, SIGABRT, ...).
    """

    on_fault: Callable[[str, BaseException], None] | None = None

    def __init__(self, paths: Paths, *, native: bool = True) -> None:
        self._folder = paths.reports
        self._written = 0
        self._told: dict[str, float] = {}  # when which fault was told
        self._lock = threading.RLock()  # what is cleaned up in between may fail as well, on the same thread
        self._native: TextIO | None = None
        self._native_path = self._folder / f"native-{os.getpid()}-{time.time_ns()}.txt"
        self._previous = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        no_core_files()
        _tidy(self._folder)
        if native:
            self._catch_native()
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable

    def close(self) -> None:
        """A clean end: the hooks are as before, and the file for native faults is gone."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._previous
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None
            with contextlib.suppress(OSError):
                self._native_path.unlink()

    def write(self, where: str, error: BaseException) -> None:
        """Leave a report about ``error``; ``where`` is one of our own words. Never raises."""
        with self._lock:
            self._written += 1
            if self._written > _AT_MOST:
                return
        event(Entry.CRASHED, error=error)
        text = _words(where, error)
        with contextlib.suppress(OSError):
            write_atomic(self._folder / f"crash-{time.time_ns()}.txt", (text + "\n").encode("utf-8"))
        with contextlib.suppress(OSError, ValueError, AttributeError):
            print(text, file=sys.stderr)  # noqa: T201 - instead of Python's own traceback, which quotes the message

    def _met(self, where: str, error: BaseException) -> None:
        """Nobody has caught this."""
        tell = self.on_fault
        if tell is None:
            self.write(where, error)
            return
        now, what = time.monotonic(), describe(error)
        with self._lock:
            if now - self._told.get(what, -_QUIET_SECONDS) < _QUIET_SECONDS:
                return
            self._told = {one: when for one, when in self._told.items() if now - when < _QUIET_SECONDS} | {what: now}
        event(Entry.FAULT, error=error)
        text = _words(where, error)
        with contextlib.suppress(OSError, ValueError, AttributeError):
            print(text, file=sys.stderr)  # noqa: T201 - as above
        with contextlib.suppress(RuntimeError):  # the window is just being taken apart
            tell(text, error)

    def _catch_native(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._native = self._native_path.open("w", encoding="utf-8")
            faulthandler.enable(self._native, all_threads=True)
        except OSError:
            self._native = None

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            self._previous[0](kind, error, trace)
        else:
            self._met("main thread", error)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._met("another thread", args.exc_value)

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            self._met("while cleaning up", args.exc_value)


def pending_report(paths: Paths) -> Report | None:
    """The newest crash that nobody has looked at."""
    found = [path for path in _reports(paths) if _text_of(path)]
    if not found:
        return None
    return Report(_text_of(found[0]), found[0].stat().st_mtime, len(found) - 1)


def dismiss(paths: Paths, *, until: float = float("inf")) -> None:
    """The reports were seen; they are removed.

    :param until: but not those that were written later (seconds since 1970).
    """
    for path in _reports(paths):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime <= until:
                path.unlink()


def no_core_files() -> None:
    """A core file would hold every conversation in memory; this process and its children leave none."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _words(where: str, error: BaseException) -> str:
    """When, where, with which versions, and the error's types and places."""
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    about = (f"{name} {version}" for name, version in versions().items())
    return "\n".join([f"{when}, {where}", *about, "", describe(error)])


def _reports(paths: Paths) -> list[Path]:
    """Reports with something in them, the newest first; empty files belong to processes that run, as does our own."""
    own = f"native-{os.getpid()}-"
    found: list[tuple[float, Path]] = []
    with contextlib.suppress(OSError):
        for path in paths.reports.iterdir():
            with contextlib.suppress(OSError):
                facts = path.stat()
                if path.suffix == ".txt" and facts.st_size and not path.name.startswith(own):
                    found.append((facts.st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def _tidy(folder: Path) -> None:
    """Remove what nobody will look at: the empty files of programs that were killed long ago."""
    with contextlib.suppress(OSError):
        for path in folder.glob("native-*.txt"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                if not facts.st_size and time.time() - facts.st_mtime > _OLD_SECONDS:
                    path.unlink()


def _text_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST)
    except OSError:
        return ""
    return _shortened(text) if path.name.startswith("native-") else text


def _shortened(text: str) -> str:
    """What ``faulthandler`` wrote, with modules instead of paths and without what is not a frame or a heading."""
    lines = [f"{name} {version}" for name, version in versions().items()] + [""]
    for line in text.splitlines():
        if frame := _FRAME.match(line):
            lines.append("  " + place(_module(frame["path"]), int(frame["line"]), frame["function"]))
        elif heading := _HEADING.match(line):
            lines.append(heading[0])
    return "\n".join(lines) + "\n"


def _module(path: str) -> str:
    """Of a file of this program its module, of other files nothing."""
    try:
        parts = Path(path).relative_to(_PACKAGE).with_suffix("").parts
    except ValueError:
        return ""
    return ".".join(("assistant", *(part for part in parts if part != "__init__")))
