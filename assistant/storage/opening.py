"""Opening a database, whatever state it is in. Nothing here raises for a damaged file or a disk that refuses.

1. The lock: when another program has it, the database is only read.
2. The file: damaged or lost, it is rescued; written by a newer program, it is only read.
3. Nothing can be written: an existing database is read; without one, everything is kept in memory.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.backups import Backups, count_problems
from assistant.storage.database import (
    APPLICATION_ID,
    SQL_TROUBLE,
    TROUBLE,
    connect,
    connect_memory,
    connect_reading,
    explain,
)
from assistant.storage.job_reading import jobs
from assistant.storage.job_writing import mark_waiting
from assistant.storage.lock import Ending, StoreLock
from assistant.storage.logbook import Entry, event
from assistant.storage.migrations import MIGRATIONS, Migration, columns, expected_columns, migrate, pending, version
from assistant.storage.reading import conversations
from assistant.storage.rescue import Rescue, clear_rests, rescue
from assistant.storage.salvage import HIGHEST
from assistant.storage.writing import highest_id, mark_interrupted

LOCK_SECONDS = 3.0
"""How long a program that is just ending may keep the lock."""


@dataclass
class Opened:
    """Connections and what was found.

    :ivar writer: None: nothing can be written, because of ``error``.
    :ivar shared: the lock that both take, when they are the same connection (all is in memory).
    :ivar folder: a temporary folder that ends with the store, or None.
    """

    reader: sqlite3.Connection
    writer: sqlite3.Connection | None = None
    error: AssistantError | None = None
    created: bool = False
    kept: bool = True
    unclean: bool = False
    interrupted: int = 0
    rescue: Rescue | None = None
    migrated: tuple[str, ...] = ()
    next_id: int = 1
    shared: threading.Lock | None = None
    folder: tempfile.TemporaryDirectory[str] | None = field(default=None)


def open_database(
    path: Path, lock: StoreLock, backups: Backups, *, steps: Sequence[Migration] = MIGRATIONS, seconds: float
) -> Opened:
    """Connections to the database at ``path``.

    :param seconds: how long to wait for the lock.
    """
    try:
        if not lock.acquire(seconds):
            return _only_reading(path, AssistantError(ErrorKind.DATABASE_BUSY))
        return open_writing(path, lock, backups, steps)
    except AssistantError as error:
        return _only_reading(path, error)
    except TROUBLE as error:
        return _only_reading(path, explain(error, path.parent))
    except Exception as error:  # a defect of ours: it must not stop the start either
        event(Entry.CRASHED, error=error)
        return _only_reading(path, explain(error))


def open_writing(path: Path, lock: StoreLock, backups: Backups, steps: Sequence[Migration] = MIGRATIONS) -> Opened:
    """As :func:`open_database`, while the lock is held.

    :raises AssistantError: DATABASE_NEWER. sqlite3.Error, OSError: the disk.
    """
    ending = lock.read()
    clear_rests(path)
    backups.clear_rests()
    saved: Rescue | None = None
    resume = ending is Ending.DAMAGED and not path.exists()
    if resume or _is_lost(path, backups):
        lock.write(Ending.DAMAGED)
        saved = rescue(path, backups, steps, resume=resume)
    try:
        opened = _connected(path, backups, steps, thorough=ending is Ending.DAMAGED and saved is None)
    except (*SQL_TROUBLE, AssistantError) as error:
        if saved is not None or not _is_damage(error, path):
            raise
        lock.write(Ending.DAMAGED)  # so that a rescue that does not come to its end is taken up again
        saved = rescue(path, backups, steps)
        opened = _connected(path, backups, steps, thorough=False)
    opened.rescue = saved
    opened.unclean = ending is not Ending.CLEAN and saved is None
    if saved is not None:
        opened.error = AssistantError(ErrorKind.DATABASE_DAMAGED)
    lock.write(Ending.UNCLEAN)
    return opened


def _is_lost(path: Path, backups: Backups) -> bool:
    """A database that was there is not, or is not a file. An empty one is SQLite's first step on a new machine."""
    if path.exists() and not path.is_file():
        return True
    empty = not path.exists() or path.stat().st_size == 0
    return empty and (bool(backups.all()) or _has_log(path))


def _connected(path: Path, backups: Backups, steps: Sequence[Migration], *, thorough: bool) -> Opened:
    """Both connections, after everything that the start reads was read once.

    :raises sqlite3.Error: AssistantError: DATABASE_DAMAGED, DATABASE_NEWER.
    """
    created = not path.exists() or path.stat().st_size == 0
    writer = connect(path)
    reader = None
    try:
        if thorough and count_problems(writer):
            raise AssistantError(ErrorKind.DATABASE_DAMAGED, "quick_check")
        if not created:
            _check_owner(writer)
        if version(writer) and pending(writer, steps):
            backups.make(writer, lambda: None)
        migrated = _migrated(writer, steps)
        reader = connect_reading(path)
        highest = _check_content(reader, steps)  # SQLite opens a file when it is first asked
        interrupted = mark_interrupted(writer)
        mark_waiting(writer)
    except BaseException:
        if reader is not None:
            reader.close()
        writer.close()
        raise
    return Opened(reader, writer, created=created, interrupted=interrupted, migrated=migrated, next_id=highest + 1)


def _migrated(db: sqlite3.Connection, steps: Sequence[Migration]) -> tuple[str, ...]:
    """As :func:`migrate`; a step that SQLite does not understand is a defect of ours, not damage to the file.

    :raises AssistantError: INTERNAL. sqlite3.Error: the disk, or damage.
    """
    try:
        return migrate(db, steps)
    except sqlite3.Error as error:
        explained = explain(error)
        if explained.kind is ErrorKind.INTERNAL:
            raise explained from error
        raise


def _check_owner(db: sqlite3.Connection) -> None:
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    if version(db) == 0:  # killed before the first step was done; or of another program
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise AssistantError(ErrorKind.DATABASE_DAMAGED, "not ours")
    elif owner != APPLICATION_ID:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED, "not ours")


def _check_content(db: sqlite3.Connection, steps: Sequence[Migration]) -> int:
    """What the start is going to need; returns the highest number in use."""
    if columns(db) != expected_columns(steps):
        raise AssistantError(ErrorKind.DATABASE_DAMAGED, "schema")
    highest = highest_id(db)
    newest = max([row.changed for row in conversations(db)] + [row.changed for row in jobs(db)], default=0)
    if not (0 <= highest < HIGHEST and newest < HIGHEST):
        raise AssistantError(ErrorKind.DATABASE_DAMAGED, "numbers")
    return highest


def _is_damage(error: Exception, path: Path) -> bool:
    """Also an odd answer of SQLite, for example a missing table: nobody but a fault makes that."""
    kind = explain(error).kind
    if kind is ErrorKind.READ_ONLY:
        return _asks_for_another_sqlite(path)
    return kind is ErrorKind.DATABASE_DAMAGED or (isinstance(error, sqlite3.Error) and kind is ErrorKind.INTERNAL)


def _asks_for_another_sqlite(path: Path) -> bool:
    """The header has versions of reading and writing; with unknown ones SQLite calls the file read-only."""
    with path.open("rb") as file:
        header = file.read(20)
    return len(header) == 20 and max(header[18:]) > 2


# ---------------------------------------------------------------- when nothing can be written


def _only_reading(path: Path, error: AssistantError) -> Opened:
    """An existing database for reading, else an empty one in memory."""
    with contextlib.suppress(*TROUBLE), contextlib.ExitStack() as undo:
        if path.is_file() and path.stat().st_size:
            reader, folder = _view(path)
            if folder is not None:
                undo.callback(folder.cleanup)
            undo.callback(reader.close)
            if error.kind is not ErrorKind.DATABASE_NEWER:
                conversations(reader)
            opened = Opened(reader, error=error, next_id=_next_id(reader), folder=folder)
            undo.pop_all()
            return opened
    db = connect_memory()
    migrate(db)
    return Opened(db, db, error=error, created=True, kept=False, shared=threading.Lock())


def _view(path: Path) -> tuple[sqlite3.Connection, tempfile.TemporaryDirectory[str] | None]:
    """A connection that reads, also where SQLite cannot make the files that it needs beside a log.

    :raises sqlite3.Error: OSError: not even that.
    """
    with contextlib.suppress(*SQL_TROUBLE):
        db = connect_reading(path)
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchall()
            return db, None
        except SQL_TROUBLE:
            db.close()
    if not _has_log(path):
        return connect_reading(path, immutable=True), None
    folder = tempfile.TemporaryDirectory(prefix="lamplight-", ignore_cleanup_errors=True)
    try:
        for source in (path, path.with_name(path.name + "-wal")):
            shutil.copyfile(source, Path(folder.name) / source.name)
        return connect_reading(Path(folder.name) / path.name), folder
    except BaseException:
        folder.cleanup()
        raise


def _next_id(db: sqlite3.Connection) -> int:
    with contextlib.suppress(*SQL_TROUBLE):
        return highest_id(db) + 1
    return 1


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.is_file() and log.stat().st_size > 0
