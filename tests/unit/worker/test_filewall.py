"""Which files a child may open while it works on a document."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.worker import filewall
from assistant.worker.filewall import Wall


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """A wall without its hook, which would stay in this process."""
    monkeypatch.setattr(sys, "addaudithook", lambda hook: None)
    return Wall()


def test_what_the_request_names_may_be_opened_and_nothing_else(wall: Wall, tmp_path: Path) -> None:
    named, store, other = str(tmp_path / "a.txt"), str(tmp_path / "store"), str(tmp_path / "b.txt")
    with wall.around([named], [store]):
        assert wall.allows(named, writing=False)
        assert not wall.allows(named, writing=True)
        assert not wall.allows(other, writing=False)
        assert not wall.allows(str(tmp_path), writing=False)
        assert wall.allows(f"{store}{os.sep}.x.tmp", writing=True)
        assert not wall.allows(f"{store}{os.sep}..{os.sep}b.txt", writing=True)
        assert not wall.allows(store + "-other", writing=True)
        assert not wall.allows(f"{store}{os.sep}a.document", writing=False)  # of another document
        assert wall.allows(store, writing=False)  # the folder itself, to make a renaming durable
    with wall.around([other], []):
        assert not wall.allows(named, writing=False)
        assert not wall.allows(f"{store}{os.sep}x", writing=True)


def test_the_program_itself_may_be_read_but_not_written(wall: Wall) -> None:
    with wall.around([], []):
        for module in (os, filewall, pytest):
            assert module.__file__ is not None
            assert wall.allows(module.__file__, writing=False)
            assert not wall.allows(module.__file__, writing=True)


def test_an_export_writes_its_file_and_reads_nothing_around_it(wall: Wall, tmp_path: Path) -> None:
    target, beside = str(tmp_path / "out.md"), str(tmp_path / "diary.md")
    with wall.around([], [], [target]):
        assert wall.allows(target, writing=True)
        assert wall.allows(str(tmp_path / ".out.md.a1b2c3d4.tmp"), writing=True)
        assert not wall.allows(target, writing=False)
        for path in (beside, str(tmp_path / ".diary.md.a1b2c3d4.tmp"), str(tmp_path / "below" / "out.md")):
            assert not wall.allows(path, writing=False)
            assert not wall.allows(path, writing=True)


@pytest.mark.parametrize("path", ["/proc/self/root/etc/passwd", "/proc/self/cwd/x", "/proc/self/environ", "/sys/x"])
def test_what_the_system_shows_of_this_process_is_no_way_around(wall: Wall, path: str) -> None:
    with wall.around([], []):
        assert not wall.allows(path, writing=False)


def test_nothing_else_is_renamed_removed_or_linked(wall: Wall, tmp_path: Path) -> None:
    store, target, other = tmp_path / "a" / "store", tmp_path / "out.md", tmp_path / "diary.md"
    temporary = tmp_path / ".out.md.a1b2c3d4.tmp"

    def refused(event: str, *arguments: object) -> bool:
        try:
            wall._hook(event, arguments)
        except PermissionError:
            return True
        return False

    with wall.around([str(other)], [str(store)], [str(target)]):
        assert not refused("os.rename", str(temporary), os.fsencode(target), -1, -1)
        assert not refused("os.remove", str(temporary), -1)
        assert not refused("os.mkdir", str(store), 0o777, -1)
        assert not refused("os.mkdir", str(store.parent), 0o777, -1)
        assert not refused("os.chmod", 5, 0o644, -1)
        assert refused("os.rename", str(other), str(target), -1, -1)
        assert refused("os.rename", str(temporary), str(other), -1, -1)
        for event in ("os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod"):
            assert refused(event, str(other), 0, -1)
        for event in ("os.link", "os.symlink"):
            assert refused(event, str(other), str(store / "x"), -1, -1)
    assert not refused("os.remove", str(other), -1)
