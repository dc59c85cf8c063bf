"""Copying model files into the models folder: room first, then a temporary name, then all at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import sync_folder
from assistant.library.disk import explain_writing, kept_free
from assistant.library.gguf import model_stem

_BLOCK = 4 << 20  # bytes between two looks at ``cancelled``
_MARK = ".import-"
_UNSAFE = re.compile(r"[^\w.\-]+")
_LONGEST = 100  # characters of a name


def copy_files(
    files: tuple[Path, ...],
    folder: Path,
    *,
    name: str = "",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """Copy all parts of a model into ``folder``; they appear there together, complete and on the disk, or not at all.

    :param name: what the copy is called (without an ending) where the file's own name says nothing.
    :param progress: called with bytes copied and bytes in all.
    :returns: the new path of the first part, and the SHA-256 of each as it was read.
    :raises AssistantError: FILE_UNREADABLE, DISK_FULL (``needed``, ``free``), READ_ONLY, CANCELLED; nothing is left
        behind then.
    """
    size = sum(file.stat().st_size for file in files)
    temporary: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        _check_room(folder, size)
        done = 0
        hashes = []
        for file in files:
            place = folder / f"{_MARK}{os.getpid()}-{uuid.uuid4().hex[:8]}.part"
            temporary.append(place)
            done, sha256 = _copy(file, place, done, size, progress=progress, cancelled=cancelled)
            hashes.append(sha256)
        targets = _free_names(files, folder, name)
        for place, target in zip(temporary, targets, strict=True):
            place.replace(target)
        temporary.clear()
        sync_folder(folder)
        return targets[0], tuple(hashes)
    except OSError as error:
        _remove(temporary)  # before anybody asks how much is free
        raise explain_writing(error, size, folder) from error
    finally:
        _remove(temporary)


def _remove(places: Sequence[Path]) -> None:
    for place in places:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Delete the halves of copies whose program is gone."""
    for place in folder.glob(f"{_MARK}*.part"):
        owner = place.name.removeprefix(_MARK).split("-")[0]
        if not owner.isdigit() or not psutil.pid_exists(int(owner)):
            with contextlib.suppress(OSError):
                place.unlink()


def _check_room(folder: Path, size: int) -> None:
    usage = shutil.disk_usage(folder)
    needed = size + kept_free(usage.total)
    if usage.free < needed:
        raise AssistantError(ErrorKind.DISK_FULL, needed=needed, free=usage.free)


def _copy(
    source: Path,
    place: Path,
    done: int,
    total: int,
    *,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[int, str]:
    """Copy one file; returns the bytes done in all, and its hash."""
    digest = hashlib.sha256()
    try:
        reader = source.open("rb")
    except OSError as error:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=source.name) from error
    with reader, place.open("xb") as writer:
        expected = os.fstat(reader.fileno()).st_size
        written = 0
        while True:
            if cancelled is not None and cancelled():
                raise AssistantError(ErrorKind.CANCELLED)
            try:
                block = reader.read(_BLOCK)
            except OSError as error:
                raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=source.name) from error
            if not block:
                break
            writer.write(block)
            digest.update(block)
            written += len(block)
            if progress is not None:
                progress(done + written, total)
        writer.flush()
        os.fsync(writer.fileno())
    if written != expected:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, "it changed while it was copied", name=source.name)
    return done + written, digest.hexdigest()


def _free_names(files: tuple[Path, ...], folder: Path, name: str) -> list[Path]:
    """Names in ``folder`` that nobody has, the same for all parts."""
    own, number = model_stem(files[0]), 1
    stem = _UNSAFE.sub("-", name).strip("-. ")[:_LONGEST] or own
    while True:
        new = stem if number == 1 else f"{stem}-{number}"
        targets = [folder / (new + (file.name[len(own) :] or ".gguf")) for file in files]
        if not any(target.exists() for target in targets):
            return targets
        number += 1
