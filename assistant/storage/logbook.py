"""Rotating logs that cannot hold content.

There is no way to write a sentence here: our own entries are members of :class:`Entry` with numbers and enum members
beside them, and of what libraries log only the level, the module and the line are kept. Chat text, tokens, names of
files and addresses are left out because there is nowhere to put them, not because somebody filters them.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import re
import sqlite3
import time
from enum import Enum, StrEnum
from pathlib import Path

import assistant
from assistant.base.paths import Paths
from assistant.storage.traces import describe, place

_BYTES = 512 * 1024
_FILES = 4  # the one being written and three older ones
_WORD = re.compile(r"[a-z0-9_.-]{1,40}", re.IGNORECASE)
_logger = logging.getLogger("assistant")


class Entry(StrEnum):
    """What can be written down. A new entry is a new line here."""

    START = "start"
    END = "end"
    CRASHED = "crashed"
    FAULT = "fault"  # something raised inside the window, which goes on
    SETTINGS_DAMAGED = "settings_damaged"
    SETTINGS_UNSAVED = "settings_unsaved"
    STORE_OPENED = "store_opened"
    STORE_FAILED = "store_failed"
    STORE_SLOW = "store_slow"
    STORE_CHECKED = "store_checked"
    STORE_BACKUP = "store_backup"
    STORE_SCRUBBED = "store_scrubbed"
    STORE_CHORE = "store_chore"  # long work of the store failed
    STORE_LISTENER = "store_listener"  # whoever listens to the store raised


FIELDS = frozenset({"count", "interrupted", "kind", "ms", "ok", "read_only", "seconds"})
"""Names that an entry may have beside it; others are dropped."""


def event(entry: Entry, *, error: BaseException | None = None, **fields: bool | int | float | Enum) -> None:
    """Write one entry; with an ``error`` also its types and places.

    :param fields: numbers and members of the program's own enums, under names in ``FIELDS``; the rest is left out.
    """
    if not isinstance(entry, Entry):
        return
    values = {name: text for name, value in fields.items() if name in FIELDS and (text := _value(value))}
    level = logging.INFO if error is None else logging.WARNING
    _logger.log(level, entry.value, extra={"entry": entry, "fields": values, "error": error})


def _value(value: object) -> str:
    if isinstance(value, Enum):
        ours = type(value).__module__.startswith("assistant.")
        word = str(value.value)
        return word if ours and _WORD.fullmatch(word) else ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value) if isinstance(value, int) else ""


class ContentFree(logging.Formatter):
    """Formats a record without its message."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = f"{when}.{int(record.msecs):03}Z {record.levelname if record.levelno in _LEVELS else '?'}"
        entry = getattr(record, "entry", None)
        if isinstance(entry, Entry):
            fields = getattr(record, "fields", {})
            line = " ".join([head, entry.value, *(f"{name}={value}" for name, value in sorted(fields.items()))])
            error = getattr(record, "error", None)
        else:
            line = f"{head} {place(record.name, record.lineno)}"
            error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BaseException):
            line += "".join(f"\n    {row}" for row in describe(error).splitlines())
        return line


_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


class _RotatingFile(logging.FileHandler):
    """Like the one in ``logging.handlers``, without the network and pickle modules that come with that.

    A full disk or a folder that cannot be written costs the log, nothing else.
    """

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._rotate()
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nothing: the default prints the record with its message."""

    def _rotate(self) -> None:
        path = Path(self.baseFilename)
        if not path.exists() or path.stat().st_size < _BYTES:
            return
        self.close()  # the next record opens the new file
        for number in range(_FILES - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            if newer.exists():
                newer.replace(older)


class Logbook:
    """The log of this process while it is open.

    :param name: the file's name without its ending; processes that run side by side need different ones.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        self._handler = _RotatingFile(self.path, encoding="utf-8", delay=True)
        self._handler.setFormatter(ContentFree())
        self._level = _logger.level
        _logger.setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)

    def close(self) -> None:
        event(Entry.END)
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        _logger.setLevel(self._level)


def setup_logging(paths: Paths, name: str = "lamplight") -> Logbook:
    """Start the log in ``paths.logs``; close what is returned at the end of the program."""
    book = Logbook(paths.logs, name)
    # Formatted here, because these words come from the machine and not from a caller.
    words = f"{assistant.__version__} python {platform.python_version()} sqlite {sqlite3.sqlite_version}"
    record = logging.LogRecord(_logger.name, logging.INFO, "", 0, "", None, None)
    record.entry = Entry.START
    record.fields = {"version": words}
    book._handler.handle(record)
    return book
