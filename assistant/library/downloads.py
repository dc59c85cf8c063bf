"""The queue of downloads: what is wanted, in which order, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.base.errors import AssistantError
from assistant.net.messages import Place, WheelPlace


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
