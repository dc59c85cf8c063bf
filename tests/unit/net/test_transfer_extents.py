"""Sets of bytes, against plain Python sets."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.net.extents import Extents

STRETCHES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda one: (one[0], one[0] + one[1])))


def bytes_of(segments: object) -> set[int]:
    return {byte for start, end in segments for byte in range(start, end)}  # type: ignore[attr-defined]


@given(STRETCHES)
def test_they_hold_what_was_added_in_order_and_apart(segments: list[tuple[int, int]]) -> None:
    found = list(Extents(segments))
    assert bytes_of(found) == bytes_of(segments)
    assert all(start < end for start, end in found)
    assert all(one[1] < two[0] for one, two in pairwise(found))


@given(STRETCHES, st.integers(0, 90), st.integers(0, 90))
def test_gaps_are_what_is_missing(segments: list[tuple[int, int]], start: int, size: int) -> None:
    gaps = list(Extents(segments).gaps(size, start))
    assert bytes_of(gaps) == set(range(start, size)) - bytes_of(segments)
    assert all(first < end for first, end in gaps)


@given(STRETCHES, st.integers(0, 90))
def test_reach_is_the_first_byte_that_is_missing(segments: list[tuple[int, int]], start: int) -> None:
    there = bytes_of(segments)
    assert Extents(segments).reach(start) == next(byte for byte in range(start, 200) if byte not in there)


@given(STRETCHES, st.integers(0, 90))
def test_clipping_and_counting(segments: list[tuple[int, int]], size: int) -> None:
    clipped = Extents(segments).clipped(size)
    assert bytes_of(clipped) == {byte for byte in bytes_of(segments) if byte < size}
    assert clipped.total == len(bytes_of(clipped))
    assert clipped.end == max(bytes_of(clipped), default=-1) + 1
