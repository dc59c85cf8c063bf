"""One program at a time writes to a database, and the next one learns how the last one ended.

The lock lies in a small file beside the database and goes away with the process, however that ends. The file's
content says what the start has to know: ``open`` after an unclean end, ``damaged`` when the file has to be repaired,
nothing after a clean end.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from enum import StrEnum
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE = 0.05
_FAR = 1 << 20  # Windows refuses even reading a locked byte, so the lock is on one that is never written


class Ending(StrEnum):
    """How the last use of the database ended."""

    CLEAN = ""
    UNCLEAN = "open"
    DAMAGED = "damaged"


class StoreLock:
    """The lock of one database.

    :param path: the database; the lock's file has its name and ``.lock``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    def acquire(self, seconds: float) -> bool:
        """Take the lock, waiting up to ``seconds`` for a program that is just ending. False: another one has it.

        :raises OSError: the file cannot be made or written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        end = time.monotonic() + seconds
        while not _lock(handle):
            if time.monotonic() >= end:
                os.close(handle)
                return False
            time.sleep(_PAUSE)
        self._handle = handle
        return True

    @property
    def held(self) -> bool:
        return self._handle is not None

    def read(self) -> Ending:
        """How the last use ended; only while the lock is held. Whatever else is in the file is an unclean end."""
        if self._handle is None:
            return Ending.CLEAN
        os.lseek(self._handle, 0, os.SEEK_SET)
        content = os.read(self._handle, 64).decode("ascii", "replace").strip()
        with contextlib.suppress(ValueError):
            return Ending(content)
        return Ending.UNCLEAN

    def write(self, ending: Ending) -> None:
        """Leave word for the next start. A disk that does not take it is no reason to stop."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, ending.value.encode("ascii"))

    def sync(self) -> None:
        """Have the disk take what was written, so that the next start knows of a power cut, too."""
        handle = self._handle
        if handle is not None:
            with contextlib.suppress(OSError):
                os.fsync(handle)

    def release(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                _unlock(handle)
            os.close(handle)


if sys.platform == "win32":

    def _lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a network folder without locks: SQLite's own have to do
            return True
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
