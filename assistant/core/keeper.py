"""Writes that the disk would not take are held and tried again, in order: nothing that was said is lost meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.store import Stored, StoreFailed

_PASSING = frozenset({ErrorKind.DISK_FULL, ErrorKind.READ_ONLY, ErrorKind.DATABASE_BUSY, ErrorKind.FILE_UNREADABLE})
"""Trouble that may end: room is made, a disk is plugged in again, another program lets go."""


@dataclass(frozen=True)
class _Write:
    number: int
    submit: Callable[[], int]
    kept: Callable[[], None] | None


class Keeper:
    """Stands before the store. Every method runs on the pumping thread.

    :param troubled: called with the error when writes begin to be held, and with None when all are on disk again.
    """

    def __init__(self, troubled: Callable[[AssistantError | None], None]) -> None:
        self._troubled = troubled
        self._count = 0
        self._sent: dict[int, _Write] = {}
        self._held: deque[_Write] = deque()

    @property
    def holding(self) -> int:
        """How many writes wait for the disk."""
        return len(self._held)

    def write(self, submit: Callable[[], int], kept: Callable[[], None] | None = None) -> None:
        """Have the store do ``submit``, which returns its ticket; ``kept`` is called when it is on disk."""
        self._count += 1
        write = _Write(self._count, submit, kept)
        if self._held:
            self._held.append(write)
        else:
            self._send(write)

    def stored(self, event: Stored) -> None:
        write = self._sent.pop(event.ticket, None)
        if write is None:
            return
        if write.kept is not None:
            write.kept()
        if self._held and not self._sent:
            self._send(self._held.popleft())
            if not self._held:
                self._troubled(None)

    def failed(self, event: StoreFailed) -> None:
        write = self._sent.pop(event.ticket, None)
        if write is not None and event.error.kind in _PASSING:
            self._held.append(write)
            self._held = deque(sorted(self._held, key=lambda held: held.number))
        self._troubled(event.error)

    def tick(self) -> None:
        """Twice a second: try what is held again."""
        if self._held and not self._sent:
            self._send(self._held.popleft())

    def _send(self, write: _Write) -> None:
        self._sent[write.submit()] = write
