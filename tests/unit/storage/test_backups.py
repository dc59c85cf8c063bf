"""Backups: whole or not there, thinned with age, made while messages are written."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import ErrorKind
from assistant.storage import backups
from assistant.storage.answers import IntegrityReport
from assistant.storage.backups import DAYS, MONTHS, RECENT, WEEKS, Backup, Backups, keep, problems
from assistant.storage.lock import Ending, StoreLock
from assistant.storage.store import Store, Stored, StoreFailed
from tests.fakes.stores import Answers, conversation, make_big_store, message, opened

DAY = 24 * 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lamplight.sqlite3"


# ---------------------------------------------------------------- which are kept


def test_daily_copies_of_a_year() -> None:
    now = 1_800_000_000.0
    kept = sorted((now - when) / DAY for when in keep([now - DAY * day for day in range(366)]))
    assert kept[:DAYS] == [float(day) for day in range(DAYS)]
    assert len(kept) <= DAYS + WEEKS + MONTHS
    assert max(kept) > 200  # months back
    assert max(b - a for a, b in itertools.pairwise(kept)) <= 32


def test_many_copies_of_one_day() -> None:
    now = 1_800_000_000.0
    times = [now - 60 * minute for minute in range(300)]
    assert sorted(keep(times), reverse=True)[:RECENT] == times[:RECENT]
    assert len(keep(times)) <= RECENT + 1


@given(st.lists(st.floats(0, 4e9).map(float), max_size=80))
def test_the_newest_are_always_kept_and_there_are_never_many(times: list[float]) -> None:
    kept = keep(times)
    assert kept <= set(times)
    assert set(sorted(set(times), reverse=True)[:1]) <= kept
    assert len(kept) <= RECENT + DAYS + WEEKS + MONTHS
    assert keep(sorted(kept)) == kept  # thinning again changes nothing


@given(st.lists(st.integers(1, 40), min_size=1, max_size=200))
def test_thinning_step_by_step_keeps_old_ones_too(gaps: list[int]) -> None:
    """As in life: a copy now and then, thinned each time. After months there still is one from weeks ago."""
    now, held = 1_700_000_000.0, set[float]()
    for gap in gaps:
        now += gap * DAY / 10
        held = keep([*held, now])
        assert now in held
    ages = [(now - when) / DAY for when in held]
    if sum(gaps) > 600:
        assert max(ages) > 30


# ---------------------------------------------------------------- making them


def test_a_copy_can_be_read_alone(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store, "copied")
        message(store, place, "text 灯")
        ticket = store.backup()
        assert answers.to(ticket) == Stored(ticket)
        (backup,) = store.backups.all()
    assert abs(backup.when - time.time()) < 60
    alone = path.parent / "elsewhere" / "copy.sqlite3"
    alone.parent.mkdir()
    alone.write_bytes(backup.path.read_bytes())
    with opened(alone) as (store, _, report):
        assert report.error is None
        assert [row.title for row in store.conversations()] == ["copied"]
        assert [row.text for row in store.messages([head.id for head in store.path(place)])] == ["text 灯"]
    assert [file.name for file in backup.path.parent.iterdir()] == [backup.path.name]


def test_no_copy_of_nothing_and_none_of_the_same(path: Path) -> None:
    with opened(path) as (store, answers, _):
        assert isinstance(answers.to(store.backup()), Stored)
        assert store.backups.all() == []
        place = conversation(store)
        answers.to(store.backup())
        answers.to(store.backup())
        assert len(store.backups.all()) == 1
        message(store, place, "more")
        answers.to(store.backup())
        assert len(store.backups.all()) == 2


def renamed(backup: Backup, seconds: float) -> Path:
    """The copy as if it had been made so many seconds from now."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(time.time() + seconds))
    return backup.path.rename(backup.path.with_name(f"lamplight-{stamp}.sqlite3"))


CHANGES: dict[str, Callable[[Store, int, int], object]] = {
    "a title of the same length": lambda store, place, _: store.set_title(place, "Another"),
    "instructions": lambda store, place, _: store.set_system(place, "Be brief."),
    "what is left out": lambda store, place, number: store.set_context_from(place, number),
    "a text of the same length": lambda store, _, number: store.checkpoint_answer(number, text="1 lamp"),
    "a draft": lambda store, place, _: store.set_draft(place, "not sent"),
    "the trash": lambda store, place, _: store.trash_conversation(place),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changed_is_copied(path: Path, change: Callable[[Store, int, int], object]) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store, "A title")
        number = message(store, place, "a lamp").id
        answers.to(store.backup())
        change(store, place, number)
        answers.to(store.backup())
        assert len(store.backups.all()) == 2
        answers.to(store.backup())
        assert len(store.backups.all()) == 2


def test_looking_at_what_is_kept_is_no_change(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        message(store, place, "text")
        answers.to(store.backup())
    with opened(path) as (store, answers, _):
        store.path(place)
        answers.to(store.purge_trash())  # as at every end of the program
        answers.to(store.backup())
        assert len(store.backups.all()) == 1


def test_a_file_of_an_older_program_is_copied_once(path: Path) -> None:
    with opened(path) as (store, _, _):
        conversation(store)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM facts WHERE name = 'revision'")
    with opened(path) as (store, answers, _):
        answers.to(store.backup())
        answers.to(store.backup())
        assert len(store.backups.all()) == 1


def test_what_was_rescued_is_copied(path: Path) -> None:
    """The copy that was put back has its own revision; what was read out of the damaged file is not in it."""
    with opened(path) as (store, answers, _):
        place = conversation(store)
        message(store, place, "in the copy")
        answers.to(store.backup())
        message(store, place, "only in the file")
    with path.open("r+b") as file:
        file.write(b"\xff" * 16)
    with opened(path) as (store, answers, report):
        assert report.messages == 1
        answers.to(store.backup())
        assert len(store.backups.all()) == 2


# ---------------------------------------------------------------- while the program runs


@pytest.mark.parametrize(("age", "copies"), [(-3600.0, 1), (-2 * DAY, 2), (40 * DAY, 2)])
def test_a_copy_is_made_where_the_newest_is_old(path: Path, age: float, copies: int) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        answers.to(store.backup())
        renamed(store.backups.all()[0], age)
        message(store, place, "more")
        store.backup_if_due(DAY)
        assert store.drain()
        assert len(store.backups.all()) == copies
        assert all(isinstance(answer, Stored) for answer in answers.all)


def test_an_old_copy_of_the_same_is_enough(path: Path) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
        answers.to(store.backup())
        renamed(store.backups.all()[0], -9 * DAY)
        store.backup_if_due(DAY)
        assert store.drain()
        assert len(store.backups.all()) == 1


def test_a_copy_that_finds_damage_says_so(path: Path) -> None:
    make_big_store(path, 300)
    damage(path)
    with opened(path) as (store, answers, _):
        store.backup_if_due(DAY)
        assert not answers.check().ok
        assert store.backups.all() == []


def test_damage_that_a_copy_finds_is_told_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Backups] = []
    make = Backups.make
    monkeypatch.setattr(Backups, "make", lambda own, *rest: made.append(own) or make(own, *rest))
    make_big_store(path, 300)
    damage(path)
    with opened(path) as (store, answers, _):
        for _ in range(2):
            store.backup_if_due(DAY)
            assert store.drain()
        assert not answers.check().ok
        assert len([news for news in answers.all if isinstance(news, IntegrityReport)]) == 1
        assert len(made) == 1


def test_a_copy_that_the_disk_refuses_is_nobodys_trouble(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    with opened(path) as (store, answers, _):
        conversation(store)
        monkeypatch.setattr(backups, "replace_file", full)
        store.backup_if_due(DAY)
        assert store.drain()
        assert answers.errors() == []


def test_messages_written_meanwhile_do_not_wait_and_get_into_the_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_PAGES", 20)
    make_big_store(path, 1000)
    with opened(path) as (store, answers, _):
        written: list[int] = []
        order: list[str] = []
        original = store._writer.serve

        def serve() -> None:
            if len(written) < 3:
                written.append(message(store, 1, f"meanwhile {len(written)}").id)
            original()
            order.append("served")

        monkeypatch.setattr(store._writer, "serve", serve)
        answers.to(store.backup())
        assert len(order) > 5
        with closing(sqlite3.connect(store.backups.all()[0].path)) as db:
            found = [row[0] for row in db.execute("SELECT id FROM messages WHERE id >= ?", (written[0],))]
        assert found == written


def damage(path: Path) -> None:
    """Break pages of the texts, which the start does not read."""
    data = bytearray(path.read_bytes())
    for page in range(32, 52):  # behind those of the schema
        data[page * 4096 : page * 4096 + 300] = b"\xff" * 300
    path.write_bytes(data)


def test_a_copy_of_a_damaged_file_is_not_kept(path: Path) -> None:
    make_big_store(path, 300)
    with opened(path) as (store, answers, _):
        answers.to(store.backup())
        good = store.backups.all()
        message(store, 1, "so that there is something new")
    damage(path)
    with opened(path) as (store, answers, _):
        answer = answers.to(store.backup())
        assert isinstance(answer, StoreFailed)
        assert answer.error.kind is ErrorKind.DATABASE_DAMAGED
        assert store.backups.all() == good
    lock = StoreLock(path)
    assert lock.path.read_text(encoding="ascii") == Ending.DAMAGED.value  # repaired at the next start


def test_a_full_disk_leaves_no_half_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    with opened(path) as (store, answers, _):
        conversation(store)
        with monkeypatch.context() as patch:
            patch.setattr(backups, "replace_file", full)
            answer = answers.to(store.backup())
            assert isinstance(answer, StoreFailed)
            assert answer.error.kind is ErrorKind.DISK_FULL
            assert list(store.backups.folder.iterdir()) == []
        assert isinstance(answers.to(store.backup()), Stored)
        assert len(store.backups.all()) == 1


def test_rests_of_a_killed_copy_go(path: Path) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
        store.backups.folder.mkdir()
        (store.backups.folder / "making.tmp").write_bytes(b"half")
        answers.to(store.backup())
        assert [file.suffix for file in store.backups.folder.iterdir()] == [".sqlite3"]


def test_thinning_removes_files_but_not_what_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Backups(tmp_path)
    now = 1_800_000_000.0
    for hour in range(200):
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now - hour * 3600))
        (tmp_path / f"lamplight-{stamp}.sqlite3").write_bytes(b"x" * 1000)
    for name in ("lamplight-notatime.sqlite3", "lamplight-99999999-999999.sqlite3", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    folder.thin()
    left = [backup.when for backup in folder.all()]
    assert left == sorted(keep([now - hour * 3600 for hour in range(200)]), reverse=True)
    assert len(list(tmp_path.iterdir())) == len(left) + 3
    monkeypatch.setattr(backups, "_MOST_BYTES", 5000)
    folder.thin()
    assert [backup.when for backup in folder.all()] == left[:5]
    monkeypatch.setattr(backups, "_MOST_BYTES", 0)
    folder.thin()
    assert [backup.when for backup in folder.all()] == left[:3]


def test_the_newest_good_one(tmp_path: Path, path: Path) -> None:
    with opened(path) as (store, answers, _):
        for number in range(3):
            conversation(store, str(number))
            answers.to(store.backup())
        copies = store.backups.all()
        assert store.backups.newest_good() == copies[0]
        copies[0].path.write_bytes(b"broken" * 1000)
        assert problems(copies[0].path) == 1
        assert store.backups.newest_good() == copies[1]
        copies[0].path.write_bytes(b"")
        with closing(sqlite3.connect(copies[1].path)) as db:
            db.execute("PRAGMA application_id=1")  # a whole database of somebody else
        assert store.backups.newest_good() == copies[2]
        copies[2].path.unlink()
        assert store.backups.newest_good() is None
        assert Backups(tmp_path / "nowhere").newest_good() is None


def test_closing_in_the_middle_of_a_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.storage.store._UPKEEP_SECONDS", 0.0)
    monkeypatch.setattr(backups, "_PAGES", 20)
    make_big_store(path, 500)
    in_the_middle = threading.Event()
    store = Store(path, answers := Answers())
    store.open()
    busy, original = store._writer, store._writer.serve

    def serve() -> None:
        in_the_middle.set()
        while not busy.closing:  # a slow disk: the copy goes on while the program wants to end
            time.sleep(0.001)
        original()

    monkeypatch.setattr(busy, "serve", serve)
    ticket = store.backup()
    assert in_the_middle.wait(20)
    store.close()
    answer = answers.to(ticket, 0.1)
    assert isinstance(answer, StoreFailed)
    assert answer.error.kind is ErrorKind.CANCELLED
    assert list((path.parent / "backups").iterdir()) == []
    assert StoreLock(path).path.read_bytes() == b""
