"""What the storage thread does to glossaries and the translation memory.

Each function is one write inside a transaction of the caller.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from assistant.storage.grams import folded, grams, key_of
from assistant.storage.rows import Glossary, GlossaryTerm, MemoryEntry
from assistant.storage.writing import found, whole


def put_glossary(db: sqlite3.Connection, row: Glossary, *, trashed: float | None = None) -> None:
    """A glossary, in the place of one with its number; its terms stay."""
    db.execute(
        "INSERT INTO glossaries (id, name, source, target, created, trashed) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, source = excluded.source, target = excluded.target,"
        " trashed = excluded.trashed",
        (row.id, whole(row.name), row.source, row.target, row.created, trashed),
    )


def put_terms(db: sqlite3.Connection, rows: Sequence[GlossaryTerm]) -> None:
    """Terms, each in the place of one with its number."""
    db.executemany(
        "INSERT INTO glossary_terms (id, glossary, source, target, exact, forbidden, note) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET source = excluded.source, target = excluded.target, exact = excluded.exact,"
        " forbidden = excluded.forbidden, note = excluded.note",
        [
            (
                row.id,
                row.glossary,
                whole(row.source),
                whole(row.target),
                int(row.exact),
                int(row.forbidden),
                whole(row.note),
            )
            for row in rows
        ],
    )


def remove_term(db: sqlite3.Connection, number: int) -> None:
    """Delete a term for good: copies of the file forget it with what is purged next."""
    found(db.execute("DELETE FROM glossary_terms WHERE id = ?", (number,)))
    db.execute("INSERT OR IGNORE INTO purged VALUES (?)", (number,))


def trash_glossary(db: sqlite3.Connection, glossary: int) -> None:
    """A glossary into the trash."""
    found(db.execute("UPDATE glossaries SET trashed = ? WHERE id = ?", (time.time(), glossary)))


def restore_glossary(db: sqlite3.Connection, glossary: int) -> None:
    """A glossary out of the trash."""
    found(db.execute("UPDATE glossaries SET trashed = NULL WHERE id = ?", (glossary,)))


def remember(db: sqlite3.Connection, row: MemoryEntry) -> None:
    """A translation by hand, in the place of one of the same text between the same languages."""
    put_entry(db, row, trashed=None)


def import_entries(db: sqlite3.Connection, rows: Sequence[MemoryEntry]) -> int:
    """Entries of somebody else, each in the place of one of the same text that was not edited later.

    :returns: how many have another translation that was, which stays.
    """
    sql = (
        "SELECT target FROM memory WHERE key = ? AND source_language = ? AND target_language = ? AND trashed IS NULL"
        " AND edited > ?"
    )
    kept = 0
    for row in rows:
        key = key_of(whole(row.source))
        later = db.execute(sql, (key, row.source_language, row.target_language, row.edited)).fetchone()
        if later is None:
            put_entry(db, row, trashed=None)
        elif later[0] != whole(row.target):
            kept += 1
    return kept


def put_entry(db: sqlite3.Connection, row: MemoryEntry, *, trashed: float | None) -> None:
    """An entry as it is, in the place of one for the same text, which keeps its number."""
    source = whole(row.source)
    number = db.execute(
        "INSERT INTO memory (id, source_language, target_language, key, source, target, edited, origin, trashed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key, source_language, target_language) DO UPDATE SET source = excluded.source,"
        " target = excluded.target, edited = excluded.edited, origin = excluded.origin, trashed = excluded.trashed"
        " RETURNING id",
        (
            row.id,
            row.source_language,
            row.target_language,
            key_of(source),
            source,
            whole(row.target),
            row.edited,
            whole(row.origin),
            trashed,
        ),
    ).fetchone()[0]
    size = len(folded(source))
    rows = [(gram, size, number) for gram in grams(source)]
    db.executemany("INSERT OR IGNORE INTO memory_grams (gram, size, entry) VALUES (?, ?, ?)", rows)


def trash_entries(db: sqlite3.Connection, entries: Sequence[int]) -> None:
    """Entries into the trash; those that are not there are left out."""
    now = time.time()
    db.executemany("UPDATE memory SET trashed = ? WHERE id = ?", [(now, number) for number in entries])


def restore_entries(db: sqlite3.Connection, entries: Sequence[int]) -> None:
    """Entries of the memory out of the trash."""
    db.executemany("UPDATE memory SET trashed = NULL WHERE id = ?", [(number,) for number in entries])


def trash_all_entries(db: sqlite3.Connection, when: float) -> None:
    """The whole memory into the trash. ``when``: what ``restore_all_entries`` brings it back by."""
    db.execute("UPDATE memory SET trashed = ? WHERE trashed IS NULL", (when,))


def restore_all_entries(db: sqlite3.Connection, when: float) -> None:
    """What ``trash_all_entries`` put into the trash at ``when``, out of it again."""
    db.execute("UPDATE memory SET trashed = NULL WHERE trashed = ?", (when,))
