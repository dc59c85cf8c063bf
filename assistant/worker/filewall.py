"""A wall inside the child: while it works on a document, Python opens the files that the request names, and no others.

Python reports each opening, renaming and removing to audit hooks before it happens. What the program itself consists of
may be read; a library written in Python cannot be made by a document to read another file or to write anywhere else.
What native code opens by itself is not seen: the readers of PDF and of XML are given bytes, never a name.
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
_SYSTEM = ("/dev/null", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo")
_LINKS = frozenset({"os.link", "os.symlink"})  # nothing here makes any
_CHANGES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.chown"})


class Wall:
    """Refuses openings while it is up. It is built once for a process: a hook cannot be taken away again."""

    def __init__(self) -> None:
        self._up = False
        self._built = False
        self._program: tuple[str, ...] = ()
        self._read: frozenset[str] = frozenset()
        self._folders: tuple[str, ...] = ()
        self._targets: frozenset[str] = frozenset()

    @contextlib.contextmanager
    def around(self, read: Iterable[str], folders: Iterable[str], targets: Iterable[str] = ()) -> Iterator[None]:
        """For this time only ``read`` may be opened for reading.

        :param folders: what is below them may be written, not read.
        :param targets: files that may be written, each through a temporary file beside it (see ``base.files``).
        """
        self._read = frozenset(_plain(path) for path in read)
        self._folders = tuple(_plain(path) for path in folders)
        self._targets = frozenset(_plain(path) for path in targets)
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
        if not self._up:
            return
        if event == "open":
            path, _, flags = arguments
            allowed = _number(path) or self.allows(os.fsdecode(path), writing=bool((flags or 0) & _WRITING))
        elif event in _CHANGES:
            named = arguments[: 2 if event == "os.rename" else 1]
            makes = event == "os.mkdir"
            allowed = all(_number(path) or self._may_change(os.fsdecode(path), makes=makes) for path in named)
        else:
            allowed = event not in _LINKS
        if not allowed:
            raise PermissionError(errno.EACCES, "this file is no part of the request")

    def allows(self, path: str, *, writing: bool) -> bool:
        """May ``path`` be opened now?"""
        if writing:
            return self._may_change(path)
        wanted = _plain(path)
        if wanted in self._read or any(_below(wanted, folder) for folder in self._program):
            return True
        # A folder itself is opened to make a renaming in it durable.
        return wanted in self._folders or any(wanted == os.path.dirname(target) for target in self._targets)  # noqa: PTH120

    def _may_change(self, path: str, *, makes: bool = False) -> bool:
        """May ``path`` be written, renamed or removed now?

        :param makes: it is a folder that is to be made; those above a folder for writing may be too.
        """
        wanted = _plain(path)
        if any(_below(wanted, folder) or (makes and _below(folder, wanted)) for folder in self._folders):
            return True
        return any(wanted == target or _is_temporary(wanted, target) for target in self._targets)


def _program() -> tuple[str, ...]:
    """The folders of the program, of Python and its libraries, and what these read of the system."""
    folders = [sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable), str(resources())]  # noqa: PTH120
    folders += [entry for entry in sys.path if os.path.isabs(entry)]  # noqa: PTH117
    return (*(_plain(folder) for folder in folders if folder), *(_SYSTEM if os.name != "nt" else ()))


def _plain(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - links stay: what was named is what is opened


def _number(path: object) -> bool:
    """Is this no path but a descriptor, of a file that is open already?"""
    return isinstance(path, int) or path is None


def _is_temporary(path: str, target: str) -> bool:
    """Is this what ``base.files`` writes before it becomes ``target``?"""
    (folder, name), (beside, called) = os.path.split(path), os.path.split(target)
    return folder == beside and name.startswith(f".{called}.") and name.endswith(".tmp")


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
