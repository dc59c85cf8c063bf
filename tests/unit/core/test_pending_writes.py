"""Trouble with the disk is told once, and its end too; what is kept late is acknowledged late."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.pending_writes import PendingWrites
from assistant.storage.store import Stored, StoreFailed


def test_what_the_disk_takes_late_is_acknowledged_then() -> None:
    told: list[AssistantError | None] = []
    kept: list[int] = []
    writes = PendingWrites(told.append)
    for ticket in (1, 2, 3):
        writes.write(lambda ticket=ticket: ticket, lambda ticket=ticket: kept.append(ticket))
    writes.stored(Stored(1))
    for ticket in (2, 3):
        writes.failed(StoreFailed(ticket, AssistantError(ErrorKind.DISK_FULL)))
    assert kept == [1]
    assert [error.kind for error in told if error] == [ErrorKind.DISK_FULL]
    writes.stored(Stored(2))
    writes.stored(Stored(3))
    assert kept == [1, 2, 3]
    assert told[1:] == [None]


def test_a_write_without_a_wish_to_know_is_fine() -> None:
    writes = PendingWrites(lambda error: None)
    writes.write(lambda: 7)
    writes.stored(Stored(7))
    writes.stored(Stored(8))


def test_work_that_must_not_wait_for_a_disk_goes_on_once() -> None:
    """Told of the refusal, it is not told again when the disk takes it after all."""
    writes = PendingWrites(lambda error: None)
    heard: list[str] = []
    for ticket in (1, 2):
        writes.write(
            lambda ticket=ticket: ticket, lambda: heard.append("kept"), refused=lambda: heard.append("refused")
        )
    writes.failed(StoreFailed(1, AssistantError(ErrorKind.DISK_FULL)))
    assert heard == ["refused"]
    writes.failed(StoreFailed(1, AssistantError(ErrorKind.DISK_FULL)))
    writes.stored(Stored(1))
    assert heard == ["refused"]
    writes.stored(Stored(2))
    assert heard == ["refused", "kept"]
