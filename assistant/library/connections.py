"""The two children that may use the network: one brings files, the other answers quick questions, so that a search
never waits behind a download. Neither is started before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from assistant.net.client import NetClient, offline_by
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
    "offline_by",
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
        self._deliver = deliver
        self._logs = logs
        self._make = make or _net_client
        self._setup = Setup(offline=True)
        self._clients: dict[str, Client] = {}

    @property
    def transfers(self) -> Client:
        """The one that brings files."""
        return self._client("transfers")

    @property
    def questions(self) -> Client:
        """The one that answers."""
        return self._client("questions")

    def setup(self, setup: Setup) -> None:
        """How the network may be used from now on; work in hand goes on with it, or ends if it says offline."""
        self._setup = setup
        for client in self._clients.values():
            client.setup(setup)

    def close(self, wait: float) -> None:
        """End both.

        :param wait: seconds that each may take to leave by itself.
        """
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            client.close(wait)

    def _client(self, name: str) -> Client:
        client = self._clients.get(name)
        if client is None:
            client = self._make(self._deliver, self._logs / f"net-{name}.log" if self._logs else None)
            client.setup(self._setup)
            self._clients[name] = client
        return client


def _net_client(deliver: Callable[[NetEvent], None], log: Path | None) -> Client:
    return NetClient(deliver, log=log)
