"""Deleting glossaries and what the translation memory holds, for good, also in copies of the file."""

from __future__ import annotations

import sqlite3

from assistant.storage.database import has_words
from assistant.storage.grams import folded, grams


def trashed_words(db: sqlite3.Connection) -> list[int]:
    """Numbers of the glossaries and entries in the trash."""
    if not has_words(db):
        return []
    return [
        row[0]
        for table in ("glossaries", "memory")
        for row in db.execute(f"SELECT id FROM {table} WHERE trashed IS NOT NULL")  # noqa: S608
    ]


def forget_words(db: sqlite3.Connection, numbers: list[int]) -> None:
    """Remove the glossaries, terms and entries with these numbers, with what they were found by."""
    if not has_words(db):
        return
    for number in numbers:
        db.execute("DELETE FROM glossary_terms WHERE id = ?", (number,))
        db.execute("DELETE FROM glossaries WHERE id = ?", (number,))
        row = db.execute("SELECT source FROM memory WHERE id = ?", (number,)).fetchone()
        if row is None:
            continue
        source = row[0] if isinstance(row[0], str) else ""
        size = len(folded(source))
        rows = [(gram, size, number) for gram in grams(source)]
        db.executemany("DELETE FROM memory_grams WHERE gram = ? AND size = ? AND entry = ?", rows)
        db.execute("DELETE FROM memory WHERE id = ?", (number,))
