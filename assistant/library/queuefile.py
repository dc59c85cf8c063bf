"""``.downloads.json``: the queue as it survives a restart, with one program at a time allowed to change it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.files import write_atomic
from assistant.library.download_items import DownloadItem, encode, from_json, to_json
from assistant.library.locks import FileLock

_VERSION = 1
_LARGEST = 16 << 20  # bytes


@dataclass(frozen=True)
class Kept:
    """What the file says.

    :ivar items: in their order.
    :ivar dropped: ids of cancelled items whose parts may still have to be deleted.
    """

    items: tuple[DownloadItem, ...] = ()
    dropped: frozenset[str] = frozenset()


class QueueFile:
    """The file in the models folder. ``read`` and the lock belong to one thread, ``write`` to another."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".downloads.json"
        self.lock = FileLock(folder / ".downloads.lock")
        self._seen: tuple[int, int] | None = None

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def changed_outside(self) -> bool:
        """Has another program written it since it was read or written here?"""
        return self._signature() != self._seen

    def read(self, *, put_aside: bool) -> Kept:
        """What is in the file now.

        :param put_aside: keep a file that makes no sense under another name.
        """
        self._seen = self._signature()
        try:
            if self._path.stat().st_size > _LARGEST:
                raise ValueError("not a small file")
            return _kept(json.loads(self._path.read_bytes()))
        except OSError:
            return Kept()
        except (ValueError, KeyError, TypeError, RecursionError):
            if put_aside:
                self._put_aside()
            return Kept()

    def write(self, items: tuple[DownloadItem, ...], dropped: frozenset[str], *, durable: bool = True) -> None:
        """:raises OSError: it cannot be written; the old one is untouched."""
        content = {"version": _VERSION, "items": [to_json(item) for item in items], "dropped": sorted(dropped)}
        write_atomic(self._path, encode(content), durable=durable)
        self._seen = self._signature()

    def _put_aside(self) -> None:
        number = 1
        while os.path.lexists(target := self._path.with_name(f".downloads.damaged-{number}.json")):
            number += 1
        with contextlib.suppress(OSError):
            self._path.rename(target)
        self._seen = self._signature()

    def _signature(self) -> tuple[int, int] | None:
        try:
            facts = self._path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size


def _kept(content: Any) -> Kept:
    items: dict[str, DownloadItem] = {}
    rows = content["items"]
    if not isinstance(rows, list):
        raise TypeError("items is not a list")
    for row in rows:
        item = from_json(row)
        if item is not None and item.id not in items:
            items[item.id] = item
    dropped = content.get("dropped") or []
    names = frozenset(str(name) for name in dropped) if isinstance(dropped, list) else frozenset()
    return Kept(tuple(items.values()), names - items.keys())
