"""A damaged database never stops the start, is never deleted, and loses as little as possible."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import backups, salvage
from assistant.storage.database import connect_memory
from assistant.storage.lock import Ending, StoreLock
from assistant.storage.migrations import migrate
from assistant.storage.rows import MessageState, Role
from assistant.storage.store import Store
from assistant.storage.writer import Writer
from tests.fakes.stores import conversation, message, opened

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def fill(path: Path, talks: int = 4, turns: int = 40) -> dict[int, list[int]]:
    """Conversations with a path each; returns the paths."""
    with opened(path) as (store, _, _):
        return {place: talk(store, place, turns) for place in [conversation(store, f"talk {n}") for n in range(talks)]}


def talk(store: Store, place: int, turns: int) -> list[int]:
    numbers: list[int] = []
    for turn in range(turns):
        parent = numbers[-1] if numbers else None
        numbers.append(message(store, place, f"message {turn} 灯下 " * 20, parent, ids=(1, 2, 3)).id)
    return numbers


def hurt(path: Path, *pages: int) -> None:
    data = bytearray(path.read_bytes())
    for page in pages:
        data[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)


def backup(path: Path) -> None:
    with opened(path) as (store, answers, _):
        answers.to(store.backup())


# ---------------------------------------------------------------- what kind of damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"garbage, not a header" + data[21:],
        lambda data: data[: len(data) // 2],
        lambda data: data[:50],
        lambda data: bytes(len(data)),
        lambda data: os.urandom(len(data)),
        lambda data: data[:PAGE] + bytes(len(data) - PAGE),
        lambda data: b"",
    ],
)
@pytest.mark.parametrize("with_backup", [False, True])
def test_any_damage_lets_us_start(path: Path, damage: object, with_backup: bool) -> None:
    paths = fill(path, talks=2, turns=10)
    if with_backup:
        backup(path)
    bad = damage(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(bad)
    with opened(path) as (store, answers, report):
        if not bad and not with_backup:
            assert report.error is None  # an empty file without a history is a first start that was killed
            assert report.created
        else:
            assert report.error is not None
            assert report.error.kind is ErrorKind.DATABASE_DAMAGED
            assert report.set_aside is not None
            assert report.set_aside.read_bytes() == bad
        assert report.kept
        assert not report.read_only
        if with_backup:
            assert report.restored is not None
            assert {row.id: [head.id for head in store.path(row.id)] for row in store.conversations()} == paths
        place = conversation(store, "after")
        new = message(store, place, "works")
        assert answers.to(store.set_title(place, "goes on"))
        assert [head.id for head in store.path(place)] == [new.id]
        if with_backup:
            assert new.id > max(number for numbers in paths.values() for number in numbers)
    with opened(path) as (store, _, report):
        assert report.error is None
        assert not report.unclean


def test_a_broken_header_costs_nothing(path: Path) -> None:
    paths = fill(path)
    hurt_bytes = bytearray(path.read_bytes())
    hurt_bytes[:100] = b"\xa5" * 100
    path.write_bytes(hurt_bytes)
    with opened(path) as (store, _, report):
        assert (report.conversations, report.messages) == (4, 160)
        assert {row.id: [head.id for head in store.path(row.id)] for row in store.conversations()} == paths
        assert all("灯下" in row.text and row.ids == (1, 2, 3) for row in store.messages(paths[1]))


def test_a_header_that_asks_for_another_sqlite(path: Path) -> None:
    """SQLite calls such a file read-only; the disk does not."""
    paths = fill(path, talks=1, turns=5)
    data = bytearray(path.read_bytes())
    data[18] = 9
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert report.error.kind is ErrorKind.DATABASE_DAMAGED
        assert not report.read_only
        assert [head.id for head in store.path(next(iter(paths)))] == paths[next(iter(paths))]


@pytest.mark.parametrize("place", [60, 63])
def test_a_version_that_the_table_of_steps_does_not_know_is_damage(path: Path, place: int) -> None:
    """Else one flipped bit in the header would make a file of a newer program out of it, for ever read-only."""
    paths = fill(path, talks=1, turns=5)
    data = bytearray(path.read_bytes())
    data[place] ^= 0x40
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert [head.id for head in store.path(next(iter(paths)))] == paths[next(iter(paths))]


@pytest.mark.parametrize("purged_before", [False, True])
def test_a_lost_first_page_costs_nothing(path: Path, purged_before: bool) -> None:
    """It holds the schema; the tables lie where a new file has them, or where a rewritten one has them."""
    paths = fill(path)
    if purged_before:
        with opened(path) as (store, answers, _):
            gone = next(iter(paths))
            answers.to(store.trash_conversation(gone))
            answers.to(store.purge_trash())
            del paths[gone]
    hurt(path, 0)
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert {row.id: [head.id for head in store.path(row.id)] for row in store.conversations()} == paths


def test_a_lost_page_of_texts_costs_only_its_messages(path: Path) -> None:
    paths = fill(path)
    everything = [number for numbers in paths.values() for number in numbers]
    data = path.read_bytes()
    leaves = [page for page in range(len(data) // PAGE) if "message 20 灯下".encode() in data[page * PAGE :][:PAGE]]
    hurt(path, leaves[0])
    StoreLock(path).path.write_text(Ending.DAMAGED.value, encoding="ascii")  # somebody met the damage
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert report.restored is None
        found = [head.id for row in store.conversations() for head in store.path(row.id)]
        assert set(found) < set(everything)
        assert len(found) >= len(everything) - 12  # as many as a page holds
        assert report.messages == len(found)
        for row in store.conversations():
            heads = store.path(row.id)  # one path still: who lost a parent hangs on the message before
            assert len(heads) == len([number for number in found if number in paths[row.id]])


def hurt_heads(path: Path) -> int:
    """Overwrite one leaf of the table of messages; returns how many rows it had."""
    with closing(sqlite3.connect(path)) as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages'").fetchone()[0]
    data = path.read_bytes()
    start = (root - 1) * PAGE
    assert data[start] == 5, "an inner page: its cells name the leaves"
    cell = start + int.from_bytes(data[start + 14 : start + 16], "big")  # the second cell
    leaf = int.from_bytes(data[cell : cell + 4], "big") - 1
    hurt(path, leaf)
    StoreLock(path).path.write_text(Ending.DAMAGED.value, encoding="ascii")
    return int.from_bytes(data[leaf * PAGE + 3 : leaf * PAGE + 5], "big")


def test_a_lost_page_of_heads_comes_back_from_the_index(path: Path) -> None:
    paths = fill(path, talks=2, turns=300)
    assert hurt_heads(path) > 40
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert {place: [head.id for head in store.path(place)] for place in paths} == paths
        assert all(row.text and row.created for place in paths for row in store.messages(paths[place]))


def test_heads_lost_in_both_places_cost_only_their_messages(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salvage.DamagedTables, "heads_from_index", lambda *_: [])
    paths = fill(path, talks=2, turns=300)
    lost = hurt_heads(path)
    with opened(path) as (store, _, report):
        assert sum(len(store.path(place)) for place in paths) == report.messages == 600 - lost


def test_what_the_backup_does_not_have_is_added(path: Path) -> None:
    """Written after the backup: a conversation, a finished answer, a title, something thrown away, a draft."""
    with opened(path) as (store, answers, _):
        place = conversation(store, "old title")
        asked = message(store, place, "question")
        answer = message(store, place, "", asked.id, role=Role.ASSISTANT, state=MessageState.WAITING)
        thrown = conversation(store, "thrown away later")
        purged = conversation(store, "deleted for good later")
        message(store, purged, "deleted")
        answers.to(store.backup())
        done = answer.__class__(**{**answer.__dict__, "text": "answered", "state": MessageState.COMPLETE})
        store.finish_answer(done)
        store.set_title(place, "new title")
        later = conversation(store, "later")
        new = message(store, later, "written later")
        store.set_draft(later, "half a thought")
        store.trash_conversation(purged)
        answers.to(store.purge_trash())
        answers.to(store.trash_conversation(thrown))
    hurt_bytes = bytearray(path.read_bytes())
    hurt_bytes[:16] = b"x" * 16
    path.write_bytes(hurt_bytes)
    with opened(path) as (store, _, report):
        assert report.restored is not None
        assert (report.conversations, report.messages) == (1, 1)
        assert [row.title for row in store.conversations()] == ["later", "new title"]
        assert store.messages([answer.id]) == [done]
        assert store.messages([new.id])[0].text == "written later"
        assert store.draft(later) == "half a thought"
        assert store.conversation(purged) is None
        assert store.counts()["trashed"] == 1
        assert store.new_id() > new.id


def test_a_deletion_is_not_undone_by_the_backup(path: Path) -> None:
    """The wipe of the backup was still to come when the file was damaged."""
    with opened(path) as (store, answers, _):
        keep = conversation(store, "keep")
        message(store, keep, "kept")
        gone = conversation(store, "gone")
        message(store, gone, "gone")
        answers.to(store.backup())
        copy = store.backups.all()[0].path
        saved = copy.read_bytes()
        answers.to(store.trash_conversation(gone))
        answers.to(store.purge_trash())
    copy.write_bytes(saved)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO purged VALUES (?)", (gone,))
        db.commit()
    data = bytearray(path.read_bytes())
    data[:16] = b"x" * 16
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.restored is not None
        assert [row.title for row in store.conversations()] == ["keep"]


def test_a_damaged_backup_is_passed_over(path: Path) -> None:
    paths = fill(path, talks=1, turns=5)
    backup(path)
    with opened(path) as (store, answers, _):
        message(store, next(iter(paths)), "newer", paths[next(iter(paths))][-1])
        answers.to(store.backup())
        newest, older = store.backups.all()
    hurt(newest.path, 3)
    path.write_bytes(b"rubbish" * 999)
    with opened(path) as (store, _, report):
        assert report.restored == older.when
        assert [head.id for head in store.path(next(iter(paths)))] == paths[next(iter(paths))]


# ---------------------------------------------------------------- what lies at the path


def test_a_database_that_vanished_comes_back_from_its_backup(path: Path) -> None:
    paths = fill(path, talks=2, turns=5)
    backup(path)
    path.unlink()
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert report.set_aside is None
        assert report.restored is not None
        assert len(store.conversations()) == len(paths)


def test_a_log_without_its_database_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.with_name(path.name + "-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(4000))
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert conversation(store)
    assert len(list(path.parent.glob("lamplight.damaged-*-wal"))) == 1


def test_a_folder_at_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "file").write_bytes(b"x")
    with opened(path) as (_, _, report):
        assert report.set_aside is not None
        assert (report.set_aside / "file").exists()


def test_a_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE conversations (id, words)")
        db.execute("INSERT INTO conversations VALUES (1, 'not ours')")
        db.commit()
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert store.conversations() == []
    with closing(sqlite3.connect(report.set_aside)) as db:
        assert db.execute("SELECT words FROM conversations").fetchall() == [("not ours",)]


def test_what_cannot_be_put_aside_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    path.write_bytes(b"rubbish" * 999)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "rename", refuse)
    with opened(path) as (store, _, report):
        assert not report.kept
        assert report.error is not None
        assert conversation(store)
    assert path.read_bytes() == b"rubbish" * 999


def test_numbers_that_cannot_be_ours(path: Path) -> None:
    fill(path, talks=1, turns=3)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE conversations SET changed = ?", (2**63 - 1,))
        db.execute("INSERT INTO conversations VALUES (?, 'far', 0, 1, 1, 1, NULL, '', NULL, NULL)", (2**63 - 1,))
        db.commit()
    with opened(path) as (store, answers, report):
        assert report.error is not None
        assert [row.title for row in store.conversations()] == ["talk 0"]
        place = conversation(store, "next")
        answers.to(store.set_title(place, "next"))
        assert [row.title for row in store.conversations()] == ["next", "talk 0"]


# ---------------------------------------------------------------- damage that is met later


def test_an_unclean_end_is_followed_by_a_check(path: Path) -> None:
    fill(path, talks=1, turns=20)
    lock = StoreLock(path)
    lock.path.write_text(Ending.UNCLEAN.value, encoding="ascii")
    with opened(path) as (store, answers, report):
        assert report.unclean
        found = answers.check()
        assert found.ok
        assert found.problems == 0
        assert store.drain()
    assert lock.path.read_bytes() == b""
    with opened(path) as (_, answers, report):
        assert not report.unclean
    assert answers.all == []


def test_the_check_finds_damage_and_the_next_start_repairs(path: Path) -> None:
    paths = fill(path, talks=1, turns=300)
    data = path.read_bytes()
    leaf = next(page for page in range(len(data) // PAGE) if "message 150 灯下".encode() in data[page * PAGE :][:PAGE])
    hurt(path, leaf)
    StoreLock(path).path.write_text(Ending.UNCLEAN.value, encoding="ascii")
    with opened(path) as (store, answers, report):
        assert report.error is None
        found = answers.check()
        assert not found.ok
        assert found.problems > 0
        conversation(store, "written on damaged ground")
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert report.messages > 280
        assert [row.title for row in store.conversations()] == ["written on damaged ground", "talk 0"]
        assert len(store.path(next(iter(paths)))) == report.messages


def test_a_write_that_meets_a_broken_index_has_the_file_checked(path: Path) -> None:
    """The table lost its rows but not their entries in an index: a rule is broken by what nobody can see."""
    paths = fill(path, talks=1, turns=3)
    place = next(iter(paths))
    with closing(sqlite3.connect(path)) as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_messages_1'").fetchone()[0]
    data = bytearray(path.read_bytes())
    start = (root - 1) * PAGE
    data[start + 3 : start + 5] = b"\0\0"  # an index without entries
    path.write_bytes(data)
    with opened(path) as (store, answers, report):
        assert report.error is None
        row = message(store, place, "child", paths[place][-1])
        found = answers.check()
        assert not found.ok
        assert answers.errors() == [ErrorKind.INTERNAL]
        message(store, place, "another child", paths[place][-1])
        assert store.drain()
        assert len([news for news in answers.all if news == found]) == 1
        assert store.messages([row.id]) == []
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert [head.id for head in store.path(place)] == paths[place]


def test_a_read_that_meets_damage_says_so_and_the_next_start_repairs(path: Path) -> None:
    paths = fill(path, talks=1, turns=300)
    place = next(iter(paths))
    data = path.read_bytes()
    leaf = next(page for page in range(len(data) // PAGE) if "message 150 灯下".encode() in data[page * PAGE :][:PAGE])
    hurt(path, leaf)
    with opened(path) as (store, _, report):
        assert report.error is None
        assert len(store.path(place)) == 300
        with pytest.raises(AssistantError) as caught:
            store.messages(paths[place])
        assert caught.value.kind is ErrorKind.DATABASE_DAMAGED
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert len(store.messages([head.id for head in store.path(place)])) == report.messages > 280


def test_bytes_that_are_no_text_are_replaced_and_reported(path: Path) -> None:
    with opened(path) as (store, _, _):
        conversation(store, "a title with a mark: MARK")
    path.write_bytes(path.read_bytes().replace(b"MARK", b"\xff\xfe\xff\xfe"))
    with opened(path) as (store, _, _):
        titles = [row.title for row in store.conversations()]
    assert titles == ["a title with a mark: \ufffd\ufffd\ufffd\ufffd"]


def test_a_check_that_was_cut_short_is_made_up_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, talks=1, turns=20)
    lock = StoreLock(path)
    lock.path.write_text(Ending.UNCLEAN.value, encoding="ascii")
    in_the_middle = threading.Event()
    original = Writer.serve

    def serve(self: Writer) -> None:
        in_the_middle.set()
        while not self.closing:  # a large file: the check goes on while the program wants to end
            time.sleep(0.001)
        original(self)

    with monkeypatch.context() as patch:
        patch.setattr(backups, "_STEPS", 10)
        patch.setattr(Writer, "serve", serve)
        with opened(path) as (_, answers, report):
            assert report.unclean
            assert in_the_middle.wait(20)
    assert answers.all == []
    assert lock.path.read_text(encoding="ascii") == Ending.UNCLEAN.value
    with opened(path) as (_, answers, report):
        assert report.unclean
        assert answers.check().ok
    assert lock.path.read_bytes() == b""


# ---------------------------------------------------------------- no question for ever


def test_a_place_without_rows_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salvage, "_STALL_SECONDS", 0.0)
    monkeypatch.setattr(salvage, "_STEPS", 1)
    with closing(connect_memory()) as db:
        migrate(db)
        db.execute("INSERT INTO drafts VALUES (1, 'x')")
        tables = salvage.DamagedTables(db)
        assert list(tables.rows("drafts", ("conversation", "text"))) == []
        assert tables.one("texts", ("text",), 1) is None


def test_tables_that_are_not_there(tmp_path: Path) -> None:
    with closing(connect_memory()) as db, closing(connect_memory()) as target:
        migrate(target)
        assert not salvage.merge(salvage.DamagedTables(db), target)


def test_the_rescue_cleans_up_behind_itself(path: Path) -> None:
    fill(path, talks=1, turns=3)
    hurt(path, 0)
    with opened(path) as (_, _, report):
        pass
    names = {file.name for file in path.parent.iterdir()}
    assert report.set_aside is not None
    assert names == {path.name, path.name + ".lock", report.set_aside.name}


def test_a_rescue_that_was_cut_short_is_taken_up_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = fill(path, talks=2, turns=10)
    hurt(path, 0)

    def full(*_: object) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.storage.rescue.replace_file", full)
        with opened(path) as (store, _, report):
            assert report.error is not None
            assert report.error.kind is ErrorKind.DISK_FULL
            assert not report.kept
            assert store.conversations() == []
    (path.parent / "rescue-killed").mkdir()
    (path.parent / "rescue-killed" / "0.sqlite3").write_bytes(b"conversations")
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert report.error.kind is ErrorKind.DATABASE_DAMAGED
        assert report.messages == 20
        assert {row.id: [head.id for head in store.path(row.id)] for row in store.conversations()} == paths
    assert {file.name for file in path.parent.iterdir()} == {path.name, path.name + ".lock", report.set_aside.name}


def test_a_defect_of_ours_does_not_stop_the_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = fill(path, talks=1, turns=5)

    def fail(*_: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("assistant.storage.opening.expected_columns", fail)
    with opened(path) as (store, _, report):
        assert report.error is not None
        assert report.error.kind is ErrorKind.INTERNAL
        assert report.read_only
        assert [head.id for head in store.path(next(iter(paths)))] == paths[next(iter(paths))]
