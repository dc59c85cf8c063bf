"""What this computer has and what the program finds on it, without loading anything heavy."""

from __future__ import annotations

import contextlib
import getpass
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil

from assistant import __version__
from assistant.base import input_methods

_PACKAGES = (
    "llama-cpp-python", "PySide6-Essentials", "huggingface-hub", "msgspec", "Jinja2", "psutil", "platformdirs",
    "Pygments",
)  # fmt: skip
_FLAGS = (
    "ssse3", "sse4_2", "avx", "avx2", "f16c", "fma", "bmi2", "avx_vnni", "avx512f", "avx512bw", "avx512_vnni",
    "avx512_bf16", "amx_tile", "amx_int8", "asimd", "asimdhp", "asimddp", "i8mm", "sve", "sve2", "bf16", "sme",
)  # fmt: skip
_LDD_SECONDS = 20


def versions() -> dict[str, str]:
    """Name to version of what the program is made of; ``missing`` where it is not installed."""
    found = {
        "Lamplight": __version__ + (" (frozen)" if getattr(sys, "frozen", False) else ""),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "missing"
    return found


def system() -> dict[str, str]:
    """Operating system, processor and its abilities, memory in bytes as text."""
    memory = psutil.virtual_memory()
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": f"{psutil.cpu_count(logical=False) or '?'} ({psutil.cpu_count() or '?'} threads)",
        "flags": " ".join(cpu_flags()),
        "memory": str(memory.total),
        "available": str(memory.available),
    }


def cpu_flags(cpuinfo: str | None = None) -> list[str]:
    """The processor's abilities that matter to llama.cpp, as Linux calls them; empty where they cannot be asked for."""
    text = cpuinfo
    if text is None:
        text = ""
        with contextlib.suppress(OSError):
            text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        if sys.platform == "darwin":
            text = "flags : " + _output(["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]).lower()
    match = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    have = set(match[1].split()) if match else set()
    return [flag for flag in _FLAGS if flag in have]


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that change what the window does; only whether a display is named, not which."""
    env = os.environ if environ is None else environ
    shown = ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "QT_QPA_PLATFORM", "QT_IM_MODULE", "QT_IM_MODULES",
             "XMODIFIERS", "LANG", "LC_ALL", "LAMPLIGHT_OFFLINE")  # fmt: skip
    found = {name: env[name] for name in shown if env.get(name)}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "LAMPLIGHT_HOME", "HF_ENDPOINT", "HTTPS_PROXY"):
        if env.get(name):
            found[name] = "set"
    return found


def set_where(setting: str, *names: str, environ: Mapping[str, str] | None = None) -> str:
    """Whether something is set in the settings (``setting`` is its value) or by an environment variable, never what."""
    if setting:
        return "set"
    env = os.environ if environ is None else environ
    named = next((name for name in names if env.get(name)), "")
    return f"from {named}" if named else "automatic"


def folder_state(folder: Path) -> dict[str, str]:
    """Whether ``folder`` is there, can be written, and how much room there is (bytes as text)."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    state = {
        "path": private(str(folder)),
        "there": str(folder.is_dir()).lower(),
        "writable": str(_writable(place)).lower(),
    }
    with contextlib.suppress(OSError):
        state["free"] = str(shutil.disk_usage(place).free)
    return state


def missing_libraries() -> dict[str, list[str]]:
    """Shared libraries that Qt's platform plugins and llama.cpp ask for and the system does not have (Linux only)."""
    found: dict[str, list[str]] = {}
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        return found
    for name, files in (("Qt", _qt_plugins("platforms")), ("llama.cpp", _llama_libraries())):
        lacking = sorted({library for file in files for library in _lacking(file)})
        if lacking:
            found[name] = lacking
    return found


def unreachable_input_method(environ: Mapping[str, str] | None = None) -> str:
    """The input method that is in use and that a window of this Qt cannot reach (``fcitx``), or an empty string."""
    env = os.environ if environ is None else environ
    plugins = [plugin.name for plugin in _qt_plugins(input_methods.PLUGINS)]
    return input_methods.unreachable(env, plugins, input_methods.likely_platform(env))


def private(text: str) -> str:
    """``text`` without the home folder and the account's name."""
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    with contextlib.suppress(Exception):  # no account name, as in a bare container
        name = getpass.getuser()
        if len(name) > 1 and name != "root":
            text = re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", "user", text)
    return text


# ---------------------------------------------------------------- how


def _processor() -> str:
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        match = re.search(r"^(?:model name|Model|Hardware)\s*:(.*)$", text, re.MULTILINE)
        if match:
            return match[1].strip()
    if sys.platform == "darwin":
        return _output(["sysctl", "-n", "machdep.cpu.brand_string"]).strip()
    return platform.processor() or platform.machine()


def _writable(place: Path) -> bool:
    if not place.is_dir():
        return False
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def _package_folder(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)  # finds, does not import
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _qt_plugins(kind: str) -> list[Path]:
    folder = _package_folder("PySide6")
    if folder is None:
        return []
    places = (folder / "Qt" / "plugins" / kind, folder / "plugins" / kind)
    return sorted(file for place in places if place.is_dir() for file in place.iterdir() if file.is_file())


def _llama_libraries() -> list[Path]:
    folder = _package_folder("llama_cpp")
    return sorted((folder / "lib").glob("*.so*")) if folder else []


def _lacking(file: Path) -> list[str]:
    own = {other.name for other in file.parent.iterdir()}
    lines = _output(["ldd", str(file)]).splitlines()
    names = [line.split("=>", maxsplit=1)[0].strip() for line in lines if "not found" in line]
    return [name for name in names if name not in own]


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LDD_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
