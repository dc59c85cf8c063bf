"""One connection to SQLite: its pragmas, its transactions, and what its errors mean.

Every connection is in autocommit mode; a transaction is begun and ended by name. Works on SQLite 3.37 and later.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.disk import explain_disk, probe

APPLICATION_ID = 0x4C616D70  # "Lamp": says that the file is ours
BUSY_SECONDS = 2.0
SYSTEMIC = frozenset(
    {
        ErrorKind.DISK_FULL,
        ErrorKind.READ_ONLY,
        ErrorKind.DATABASE_BUSY,
        ErrorKind.DATABASE_DAMAGED,
        ErrorKind.FILE_UNREADABLE,
    }
)
"""Errors of the disk or the file: they concern every write, not one."""

SQL_TROUBLE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises. About a broken schema it speaks in the broken words, which Python cannot decode."""

TROUBLE = (*SQL_TROUBLE, OSError)
"""What anything here raises that has to do with the file or the disk."""

_KINDS = {
    sqlite3.SQLITE_FULL: ErrorKind.DISK_FULL,
    sqlite3.SQLITE_READONLY: ErrorKind.READ_ONLY,
    sqlite3.SQLITE_PERM: ErrorKind.READ_ONLY,
    sqlite3.SQLITE_BUSY: ErrorKind.DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: ErrorKind.DATABASE_BUSY,
    sqlite3.SQLITE_PROTOCOL: ErrorKind.DATABASE_BUSY,
    sqlite3.SQLITE_CORRUPT: ErrorKind.DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: ErrorKind.DATABASE_DAMAGED,
    sqlite3.SQLITE_FORMAT: ErrorKind.DATABASE_DAMAGED,
    sqlite3.SQLITE_INTERRUPT: ErrorKind.CANCELLED,
    sqlite3.SQLITE_TOOBIG: ErrorKind.INPUT_TOO_LONG,
    sqlite3.SQLITE_IOERR: ErrorKind.FILE_UNREADABLE,
    sqlite3.SQLITE_CANTOPEN: ErrorKind.FILE_UNREADABLE,
}
_NAME = "lamplight.sqlite3"  # in sentences


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection that may write. The file is made (for this user only) when it is missing.

    :raises sqlite3.Error: when the file cannot be opened or is not a database.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(db, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def connect_memory() -> sqlite3.Connection:
    """An empty database that ends with its connection."""
    return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def connect_reading(path: Path, *, immutable: bool = False, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection that cannot write.

    :param immutable: nobody writes to the file now, and its folder may be read-only; a ``-wal`` file is ignored.
    """
    options = "mode=ro&immutable=1" if immutable else "mode=ro"
    name = quote(path.absolute().as_posix())
    if name.startswith("//"):  # a Windows network share: the host is part of the path, not of the address
        name = "//" + name
    uri = f"file:{name}?{options}"
    db = sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(db, "PRAGMA query_only=ON")


def _prepared(db: sqlite3.Connection, *pragmas: str) -> sqlite3.Connection:
    common = (
        "PRAGMA trusted_schema=OFF",  # a schema changed by somebody else runs no functions
        "PRAGMA cell_size_check=ON",
        "PRAGMA foreign_keys=ON",
        "PRAGMA secure_delete=ON",
        "PRAGMA fullfsync=ON",  # only macOS: there a plain fsync does not reach the disk
        "PRAGMA checkpoint_fullfsync=ON",
        f"PRAGMA journal_size_limit={4 * 1024 * 1024}",
    )
    try:
        for pragma in (*common, *pragmas):
            db.execute(pragma).fetchall()
    except BaseException:
        db.close()
        raise
    return db


def has_jobs(db: sqlite3.Connection) -> bool:
    """Whether the file knows jobs on documents: copies and files of older programs do not."""
    found = db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('jobs', 'job_steps')")
    return bool(found.fetchone()[0] == 2)


def has_words(db: sqlite3.Connection) -> bool:
    """Whether the file knows glossaries and the translation memory, which those of older programs do not."""
    names = "('glossaries', 'glossary_terms', 'memory', 'memory_grams')"
    found = db.execute(f"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN {names}")  # noqa: S608
    return bool(found.fetchone()[0] == 4)


@contextmanager
def transaction(db: sqlite3.Connection, *, reading: bool = False) -> Iterator[None]:
    """All of it or nothing of it. ``reading``: a stable picture over several statements, no lock for writing."""
    db.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def explain(error: Exception, folder: Path | None = None) -> AssistantError:
    """The error as a value. Of SQLite's words only its own are kept in the detail, never a bound value.

    :param folder: where the database lies, to tell a full disk from one that fails.
    """
    if isinstance(error, AssistantError):
        return error
    if isinstance(error, OSError):
        return explain_disk(error, _NAME)
    if isinstance(error, UnicodeDecodeError):
        return AssistantError(ErrorKind.DATABASE_DAMAGED, "undecodable")
    if not isinstance(error, sqlite3.Error):
        return AssistantError(ErrorKind.INTERNAL, type(error).__name__)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return AssistantError(ErrorKind.INTERNAL, type(error).__name__)
    kind = _KINDS.get(code & 0xFF, ErrorKind.INTERNAL)
    detail = str(getattr(error, "sqlite_errorname", code))
    if kind is ErrorKind.FILE_UNREADABLE:
        return _explain_io(detail, folder)
    if kind is ErrorKind.INPUT_TOO_LONG:
        return AssistantError(kind, detail, size=0, limit=1_000_000_000)
    return AssistantError(kind, detail)


def _explain_io(detail: str, folder: Path | None) -> AssistantError:
    """SQLite says "I/O error" or "cannot open" for a full quota and for a folder that may not be written, too."""
    trouble = probe(folder, _NAME) if folder is not None else None
    return trouble or AssistantError(ErrorKind.FILE_UNREADABLE, detail, name=_NAME)
