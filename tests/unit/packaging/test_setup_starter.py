"""The starter model out of its wheel: the right file, whole, or none."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
import starter as starter_file
from starter import Starter, WrongStarterError

from assistant.library.starter import starter as library_starter

CONTENT = bytes(range(256)) * 9000  # a little over two blocks
FACTS = Starter(
    file="small.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    package="a-package",
    version="1",
    member="inside/small.gguf",
    licence="Apache-2.0",
    name="Small",
)


def wheel(folder: Path, content: bytes = CONTENT, member: str = FACTS.member) -> Path:
    path = folder / "a.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
        archive.writestr("inside/__init__.py", "raise SystemExit")
    return path


def nothing() -> Path:
    raise AssertionError("the network was asked")


def test_program_and_set_up_know_the_same_starter() -> None:
    assert vars(library_starter()) == vars(starter_file.facts())
    assert starter_file.facts().sha256 == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    assert starter_file.facts().size == 98_362_432


def test_it_is_taken_out_of_the_wheel(tmp_path: Path) -> None:
    target = tmp_path / "models" / FACTS.file
    assert starter_file.ensure(target, FACTS, near=[], fetch=lambda: wheel(tmp_path)) == "fetched"
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == [FACTS.file]
    assert starter_file.ensure(target, FACTS, near=[], fetch=nothing) == "kept"


def test_a_right_file_nearby_saves_the_download(tmp_path: Path) -> None:
    near = tmp_path / "here.gguf"
    near.write_bytes(CONTENT)
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(CONTENT[::-1])
    target = tmp_path / "models" / FACTS.file
    assert starter_file.ensure(target, FACTS, near=[wrong, near], fetch=nothing) == "copied"
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "content",
    [CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + b"\0", b"", CONTENT * 2],
    ids=["short", "long", "changed", "empty", "twice"],
)
@pytest.mark.parametrize("before", [None, b"what was there"])
def test_a_wrong_file_is_never_put_in_place(tmp_path: Path, content: bytes, before: bytes | None) -> None:
    target = tmp_path / "models" / FACTS.file
    if before is not None:
        target.parent.mkdir()
        target.write_bytes(before)
    with pytest.raises(WrongStarterError):
        starter_file.ensure(target, FACTS, near=[], fetch=lambda: wheel(tmp_path, content))
    assert (target.read_bytes() if target.exists() else None) == before
    assert not list(tmp_path.rglob("*.part"))


def test_a_wheel_without_it_or_no_wheel_at_all(tmp_path: Path) -> None:
    target = tmp_path / "models" / FACTS.file
    with pytest.raises(WrongStarterError):
        starter_file.put_member(wheel(tmp_path, member="other.gguf"), target, FACTS)
    page = tmp_path / "login.whl"
    page.write_bytes(b"<html>Log in to this network</html>")
    with pytest.raises(WrongStarterError):
        starter_file.put_member(page, target, FACTS)
    cut = tmp_path / "cut.whl"
    cut.write_bytes(wheel(tmp_path).read_bytes()[:-40])
    with pytest.raises(WrongStarterError):
        starter_file.put_member(cut, target, FACTS)
    assert not target.exists()


def test_a_damaged_one_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / FACTS.file
    target.write_bytes(CONTENT[:-5] + b"wrong")
    assert starter_file.ensure(target, FACTS, near=[], fetch=lambda: wheel(tmp_path)) == "fetched"
    assert target.read_bytes() == CONTENT


def test_what_a_killed_set_up_left_is_swept_up(tmp_path: Path) -> None:
    target = tmp_path / FACTS.file
    left = tmp_path / f".{FACTS.file}.abc.part"
    left.write_bytes(b"half")
    other = tmp_path / "other.part"
    other.write_bytes(b"not ours")
    starter_file.put_member(wheel(tmp_path), target, FACTS)
    assert not left.exists()
    assert other.exists()


def test_an_interruption_leaves_what_was_there(tmp_path: Path) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise KeyboardInterrupt
            return super().read(size)

    target = tmp_path / FACTS.file
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        starter_file._put(Cut(CONTENT), target, FACTS)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [FACTS.file]


def test_other_models_are_seen(tmp_path: Path) -> None:
    assert not starter_file.has_models(tmp_path / "nowhere", FACTS)
    (tmp_path / FACTS.file).write_bytes(b"")
    assert not starter_file.has_models(tmp_path, FACTS)
    index = tmp_path / "index.json"
    index.write_text(f'{{"models": [{{"path": "{FACTS.file}"}}]}}')
    assert not starter_file.has_models(tmp_path, FACTS)
    index.write_text('{"models": [{"path": "/disk/模型 7B.gguf"}]}', "utf-8")
    assert starter_file.has_models(tmp_path, FACTS)
    index.unlink()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "big.gguf").write_bytes(b"")
    assert starter_file.has_models(tmp_path, FACTS)
