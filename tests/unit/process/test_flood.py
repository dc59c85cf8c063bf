"""How much a child may say before it is ended."""

from __future__ import annotations

from assistant.process import MAX_FRAME
from assistant.process.child import Flood


def test_bursts_of_the_largest_frames_are_honest() -> None:
    flood = Flood()
    assert all(flood.allows(MAX_FRAME, 10.0) for _ in range(3))


def test_tokens_of_a_very_fast_engine_are_no_flood() -> None:
    flood = Flood()
    assert all(flood.allows(200, 5 + n / 4_000) for n in range(1_000_000))


def test_a_burst_of_small_messages_is_no_flood() -> None:
    flood = Flood()
    assert all(flood.allows(10, 7.0) for _ in range(400_000))


def test_a_flood_of_small_messages_is_noticed_soon_also_by_a_slow_reader() -> None:
    for per_second in (20_000, 2_000_000):
        flood = Flood()
        accepted = 0
        while flood.allows(10, 100.0 + accepted / per_second):
            accepted += 1
        assert accepted < 1.4 * Flood.MESSAGES


def test_a_flood_of_large_messages_is_noticed_soon() -> None:
    flood = Flood()
    accepted = 0
    while flood.allows(1_000_000, 100.0 + accepted / 500):
        accepted += 1
    assert accepted * 1_000_000 < 1.2 * Flood.BYTES


def test_time_forgives() -> None:
    flood = Flood()
    while flood.allows(MAX_FRAME, 1.0):
        pass
    assert flood.allows(MAX_FRAME, 60.0)
