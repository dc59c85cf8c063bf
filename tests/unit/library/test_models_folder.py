"""Finding, adopting and remembering models."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import adopt, index, installed, models, starter
from assistant.library.models import Models
from assistant.texts.errors import sentence
from tests.fakes import tiny_models
from tests.unit.library.folders import error_from, library, named, write
from tests.unit.library.handmade import STRING, Pair, Weights, model, write_parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


# ---------------------------------------------------------------- looking


def test_nothing_is_there_and_nothing_is_made(folder: Path) -> None:
    found = library(folder)
    assert found.installed() == []
    assert found.default() is None
    assert not folder.exists()


def test_what_a_folder_holds(folder: Path) -> None:
    write(folder / "Qwen3.5-4B-UD-Q4_K_XL.gguf")
    write(folder / "deep" / "er" / "Gemma.Q8_0.gguf")
    write(folder / ".hidden" / "no.gguf")
    write(folder / ".import-1-2.gguf")
    (folder / "notes.txt").write_text("not a model")
    (folder / "page.gguf").write_text("<html>")
    found = {model.name: model for model in library(folder).installed()}
    assert set(found) == {"Qwen3.5-4B", "Gemma", "page"}
    qwen = found["Qwen3.5-4B"]
    assert (qwen.quantization, qwen.architecture, qwen.has_template) == ("UD-Q4_K_XL", "llama", True)
    assert (qwen.linked, qwen.missing, qwen.demo, qwen.problem) == (False, False, False, None)
    assert qwen.size == qwen.path.stat().st_size
    assert qwen.error() is None
    page = found["page"]
    assert page.problem is ErrorKind.MODEL_NOT_A_MODEL
    error = page.error()
    assert error is not None
    assert error.values == {"name": "page"}


def test_a_linked_folder_is_looked_through_once_and_no_circle_is_walked(folder: Path, outside: Path) -> None:
    write(folder / "here" / "a.gguf")
    write(outside / "b.gguf")
    write(outside / "deeper" / "c.gguf")
    (folder / "a link").symlink_to(folder / "here", target_is_directory=True)
    (folder / "disk").symlink_to(outside, target_is_directory=True)
    (folder / "disk again").symlink_to(outside, target_is_directory=True)
    (outside / "back").symlink_to(folder, target_is_directory=True)
    (outside / "deeper" / "round").symlink_to(outside, target_is_directory=True)
    (folder / "broken").symlink_to(outside / "nothing", target_is_directory=True)
    found = library(folder).installed()
    assert [m.path.relative_to(folder).as_posix() for m in found] == [
        "here/a.gguf", "disk/b.gguf", "disk/deeper/c.gguf"
    ]  # fmt: skip
    assert not any(m.linked for m in found)


def test_models_behind_a_link_that_leads_nowhere_now_are_missing(folder: Path, outside: Path) -> None:
    write(outside / "b.gguf")
    folder.mkdir()
    (folder / "disk").symlink_to(outside, target_is_directory=True)
    (key,) = [m.key for m in library(folder).installed()]
    away = outside.rename(outside.with_name("unplugged"))
    assert [(m.key, m.missing) for m in library(folder).installed()] == [(key, True)]
    away.rename(outside)
    assert [(m.key, m.missing) for m in library(folder).installed()] == [(key, False)]
    (outside / "b.gguf").unlink()
    assert library(folder).installed() == []


def test_what_is_gone_or_back_is_noticed_wherever_it_lies(folder: Path, outside: Path) -> None:
    inside, linked = write(folder / "sub" / "a.gguf"), write(outside / "b.gguf")
    found = library(folder)
    found.import_file(linked, copy=False)

    def look() -> None:
        """What the first look learns it writes down, which the second one sees."""
        found.installed()
        found.installed()
        assert not found.changed_outside()

    for path in (linked, inside):
        look()
        away = path.rename(path.with_suffix(".away"))
        assert found.changed_outside()
        look()
        away.rename(path)
        assert found.changed_outside() is (path is linked)  # a new file in a subfolder is for the next start


def test_odd_names_are_fine_and_keys_are_safe_in_file_names(folder: Path) -> None:
    names = ["模型 é 😀.gguf", "a b (1).gguf", "x...gguf", "-.gguf", "CON.gguf", "x" * 200 + ".gguf"]
    for name in names:
        write(folder / name)
    found = library(folder).installed()
    assert len(found) == len(names)
    assert len({model.key for model in found}) == len(names)
    for one in found:
        assert not set(one.key) & set('/\\:*?"<>| \0')
        assert 0 < len(one.key) <= 90
        assert library(folder).find(one.name).key == one.key


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_has_one_line_and_nothing_unseen(folder: Path) -> None:
    write(folder / "A\nB\x1b[31m\u202e C.gguf")
    assert [model.name for model in library(folder).installed()] == ["A B [31m C"]


def test_models_of_one_name_are_told_apart(folder: Path) -> None:
    write(folder / "A-Q4_0.gguf")
    write(folder / "A-Q8_0.gguf", named("other"))
    write(folder / "sub" / "A-Q8_0.gguf", named("third"))
    found = library(folder).installed()
    assert len({model.name for model in found}) == 3
    assert len({model.key for model in found}) == 3


def test_a_header_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder / "A.gguf")
    before = library(folder).installed()
    read: list[Path] = []
    real = installed.read_header
    monkeypatch.setattr(installed, "read_header", lambda file: read.append(file) or real(file))
    assert library(folder).installed() == before
    assert read == []
    path.write_bytes(named("changed").encode())
    os.utime(path, ns=(1, 1))
    library(folder).installed()
    assert read == [path]


def test_what_is_gone_from_the_folder_is_gone(folder: Path) -> None:
    path = write(folder / "A.gguf")
    assert library(folder).installed()
    path.unlink()
    assert library(folder).installed() == []


def test_an_unplugged_disk_leaves_its_models_as_missing(tmp_path: Path) -> None:
    disk, home = tmp_path / "disk", tmp_path / "home"
    write(disk / "A.gguf")
    first = Models(disk, home / "index.json").installed()[0]
    disk.rename(tmp_path / "unplugged")
    gone = Models(disk, home / "index.json")
    assert [(m.key, m.missing, m.problem) for m in gone.installed()] == [(first.key, True, ErrorKind.MODEL_MISSING)]
    assert gone.default(first.key) is None
    error = gone.installed()[0].error()
    assert error is not None
    assert error.kind is ErrorKind.MODEL_MISSING
    (tmp_path / "unplugged").rename(disk)
    assert Models(disk, home / "index.json").default(first.key) == first


def test_parts_are_one_model(folder: Path) -> None:
    folder.mkdir()
    parts = write_parts(folder)
    (found,) = library(folder).installed()
    assert (found.name, found.path, found.problem) == ("Big", parts[0], None)
    assert found.size == sum(part.stat().st_size for part in parts)
    parts[1].unlink()
    (found,) = library(folder).installed()
    error = found.error()
    assert error is not None
    assert error.values["part"] == parts[1].name
    parts[0].unlink()
    (found,) = library(folder).installed()
    assert found.problem is ErrorKind.MODEL_MISSING
    for part in write_parts(folder):
        assert part.exists()
    (found,) = library(folder).installed()
    assert found.problem is None


# ---------------------------------------------------------------- finding


def test_ways_to_name_a_model(folder: Path, outside: Path) -> None:
    write(folder / "Qwen3.5-4B-Q4_K_M.gguf")
    write(folder / "Qwen3.5-9B-Q4_K_M.gguf")
    write(folder / "SmolLM2.gguf")
    found = library(folder)
    assert found.find("smol").name == "SmolLM2"
    assert found.find("QWEN3.5-4B").name == "Qwen3.5-4B"
    assert found.find("Qwen3.5-9B-Q4_K_M.gguf").name == "Qwen3.5-9B"
    assert found.find("Qwen3.5-9B-Q4_K_M").name == "Qwen3.5-9B"
    error = error_from(found.find, "Qwen3.5")
    assert error.kind is ErrorKind.NO_SUCH_MODEL
    assert error.values["candidates"] == "Qwen3.5-4B, Qwen3.5-9B"
    for name in ("", " ", "Llama", "nothing.gguf", str(outside / "nothing.gguf"), "no\0name.gguf"):
        assert error_from(found.find, name).kind is ErrorKind.NO_SUCH_MODEL


def test_a_path_leads_to_models_that_are_not_installed(folder: Path, outside: Path) -> None:
    inside = write(folder / "A.gguf")
    found = library(folder)
    assert found.find(str(inside)).key == "A"
    path = write(outside / "B 模型.gguf")
    other = found.find(str(path))
    assert (other.name, other.path, other.linked, other.problem) == ("B 模型", path, True, None)
    assert other.shape is not None
    assert not set(other.key) & set("/\\: ")
    assert [model.name for model in found.installed()] == ["A"]
    (outside / "bad.gguf").write_text("<html>")
    assert error_from(found.find, str(outside / "bad.gguf")).kind is ErrorKind.MODEL_NOT_A_MODEL


def test_the_default_is_the_preferred_then_the_last_used_then_the_newest_and_the_starter_last(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = write(folder / "Starter.gguf", named("The starter of these tests"))
    facts = starter.Starter("Starter.gguf", demo.stat().st_size, "", "", "", "", "", "Starter")
    monkeypatch.setattr(starter, "starter", lambda: facts)
    monkeypatch.setattr(installed, "starter", lambda: facts)
    found = library(folder)
    only = found.default()
    assert only is not None
    assert (only.demo, only.name) == (True, "Starter")
    for name in ("old", "new"):
        write(folder / f"{name}.gguf")
        os.utime(folder / f"{name}.gguf", (1000, 1000) if name == "old" else (2000, 2000))
    (folder / "broken.gguf").write_text("<html>")
    found.installed()
    assert _name(found.default()) == "new"
    found.mark_used("old")
    assert _name(found.default()) == "old"
    assert _name(library(folder).default()) == "old"
    assert _name(found.default("Starter")) == "Starter"
    assert _name(found.default("broken")) == "old"
    assert _name(found.default("never heard of")) == "old"


def _name(model: models.InstalledModel | None) -> str:
    return model.name if model else ""


# ---------------------------------------------------------------- adopting


@pytest.mark.parametrize("copy", [True, False])
def test_taking_a_model_in(copy: bool, folder: Path, outside: Path) -> None:
    path = write(outside / "模型 😀-Q4_0.gguf")
    found = library(folder)
    taken = found.import_file(path, copy=copy)
    assert (taken.name, taken.linked, taken.quantization) == ("模型 😀", not copy, "Q4_0")
    assert taken.path == (folder / path.name if copy else path)
    assert taken.path.read_bytes() == path.read_bytes()
    assert library(folder).installed() == [taken]
    path.unlink()
    assert [model.missing for model in library(folder).installed()] == [not copy]


def test_damage_to_a_copy_is_seen_when_it_is_checked(folder: Path, outside: Path) -> None:
    found = library(folder)
    taken = found.import_file(write(outside / "A.gguf"), copy=True)
    assert found.verify(taken.key).known
    before = taken.path.stat()
    content = bytearray(taken.path.read_bytes())
    content[-1] ^= 1
    taken.path.write_bytes(content)
    os.utime(taken.path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as a disk does it, not a program
    assert not found.verify(taken.key).ok


def test_a_model_that_is_here_already_is_recognised_by_what_it_is(folder: Path, outside: Path) -> None:
    first = write(outside / "one.gguf", named("same"))
    again = write(outside / "two.gguf", named("same"))
    found = library(folder)
    found.import_file(first, copy=True)
    for path in (first, again, folder / "one.gguf"):
        error = error_from(found.import_file, path, copy=True)
        assert error.kind is ErrorKind.MODEL_EXISTS
        assert error.values == {"name": "one"}
    different = write(outside / "three.gguf", named("some"))
    assert different.stat().st_size == first.stat().st_size
    assert found.import_file(different, copy=False).name == "three"


def test_another_model_of_the_same_file_name_gets_a_free_one(folder: Path, outside: Path) -> None:
    found = library(folder)
    found.import_file(write(outside / "A.gguf", named("one")), copy=True)
    second = found.import_file(write(outside / "A.gguf", named("two")), copy=True)
    assert second.path == folder / "A-2.gguf"


def test_all_parts_are_copied_and_keep_their_numbers(folder: Path, outside: Path) -> None:
    parts = write_parts(outside)
    steps: list[tuple[int, int]] = []
    taken = library(folder).import_file(parts[1], copy=True, progress=lambda done, all_: steps.append((done, all_)))
    assert sorted(path.name for path in folder.glob("*.gguf")) == [part.name for part in parts]
    assert taken.size == steps[-1][0] == steps[-1][1]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_what_is_no_model_is_not_taken_in(folder: Path, outside: Path) -> None:
    (outside / "page.gguf").write_text("<html>")
    assert error_from(library(folder).import_file, outside / "page.gguf", copy=True).kind is ErrorKind.MODEL_NOT_A_MODEL
    assert error_from(library(folder).import_file, outside / "none.gguf", copy=True).kind is ErrorKind.MODEL_MISSING
    assert not folder.exists() or list(folder.glob("*.gguf")) == []


def test_a_cancelled_copy_leaves_nothing(folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adopt, "_BLOCK", 512)
    path = write(outside / "A.gguf")
    steps: list[int] = []
    error = error_from(
        library(folder).import_file,
        path,
        copy=True,
        progress=lambda done, _: steps.append(done),
        cancelled=lambda: len(steps) == 2,
    )
    assert error.kind is ErrorKind.CANCELLED
    assert steps == [512, 1024]
    assert [place.name for place in folder.iterdir() if not place.name.startswith((".index", "index"))] == []


def test_a_full_disk_is_told_before_the_first_byte(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(outside / "A.gguf")
    size = path.stat().st_size
    usage = shutil.disk_usage(outside)._replace(total=100 << 30, free=size + (1 << 30) - 1)
    monkeypatch.setattr(adopt.shutil, "disk_usage", lambda _: usage)
    error = error_from(library(folder).import_file, path, copy=True)
    assert error.kind is ErrorKind.DISK_FULL
    assert error.values == {"needed": size + (1 << 30), "free": usage.free}
    monkeypatch.setattr(adopt.shutil, "disk_usage", lambda _: usage._replace(total=20 << 20))
    assert library(folder).import_file(path, copy=True).name == "A"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, ErrorKind.DISK_FULL),
        (errno.EIO, ErrorKind.READ_ONLY),
        (errno.EACCES, ErrorKind.READ_ONLY),
        (errno.EROFS, ErrorKind.READ_ONLY),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_disk_leaves_nothing_and_the_next_try_works(
    code: int, kind: ErrorKind, step: str, folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(outside / "A.gguf")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        if step == "fsync":
            broken.setattr(adopt.os, "fsync", fail)
        else:
            broken.setattr(Path, "replace", fail)
        assert error_from(library(folder).import_file, path, copy=True).kind is kind
    assert list(folder.glob("*.gguf")) == list(folder.glob(".import-*")) == []
    assert library(folder).import_file(path, copy=True).name == "A"


def test_a_disk_that_fills_while_a_copy_is_made_is_asked_what_is_free_without_the_half(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(outside / "A.gguf")
    usage = shutil.disk_usage(outside)._replace(total=20 << 20, free=1 << 30)
    halves: list[list[Path]] = []

    def disk_usage(_: object) -> Any:
        halves.append(list(folder.glob(".import-*")))
        return usage

    def full(*_: object) -> None:
        nonlocal usage
        usage = usage._replace(free=10)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    monkeypatch.setattr(adopt.os, "fsync", full)
    error = error_from(library(folder).import_file, path, copy=True)
    assert error.values["needed"] == path.stat().st_size
    assert halves[-1] == []
    assert "10 bytes are free. Free " in sentence(error)
    assert sentence(AssistantError(ErrorKind.DISK_FULL, needed=5, free=9)).startswith("The disk is full.")


def test_the_half_of_a_copy_whose_program_died_is_cleaned_up(folder: Path) -> None:
    folder.mkdir()
    dead = next(number for number in range(99999, 0, -1) if not psutil.pid_exists(number))
    (folder / f".import-{dead}-abc.part").write_bytes(b"half")
    (folder / f".import-{os.getpid()}-abc.part").write_bytes(b"ours, and running")
    adopt.remove_leftovers(folder)
    assert [place.name for place in folder.iterdir()] == [f".import-{os.getpid()}-abc.part"]


@pytest.mark.parametrize("copy", [True, False])
def test_a_place_that_cannot_be_written_is_told(
    copy: bool, folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    path = write(outside / "A.gguf")
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert error_from(library(folder).import_file, path, copy=copy).kind is ErrorKind.READ_ONLY


def test_a_full_disk_is_no_folder_that_cannot_be_written(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no")

    path = write(outside / "A.gguf")
    models = library(folder)
    with monkeypatch.context() as full:
        full.setattr(Path, "mkdir", refuse)
        assert error_from(models.import_file, path, copy=False).kind is ErrorKind.DISK_FULL
    key = models.import_file(path, copy=False).key
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert error_from(models.remove, key).kind is ErrorKind.DISK_FULL


# ---------------------------------------------------------------- the index


def test_models_are_found_although_the_index_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    write(folder / "A.gguf")
    monkeypatch.setattr(index, "write_atomic", refuse)
    found = library(folder)
    assert [model.name for model in found.installed()] == ["A"]
    found.mark_used("A")


DAMAGE = [
    b"", b"\0" * 500, b"[]", b"{}", b'{"models": 5}', b'{"models": {"a": 5}}', b"\xff\xfe", b"[" * 100_000,
    b'{"models": {"A": {"path": "A.gguf", "size": "many", "facts": {"architecture": 5}}}}',
    b'{"models": {"A": {"path": "A.gguf", "facts": {"shape": {"weights": "x"}}}}}',
    b'{"models": {"A": {"path": 5}}}', b'{"models": {"A": {"path": "A.gguf", "future": 1, "facts": null}}}',
    b'{"models": {"A": {"path": "A.gguf", "facts": {"problem": "a_new_one"}, "stamp": "x"}}}',
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_index_is_built_again(content: bytes, folder: Path) -> None:
    write(folder / "A.gguf")
    good = library(folder).installed()
    (folder / "index.json").write_bytes(content)
    assert library(folder).installed() == good
    assert library(folder).installed() == good


def test_an_index_that_makes_no_sense_is_kept_aside(folder: Path) -> None:
    write(folder / "A.gguf")
    (folder / "index.json").write_bytes(b"not json")
    library(folder).installed()
    assert (folder / "index.json.damaged").read_bytes() == b"not json"


def test_two_programs_do_not_lose_each_others_changes(folder: Path, outside: Path) -> None:
    write(folder / "A.gguf")
    window, line = library(folder), library(folder)
    window.installed()
    line.installed()
    line.import_file(write(outside / "B.gguf"), copy=False)
    window.mark_used("A")
    (folder / "C.gguf").write_bytes(named("C").encode())
    assert [model.name for model in window.installed()] == ["A", "B", "C"]
    kept = json.loads((folder / "index.json").read_text(encoding="utf-8"))["models"]
    assert set(kept) == {"A", "B", "C"}
    assert kept["A"]["last_used"] > 0


def test_a_lock_that_somebody_sits_on_does_not_stop_us(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "A.gguf")
    monkeypatch.setattr(index, "_LOCK_SECONDS", 0.05)
    with (folder / ".index.json.lock").open("a+b") as other:
        assert index._take(other)
        assert [model.name for model in library(folder).installed()] == ["A"]
    assert (folder / "index.json").exists()


# ---------------------------------------------------------------- models that make vectors


def test_a_model_that_makes_vectors_is_one_but_answers_nothing(folder: Path, outside: Path) -> None:
    shelf = library(folder)
    tiny_models.write_embedding(outside / "vectors.gguf")
    taken = shelf.import_file(outside / "vectors.gguf", copy=True)
    assert (taken.problem, taken.error(), taken.usable, taken.embeds) == (None, None, False, True)
    assert taken.refusal("embed") is None
    for task in ("chat", "summarize", "translate"):
        refused = taken.refusal(task)
        assert refused is not None
        assert (refused.kind, refused.values["name"]) == (ErrorKind.MODEL_EMBEDS, "vectors")
    assert taken.shape is not None
    assert shelf.default() is None
    writer = write(folder / "A.gguf")
    shelf.installed()
    found = shelf.find("A")
    assert found.path == writer
    assert shelf.default() == found
    refused = found.refusal("embed")
    assert refused is not None
    assert refused.kind is ErrorKind.MODEL_WRITES
    assert error_from(shelf.import_file, outside / "vectors.gguf", copy=True).kind is ErrorKind.MODEL_EXISTS
    assert shelf.verify(taken.key).ok
    removal = shelf.remove(taken.key)
    assert [model.key for model in shelf.installed()] == [found.key]
    assert shelf.undo_remove(removal).embeds
    (folder / "vectors.gguf").unlink()
    assert [model.key for model in library(folder).installed()] == [found.key]


def test_what_an_older_version_refused_is_looked_at_again(folder: Path) -> None:
    folder.mkdir()
    path = tiny_models.write_embedding(folder / "vectors.gguf")
    library(folder).installed()
    content = json.loads((folder / "index.json").read_text())
    (record,) = content["models"].values()
    record["facts"] = {"architecture": "bert", "problem": "model_not_for_text", "values": {"architecture": "bert"}}
    record["added"] = 77.0
    content["version"] = 2
    (folder / "index.json").write_text(json.dumps(content))
    (found,) = library(folder).installed()
    assert (found.path, found.embeds, found.error(), found.added) == (path, True, None, 77.0)


# ---------------------------------------------------------------- the starter


def test_the_starter_is_known_by_its_facts(starter_path: Path, folder: Path) -> None:
    facts = starter.starter()
    assert (facts.file, facts.size) == (starter_path.name, starter_path.stat().st_size)
    assert facts.sha256 == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    assert facts.licence == "Apache-2.0"
    taken = library(folder).import_file(starter_path, copy=False)
    assert (taken.demo, taken.name, taken.has_template) == (True, facts.name, True)


def test_a_file_of_weights_alone_is_listed_with_its_problem(folder: Path) -> None:
    write(folder / "mmproj.gguf", model(pairs={"general.architecture": Pair("general.architecture", STRING, "clip")}))
    write(folder / "odd.gguf", model(tensors=[Weights("token_embd.weight", [8, 100], 50)]))
    found = {m.name: m.problem for m in library(folder).installed()}
    assert found == {"mmproj": ErrorKind.MODEL_NOT_FOR_TEXT, "odd": ErrorKind.MODEL_UNSUPPORTED}
