"""How much a child may say before it is ended."""

from __future__ import annotations

from assistant.process import MAX_FRAME
from assistant.process.child import Flood


def test_bursts_of_the_largest_frames_are_honest() -> None:
    flood = Flood()
    assert all(flood.allows(MAX_FRAME, 10.0) for _ in range(3))


def test_tokens_of_a_very_fast_engine_are_no_flood() -> None:
    flood = Flood()
    assert all(flood.allows(200, 5 + n / 50_000) for n in range(500_000))


def test_a_flood_of_small_messages_is_noticed_soon() -> None:
    flood = Flood()
    accepted = 0
    while flood.allows(10, 100.0 + accepted / 2_000_000):
        accepted += 1
    assert accepted * 10 < 16 * 1024 * 1024  # bytes of the pipe; its messages in memory stay under the limit
    assert accepted * Flood.MESSAGE < 2 * Flood.LIMIT


def test_time_forgives() -> None:
    flood = Flood()
    while flood.allows(MAX_FRAME, 1.0):
        pass
    assert flood.allows(MAX_FRAME, 60.0)
