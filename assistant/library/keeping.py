"""What is done with models that are here: removing them in a way that can be undone, and checking their bytes.

A removed model is moved into ``.removed/ID/`` of the models folder, with a note of where it was, and is deleted when
the program ends. If the program never got to that, the next one finishes it: the user was told that the model is gone.
A removal that was cut in half was never told to anybody, and is put back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import replace_file, sync_folder, write_atomic
from assistant.library.disk import explain_writing
from assistant.library.gguf import model_stem
from assistant.library.index import Record, Upstream
from assistant.library.origin import hash_in_name
from assistant.library.starter import is_starter, starter
from assistant.net.messages import RepoFacts

_FOLDER = ".removed"
_NOTE = "removal.json"
_OTHER_HOST_SECONDS = 7 * 86400.0  # after which a program on another computer is taken for gone
_BLOCK = 1 << 20  # bytes hashed at a time: long enough for the disk, short enough for the window beside it
_REPORTS = 0.1  # seconds between two reports of progress

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Removal:
    """A model that was removed and can be had back.

    :ivar name: what a person reads. ``size``: bytes that become free when the program ends.
    :ivar linked: only forgotten; its file is the user's own and stays where it is.
    """

    id: str
    key: str
    name: str
    size: int
    linked: bool
    record: Record


@dataclass(frozen=True)
class Verified:
    """What hashing a model has shown.

    :ivar ok: nothing is wrong. ``known``: there was a hash to compare with; otherwise only the header was checked.
    :ivar sha256: of its files, in order.
    """

    ok: bool
    known: bool
    sha256: tuple[str, ...]


@dataclass(frozen=True)
class Newer:
    """There is a newer version of a model where it came from.

    :ivar size: bytes of its files, 0: not said.
    """

    repo: str
    revision: str
    files: tuple[str, ...]
    size: int


# ---------------------------------------------------------------- removing


def move_aside(folder: Path, files: Sequence[Path], removal_id: str) -> None:
    """Move a model's files out of sight. All of them go, or none.

    :raises AssistantError: MODEL_BUSY (name): something holds a file (Windows). READ_ONLY, DISK_FULL.
    """
    place = folder / _FOLDER / removal_id
    moved: list[tuple[Path, Path]] = []
    try:
        place.mkdir(parents=True)
        _note(place, folder, files, complete=False)
        for number, file in enumerate(files):
            target = place / f"{number}"
            replace_file(file, target)
            moved.append((file, target))
        _note(place, folder, files, complete=True)
    except OSError as error:
        for file, target in reversed(moved):
            with contextlib.suppress(OSError):
                replace_file(target, file)
        _delete(place)
        if isinstance(error, PermissionError) and os.name == "nt":
            raise AssistantError(ErrorKind.MODEL_BUSY, str(error), name=files[0].name) from error
        raise explain_writing(error, 0, folder) from error
    sync_folder(folder)


def put_back(folder: Path, removal_id: str) -> list[Path]:
    """Move the files of a removal to where they were, or beside it if that name is taken now. Returns the new paths.

    :raises AssistantError: MODEL_MISSING: it has been deleted meanwhile. READ_ONLY.
    """
    place = folder / _FOLDER / removal_id
    names = _noted_files(place)
    if not names:
        raise AssistantError(ErrorKind.MODEL_MISSING)
    stem = ""
    while any((folder / _with(name, stem)).exists() for name in names):
        stem = f"-{secrets.token_hex(2)}"
    targets = [folder / _with(name, stem) for name in names]
    try:
        for number, target in enumerate(targets):
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(place / f"{number}"):
                replace_file(place / f"{number}", target)
    except OSError as error:
        raise explain_writing(error, 0, folder) from error
    _delete(place)
    return targets


def delete_removed(folder: Path, removal_id: str) -> None:
    """Delete the files of a removal for good; what cannot be deleted now is deleted at a later start."""
    _delete(folder / _FOLDER / removal_id)


def clear_removals(folder: Path) -> None:
    """Finish what programs that have ended have left: removals that the user was told of are carried out, others put
    back."""
    for place in _places(folder):
        note = _read(place)
        if _is_running(note):
            continue
        if note.get("complete") is True:
            _delete(place)
        else:
            _restore(folder, place)


def _restore(folder: Path, place: Path) -> None:
    """Put back what was moved; what has no note any more gets a name of its own."""
    noted = _noted_files(place)
    for name in _names(place):
        if not name.isdigit():
            continue
        known = int(name) < len(noted)
        target = folder / (noted[int(name)] if known else f"restored-{place.name}-{name}.gguf")
        if os.path.lexists(target):
            target = folder / _with(target.relative_to(folder).as_posix(), f"-{secrets.token_hex(2)}")
        with contextlib.suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(place / name, target)
    if not any(name.isdigit() for name in _names(place)):
        _delete(place)


def _note(place: Path, folder: Path, files: Sequence[Path], *, complete: bool) -> None:
    process = psutil.Process()
    content = {
        "complete": complete,
        "files": [file.relative_to(folder).as_posix() for file in files],
        "pid": process.pid,
        "started": process.create_time(),
        "host": platform.node(),
        "at": time.time(),
    }
    write_atomic(place / _NOTE, json.dumps(content).encode("ascii"))


def _read(place: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        content = json.loads((place / _NOTE).read_bytes())
        if isinstance(content, dict):
            return content
    return {}


def _noted_files(place: Path) -> list[str]:
    """Where the files of a removal were, relative to the models folder; nothing that leads out of it."""
    names = _read(place).get("files")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return []
    safe = [name for name in names if name and not Path(name).is_absolute() and ".." not in Path(name).parts]
    return safe if len(safe) == len(names) else []


def _is_running(note: dict[str, Any]) -> bool:
    """Is the program that wrote the note still there to finish it?"""
    at, pid, started = note.get("at"), note.get("pid"), note.get("started")
    if not isinstance(at, float) or not isinstance(pid, int) or not isinstance(started, float):
        return False
    if note.get("host") != platform.node():
        return time.time() - at < _OTHER_HOST_SECONDS
    try:
        return abs(psutil.Process(pid).create_time() - started) < 1.0
    except psutil.Error:
        return False


def _with(name: str, addition: str) -> str:
    """``name`` with something added to what its parts have in common."""
    path = Path(name)
    stem = model_stem(path)
    return path.with_name(f"{stem}{addition}{path.name[len(stem) :]}").as_posix()


def _places(folder: Path) -> Iterator[Path]:
    for name in _names(folder / _FOLDER):
        place = folder / _FOLDER / name
        if place.is_dir() and not place.is_symlink():
            yield place


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def _delete(place: Path) -> None:
    """Delete a removal; its note goes last, so that it is known until then."""
    for name in _names(place):
        if name != _NOTE:
            with contextlib.suppress(OSError):
                (place / name).unlink()
    if _names(place) in ([], [_NOTE]):
        shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(OSError):
        place.parent.rmdir()


# ---------------------------------------------------------------- checking


def hash_files(
    files: Sequence[Path], *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> tuple[str, ...]:
    """The SHA-256 of each file. Everybody else in the program gets a turn between two blocks of 1 MiB.

    :param progress: called with bytes hashed and bytes in all, ten times a second.
    :raises AssistantError: FILE_UNREADABLE (name), CANCELLED.
    """
    done, reported = 0, time.monotonic()
    hashes = []
    block = bytearray(_BLOCK)
    view = memoryview(block)
    name = files[0].name if files else ""
    try:
        total = sum(file.stat().st_size for file in files)
        for file in files:
            name = file.name
            digest = hashlib.sha256()
            with file.open("rb", buffering=0) as stream:
                while count := stream.readinto(block):
                    if cancelled is not None and cancelled():
                        raise AssistantError(ErrorKind.CANCELLED)
                    digest.update(view[:count])
                    done += count
                    if progress is not None and time.monotonic() - reported >= _REPORTS:
                        reported = time.monotonic()
                        progress(done, total)
            hashes.append(digest.hexdigest())
    except OSError as error:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=name) from error
    if progress is not None:
        progress(done, total)
    return tuple(hashes)


def expected_hashes(record: Record, files: Sequence[Path]) -> tuple[str, ...]:
    """What the files' hashes should be; empty where nobody has said it."""
    known = known_hashes(record)
    named = tuple(map(hash_in_name, files))  # Ollama and the Hub's cache name files by hash
    return named if all(named) else known if len(known) == len(files) else ()


def known_hashes(record: Record) -> tuple[str, ...]:
    """What is known of the hashes of a model's files without looking at a file; empty: nothing."""
    if record.upstream is not None and record.upstream.sha256 and all(record.upstream.sha256):
        return record.upstream.sha256
    if is_starter(Path(record.path), record.size):
        return (starter().sha256,)
    return record.sha256


def newer(upstream: Upstream | None, facts: RepoFacts) -> Newer | None:
    """The newer version of a model that ``facts`` (fresh from the Hub) show; None: none, or nobody can tell."""
    if upstream is None or not upstream.files or facts.revision == upstream.revision:
        return None
    if facts.repo.casefold() != upstream.repo.casefold() or len(upstream.sha256) != len(upstream.files):
        return None
    there = {file.name: file for file in facts.files}
    if not all(name in there and there[name].sha256 for name in upstream.files) or not all(upstream.sha256):
        return None
    if tuple(there[name].sha256 for name in upstream.files) == upstream.sha256:
        return None
    sizes = [there[name].size for name in upstream.files]
    return Newer(facts.repo, facts.revision, upstream.files, sum(sizes) if all(sizes) else 0)
