"""Locks between programs, on a file that goes on existing: they end with the process, however that ends."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import IO

if os.name == "nt":  # pragma: no cover - Windows only
    import msvcrt
else:
    import fcntl

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file without waiting.

    :raises OSError: locks do not work there, as on some network folders.
    """
    try:
        if os.name == "nt":  # pragma: no cover - Windows only
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


def unlock(file: IO[bytes]) -> None:
    """Let go of a lock on an open file."""
    with contextlib.suppress(OSError):
        if os.name == "nt":  # pragma: no cover - Windows only
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


class FileLock:
    """The lock on the file ``path``, which is made when it is first wanted. One thread uses it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def acquire(self) -> bool:
        """Take it now, or say that another program has it. Where locks do not work, everybody gets it.

        :raises OSError: the file cannot be made.
        """
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+b")
        try:
            taken = try_lock(file)
        except OSError:
            taken = True
        if not taken:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            unlock(file)
            file.close()
