"""A wall inside the child: while it works on a document it opens the files that the request names, and no others.

Python reports each opening to audit hooks before it happens. What the program itself consists of may be read; nothing
in a document can make a library read another file or write anywhere else.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from assistant.base.assets import resources

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/dev/null", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo", "/proc/self", "/proc/cpuinfo", "/sys")


class Wall:
    """Refuses openings while it is up. It is built once for a process: a hook cannot be taken away again."""

    def __init__(self) -> None:
        self._up = False
        self._built = False
        self._program: tuple[str, ...] = ()
        self._read: frozenset[str] = frozenset()
        self._write: tuple[str, ...] = ()

    @contextlib.contextmanager
    def around(self, read: Iterable[str], write: Iterable[str]) -> Iterator[None]:
        """For this time only ``read`` may be opened for reading, and only what is below ``write`` for writing."""
        self._read = frozenset(_plain(path) for path in read)
        self._write = tuple(_plain(path) for path in write)
        self._program = _program()
        if not self._built:
            self._built = True
            sys.addaudithook(self._hook)
        self._up = True
        try:
            yield
        finally:
            self._up = False

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not self._up:
            return
        path, _, flags = arguments
        if isinstance(path, int) or path is None:
            return  # a descriptor that is open already
        if not self.allows(os.fsdecode(path), writing=bool((flags or 0) & _WRITING)):
            raise PermissionError(errno.EACCES, "this file is no part of the request")

    def allows(self, path: str, *, writing: bool) -> bool:
        """May ``path`` be opened now?"""
        wanted = _plain(path)
        if writing:
            return any(_below(wanted, folder) for folder in self._write)
        return wanted in self._read or any(_below(wanted, folder) for folder in (*self._program, *self._write))


def _program() -> tuple[str, ...]:
    """The folders of the program, of Python and its libraries, and what these read of the system."""
    folders = [sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable), str(resources())]  # noqa: PTH120
    folders += [entry for entry in sys.path if os.path.isabs(entry)]  # noqa: PTH117
    return (*(_plain(folder) for folder in folders if folder), *(_SYSTEM if os.name != "nt" else ()))


def _plain(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - links stay: what was named is what is opened


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
