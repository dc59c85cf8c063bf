"""The source distribution of the installed llama-cpp-python, fetched once with pip and kept in the user's cache.

It holds llama.cpp with the chat templates of 70 models and the sources of its own programs. ``LAMPLIGHT_SDIST`` names
a folder where it lies unpacked already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

import platformdirs

_PACKAGE = "llama-cpp-python"
_TEMPLATES = "vendor/llama.cpp/models/templates"
_ENVIRON = dict(os.environ)  # as it was before a test took away the proxies
_CACHE = Path(platformdirs.user_cache_dir("lamplight-tests", appauthor=False))


def llama_source() -> Path:
    """The folder ``llama_cpp_python-<version>``, whole (about 300 MB unpacked)."""
    if named := _ENVIRON.get("LAMPLIGHT_SDIST"):
        return Path(named)
    folder = _CACHE / _name()
    if not folder.is_dir():
        _unpack(folder, "")
    return folder


def llama_templates() -> Path:
    """The folder with llama.cpp's chat templates (``*.jinja``); nothing else is unpacked for it."""
    whole = Path(_ENVIRON.get("LAMPLIGHT_SDIST") or _CACHE / _name())
    if (whole / _TEMPLATES).is_dir():
        return whole / _TEMPLATES
    folder = _CACHE / f"{_name()}-templates"
    if not folder.is_dir():
        _unpack(folder, _TEMPLATES)
    return folder / _TEMPLATES


def _name() -> str:
    return f"{_PACKAGE.replace('-', '_')}-{version(_PACKAGE)}"


def _unpack(target: Path, part: str) -> None:
    """Unpack the archive, or only ``part`` of it, as ``target``; all of it or nothing."""
    archive = _archive()
    with tempfile.TemporaryDirectory(dir=_CACHE) as temporary, tarfile.open(archive) as tar:
        prefix = f"{_name()}/{part}"
        members = [member for member in tar if member.name.startswith(prefix)]
        tar.extractall(temporary, members=members, filter="data")
        _move(Path(temporary) / _name(), target)


def _archive() -> Path:
    archive = _CACHE / f"{_name()}.tar.gz"
    if not archive.is_file():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as temporary:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", _PACKAGE]
            subprocess.run([*command, "-d", temporary, f"{_PACKAGE}=={version(_PACKAGE)}"], env=_ENVIRON, check=True)
            (found,) = Path(temporary).glob("*.tar.gz")
            _move(found, archive)
    return archive


def _move(source: Path, target: Path) -> None:
    """Rename; where somebody else was quicker, theirs stays."""
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(source, ignore_errors=True)
