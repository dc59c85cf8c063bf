"""Databases damaged in many ways, and what has to hold when they are opened."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.answers import OpenReport, Stored
from assistant.storage.rows import Role
from assistant.storage.store import Store
from tests.fakes.stores import conversation, job, message, opened, step

NAME = "lamplight.sqlite3"
PAGE = 4096
SECONDS = 30.0
"""Longer than this is a hang."""

_WAYS = {
    "flip": 6,
    "page": 4,
    "zeros": 2,
    "cut": 3,
    "header": 2,
    "first page": 1,
    "swap": 2,
    "empty": 1,
    "garbage": 1,
    "more": 1,
    "gone": 1,
    "log gone": 2,
    "log flip": 3,
    "log cut": 2,
    "log of another": 1,
}
"""What is done to a file, and how often beside the others."""

_CALM = {ErrorKind.DATABASE_DAMAGED, ErrorKind.FILE_UNREADABLE}


def make_whole(folder: Path) -> dict[str, Path]:
    """Four homes: closed cleanly or left open with a log, each with a backup and without."""
    homes = {}
    for with_backup in (False, True):
        source = folder / f"source-{with_backup}"
        with opened(source / NAME) as (store, answers, _):
            for number in range(3):
                _fill(store, conversation(store, f"talk {number} 灯下"), 60)
            store.set_draft(0, "draft")
            number = job(store, "灯下 summary", plan="p" * 6000, result="r" * 9000).id
            for index in range(12):
                store.jobs.add_step(step(number, index, f"part {index} 灯下 " * 30))
            if with_backup:
                answers.to(store.backup())
            _fill(store, conversation(store, "after the backup"), 20)
            store.drain()
            homes[f"open-{with_backup}"] = _copy(source, folder / f"open-{with_backup}")
        homes[f"closed-{with_backup}"] = _copy(source, folder / f"closed-{with_backup}")
        shutil.rmtree(source)
    return homes


def _fill(store: Store, place: int, turns: int) -> None:
    parent = None
    for turn in range(turns):
        role = Role.ASSISTANT if turn % 2 else Role.USER
        text = f"message {turn} of {place}, 灯下 " * (1 + turn * 7 % 40)
        parent = message(store, place, text, parent, role=role, ids=tuple(range(turn))).id


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def damage(home: Path, chance: random.Random) -> str:
    """Damage the database of ``home``; returns in which ways."""
    path, log = home / NAME, home / f"{NAME}-wal"
    possible = [way for way in _WAYS if log.exists() or not way.startswith("log")]
    ways = chance.choices(possible, [_WAYS[way] for way in possible], k=chance.choice([1, 1, 2, 3]))
    for way in ways:
        target = log if way.startswith("log") else path
        if target.exists():
            _harm(target, way, chance)
    (home / f"{NAME}.lock").write_text(chance.choice(["", "open", "open", "damaged", "??"]), encoding="ascii")
    return ", ".join(ways)


def _harm(target: Path, way: str, chance: random.Random) -> None:
    data = bytearray(target.read_bytes())
    size = max(len(data), 1)
    page = chance.randrange(max(1, len(data) // PAGE)) * PAGE
    if way in ("flip", "log flip"):
        for _ in range(chance.choice([1, 5, 50])):
            place = chance.randrange(size)
            data[place : place + 1] = bytes([chance.randrange(256)])
    elif way == "page":
        data[page : page + PAGE] = chance.randbytes(PAGE)
    elif way == "zeros":
        data[page : page + PAGE * 3] = bytes(len(data[page : page + PAGE * 3]))
    elif way in ("cut", "log cut"):
        del data[chance.randrange(size) :]
    elif way == "header":
        data[chance.randrange(100) : 100] = chance.randbytes(8)
    elif way == "first page":
        data[:PAGE] = chance.randbytes(PAGE)
    elif way == "swap":
        other = chance.randrange(max(1, len(data) // PAGE)) * PAGE
        data[page : page + PAGE], data[other : other + PAGE] = data[other : other + PAGE], data[page : page + PAGE]
    elif way == "empty":
        data.clear()
    elif way in ("garbage", "log of another"):
        data[:] = chance.randbytes(chance.randrange(20_000))
    elif way == "more":
        data += chance.randbytes(chance.randrange(9000))
    if way in ("gone", "log gone"):
        target.unlink()
    else:
        target.write_bytes(data)


def survive(home: Path) -> OpenReport:
    """Open a damaged home twice, with everything that a user does first; returns the first report."""
    path = home / NAME
    before = path.read_bytes() if path.exists() else None
    first = _use(path)
    if first.set_aside is not None:
        assert first.set_aside.read_bytes() == before, "the damaged file was changed"
    second = _use(path)
    if second.set_aside is not None:
        assert second.set_aside.exists()
    third = _use(path)
    assert third.error is None, "damage that a repair did not remove"
    if first.set_aside is not None:
        assert first.set_aside.read_bytes() == before, "the damaged file was changed later"
    return first


def _use(path: Path) -> OpenReport:
    start = time.monotonic()
    with opened(path) as (store, answers, report):
        assert report.kept
        assert not report.read_only
        assert report.error is None or report.error.kind is ErrorKind.DATABASE_DAMAGED
        _read_everything(store)
        place = conversation(store, "new")
        row = message(store, place, "new")
        written = answers.to(store.set_draft(place, "x"))
        if isinstance(written, Stored) and not answers.errors():
            assert [head.id for head in store.path(place)] == [row.id]
        if ErrorKind.INTERNAL in answers.errors():  # a rule was broken by a row that nobody could see
            assert not answers.check().ok
        assert set(answers.errors()) <= _CALM | {ErrorKind.INTERNAL}
        assert store.drain(SECONDS)
    assert time.monotonic() - start < SECONDS
    return report


def _read_everything(store: Store) -> None:
    """Whatever is there can be asked for; damage is the only error there is."""
    try:
        rows = store.conversations()
        store.counts()
        store.search("灯下")
        store.search("é")
        for row in rows:
            heads = store.path(row.id)
            found = store.messages([head.id for head in heads])
            assert all(isinstance(one.text, str) and isinstance(one.ids, tuple) for one in found)
            for head in heads[:5]:
                store.children(row.id, head.parent)
                store.path(row.id, through=head.id)
            store.draft(row.id)
        for kept in store.jobs.all():
            whole = store.jobs.get(kept.id)
            assert whole is None or isinstance(whole.result, str)
            assert all(isinstance(one.text, str) for one in store.jobs.steps(kept.id))
        store.jobs.documents()
    except AssistantError as error:
        assert error.kind in _CALM, error  # noqa: PT017 - the rest of the test goes on


def survive_many(folder: Path, many: int, seed: int) -> Counter[str]:
    """So many damaged homes; returns how they ended, for the log."""
    chance = random.Random(seed)
    homes = make_whole(folder / "whole")
    endings: Counter[str] = Counter()
    for number in range(many):
        name = chance.choice(sorted(homes))
        home = _copy(homes[name], folder / "damaged")
        ways = damage(home, chance)
        try:
            report = survive(home)
        except BaseException as error:
            error.add_note(f"home {number} of seed {seed}: {name}, {ways}")
            raise
        endings["repaired" if report.error else "unnoticed"] += 1
        endings["from a backup"] += report.restored is not None
        endings["messages read out of damaged files"] += report.messages
        shutil.rmtree(home)
    return endings
