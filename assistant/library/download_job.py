"""One download while the program runs: what is known of it, and what the net child has said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.hashes import is_commit, is_sha256
from assistant.library.download_items import DownloadItem, Part, State, whole_size
from assistant.net.messages import Place, Progress

RUNNING = (State.CONNECTING, State.DOWNLOADING, State.WAITING, State.CHECKING)
WANTED = (State.QUEUED, *RUNNING)
RESTING = (State.PAUSED, State.FAILED, State.WAITING)  # what can be told to go on
PHASES = {
    "connecting": State.CONNECTING,
    "downloading": State.DOWNLOADING,
    "waiting": State.WAITING,
    "checking": State.CHECKING,
}
_NOTED_AGAIN = (1 << 20, 64 << 20)  # bytes after which it is noted how far an item has come, at least and at most


@dataclass
class DownloadJob:
    """An item while the program runs.

    :ivar whole: bytes of the parts that are whole; the next one is being brought.
    :ivar done: bytes of that next one.
    :ivar asked: somebody wants it, and it was not tried since.
    :ivar attempt: id of the request that is with the net child, "": none is.
    :ivar sent: it has reached the child; before that its folder is being made.
    :ivar stopping: it was told to end.
    :ivar placing: all parts are whole and are being put into the models folder.
    """

    item: DownloadItem
    whole: list[int] = field(default_factory=list)
    done: int = 0
    speed: float = 0.0
    left: float = -1.0
    wait: float = 0.0
    source: str = ""
    asked: bool = False
    attempt: str = ""
    sent: bool = False
    stopping: bool = False
    placing: bool = False
    dropped: bool = False
    restarts: int = 0
    noted: int = 0

    @property
    def state(self) -> State:
        return self.item.state

    @property
    def bytes_done(self) -> int:
        return sum(self.whole) + self.done

    @property
    def complete(self) -> bool:
        return len(self.whole) == len(self.item.parts)

    @property
    def worth_noting(self) -> bool:
        """Has it come so far, a hundredth as a rule, that the disk and other programs should know?"""
        least, most = _NOTED_AGAIN
        step = min(max(self.item.size // 100, least), most) if self.item.size else most
        return self.bytes_done >= self.noted + step

    def _replace_part(self, index: int, part: Part) -> None:
        parts = (*self.item.parts[:index], part, *self.item.parts[index + 1 :])
        self.item = replace(self.item, parts=parts, size=whole_size(parts))

    def become(self, state: State, error: AssistantError | None = None) -> None:
        self.item = replace(self.item, state=state, error=error)
        self.speed, self.left, self.wait = 0.0, -1.0, 0.0

    def learn(self, *, size: int = 0, sha256: str = "", revision: str = "") -> None:
        """Keep what the source has said about the part that is being brought."""
        index = len(self.whole)
        part = self.item.parts[index]
        place = part.place
        if isinstance(place, Place) and is_commit(revision):
            place = Place(repo=place.repo, revision=revision, file=place.file)
        known = replace(part, place=place, size=size or part.size, sha256=sha256 if is_sha256(sha256) else part.sha256)
        if known != part:
            self._replace_part(index, known)

    def unlearn(self) -> None:
        """The file is another one now: the next try takes what is there then."""
        index = len(self.whole)
        self._replace_part(index, replace(self.item.parts[index], size=0, sha256=""))
        self.done = 0

    def time_left(self, event: Progress) -> float:
        """Seconds for the part that is being brought, as the child says, and for the parts that have not begun."""
        if event.left < 0 or self.state is not State.DOWNLOADING:
            return -1.0
        rest = self.item.parts[len(self.whole) + 1 :]
        if not rest:
            return event.left
        if event.speed <= 0 or not whole_size(rest):
            return -1.0
        return event.left + whole_size(rest) / event.speed


def why_it_waits(event: Progress, name: str) -> AssistantError:
    """What keeps a download from going on at present, named ``name`` for the sentence."""
    kind = event.kind or ErrorKind.NET_UNREACHABLE
    values: dict[str, Any] = {"host": event.source, "name": name}
    if kind is ErrorKind.NET_BUSY:
        values["seconds"] = round(event.wait)
    return AssistantError(kind, **values)
