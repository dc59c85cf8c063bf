"""Who brings which segment: in order, from the first missing byte on, within a window that moves with it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from assistant.net.parts import Part

_SHORTEST, _LONGEST = 4 << 20, 64 << 20
_SECONDS = 4.0  # a segment takes about so long: one more request is then not noticed
_AHEAD = 3  # segments for each connection between the first missing byte and the last one asked for
_WORTH_SPLITTING = 2 << 20
_KNOWN_SECONDS = 1.0  # before that nobody is slow
_SLOW_SECONDS = 3.0  # a segment that takes longer is shared with whoever is idle


@dataclass(eq=False)
class Segment:
    """``position`` is the next byte to come, ``end`` where it stops; the end may move closer meanwhile."""

    start: int
    end: int
    position: int = -1
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.position = self.start


class Plan:
    """Hands out what is missing of ``part``. Safe from several threads."""

    def __init__(self, part: Part, size: int, connections: int) -> None:
        self._part = part
        self._size = size
        self._connections = connections
        self._taken: list[Segment] = []
        self._lock = threading.Lock()

    @property
    def complete(self) -> bool:
        return self._part.snapshot().reach() >= self._size

    def take(self, speed: float = 0.0) -> Segment | None:
        """The next segment to bring; None: there is nothing to do for one more.

        :param speed: bytes a second of all connections together.
        """
        length = self._length(speed)
        with self._lock:
            done = self._part.snapshot()
            spoken_for = done.copy()
            for one in self._taken:
                spoken_for.add(one.start, one.end)
            first = done.reach()
            for start, end in spoken_for.gaps(self._size, first):
                if start >= first + length * self._connections * _AHEAD:
                    break
                return self._hand_out(start, start + length if end - start > length * 1.25 else end)
            return self._share()

    def give_back(self, segment: Segment) -> None:
        """What of it did not come is to be had again."""
        with self._lock:
            if segment in self._taken:
                self._taken.remove(segment)

    def _hand_out(self, start: int, end: int) -> Segment:
        segment = Segment(start, end)
        self._taken.append(segment)
        return segment

    def _share(self) -> Segment | None:
        """The second half of what the slowest one has before it."""

        def seconds(one: Segment) -> float:
            passed = time.monotonic() - one.began
            if passed < _KNOWN_SECONDS:
                return 0.0
            return (one.end - one.position) * passed / max(1, one.position - one.start)

        slow = max(self._taken, key=seconds, default=None)
        if slow is None or slow.end - slow.position < _WORTH_SPLITTING or seconds(slow) < _SLOW_SECONDS:
            return None
        middle = (slow.position + slow.end) // 2
        end, slow.end = slow.end, middle
        return self._hand_out(middle, end)

    def _length(self, speed: float) -> int:
        wanted = min(max(int(speed * _SECONDS / self._connections), _SHORTEST), _LONGEST)
        return min(wanted, max(1 << 20, self._size // (2 * self._connections)))
