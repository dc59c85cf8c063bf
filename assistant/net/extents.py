"""Which bytes of a file are there: segments in order, apart from each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator


class Extents:
    """A set of bytes. A segment is ``(start, end)``: from ``start`` on, ``end`` not among them."""

    def __init__(self, segments: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in segments:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """The bytes from ``start`` to ``end`` are there, too."""
        if end <= start:
            return
        first = bisect_left(self._ends, start)  # the first segment that touches or lies behind
        last = bisect_right(self._starts, end)  # behind the last one that touches
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def reach(self, start: int = 0) -> int:
        """Up to where every byte from ``start`` on is there."""
        index = bisect_right(self._starts, start) - 1
        return max(start, self._ends[index]) if index >= 0 else start

    def gaps(self, size: int, start: int = 0) -> Iterator[tuple[int, int]]:
        """What is missing from ``start`` to ``size``."""
        position = start
        for first, end in self:
            if position < min(first, size):
                yield position, min(first, size)
            position = max(position, end)
        if position < size:
            yield position, size

    def clipped(self, size: int) -> Extents:
        """Those before ``size``."""
        return Extents((start, min(end, size)) for start, end in self if start < size)

    def copy(self) -> Extents:
        return Extents(self)

    @property
    def total(self) -> int:
        """How many bytes are there."""
        return sum(self._ends) - sum(self._starts)

    @property
    def end(self) -> int:
        """Behind the last byte."""
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)

    def __repr__(self) -> str:
        return f"Extents({list(self)})"
