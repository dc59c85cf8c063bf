"""Copies of the database, made while the program runs, thinned with age.

A copy is whole or not there: it is made under another name, checked, and renamed. Work here runs on the storage
thread and calls ``serve`` often, which does the writes that wait and may raise to stop the work.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import time
from calendar import timegm
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import replace_file, sync_folder
from assistant.storage.database import (
    APPLICATION_ID,
    SQL_TROUBLE,
    TROUBLE,
    connect_reading,
    has_jobs,
    has_words,
    transaction,
)
from assistant.storage.writing import forget, mark_changed, revision

Serve = Callable[[], None]

RECENT, DAYS, WEEKS, MONTHS = 6, 12, 10, 9
"""How many copies are kept: the newest ones, then the last of a day, of a week, of a month."""

_DAY = 24 * 3600
_MOST_BYTES = 1024**3  # all copies together, as long as the three newest are kept
_AT_LEAST = 3
_PAGES = 128  # copied between two looks at the writes that wait
_STEPS = 20_000  # of SQLite's machine between two such looks
_NAME = re.compile(r"lamplight-(\d{8}-\d{6})\.sqlite3")
_FORM = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Backup:
    """One copy; ``when`` is its time in seconds since 1970, from its name."""

    path: Path
    when: float


class Backups:
    """The copies in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._making = folder / "making.tmp"

    def all(self) -> list[Backup]:
        """The newest first."""
        found = []
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if match := _NAME.fullmatch(path.name):
                    with contextlib.suppress(ValueError):
                        found.append(Backup(path, float(timegm(time.strptime(match[1], _FORM)))))
        return sorted(found, key=lambda backup: backup.when, reverse=True)

    def make(self, db: sqlite3.Connection, serve: Serve) -> Backup | None:
        """Copy the database behind ``db``, and thin the copies. None: nothing changed since the last one.

        ``db`` is the connection that writes: what it writes meanwhile gets into the copy, too.

        :raises AssistantError: DATABASE_DAMAGED: the copy is not whole, so the original is not either.
        :raises sqlite3.Error: OSError: the disk.
        """
        if _is_empty(db):
            return None
        now = revision(db)
        if now is None:  # nothing was written since an older program had the file, which did not note changes
            mark_changed(db)
        elif any(_revision_of(backup.path) == now for backup in self.all()[:1]):
            return None
        self.clear_rests()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with self._target() as target:
                db.backup(target, pages=_PAGES, progress=lambda *_: serve())
                # A file of its own: it can be read where nothing can be written.
                target.execute("PRAGMA journal_mode=DELETE").fetchall()
            if problems(self._making, serve):
                raise AssistantError(ErrorKind.DATABASE_DAMAGED, "backup")
            made = self._publish()
        finally:
            self.clear_rests()
        self.thin(made)
        return made

    def is_due(self, seconds: float) -> bool:
        """Whether there is no copy of the last ``seconds``; one of the future (a clock was wrong) does not count."""
        now = time.time()
        return not any(now - seconds < backup.when <= now for backup in self.all())

    def thin(self, just_made: Backup | None = None) -> None:
        """Remove copies that are no longer needed, never the newest or the one that was just made."""
        backups = self.all()
        kept = keep([backup.when for backup in backups])
        sizes = 0
        for number, backup in enumerate(backups):
            with contextlib.suppress(OSError):
                sizes += backup.path.stat().st_size
                too_many = sizes > _MOST_BYTES and number >= _AT_LEAST
                if backup != just_made and (too_many or backup.when not in kept):
                    backup.path.unlink()

    def newest_good(self) -> Backup | None:
        """The newest copy without a fault."""
        return next((backup for backup in self.all() if not problems(backup.path)), None)

    def scrub(self, numbers: Sequence[int], serve: Serve) -> None:
        """Remove what has these numbers from every copy; a copy that cannot be read is removed whole.

        :raises sqlite3.Error: OSError: the disk; the copies that are left are still to be scrubbed.
        """
        self.clear_rests()
        for backup in self.all():
            serve()
            try:
                if _holds(backup.path, numbers):
                    self._scrub_one(backup, numbers, serve)
            except SQL_TROUBLE as error:
                if not _is_unreadable(error):
                    raise
                backup.path.unlink()
            finally:
                self.clear_rests()

    def clear_rests(self) -> None:
        """Remove what an interrupted copy left."""
        for path in (self._making, _journal(self._making)):
            with contextlib.suppress(OSError):
                path.unlink()

    def _scrub_one(self, backup: Backup, numbers: Sequence[int], serve: Serve) -> None:
        shutil.copyfile(backup.path, self._making)
        self._making.chmod(0o600)
        with self._target() as target:
            target.execute("PRAGMA foreign_keys=ON")
            target.execute("PRAGMA secure_delete=ON")
            with transaction(target):
                forget(target, list(numbers))
            with serving(target, serve):
                target.execute("VACUUM")
        _sync(self._making)
        replace_file(self._making, backup.path)
        sync_folder(self.folder)

    @contextmanager
    def _target(self) -> Iterator[sqlite3.Connection]:
        os.close(os.open(self._making, os.O_RDWR | os.O_CREAT, 0o600))
        target = sqlite3.connect(self._making, isolation_level=None)
        try:
            # The file counts only once it is whole, so nothing has to survive an end in the middle.
            target.execute("PRAGMA synchronous=OFF")
            target.execute("PRAGMA journal_mode=MEMORY").fetchall()
            yield target
        finally:
            target.close()

    def _publish(self) -> Backup:
        _sync(self._making)
        when = time.time()
        while True:
            path = self.folder / f"lamplight-{time.strftime(_FORM, time.gmtime(when))}.sqlite3"
            if not path.exists():
                break
            when += 1
        replace_file(self._making, path)
        sync_folder(self.folder)
        return Backup(path, float(int(when)))


def keep(times: Sequence[float]) -> set[float]:
    """Which of the copies made at these times (seconds since 1970) are kept."""
    kept: set[float] = set()
    days: set[object] = set()
    weeks: set[object] = set()
    months: set[object] = set()
    for number, when in enumerate(sorted(times, reverse=True)):
        if number < RECENT:
            kept.add(when)
        periods: tuple[tuple[set[object], int, object], ...] = (
            (days, DAYS, when // _DAY),
            (weeks, WEEKS, when // (7 * _DAY)),
            (months, MONTHS, time.gmtime(when)[:2]),
        )
        for seen, many, period in periods:
            if period not in seen and len(seen) < many:
                seen.add(period)
                kept.add(when)
    return kept


def problems(path: Path, serve: Serve = lambda: None) -> int:
    """How many faults SQLite's quick check finds in a file that nobody writes to; 0: none. One that is not ours: 1."""
    try:
        db = connect_reading(path, immutable=True)
    except TROUBLE:
        return 1
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            return 1
        with serving(db, serve):
            return count_problems(db)
    except SQL_TROUBLE:
        return 1
    finally:
        db.close()


def count_problems(db: sqlite3.Connection) -> int:
    """How many faults the quick check of this connection's file prints (at most 100)."""
    rows = db.execute("PRAGMA quick_check").fetchall()
    return 0 if rows == [("ok",)] else len(rows)


@contextmanager
def serving(db: sqlite3.Connection, serve: Serve) -> Iterator[None]:
    """While a long statement of ``db`` runs, call ``serve`` again and again; what it raises ends the statement."""
    raised: list[Exception] = []

    def look() -> bool:
        try:
            serve()
        except Exception as error:
            raised.append(error)
            return True
        return False

    db.set_progress_handler(look, _STEPS)
    try:
        yield
    except sqlite3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        db.set_progress_handler(None, 0)


def _is_empty(db: sqlite3.Connection) -> bool:
    tables = ["conversations", "drafts"]
    if has_jobs(db):
        tables.append("jobs")
    if has_words(db):
        tables += ["glossaries", "memory"]
    return not any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)  # noqa: S608


def _revision_of(path: Path) -> int | None:
    with contextlib.suppress(*TROUBLE), contextlib.closing(connect_reading(path, immutable=True)) as db:
        return revision(db)
    return None


def _holds(path: Path, numbers: Sequence[int]) -> bool:
    with contextlib.closing(connect_reading(path, immutable=True)) as db:
        sql = "SELECT 1 FROM conversations WHERE id = :n UNION SELECT 1 FROM drafts WHERE conversation = :n"
        if has_jobs(db):
            sql += " UNION SELECT 1 FROM jobs WHERE id = :n"
        if has_words(db):
            sql += " UNION SELECT 1 FROM glossaries WHERE id = :n UNION SELECT 1 FROM glossary_terms WHERE id = :n"
            sql += " UNION SELECT 1 FROM memory WHERE id = :n"
        return any(db.execute(sql, {"n": number}).fetchone() for number in numbers)


def _is_unreadable(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
