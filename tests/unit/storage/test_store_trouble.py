"""Disks that are full, locked or read-only: the write fails with the right kind, nothing else breaks."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import database, opening, writer
from assistant.storage.database import explain
from assistant.storage.lock import Ending, StoreLock
from assistant.storage.rows import Role
from assistant.storage.store import Store, Stored, StoreFailed
from tests.fakes.stores import Answers, conversation, message, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def fill_disk(store: Store, *, more: int = 0) -> None:
    """No page beyond what is there (and ``more``): SQLite then says that the disk is full."""
    done = threading.Event()

    def chore(busy: object) -> None:
        pages = busy.db.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        busy.db.execute(f"PRAGMA max_page_count={pages + more}").fetchall()  # type: ignore[attr-defined]
        done.set()

    store._writer.add_chore(chore)
    assert done.wait(20)


def make_room(store: Store) -> None:
    done = threading.Event()

    def chore(busy: object) -> None:
        busy.db.execute("PRAGMA max_page_count=1000000").fetchall()  # type: ignore[attr-defined]
        done.set()

    store._writer.add_chore(chore)
    assert done.wait(20)


def failure(answers: Answers, ticket: int) -> ErrorKind:
    answer = answers.to(ticket)
    assert isinstance(answer, StoreFailed)
    return answer.error.kind


# ---------------------------------------------------------------- a full disk


def test_a_full_disk_fails_the_write_and_room_makes_it_good(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(writer, "_PATIENCE", 10**9)
    with opened(path) as (store, answers, _):
        place = conversation(store)
        kept = message(store, place, "kept")
        store.drain()
        fill_disk(store)
        lost = message(store, place, "x" * 50_000, kept.id)
        after = message(store, place, "builds on it", lost.id)
        small = store.set_title(place, "waits for its turn")
        assert answers.first(small) == StoreFailed(small, answers.error(small))
        assert answers.errors() == [ErrorKind.DISK_FULL] * 3
        assert [head.id for head in store.path(place)] == [kept.id]
        make_room(store)
        assert answers.later(small) == Stored(small)
        assert [head.id for head in store.path(place)] == [kept.id, lost.id, after.id]
        assert len(answers.errors()) == 3  # each was reported once
    with opened(path) as (store, _, report):
        assert report.error is None
        assert [head.id for head in store.path(place)] == [kept.id, lost.id, after.id]


def test_a_checkpoint_that_did_not_fit_is_not_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_AGAIN_SECONDS", 0.01)
    with opened(path) as (store, answers, _):
        row = message(store, conversation(store), "", role=Role.ASSISTANT)
        store.drain()
        fill_disk(store)
        assert failure(answers, store.checkpoint_answer(row.id, text="x" * 50_000)) is ErrorKind.DISK_FULL
        assert store.drain(20)
        small = store.checkpoint_answer(row.id, text="fits")
        assert answers.to(small) == Stored(small)


def test_one_write_that_never_fits_does_not_block_the_others_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_AGAIN_SECONDS", 0.01)
    with opened(path) as (store, answers, _):
        place = conversation(store)
        store.drain()
        fill_disk(store)
        giant = message(store, place, "x" * 500_000)
        small = store.set_title(place, "fits")
        assert answers.later(small) == Stored(small)
        assert store.drain(20)
        assert store.messages([giant.id]) == []
        # What builds on the one that was given up is not a defect of the program.
        child = message(store, place, "child", giant.id)
        ticket = store.set_title(place, "again")
        assert answers.to(ticket) == Stored(ticket)
        assert answers.errors() == [ErrorKind.DISK_FULL] * 3
        assert store.messages([child.id]) == []


def test_of_a_group_what_fits_is_kept_at_once(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        store.drain()
        fill_disk(store, more=4)
        gate = threading.Event()
        store._writer.add_chore(lambda _: gate.wait())
        fits = store.set_title(place, "fits")
        large = store.set_draft(place, "x" * 100_000)
        after = store.set_title(place, "after")
        gate.set()
        assert answers.to(fits) == Stored(fits)
        assert failure(answers, large) is ErrorKind.DISK_FULL
        assert failure(answers, after) is ErrorKind.DISK_FULL
        row = store.conversation(place)
        assert row is not None
        assert row.title == "fits"
        make_room(store)
    with opened(path) as (store, _, _):  # closing tried once more
        assert store.draft(place) == "x" * 100_000
        assert [found.title for found in store.conversations()] == ["after"]


# ---------------------------------------------------------------- others at the file


def test_a_file_that_somebody_else_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(database.connect, "__kwdefaults__", {"busy_seconds": 0.05})
    with opened(path) as (store, answers, _):
        place = conversation(store)
        store.drain()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert failure(answers, store.set_title(place, "locked")) is ErrorKind.DATABASE_BUSY
            assert [row.title for row in store.conversations()] == ["A title"]  # reading goes on
            other.execute("ROLLBACK")
        answers.stored(store.set_title(place, "free"))
        assert [row.title for row in store.conversations()] == ["free"]


def test_a_second_program_only_reads(path: Path) -> None:
    with opened(path) as (first, answers, _):
        place = conversation(first, "seen by both")
        first.drain()
        with opened(path, lock_seconds=0.0) as (second, others, report):
            assert report.read_only
            assert report.error is not None
            assert report.error.kind is ErrorKind.DATABASE_BUSY
            assert [row.title for row in second.conversations()] == ["seen by both"]
            assert failure(others, second.set_title(place, "no")) is ErrorKind.DATABASE_BUSY
            assert failure(others, second.backup()) is ErrorKind.READ_ONLY
        ticket = first.set_title(place, "yes")
        assert answers.to(ticket) == Stored(ticket)


def test_a_second_program_writes_once_the_first_has_ended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_AGAIN_SECONDS", 0.01)
    with opened(path) as (first, _, _):
        place = conversation(first, "of the first")
        first.drain()
        second, others = Store(path, (answers := Answers()), lock_seconds=0.0), answers
        assert second.open().read_only
        highest = second.new_id()
    others.stored(second.set_title(place, "of the second"))
    assert [row.title for row in second.conversations()] == ["of the second"]
    assert second.new_id() > highest
    second.close()
    assert StoreLock(path).path.read_bytes() == b""


def test_the_next_start_waits_a_moment_for_the_one_that_ends(path: Path) -> None:
    first = Store(path, Answers())
    first.open()
    closing_it = threading.Timer(0.2, first.close)
    closing_it.start()
    with opened(path, lock_seconds=20.0) as (_, _, report):
        assert report.error is None
    closing_it.join()


# ---------------------------------------------------------------- folders that cannot be written


def test_a_home_that_cannot_be_made_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file where the folder should be")
    with opened(tmp_path / "data" / "lamplight.sqlite3") as (store, answers, report):
        assert not report.kept
        assert report.error is not None
        assert report.error.kind is ErrorKind.READ_ONLY
        place = conversation(store)
        row = message(store, place, "in memory 灯")
        store.drain()
        assert [head.id for head in store.path(place)] == [row.id]
        assert store.search("灯") == [place]
        answers.to(store.trash_conversation(place))
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert store.counts()["messages"] == 0
        assert isinstance(answers.to(store.backup()), StoreFailed)
    assert (tmp_path / "data").read_bytes() == b"a file where the folder should be"


def refuse_writing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Nothing can be opened for writing, as on a disk that became read-only or full."""

    def refuse(*_: object, **__: object) -> sqlite3.Connection:
        raise error

    monkeypatch.setattr("assistant.storage.opening.connect", refuse)


@pytest.mark.parametrize("unclean", [False, True])
@pytest.mark.parametrize(
    ("code", "kind"), [(28, ErrorKind.DISK_FULL), (30, ErrorKind.READ_ONLY), (5, ErrorKind.FILE_UNREADABLE)]
)
def test_a_database_that_cannot_be_written_is_read_and_tried_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unclean: bool, code: int, kind: ErrorKind
) -> None:
    monkeypatch.setattr(writer, "_AGAIN_SECONDS", 0.01)
    with opened(path) as (store, _, _):
        place = conversation(store, "there")
        row = message(store, place, "before")
        store.drain()
        if unclean:  # with its log beside it, as after the power went
            copy = tmp_path / "copy" / path.name
            copy.parent.mkdir()
            for ending in ("", "-wal"):
                copy.with_name(path.name + ending).write_bytes(path.with_name(path.name + ending).read_bytes())
    target = copy if unclean else path
    with monkeypatch.context() as patch:
        refuse_writing(patch, OSError(code, "no"))
        store = Store(target, (answers := Answers()))
        report = store.open()
        assert report.read_only
        assert report.kept
        assert report.error is not None
        assert report.error.kind is kind
        assert [head.id for head in store.path(place)] == [row.id]
        assert failure(answers, store.set_title(place, "no")) is kind
    answers.stored(store.set_title(place, "yes"))
    assert [found.title for found in store.conversations()] == ["yes"]
    new = message(store, place, "after", row.id, role=Role.ASSISTANT)
    store.drain()
    assert [head.id for head in store.path(place)] == [row.id, new.id]
    store.close()


def test_a_log_is_read_where_nothing_can_be_written_beside_it(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store, "there")
        row = message(store, place, "only in the log")
        store.drain()
        copy = tmp_path / "copy" / path.name
        copy.parent.mkdir()
        for ending in ("", "-wal"):
            copy.with_name(path.name + ending).write_bytes(path.with_name(path.name + ending).read_bytes())
    real = opening.connect_reading

    def reading(name: Path, *, immutable: bool = False) -> sqlite3.Connection:
        if name == copy and not immutable:
            raise sqlite3.OperationalError("unable to open database file")
        return real(name, immutable=immutable)

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(opening, "connect_reading", reading)
    refuse_writing(monkeypatch, OSError(30, "no"))
    with opened(copy) as (store, _, report):
        assert report.read_only
        assert [head.id for head in store.path(place)] == [row.id]
        assert store.search("only in") == [place]
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


# ---------------------------------------------------------------- what errors mean


def sqlite_error(code: int, name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("words that may hold content")
    error.sqlite_errorcode = code
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL, "SQLITE_FULL"), ErrorKind.DISK_FULL),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"), ErrorKind.READ_ONLY),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"), ErrorKind.DATABASE_BUSY),
        (sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX, "SQLITE_CORRUPT_INDEX"), ErrorKind.DATABASE_DAMAGED),
        (sqlite_error(sqlite3.SQLITE_NOTADB, "SQLITE_NOTADB"), ErrorKind.DATABASE_DAMAGED),
        (sqlite_error(sqlite3.SQLITE_INTERRUPT, "SQLITE_INTERRUPT"), ErrorKind.CANCELLED),
        (sqlite_error(sqlite3.SQLITE_TOOBIG, "SQLITE_TOOBIG"), ErrorKind.INPUT_TOO_LONG),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"), ErrorKind.FILE_UNREADABLE),
        (sqlite3.ProgrammingError("closed"), ErrorKind.INTERNAL),
        (PermissionError(13, "no", "secret.txt"), ErrorKind.READ_ONLY),
        (OSError(28, "no", "secret.txt"), ErrorKind.DISK_FULL),
        (OSError(30, "no", "secret.txt"), ErrorKind.READ_ONLY),
        (OSError(5, "no", "secret.txt"), ErrorKind.FILE_UNREADABLE),
        (ValueError("content"), ErrorKind.INTERNAL),
        (AssistantError(ErrorKind.OFFLINE), ErrorKind.OFFLINE),
    ],
)
def test_errors_have_a_kind_and_no_content(tmp_path: Path, error: Exception, kind: ErrorKind) -> None:
    explained = explain(error, tmp_path)
    assert explained.kind is kind
    assert "content" not in explained.detail
    assert "secret" not in explained.detail


def test_an_io_error_asks_the_disk_what_it_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite calls a full quota an I/O error; the system tells the difference."""

    def full(*_: object, **__: object) -> None:
        raise OSError(122, "quota")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    monkeypatch.setattr("assistant.storage.disk._FULL", {28, 122})
    assert explain(sqlite_error(sqlite3.SQLITE_IOERR_WRITE, "IOERR"), tmp_path).kind is ErrorKind.DISK_FULL


# ---------------------------------------------------------------- the lock


def test_how_the_last_use_ended(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    lock = StoreLock(path)
    assert lock.acquire(0)
    assert lock.held
    assert lock.read() is Ending.CLEAN
    other = StoreLock(path)
    assert not other.acquire(0)
    assert not other.held
    for ending in Ending:
        lock.write(ending)
        lock.sync()
        assert lock.read() is ending
    lock.path.write_bytes(b"rubbish")
    assert lock.read() is Ending.UNCLEAN
    lock.release()
    assert not lock.held
    assert other.acquire(0)
    other.release()
    other.release()
