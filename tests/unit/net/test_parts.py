"""A part and its notes: what survives a kill, a power cut, another process, and a system that refuses."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import journal, parts
from assistant.net.extents import Extents
from assistant.net.journal import Identity, Journal, Noted
from assistant.net.parts import Part
from assistant.texts.errors import sentence

SIZE = 1000
DATA = bytes(range(250)) * 4
IDENTITY = Identity("maker/model", "model.gguf", "a" * 40, SIZE, sha256="5" * 64)
NOTHING = Noted(None, Extents())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.gguf"


def begun(target: Path, identity: Identity = IDENTITY) -> Part:
    part = Part(target)
    assert part.open()
    part.begin(identity, part.look())
    return part


def put(part: Part, *segments: tuple[int, int]) -> None:
    with part.writer() as file:
        for start, end in segments:
            part.write(file, start, memoryview(DATA[start:end]))


def killed(part: Part) -> None:
    """What is left after the process is gone: nothing is noted any more, the lock is free."""
    part._journal.close()
    part.close_file()


def found(target: Path) -> list[tuple[int, int]]:
    part = Part(target)
    assert part.open()
    noted = part.look()
    killed(part)
    return list(noted.done)


def names(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()}


def error_of(caught: pytest.ExceptionInfo[AssistantError]) -> tuple[ErrorKind, dict[str, Any]]:
    return caught.value.kind, caught.value.values


# ---------------------------------------------------------------- what survives


def test_what_was_noted_is_there_after_a_kill(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100), (300, 400))
    part.note()
    killed(part)
    assert found(target) == [(0, 100), (300, 400)]
    assert target.with_name(".model.gguf.part").read_bytes()[300:400] == DATA[300:400]


def test_what_was_not_noted_is_asked_for_again(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.note()
    put(part, (100, 200))
    killed(part)
    assert found(target) == [(0, 100)]


def test_what_comes_is_noted_by_itself(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_NOTE_BYTES", 150)
    part = begun(target)
    put(part, (0, 100))
    assert list(part._journal.read().done) == []
    put(part, (100, 160))
    assert list(part._journal.read().done) == [(0, 160)]
    part.close()


def test_an_end_in_order_notes_everything(target: Path) -> None:
    part = begun(target)
    put(part, (0, 777))
    part.close()
    assert found(target) == [(0, 777)]


def test_after_a_restart_of_the_computer_only_what_reached_the_disk_counts(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.sync()
    put(part, (100, 200))
    part.note()
    killed(part)
    assert found(target) == [(0, 200)]
    monkeypatch.setattr(journal, "_boot", lambda: "another start")
    assert found(target) == [(0, 100)]


def test_what_is_not_in_the_file_does_not_count(target: Path) -> None:
    part = begun(target)
    put(part, (0, 500))
    part.close()
    os.truncate(target.with_name(".model.gguf.part"), 120)
    assert found(target) == [(0, 120)]
    target.with_name(".model.gguf.part").unlink()
    assert found(target) == []


def test_every_line_that_was_cut_off_is_passed_over(target: Path) -> None:
    part = begun(target)
    for end in (100, 200, 300):
        put(part, (end - 100, end))
        part.note()
    killed(part)
    notes = target.with_name(".model.gguf.part.json")
    whole = notes.read_bytes()
    seen = set()
    for length in range(len(whole) + 1):
        notes.write_bytes(whole[:length])
        done = found(target)
        assert done in ([], [(0, 100)], [(0, 200)], [(0, 300)])
        seen.add(len(done) and done[0][1])
    assert seen == {0, 100, 200, 300}


def test_notes_go_on_after_half_a_line(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.note()
    killed(part)
    with target.with_name(".model.gguf.part.json").open("ab") as notes:
        notes.write(b'\n{"got":[[10')
    part = begun(target)
    put(part, (100, 200))
    part.close()
    assert found(target) == [(0, 200)]


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "7",
        '"got"',
        "[" * 5000,
        '{"got":[[-5,10]]}',
        '{"got":[[0,1e9]]}',
        '{"got":[[true,9]]}',
        '{"got":[[1]]}',
        '{"got":7}',
        '{"safe":{"a":1}}',
        '{"got":[[0,99999999999999999999999]]}',
        "\x00\xff",
    ],
)
def test_nonsense_in_the_notes_says_nothing(target: Path, line: str) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.note()
    killed(part)
    with target.with_name(".model.gguf.part.json").open("ab") as notes:
        notes.write(b"\n" + line.encode("latin-1"))
    assert found(target) == [(0, 100)]


@pytest.mark.parametrize("change", [{"format": 2}, {"size": "5"}, {"size": -1}, {"sha256": 5}, {"repo": None}])
def test_notes_of_another_kind_are_no_notes(target: Path, change: dict[str, Any]) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.close()
    notes = target.with_name(".model.gguf.part.json")
    lines = notes.read_text().split("\n")
    lines[1] = json.dumps({**json.loads(lines[1]), **change})
    notes.write_text("\n".join(lines))
    assert found(target) == []


# ---------------------------------------------------------------- going on and starting over


def test_another_content_starts_over(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.close()
    other = Identity("maker/model", "model.gguf", "b" * 40, SIZE, sha256="6" * 64)
    part = begun(target, other)
    assert part.done.total == 0
    put(part, (5, 9))
    part.close()
    assert found(target) == [(5, 9)]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ({"sha256": "5"}, {"sha256": "5"}, True),
        ({"sha256": "5"}, {"sha256": "6"}, False),
        ({"sha256": "5"}, {"sha256": "5", "size": 6}, False),
        ({"sha256": "5", "etag": "x"}, {"sha256": "", "etag": "x"}, False),
        ({"etag": "x"}, {"etag": "x"}, True),
        ({"etag": "x"}, {"etag": "y"}, False),
        ({}, {}, False),
        ({"sha256": "5", "revision": "a"}, {"sha256": "5", "revision": "b"}, True),
    ],
)
def test_the_same_content(one: dict[str, Any], two: dict[str, Any], same: bool) -> None:
    def made(values: dict[str, Any]) -> Identity:
        return Identity(**{"repo": "r", "file": "f", "revision": "", "size": 5, **values})

    assert made(one).same_content(made(two)) is same


def test_starting_over_forgets_what_was_damaged(target: Path) -> None:
    part = begun(target)
    put(part, (0, SIZE))
    part.start_over()
    assert part.done.total == 0
    assert part.path.stat().st_size == 0
    put(part, (0, 10))
    part.close()
    assert found(target) == [(0, 10)]


def test_of_nothing_nothing_stays(target: Path) -> None:
    part = begun(target)
    part.close()
    assert names(target) == set()
    part = Part(target)
    assert part.open()
    part.close()
    assert names(target) == set()


def test_a_refusal_before_it_begins_leaves_what_there_was(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.close()
    part = Part(target)
    assert part.open()
    part.look()
    part.close()
    assert found(target) == [(0, 100)]


def test_throwing_away_leaves_nothing(target: Path) -> None:
    part = begun(target)
    put(part, (0, 100))
    part.discard()
    part.close()
    assert names(target) == set()


# ---------------------------------------------------------------- two at once


def test_only_one_works_on_a_file(target: Path) -> None:
    part = begun(target)
    other = Part(target)
    assert not other.open()
    put(part, (0, 10))
    part.close()
    assert other.open()
    assert list(other.look().done) == [(0, 10)]
    other.close()


def test_a_lock_on_notes_that_are_gone_is_no_lock(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening and locking, the other one has finished and taken its notes away."""
    first = begun(target)
    plain = journal._lock
    calls = []

    def late(handle: int) -> bool:
        if not calls:
            first.discard()
        calls.append(handle)
        return plain(handle)

    monkeypatch.setattr(journal, "_lock", late)
    second = Part(target)
    assert second.open()
    assert len(calls) == 2
    assert names(target) == {".model.gguf.part.json"}
    second.close()


# ---------------------------------------------------------------- room


def test_too_little_room_is_told_before_the_first_byte(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(target.parent.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=SIZE + 49))
    part = begun(target)
    part.check_room(49)
    with pytest.raises(AssistantError) as caught:
        part.make_room(50)
    assert error_of(caught) == (
        ErrorKind.NO_SPACE,
        {"needed": SIZE + 50, "free": SIZE + 49, "folder": str(target.parent)},
    )
    part.close()


def test_what_is_on_the_disk_needs_no_room(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = begun(target)
    part.make_room(0)
    put(part, (0, SIZE))
    usage = shutil.disk_usage(target.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    part.check_room(1 << 30)
    part.close()


def test_what_was_reserved_is_given_back(tmp_path: Path) -> None:
    target = tmp_path / "large.gguf"
    size = 8 << 20
    part = begun(target, Identity("r", "f", "", size, sha256="5" * 64))
    part.make_room(0)
    with part.writer() as file:
        part.write(file, 0, memoryview(bytes(range(256)) * 256))
    if part.reserved:
        assert part.missing_room() == 0
    assert part.path.stat().st_size < size  # also while it is reserved: what is not there is not in the file
    part.close()
    assert getattr(part.path.stat(), "st_blocks", 0) * 512 < size


# ---------------------------------------------------------------- a system that refuses


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, ErrorKind.NO_SPACE),
        (errno.EROFS, ErrorKind.READ_ONLY),
        (errno.EACCES, ErrorKind.READ_ONLY),
        (errno.EFBIG, ErrorKind.READ_ONLY),
        (errno.EIO, ErrorKind.FILE_UNREADABLE),
    ],
)
def test_errors_of_the_system_are_ours(target: Path, code: int, kind: ErrorKind) -> None:
    part = begun(target)

    class Refusing:
        def seek(self, position: int) -> None: ...

        def write(self, data: memoryview) -> int:
            raise OSError(code, os.strerror(code))

    with pytest.raises(AssistantError) as caught:
        part.write(Refusing(), 0, memoryview(b"x"))  # type: ignore[arg-type]
    assert caught.value.kind is kind
    assert part.done.total == 0
    part.close()


def test_a_write_that_takes_only_a_part_goes_on(target: Path) -> None:
    part = begun(target)
    with part.writer() as file:

        class Short:
            def seek(self, position: int) -> None:
                file.seek(position)

            def write(self, data: memoryview) -> int:
                return file.write(data[:7])

        part.write(Short(), 100, memoryview(DATA[100:200]))  # type: ignore[arg-type]
    assert part.path.read_bytes()[100:200] == DATA[100:200]
    part.close()


def test_a_disk_that_refuses_every_question_is_full_all_the_same(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = begun(target)

    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        patch.setattr(shutil, "disk_usage", refuse)
        with pytest.raises(AssistantError) as caught:
            part.missing_room()
    assert caught.value.kind is ErrorKind.NO_SPACE
    part.close()


def test_notes_on_a_full_disk(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = begun(target)
    put(part, (0, 100))
    plain = os.write

    def half(handle: int, data: bytes) -> int:
        return plain(handle, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", half)
        with pytest.raises(AssistantError) as caught:
            part.note()
    assert caught.value.kind is ErrorKind.NO_SPACE
    # The file's own bytes are there; how much the notes take nobody knows.
    assert sentence(caught.value).startswith("The disk is full. Remove models")
    part.note()
    killed(part)
    assert found(target) == [(0, 100)]


# ---------------------------------------------------------------- the end


def whole(target: Path) -> Part:
    part = begun(target)
    put(part, (0, SIZE))
    return part


def nothing() -> None:
    """What publishing asks while it waits."""


def test_the_old_file_stays_until_the_new_one_takes_its_place(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.parent.mkdir()
    target.write_bytes(b"old")
    part = whole(target)
    seen = []
    plain = Path.replace

    def replace(path: Path, other: Path) -> Path:
        seen.append((target.read_bytes(), path.read_bytes() == DATA))
        return plain(path, other)

    monkeypatch.setattr(Path, "replace", replace)
    part.publish(nothing)
    part.close()
    assert seen == [(b"old", True)]
    assert target.read_bytes() == DATA
    assert names(target) == {"model.gguf"}


def test_publishing_syncs_before_it_renames(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = whole(target)
    acts: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(parts.os, "fsync", lambda handle: (acts.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda one, two: (acts.append("replace"), replace(one, two))[1])
    monkeypatch.setattr(parts, "sync_folder", lambda _: acts.append("folder"))
    unlink = Path.unlink
    monkeypatch.setattr(
        Path, "unlink", lambda one, missing_ok=False: (acts.append(one.suffix), unlink(one, missing_ok=missing_ok))[1]
    )
    part.publish(nothing)
    assert acts == ["fsync", "fsync", "replace", "folder", ".part", ".json"]


class Scanner:
    """Holds the target for some tries, like a virus scanner."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
        self.left = tries
        plain = Path.replace

        def replace(path: Path, other: Path) -> Path:
            if self.left:
                self.left -= 1
                raise PermissionError(errno.EACCES, "in use")
            return plain(path, other)

        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(parts, "_SCANNED", True)
        monkeypatch.setattr(parts, "_SCAN_PAUSES", (0.0,) * 8)


def test_a_scanner_that_holds_the_file_is_waited_for(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = whole(target)
    Scanner(monkeypatch, 5)
    part.publish(nothing)
    assert target.read_bytes() == DATA


def test_a_file_that_is_never_let_go_is_busy_and_nothing_is_lost(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.parent.mkdir()
    target.write_bytes(b"old")
    part = whole(target)
    with monkeypatch.context() as patch:
        Scanner(patch, 1000)
        with pytest.raises(AssistantError) as caught:
            part.publish(nothing)
    assert error_of(caught) == (ErrorKind.MODEL_BUSY, {"name": "model.gguf"})
    part.close()
    assert target.read_bytes() == b"old"
    assert found(target) == [(0, SIZE)]


def test_waiting_for_a_scanner_can_be_given_up(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = whole(target)
    Scanner(monkeypatch, 1000)

    def stop() -> None:
        raise AssistantError(ErrorKind.CANCELLED)

    with pytest.raises(AssistantError) as caught:
        part.publish(stop)
    assert caught.value.kind is ErrorKind.CANCELLED
    part.close()
    assert found(target) == [(0, SIZE)]


def test_what_was_unpacked_takes_the_place_and_the_part_goes(target: Path) -> None:
    part = whole(target)
    with part.plain() as plain:
        plain.take(b"unpacked")
    part.publish(nothing, plain=True)
    part.close()
    assert target.read_bytes() == b"unpacked"
    assert names(target) == {"model.gguf"}


def test_half_of_what_was_unpacked_goes_with_the_next_start(target: Path) -> None:
    part = whole(target)
    with part.plain() as plain:
        plain.take(b"unpack")
    part.note()
    killed(part)
    assert ".model.gguf.part.plain" in names(target)
    again = Part(target)
    assert again.open()
    assert ".model.gguf.part.plain" not in names(target)
    again.look()
    again.close()
    assert found(target) == [(0, SIZE)]


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests need not wait for a real disk."""
    monkeypatch.setattr(journal.os, "fsync", lambda _: None)


def test_journals_have_no_lock_of_their_own_ghost(tmp_path: Path) -> None:
    """A process that ended without a word holds nothing."""
    one = Journal(tmp_path / "notes.json")
    assert one.open()
    one.close()
    two = Journal(tmp_path / "notes.json")
    assert two.open()
    two.remove()
    assert list(tmp_path.iterdir()) == []
