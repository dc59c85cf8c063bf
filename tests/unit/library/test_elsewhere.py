"""Models of other programs: found in every layout, never touched, and no folder is too strange to be looked at."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.library import elsewhere
from assistant.library.elsewhere import Elsewhere, find
from assistant.library.elsewhere_places import Machine, folders
from assistant.library.gguf import read_header
from assistant.library.models import Models
from tests.fakes import tiny_models
from tests.unit.library.handmade import STRING, Pair, model, write_parts

REVISION = "1234567890" * 4
OLDER = "0123456789" * 4


def content(name: str) -> bytes:
    return model(pairs={"general.name": Pair("general.name", STRING, name)}).encode()


def write(path: Path, name: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content(name or path.stem))
    return path


def write_hub(cache: Path, file: str, *, repo: str = "owner/name", revision: str = REVISION) -> Path:
    """A file in the Hub's cache: a link in the snapshot that leads to a blob named by its hash."""
    place = cache / f"models--{repo.replace('/', '--')}"
    data = content(file)
    blob = place / "blobs" / hashlib.sha256(data).hexdigest()
    blob.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(data)
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / "main").write_text(REVISION)
    link = place / "snapshots" / revision / file
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(os.path.relpath(blob, link.parent))
    return link


def write_ollama(models: Path, name: str, *kinds: str, host: str = "registry.ollama.ai", data: bytes = b"") -> Path:
    """A manifest and its blobs. ``name`` is ``namespace/model/tag``."""
    layers = []
    model_blob = models
    for kind in kinds or ("model",):
        body = (data or content(name)) if kind == "model" else f"{kind} of {name}".encode()
        digest = hashlib.sha256(body).hexdigest()
        blob = models / "blobs" / f"sha256-{digest}"
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(body)
        layers.append({"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}", "size": 1})
        model_blob = blob if kind == "model" else model_blob
    manifest = models / "manifests" / host / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return model_blob


def names(found: list[Elsewhere]) -> dict[str, str]:
    return {one.name: one.app for one in found}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def look(
    home: Path, environ: dict[str, str] | None = None, system: str = "linux", **options: object
) -> list[Elsewhere]:
    return find(home, environ or {}, system=system, **options)  # type: ignore[arg-type]


def picture(root: Path) -> list[tuple[str, int, int, int, bytes]]:
    """Everything below ``root``: names, kinds, times and contents."""
    rows = []
    for path in sorted([root, *root.rglob("*")]):
        facts = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        rows.append((str(path), facts.st_mode, facts.st_size, facts.st_mtime_ns, data))
    return rows


# ---------------------------------------------------------------- where

LAYOUTS = {
    "hub": ("linux", ".cache/huggingface/hub", {}),
    "hub, HF_HUB_CACHE": ("linux", "elsewhere", {"HF_HUB_CACHE": "{home}/elsewhere"}),
    "hub, HF_HOME": ("linux", "elsewhere/hub", {"HF_HOME": "~/elsewhere"}),
    "hub, XDG": ("linux", "c/huggingface/hub", {"XDG_CACHE_HOME": "{home}/c"}),
    "hub, Windows": ("win32", ".cache/huggingface/hub", {}),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_cache_of_the_hub(layout: str, home: Path) -> None:
    system, place, environ = LAYOUTS[layout]
    link = write_hub(home / place, "Qwen3-4B-Q4_K_M.gguf")
    write_hub(home / place, "sub/Gemma-Q8_0.gguf", repo="a/b")
    found = look(home, {key: value.format(home=home) for key, value in environ.items()}, system)
    assert names(found) == {"Qwen3-4B-Q4_K_M": "huggingface", "Gemma-Q8_0": "huggingface"}
    qwen = next(one for one in found if one.name.startswith("Qwen"))
    assert qwen.path == link
    assert qwen.size == link.stat().st_size
    assert qwen.facts.architecture == "llama"


def test_one_file_in_two_revisions_is_one_model_of_the_newest(home: Path) -> None:
    cache = home / ".cache" / "huggingface" / "hub"
    write_hub(cache, "A.gguf", revision=OLDER)
    newest = cache / "models--owner--name" / "snapshots" / REVISION / "A.gguf"
    newest.parent.mkdir(parents=True)
    newest.symlink_to(next((cache / "models--owner--name" / "blobs").iterdir()))
    assert [one.path for one in look(home)] == [newest]


PLAIN = {
    "lmstudio": ("linux", ".lmstudio/models/lmstudio-community/A-GGUF/A.gguf", "lmstudio"),
    "lmstudio, older": ("linux", ".cache/lm-studio/models/a/b/A.gguf", "lmstudio"),
    "lmstudio, Windows": ("win32", ".lmstudio/models/a/b/A.gguf", "lmstudio"),
    "gpt4all": ("linux", ".local/share/nomic.ai/GPT4All/A.gguf", "gpt4all"),
    "gpt4all, macOS": ("darwin", "Library/Application Support/nomic.ai/GPT4All/A.gguf", "gpt4all"),
    "gpt4all, Windows": ("win32", "AppData/Local/nomic.ai/GPT4All/A.gguf", "gpt4all"),
    "gpt4all, Python": ("linux", ".cache/gpt4all/A.gguf", "gpt4all"),
    "jan, oldest": ("linux", "jan/models/some/A.gguf", "jan"),
    "jan, Linux": ("linux", ".local/share/Jan/data/llamacpp/models/A/model.gguf", "jan"),
    "jan, Linux, older": ("linux", ".config/Jan/data/models/A/A.gguf", "jan"),
    "jan, macOS": ("darwin", "Library/Application Support/Jan/data/llamacpp/models/A/model.gguf", "jan"),
    "jan, Windows": ("win32", "AppData/Roaming/Jan/data/llamacpp/models/A/model.gguf", "jan"),
    "jan, cortex": ("linux", "cortexcpp/models/huggingface.co/a/b/A.gguf", "jan"),
    "llama.cpp": ("linux", ".cache/llama.cpp/A.gguf", "llama.cpp"),
    "llama.cpp, macOS": ("darwin", "Library/Caches/llama.cpp/A.gguf", "llama.cpp"),
    "llama.cpp, Windows": ("win32", "AppData/Local/llama.cpp/A.gguf", "llama.cpp"),
}


@pytest.mark.parametrize("layout", PLAIN)
def test_folders_of_files(layout: str, home: Path) -> None:
    system, place, app = PLAIN[layout]
    path = write(home / place, "A")
    assert [(one.app, one.name, one.path) for one in look(home, system=system)] == [(app, "A", path)]


def test_folders_that_the_user_has_moved(home: Path) -> None:
    (home / ".lmstudio").mkdir()
    (home / ".lmstudio" / "settings.json").write_text(json.dumps({"downloadsFolder": str(home / "big" / "lms")}))
    write(home / "big" / "lms" / "a" / "b" / "LM.gguf")
    (home / ".lmstudio-home-pointer").write_text(f"{home / 'other'}\n")
    write(home / "other" / "models" / "a" / "b" / "Pointer.gguf")
    (home / ".config" / "nomic.ai").mkdir(parents=True)
    (home / ".config" / "nomic.ai" / "GPT4All.ini").write_text(f"[General]\nmodelPath={home / 'big' / 'g4a'}\n")
    write(home / "big" / "g4a" / "G4A.gguf")
    (home / ".config" / "Jan").mkdir(parents=True)
    (home / ".config" / "Jan" / "settings.json").write_text(json.dumps({"data_folder": str(home / "big" / "jan")}))
    write(home / "big" / "jan" / "llamacpp" / "models" / "x" / "y" / "model.gguf", "Jan")
    write(home / "big" / "llama" / "L.gguf")
    found = look(home, {"LLAMA_CACHE": str(home / "big" / "llama")})
    assert names(found) == {"LM": "lmstudio", "Pointer": "lmstudio", "G4A": "gpt4all", "x/y": "jan", "L": "llama.cpp"}


def test_llama_cpps_two_caches(home: Path) -> None:
    cache = home / ".cache" / "llama.cpp"
    write(cache / "ggml-org_Qwen3-GGUF_Qwen3-Q8_0.gguf")
    (cache / "manifest=ggml-org=Qwen3-GGUF=latest.json").write_text("{}")
    write_hub(cache, "Newer-Q4_0.gguf")
    assert names(look(home)) == {"Qwen3-Q8_0": "llama.cpp", "Newer-Q4_0": "llama.cpp"}


def test_jan_says_how_a_model_is_called_and_where_it_lies(home: Path) -> None:
    place = home / ".local" / "share" / "Jan" / "data" / "llamacpp" / "models" / "imported"
    outside = write(home / "Downloads" / "Big-Q4_0.gguf")
    place.mkdir(parents=True)
    (place / "model.yml").write_text(f"model_path: {outside}\nname: My model\nsize_bytes: 5\n")
    assert [(one.name, one.path) for one in look(home)] == [("My model", outside)]


def test_folders_are_asked_for_once(home: Path) -> None:
    places = folders(Machine(home, {"OLLAMA_MODELS": str(home / ".ollama" / "models")}, "linux"))
    assert len({(folder.path, folder.layout) for folder in places}) == len(places)
    assert {folder.app for folder in places} == {"huggingface", "lmstudio", "ollama", "gpt4all", "jan", "llama.cpp"}


# ---------------------------------------------------------------- Ollama


def test_ollamas_models_have_the_names_of_their_manifests(home: Path) -> None:
    models = home / ".ollama" / "models"
    blob = write_ollama(models, "library/qwen3/4b", "model", "template", "params", "license", "system")
    write_ollama(models, "someone/tuned/latest", "model", "adapter", "projector")
    write_ollama(models, "bartowski/Qwen-GGUF/Q4_K_M", host="hf.co")
    found = {one.name: one for one in look(home)}
    assert set(found) == {"qwen3:4b", "someone/tuned:latest", "hf.co/bartowski/Qwen-GGUF:Q4_K_M"}
    assert found["qwen3:4b"].path == blob
    assert found["qwen3:4b"].extras == ("params", "system", "template")
    assert found["someone/tuned:latest"].extras == ("adapter", "projector")


def test_a_model_for_embeddings_is_used_where_it_lies(home: Path, tmp_path: Path) -> None:
    data = tiny_models.write_embedding(tmp_path / "e.gguf").read_bytes()
    write_ollama(home / ".ollama" / "models", "library/nomic-embed-text/latest", data=data)
    (found,) = look(home)
    assert (found.name, found.facts.embeds, found.installed) == ("nomic-embed-text:latest", True, False)
    shelf = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    taken = shelf.adopt(found)
    assert (taken.embeds, taken.linked, taken.error()) == (True, True, None)
    assert [one.installed for one in look(home, known=shelf.installed())] == [True]


def test_ollama_where_the_user_has_put_it_and_with_older_names(home: Path) -> None:
    models = home / "big" / "ollama"
    blob = write_ollama(models, "library/a/latest")
    older = blob.with_name(blob.name.replace("sha256-", "sha256:"))
    if os.name != "nt":
        blob.rename(older)
    assert [one.name for one in look(home, {"OLLAMA_MODELS": str(models)})] == ["a:latest"]


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"[]", b"{}", b'{"layers": 5}', b'{"layers": [5]}', b'{"layers": [{}]}', b"\xff", b"[" * 100_000,
        b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../secret"}]}',
        b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": 5}]}',
    ],
)  # fmt: skip
def test_manifests_that_make_no_sense_are_left_out(manifest: bytes, home: Path) -> None:
    models = home / ".ollama" / "models"
    write_ollama(models, "library/good/latest")
    write(home / ".ollama" / "secret")
    (models / "manifests" / "registry.ollama.ai" / "library" / "good" / "bad").write_bytes(manifest)
    assert [one.name for one in look(home)] == ["good:latest"]


def test_a_model_of_ollama_works_everywhere(home: Path, tmp_path: Path) -> None:
    blob = write_ollama(home / ".ollama" / "models", "library/qwen3/4b", "model", "template")
    (found,) = look(home)
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    taken = library.adopt(found)
    assert (taken.name, taken.path, taken.linked, taken.problem) == ("qwen3:4b", blob, True, None)
    assert not set(taken.key) & set("/\\: ")
    again = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    assert again.installed() == [taken]
    for name in ("qwen3:4b", taken.key, "qwen3", str(blob)):
        assert again.find(name).path == blob
    assert read_header(taken.path).architecture == "llama"
    assert again.verify(taken.key).known
    assert [one.installed for one in look(home, known=again.installed())] == [True]
    again.remove(taken.key)
    again.really_remove()
    assert blob.exists()
    copied = again.import_file(blob, copy=True, name="qwen3:4b")
    assert (copied.path.name, copied.name) == ("qwen3-4b.gguf", "qwen3-4b")


def test_a_blob_that_is_opened_by_its_path_is_called_what_its_header_says(home: Path, tmp_path: Path) -> None:
    blob = write_ollama(home / ".ollama" / "models", "library/a/b", data=content("Qwen3 4B"))
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    assert library.find(str(blob)).name == "Qwen3 4B"
    assert library.import_file(blob, copy=False).name == "Qwen3 4B"


# ---------------------------------------------------------------- what is left out, and what is known


def test_only_what_can_be_used_is_offered(home: Path) -> None:
    folder = home / ".lmstudio" / "models"
    write(folder / "a" / "good.gguf")
    (folder / "a" / "page.gguf").write_text("<html>")
    (folder / "a" / "cut.gguf").write_bytes(content("cut")[:-10])
    (folder / "a" / "mmproj.gguf").write_bytes(
        model(pairs={"general.architecture": Pair("general.architecture", STRING, "clip")}).encode()
    )
    (folder / "a" / "notes.txt").write_text("x")
    (folder / "a" / "broken.gguf").symlink_to(folder / "nowhere.gguf")
    write(folder / "a" / ".hidden.gguf")
    write_parts(folder / "a")
    parts = folder / "b"
    parts.mkdir()
    write_parts(parts)[2].unlink()
    assert sorted(one.name for one in look(home)) == ["Big", "good"]


def test_parts_are_one_model_with_the_size_of_all(home: Path) -> None:
    folder = home / ".lmstudio" / "models"
    folder.mkdir(parents=True)
    parts = write_parts(folder)
    assert [(one.path, one.size) for one in look(home)] == [(parts[0], sum(part.stat().st_size for part in parts))]


def test_what_is_here_already_is_marked(home: Path, tmp_path: Path) -> None:
    folder = home / ".lmstudio" / "models" / "a"
    linked, copied = write(folder / "linked.gguf"), write(folder / "copied.gguf")
    write(folder / "other1.gguf")
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    library.import_file(linked, copy=False)
    library.import_file(copied, copy=True)
    found = {one.name: one.installed for one in look(home, known=library.installed())}
    assert found == {"linked": True, "copied": True, "other1": False}


def test_where_a_model_of_the_hubs_cache_came_from_is_remembered(home: Path, tmp_path: Path) -> None:
    link = write_hub(home / ".cache" / "huggingface" / "hub", "Q4/A-Q4_0.gguf", repo="owner/some--name")
    (found,) = look(home)
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    taken = library.adopt(found)
    assert taken.upstream is not None
    assert (taken.upstream.repo, taken.upstream.revision) == ("owner/some--name", REVISION)
    assert taken.upstream.files == ("Q4/A-Q4_0.gguf",)
    assert taken.upstream.sha256 == (hashlib.sha256(link.read_bytes()).hexdigest(),)
    assert library.verify(taken.key).ok


# ---------------------------------------------------------------- never touched


def test_the_folders_stay_as_they_are(home: Path, tmp_path: Path) -> None:
    cache = home / ".cache" / "huggingface" / "hub"
    write_hub(cache, "A.gguf")
    write_ollama(home / ".ollama" / "models", "library/a/b", "model", "params")
    write(home / ".lmstudio" / "models" / "a" / "b" / "LM.gguf")
    write(home / "jan" / "models" / "x" / "J.gguf")
    for path in sorted(home.rglob("*"), reverse=True):
        if path.is_dir():
            path.chmod(0o555)
    home.chmod(0o555)
    before = picture(home)
    try:
        found = look(home)
        library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
        keys = [library.adopt(one).key for one in found]
        assert len(keys) == 4
        for key in keys:
            library.verify(key)
            removal = library.remove(key)
            library.undo_remove(removal)
            library.remove(key)
        library.really_remove()
        assert library.installed() == []
        assert picture(home) == before
    finally:
        for path in [home, *home.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)


# ---------------------------------------------------------------- bounds


def test_loops_end(home: Path) -> None:
    folder = home / ".lmstudio" / "models"
    write(folder / "a" / "b" / "A.gguf")
    (folder / "a" / "b" / "back").symlink_to(folder, target_is_directory=True)
    (folder / "self").symlink_to(folder / "self")
    (home / "jan").symlink_to(home, target_is_directory=True)
    assert [one.name for one in look(home)] == ["A"]


def test_a_linked_folder_is_looked_into(home: Path, tmp_path: Path) -> None:
    write(tmp_path / "disk" / "a" / "A.gguf")
    (home / ".lmstudio").mkdir()
    (home / ".lmstudio" / "models").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert [one.name for one in look(home)] == ["A"]


def test_a_huge_tree_is_left_after_a_while(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / ".lmstudio" / "models"
    for number in range(40):
        (folder / f"f{number:02}").mkdir(parents=True)
    write(folder / "f00" / "A.gguf")
    write(folder / "f39" / "Z.gguf")
    assert len(look(home)) == 2
    monkeypatch.setattr(elsewhere, "_MOST_ENTRIES", 41)
    assert len(look(home)) < 2
    monkeypatch.setattr(elsewhere, "_MOST_ENTRIES", 100_000)
    deep = folder / Path(*["d"] * 20)
    write(deep / "Deep.gguf")
    assert sorted(one.name for one in look(home)) == ["A", "Z"]


def test_looking_ends_when_it_is_cancelled_or_takes_too_long(home: Path) -> None:
    folder = home / ".lmstudio" / "models"
    for number in range(30):
        write(folder / f"m{number:02}" / f"M{number:02}.gguf")
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 60

    assert 0 < len(look(home, cancelled=cancelled)) < 30
    assert look(home, seconds=-1.0) == []


def test_what_may_not_be_read_is_left_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / ".lmstudio" / "models" / "closed" / "A.gguf")
    write(home / "jan" / "models" / "x" / "J.gguf")
    real = os.scandir

    def scandir(path: Path) -> object:
        if "closed" in str(path):
            raise PermissionError(13, "no")
        return real(path)

    monkeypatch.setattr(elsewhere.os, "scandir", scandir)
    assert [one.name for one in look(home)] == ["J"]


def test_names_that_are_no_text(home: Path, tmp_path: Path) -> None:
    folder = home / ".lmstudio" / "models" / "a"
    write(folder / "plain.gguf")
    odd = os.fsencode(folder) + b"/\xff\xfe.gguf"
    try:
        Path(os.fsdecode(odd)).write_bytes(content("odd"))
    except OSError:  # a system that has no such names
        return
    found = look(home)
    assert len(found) == 2
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    for one in found:
        one.name.encode()
        library.adopt(one).name.encode()
    assert len(Models(tmp_path / "models", tmp_path / "models" / "index.json").installed()) == 2


def test_an_unreadable_settings_file_is_no_reason_to_stop(home: Path) -> None:
    (home / ".lmstudio").mkdir()
    for damage in (b"", b"[]", b"\xff\xfe", b'{"downloadsFolder": 5}', b'{"downloadsFolder": "rel"}', b"[" * 100_000):
        (home / ".lmstudio" / "settings.json").write_bytes(damage)
        (home / ".lmstudio-home-pointer").write_bytes(damage)
        assert look(home) == []
    write(home / ".lmstudio" / "models" / "a" / "A.gguf")
    assert [one.name for one in look(home)] == ["A"]


def test_a_file_gone_between_looking_and_adopting_is_told(home: Path, tmp_path: Path) -> None:
    path = write(home / "jan" / "models" / "x" / "J.gguf")
    (found,) = look(home)
    path.unlink()
    library = Models(tmp_path / "models", tmp_path / "models" / "index.json")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its kind is what counts
        library.adopt(found)
    assert getattr(caught.value, "kind", None) in (ErrorKind.MODEL_MISSING, ErrorKind.FILE_MISSING)
