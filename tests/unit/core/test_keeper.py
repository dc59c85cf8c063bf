"""Trouble with the disk is told once, and its end too; what is kept late is acknowledged late."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.keeper import Keeper
from assistant.storage.store import Stored, StoreFailed


def test_what_the_disk_takes_late_is_acknowledged_then() -> None:
    told: list[AssistantError | None] = []
    kept: list[int] = []
    keeper = Keeper(told.append)
    for ticket in (1, 2, 3):
        keeper.write(lambda ticket=ticket: ticket, lambda ticket=ticket: kept.append(ticket))
    keeper.stored(Stored(1))
    for ticket in (2, 3):
        keeper.failed(StoreFailed(ticket, AssistantError(ErrorKind.DISK_FULL)))
    assert kept == [1]
    assert [error.kind for error in told if error] == [ErrorKind.DISK_FULL]
    keeper.stored(Stored(2))
    keeper.stored(Stored(3))
    assert kept == [1, 2, 3]
    assert told[1:] == [None]


def test_a_write_without_a_wish_to_know_is_fine() -> None:
    keeper = Keeper(lambda error: None)
    keeper.write(lambda: 7)
    keeper.stored(Stored(7))
    keeper.stored(Stored(8))
