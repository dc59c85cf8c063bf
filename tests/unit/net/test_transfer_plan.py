"""Which connection brings which segment."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.net.extents import Extents
from assistant.net.journal import Identity, Noted
from assistant.net.parts import Part
from assistant.net.plan import Plan, Segment

MB = 1 << 20


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Part(tmp_path / "model.gguf")


def bring(part: Part, start: int, end: int) -> None:
    part.done.add(start, end)


def test_segments_come_in_order_and_cover_everything(part: Part) -> None:
    size = 100 * MB + 123
    plan = Plan(part, size, 4)
    found: list[tuple[int, int]] = []
    while (segment := plan.take()) is not None:
        assert segment.start == (found[-1][1] if found else 0)
        found.append((segment.start, segment.end))
        bring(part, segment.start, segment.end)
        plan.give_back(segment)
    assert found[-1][1] == size
    assert plan.complete


def test_nobody_runs_far_ahead_of_the_first_missing_byte(part: Part) -> None:
    size = 10_000 * MB
    plan = Plan(part, size, 4)
    first = plan.take()
    assert first is not None
    furthest = 0
    while (segment := plan.take()) is not None:
        bring(part, segment.start, segment.end)
        furthest = segment.end
        plan.give_back(segment)
    assert furthest <= 14 * (first.end - first.start)
    plan.give_back(first)  # nothing of it came
    again = plan.take()
    assert again is not None
    assert (again.start, again.end) == (first.start, first.end)


def test_what_is_there_is_not_handed_out(part: Part) -> None:
    done = Extents([(0, 3 * MB), (5 * MB, 6 * MB)])
    for start, end in done:
        bring(part, start, end)
    plan = Plan(part, 8 * MB, 2)
    found = Extents()
    while (segment := plan.take()) is not None:
        assert not done.clipped(segment.end).total or done.reach(segment.start) == segment.start
        found.add(segment.start, segment.end)
    assert list(found) == [(3 * MB, 5 * MB), (6 * MB, 8 * MB)]


def test_half_a_segment_is_handed_out_again(part: Part) -> None:
    plan = Plan(part, 8 * MB, 2)
    segment = plan.take()
    assert segment is not None
    bring(part, 0, 100)
    plan.give_back(segment)
    again = plan.take()
    assert again is not None
    assert again.start == 100


def slow(segment: Segment) -> None:
    """It has brought a tenth in a hundred seconds."""
    segment.position = segment.start + (segment.end - segment.start) // 10
    segment.began -= 100


def test_the_idle_share_what_the_slow_have_before_them(part: Part) -> None:
    plan = Plan(part, 16 * MB, 2)
    segments = [plan.take() for _ in range(4)]
    last = segments[-1]
    assert last is not None
    assert plan.take() is None  # all are new: nobody is slow
    for segment in segments[:-1]:
        assert segment is not None
        bring(part, segment.start, segment.end)
        plan.give_back(segment)
    slow(last)
    end = last.end
    shared = plan.take()
    assert shared is not None
    assert (last.end, shared.end) == (shared.start, end)
    assert last.position < shared.start < end


def test_fast_lines_get_longer_segments(part: Part) -> None:
    plan = Plan(part, 100_000 * MB, 4)
    lengths = []
    for speed in (0, 20 * MB, 125 * MB):
        segment = plan.take(speed)
        assert segment is not None
        lengths.append(segment.end - segment.start)
        plan.give_back(segment)
    assert lengths == [4 * MB, 20 * MB, 64 * MB]


def test_a_plan_goes_on_where_a_part_was_left(tmp_path: Path) -> None:
    part = Part(tmp_path / "model.gguf")
    assert part.open()
    part.begin(Identity("a/b", "model.gguf", "", 100, sha256="0" * 64), Noted(None, Extents()))
    with part.writer() as file:
        part.write(file, 0, memoryview(b"x" * 40))
    segment = Plan(part, 100, 1).take()
    assert segment is not None
    assert (segment.start, segment.end) == (40, 100)
    part.close()
