"""Long work on the storage thread: checking the file, copying it, and wiping what was deleted."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.answers import IntegrityReport, Stored, StoreFailed
from assistant.storage.backups import Backups, count_problems, serving
from assistant.storage.database import BUSY_SECONDS, SQL_TROUBLE, TROUBLE, connect_reading, explain, transaction
from assistant.storage.logbook import Entry, event
from assistant.storage.writer import Closing, Writer

_SMALL = 32 * 1024 * 1024  # bytes; a file up to this size is wiped in one go, in well under a second
_STEPS = 20_000
_BUSY_SECONDS = 0.1  # for a reader that is in the middle of a question, each time
_TRIES = 50


class _Postponed(Exception):  # noqa: N818 - a signal, not an error
    """A write came while the work could not be interleaved with it, or made it useless."""


class Upkeep:
    """The chores of one store.

    :ivar checked: the check that is due after an unclean end is done.
    """

    def __init__(self, writer: Writer, path: Path, backups: Backups, on_damage: Callable[[], None]) -> None:
        self.checked = False
        self._writer = writer
        self._path = path
        self._backups = backups
        self._on_damage = on_damage
        self._purges = 0
        self._purge_tickets: list[int] = []
        self._backup_tickets: list[int] = []

    def check_later(self) -> None:
        """Look for faults after an unclean end; an ``IntegrityReport`` follows."""
        self._writer.add_chore(self._check)

    def backup_later(self, ticket: int) -> None:
        """Copy the file if it changed since the last copy; the ticket is acknowledged then."""
        self._backup_tickets.append(ticket)
        self._writer.add_chore(self._backup)

    def backup_if_due(self, seconds: float) -> None:
        """Copy the file if it changed and there is no copy of the last ``seconds``; nobody waits for it."""

        def look(writer: Writer) -> None:
            if writer.db is not None and self._backups.is_due(seconds):
                self._backup(writer)

        self._writer.add_chore(look)

    def scrub_later(self, ticket: int | None = None) -> None:
        """Wipe what ``purge_trash`` removed; the ticket is acknowledged when nothing of it is left."""
        self._purges += 1
        if ticket is not None:
            self._purge_tickets.append(ticket)
        self._writer.add_chore(self._scrub, urgent=True)

    def abandon(self) -> None:
        """The thread has ended: what it did not come to is done at the next start."""
        self._answer(self._purge_tickets, AssistantError(ErrorKind.CANCELLED, "closed"))
        self._answer(self._backup_tickets, AssistantError(ErrorKind.CANCELLED, "closed"))

    # ------------------------------------------------------------ on the storage thread

    def _check(self, writer: Writer) -> None:
        start = time.perf_counter()
        try:
            with closing(connect_reading(self._path)) as db, serving(db, writer.serve):
                problems = count_problems(db)
        except SQL_TROUBLE:
            problems = 1
        self.checked = True
        if problems:
            self._on_damage()
        seconds = time.perf_counter() - start
        event(Entry.STORE_CHECKED, ok=not problems, count=problems, seconds=seconds)
        writer.tell(IntegrityReport(not problems, problems, seconds))

    def _backup(self, writer: Writer) -> None:
        before = self._purges

        def serve() -> None:
            writer.serve()
            if self._purges != before:
                raise _Postponed

        start = time.perf_counter()
        try:
            if writer.db is None:
                raise AssistantError(ErrorKind.READ_ONLY)
            made = self._backups.make(writer.db, serve)
        except _Postponed:
            writer.add_chore(self._backup)
            return
        except (*TROUBLE, AssistantError) as error:
            failure = explain(error, self._backups.folder)
            if failure.kind is ErrorKind.DATABASE_DAMAGED:
                self._on_damage()
                writer.tell(IntegrityReport(False, 1, time.perf_counter() - start))
            event(Entry.STORE_BACKUP, ok=False, kind=failure.kind)
            self._answer(self._backup_tickets, failure)
            return
        if made is not None:
            event(Entry.STORE_BACKUP, ok=True, seconds=time.perf_counter() - start)
        self._answer(self._backup_tickets, None)

    def _scrub(self, writer: Writer) -> None:
        db = writer.db
        if db is None:
            return
        try:
            purged = [row[0] for row in db.execute("SELECT conversation FROM purged")]
            if purged:
                self._backups.scrub(purged, writer.serve)
                self._vacuum(writer, db)
                self._empty_log(writer, db)
                with transaction(db):
                    db.executemany("DELETE FROM purged WHERE conversation = ?", [(number,) for number in purged])
        except _Postponed:
            writer.add_chore(self._scrub, urgent=True)
            return
        except (*TROUBLE, AssistantError) as error:
            failure = explain(error, self._path.parent)
            event(Entry.STORE_SCRUBBED, ok=False, kind=failure.kind)
            self._answer(self._purge_tickets, failure)
            return
        if purged:
            event(Entry.STORE_SCRUBBED, ok=True, count=len(purged))
        self._answer(self._purge_tickets, None)

    def _vacuum(self, writer: Writer, db: sqlite3.Connection) -> None:
        """Write the file anew. ``secure_delete`` wipes rows and pages, but not what a page moved within itself."""
        writer.serve()
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        small = pages * db.execute("PRAGMA page_size").fetchone()[0] <= _SMALL
        if not small:
            db.set_progress_handler(lambda: writer.waiting, _STEPS)
        try:
            db.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            raise (Closing if writer.closing else _Postponed) from None
        finally:
            db.set_progress_handler(None, 0)

    def _empty_log(self, writer: Writer, db: sqlite3.Connection) -> None:
        """Fold the log into the file and cut it to nothing: its old pages hold what was deleted, too."""
        db.execute(f"PRAGMA busy_timeout={int(_BUSY_SECONDS * 1000)}")
        try:
            for _ in range(_TRIES):
                if not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return
                writer.serve()
        finally:
            db.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        raise AssistantError(ErrorKind.DATABASE_BUSY, "checkpoint")

    def _answer(self, tickets: list[int], error: AssistantError | None) -> None:
        done, tickets[:] = tickets[:], []
        for ticket in done:
            self._writer.tell(Stored(ticket) if error is None else StoreFailed(ticket, error))
