"""The models folder moves: at every point there is one folder that has everything."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import ErrorKind
from assistant.library import moving
from assistant.library.models import Models
from tests.unit.library.folders import error_from, named, write
from tests.unit.library.handmade import write_parts


class PowerCut(BaseException):
    """The program ends here."""


class Home:
    """A home with models in a folder, and the setting that names it."""

    def __init__(self, root: Path) -> None:
        self.index = root / "home" / "models" / "index.json"
        self.setting = self.index.parent
        self.old = self.setting
        self.new = root / "disk" / "models"

    def start(self) -> Models:
        """A program starts."""
        return Models(self.setting, self.index)

    def switch(self, folder: Path) -> None:
        self.setting = folder

    def fill(self) -> None:
        write(self.old / "A-Q4_0.gguf")
        write(self.old / "sub" / "B.gguf")
        write_parts(self.old)
        (self.old / "notes.txt").write_text("the user's own")
        place = self.old / ".downloads" / ("ab" * 8)
        place.mkdir(parents=True)
        (place / "item.json").write_text("{}")
        (place / ".C.gguf.part").write_bytes(b"half")
        (self.old / ".downloads.json").write_text("{}")

    def contents(self, folder: Path) -> dict[str, bytes]:
        """What belongs to the models: names and bytes."""
        found = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and (path.suffix == ".gguf" or name.startswith(".downloads")):
                found[name] = path.read_bytes()
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.fill()
    return made


@pytest.fixture(params=["one disk", "two disks"])
def disks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """On two disks no file can have a name on both."""
    if request.param == "two disks":

        def link(*_: object, **__: object) -> None:
            raise OSError(errno.EXDEV, "another disk")

        monkeypatch.setattr(moving.os, "link", link)
    return str(request.param)


def test_everything_moves_and_stays_what_it_was(home: Home, disks: str) -> None:
    library = home.start()
    before = {one.key: one for one in library.installed()}
    library.verify("B")
    library.mark_used("B")
    files = home.contents(home.old)
    steps: list[tuple[int, int]] = []
    library.move_folder(home.new, home.switch, progress=lambda done, size: steps.append((done, size)))
    assert (home.setting, library.folder) == (home.new, home.new)
    assert home.contents(home.new) == files
    assert home.contents(home.old) == {}
    assert (home.old / "notes.txt").read_text() == "the user's own"
    assert not (home.old / "sub").exists()
    assert steps[-1][0] == steps[-1][1] == sum(map(len, files.values()))
    for found in (library.installed(), home.start().installed()):
        assert {one.key for one in found} == set(before)
        for one in found:
            assert one.path == home.new / before[one.key].path.relative_to(home.old)
            assert one.added == before[one.key].added
        (b,) = [one for one in found if one.key == "B"]
        assert b.last_used > 0
        assert b.verified > 0
    assert not (home.index.parent / ".move.json").exists()


def test_a_linked_folder_stays_where_it_is_and_only_its_link_moves(home: Home, disks: str, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    write(shared / "A.gguf")
    (shared / "more").mkdir()
    write(tmp_path / "further" / "B.gguf")
    (shared / "further").symlink_to(tmp_path / "further", target_is_directory=True)
    (home.old / "link").symlink_to(shared, target_is_directory=True)
    library = home.start()
    before = {one.key for one in library.installed()}
    library.move_folder(home.new, home.switch)
    assert (home.new / "link").readlink() == shared
    assert not (home.old / "link").is_symlink()
    assert (shared / "A.gguf").is_file()
    assert (tmp_path / "further" / "B.gguf").is_file()
    for found in (library.installed(), home.start().installed()):
        assert {one.key for one in found} == before
        assert not any(one.missing for one in found)


def test_an_old_folder_with_nothing_else_in_it_goes(home: Home, disks: str, tmp_path: Path) -> None:
    home.start().move_folder(home.new, home.switch)
    third = tmp_path / "third"
    home.start().move_folder(third, home.switch)
    assert not home.new.exists()
    assert len(home.start().installed()) == 3


@pytest.mark.parametrize("closes", [True, False])
def test_a_file_that_is_still_open_is_removed_when_it_is_closed(
    home: Home, monkeypatch: pytest.MonkeyPatch, *, closes: bool
) -> None:
    """As on Windows, where the file of a model that was asked to unload is there for a while."""
    waited: list[float] = []
    held = home.old / "A-Q4_0.gguf"
    unlink = Path.unlink

    def refused(path: Path, **how: bool) -> None:
        if path == held and (not closes or sum(waited) < 2):
            raise PermissionError(errno.EACCES, "used by another process")
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", refused)
    move = moving.Move(home.old, home.new, home.index.parent)
    move.copy(progress=None, cancelled=None)
    move.finish(waited.append)
    assert held.exists() is not closes
    assert not (home.old / "sub").exists()
    assert (home.new / "A-Q4_0.gguf").exists()
    assert 2 <= sum(waited) <= (2.5 if closes else 5)
    assert (home.index.parent / ".move.json").exists() is not closes  # the next start tries again


def test_a_model_of_the_same_name_is_not_overwritten(home: Home, disks: str) -> None:
    write(home.new / "A-Q4_0.gguf", named("another one"))
    shutil.copy(home.old / "sub" / "B.gguf", home.new / "B.gguf")
    (home.new / "sub").mkdir()
    shutil.copy2(home.old / "sub" / "B.gguf", home.new / "sub" / "B.gguf")
    write(home.new / "Big-00002-of-00003.gguf", named("another part"))
    before = {one.key: one.path.read_bytes() for one in home.start().installed()}
    library = home.start()
    library.move_folder(home.new, home.switch)
    after = {one.key: one for one in library.installed()}
    for key, data in before.items():
        assert after[key].path.read_bytes() == data
    assert after["A-Q4_0"].path.name == "A-Q4_0-2.gguf"
    assert after["Big"].path.name == "Big-2-00001-of-00003.gguf"
    assert after["Big"].problem is None
    assert (home.new / "A-Q4_0.gguf").read_bytes() == named("another one").encode()
    assert home.contents(home.old) == {}


def test_a_cancelled_move_has_changed_nothing(home: Home, disks: str) -> None:
    write(home.new / "Own.gguf")
    before, there = home.contents(home.old), home.contents(home.new)
    for number in range(5):
        asked: list[int] = []

        def cancelled(asked: list[int] = asked, number: int = number) -> bool:
            asked.append(1)
            return len(asked) > number

        library = home.start()
        assert error_from(library.move_folder, home.new, home.switch, cancelled=cancelled).kind is ErrorKind.CANCELLED
        assert home.setting == home.old
        assert home.contents(home.old) == before
        assert home.contents(home.new) == there
        assert len(library.installed()) == 3
        assert not (home.index.parent / ".move.json").exists()


def test_what_was_removed_can_be_had_back_unless_the_folder_has_really_moved(home: Home, disks: str) -> None:
    library = home.start()
    removal = library.remove("B")
    assert error_from(library.move_folder, home.old / "inside", home.switch).kind is ErrorKind.SETTING_INVALID
    cancel = {"cancelled": lambda: True}
    assert error_from(library.move_folder, home.new, home.switch, **cancel).kind is ErrorKind.CANCELLED
    assert library.undo_remove(removal).path == home.old / "sub" / "B.gguf"
    removal = library.remove("B")
    library.move_folder(home.new, home.switch)
    assert error_from(library.undo_remove, removal).kind is ErrorKind.MODEL_MISSING
    assert not (home.old / ".removed").exists()


def test_what_is_removed_or_copied_here_during_a_move_is_so_after_it(home: Home, disks: str, tmp_path: Path) -> None:
    library = home.start()
    library.installed()
    other = write(tmp_path / "other.gguf", named("another one"))
    threads: list[threading.Thread] = []

    def switch(folder: Path) -> None:
        home.switch(folder)
        for work in (lambda: library.remove("B"), lambda: library.import_file(other, copy=True)):
            threads.append(threading.Thread(target=work))
            threads[-1].start()

    library.move_folder(home.new, switch)
    for thread in threads:
        thread.join(20)
    assert {"B", "other"} & {model.key for model in library.installed()} == {"other"}
    assert (home.new / "other.gguf").is_file()
    library.really_remove()
    assert not (home.new / "sub" / "B.gguf").exists()


def test_a_switch_that_fails_takes_the_copies_back(home: Home, disks: str) -> None:
    before = home.contents(home.old)

    def switch(_: Path) -> None:
        raise ValueError("the setting cannot be kept")

    with pytest.raises(ValueError, match="kept"):
        home.start().move_folder(home.new, switch)
    assert home.contents(home.old) == before
    assert home.contents(home.new) == {}


@pytest.mark.parametrize("place", ["inside", "around", "the same", "a file"])
def test_places_that_make_no_sense_are_refused(place: str, home: Home) -> None:
    file = home.old / "notes.txt"
    new = {"inside": home.old / "x", "around": home.old.parent, "the same": home.old / "sub" / "..", "a file": file}[
        place
    ]
    assert error_from(home.start().move_folder, new, home.switch).kind is ErrorKind.SETTING_INVALID
    assert len(home.start().installed()) == 3


def test_too_little_room_is_told_before_the_first_byte(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home.old)._replace(total=100 << 30, free=100)
    monkeypatch.setattr(moving.shutil, "disk_usage", lambda _: usage)
    real = Path.stat

    def stat(self: Path, **options: bool) -> os.stat_result:
        facts = real(self, **options)
        if self == home.new:
            return os.stat_result((*facts[:2], facts.st_dev + 1, *facts[3:]))
        return facts

    with monkeypatch.context() as other_disk:
        other_disk.setattr(Path, "stat", stat)
        error = error_from(home.start().move_folder, home.new, home.switch)
    assert (error.kind, error.values["free"]) == (ErrorKind.NO_SPACE, 100)
    assert not home.new.exists()


def test_a_copy_that_came_out_wrong_is_not_taken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_second_name", lambda *_: False)
    real = moving._stream

    def stream(reader: Any, writer: Any, **options: Any) -> str:
        return real(reader, writer, **options) if writer is not None else "other bytes"

    before = home.contents(home.old)
    monkeypatch.setattr(moving, "_stream", stream)
    assert error_from(home.start().move_folder, home.new, home.switch).kind is ErrorKind.FILE_UNREADABLE
    assert home.contents(home.old) == before
    assert home.contents(home.new) == {}


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, ErrorKind.NO_SPACE), (errno.EROFS, ErrorKind.READ_ONLY)])
def test_a_disk_that_fails_is_told(
    code: int, kind: ErrorKind, home: Home, disks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.contents(home.old)
    calls: list[int] = []
    real = moving.write_atomic

    def fail(*arguments: Any, **options: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(code, os.strerror(code))
        real(*arguments, **options)

    monkeypatch.setattr(moving, "write_atomic", fail)
    assert error_from(home.start().move_folder, home.new, home.switch).kind is kind
    assert home.contents(home.old) == before
    assert home.contents(home.new) == {}


# ---------------------------------------------------------------- a program that dies


def _cut(monkeypatch: pytest.MonkeyPatch, at: int, calls: list[str]) -> None:
    """End the program before the ``at``-th thing that it does to a disk."""

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            if len(calls) > at:
                raise PowerCut
            return real(*arguments, **options)

        return call

    monkeypatch.setattr(moving, "write_atomic", counted("note", moving.write_atomic))
    monkeypatch.setattr(moving, "replace_file", counted("replace", moving.replace_file))
    monkeypatch.setattr(moving, "_second_name", counted("link", moving._second_name))
    monkeypatch.setattr(moving, "sync_folder", counted("sync", moving.sync_folder))
    monkeypatch.setattr(Path, "unlink", counted("unlink", Path.unlink))
    monkeypatch.setattr(Path, "rmdir", counted("rmdir", Path.rmdir))


def test_a_program_that_dies_at_any_point_leaves_one_whole_folder(disks: str, tmp_path: Path) -> None:
    outcomes = set()
    for at in range(200):
        home = Home(tmp_path / f"run{at}")
        home.fill()
        before = home.contents(home.old)
        keys = {one.key for one in home.start().installed()}
        write(home.new / "Own.gguf")
        own = home.contents(home.new)
        calls: list[str] = []
        finished = False
        with pytest.MonkeyPatch.context() as patch:
            if disks == "two disks":
                patch.setattr(moving.os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EXDEV, "x")))
            _cut(patch, at, calls)
            try:
                home.start().move_folder(home.new, home.switch)
                finished = True
            except PowerCut:
                pass
        library = home.start()  # with whatever the setting says
        found = library.installed()
        current, other = (home.new, home.old) if home.setting == home.new else (home.old, home.new)
        expected = {**before, **own} if current == home.new else before
        assert home.contents(current) == expected, (at, calls[-1])
        assert home.contents(other) == (own if other == home.new else {}), (at, calls[-1])
        assert keys <= {one.key for one in found}
        assert not (home.index.parent / ".move.json").exists()
        assert not list(home.new.rglob(".*.moving.part"))
        outcomes.add((current == home.new, finished))
        if finished:
            break
    assert outcomes == {(False, False), (True, False), (True, True)}


def test_a_note_that_makes_no_sense_changes_nothing(home: Home) -> None:
    before = home.contents(home.old)
    note = home.index.parent / ".move.json"
    outside = write(home.index.parent.parent / "outside.gguf")
    evil = {"old": str(home.old), "new": str(home.new), "phase": "copied", "steps": [["../outside.gguf", "x", 5, True]]}
    home.new.mkdir(parents=True)
    for damage in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000, json.dumps(evil).encode()):
        note.write_bytes(damage)
        assert len(home.start().installed()) == 3
        assert home.contents(home.old) == before
        assert not note.exists()
    assert outside.exists()


def test_an_unfinished_move_to_a_disk_that_is_away_is_settled_when_it_is_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        calls: list[str] = []
        _cut(patch, 6, calls)
        with pytest.raises(PowerCut):
            home.start().move_folder(home.new, home.switch)
    away = home.new.with_name("away")
    home.new.rename(away)
    assert len(home.start().installed()) == 3
    away.rename(home.new)
    assert len(home.start().installed()) == 3
    assert home.contents(home.new) == {}
