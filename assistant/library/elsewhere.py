"""Models that other programs have on this computer: found, offered in place, and never touched.

Nothing is written, locked or moved in another program's folder. Looking is bounded in depth, number and time, follows
no loop, and can be stopped at any moment; what cannot be read is left out.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.library.elsewhere_places import Folder, Machine, folders
from assistant.library.gguf import fingerprint, is_later_part, model_stem, read_header
from assistant.library.index import HeaderFacts, facts_of
from assistant.library.installed import InstalledModel

_DEEPEST = 8  # folders below another program's own
_MOST_ENTRIES = 100_000  # files and folders that are looked at in all
_MOST_MODELS = 1000
_SECONDS = 30.0
_LARGEST_MANIFEST = 1 << 20  # bytes
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_LAYER = re.compile(r"application/vnd\.ollama\.image\.([a-z.+]+)")
_YAML_NAME = re.compile(r"^(name|model_path): *[\"']?([^\"'\r\n]+?)[\"']? *$", re.MULTILINE)
_USUAL_REGISTRY = "registry.ollama.ai"
_PROGRAMS = {
    "huggingface": "Hugging Face",
    "lmstudio": "LM Studio",
    "ollama": "Ollama",
    "gpt4all": "GPT4All",
    "jan": "Jan",
    "llama.cpp": "llama.cpp",
}


@dataclass(frozen=True)
class Elsewhere:
    """One model in another program's folder.

    :ivar app: huggingface, lmstudio, ollama, gpt4all, jan or llama.cpp.
    :ivar name: what a person reads.
    :ivar path: its file, the first of several parts; to take it in: ``Models.adopt``.
    :ivar size: bytes of all parts.
    :ivar installed: it is among the models already.
    :ivar extras: what the other program adds to the file and Lamplight does not use (template, params, adapter...).
    """

    app: str
    name: str
    path: Path
    size: int
    facts: HeaderFacts = field(default=HeaderFacts(), repr=False)
    installed: bool = False
    extras: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """What people call ``app``."""
        return _PROGRAMS.get(self.app, self.app)


def find(
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    system: str = sys.platform,
    known: Iterable[InstalledModel] = (),
    cancelled: Callable[[], bool] = lambda: False,
    seconds: float = _SECONDS,
) -> list[Elsewhere]:
    """The models of all other programs that this one can use, each file once. It may take a while.

    :param home: whose folders, ``environ``, ``system``: None and the default mean this user's and this machine's.
    :param known: models that are here already.
    :param cancelled: asked again and again; afterwards what was found so far is returned.
    :param seconds: after which looking ends with what was found so far.
    """
    machine = Machine(home or Path.home(), os.environ if environ is None else environ, system)
    here = _Known(known)
    walk = _Walk(cancelled, time.monotonic() + seconds)
    found: list[Elsewhere] = []
    seen: set[tuple[int, int]] = set()
    for folder in folders(machine):
        for candidate in _candidates(folder, walk):
            identity = _identity(candidate.path)
            if identity is None or identity in seen:
                continue
            seen.add(identity)
            model = _checked(candidate, here)
            if model is not None:
                found.append(model)
            if len(found) >= _MOST_MODELS or walk.over():
                return found
    return found


def _candidates(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    readers = {"hub": _hub, "ollama": _ollama, "jan": _jan, "cache": _flat_cache}
    yield from readers.get(folder.layout, _plain)(folder, walk)


def _checked(candidate: Elsewhere, here: _Known) -> Elsewhere | None:
    """The candidate with what its header says; None: it is not a model that can be used."""
    try:
        header = read_header(candidate.path)
        return replace(
            candidate,
            path=header.path,
            size=header.size,
            facts=facts_of(header),
            installed=here.has(header.path, header.size),
        )
    except (AssistantError, OSError):
        return None
    except Exception:  # a file that nobody foresaw must not hide the others
        return None


# ---------------------------------------------------------------- how each program lays out its models


def _plain(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    for path in walk.models(folder.path):
        yield Elsewhere(folder.app, _shown(model_stem(path)), path, 0)


def _flat_cache(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    """llama.cpp's older cache: ``OWNER_REPO_FILE.gguf`` with ``manifest=OWNER=REPO=TAG.json`` beside it."""
    names = [entry.name for entry in walk.entries(folder.path)]
    manifests = [name.split("=") for name in names if name.startswith("manifest=") and name.count("=") >= 3]
    prefixes = {f"{parts[1]}_{parts[2]}_" for parts in manifests}
    for name in names:
        path = folder.path / name
        if _is_model_name(name):
            prefix = next((prefix for prefix in prefixes if name.startswith(prefix)), "")
            yield Elsewhere(folder.app, _shown(model_stem(path).removeprefix(prefix)), path, 0)


def _hub(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    """``models--OWNER--NAME/snapshots/REVISION/...``: of each repository first the revision that ``main`` names."""
    for repository in walk.entries(folder.path):
        if not repository.name.startswith("models--"):
            continue
        place = folder.path / repository.name
        main = _first_line(place / "refs" / "main")
        revisions = sorted((entry.name for entry in walk.entries(place / "snapshots")), key=lambda name: name != main)
        for revision in revisions:
            for path in walk.models(place / "snapshots" / revision):
                yield Elsewhere(folder.app, _shown(model_stem(path)), path, 0)


def _jan(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    """``MODEL/model.gguf`` beside a ``model.yml`` that has its name, and perhaps the path of a file somewhere else."""
    for place, names in walk.folders(folder.path):
        described = _yaml(place / "model.yml") if "model.yml" in names else {}
        for name in names:
            if _is_model_name(name):
                inner = place.relative_to(folder.path).as_posix()
                plain = model_stem(Path(name))
                called = described.get("name") or (inner if plain == "model" and inner != "." else plain)
                yield Elsewhere(folder.app, _shown(called), place / name, 0)
        elsewhere = Path(described.get("model_path", ""))
        if elsewhere.is_absolute() and _is_model_name(elsewhere.name):
            yield Elsewhere(folder.app, _shown(described.get("name") or model_stem(elsewhere)), elsewhere, 0)


def _ollama(folder: Folder, walk: _Walk) -> Iterator[Elsewhere]:
    """``manifests/HOST/NAMESPACE/MODEL/TAG`` name the layers, ``blobs/sha256-...`` hold them."""
    root = folder.path / "manifests"
    for place, names in walk.folders(root):
        parts = place.relative_to(root).parts
        if len(parts) != 3:
            continue
        for tag in names:
            layers = _layers(place / tag)
            digests = [digest for kind, digest in layers if kind == "model"]
            if len(digests) != 1:
                continue
            extras = tuple(sorted({kind for kind, _ in layers if kind not in ("model", "license")}))
            blobs = folder.path / "blobs"
            path = next(
                (p for p in (blobs / f"sha256-{digests[0]}", blobs / f"sha256:{digests[0]}") if _is_file(p)), None
            )
            if path is not None:
                yield Elsewhere(folder.app, _ollama_name(*parts, tag), path, 0, extras=extras)


def _ollama_name(host: str, namespace: str, model: str, tag: str) -> str:
    """As Ollama itself shows it: without what goes without saying."""
    if host != _USUAL_REGISTRY:
        return _shown(f"{host}/{namespace}/{model}:{tag}")
    return _shown(f"{model}:{tag}" if namespace == "library" else f"{namespace}/{model}:{tag}")


def _layers(manifest: Path) -> list[tuple[str, str]]:
    """Kind and digest of each layer; empty for what is no manifest. A digest is only ever 64 hex digits."""
    try:
        with manifest.open("rb") as file:
            content = json.loads(file.read(_LARGEST_MANIFEST))
        rows = content["layers"]
        found = []
        for row in rows if isinstance(rows, list) else []:
            kind, digest = _LAYER.fullmatch(str(row["mediaType"])), _DIGEST.fullmatch(str(row["digest"]))
            if kind is not None and digest is not None:
                found.append((kind[1], digest[1]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return found


# ---------------------------------------------------------------- looking, within bounds


class _Walk:
    """One look at everything. It ends when it is cancelled, when time is up or when too much has been seen."""

    def __init__(self, cancelled: Callable[[], bool], end: float) -> None:
        self._cancelled = cancelled
        self._end = end
        self._left = _MOST_ENTRIES

    def entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What is in a folder, sorted; nothing for one that is not there or cannot be read."""
        found: list[os.DirEntry[str]] = []
        if self.over():
            return found
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    found.append(entry)
                    self._left -= 1
                    if self.over():
                        break
        except OSError:
            return found
        return sorted(found, key=lambda entry: entry.name)

    def folders(self, root: Path) -> Iterator[tuple[Path, list[str]]]:
        """Every folder from ``root`` down, with the names of the files in it. A folder is entered once, also through
        links."""
        entered: set[tuple[int, int]] = set()
        waiting = [(root, 0)]
        while waiting:
            folder, depth = waiting.pop()
            identity = _identity(folder)
            if identity is None or identity in entered:
                continue
            entered.add(identity)
            names, inner = [], []
            for entry in self.entries(folder):
                if _is_folder(entry):
                    inner.append((folder / entry.name, depth + 1))
                else:
                    names.append(entry.name)
            yield folder, names
            if depth < _DEEPEST:
                waiting += reversed(inner)

    def models(self, root: Path) -> Iterator[Path]:
        """The model files from ``root`` down, the first part of each."""
        for folder, names in self.folders(root):
            for name in names:
                if _is_model_name(name):
                    yield folder / name

    def over(self) -> bool:
        """Has enough been looked at?"""
        return self._left <= 0 or self._cancelled() or time.monotonic() > self._end


class _Known:
    """The models that are here, to tell whether one elsewhere is one of them."""

    def __init__(self, models: Iterable[InstalledModel]) -> None:
        self._models = [model for model in models if not model.missing]
        self._identities = {_identity(model.path) for model in self._models}

    def has(self, path: Path, size: int) -> bool:
        if _identity(path) in self._identities:
            return True
        same_size = [model for model in self._models if model.size == size and model.problem is None]
        if not same_size:
            return False
        own = fingerprint(path)
        for model in same_size:
            try:
                if fingerprint(model.path) == own:
                    return True
            except (AssistantError, OSError):
                continue
        return False


def _is_model_name(name: str) -> bool:
    return name.lower().endswith(".gguf") and not name.startswith(".") and not is_later_part(Path(name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    """The same for two names of one file; None: it is not there, or a link that leads nowhere."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_dev, facts.st_ino


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(200).decode("ascii", "replace").strip()
    except OSError:
        return ""


def _yaml(path: Path) -> dict[str, str]:
    """The few simple lines that are wanted of a YAML file."""
    try:
        with path.open("rb") as file:
            text = file.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return {}
    return {match[1]: match[2].replace("\0", "") for match in _YAML_NAME.finditer(text)}


def _shown(name: str) -> str:
    """A name that can be shown, whatever bytes it was made of."""
    return os.fsencode(name).decode("utf-8", "replace")[:200]
