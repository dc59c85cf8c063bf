"""Glossaries and the translation memory, kept in the store; or in memory, for a program that keeps nothing."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from assistant.storage import word_reading, word_writing
from assistant.storage.answers import IntegrityReport, Stored, StoreFailed
from assistant.storage.database import connect_memory, transaction
from assistant.storage.migrations import migrate
from assistant.storage.reading import Reader
from assistant.storage.rows import Glossary, GlossaryTerm, MemoryEntry

_Write = Callable[[Callable[[sqlite3.Connection], None]], int]


class StoredWords:
    """Writes return a ticket at once; reads answer from what is committed, from any thread.

    Reads raise AssistantError: DATABASE_DAMAGED, DATABASE_BUSY, CANCELLED (interrupted), or what the disk says.

    :param write: hands a write to the storage thread and returns its ticket.
    :param read: the connection for quick questions; ``search``: for those that look through much.
    :param close: ends what is no part of a store, which ends by itself.
    """

    def __init__(
        self,
        new_id: Callable[[], int],
        write: _Write,
        read: Callable[[], Reader],
        search: Callable[[], Reader],
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._new_id = new_id
        self._write = write
        self._read = read
        self._search = search
        self.close = close

    def new_id(self) -> int:
        """A number that nothing else in the store has."""
        return self._new_id()

    # ------------------------------------------------------------ glossaries

    def put_glossary(self, row: Glossary) -> int:
        """A glossary, in the place of one with its number."""
        return self._write(partial(word_writing.put_glossary, row=row))

    def put_terms(self, rows: Sequence[GlossaryTerm]) -> int:
        """Terms, each in the place of one with its number."""
        return self._write(partial(word_writing.put_terms, rows=rows))

    def remove_term(self, number: int) -> int:
        return self._write(partial(word_writing.remove_term, number=number))

    def trash_glossary(self, glossary: int) -> int:
        """Out of the list, until it is restored or the trash is purged."""
        return self._write(partial(word_writing.trash_glossary, glossary=glossary))

    def restore_glossary(self, glossary: int) -> int:
        return self._write(partial(word_writing.restore_glossary, glossary=glossary))

    def glossaries(self) -> list[Glossary]:
        """Without the trash, by name."""
        return self._read().ask(word_reading.glossaries)

    def terms(self, glossary: int) -> list[GlossaryTerm]:
        """In the order in which they were added."""
        return self._read().ask(word_reading.terms, glossary)

    # ------------------------------------------------------------ the memory

    def remember(self, row: MemoryEntry) -> int:
        """A translation by hand, in the place of one of the same text between the same languages."""
        return self._write(partial(word_writing.remember, row=row))

    def import_entries(self, rows: Sequence[MemoryEntry], kept: Callable[[int], None]) -> int:
        """Translations from elsewhere, each in the place of one of the same text that was not edited later.

        :param kept: is told on the storage thread how many others were, and stay.
        """
        return self._write(lambda db: kept(word_writing.import_entries(db, rows)))

    def trash_entries(self, entries: Sequence[int]) -> int:
        return self._write(partial(word_writing.trash_entries, entries=entries))

    def restore_entries(self, entries: Sequence[int]) -> int:
        return self._write(partial(word_writing.restore_entries, entries=entries))

    def trash_all_entries(self, when: float) -> int:
        """The whole memory; ``when`` tells ``restore_all_entries`` which it was."""
        return self._write(partial(word_writing.trash_all_entries, when=when))

    def restore_all_entries(self, when: float) -> int:
        return self._write(partial(word_writing.restore_all_entries, when=when))

    def count_entries(self) -> dict[tuple[str, str], int]:
        """Without the trash, for each pair of languages."""
        return self._search().ask(word_reading.count_entries)

    def entries_with(self, words: str, most: int) -> list[MemoryEntry]:
        """Entries that hold ``words`` in source or target, in whatever case, the last edited first."""
        return self._search().ask(word_reading.entries_with, words, most)

    def entries_after(self, number: int, most: int, *, source: str = "", target: str = "") -> list[MemoryEntry]:
        """Entries behind the one with this number, in order; of these languages, empty: of any."""
        return self._search().ask(word_reading.entries_after, number, most, source=source, target=target)

    def exact_entries(self, texts: Sequence[str], source: str, target: str) -> dict[str, MemoryEntry]:
        """Those of ``texts`` that were translated by hand between these languages."""
        return self._search().ask(word_reading.exact_entries, texts, source, target)

    def likely_entries(self, text: str, source: str, target: str, *, least: float) -> list[MemoryEntry]:
        """Entries that may be like ``text``; see ``word_reading.likely_entries``."""
        return self._search().ask(word_reading.likely_entries, text, source, target, least=least)


def words_in_memory(deliver: Callable[[Stored | StoreFailed | IntegrityReport], None]) -> StoredWords:
    """Glossaries and a memory that end with the program.

    :param deliver: gets the acknowledgements, at once; it only queues them.
    """
    db = connect_memory()
    migrate(db)
    lock = threading.Lock()
    reader = Reader(db, Path(), lambda: None, lock=lock)
    ids, tickets = itertools.count(1), itertools.count(1)

    def write(run: Callable[[sqlite3.Connection], None]) -> int:
        ticket = next(tickets)
        with lock, transaction(db):
            run(db)
        deliver(Stored(ticket))
        return ticket

    return StoredWords(lambda: next(ids), write, lambda: reader, lambda: reader, reader.close)
