"""The files that documents are kept in, by their digest: which there are, and how they change folders."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Set
from pathlib import Path

DOCUMENT = ".document"
"""Ending of what is kept of a document that was read."""
SEGMENTS = ".segments"
"""Ending of what is kept of a document that is translated."""
VECTORS = ".vectors"
"""Ending of what is kept of the meaning of a document's passages, with the model that made it before it."""
_ENDINGS = frozenset({DOCUMENT, SEGMENTS, VECTORS})

_LONGEST_KEPT = 30 * 86400.0  # seconds since they were used
_MOST_KEPT = 64 << 20  # bytes of all together


def digest_of(path: Path) -> str:
    """What a kept file is called by; its whole name where it is none."""
    return path.name.partition(".")[0] if path.suffix in _ENDINGS else path.name


def take_over(apart: Path, folder: Path, in_use: Set[str]) -> None:
    """Bring the documents that are referred to from one folder into another, and remove the first one.

    A file that cannot be brought over stays where it is, with the folder.
    """
    with contextlib.suppress(OSError):
        for path in list(apart.iterdir()):
            if digest_of(path) not in in_use or _bring(path, folder):
                remove(path)
        apart.rmdir()


def _bring(path: Path, folder: Path) -> bool:
    """Copy a file so that it is whole where it is at all; False: the disk would not."""
    target = folder / path.name
    passing = folder / f".{path.name}.{os.getpid()}.tmp"
    try:
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(path, passing)
            passing.replace(target)
    except OSError:
        remove(passing)
        return False
    return True


def thin_out(folder: Path) -> None:
    """Remove files of documents that nobody keeps: what was not used for a month, then the oldest of too much."""
    with contextlib.suppress(OSError):
        files = [(path, path.stat()) for path in folder.iterdir()]
        oldest, room = time.time() - _LONGEST_KEPT, _MOST_KEPT
        for path, found in sorted(files, key=lambda file: file[1].st_mtime, reverse=True):
            room -= found.st_size
            if found.st_mtime < oldest or room < 0:
                remove(path)


def remove(path: Path) -> None:
    """Remove a file, if it is there and the system lets go of it."""
    with contextlib.suppress(OSError):
        path.unlink()
