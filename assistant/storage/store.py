"""Conversations and jobs on documents: one thread writes, everybody reads.

Each write returns a ticket at once and is acknowledged with that ticket, on the storage thread, after its commit; what
the write functions refuse (a conversation that does not exist) fails alone. Reads are answered on the caller's thread
from what is committed, so a caller that needs to see its own write waits for the acknowledgement.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import reading, writing
from assistant.storage.answers import IntegrityReport, OpenReport, Stored, StoreFailed
from assistant.storage.backups import Backups
from assistant.storage.database import TROUBLE, connect_reading, explain
from assistant.storage.jobs import StoredJobs
from assistant.storage.lock import Ending, StoreLock
from assistant.storage.logbook import Entry, event
from assistant.storage.migrations import MIGRATIONS, Migration
from assistant.storage.opening import LOCK_SECONDS, Opened, open_database, open_writing
from assistant.storage.reading import Reader
from assistant.storage.rows import Conversation, Message, MessageHead
from assistant.storage.upkeep import Upkeep
from assistant.storage.words import StoredWords
from assistant.storage.writer import Deliver, Write, Writer

__all__ = ["IntegrityReport", "OpenReport", "Store", "StoreFailed", "Stored"]

_CLOSE_SECONDS = 10.0
_UPKEEP_SECONDS = 5.0
_SEARCH_SECONDS = 1.0


class Store:
    """What one home keeps.

    :ivar jobs: the jobs on documents, ``words``: glossaries and the translation memory, with their own writes and
        questions.
    :param path: the database; its backups lie in ``backups/`` beside it.
    :param deliver: gets the acknowledgements, on the storage thread; it must be quick.
    """

    def __init__(
        self,
        path: Path,
        deliver: Deliver,
        *,
        steps: Sequence[Migration] = MIGRATIONS,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._file = path
        self.backups = Backups(path.parent / "backups")
        self._deliver = deliver
        self._steps = steps
        self._lock_seconds = lock_seconds
        self._lock = StoreLock(path)
        self._tickets = itertools.count(1)
        self._next_id = 1
        self._counting = threading.Lock()
        self._damaged = False
        self._odd = False
        self._asked = False  # for a wipe or a copy
        self._report = OpenReport()
        self._opened: Opened | None = None
        self._reader: Reader | None = None
        self._searcher: Reader | None = None
        self._searching = threading.Lock()
        self._writer: Writer | None = None
        self._upkeep: Upkeep | None = None
        self.jobs = StoredJobs(self.new_id, self._write, self._read, self._search_reader)
        self.words = StoredWords(self.new_id, self._write, self._read, self._search_reader)

    # ------------------------------------------------------------ opening and closing

    def open(self) -> OpenReport:
        """Open the database, quickly unless it has to be repaired; never raises for what it finds there."""
        start = time.perf_counter()
        opened = open_database(self._file, self._lock, self.backups, steps=self._steps, seconds=self._lock_seconds)
        self._writer = Writer(
            opened.writer,
            self._file.parent,
            self._deliver,
            refused=opened.error,
            reopen=None if _is_newer(opened) else self._reopen,
            on_damage=self._on_damage,
            on_oddity=self._on_oddity,
            lock=opened.shared,
        )
        self._upkeep = Upkeep(self._writer, self._file, self.backups, self._on_damage)
        self._take(opened)
        self._writer.start()
        self._report = _report(opened, time.perf_counter() - start)
        event(
            Entry.STORE_OPENED,
            ok=opened.error is None,
            read_only=self._report.read_only,
            interrupted=opened.interrupted,
            seconds=self._report.seconds,
        )
        return self._report

    def close(self) -> None:
        """Do every write that waits, fold the log into the file, and leave word that all is well.

        A wipe or a copy that was asked for gets five seconds; a wipe is else done after the next start.
        """
        writer, upkeep, opened = self._writer, self._upkeep, self._opened
        if writer is None or upkeep is None or opened is None:
            return
        if self._asked:
            writer.drain(_UPKEEP_SECONDS, patient=False)
        self._writer = self._upkeep = self._opened = None
        if opened.shared is None:  # else the writer needs the connection
            for reader in (self._reader, self._searcher):
                if reader is not None:
                    reader.interrupt()
                    reader.close()
        if not writer.close(_CLOSE_SECONDS):
            return  # the disk hangs: the lock goes with the process, and the next start checks the file
        upkeep.abandon()
        wrote = writer.db is not None and opened.kept
        writer.end()
        if opened.shared is not None and self._reader is not None:
            self._reader.close()
        if wrote:
            self._lock.write(self._ending(opened, upkeep))
        if opened.folder is not None:
            opened.folder.cleanup()
        self._lock.release()

    def _ending(self, opened: Opened, upkeep: Upkeep) -> Ending:
        if self._damaged:
            return Ending.DAMAGED
        return Ending.UNCLEAN if opened.unclean and not upkeep.checked else Ending.CLEAN

    def drain(self, seconds: float = 10.0) -> bool:
        """Wait until every write, check, copy and wipe that was asked for is done; False: not in time."""
        return self._writer is None or self._writer.drain(seconds)

    def _take(self, opened: Opened) -> None:
        """Use these connections from now on."""
        old, before = (self._reader, self._searcher), self._opened
        self._opened = opened
        newer = _is_newer(opened)
        self._reader = Reader(opened.reader, self._file.parent, self._on_damage, newer=newer, lock=opened.shared)
        with self._searching:
            self._searcher = None
        with self._counting:
            self._next_id = max(opened.next_id, self._next_id)
        for reader in old:
            if reader is not None:
                reader.close()
        if before is not None and before.folder is not None:
            before.folder.cleanup()
        if self._upkeep is not None and opened.writer is not None and opened.kept:
            if self._writer is not None:
                self._writer.add_chore(lambda _: self._lock.sync())
            if opened.unclean:
                self._upkeep.check_later()
            self._upkeep.scrub_later()

    def _reopen(self) -> sqlite3.Connection:
        """A database that could not be written, tried again before a write (on the storage thread).

        :raises AssistantError: sqlite3.Error: OSError: it still cannot.
        """
        if not self._lock.held and not self._lock.acquire(0):
            raise AssistantError(ErrorKind.DATABASE_BUSY)
        opened = open_writing(self._file, self._lock, self.backups, self._steps)
        self._take(opened)
        if opened.writer is None:
            raise AssertionError("opened for writing")
        return opened.writer

    def _on_oddity(self) -> None:
        """Look once whether the file is whole; it may be that only the caller was wrong."""
        if self._upkeep is not None and not self._odd and self._opened is not None and self._opened.kept:
            self._odd = True
            self._upkeep.check_later()

    def _on_damage(self) -> None:
        self._damaged = True
        self._lock.write(Ending.DAMAGED)

    # ------------------------------------------------------------ writes

    def new_id(self) -> int:
        """A number that nothing in the store has; from any thread."""
        with self._counting:
            self._next_id += 1
            return self._next_id - 1

    def create_conversation(self, conversation: Conversation) -> int:
        """``changed`` is not taken from the row: the store counts."""
        return self._write(lambda db: writing.create_conversation(db, conversation))

    def set_title(self, conversation: int, title: str, titled: bool = True) -> int:
        return self._write(lambda db: writing.set_title(db, conversation, title, titled))

    def set_leaf(self, conversation: int, message: int) -> int:
        return self._write(lambda db: writing.set_leaf(db, conversation, message))

    def set_context_from(self, conversation: int, message: int | None) -> int:
        """The first message that the model still gets; None: all of them."""
        return self._write(lambda db: writing.set_context_from(db, conversation, message))

    def set_system(self, conversation: int, text: str) -> int:
        return self._write(lambda db: writing.set_system(db, conversation, text))

    def add_message(self, message: Message) -> int:
        """Also makes it the conversation's leaf, and the conversation the first of the list."""
        return self._write(lambda db: writing.add_message(db, message))

    def checkpoint_answer(self, message: int, *, text: str, reasoning: str = "") -> int:
        """An answer that is being written, as far as it is; safe from an end of the program, not from a power cut."""
        return self._write(lambda db: writing.checkpoint_answer(db, message, text, reasoning), durable=False)

    def finish_answer(self, message: Message) -> int:
        """Every field of the message but its place in the tree."""
        return self._write(lambda db: writing.finish_answer(db, message))

    def set_draft(self, conversation: int, text: str) -> int:
        """What is typed and not sent; 0 and below, which no conversation has, are texts to become jobs."""
        return self._write(lambda db: writing.set_draft(db, conversation, text))

    def trash_conversation(self, conversation: int) -> int:
        return self._write(lambda db: writing.trash_conversation(db, conversation))

    def restore_conversation(self, conversation: int) -> int:
        return self._write(lambda db: writing.restore_conversation(db, conversation))

    def purge_trash(self) -> int:
        """Delete for good what is in the trash. Acknowledged when it is gone from the file and from the backups."""
        ticket = next(self._tickets)
        self._asked = True
        upkeep = self._upkeep if self._opened is None or self._opened.kept else None
        then = (lambda: upkeep.scrub_later(ticket)) if upkeep is not None else None
        return self._submit(Write(ticket, writing.purge_trash, then=then))

    def backup(self) -> int:
        """Copy the database and thin the copies, unless nothing changed since the last one."""
        ticket = next(self._tickets)
        if self._upkeep is None or (self._opened is not None and not self._opened.kept):
            self._deliver(StoreFailed(ticket, AssistantError(ErrorKind.CANCELLED, "no database")))
        else:
            self._asked = True
            self._upkeep.backup_later(ticket)
        return ticket

    def backup_if_due(self, seconds: float) -> None:
        """As ``backup`` if there is no copy of the last ``seconds``, without an acknowledgement.

        Only damage that it meets is told, as an ``IntegrityReport``; of a file that is known to be damaged no copy is
        tried, until the next start has repaired it.
        """
        if self._damaged:
            return
        if self._upkeep is not None and self._opened is not None and self._opened.kept:
            self._upkeep.backup_if_due(seconds)

    def _write(self, run: Callable[[sqlite3.Connection], None], *, durable: bool = True) -> int:
        return self._submit(Write(next(self._tickets), run, durable))

    def _submit(self, write: Write) -> int:
        if self._writer is None:
            self._deliver(StoreFailed(write.ticket, AssistantError(ErrorKind.CANCELLED, "closed")))
        else:
            self._writer.submit(write)
        return write.ticket

    # ------------------------------------------------------------ reads

    def conversations(self) -> list[Conversation]:
        """Without the trash, the one changed last first.

        Reads raise AssistantError: DATABASE_DAMAGED (repaired at the next start), DATABASE_BUSY, CANCELLED
        (interrupted), or what the disk says.
        """
        return self._read().ask(reading.conversations)

    def conversation(self, conversation: int) -> Conversation | None:
        """Also one in the trash; None: there is none."""
        return self._read().ask(reading.conversation, conversation)

    def path(
        self,
        conversation: int,
        leaf: int | None = None,
        *,
        through: int | None = None,
        recent: Sequence[Message] = (),
    ) -> list[MessageHead]:
        """The messages from the root to ``leaf``, by default the one that the conversation shows.

        :param through: instead to the end of the path through this message and then always to the newest child.
        :param recent: messages that are part of the conversation, acknowledged yet or not.
        """
        return self._read().ask(reading.path, conversation, leaf, through=through, recent=recent)

    def messages(self, ids: Sequence[int]) -> list[Message]:
        """In the order asked for; numbers that do not exist are left out."""
        return self._read().ask(reading.messages, ids)

    def children(self, conversation: int, parent: int | None) -> list[int]:
        """The messages with this parent (None: the beginnings of the conversation), oldest first."""
        return self._read().ask(reading.children, conversation, parent)

    def draft(self, conversation: int) -> str:
        return self._read().ask(reading.draft, conversation)

    def counts(self) -> dict[str, int]:
        """``conversations``, ``trashed``, ``messages``, ``jobs``, ``bytes``, ``backups``, ``slow_reads``,
        ``slow_writes``."""
        slow = sum(reader.slow for reader in (self._reader, self._searcher) if reader is not None)
        return self._read().ask(reading.counts) | {
            "backups": len(self.backups.all()),
            "slow_reads": slow,
            "slow_writes": self._writer.slow if self._writer is not None else 0,
        }

    def search(self, text: str, limit: int = 100, *, seconds: float = _SEARCH_SECONDS) -> list[int]:
        """Conversations whose title or messages hold ``text``, whatever the case, the one changed last first.

        Looks through every text, so it may take a while: best on a thread of its own, which does not keep other
        reads waiting. After ``seconds`` it returns what it has found; ``close`` ends it with CANCELLED.
        """
        return self._search_reader().ask(reading.search, text, limit, seconds)

    def messages_with(self, text: str, conversations: Sequence[int], *, seconds: float) -> dict[int, Message]:
        """The newest message of each of these conversations that holds ``text``, as far as ``seconds`` suffice."""
        return self._search_reader().ask(reading.messages_with, text, conversations, seconds)

    def _read(self) -> Reader:
        if self._reader is None:
            raise AssistantError(ErrorKind.CANCELLED, "not open")
        return self._reader

    def _search_reader(self) -> Reader:
        """A reader of its own for long questions; in memory and for a copy there is only one."""
        opened = self._opened
        if opened is None or opened.writer is None or opened.shared is not None:
            return self._read()
        with self._searching:
            if self._searcher is None:
                try:
                    db = connect_reading(self._file)
                except TROUBLE as error:
                    raise explain(error, self._file.parent) from error
                self._searcher = Reader(db, self._file.parent, self._on_damage)
            return self._searcher


def _is_newer(opened: Opened) -> bool:
    return opened.error is not None and opened.error.kind is ErrorKind.DATABASE_NEWER


def _report(opened: Opened, seconds: float) -> OpenReport:
    saved = opened.rescue
    return OpenReport(
        error=opened.error,
        created=opened.created,
        read_only=opened.writer is None,
        kept=opened.kept,
        unclean=opened.unclean,
        interrupted=opened.interrupted,
        set_aside=saved.set_aside if saved else None,
        restored=saved.restored if saved else None,
        conversations=saved.conversations if saved else 0,
        messages=saved.messages if saved else 0,
        migrated=opened.migrated,
        seconds=seconds,
    )
