"""What was handed to the store and is not yet on disk. The store itself tries again what the disk would not take."""

from __future__ import annotations

from collections.abc import Callable

from assistant.base.errors import AssistantError
from assistant.storage.store import Stored, StoreFailed


class PendingWrites:
    """Follows the store's tickets. Every method runs on the pumping thread.

    :param troubled: called with the error when the disk begins to refuse, and with None when it takes writes again.
    """

    def __init__(self, troubled: Callable[[AssistantError | None], None]) -> None:
        self._troubled = troubled
        self._trouble = False
        self._waiting: dict[int, Callable[[], None]] = {}
        self._refused: dict[int, Callable[[], None]] = {}

    def write(
        self,
        submit: Callable[[], int],
        kept: Callable[[], None] | None = None,
        *,
        refused: Callable[[], None] | None = None,
    ) -> None:
        """Have the store do ``submit``, which returns its ticket.

        :param kept: called when it is on disk.
        :param refused: called instead when the disk refuses it at first: work that must not wait for a disk goes on.
        """
        ticket = submit()
        if kept is not None:
            self._waiting[ticket] = kept
        if refused is not None:
            self._refused[ticket] = refused

    def stored(self, event: Stored) -> None:
        """A write is on disk."""
        if self._trouble:
            self._trouble = False
            self._troubled(None)
        self._refused.pop(event.ticket, None)
        kept = self._waiting.pop(event.ticket, None)
        if kept is not None:
            kept()

    def failed(self, event: StoreFailed) -> None:
        """The disk refused; ``Stored`` for the same ticket may still follow."""
        if not self._trouble:
            self._trouble = True
            self._troubled(event.error)
        refused = self._refused.pop(event.ticket, None)
        if refused is not None:
            self._waiting.pop(event.ticket, None)
            refused()
