"""The schema: numbered steps, recorded by name; an older file is brought up, a newer one is only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.database import connect, connect_memory
from assistant.storage.migrations import MIGRATIONS, columns, expected_columns, migrate, pending, version
from assistant.storage.store import StoreFailed
from tests.fakes.stores import conversation, message, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lamplight.sqlite3"


def add_notes(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
    db.execute("INSERT INTO notes SELECT id, title FROM conversations")


def fails_halfway(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT")
    raise sqlite3.OperationalError("in the middle")


LATER = (*MIGRATIONS, add_notes)


def test_steps_are_recorded_by_name() -> None:
    with closing(connect_memory()) as db:
        assert version(db) == 0
        names = migrate(db, LATER)
        assert names == tuple(step.__name__ for step in LATER)
        rows = db.execute("SELECT number, name FROM migrations ORDER BY number").fetchall()
        assert rows == list(enumerate(names, start=1))
        assert version(db) == len(LATER)
        assert migrate(db, LATER) == ()
        assert columns(db) == expected_columns(LATER)
        assert "notes" in columns(db)


def test_a_step_that_fails_leaves_nothing(path: Path) -> None:
    with closing(connect(path)) as db:
        migrate(db)
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, (*MIGRATIONS, fails_halfway))
        assert version(db) == len(MIGRATIONS)
        assert columns(db) == expected_columns()


def test_names_of_steps_are_unique() -> None:
    names = [step.__name__ for step in MIGRATIONS]
    assert len(set(names)) == len(names)


def test_an_older_file_is_brought_up_after_a_backup(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store, "old")
        message(store, place, "text")
    with opened(path, steps=LATER) as (store, _, report):
        assert report.error is None
        assert report.migrated == ("add_notes",)
        assert [row.title for row in store.conversations()] == ["old"]
        (backup,) = store.backups.all()
    with closing(sqlite3.connect(backup.path)) as db:
        assert version(db) == len(MIGRATIONS)  # of before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT text FROM notes").fetchall() == [("old",)]


def test_a_step_that_fails_leaves_the_old_file_readable(path: Path) -> None:
    with opened(path) as (store, _, _):
        conversation(store, "old")
    with opened(path, steps=(*MIGRATIONS, fails_halfway)) as (store, answers, report):
        assert report.error is not None
        assert report.error.kind is ErrorKind.INTERNAL
        assert report.read_only
        assert report.set_aside is None
        assert [row.title for row in store.conversations()] == ["old"]
        assert isinstance(answers.to(store.set_draft(0, "no")), StoreFailed)
    with opened(path) as (store, _, report):
        assert report.error is None
        assert [row.title for row in store.conversations()] == ["old"]


def test_a_newer_file_is_only_read(path: Path) -> None:
    with opened(path, steps=LATER) as (store, _, _):
        place = conversation(store, "from the future")
        row = message(store, place, "text")
    before = path.read_bytes()
    with opened(path) as (store, answers, report):
        assert report.read_only
        assert report.error is not None
        assert report.error.kind is ErrorKind.DATABASE_NEWER
        assert [found.title for found in store.conversations()] == ["from the future"]
        assert [head.id for head in store.path(place)] == [row.id]
        for ticket in (store.set_title(place, "no"), store.set_title(place, "no, again")):
            answer = answers.to(ticket)
            assert isinstance(answer, StoreFailed)
            assert answer.error.kind is ErrorKind.DATABASE_NEWER
    assert path.read_bytes() == before
    with opened(path, steps=LATER) as (store, _, report):
        assert report.error is None
        assert [found.title for found in store.conversations()] == ["from the future"]


def test_a_newer_file_whose_tables_we_do_not_know(path: Path) -> None:
    with opened(path, steps=LATER) as (store, _, _):
        conversation(store, "from the future")
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE conversations RENAME TO talks")
        db.commit()
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert report.error.kind is ErrorKind.DATABASE_NEWER
        with pytest.raises(AssistantError) as caught:
            store.conversations()
        assert caught.value.kind is ErrorKind.DATABASE_NEWER


def test_pending_steps(path: Path) -> None:
    with closing(connect(path)) as db:
        assert list(pending(db, LATER)) == list(LATER)
        migrate(db)
        assert list(pending(db, LATER)) == [add_notes]
        migrate(db, LATER)
        with pytest.raises(AssistantError):
            pending(db, MIGRATIONS)
