"""Where each of many rows begins when their heights keep changing: a Fenwick tree. No Qt."""

from __future__ import annotations

from collections.abc import Iterable


class HeightIndex:
    """Heights of rows in pixels; changing one and finding the row at a place both cost O(log n)."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights: list[int] = []
        self._tree: list[int] = [0]
        self._top = 1  # the largest power of two that is not above the number of rows
        self.assign(heights)

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    def assign(self, heights: Iterable[int]) -> None:
        """Replace all rows; O(n)."""
        self._heights = list(heights)
        self._tree = [0, *self._heights]
        size = len(self._heights)
        for node in range(1, size + 1):
            parent = node + (node & -node)
            if parent <= size:
                self._tree[parent] += self._tree[node]
        self._top = 1 << max(0, size.bit_length() - 1)

    @property
    def total(self) -> int:
        """The height of everything."""
        return self.offset(len(self._heights))

    def set(self, row: int, height: int) -> int:
        """Give ``row`` another height; returns the difference."""
        change = height - self._heights[row]
        if change:
            self._heights[row] = height
            node = row + 1
            while node < len(self._tree):
                self._tree[node] += change
                node += node & -node
        return change

    def offset(self, row: int) -> int:
        """Where ``row`` begins: the sum of the heights before it."""
        total = 0
        while row > 0:
            total += self._tree[row]
            row -= row & -row
        return total

    def row_at(self, y: int) -> int:
        """The row that covers ``y``: the last one for anything below the end, 0 for anything above (or no rows)."""
        row, rest, step = 0, y, self._top
        while step:
            following = row + step
            if following < len(self._tree) and self._tree[following] <= rest:
                row = following
                rest -= self._tree[following]
            step >>= 1
        return max(0, min(row, len(self._heights) - 1))
