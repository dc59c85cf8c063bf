"""Small files of settings that people may edit as well: written readably, and read again when they have changed."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.storage.disk import explain_disk
from assistant.storage.logbook import Entry, event

_LARGEST = 4 * 1024 * 1024  # bytes; a larger file is not one of ours


def read_json_object(path: Path) -> dict[str, object]:
    """The object in a JSON file.

    :raises OSError: it cannot be read now. ValueError: it is not a file with a JSON object of a sane size.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LARGEST:  # reading a pipe would wait for ever
        raise ValueError("not a small file")
    try:
        content = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def set_aside(path: Path) -> Path | None:
    """Rename a damaged file so that it is kept and no longer in the way; None: it cannot be renamed."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    target = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while os.path.lexists(target):
        target = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
        number += 1
    with contextlib.suppress(OSError):
        path.rename(target)
        return target
    return None


def to_json(content: Mapping[str, Any]) -> bytes:
    """Readable JSON with sorted keys, UTF-8."""
    try:
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, in a key that is not ours
        return json.dumps(content, indent=1, sort_keys=True).encode("ascii")


def signature(path: Path) -> tuple[int, int] | None:
    """Time of the last change (ns) and size (bytes): has somebody else written the file? None: there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


class SettingsFile:
    """One such file in use.

    :param check: raises ValueError for an object that no program of ours has written.
    :ivar problem: why it could not be read or written, or None. FILE_UNREADABLE (name): it was damaged and is kept
        aside. READ_ONLY, DISK_FULL: changes are in memory only, until a later write succeeds.
    """

    def __init__(self, path: Path, check: Callable[[dict[str, object]], None] | None = None) -> None:
        self.problem: AssistantError | None = None
        self._path = path
        self._check = check
        self._unread = False
        self._seen: tuple[int, int] | None = None

    @property
    def changed(self) -> bool:
        """Whether somebody else has written it since it was read or written here."""
        return signature(self._path) != self._seen

    def read(self) -> dict[str, Any]:
        """What is in it; nothing where that is unknown."""
        self._seen = signature(self._path)
        if self._seen is None and not os.path.lexists(self._path):
            return {}
        try:
            content = read_json_object(self._path)
            if self._check is not None:
                self._check(content)
        except OSError as error:
            self._unread = True
            self.problem = explain_disk(error, self._path.name)
            return {}
        except ValueError:
            set_aside(self._path)
            self._seen = signature(self._path)
            self.problem = AssistantError(ErrorKind.FILE_UNREADABLE, name=self._path.name)
            event(Entry.SETTINGS_DAMAGED)
            return {}
        self._unread = False
        return content

    def write(self, content: Mapping[str, Any]) -> bool:
        """Put this into it; whether that succeeded."""
        if self._unread:
            set_aside(self._path)  # what nobody could read is not written over
        try:
            write_atomic(self._path, to_json(content))
        except OSError as error:
            self.problem = explain_disk(error, self._path.name)
            event(Entry.SETTINGS_UNSAVED, kind=self.problem.kind)
            return False
        self._unread = False
        self._seen = signature(self._path)
        self.problem = None
        return True
