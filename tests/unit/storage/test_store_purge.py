"""Delete has an undo; after that, really nothing is left: rows, free pages, log, backups."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.storage import upkeep
from assistant.storage.rows import MessageState, Role
from assistant.storage.store import Store, Stored, StoreFailed
from assistant.storage.writer import Writer
from tests.fakes.stores import Answers, conversation, files_with, message, opened

CANARY = "kanarienvogel-灯下-7391"
TITLE = "canary-title-5512"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def talk(store: Store, *, secret: bool, turns: int = 30) -> int:
    """A conversation in which texts of many sizes are written, grown, rewritten and left as a draft."""
    word = CANARY if secret else "harmless"
    place = conversation(store, TITLE if secret else "harmless")
    parent = None
    for turn in range(turns):
        asked = message(store, place, f"{word} " * (1 + turn * 13 % 90), parent)
        answer = message(store, place, "", asked.id, role=Role.ASSISTANT, state=MessageState.WAITING)
        for length in (10, 400, 3000):
            store.checkpoint_answer(answer.id, text=f"{word} " * (length // 10), reasoning=f"{word} thinks")
        done = replace(answer, text=f"{word} done " * (turn % 7), state=MessageState.COMPLETE, reasoning=word)
        store.finish_answer(done)
        parent = answer.id
    store.set_draft(place, f"draft {word}")
    store.set_system(place, f"system {word}")
    return place


def test_trash_and_undo(path: Path) -> None:
    with opened(path) as (store, answers, _):
        keep, place = conversation(store, "keep"), conversation(store, "thrown")
        row = message(store, place, "text")
        answers.to(store.trash_conversation(place))
        assert [found.id for found in store.conversations()] == [keep]
        assert store.conversation(place) is not None  # still there, for the undo
        assert store.search("text") == []
        assert store.counts()["trashed"] == 1
        answers.to(store.restore_conversation(place))
        assert [found.id for found in store.conversations()] == [place, keep]
        assert [head.id for head in store.path(place)] == [row.id]


def test_nothing_is_left_in_any_file(path: Path) -> None:
    with opened(path) as (store, answers, _):
        kept = talk(store, secret=False)
        place = talk(store, secret=True)
        answers.to(store.backup())
        talk(store, secret=False, turns=3)
        answers.to(store.backup())
        assert store.counts()["backups"] == 2
        length = len(store.path(kept))
        assert len(files_with(path.parent, CANARY, TITLE)) >= 3  # else this test would prove nothing
        answers.to(store.trash_conversation(place))
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert files_with(path.parent, CANARY, TITLE) == []
        assert len(store.path(kept)) == length
        assert store.conversation(place) is None
        assert store.draft(place) == ""
    assert files_with(path.parent, CANARY, TITLE) == []
    for copy in (path.parent / "backups").iterdir():
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            # The other conversation is still whole in every copy.
            assert db.execute("SELECT count(*) FROM messages WHERE conversation = ?", (kept,)).fetchone()[0] == length


def test_deleting_while_closing(path: Path) -> None:
    """The window's last act: purge, back up, close, without waiting for anything."""
    store = Store(path, (answers := Answers()))
    store.open()
    conversation(store, "stays")
    place = talk(store, secret=True)
    store.trash_conversation(place)
    store.purge_trash()
    backup = store.backup()
    store.close()
    assert answers.to(backup, 0.1) == Stored(backup)
    assert files_with(path.parent, CANARY, TITLE) == []


def test_a_wipe_that_did_not_happen_is_done_at_the_next_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
        place = talk(store, secret=True)
        answers.to(store.backup())
        answers.to(store.trash_conversation(place))

        def fail(*_: object) -> None:
            raise sqlite3.OperationalError("disk")

        with monkeypatch.context() as patch:
            patch.setattr(upkeep.Upkeep, "_vacuum", fail)
            assert isinstance(answers.to(store.purge_trash()), StoreFailed)
        assert store.conversation(place) is None
        assert files_with(path.parent, CANARY, TITLE) != []
    with opened(path) as (store, _, report):
        assert report.error is None
        assert store.drain(30)
        assert files_with(path.parent, CANARY, TITLE) == []


def test_a_copy_that_cannot_be_read_goes_whole(path: Path) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
        place = talk(store, secret=True)
        answers.to(store.backup())
        (copy,) = (path.parent / "backups").iterdir()
        data = bytearray(copy.read_bytes())
        data[:16] = b"no header at all"
        copy.write_bytes(data)
        answers.to(store.trash_conversation(place))
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert files_with(path.parent, CANARY, TITLE) == []
        assert list((path.parent / "backups").iterdir()) == []


def test_an_empty_trash_costs_nothing(path: Path) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
        answers.to(store.set_draft(0, "x"))
        before = path.with_name(path.name + "-wal").stat().st_size
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert path.with_name(path.name + "-wal").stat().st_size == before


def test_a_write_does_not_wait_for_the_wiping_of_a_large_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wipe gives up for a write, and is done afterwards."""
    monkeypatch.setattr(upkeep, "_SMALL", 0)
    monkeypatch.setattr(upkeep, "_STEPS", 20)
    with opened(path) as (store, answers, _):
        place = talk(store, secret=False)
        thrown = talk(store, secret=True)
        answers.to(store.trash_conversation(thrown))
        given_up: list[int] = []
        original = Writer.add_chore

        def notice(self: Writer, chore: object, *, urgent: bool = False) -> None:
            given_up.append(1)
            original(self, chore, urgent=urgent)  # type: ignore[arg-type]

        class Impatient:
            """Says once, in the middle of the wipe, that a write has come, and queues one."""

            looks = 0

            def __get__(self, writer: Writer | None, _: type | None = None) -> bool:
                Impatient.looks += 1
                if writer is not None and Impatient.looks == 3:
                    tickets.append(store.set_title(place, "during the wipe"))
                return writer is not None and bool(writer._waiting)

        tickets: list[int] = []
        monkeypatch.setattr(Writer, "add_chore", notice)
        monkeypatch.setattr(Writer, "waiting", Impatient())
        wipe = store.purge_trash()
        assert answers.to(wipe) == Stored(wipe)
        order = [news.ticket for news in answers.all if isinstance(news, Stored)]
        assert order.index(tickets[0]) < order.index(wipe)
        assert len(given_up) == 2  # asked for once, put off once
        assert files_with(path.parent, CANARY, TITLE) == []


def test_a_copy_in_the_making_when_something_is_deleted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy starts again after the wipe, so that no half-deleted page gets into it."""
    monkeypatch.setattr("assistant.storage.backups._PAGES", 2)
    with opened(path) as (store, answers, _):
        conversation(store)
        place = talk(store, secret=True)
        answers.to(store.trash_conversation(place))
        gate = threading.Event()
        store._writer.add_chore(lambda _: gate.wait())
        copied: list[int] = []
        original = store._writer.serve

        def serve() -> None:
            if not copied:
                copied.append(store.purge_trash())
            original()

        monkeypatch.setattr(store._writer, "serve", serve)
        backup = store.backup()
        gate.set()
        assert answers.to(backup) == Stored(backup)
        assert answers.to(copied[0]) == Stored(copied[0])
        assert files_with(path.parent, CANARY, TITLE) == []
        assert store.counts()["backups"] == 1


def test_a_reader_in_the_middle_keeps_the_wipe_waiting_not_the_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_BUSY_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "_TRIES", 3)
    with opened(path) as (store, answers, _):
        place = conversation(store)
        thrown = talk(store, secret=True)
        answers.to(store.trash_conversation(thrown))
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM messages").fetchall()
            answer = answers.to(store.purge_trash())
            assert isinstance(answer, StoreFailed)
            assert answer.error.kind is ErrorKind.DATABASE_BUSY
            ticket = store.set_title(place, "meanwhile")
            assert answers.to(ticket) == Stored(ticket)
        other = conversation(store)
        store.trash_conversation(other)
        again = store.purge_trash()
        assert answers.to(again) == Stored(again)
        assert files_with(path.parent, CANARY, TITLE) == []
