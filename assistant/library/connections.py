"""The two children that may use the network: one brings files, the other answers quick questions, so that a search
never waits behind a download. Neither is started before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from assistant.net.ledger import Entry
from assistant.net.ledger import clear as clear_ledger
from assistant.net.ledger import read as read_ledger
from assistant.net.messages import (
    AskToken,
    BytesRead,
    Cancel,
    Found,
    Look,
    NetEvent,
    NetFailed,
    Place,
    ReadBytes,
    RemoteFile,
    RepoFacts,
    RepoRow,
    Request,
    Search,
    SetToken,
    Setup,
    Switched,
    TokenKept,
    WheelPlace,
)

__all__ = [
    "AskToken",
    "BytesRead",
    "Cancel",
    "Client",
    "Connections",
    "Entry",
    "Found",
    "Look",
    "Make",
    "NetEvent",
    "NetFailed",
    "Place",
    "ReadBytes",
    "RemoteFile",
    "RepoFacts",
    "RepoRow",
    "Request",
    "Search",
    "SetToken",
    "Setup",
    "Switched",
    "TokenKept",
    "WheelPlace",
    "clear_ledger",
    "read_ledger",
]


class Client(Protocol):
    """What is used of a ``NetClient``; tests give their own."""

    def setup(self, setup: Setup) -> None: ...
    def send(self, request: Request) -> None: ...
    def cancel(self, request_id: str, *, keep: bool = True) -> None: ...
    def close(self, wait: float | None = None) -> None: ...


Make = Callable[[Callable[[NetEvent], None], Path | None], Client]
"""Makes a client from the function that takes its events (called on a thread of its own) and the file for its log."""


class Connections:
    """Both children.

    :param deliver: takes the events of both; called on other threads.
    :param logs: folder for what the children print, None: nowhere.
    """

    def __init__(self, deliver: Callable[[NetEvent], None], *, logs: Path | None, make: Make | None = None) -> None:
        if make is None:
            from assistant.net.client import NetClient  # noqa: PLC0415

            def make(take: Callable[[NetEvent], None], log: Path | None) -> Client:
                return NetClient(take, log=log)

        self.transfers = make(deliver, logs / "net-transfers.log" if logs else None)
        self.questions = make(deliver, logs / "net-questions.log" if logs else None)

    def setup(self, setup: Setup) -> None:
        """How the network may be used from now on; work in hand goes on with it, or ends if it says offline."""
        self.questions.setup(setup)
        self.transfers.setup(setup)

    def close(self, wait: float) -> None:
        """End both.

        :param wait: seconds that each may take to leave by itself.
        """
        for client in (self.questions, self.transfers):
            client.close()
        for client in (self.questions, self.transfers):
            client.close(wait)
