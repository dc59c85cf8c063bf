"""Writes are held while the disk refuses, and follow in their order when it takes them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.keeper import Keeper
from assistant.storage.store import Stored, StoreFailed


class Disk:
    """Takes writes and says for each, when asked, whether it was taken."""

    def __init__(self) -> None:
        self.full = False
        self.tickets = 0
        self.asked: list[tuple[int, str]] = []
        self.written: list[str] = []
        self.trouble: list[AssistantError | None] = []
        self.keeper = Keeper(self.trouble.append)

    def submit(self, what: str) -> Callable[[], int]:
        def run() -> int:
            self.tickets += 1
            self.asked.append((self.tickets, what))
            return self.tickets

        return run

    def answer(self, kind: ErrorKind = ErrorKind.DISK_FULL) -> None:
        """Acknowledge everything that was asked so far."""
        asked, self.asked = self.asked, []
        for ticket, what in asked:
            if self.full:
                self.keeper.failed(StoreFailed(ticket, AssistantError(kind)))
            else:
                self.written.append(what)
                self.keeper.stored(Stored(ticket))


def test_nothing_is_lost_and_the_order_stays() -> None:
    disk = Disk()
    kept: list[Any] = []
    disk.keeper.write(disk.submit("1"), lambda: kept.append("1"))
    disk.answer()
    disk.full = True
    for name in "234":
        disk.keeper.write(disk.submit(name))
    disk.answer()
    disk.keeper.write(disk.submit("5"))  # comes while the others are held
    assert disk.asked == []
    assert disk.keeper.holding == 4
    disk.keeper.tick()
    disk.answer()  # still full
    assert disk.keeper.holding == 4
    disk.full = False
    disk.keeper.tick()
    while disk.asked:
        disk.answer()
    assert disk.written == ["1", "2", "3", "4", "5"]
    assert kept == ["1"]
    assert disk.keeper.holding == 0
    assert disk.trouble[-1] is None
    assert [error.kind for error in disk.trouble[:-1] if error] == [ErrorKind.DISK_FULL] * 4


@pytest.mark.parametrize("kind", [ErrorKind.INTERNAL, ErrorKind.DATABASE_NEWER])
def test_what_can_never_be_written_does_not_block_the_rest(kind: ErrorKind) -> None:
    disk = Disk()
    disk.full = True
    disk.keeper.write(disk.submit("bad"))
    disk.answer(kind)
    disk.full = False
    disk.keeper.write(disk.submit("good"))
    disk.answer()
    assert disk.written == ["good"]
