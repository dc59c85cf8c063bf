"""The Fenwick tree of heights, against a plain list."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from assistant.gui.widgets.height_index import HeightIndex

heights = st.lists(st.integers(0, 500), min_size=1, max_size=60)


@given(heights, st.lists(st.tuples(st.integers(0, 59), st.integers(0, 900)), max_size=30))
def test_offsets_are_sums_whatever_was_changed(values: list[int], changes: list[tuple[int, int]]) -> None:
    index = HeightIndex(values)
    for row, height in changes:
        if row < len(values):
            assert index.set(row, height) == height - values[row]
            values[row] = height
    assert [index.offset(row) for row in range(len(values) + 1)] == [0, *accumulate(values)]
    assert index.total == sum(values)
    assert [index[row] for row in range(len(index))] == values


@given(heights, st.integers(-100, 40_000))
def test_the_row_at_a_place_covers_it(values: list[int], y: int) -> None:
    row = HeightIndex(values).row_at(y)
    starts = [0, *accumulate(values)]
    if y < 0:
        assert starts[row + 1] >= 0
        assert starts[row] == 0
    elif y >= starts[-1]:
        assert row == len(values) - 1
    else:
        assert starts[row] <= y < starts[row + 1]


def test_no_rows() -> None:
    index = HeightIndex()
    assert (len(index), index.total, index.row_at(50)) == (0, 0, 0)
    index.assign([7])
    assert (len(index), index.total, index.row_at(50)) == (1, 7, 0)
