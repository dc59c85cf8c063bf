"""Giving memory back after a load: pages of the model's file whose contents lie elsewhere by then.

For some types of weights (Q4_0, Q4_K, IQ4_NL and others) llama.cpp makes a copy arranged for the processor. The pages
of the file that it was made from stay in the process, so that the model seems to take nearly twice its size. They are
dropped here; whatever is still read from the file comes back by itself, from the system's cache and page by page.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_DONTNEED, _NOHUGEPAGE = 4, 15  # MADV_*; without huge pages one touch brings back 64 kB and not 2 MB
_COPIED = 16  # a copy worth the trouble is at least this part of the file
_LINE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r--. \S+ \S+ \d+ +(/.*)$")


def private_bytes() -> int:
    """Bytes of this process that are not pages of files; 0 where that is not known."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def release_copied(path: Path, grown: int) -> bool:
    """Drop the pages of the model at ``path`` (and of parts beside it) if ``grown`` bytes of it were copied.

    :returns: whether anything was dropped. Does nothing outside Linux.
    """
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        if grown < path.stat().st_size // _COPIED:
            return False
        advise = ctypes.CDLL(None, use_errno=True).madvise
        advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        dropped = 0
        for start, end in _mapped(path):
            advise(start, end - start, _NOHUGEPAGE)
            dropped += advise(start, end - start, _DONTNEED) == 0
        return dropped > 0
    return False


def _mapped(path: Path) -> Iterator[tuple[int, int]]:
    """Where files of the model's folder lie in memory, read-only as models do."""
    folder = path.parent.resolve()
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        match = _LINE.match(line)
        if match and Path(match[3]).parent == folder:
            yield int(match[1], 16), int(match[2], 16)
