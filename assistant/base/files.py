"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind

_REPLACE_TRIES = 6  # a virus scanner on Windows may hold the target for a moment


def write_atomic(path: Path, data: bytes, *, durable: bool = True, mode: int | None = None) -> None:
    """Write ``data`` to ``path`` through a temporary file in the same folder.

    :param durable: also wait until the disk has it (``fsync`` of file and folder).
    :param mode: who may read and write it; None: only this user.
    :raises OSError: as the system says; the old file is then untouched and no temporary file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if mode is not None:
            with contextlib.suppress(OSError):  # of a disk that knows no such thing
                Path(name).chmod(mode)
        replace_file(Path(name), path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    if durable:
        sync_folder(path.parent)


def write_for_user(path: Path, data: bytes) -> None:
    """Write a file of the user's: like ``write_atomic``, but as an editor would.

    The target of a symbolic link is written, and a file that was there keeps its permissions; a new one has those that
    this user gives new files.

    :raises OSError: as the system says; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0o077)  # the only way to ask for it is to set it
        os.umask(mask)
        mode = 0o666 & ~mask
    write_atomic(target, data, mode=mode)


def remove_rests(path: Path) -> None:
    """Remove temporary files for ``path`` of a process that was killed while it wrote."""
    target = Path(os.path.realpath(path))
    with contextlib.suppress(OSError):
        for rest in target.parent.iterdir():
            if rest.name.startswith(f".{target.name}.") and rest.name.endswith(".tmp"):
                with contextlib.suppress(OSError):
                    rest.unlink()


def check_folder(folder: Path) -> None:
    """Whether a file can be written into a folder of the user's own choice, which is not made for them.

    :raises AssistantError: FOLDER_MISSING (name), READ_ONLY.
    """
    if not folder.is_dir():
        raise AssistantError(ErrorKind.FOLDER_MISSING, name=str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise AssistantError(ErrorKind.READ_ONLY)


def same_file(one: Path, other: Path) -> bool:
    """Are both the same file, by whatever name?"""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one.absolute() == other.absolute()


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def replace_file(source: Path, target: Path) -> None:
    """Put ``source`` in the place of ``target``, waiting a moment for whoever holds it on Windows.

    :raises OSError: as the system says; ``target`` is then untouched.
    """
    for attempt in range(_REPLACE_TRIES):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.05 * 2**attempt)
