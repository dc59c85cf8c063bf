"""Questions about glossaries and the translation memory. A row of a wrong type becomes a harmless value."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from assistant.storage.database import has_words
from assistant.storage.grams import folded, grams, key_of
from assistant.storage.rows import Glossary, GlossaryTerm, MemoryEntry

GLOSSARY = ("id", "name", "source", "target", "created")
TERM = ("id", "glossary", "source", "target", "exact", "forbidden", "note")
ENTRY = ("id", "source_language", "target_language", "source", "target", "edited", "origin")
_LIKELY = 40
"""Entries that are compared with a text, the ones with the most pieces in common."""
_SHARING = 3000
"""Entries that are looked at for having one piece; more have only what is in every other text."""


def glossaries(db: sqlite3.Connection) -> list[Glossary]:
    """Without the trash, by name."""
    if not has_words(db):
        return []
    sql = (
        f"SELECT {', '.join(GLOSSARY)}, (SELECT count(*) FROM glossary_terms t WHERE t.glossary = g.id)"  # noqa: S608
        " FROM glossaries g WHERE trashed IS NULL"
    )
    return sorted((glossary_of(row) for row in db.execute(sql)), key=lambda row: (row.name.casefold(), row.id))


def terms(db: sqlite3.Connection, glossary: int) -> list[GlossaryTerm]:
    """In the order in which they were added."""
    if not has_words(db):
        return []
    sql = f"SELECT {', '.join(TERM)} FROM glossary_terms WHERE glossary = ? ORDER BY id"  # noqa: S608
    return [term_of(row) for row in db.execute(sql, (glossary,))]


def count_entries(db: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Entries, without the trash, for each pair of languages."""
    if not has_words(db):
        return {}
    sql = (
        "SELECT source_language, target_language, count(*) FROM memory WHERE trashed IS NULL"
        " GROUP BY source_language, target_language"
    )
    return {(_text(source), _text(target)): count for source, target, count in db.execute(sql)}


def entries_with(db: sqlite3.Connection, words: str, most: int) -> list[MemoryEntry]:
    """Entries that hold ``words`` in source or target, in whatever case, the last edited first; empty words: all."""
    if not has_words(db):
        return []
    wanted = words.casefold()
    found = []
    sql = f"SELECT {', '.join(ENTRY)} FROM memory WHERE trashed IS NULL ORDER BY edited DESC, id DESC"  # noqa: S608
    for row in db.execute(sql):
        entry = entry_of(row)
        if wanted in entry.source.casefold() or wanted in entry.target.casefold():
            found.append(entry)
            if len(found) == most:
                break
    return found


def entries_after(
    db: sqlite3.Connection, number: int, most: int, *, source: str = "", target: str = ""
) -> list[MemoryEntry]:
    """Entries behind the one with this number, in the order of their numbers, without the trash.

    :param source: and ``target``: their languages; empty: any.
    """
    if not has_words(db):
        return []
    sql = (
        f"SELECT {', '.join(ENTRY)} FROM memory WHERE id > ? AND trashed IS NULL"  # noqa: S608
        " AND ? IN ('', source_language) AND ? IN ('', target_language) ORDER BY id LIMIT ?"
    )
    return [entry_of(row) for row in db.execute(sql, (number, source, target, most))]


def exact_entries(db: sqlite3.Connection, texts: Sequence[str], source: str, target: str) -> dict[str, MemoryEntry]:
    """Those of ``texts`` that were translated by hand between these languages.

    :param source: empty: nobody knows, as of a short text. What was translated without knowing it counts for any.
    """
    if not has_words(db):
        return {}
    found = {}
    sql = (
        f"SELECT {', '.join(ENTRY)} FROM memory"  # noqa: S608
        " WHERE key = ? AND (? = '' OR source_language IN ('', ?)) AND target_language = ? AND trashed IS NULL"
        " ORDER BY source_language = ? DESC, edited DESC"
    )
    if not db.execute("SELECT 1 FROM memory LIMIT 1").fetchone():
        return {}
    for text in set(texts):
        row = db.execute(sql, (key_of(text), source, source, target, source)).fetchone()
        if row is not None:
            found[text] = entry_of(row)
    return found


def likely_entries(db: sqlite3.Connection, text: str, source: str, target: str, *, least: float) -> list[MemoryEntry]:
    """Entries that may be like ``text``, those with the most pieces in common first.

    :param source: empty: nobody knows. What was translated without knowing it counts for any.
    :param least: how alike they must be, 0 to 1; what is much shorter or longer cannot be.
    """
    if not has_words(db):
        return []
    pieces = grams(text)
    size = len(folded(text))
    columns = ", ".join(f"m.{name}" for name in ENTRY)
    one = "SELECT * FROM (SELECT entry FROM memory_grams WHERE gram = ? AND size BETWEEN ? AND ? LIMIT ?)"
    some = " UNION ALL ".join([one] * len(pieces))
    every = "SELECT DISTINCT source_language FROM memory WHERE trashed IS NULL"
    languages = [source, ""] if source else [language for (language,) in db.execute(every)]
    if not languages:
        return []
    marks = ", ".join("?" * len(languages))
    sql = (
        f"SELECT {columns} FROM (SELECT p.entry, count(*) AS common FROM ({some}) p"  # noqa: S608
        # before the limit: entries of other languages, or of the trash, hide none of these
        " CROSS JOIN memory w INDEXED BY memory_by_languages ON w.id = p.entry"
        f" WHERE w.source_language IN ({marks}) AND w.target_language = ? AND w.trashed IS NULL"
        " GROUP BY p.entry ORDER BY common DESC LIMIT ?) g JOIN memory m ON m.id = g.entry ORDER BY g.common DESC"
    )
    shortest, longest = int(size * least), int(size / least) + 1
    values = [value for piece in pieces for value in (piece, shortest, longest, _SHARING)]
    return [entry_of(row) for row in db.execute(sql, (*values, *languages, target, _LIKELY))]


def glossary_of(row: Sequence[Any]) -> Glossary:
    """From the columns ``GLOSSARY``, and perhaps the number of terms."""
    number, name, source, target, created, *count = row
    return Glossary(number, _text(name), _text(source), _text(target), _real(created), count[0] if count else 0)


def term_of(row: Sequence[Any]) -> GlossaryTerm:
    """From the columns ``TERM``."""
    number, glossary, source, target, exact, forbidden, note = row
    return GlossaryTerm(number, glossary, _text(source), _text(target), exact == 1, forbidden == 1, _text(note))


def entry_of(row: Sequence[Any]) -> MemoryEntry:
    """From the columns ``ENTRY``."""
    number, source_language, target_language, source, target, edited, origin = row
    return MemoryEntry(
        number,
        _text(source_language),
        _text(target_language),
        _text(source),
        _text(target),
        _real(edited),
        _text(origin),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _real(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
