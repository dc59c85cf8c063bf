"""Removing with undo, checking bytes, files that are away, and what a newer version is."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import index, installed, keeping
from assistant.library.downloads import DownloadItem, Part, State
from assistant.library.models import Models, Upstream, newer
from assistant.net.messages import Place, RemoteFile, RepoFacts
from tests.unit.library.folders import error_from, library, named, write
from tests.unit.library.handmade import STRING, Pair, model, write_parts

REVISION = "12" * 20
OTHER = "34" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(models: Models) -> list[str]:
    return [one.name for one in models.installed()]


def arrived(path: Path, **values: object) -> DownloadItem:
    """What the queue says of a file that it has brought."""
    place = Place(repo="owner/name", revision=REVISION, file=f"Q4/{path.name}")
    part = Part(place, path.stat().st_size, digest(path), path.name)
    return replace(DownloadItem("ab" * 8, path.stem, (part,), state=State.DONE), **values)  # type: ignore[arg-type]


# ---------------------------------------------------------------- removing


def test_a_removed_model_can_be_had_back_as_it_was(folder: Path) -> None:
    write(folder / "sub" / "A-Q4_0.gguf")
    write(folder / "B.gguf")
    found = library(folder)
    found.installed()
    found.mark_used("A-Q4_0")
    before = found.installed()
    removal = found.remove("A-Q4_0")
    assert (removal.key, removal.name, removal.linked) == ("A-Q4_0", "A", False)
    assert removal.size == before[0].size
    assert names(found) == ["B"]
    assert not (folder / "sub" / "A-Q4_0.gguf").exists()
    back = found.undo_remove(removal)
    assert back == before[0]
    assert found.installed() == before
    assert not (folder / ".removed").exists()
    assert error_from(found.undo_remove, removal).kind is ErrorKind.MODEL_MISSING


def test_what_is_removed_is_gone_when_the_program_ends(folder: Path) -> None:
    write(folder / "A.gguf")
    found = library(folder)
    removal = found.remove("A")
    assert list((folder / ".removed").rglob("0"))
    found.really_remove()
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith((".index", "index"))) == []
    assert error_from(found.undo_remove, removal).kind is ErrorKind.MODEL_MISSING
    assert library(folder).installed() == []


def test_of_a_linked_model_only_the_link_goes(folder: Path, outside: Path) -> None:
    path = write(outside / "A.gguf")
    found = library(folder)
    taken = found.import_file(path, copy=False)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    removal = found.remove(taken.key)
    assert (removal.linked, removal.size) == (True, 0)
    assert found.installed() == []
    assert found.undo_remove(removal) == taken
    found.remove(taken.key)
    found.really_remove()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert library(folder).installed() == []


def test_a_model_in_a_linked_folder_is_put_out_of_sight_on_its_own_disk(folder: Path, outside: Path) -> None:
    path = write(outside / "sub" / "a.gguf")
    folder.mkdir()
    (folder / "disk").symlink_to(outside, target_is_directory=True)
    models = Models(folder, folder / "index.json")
    (model,) = models.installed()
    removal = models.remove(model.key)
    assert not path.exists()
    assert len(list(outside.glob(".removed/*/0"))) == 1
    assert models.undo_remove(removal).path == folder / "disk" / "sub" / "a.gguf"
    assert path.exists()
    models.remove(model.key)  # and the program dies
    next(outside.glob(".removed/*/removal.json")).write_text('{"complete": true}')
    assert library(folder).installed() == []
    assert not (outside / ".removed").exists()


def test_all_parts_go_and_come_back_together(folder: Path) -> None:
    folder.mkdir()
    parts = write_parts(folder)
    found = library(folder)
    (one,) = found.installed()
    removal = found.remove(one.key)
    assert list(folder.glob("*.gguf")) == []
    assert found.undo_remove(removal) == one
    assert all(part.exists() for part in parts)
    parts[1].unlink()
    found.installed()
    found.remove(one.key)
    found.really_remove()
    assert list(folder.glob("*.gguf")) == []


def test_a_broken_file_and_one_that_is_missing_can_be_removed(folder: Path, outside: Path) -> None:
    folder.mkdir()
    (folder / "page.gguf").write_text("<html>")
    gone = write(outside / "Gone.gguf")
    found = library(folder)
    found.import_file(gone, copy=False)
    gone.unlink()
    for one in found.installed():
        found.remove(one.key)
    assert found.installed() == []
    assert error_from(found.remove, "page").kind is ErrorKind.NO_SUCH_MODEL


def test_a_name_that_was_taken_meanwhile_is_no_hindrance(folder: Path) -> None:
    write(folder / "A.gguf", named("first"))
    found = library(folder)
    removal = found.remove("A")
    write(folder / "A.gguf", named("second"))
    found.installed()
    back = found.undo_remove(removal)
    assert back.path != folder / "A.gguf"
    assert back.path.read_bytes() == named("first").encode()
    assert len(found.installed()) == 2
    assert len({one.key for one in found.installed()}) == 2


@pytest.mark.parametrize("step", ["first", "second", "note"])
def test_a_removal_that_fails_has_removed_nothing(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    write_parts(folder)
    found = library(folder)
    before = found.installed()
    moved: list[int] = []
    real = keeping.replace_file

    def fail(source: Path, target: Path) -> None:
        if target.name.isdigit():
            moved.append(1)
            if len(moved) == (1 if step == "first" else 2):
                raise OSError(errno.EACCES, "no")
        real(source, target)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EACCES, "no")

    with monkeypatch.context() as broken:
        broken.setattr(
            keeping, "write_atomic" if step == "note" else "replace_file", refuse if step == "note" else fail
        )
        assert error_from(found.remove, before[0].key).kind is ErrorKind.READ_ONLY
    assert found.installed() == before
    assert not (folder / ".removed").exists()


class PowerCut(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
def test_a_removal_that_was_cut_off_is_put_back(moves: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    write_parts(folder)
    found = library(folder)
    before = found.installed()
    real, moved = keeping.replace_file, []

    def cut(source: Path, target: Path) -> None:
        if len(moved) == moves:
            raise PowerCut
        moved.append(target)
        real(source, target)

    with monkeypatch.context() as broken:
        broken.setattr(keeping, "replace_file", cut)
        if moves == 3:
            broken.setattr(keeping, "sync_folder", lambda _: (_ for _ in ()).throw(PowerCut()))
        with pytest.raises(PowerCut):
            found.remove(before[0].key)
    monkeypatch.setattr(keeping, "_is_running", lambda _: False)
    again = library(folder).installed()
    if moves < 3:
        assert again == before
    else:  # everything was done; the user would have been told in the next moment
        assert again == []
    assert not (folder / ".removed").exists()


def test_a_removal_whose_program_died_is_carried_out_at_the_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "A.gguf")
    library(folder).remove("A")
    assert library(folder).installed() == []
    assert (folder / ".removed").exists()  # that program is still there: it may undo it
    note = next(folder.glob(".removed/*/removal.json"))
    dead = next(number for number in range(99999, 0, -1) if not psutil.pid_exists(number))
    note.write_text(json.dumps({**json.loads(note.read_text()), "pid": dead}))
    assert library(folder).installed() == []
    assert not (folder / ".removed").exists()


def test_files_whose_note_is_lost_come_back_under_a_new_name(folder: Path) -> None:
    write(folder / "A.gguf")
    library(folder).remove("A")
    note = next(folder.glob(".removed/*/removal.json"))
    for damage in (b"", b"[]", b'{"files": ["../../x.gguf"], "complete": false}', b"\xff"):
        note.write_bytes(damage)
    (back,) = library(folder).installed()
    assert back.path.name.startswith("restored-")
    assert back.problem is None
    assert not (folder / ".removed").exists()
    assert list(folder.parent.glob("*.gguf")) == []


# ---------------------------------------------------------------- checking


def test_checking_says_whether_the_bytes_are_those_that_came(folder: Path) -> None:
    path = write(folder / "A.gguf")
    found = library(folder)
    found.register(arrived(path, catalogue="row"), path)
    (one,) = found.installed()
    assert one.upstream is not None
    assert one.upstream == Upstream("owner/name", REVISION, ("Q4/A.gguf",), (digest(path),), "row")
    assert one.verified > 0
    steps: list[tuple[int, int]] = []
    result = found.verify(one.key, progress=lambda done, size: steps.append((done, size)))
    assert (result.ok, result.known, result.sha256) == (True, True, (digest(path),))
    assert steps[-1] == (path.stat().st_size, path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert found.installed()[0].verified == 0
    result = found.verify(one.key)
    assert (result.ok, result.known) == (False, True)
    assert found.installed()[0].verified == 0


def test_without_a_hash_to_compare_with_the_first_check_makes_one(folder: Path) -> None:
    path = write(folder / "A.gguf")
    found = library(folder)
    first = found.verify("A")
    assert (first.ok, first.known) == (True, False)
    again = library(folder).verify("A")
    assert (again.ok, again.known, again.sha256) == (True, True, (digest(path),))
    (folder / "page.gguf").write_text("<html>")
    found.installed()
    assert not found.verify("page").ok


def test_the_starter_is_known(starter_path: Path, folder: Path) -> None:
    found = library(folder)
    taken = found.import_file(starter_path, copy=False)
    result = found.verify(taken.key)
    assert (result.ok, result.known) == (True, True)


def test_checking_can_be_cancelled_and_meets_what_is_gone(folder: Path) -> None:
    path = write(folder / "A.gguf")
    write(folder / "B.gguf")
    found = library(folder)
    found.installed()
    assert error_from(found.verify, "A", cancelled=lambda: True).kind is ErrorKind.CANCELLED
    path.unlink()
    error = error_from(found.verify, "A")
    assert (error.kind, error.values["name"]) == (ErrorKind.FILE_UNREADABLE, "A.gguf")
    assert error_from(found.verify, "never").kind is ErrorKind.NO_SUCH_MODEL


def test_all_parts_are_checked(folder: Path) -> None:
    folder.mkdir()
    parts = write_parts(folder)
    found = library(folder)
    (one,) = found.installed()
    assert found.verify(one.key).sha256 == tuple(digest(part) for part in parts)


# ---------------------------------------------------------------- the same once more


def test_what_would_come_once_more_is_recognised(folder: Path) -> None:
    path = write(folder / "A.gguf")
    found = library(folder)
    found.register(arrived(path), path)
    found.installed()
    size = path.stat().st_size
    assert found.held([Part(Place(repo="x/y", file="other.gguf"), size, digest(path))]) == "A"
    assert found.held([Part(Place(repo="x/y", file="deep/A.gguf"), size)]) == "A"
    assert found.held([Part(Place(repo="x/y", file="A.gguf"), size, "ab" * 32)]) == ""  # a newer one of the same size
    assert found.held([Part(Place(repo="x/y", file="A.gguf"), size + 1, "ab" * 32)]) == ""
    assert found.held([Part(Place(repo="x/y", file="A.gguf"))]) == ""


def test_one_part_or_a_file_that_cannot_be_used_does_not_stand_for_a_model(folder: Path) -> None:
    path = write(folder / "A.gguf")
    found = library(folder)
    found.register(arrived(path), path)
    found.installed()
    place, size, sha256 = Place(repo="x/y", file="A.gguf"), path.stat().st_size, digest(path)
    later = Part(Place(repo="x/y", file="A-2.gguf"), size, "cd" * 32)
    assert found.held([Part(place, size, sha256), later]) == ""
    assert found.held([Part(place, size, sha256), Part(later.place, 0)]) == ""
    assert found.held([Part(place, size, sha256)]) == "A"
    path.write_bytes(b"x" * size)
    found.installed()
    assert found.held([Part(place, size, sha256)]) == ""
    assert found.held([Part(place, size)]) == ""


# ---------------------------------------------------------------- newer


def facts(sha256: str, *, revision: str = OTHER, repo: str = "owner/name", size: int = 5) -> RepoFacts:
    return RepoFacts(id="1", repo=repo, revision=revision, files=(RemoteFile(name="a.gguf", size=size, sha256=sha256),))


def test_a_newer_version_is_one_with_other_bytes() -> None:
    kept = Upstream("owner/name", REVISION, ("a.gguf",), ("ab" * 32,))
    found = newer(kept, facts("cd" * 32))
    assert found is not None
    assert (found.repo, found.revision, found.files, found.size) == ("owner/name", OTHER, ("a.gguf",), 5)
    assert newer(kept, facts("ab" * 32)) is None
    assert newer(kept, facts("cd" * 32, revision=REVISION)) is None
    assert newer(kept, facts("cd" * 32, repo="other/name")) is None
    assert newer(kept, facts("")) is None
    assert newer(kept, RepoFacts(id="1", repo="owner/name", revision=OTHER)) is None
    assert newer(None, facts("cd" * 32)) is None
    assert newer(replace(kept, sha256=("",)), facts("cd" * 32)) is None
    assert newer(replace(kept, sha256=()), facts("cd" * 32)) is None
    assert newer(Upstream(), facts("cd" * 32, repo="")) is None


# ---------------------------------------------------------------- away, and one bad file


def test_an_empty_folder_where_a_disk_was_keeps_its_models_as_missing(tmp_path: Path) -> None:
    disk, home = tmp_path / "disk", tmp_path / "home"
    write(disk / "A.gguf")
    write(disk / "B.gguf")
    first = Models(disk, home / "index.json").installed()
    disk.rename(tmp_path / "unplugged")
    disk.mkdir()  # what is left of a mount point
    gone = Models(disk, home / "index.json")
    assert [(one.key, one.missing) for one in gone.installed()] == [("A", True), ("B", True)]
    assert list(disk.iterdir()) == []
    gone.remove("B")
    disk.rmdir()
    (tmp_path / "unplugged").rename(disk)
    back = Models(disk, home / "index.json").installed()
    assert back[0] == first[0]
    assert [one.missing for one in back] == [False, False]


def test_a_model_that_was_deleted_by_hand_is_gone_also_from_a_folder_of_ones_own(tmp_path: Path) -> None:
    disk, home = tmp_path / "disk", tmp_path / "home"
    path = write(disk / "A.gguf")
    assert len(Models(disk, home / "index.json").installed()) == 1
    path.unlink()
    assert Models(disk, home / "index.json").installed() == []


def test_one_bad_file_hides_no_other(folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "Good.gguf")
    linked = write(outside / "closed" / "Linked.gguf")
    found = library(folder)
    found.import_file(linked, copy=False)
    (folder / "broken.gguf").symlink_to(folder / "nowhere")
    (folder / "loop.gguf").symlink_to(folder / "loop.gguf")
    (folder / "folder.gguf").mkdir()
    (folder / "empty.gguf").write_bytes(b"")
    write(folder / "Bomb.gguf")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.gguf")
    if os.name != "nt":
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.gguf")).write_bytes(named("odd").encode())
    real_stat, real_read = Path.stat, installed.read_header

    def stat(self: Path, **options: bool) -> os.stat_result:
        if self.name == "Linked.gguf":
            raise PermissionError(errno.EACCES, "no")
        return real_stat(self, **options)

    def read_header(path: Path) -> object:
        if path.name == "Bomb.gguf":
            raise RuntimeError("nobody foresaw this")
        return real_read(path)

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(installed, "read_header", read_header)
    shown = {one.name: one for one in library(folder).installed()}
    assert shown["Good"].usable
    assert shown["Linked"].missing
    assert shown["Bomb"].problem is ErrorKind.MODEL_DAMAGED
    assert shown["broken"].missing
    for one in shown.values():
        one.name.encode()
    assert len(library(folder).installed()) == len(shown)


def test_named_templates_are_told(folder: Path) -> None:
    pairs = {
        f"tokenizer.chat_template.{name}": Pair(f"tokenizer.chat_template.{name}", STRING, "x")
        for name in ("tool_use", "rag")
    }
    write(folder / "A.gguf", model(pairs=pairs))
    (one,) = library(folder).installed()
    assert one.templates == ("tool_use", "rag")
    assert library(folder).installed() == [one]


def test_an_index_of_an_older_version_is_read_again_and_keeps_what_was_learned(folder: Path) -> None:
    write(folder / "A.gguf")
    found = library(folder)
    found.installed()
    found.mark_used("A")
    path = folder / "index.json"
    content = json.loads(path.read_text())
    content["version"] = 1
    content["models"]["A"]["facts"]["architecture"] = "old"
    path.write_text(json.dumps(content))
    (one,) = library(folder).installed()
    assert one.architecture == "llama"
    assert one.last_used > 0
    assert json.loads(path.read_text())["version"] == index._VERSION


def test_an_upstream_that_makes_no_sense_is_dropped(folder: Path) -> None:
    write(folder / "A.gguf")
    library(folder).installed()
    path = folder / "index.json"
    for damage in (5, [], {"repo": 5}, {"files": 5}, {"files": [5]}):
        content = json.loads(path.read_text())
        content["models"]["A"]["upstream"] = damage
        content["models"]["A"]["sha256"] = damage
        path.write_text(json.dumps(content))
        (one,) = library(folder).installed()
        assert one.upstream is None or one.upstream.files == ()
        assert one.problem is None


def test_what_a_download_left_is_remembered_also_when_the_index_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder / "A.gguf")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(index, "write_atomic", refuse)
    found = library(folder)
    found.register(arrived(path), path)
    assert names(found) == ["A"]
    assert isinstance(error_from(found.remove, "never"), AssistantError)
