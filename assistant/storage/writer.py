"""The storage thread: every write to the database, in order, several in one transaction when several wait.

A write is acknowledged after its commit. One that the database refuses (a row that is not there) fails alone. One
that the disk refuses keeps those behind it waiting, because they may build on it: all of them are reported as failed,
and tried again every second until there is room (or until it is clear that only the first one does not fit).

Long work (backups, checks, scrubbing) is a *chore*: it runs when no write waits, and calls ``serve`` often, so that a
message never waits for it. Work that cannot be interleaved with writes asks ``waiting`` and gives up for now.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.answers import IntegrityReport, Stored, StoreFailed
from assistant.storage.database import SYSTEMIC, TROUBLE, explain, transaction
from assistant.storage.disk import probe
from assistant.storage.logbook import Entry, event
from assistant.storage.writing import mark_changed

Deliver = Callable[[Stored | StoreFailed | IntegrityReport], None]
SLOW_SECONDS = 0.04
_GROUP = 64  # writes in one transaction
_AGAIN_SECONDS = 1.0  # between two attempts at what the disk refused
_PATIENCE = 5  # attempts at one write, while the disk takes other data
_AGAIN = (ErrorKind.DISK_FULL, ErrorKind.READ_ONLY, ErrorKind.DATABASE_BUSY, ErrorKind.FILE_UNREADABLE)


class Closing(Exception):  # noqa: N818 - a signal to a chore, not an error
    """Raised inside a chore when the store is being closed."""


@dataclass(frozen=True)
class Write:
    """One write that waits.

    :ivar durable: on disk before it is acknowledged; else only safe from an end of the program.
    :ivar then: runs after the commit, on the storage thread, and acknowledges in its own time.
    """

    ticket: int
    run: Callable[[sqlite3.Connection], None]
    durable: bool = True
    then: Callable[[], None] | None = None


Chore = Callable[["Writer"], None]


class Writer:
    """The thread and its queue.

    :param db: the connection that writes, or None when it cannot be written now.
    :param refused: why, when ``db`` is None.
    :param reopen: tries again to get a connection, or None when that is of no use.
    :param on_damage: a write met a broken place. ``on_oddity``: a write broke a rule of the tables, which may be a
        defect of the caller's or a broken index.
    :param lock: held while the connection is in use (it is shared with a reader when all is in memory).
    """

    def __init__(
        self,
        db: sqlite3.Connection | None,
        folder: Path,
        deliver: Deliver,
        *,
        refused: AssistantError | None = None,
        reopen: Callable[[], sqlite3.Connection] | None = None,
        on_damage: Callable[[], None] = lambda: None,
        on_oddity: Callable[[], None] = lambda: None,
        lock: threading.Lock | None = None,
    ) -> None:
        self.slow = 0
        self.db = db
        self._folder = folder
        self._deliver = deliver
        self._refused = refused or AssistantError(ErrorKind.READ_ONLY)
        self._reopen = reopen
        self._on_damage = on_damage
        self._on_oddity = on_oddity
        self._lock = lock or threading.Lock()
        self._again_at = 0.0  # before this moment (monotonic) nothing is tried
        self._told: set[int] = set()  # tickets of writes that wait though they were reported as failed
        self._patience = _PATIENCE
        self._given_up: AssistantError | None = None
        self._full_sync: bool | None = None
        self._waiting: deque[Write] = deque()
        self._chores: deque[Chore] = deque()
        self._news = threading.Condition()
        self._closing = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, write: Write) -> None:
        """Queue a write. After ``close`` it fails at once, on the caller's thread."""
        with self._news:
            if not self._closing:
                self._waiting.append(write)
                self._news.notify_all()
                return
        self.tell(StoreFailed(write.ticket, AssistantError(ErrorKind.CANCELLED, "closed")))

    def add_chore(self, chore: Chore, *, urgent: bool = False) -> None:
        with self._news:
            if urgent:
                self._chores.appendleft(chore)
            else:
                self._chores.append(chore)
            self._news.notify_all()

    def drain(self, seconds: float, *, patient: bool = True) -> bool:
        """Wait until nothing waits and no chore is left; False when the time was over first.

        :param patient: also wait for what the disk refused and what is going to be tried again.
        """

        def done() -> bool:
            waiting = self._waiting if patient else self._can_write()
            return not (waiting or self._chores or self._busy) or not self._thread.is_alive()

        with self._news:
            return self._news.wait_for(done, seconds)

    def close(self, seconds: float) -> bool:
        """Do what is queued (without the chores) and end; False when the thread was still busy after ``seconds``."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # ------------------------------------------------------------ for chores, on the storage thread

    def serve(self) -> None:
        """Do the writes that wait.

        :raises Closing: the chore has to stop; it is not done.
        """
        self._write_all()
        if self._closing:
            raise Closing

    @property
    def waiting(self) -> bool:
        return self._can_write() or self._closing

    @property
    def closing(self) -> bool:
        return self._closing

    def tell(self, news: Stored | StoreFailed | IntegrityReport) -> None:
        """Hand over news; a listener that raises is noted and does not stop the thread."""
        try:
            self._deliver(news)
        except Exception as error:
            event(Entry.STORE_LISTENER, error=error)

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        while True:
            with self._news:
                self._busy = False
                self._news.notify_all()
                while not (self._can_write() or self._chores or self._closing):
                    self._news.wait(max(0.001, self._again_at - time.monotonic()) if self._waiting else None)
                self._busy = True
                chore = self._chores.popleft() if self._chores and not self._can_write() and not self._closing else None
            if chore is not None:
                self._do(chore)
            elif self._closing:
                self._again_at = 0.0
                self._write_all()
                return
            else:
                self._write_all()

    def _can_write(self) -> bool:
        return bool(self._waiting) and time.monotonic() >= self._again_at

    def _do(self, chore: Chore) -> None:
        try:
            chore(self)
        except Closing:
            pass
        except Exception as error:
            event(Entry.STORE_CHORE, error=error)

    def _write_all(self) -> None:
        while self._can_write():
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _GROUP))]
            self._write(group)

    def _write(self, group: list[Write]) -> None:
        start = time.perf_counter()
        results: list[AssistantError | None] = [self._refused for _ in group]
        if self._writable():
            results = self._attempt(group)
        milliseconds = int((time.perf_counter() - start) * 1000)
        if milliseconds > SLOW_SECONDS * 1000:
            self.slow += 1
            event(Entry.STORE_SLOW, ms=milliseconds, count=len(group))
        for write, error in zip(group, results, strict=True):
            if error is not None:
                self._fail(write, error)
            elif write.then is not None:
                write.then()
            else:
                self._told.discard(write.ticket)
                self.tell(Stored(write.ticket))
        self._keep_for_later(group, results)

    def _fail(self, write: Write, error: AssistantError) -> None:
        if write.ticket not in self._told:
            event(Entry.STORE_FAILED, kind=error.kind)
            self.tell(StoreFailed(write.ticket, error))

    def _keep_for_later(self, group: list[Write], results: list[AssistantError | None]) -> None:
        """Put what the disk refused back to the head of the queue. A checkpoint is left out: a later one has more."""
        later = [
            write
            for write, error in zip(group, results, strict=True)
            if error is not None and error.kind in _AGAIN and write.durable
        ]
        if not later or (self.db is None and self._reopen is None):
            self._patience = _PATIENCE
            return
        first = results[group.index(later[0])]
        if first is not None and first.kind in (ErrorKind.DISK_FULL, ErrorKind.FILE_UNREADABLE):
            # When there is room for other data, it is this one that does not fit.
            self._patience -= probe(self._folder, "") is None
            if self._patience <= 0:
                self._given_up = first
                self._told.discard(later.pop(0).ticket)
                self._patience = _PATIENCE
        self._told.update(write.ticket for write in later)
        self._waiting.extendleft(reversed(later))
        self._again_at = time.monotonic() + _AGAIN_SECONDS if later else 0.0
        for write in [write for write in self._waiting if write.ticket not in self._told]:
            if first is not None:
                self._fail(write, first)
                self._told.add(write.ticket)

    def _writable(self) -> bool:
        if self.db is None and self._reopen is not None:
            try:
                self.db = self._reopen()
            except (*TROUBLE, AssistantError) as error:
                self._refused = explain(error, self._folder)
        return self.db is not None

    def _attempt(self, group: list[Write]) -> list[AssistantError | None]:
        """For each write its error, or None. An error of the disk ends the group; those before it may still fit."""
        try:
            return self._together(group)
        except Exception as error:
            failure = explain(error, self._folder)
        if failure.kind is ErrorKind.DATABASE_DAMAGED:
            self._on_damage()
        if len(group) == 1 or failure.kind is ErrorKind.DATABASE_BUSY:
            return [failure] * len(group)
        results: list[AssistantError | None] = []
        for write in group:
            failed = results and results[-1] is not None and results[-1].kind in SYSTEMIC
            results += [results[-1]] if failed else self._attempt([write])
        return results

    def _together(self, group: list[Write]) -> list[AssistantError | None]:
        """The group in one transaction.

        :raises sqlite3.Error: an error that concerns all of them; nothing is written.
        """
        db = self.db
        if db is None:
            raise AssertionError("no connection")
        results: list[AssistantError | None] = []
        with self._lock:
            self._set_sync(db, any(write.durable for write in group))
            with transaction(db):
                before = db.total_changes
                for write in group:
                    results.append(self._one(db, write))
                if db.total_changes != before:
                    mark_changed(db)
        return results

    def _one(self, db: sqlite3.Connection, write: Write) -> AssistantError | None:
        db.execute("SAVEPOINT one")
        try:
            write.run(db)
        except Exception as error:
            explained = explain(error)
            if explained.kind in SYSTEMIC or not db.in_transaction:
                raise
            db.execute("ROLLBACK TO one")
            db.execute("RELEASE one")
            if isinstance(error, sqlite3.IntegrityError):
                self._on_oddity()
            # It builds on a write that was given up.
            return self._given_up if explained.kind is ErrorKind.INTERNAL and self._given_up else explained
        db.execute("RELEASE one")
        return None

    def _set_sync(self, db: sqlite3.Connection, full: bool) -> None:
        if full is not self._full_sync:
            db.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            self._full_sync = full

    def end(self) -> None:
        """Close the connection, after the thread has ended: the log is folded into the file."""
        if self.db is not None:
            self.db.close()
            self.db = None
