"""The schema, as numbered steps. A step that was released is never changed; a new one is added at the end.

Which steps a file has seen is written in its table ``migrations`` and, as the highest number, in ``user_version``.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.database import APPLICATION_ID, connect_memory, transaction

Migration = Callable[[sqlite3.Connection], None]


def conversations_and_messages(db: sqlite3.Connection) -> None:
    """Trees of messages. What a transcript's layout needs is apart from the texts, so that it is read quickly.

    ``parent < id`` makes a cycle impossible, also in a file that was damaged: every walk ends.
    The pair of keys lets a message hang only on one of its own conversation. ``texts.id`` is a row id, so that an
    index for full-text search can be laid over it.
    """
    for statement in (
        """CREATE TABLE conversations (
            id INTEGER PRIMARY KEY, title TEXT NOT NULL, titled INTEGER NOT NULL, created REAL NOT NULL,
            updated REAL NOT NULL, changed INTEGER NOT NULL, leaf INTEGER, system TEXT NOT NULL,
            context_from INTEGER, trashed REAL
        ) STRICT""",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            parent INTEGER CHECK (parent < id),
            role TEXT NOT NULL, state TEXT NOT NULL, length INTEGER NOT NULL, created REAL NOT NULL,
            model TEXT NOT NULL, fingerprint TEXT NOT NULL, error TEXT NOT NULL, error_detail TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, generated_tokens INTEGER NOT NULL,
            seconds REAL NOT NULL, speed REAL NOT NULL, reasoning_seconds REAL NOT NULL,
            UNIQUE (conversation, id),
            FOREIGN KEY (conversation, parent) REFERENCES messages (conversation, id)
        ) STRICT""",
        """CREATE TABLE texts (
            id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
            text TEXT NOT NULL, reasoning TEXT NOT NULL, ids BLOB NOT NULL
        ) STRICT""",
        "CREATE TABLE drafts (conversation INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        # Deleted for good, but perhaps still in a backup or in a free page of the file.
        "CREATE TABLE purged (conversation INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
        "CREATE INDEX conversations_by_change ON conversations (changed)",
        "CREATE INDEX messages_by_place ON messages (conversation, parent, id, role, state, length)",
        "CREATE INDEX messages_unfinished ON messages (id) WHERE state IN ('waiting', 'writing')",
    ):
        db.execute(statement)


def jobs_on_documents(db: sqlite3.Connection) -> None:
    """Work on documents, step by step. A job's long texts come last, so that the list is read without them.

    A job has its number from the same counter as conversations and messages: ``purged`` may hold either.
    """
    for statement in (
        """CREATE TABLE jobs (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, document TEXT NOT NULL,
            options TEXT NOT NULL, created REAL NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL,
            model TEXT NOT NULL, model_key TEXT NOT NULL, fingerprint TEXT NOT NULL, finish TEXT NOT NULL,
            error TEXT NOT NULL, error_detail TEXT NOT NULL, problems TEXT NOT NULL, seconds REAL NOT NULL,
            trashed REAL, plan TEXT NOT NULL, result TEXT NOT NULL, linked BLOB NOT NULL
        ) STRICT""",
        """CREATE TABLE job_steps (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            level INTEGER NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL, text TEXT NOT NULL,
            problems TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
            generated_tokens INTEGER NOT NULL, seconds REAL NOT NULL,
            UNIQUE (job, level, place)
        ) STRICT""",
        "CREATE INDEX jobs_by_change ON jobs (changed)",
        "CREATE INDEX jobs_by_document ON jobs (document)",
    ):
        db.execute(statement)


def glossaries_and_memory(db: sqlite3.Connection) -> None:
    """What words must become, and what was translated by hand. All have their numbers from the counter of all.

    ``memory_grams`` finds what is nearly the same: of each source a few short pieces (:mod:`assistant.storage.grams`),
    with the size of the whole. A row without its entry does no harm, so there is nothing to keep them together.
    """
    for statement in (
        """CREATE TABLE glossaries (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
            created REAL NOT NULL, trashed REAL
        ) STRICT""",
        """CREATE TABLE glossary_terms (
            id INTEGER PRIMARY KEY,
            glossary INTEGER NOT NULL REFERENCES glossaries (id) ON DELETE CASCADE,
            source TEXT NOT NULL, target TEXT NOT NULL, exact INTEGER NOT NULL, forbidden INTEGER NOT NULL,
            note TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE memory (
            id INTEGER PRIMARY KEY, source_language TEXT NOT NULL, target_language TEXT NOT NULL,
            key INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, edited REAL NOT NULL,
            origin TEXT NOT NULL, trashed REAL,
            UNIQUE (key, source_language, target_language)
        ) STRICT""",
        """CREATE TABLE memory_grams (
            gram INTEGER NOT NULL, size INTEGER NOT NULL, entry INTEGER NOT NULL,
            PRIMARY KEY (gram, size, entry)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX glossary_terms_by_glossary ON glossary_terms (glossary)",
        "CREATE INDEX memory_by_edit ON memory (edited)",
        "CREATE INDEX memory_by_languages ON memory (source_language, target_language) WHERE trashed IS NULL",
        "CREATE INDEX memory_trashed ON memory (id) WHERE trashed IS NOT NULL",
    ):
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (conversations_and_messages, jobs_on_documents, glossaries_and_memory)

_TABLE = "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied REAL NOT NULL)"


def version(db: sqlite3.Connection) -> int:
    """The highest step that the file has seen; 0 for an empty one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def pending(db: sqlite3.Connection, steps: Sequence[Migration] = MIGRATIONS) -> Sequence[Migration]:
    """The steps that the file has not seen.

    :raises AssistantError: DATABASE_NEWER when it has seen steps that are not in ``steps``. DATABASE_DAMAGED when its
        header and its table do not say the same.
    """
    seen = version(db)
    if seen and db.execute("SELECT max(number) FROM migrations").fetchone()[0] != seen:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED, "version")
    if seen > len(steps):
        raise AssistantError(ErrorKind.DATABASE_NEWER, f"version {seen}, known {len(steps)}")
    return steps[seen:]


def migrate(db: sqlite3.Connection, steps: Sequence[Migration] = MIGRATIONS) -> tuple[str, ...]:
    """Run the pending steps, each in a transaction of its own; returns their names."""
    done = []
    first = version(db)
    for number, step in enumerate(pending(db, steps), start=first + 1):
        with transaction(db):
            if number == 1:
                db.execute(f"PRAGMA application_id={APPLICATION_ID}")
                db.execute(_TABLE)
            step(db)
            name = step.__name__
            db.execute("INSERT INTO migrations VALUES (?, ?, ?)", (number, name, time.time()))
            db.execute(f"PRAGMA user_version={number}")
        done.append(name)
    return tuple(done)


def columns(db: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The tables of the file and their columns, without SQLite's own."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {
        name: tuple(row[1] for row in db.execute("SELECT * FROM pragma_table_info(?)", (name,)))
        for name in names
        if not name.startswith("sqlite_")
    }


def expected_columns(steps: Sequence[Migration] = MIGRATIONS) -> dict[str, tuple[str, ...]]:
    """What :func:`columns` says about a whole file of the newest version."""
    db = connect_memory()
    try:
        migrate(db, steps)
        return columns(db)
    finally:
        db.close()
