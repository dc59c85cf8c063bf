"""Signs of life come while something moves, and stop when it does not."""

from __future__ import annotations

import time

import pytest

from assistant.engine import pulse as module
from assistant.engine.pulse import Pulse


def test_silent_while_nothing_runs() -> None:
    pulse = Pulse()
    assert pulse.alive() is None
    pulse.working(0.1)
    assert pulse.alive() is not None
    pulse.idle()
    assert pulse.alive() is None


def test_silent_when_something_takes_far_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    pulse = Pulse()
    for expected, patience in ((0.01, 3.0), (2.0, 16.0), (0.0, 30.0)):
        pulse.working(expected)
        now[0] += patience - 0.1
        assert pulse.alive() is not None
        now[0] += 0.2
        assert pulse.alive() is None


def test_speed_is_that_of_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    pulse = Pulse()
    pulse.working(1.0)
    pulse.used, pulse.extra, pulse.tokens = 300, 4096, 50
    pulse.count("one", 1, 1)
    pulse.count("other", 1, 0)
    pulse.count("gone", 5, 5)
    pulse.leave("gone")
    now[0] += 1.0
    alive = pulse.alive()
    assert alive is not None
    assert (alive.running, alive.waiting, alive.used, alive.extra) == (2, 1, 300, 4096)
    assert alive.speed == pytest.approx(50.0)
    pulse.tokens = 60
    now[0] += 1.0
    alive = pulse.alive()
    assert alive is not None
    assert alive.speed == pytest.approx(10.0)
