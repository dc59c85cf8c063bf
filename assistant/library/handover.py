"""What a program wants of a queue that another one has: one small file for each request, in ``.downloads.requests/``.

The queue's own file has one writer at a time. Whoever has the queue does what the requests say, keeps the queue, and
deletes them. Nothing is lost if either program ends in between: a request that stays is heeded by the next one that has
the queue, and what was done already is not done again.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.base.files import write_atomic
from assistant.library.download_items import DownloadItem, encode, from_json, to_json

FOLDER = ".downloads.requests"
FOLDERS = (FOLDER, ".downloads.wishes")  # and what earlier builds called it: what they have left there is heeded, too
_LARGEST = 1 << 20  # bytes
_MOST = 1000  # that are heeded at a time
_TRIES = 3


class Verb(StrEnum):
    """What is to be done about an item."""

    GET = "get"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    MOVE = "move"


@dataclass(frozen=True)
class Request:
    """One thing to do.

    :ivar item: what is wanted (GET). ``position``: its new place in the list, counted from 0 (MOVE).
    """

    verb: Verb
    item_id: str
    item: DownloadItem | None = None
    position: int = 0


def leave(folder: Path, request: Request) -> None:
    """Leave a request for the program that has the queue of ``folder``.

    :raises OSError: nothing can be written there.
    """
    content: dict[str, Any] = {"verb": request.verb.value, "id": request.item_id, "position": request.position}
    if request.item is not None:
        content["item"] = to_json(request.item)
    name = f"{time.time_ns():020}-{secrets.token_hex(4)}.json"  # in the order in which they were left
    for attempt in range(_TRIES):
        try:
            write_atomic(folder / FOLDER / name, encode(content), durable=False)
        except FileNotFoundError:  # the other program has just taken the empty folder away
            if attempt == _TRIES - 1:
                raise
        else:
            return


def names(folder: Path) -> tuple[str, ...]:
    """The files of the requests that are left, the oldest first, as paths below ``folder``."""
    found: list[Path] = []
    for place in FOLDERS:
        with contextlib.suppress(OSError):
            found += [path for path in (folder / place).iterdir() if not path.name.startswith(".")]
    found.sort(key=lambda path: path.name)
    return tuple(path.relative_to(folder).as_posix() for path in found[:_MOST])


def read(folder: Path, files: Iterable[str]) -> list[Request]:
    """What these files ask for; one that makes no sense asks for nothing."""
    found = []
    for name in files:
        path = folder / name
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            if path.stat().st_size <= _LARGEST:
                found.append(_request(json.loads(path.read_bytes())))
    return found


def forget(folder: Path, files: Iterable[str]) -> None:
    """Delete requests that were heeded."""
    for name in files:
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    for place in FOLDERS:
        with contextlib.suppress(OSError):
            (folder / place).rmdir()


def _request(content: Any) -> Request:
    """:raises ValueError, KeyError, TypeError: it makes no sense."""
    if not isinstance(content, Mapping):
        raise TypeError("not an object")
    verb, item_id, position = Verb(content["verb"]), str(content["id"]), content.get("position", 0)
    item = from_json(content.get("item")) if verb is Verb.GET else None
    if verb is Verb.GET and (item is None or item.id != item_id):
        raise ValueError("nothing to get")
    if not isinstance(position, int):
        raise TypeError("no position")
    return Request(verb, item_id, item, max(position, 0))
