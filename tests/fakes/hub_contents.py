"""What lies on the pretended Hub: files that never repeat, repositories, faults, and the list of what was asked."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.hub_answers import Answer

COMMIT = "a1b2c3d4e5" * 4
_BLOCK = 1 << 20

_FAMILIES = {
    "stream": ("cut", "cuteach", "reset", "stall", "slow", "flip", "change", "do"),
    "store": ("gone",),
    "gate": ("status", "busy", "portal", "gated", "token", "missing", "loop", "elsewhere"),
}


def made(seed: str, size: int) -> bytes:
    """``size`` bytes that do not repeat; the same for the same seed, and each beginning is that of a longer one."""
    blocks = (hashlib.shake_128(f"{seed} {number}".encode()).digest(_BLOCK) for number in range(-(-size // _BLOCK)))
    return b"".join(blocks)[:size]


@dataclass
class RemoteBlob:
    """One file: its bytes lie at ``path``."""

    name: str
    path: Path
    size: int
    sha256: str
    git_sha1: str
    etag: str = ""
    linked: bool = True

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()


def write_blob(path: Path, name: str, content: bytes | int, seed: str) -> RemoteBlob:
    """Write ``content`` (or that many made bytes) to ``path``."""
    size = content if isinstance(content, int) else len(content)
    sha256, sha1 = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("wb") as file:
        for number in range(-(-size // _BLOCK)):
            start = number * _BLOCK
            if isinstance(content, int):
                block = hashlib.shake_128(f"{seed} {number}".encode()).digest(min(_BLOCK, size - start))
            else:
                block = content[start : start + _BLOCK]
            sha256.update(block)
            sha1.update(block)
            file.write(block)
    return RemoteBlob(name, path, size, sha256.hexdigest(), sha1.hexdigest(), etag=sha256.hexdigest())


def make_wheel(package: str, version: str, members: dict[str, bytes], *, deflated: bool) -> bytes:
    """An archive with ``members`` and the metadata that every wheel has."""
    target = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        info = f"{package.replace('-', '_')}-{version}.dist-info/METADATA"
        archive.writestr(info, f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    return target.getvalue()


@dataclass
class Repo:
    """A repository: ``gated`` "", "auto" or "manual"; ``facts`` are merged into what the API says."""

    name: str
    files: dict[str, RemoteBlob] = field(default_factory=dict)
    commit: str = COMMIT
    older: list[str] = field(default_factory=list)  # commits that still lead to the files
    gated: str = ""
    downloads: int = 10
    likes: int = 1
    modified: str = "2026-01-02T03:04:05.000Z"
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class Hit:
    """One request, as the server saw it; ``sent``: bytes of its body, ``body``: it was the contents of a file."""

    method: str
    path: str
    range: str = ""
    authorization: str = ""
    host: str = ""
    agent: str = ""
    if_range: str = ""
    status: int = 0
    sent: int = 0
    body: bool = False
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0


@dataclass
class Fault:
    """One way to misbehave, when the byte ``at`` of a file is asked for or sent.

    While the bytes flow: cut (the connection is closed), cuteach (again after each ``value`` bytes), reset, stall
    (``value`` seconds, 0: for ever), slow (``value`` bytes a second from there), flip (one bit), change (the file
    becomes another one; ``value``: of that size), do (``action`` is called, then the connection is closed).
    Instead of them: status (``value``, 0: 500), busy (429, ``value``: Retry-After), portal, gated, token, missing,
    loop, elsewhere (a redirect to ``where``), gone (404, but only from the store behind the redirect).
    In the headers: norange (a 200 with everything), offset (an honest 206 from ``value`` bytes further on), shifted
    (the same, but it says what was asked), short and long (by ``value`` bytes), total (the whole is said to be
    ``value`` bytes longer), claim (the facts say that the file is ``value`` bytes longer); ``head=True``: a refusal
    that only the request for facts meets.

    :ivar times: how often, -1: always.
    :ivar repo: only there, "": everywhere; so with ``name``.
    """

    kind: str
    at: int = 0
    times: int = 1
    value: float = 0
    where: str = ""
    repo: str = ""
    name: str = ""
    head: bool = False
    action: Callable[[], object] | None = None
    seen: int = 0

    def fits(self, kind: str, repo: str, name: str) -> bool:
        """Is this a fault of the kind or family ``kind`` for this file?"""
        if (self.repo and self.repo != repo) or (self.name and self.name != name):
            return False
        if self.head:
            return kind == "head" and self.kind in _FAMILIES["gate"]
        return self.kind in _FAMILIES.get(kind, (kind,))

    def apply(self, answer: Answer) -> None:
        """Let the headers or the extent of an answer be wrong."""
        value, length = int(self.value), answer.end - answer.start
        if self.kind in ("offset", "shifted"):
            answer.start = (answer.start + value) % max(1, answer.total - length + 1)
            answer.end = answer.start + length
            if self.kind == "offset":
                answer.first = answer.start
        elif self.kind == "short":
            answer.end = max(answer.start, answer.end - value)
        elif self.kind == "long":
            answer.extra = value
        elif self.kind == "total":
            answer.total += value
