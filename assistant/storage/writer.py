"""The storage thread: every write to the database, in order, several in one transaction when several wait.

A write is acknowledged after its commit. A write that fails changes nothing, and neither do those of the same group
that came after it; the thread goes on, and the next write is tried as if nothing had been.

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
from assistant.storage.database import SYSTEMIC, explain, transaction
from assistant.storage.logbook import Entry, event

Deliver = Callable[[Stored | StoreFailed | IntegrityReport], None]
SLOW_SECONDS = 0.04
_GROUP = 64  # writes in one transaction
_AGAIN_SECONDS = 1.0  # between two attempts to open a database that could not be written


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
        lock: threading.Lock | None = None,
    ) -> None:
        self.slow = 0
        self.db = db
        self._folder = folder
        self._deliver = deliver
        self._refused = refused or AssistantError(ErrorKind.READ_ONLY)
        self._reopen = reopen
        self._on_damage = on_damage
        self._lock = lock or threading.Lock()
        self._tried = 0.0
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

    def drain(self, seconds: float) -> bool:
        """Wait until nothing waits and no chore is left; False when the time was over first."""
        with self._news:
            return self._news.wait_for(
                lambda: not (self._waiting or self._chores or self._busy) or not self._thread.is_alive(), seconds
            )

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
        return bool(self._waiting) or self._closing

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
                self._news.wait_for(lambda: self._waiting or self._chores or self._closing)
                self._busy = True
                chore = self._chores.popleft() if self._chores and not self._waiting and not self._closing else None
            if chore is not None:
                self._do(chore)
            else:
                self._write_all()
                if self._closing and not self._waiting:
                    return

    def _do(self, chore: Chore) -> None:
        try:
            chore(self)
        except Closing:
            pass
        except Exception as error:
            event(Entry.STORE_CHORE, error=error)

    def _write_all(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _GROUP))]
            self._write(group)

    def _write(self, group: list[Write]) -> None:
        start = time.perf_counter()
        if not self._writable():
            results: list[AssistantError | None] = [self._refused] * len(group)
        else:
            results = self._attempt(group)
        milliseconds = int((time.perf_counter() - start) * 1000)
        if milliseconds > SLOW_SECONDS * 1000:
            self.slow += 1
            event(Entry.STORE_SLOW, ms=milliseconds, count=len(group))
        for write, error in zip(group, results, strict=True):
            if error is not None:
                event(Entry.STORE_FAILED, kind=error.kind)
                self.tell(StoreFailed(write.ticket, error))
            elif write.then is not None:
                write.then()
            else:
                self.tell(Stored(write.ticket))

    def _writable(self) -> bool:
        if self.db is not None:
            return True
        if self._reopen is None or time.monotonic() - self._tried < _AGAIN_SECONDS:
            return False
        self._tried = time.monotonic()
        try:
            self.db = self._reopen()
        except (sqlite3.Error, OSError, AssistantError) as error:
            self._refused = explain(error, self._folder)
            return False
        return True

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
                for write in group:
                    results.append(self._one(db, write))
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
            return explained
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
