"""Speed over the last seconds, and waits that grow."""

from __future__ import annotations

import random

from assistant.net.pace import WINDOW, Backoff, Speedometer


def test_speed_is_that_of_the_last_seconds() -> None:
    meter = Speedometer()
    for tenth in range(101):
        meter.note(tenth / 10, tenth * 1000)
    for tenth in range(1, 101):
        meter.note(10 + tenth / 10, 100_000 + tenth * 100)
    assert 990 < meter.speed < 1010
    assert 9.8 < meter.left(10_000) < 10.2


def test_a_burst_does_not_pretend() -> None:
    meter = Speedometer()
    meter.note(0.0, 0)
    meter.note(0.01, 1_000_000)
    assert meter.speed == 0
    assert meter.left(5) == -1
    meter.note(WINDOW, 1_000_000)
    assert meter.speed == 1_000_000 / WINDOW


def test_a_new_start_begins_anew() -> None:
    meter = Speedometer()
    meter.note(0, 5000)
    meter.note(1, 6000)
    meter.note(2, 0)
    meter.note(3, 10)
    assert meter.speed == 10
    meter.clear()
    assert meter.speed == 0


def test_waits_grow_while_nothing_comes() -> None:
    backoff = Backoff(chance=random.Random(1))
    waits = [backoff.next() for _ in range(12)]
    for wait, full in zip(waits, [0.3, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60], strict=True):
        assert full / 2 <= wait <= full
    assert len({round(wait / 60, 6) for wait in waits[7:]}) > 1  # not all clients come back at once
    backoff.fruitful()
    assert backoff.next() <= 0.3
