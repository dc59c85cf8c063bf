"""Where other programs keep models, on each system. Only their own settings files are read, nothing is written."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LARGEST = 4 << 20  # bytes of a settings file that is read
_OLLAMA_SERVICES = (
    "/usr/share/ollama/.ollama/models",
    "/var/lib/ollama/models",
    "/var/lib/ollama/.ollama/models",
    "/var/snap/ollama/common/models",
)


@dataclass(frozen=True)
class Folder:
    """A folder of another program.

    :ivar app: as in ``Elsewhere``. ``layout``: hub (the Hub's cache), ollama, jan, cache (llama.cpp's) or plain.
    """

    app: str
    path: Path
    layout: str = "plain"


@dataclass(frozen=True)
class Machine:
    """Whose folders: the home folder, the environment, and the system as in ``sys.platform``."""

    home: Path
    environ: Mapping[str, str]
    system: str

    def path(self, text: str) -> Path | None:
        """An absolute path from a setting or a variable; None: it is empty or relative."""
        text = text.strip()
        if text.startswith("~"):
            return self.home / text[1:].lstrip("/\\")
        path = Path(text)
        return path if text and path.is_absolute() and "\0" not in text else None

    def variable(self, name: str) -> Path | None:
        return self.path(self.environ.get(name, ""))

    @property
    def cache(self) -> Path:
        """Where programs keep what can be had again."""
        if self.system == "darwin":
            return self.home / "Library" / "Caches"
        if self.system == "win32":
            return self.local
        return self.variable("XDG_CACHE_HOME") or self.home / ".cache"

    @property
    def local(self) -> Path:
        """Where programs keep data that stays on this computer."""
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        if self.system == "win32":
            return self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.variable("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def roaming(self) -> Path:
        """Where programs keep settings."""
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        if self.system == "win32":
            return self.variable("APPDATA") or self.home / "AppData" / "Roaming"
        return self.variable("XDG_CONFIG_HOME") or self.home / ".config"


def folders(machine: Machine) -> list[Folder]:
    """All folders in which a model of another program may lie; most of them are not there."""
    found = [*_hub(machine), *_lm_studio(machine), *_ollama(machine), *_gpt4all(machine), *_jan(machine)]
    found += _llama_cpp(machine)
    unique = {(folder.path, folder.layout): folder for folder in reversed(found)}
    return [folder for folder in found if unique[folder.path, folder.layout] is folder]


def _hub(machine: Machine) -> Iterator[Folder]:
    named = machine.variable("HF_HUB_CACHE") or machine.variable("HUGGINGFACE_HUB_CACHE")
    home = machine.variable("HF_HOME")
    usual = (machine.variable("XDG_CACHE_HOME") or machine.home / ".cache") / "huggingface"
    for path in (named, home / "hub" if home else None, usual / "hub"):
        if path is not None:
            yield Folder("huggingface", path, "hub")


def _lm_studio(machine: Machine) -> Iterator[Folder]:
    homes = [machine.home / ".lmstudio", machine.home / ".cache" / "lm-studio"]
    with contextlib.suppress(OSError, ValueError):
        pointer = machine.home / ".lmstudio-home-pointer"
        moved = machine.path(_text(pointer)) if pointer.is_file() else None
        if moved is not None:
            homes.insert(0, moved)
    for home in homes:
        chosen = machine.path(str(_json(home / "settings.json").get("downloadsFolder", "")))
        if chosen is not None:
            yield Folder("lmstudio", chosen)
        yield Folder("lmstudio", home / "models")


def _ollama(machine: Machine) -> Iterator[Folder]:
    paths = [machine.variable("OLLAMA_MODELS"), machine.home / ".ollama" / "models"]
    if machine.system not in ("darwin", "win32"):
        paths += [Path(service) for service in _OLLAMA_SERVICES]
    for path in paths:
        if path is not None:
            yield Folder("ollama", path, "ollama")


def _gpt4all(machine: Machine) -> Iterator[Folder]:
    settings = machine.roaming if machine.system == "win32" else machine.home / ".config"
    with contextlib.suppress(OSError, ValueError):
        file = settings / "nomic.ai" / "GPT4All.ini"
        match = re.search(r"^modelPath=(.+)$", _text(file), re.MULTILINE) if file.is_file() else None
        chosen = machine.path(match[1].strip().strip('"')) if match is not None else None
        if chosen is not None:
            yield Folder("gpt4all", chosen)
    yield Folder("gpt4all", machine.local / "nomic.ai" / "GPT4All")
    yield Folder("gpt4all", machine.home / ".cache" / "gpt4all")  # its Python package


def _jan(machine: Machine) -> Iterator[Folder]:
    data = []
    for base in (machine.roaming, machine.local):
        settings = _json(base / "Jan" / "settings.json")
        chosen = machine.path(str(settings.get("data_folder", "")))
        data += [chosen] if chosen is not None else []
        data.append(base / "Jan" / "data")
    data.append(machine.home / "jan")
    for path in data:
        yield Folder("jan", path / "llamacpp" / "models", "jan")
        yield Folder("jan", path / "models", "jan")
    yield Folder("jan", machine.home / "cortexcpp" / "models", "jan")


def _llama_cpp(machine: Machine) -> Iterator[Folder]:
    for path in (machine.variable("LLAMA_CACHE"), machine.cache / "llama.cpp"):
        if path is not None:
            yield Folder("llama.cpp", path, "cache")
            yield Folder("llama.cpp", path, "hub")


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8", "replace")


def _json(path: Path) -> dict[str, Any]:
    """The object in a settings file; empty where there is none that makes sense."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.is_file():
            content = json.loads(_text(path))
            return content if isinstance(content, dict) else {}
    return {}
