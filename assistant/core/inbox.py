"""The one door through which other threads reach the core: a queue, a wake-up, and a slow clock."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

TICK_SECONDS = 0.5

Handler = Callable[[Any], None]


class Inbox:
    """Queues ``(handler, event)`` from any thread and runs them on the thread that pumps.

    :param wake: called from other threads when there is something to pump; must be cheap and thread safe.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._queue: queue.SimpleQueue[tuple[Handler, Any]] = queue.SimpleQueue()
        self._woken = threading.Event()
        self._clock: threading.Thread | None = None
        self._clock_stop = threading.Event()

    def put(self, handler: Handler, event: Any) -> None:
        """Queue ``handler(event)``; wakes the pumping thread unless it already has been woken."""
        self._queue.put((handler, event))
        if not self._woken.is_set():
            self._woken.set()
            self._wake()

    def pump(self, budget: float) -> bool:
        """Run what waits, for about ``budget`` seconds. True if more is left, and then the wake-up was repeated."""
        self._woken.clear()
        end = time.perf_counter() + budget
        try:
            while True:
                try:
                    handler, event = self._queue.get_nowait()
                except queue.Empty:
                    break
                handler(event)
                if time.perf_counter() >= end:
                    break
        finally:  # what waits behind a handler that raised does not wait for the next event
            more = not self._queue.empty()
            if more and not self._woken.is_set():
                self._woken.set()
                self._wake()
        return more

    def start_clock(self, handler: Handler) -> None:
        """Call ``handler(None)`` on the pumping thread every TICK_SECONDS until ``stop_clock``."""
        self._clock_stop.clear()
        self._clock = threading.Thread(target=self._run_clock, args=(handler,), name="core-clock", daemon=True)
        self._clock.start()

    def stop_clock(self) -> None:
        """No tick comes any more."""
        self._clock_stop.set()
        if self._clock is not None:
            self._clock.join(2)
            self._clock = None

    def _run_clock(self, handler: Handler) -> None:
        while not self._clock_stop.wait(TICK_SECONDS):
            self.put(handler, None)
