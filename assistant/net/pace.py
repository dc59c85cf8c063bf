"""How fast something goes, honestly, and how long to wait before the next try."""

from __future__ import annotations

import random
from collections import deque

WINDOW = 5.0
"""Seconds over which speed is measured."""
_FIRST = 0.3  # seconds before the first try after something had come
_LONGEST = 60.0


class Speedometer:
    """Bytes a second over the last few seconds. Times are those of ``time.monotonic``."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        """``done`` bytes are there."""
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()  # started over
        self._samples.append((now, done))
        while len(self._samples) > 2 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()

    def clear(self) -> None:
        """Nothing goes on at the moment."""
        self._samples.clear()

    @property
    def speed(self) -> float:
        if len(self._samples) < 2:
            return 0.0
        (began, first), (now, last) = self._samples[0], self._samples[-1]
        return (last - first) / (now - began) if now - began > 0.05 else 0.0

    def left(self, missing: int) -> float:
        """Seconds for ``missing`` bytes, -1: nobody knows."""
        speed = self.speed
        return missing / speed if speed > 0 else -1.0


class Backoff:
    """Waits that grow while nothing comes: 0.3 s, then 1, 2, 4 up to 60 s, each cut by chance to at least its half.

    :param scale: all waits are multiplied by it.
    """

    def __init__(self, scale: float = 1.0, chance: random.Random | None = None) -> None:
        self.barren = 0
        self._scale = scale
        self._chance = chance or random.Random()  # noqa: S311 - so that not all come back at once

    def fruitful(self) -> None:
        """Something has come."""
        self.barren = 0

    def next(self) -> float:
        """Seconds to wait after one more fault."""
        full = min(_LONGEST, 2.0 ** (self.barren - 1)) if self.barren else _FIRST
        self.barren += 1
        return self._scale * full * self._chance.uniform(0.5, 1.0)
