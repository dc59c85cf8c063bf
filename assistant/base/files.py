"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind

_REPLACE_TRIES = 6  # a virus scanner on Windows may hold the target for a moment


def write_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write ``data`` to ``path`` through a temporary file in the same folder.

    :param durable: also wait until the disk has it (``fsync`` of file and folder).
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
        replace_file(Path(name), path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    if durable:
        sync_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Whether a file can be written into a folder of the user's own choice, which is not made for them.

    :raises AssistantError: FOLDER_MISSING (name), READ_ONLY.
    """
    if not folder.is_dir():
        raise AssistantError(ErrorKind.FOLDER_MISSING, name=str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise AssistantError(ErrorKind.READ_ONLY)


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
