"""What the program may do with the network, what it did, and the one way in which the core asks it something."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.core.inbox import Inbox
from assistant.library.connections import (
    AskToken,
    Client,
    Connections,
    Entry,
    Make,
    NetEvent,
    NetFailed,
    Request,
    SetToken,
    Setup,
    Switched,
    TokenKept,
    clear_ledger,
    offline_by,
    read_ledger,
)
from assistant.storage.disk import explain_disk
from assistant.storage.settings import Settings

__all__ = ["Entry", "Network", "TokenKept"]

SETTINGS = frozenset({"offline", "hub_endpoint", "hub_fallback", "proxy", "certificates"})
"""The settings that change how the network is used; they take effect at once."""

HUB_HOST = "huggingface.co"
"""The Hub itself, as ``RepoFacts.source`` names it."""

_CLOSE_SECONDS = 3.0

Done = Callable[[Any], None]


class Network:
    """Sets both net children up, asks them, and hands what they say to whoever waits. Runs on the pumping thread.

    :param ledger: the file that lists every connection.
    :param mirrors: addresses that hold copies of the Hub.
    :param transfer: takes the events of downloads. ``switched``: another source is used from now on.
    :param make: makes a client (tests).
    """

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        *,
        ledger: Path,
        logs: Path | None,
        mirrors: tuple[str, ...],
        switched: Callable[[Switched], None],
        make: Make | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._mirrors = mirrors
        self._switched = switched
        self._environ = os.environ if environ is None else environ
        self._ids = count(1)
        self._waiting: dict[str, Done] = {}
        self.on_transfer: Callable[[NetEvent], None] = lambda _: None
        self._connections = Connections(lambda event: inbox.put(self._arrived, event), logs=logs, make=make)
        self._connections.setup(self.setup)

    # ------------------------------------------------------------ what it may do

    @property
    def offline(self) -> bool:
        """Whether every connection is refused."""
        return bool(self._settings["offline"] or self.offline_by_environment)

    @property
    def offline_by_environment(self) -> str:
        """The environment's variable that refuses every connection, whatever the setting says; empty: there is none."""
        return offline_by(self._environ)

    @property
    def setup(self) -> Setup:
        """What the children are told. Where a setting is empty, they look into the environment by themselves."""
        settings = self._settings
        return Setup(
            offline=self.offline,
            endpoint=address(settings["hub_endpoint"]),
            mirrors=self._mirrors,
            fallback=settings["hub_fallback"] and self._public,
            proxy=address(settings["proxy"], scheme="http"),
            certificates=settings["certificates"].strip(),
            ledger=str(self._ledger),
        )

    @property
    def _public(self) -> bool:
        """Do questions go to the Hub or a known mirror? What is asked of a server of one's own is nobody else's."""
        named = address(self._settings["hub_endpoint"]) or address(self._environ.get("HF_ENDPOINT", ""))
        return not named or named in (f"https://{HUB_HOST}", *self._mirrors)

    def refresh(self) -> None:
        """Tell the children how things are now; offline ends what is running."""
        self._connections.setup(self.setup)

    @property
    def transfers(self) -> Client:
        """The child that brings files."""
        return self._connections.transfers

    # ------------------------------------------------------------ what it did

    def ledger(self) -> list[Entry]:
        """Every connection that was opened or refused, oldest first."""
        return read_ledger(self._ledger)

    @property
    def ledger_changed(self) -> int:
        """Another number when the list has changed; cheap to ask for."""
        try:
            facts = self._ledger.stat()
        except OSError:
            return 0
        return hash((facts.st_size, facts.st_mtime_ns, facts.st_ino))

    def export(self, path: Path) -> None:
        """Write the list to a file, as JSON.

        :raises AssistantError: DISK_FULL, READ_ONLY or FILE_UNREADABLE.
        """
        content = {"connections": [asdict(entry) for entry in self.ledger()]}
        try:
            write_atomic(path, json.dumps(content, indent=1).encode("utf-8"))
        except OSError as error:
            raise explain_disk(error, path.name) from error

    def clear(self) -> None:
        """Forget the list.

        :raises AssistantError: it cannot be removed.
        """
        try:
            clear_ledger(self._ledger)
        except OSError as error:
            raise explain_disk(error, self._ledger.name) from error

    # ------------------------------------------------------------ the Hub's token

    def token(self, done: Callable[[TokenKept | AssistantError], None]) -> None:
        """Is an access token known, and where is it kept?"""
        self.ask(AskToken(id=self.new_id()), done)

    def set_token(self, token: str, done: Callable[[TokenKept | AssistantError], None]) -> None:
        """Keep the Hub's access token in the system's keyring; empty: forget it."""

        def kept(answer: TokenKept | AssistantError) -> None:
            if isinstance(answer, TokenKept) and answer.where != "keyring":
                # Each child remembers by itself what no keyring takes.
                self._connections.transfers.send(SetToken(id=self.new_id(), token=token.strip()))
            done(answer)

        self.ask(SetToken(id=self.new_id(), token=token.strip()), kept)

    # ------------------------------------------------------------ asking

    def new_id(self) -> str:
        return f"ask{next(self._ids)}"

    def ask(self, request: Request, done: Done) -> Callable[[], None]:
        """Send a question; ``done`` gets its answer or an AssistantError, once, unless it is cancelled.

        :param request: with an id of ``new_id``.
        :returns: a function that cancels: ``done`` is not called any more.
        """
        self._waiting[request.id] = done
        self._connections.questions.send(request)

        def cancel() -> None:
            if self._waiting.pop(request.id, None) is not None:
                self._connections.questions.cancel(request.id)

        return cancel

    def close(self) -> None:
        """End both children; who waits hears nothing more."""
        self._waiting.clear()
        self._connections.close(_CLOSE_SECONDS)

    def _arrived(self, event: NetEvent) -> None:
        if isinstance(event, Switched):
            self._switched(event)
            return
        done = self._waiting.pop(event.id, None)
        if done is None:
            self.on_transfer(event)
        elif isinstance(event, NetFailed):
            done(error_of(event))
        else:
            done(event)


def error_of(event: NetFailed) -> AssistantError:
    """A ``NetFailed`` as an error value."""
    try:
        return AssistantError(event.kind, event.detail, **event.values)
    except TypeError:  # a value named like one of the error's own parts
        return AssistantError(ErrorKind(event.kind), event.detail)


def address(text: str, *, scheme: str = "https") -> str:
    """What a person entered as an address, in full; empty stays empty."""
    text = text.strip().rstrip("/")
    return text if not text or "://" in text else f"{scheme}://{text}"
