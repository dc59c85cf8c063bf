"""Files of the user's: written whole, and as an editor would write them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.files import remove_rests, same_file, write_for_user


@pytest.fixture(autouse=True)
def mask() -> Iterator[None]:
    """New files may be read by others of the group."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def reference(folder: Path, mode: int | None = None) -> int:
    """What this system makes of a mode, or gives a new file."""
    path = folder / "reference"
    path.write_bytes(b"")
    if mode is not None:
        path.chmod(mode)
    return mode_of(path)


def test_a_new_file_has_the_permissions_of_new_files(tmp_path: Path) -> None:
    write_for_user(tmp_path / "摘要.md", b"new")
    assert mode_of(tmp_path / "摘要.md") == reference(tmp_path)
    assert os.umask(0o027) == 0o027  # asking for it has not changed it


def test_a_file_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    path.write_bytes(b"old")
    path.chmod(0o664)
    write_for_user(path, b"new")
    assert (path.read_bytes(), mode_of(path)) == (b"new", reference(tmp_path, 0o664))


def test_the_target_of_a_link_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "below" / "real.md", tmp_path / "link.md"
    target.parent.mkdir()
    target.write_bytes(b"old")
    try:
        link.symlink_to(target)
    except OSError:  # Windows, for those who may make none
        link = target
    write_for_user(link, b"new")
    assert target.read_bytes() == b"new"
    assert link.resolve() == target.resolve()
    assert [path.name for path in target.parent.iterdir()] == ["real.md"]


def test_rests_of_one_file_are_removed_and_no_others(tmp_path: Path) -> None:
    kept = ["out.md", ".other.md.x.tmp", ".out.md.swp", "out.md.x.tmp"]
    for name in (*kept, ".out.md.a1b2c3d4.tmp"):
        (tmp_path / name).write_bytes(b"")
    remove_rests(tmp_path / "out.md")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    remove_rests(tmp_path / "none" / "out.md")


def test_one_file_by_two_names(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"")
    (tmp_path / "sub").mkdir()
    assert same_file(tmp_path / "a.md", tmp_path / "sub" / ".." / "a.md")
    assert not same_file(tmp_path / "a.md", tmp_path / "b.md")
    assert same_file(tmp_path / "new.md", tmp_path / "new.md")
