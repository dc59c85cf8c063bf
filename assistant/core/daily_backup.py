"""A copy of the history while the program runs: the one at its end is never made where it is killed or only sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

from assistant.storage.store import Store

FIRST_SECONDS = 300.0
"""From the start of the program to the first look."""

_EVERY_SECONDS = 600.0
_PATIENCE = 3600.0  # with a look that is due, as long as something is being answered
_DAY = 24 * 3600.0


class DailyBackup:
    """Has the history copied where the newest copy is older than a day. It lives on the pumping thread.

    The store copies on its own thread, between the writes, and gives up when it is closed.

    :param wanted: whether the user lets it. ``busy``: whether a model is at work, which writes what it answers.
    :param clock: seconds that pass while the computer is awake.
    """

    def __init__(
        self,
        store: Store,
        *,
        wanted: Callable[[], bool],
        busy: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._wanted = wanted
        self._busy = busy
        self._clock = clock
        self._due = clock() + FIRST_SECONDS

    def tick(self) -> None:
        """Called twice a second."""
        now = self._clock()
        if now < self._due or (self._busy() and now < self._due + _PATIENCE):
            return
        self._due = now + _EVERY_SECONDS
        if self._wanted():
            self._store.backup_if_due(_DAY)
