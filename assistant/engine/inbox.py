"""What comes from the parent, taken off the pipe by a thread of its own, so that a cancel can break into a decode."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection

from assistant.engine.messages import Cancel, Request
from assistant.process import FrameError, Pipe

_GRACE = 0.5  # seconds that the loop gets to leave by itself when the pipe has closed


class Inbox:
    """Requests in order, and cancels at once.

    :ivar news: something waits to be taken; the loop looks at this between two steps.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._requests: deque[tuple[Request, float]] = deque()
        self._cancelled: set[str] = set()
        self._step: Collection[str] = ()
        self._abort: Callable[[bool], None] | None = None
        self.news = False
        self.closed = False

    # ------------------------------------------------------------ the reader thread

    def read_from(self, pipe: Pipe[Request]) -> None:
        """Take messages off the pipe until it closes. This process then ends, whatever it is doing."""
        while True:
            try:
                message = pipe.read()
            except FrameError as error:
                if error.__cause__ is None:  # the frame itself is broken, nothing after it can be trusted
                    print("a broken frame came through the pipe", file=sys.stderr)  # noqa: T201 - the child's log
                    break
                print("a message of no known shape was left out", file=sys.stderr)  # noqa: T201 - the child's log
                continue
            if message is None:
                break
            self.put(message)
        self.close()
        threading.Event().wait(_GRACE)
        os._exit(0)

    def put(self, message: Request) -> None:
        with self._lock:
            if isinstance(message, Cancel):
                self._cancelled.add(message.id)
                if self._abort is not None and self._step and self._cancelled.issuperset(self._step):
                    self._abort(True)
            else:
                self._requests.append((message, time.perf_counter()))
            self.news = True
            self._lock.notify_all()

    def close(self) -> None:
        """Nobody listens any more: break everything off."""
        with self._lock:
            self.closed = True
            self.news = True
            if self._abort is not None:
                self._abort(True)
            self._lock.notify_all()

    # ------------------------------------------------------------ the loop's thread

    def take(self) -> tuple[list[tuple[Request, float]], set[str]]:
        """What has come since the last call: requests and when they came (time.perf_counter), and ids to cancel."""
        with self._lock:
            requests, cancelled = list(self._requests), self._cancelled
            self._requests.clear()
            self._cancelled = set()
            self.news = self.closed
            return requests, cancelled

    def wait(self, timeout: float | None = None) -> None:
        """Sleep until something comes."""
        with self._lock:
            self._lock.wait_for(lambda: self.news, timeout)

    def is_cancelled(self, identifier: str) -> bool:
        """Whether a cancel for this id waits (asked by a load while it runs)."""
        with self._lock:
            return self.closed or identifier in self._cancelled

    def arm(self, ids: Collection[str], abort: Callable[[bool], None]) -> bool:
        """The decodes from now on are for these requests: cancelling all of them calls ``abort(True)``.

        :returns: False if they are cancelled already.
        """
        with self._lock:
            if self.closed or (self._cancelled and self._cancelled.issuperset(ids)):
                return False
            self._step, self._abort = ids, abort
            abort(False)
            return True

    def disarm(self) -> None:
        """The decodes from now on are for nobody who could cancel them; one that was broken off is over."""
        with self._lock:
            if self._abort is not None:
                self._abort(False)
            self._step, self._abort = (), None
