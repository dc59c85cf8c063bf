"""Signs of life: what another thread may know about the loop."""

from __future__ import annotations

import time

from assistant.engine.messages import Alive

_UNKNOWN = 30.0  # seconds that something may take of which nobody knows how long it takes, at least
_PATIENCE = 3.0  # seconds that anything may take
_TIMES = 8  # times longer than expected
_STARVED = 60  # times its patience that something may take which hardly gets the processor
_TRACE = 0.002  # seconds of the processor between two looks: more than this thread needs itself
_DISK = 10 << 20  # bytes a second that are read or written at least: a card, or a disk that many share


class Heartbeat:
    """How busy the loop is, and whether it is still moving. The loop writes, the heartbeat's thread reads.

    :param longest: seconds that one step of this model can take here, as far as that is known.
    """

    def __init__(self, longest: float = 0.0) -> None:
        self._unknown = max(_UNKNOWN, 2 * longest)
        self.used = 0
        self.extra = 0
        self.tokens = 0
        self.since = 0.0  # when what runs now began (time.perf_counter), 0: nothing runs
        self._counts: dict[object, tuple[int, int]] = {}
        self._patience = self._unknown
        self._computed = 0.0  # seconds of the processor that the child had used when it began
        self._looked = 0.0  # and at the last look
        self._seen = (time.perf_counter(), 0)

    def count(self, who: object, running: int, waiting: int) -> None:
        """``who`` has so many requests."""
        self._counts[who] = running, waiting

    def leave(self, who: object) -> None:
        """``who`` has none any more, for good."""
        self._counts.pop(who, None)

    def working(self, expected: float = 0.0) -> None:
        """Something begins that should take ``expected`` seconds (0: nobody knows)."""
        self._patience = max(_PATIENCE, _TIMES * expected) if expected else self._unknown
        self._computed = time.process_time()
        self.since = time.perf_counter()

    def moving(self, size: int) -> None:
        """So many bytes begin to be read from a disk, or written to it, in one go."""
        self.working()
        self._patience = max(self._unknown, size / _DISK)

    def idle(self) -> None:
        self.since = 0.0

    def alive(self) -> Alive | None:
        """A sign of life, None if there is nothing to do or if what was begun takes far too long."""
        now = time.perf_counter()
        since = self.since
        if not since:
            return None
        used = time.process_time()
        progress, self._looked = used - self._looked, used
        if now - since > self._patience and not self._is_starved(now - since, used - self._computed, progress):
            return None
        before, count = self._seen
        tokens = self.tokens
        self._seen = (now, tokens)
        return self.told((tokens - count) / max(0.001, now - before))

    def _is_starved(self, seconds: float, used: float, progress: float) -> bool:
        """What runs goes on, but other programs leave it so little of the processor that it had no chance to end.

        :param used: seconds of the processor since it began; ``progress``: since the last look.
        """
        return progress > _TRACE and used < self._patience and seconds < _STARVED * self._patience

    def told(self, speed: float = 0.0) -> Alive:
        """What is known now, whatever runs."""
        counts = list(self._counts.values())
        running, waiting = sum(count[0] for count in counts), sum(count[1] for count in counts)
        return Alive(running=running, waiting=waiting, used=self.used, extra=self.extra, speed=speed)
