"""What the list of connections comes to, in one or two sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.texts import lists, units
from assistant.texts.catalogue import tr, trn


class Entry(Protocol):
    """A row of the list (``net.ledger.Entry``): sizes in bytes."""

    @property
    def outcome(self) -> str: ...
    @property
    def received(self) -> int: ...
    @property
    def sent(self) -> int: ...


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
