"""The starter model: small, English, for demonstration. What is known of it is shared with packaging as data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.base.assets import resources


@dataclass(frozen=True)
class Starter:
    """``resources/starter.json``.

    :ivar file: its file name.
    :ivar size: bytes.
    :ivar sha256: of the file.
    :ivar package: the wheel on any package index that holds it, in ``version``, as ``member``.
    :ivar licence: an SPDX identifier.
    :ivar name: what a person reads.
    """

    file: str
    size: int
    sha256: str
    package: str
    version: str
    member: str
    licence: str
    name: str


@cache
def starter() -> Starter:
    """The facts about the starter."""
    return Starter(**json.loads((resources() / "starter.json").read_text(encoding="utf-8")))


def is_starter(path: Path, size: int) -> bool:
    """Is the file of this name and size (bytes) the starter, also when it was renamed by an import or a copy?"""
    return size == starter().size and path.suffix.lower() == Path(starter().file).suffix
