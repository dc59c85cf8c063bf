"""What the program and the net child say to each other.

Every request has an ``id`` and gets exactly one answer or one ``NetFailed``; ``Progress`` comes before a ``Fetched``.
``Setup`` and ``Cancel`` have no answer of their own, ``Switched`` belongs to no request.
"""

from __future__ import annotations

from typing import Any

from msgspec import field

from assistant.base.errors import ErrorKind
from assistant.process.message import Message

# ---------------------------------------------------------------- where something is


class Place(Message, frozen=True):
    """A file on the Hub, or on a mirror of it: ``repo`` ("owner/name"), ``revision`` (a branch or 40 hex digits)."""

    repo: str = ""
    revision: str = "main"
    file: str = ""


class WheelPlace(Message, frozen=True):
    """A file inside a wheel of a package index: ``member`` is its path in the archive."""

    package: str
    version: str
    member: str


# ---------------------------------------------------------------- the program says


class Setup(Message, frozen=True):
    """How the child may use the network. It replaces the set-up before it; work in hand goes on with the new one.

    :ivar offline: refuse everything and end what is running.
    :ivar endpoint: https address asked first, "": the one in HF_ENDPOINT, else the Hub itself.
    :ivar mirrors: addresses tried after it, if ``fallback``.
    :ivar proxy: http address, "": the one in the environment.
    :ivar certificates: a PEM file trusted in addition to the system's, "": none.
    :ivar ledger: the file that lists every connection, "": none is kept.
    :ivar index: the address of a package index, "": the one that pip is set to.
    """

    offline: bool = False
    endpoint: str = ""
    mirrors: tuple[str, ...] = ()
    fallback: bool = True
    proxy: str = ""
    certificates: str = ""
    ledger: str = ""
    index: str = ""


class GivenToken(Message, frozen=True):
    """The token in the user's own environment (HF_TOKEN). Through the pipe: others may read a child's environment."""

    token: str


class SetToken(Message, frozen=True):
    """Keep the Hub's access token ("": forget it). Answer: ``TokenKept``."""

    id: str
    token: str


class AskToken(Message, frozen=True):
    """Is an access token known? Answer: ``TokenKept``."""

    id: str


class Search(Message, frozen=True):
    """Repositories with GGUF files. Answer: ``Found``.

    :ivar sort: downloads, likes or modified; the largest or newest first.
    :ivar page: ``Found.next`` of the page before, "": the first page.
    """

    id: str
    text: str = ""
    sort: str = "downloads"
    limit: int = 30
    page: str = ""


class Look(Message, frozen=True):
    """What is in a repository. Answer: ``RepoFacts``."""

    id: str
    repo: str
    revision: str = "main"


class ReadBytes(Message, frozen=True):
    """``length`` bytes from ``start``, written into the file ``path`` at ``start``. Answer: ``BytesRead``."""

    id: str
    place: Place
    start: int
    length: int
    path: str


class Fetch(Message, frozen=True):
    """Bring a file to ``target``, going on with what an earlier try has left. Answer: ``Fetched``.

    :ivar size: bytes, 0: not known yet.
    :ivar sha256: "": not known yet.
    :ivar floor: bytes that must stay free on the disk.
    :ivar connections: ranges side by side.
    """

    id: str
    place: Place | WheelPlace
    target: str
    size: int = 0
    sha256: str = ""
    floor: int = 1 << 30
    connections: int = 4


class Cancel(Message, frozen=True):
    """End a request, which answers with ``NetFailed(CANCELLED)``; ``keep`` what a transfer has brought so far."""

    id: str
    keep: bool = True


# ---------------------------------------------------------------- the child says


class TokenKept(Message, frozen=True):
    """:ivar where: keyring, memory (there is no keyring), environment (HF_TOKEN) or none."""

    id: str
    where: str = "none"
    known: bool = False


class RepoRow(Message, frozen=True):
    """One repository of a search. ``modified`` is an ISO date and time in UTC, "" if unknown."""

    repo: str
    downloads: int = 0
    likes: int = 0
    modified: str = ""
    gated: bool = False
    tags: tuple[str, ...] = ()


class Found(Message, frozen=True):
    """One page of a search; ``next`` asks for the following one ("": this was the last)."""

    id: str
    repos: tuple[RepoRow, ...] = ()
    next: str = ""


class RemoteFile(Message, frozen=True):
    """A file of a repository. ``size`` in bytes (0: unknown), ``sha256`` 64 hex digits ("": unknown)."""

    name: str
    size: int = 0
    sha256: str = ""


class RepoFacts(Message, frozen=True):
    """A repository as the Hub describes it; what it does not say is empty or 0.

    :ivar revision: 40 hex digits.
    :ivar licence: as the repository names it ("apache-2.0").
    :ivar licence_link: address of its text.
    :ivar architecture: of one of its files.
    :ivar context: tokens, of one of its files.
    :ivar parameters: how many, of one of its files.
    :ivar base_model: the repository that this one was made from.
    :ivar source: the host that said so.
    """

    id: str
    repo: str
    revision: str
    gated: bool = False
    licence: str = ""
    licence_link: str = ""
    files: tuple[RemoteFile, ...] = ()
    architecture: str = ""
    context: int = 0
    parameters: int = 0
    downloads: int = 0
    likes: int = 0
    modified: str = ""
    tags: tuple[str, ...] = ()
    base_model: str = ""
    link: str = ""
    source: str = ""


class BytesRead(Message, frozen=True):
    """What ``ReadBytes`` has brought: ``length`` may be less than asked at the end of the file.

    :ivar size: of the whole file, in bytes.
    :ivar sha256: of the whole file, "": unknown.
    :ivar revision: 40 hex digits, "": unknown.
    """

    id: str
    start: int
    length: int
    size: int
    sha256: str = ""
    revision: str = ""


class Progress(Message, frozen=True):
    """How a transfer stands; at most four a second.

    :ivar speed: bytes a second.
    :ivar left: seconds, -1: unknown.
    :ivar phase: connecting, downloading, waiting or checking.
    :ivar wait: seconds until the next try.
    :ivar kind: why it waits.
    :ivar source: the host that it comes from.
    """

    id: str
    done: int = 0
    size: int = 0
    speed: float = 0.0
    left: float = -1.0
    phase: str = "connecting"
    wait: float = 0.0
    kind: ErrorKind | None = None
    source: str = ""


class Fetched(Message, frozen=True):
    """The file is whole, its hash is right, and it lies at ``path``."""

    id: str
    path: str
    size: int
    sha256: str
    revision: str = ""


class NetFailed(Message, frozen=True):
    """A request has failed; ``values`` are what the sentence for ``kind`` names."""

    id: str
    kind: ErrorKind
    detail: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class Switched(Message, frozen=True):
    """``source`` (a host) is used from now on, since the one before it failed with ``kind``. Belongs to no request."""

    source: str
    kind: ErrorKind


Request = SetToken | AskToken | Search | Look | ReadBytes | Fetch
ToChild = Request | Setup | GivenToken | Cancel
Answer = TokenKept | Found | RepoFacts | BytesRead | Fetched | NetFailed
FromChild = Answer | Progress | Switched
NetEvent = FromChild
