"""What the list of connections says: why each was opened, how it ended, and what all of them come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from assistant.texts import lists, units
from assistant.texts.catalogue import tr, trn

_REASONS: Mapping[str, Callable[[], str]] = {
    "search": lambda: tr("Search"),
    "details": lambda: tr("Look at a model"),
    "header": lambda: tr("Look into a file"),
    "download": lambda: tr("Download"),
    "catalogue check": lambda: tr("Check of the catalogue"),
}
_OUTCOMES: Mapping[str, Callable[[], str]] = {
    "ok": lambda: tr("done"),
    "refused": lambda: tr("refused"),
    "failed": lambda: tr("failed"),
    "stopped": lambda: tr("stopped"),
    "open": lambda: tr("in progress"),
}


class Entry(Protocol):
    """A row of the list (``net.ledger.Entry``): sizes in bytes."""

    @property
    def outcome(self) -> str: ...
    @property
    def received(self) -> int: ...
    @property
    def sent(self) -> int: ...


def reason(why: str) -> str:
    """Why a connection was opened (``net.ledger.Entry.why``); what another version wrote stays as it is."""
    return _REASONS[why]() if why in _REASONS else why


def outcome(value: str) -> str:
    """How it ended (``net.ledger.Entry.outcome``), likewise."""
    return _OUTCOMES[value]() if value in _OUTCOMES else value


def total(entries: Sequence[Entry]) -> str:
    """How many were opened, with the bytes of all of them, and how many were refused."""
    opened = [entry for entry in entries if entry.outcome != "refused"]
    refused = len(entries) - len(opened)
    said = trn(
        "{n} connection: {received} received, {sent} sent.",
        "{n} connections: {received} received, {sent} sent.",
        len(opened),
        received=units.size(sum(entry.received for entry in opened)),
        sent=units.size(sum(entry.sent for entry in opened)),
    )
    return lists.sentences(
        said if opened else tr("No connection has been opened."),
        trn("{n} was refused.", "{n} were refused.", refused) if refused else "",
    )
