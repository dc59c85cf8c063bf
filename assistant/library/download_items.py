"""What a download is, and the form in which the queue keeps it on the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.hashes import is_sha256
from assistant.net.messages import Place, WheelPlace

_ID = re.compile(r"[0-9a-f]{8,32}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,159}\.gguf")
_STEM = re.compile(r"-\d{5}-of-\d{5}$")
_LONGEST_STEM = 100
_LONGEST_NAME = 200
_MOST_PARTS = 1000
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))})


class State(StrEnum):
    """Where a download stands. Until DONE, nothing of it counts as a model."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    DOWNLOADING = "downloading"
    WAITING = "waiting"  # for the network or the next try; ``error`` says why
    CHECKING = "checking"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True)
class Part:
    """One file of a download.

    :ivar size: bytes, 0: not known yet.
    :ivar sha256: 64 hex digits, "": not known yet.
    :ivar file: its name in the models folder, chosen by the queue.
    """

    place: Place | WheelPlace
    size: int = 0
    sha256: str = ""
    file: str = ""


@dataclass(frozen=True)
class DownloadItem:
    """One row of the queue, as a face shows it.

    :ivar size: bytes of all parts, 0: not known yet; ``done``: how many of them are here.
    :ivar speed: bytes a second. ``left``: seconds until it is complete, -1: not known.
    :ivar wait: seconds until the next try.
    :ivar source: the host that it comes from.
    :ivar error: why it waits or has failed.
    :ivar catalogue: id of its row in the catalogue, "": it comes from somewhere else.
    :ivar elsewhere: another program brings it now; how fast is not known.
    """

    id: str
    name: str
    parts: tuple[Part, ...]
    size: int = 0
    done: int = 0
    state: State = State.QUEUED
    speed: float = 0.0
    left: float = -1.0
    wait: float = 0.0
    source: str = ""
    error: AssistantError | None = None
    catalogue: str = ""
    elsewhere: bool = False


def whole_size(parts: Sequence[Part]) -> int:
    """Bytes of all parts, 0 while one of them is not known."""
    return sum(part.size for part in parts) if all(part.size > 0 for part in parts) else 0


def same_files(some: Sequence[Part], others: Sequence[Part]) -> bool:
    """Do both bring the same model, as far as can be told without bringing it?"""
    if len(some) != len(others):
        return False
    hashes = [part.sha256 for part in some]
    if all(hashes) and hashes == [part.sha256 for part in others]:
        return True
    return [_address(part) for part in some] == [_address(part) for part in others]


def _address(part: Part) -> tuple[str, ...]:
    place = part.place
    if isinstance(place, WheelPlace):
        return ("wheel", place.package, place.version, place.member)
    return ("hub", place.repo.casefold(), place.file)


def file_at(place: Place | WheelPlace) -> str:
    """The path of a file within its repository, or within its wheel."""
    return place.member if isinstance(place, WheelPlace) else place.file


def named(parts: Sequence[Part], taken: frozenset[str]) -> tuple[Part, ...]:
    """``parts`` with names for the models folder: letters, digits, dots, lines and underscores, free of tricks.

    :param taken: names that are not free, in small letters.
    """
    place = parts[0].place
    stem = _safe_stem(file_at(place))
    number = 1
    while True:
        names = _names(stem if number == 1 else f"{stem}-{number}", len(parts))
        if not any(name.casefold() in taken for name in names):
            return tuple(replace(part, file=name) for part, name in zip(parts, names, strict=True))
        number += 1


def _names(stem: str, count: int) -> list[str]:
    if count == 1:
        return [f"{stem}.gguf"]
    return [f"{stem}-{number:05}-of-{count:05}.gguf" for number in range(1, count + 1)]


def _safe_stem(remote: str) -> str:
    name = re.split(r"[/\\]", remote)[-1]
    stem = _STEM.sub("", name[: -len(".gguf")] if name.lower().endswith(".gguf") else name)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:_LONGEST_STEM].rstrip("-._")
    stem = re.sub(r"\.\.+", ".", stem) or "model"
    return f"model-{stem}" if stem.split(".")[0].upper() in _RESERVED else stem


# ---------------------------------------------------------------- on the disk


def to_json(item: DownloadItem) -> dict[str, Any]:
    """What a later start needs to go on. An item that is running is kept as one that waits for its turn."""
    state = item.state if item.state in (State.PAUSED, State.FAILED) else State.QUEUED
    kept: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "state": state.value,
        "done": item.done,
        "catalogue": item.catalogue,
        "parts": [
            {
                "place": msgspec.to_builtins(part.place),
                "size": part.size,
                "sha256": part.sha256,
                "file": part.file,
            }
            for part in item.parts
        ],
    }
    if item.error is not None and state is State.FAILED:
        kept["error"] = {"kind": item.error.kind.value, "values": item.error.plain_values}
    return kept


def from_json(value: Any) -> DownloadItem | None:
    """An item as ``to_json`` has written it; None for everything else: the file may have been edited or damaged."""
    if not isinstance(value, Mapping):
        return None
    parts = value.get("parts")
    texts = [value.get(key) for key in ("id", "name", "state", "catalogue")]
    if not isinstance(parts, list) or not all(isinstance(text, str) for text in texts):
        return None
    if not 1 <= len(parts) <= _MOST_PARTS or not _ID.fullmatch(value["id"]):
        return None
    read = [_part(part) for part in parts]
    known = tuple(part for part in read if part is not None)
    if len(known) != len(parts) or len({part.file.casefold() for part in known}) != len(parts):
        return None
    state = State(value["state"]) if value["state"] in (State.PAUSED, State.FAILED) else State.QUEUED
    return DownloadItem(
        id=value["id"],
        name=value["name"][:_LONGEST_NAME],
        parts=known,
        size=whole_size(known),
        done=_count(value.get("done")),
        state=state,
        error=_error(value.get("error")) if state is State.FAILED else None,
        catalogue=value["catalogue"][:_LONGEST_NAME],
    )


def encode(content: Mapping[str, Any]) -> bytes:
    """The bytes of a file of the queue."""
    return json.dumps(content, indent=1).encode("ascii")


def _part(value: Any) -> Part | None:
    if not isinstance(value, Mapping) or not _NAME.fullmatch(str(value.get("file"))):
        return None
    try:
        place = msgspec.convert(value.get("place"), Place | WheelPlace)
    except msgspec.ValidationError:
        return None
    sha256 = value.get("sha256")
    return Part(
        place=place,
        size=_count(value.get("size")),
        sha256=sha256 if isinstance(sha256, str) and is_sha256(sha256) else "",
        file=value["file"],
    )


def _error(value: Any) -> AssistantError:
    values = value.get("values") if isinstance(value, Mapping) else None
    try:
        kind = ErrorKind(value["kind"])
    except (KeyError, TypeError, ValueError):
        kind = ErrorKind.INTERNAL
    known = values if isinstance(values, Mapping) else {}
    return AssistantError(kind, **{str(key): item for key, item in known.items() if str(key) not in ("kind", "detail")})


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
