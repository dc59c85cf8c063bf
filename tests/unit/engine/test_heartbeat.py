"""Signs of life come while something moves, and stop when it does not."""

from __future__ import annotations

import time

import pytest

from assistant.engine import heartbeat as module
from assistant.engine.heartbeat import Heartbeat


@pytest.fixture(autouse=True)
def _idle_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "process_time", lambda: 7.0)


def test_silent_while_nothing_runs() -> None:
    heartbeat = Heartbeat()
    assert heartbeat.alive() is None
    heartbeat.working(0.1)
    assert heartbeat.alive() is not None
    heartbeat.idle()
    assert heartbeat.alive() is None


def test_silent_when_something_takes_far_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    heartbeat = Heartbeat()
    for expected, patience in ((0.01, 3.0), (2.0, 16.0), (0.0, 30.0)):
        heartbeat.working(expected)
        now[0] += patience - 0.1
        assert heartbeat.alive() is not None
        now[0] += 0.2
        assert heartbeat.alive() is None


def test_what_other_programs_leave_hardly_any_of_the_processor_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now, used = [100.0], [7.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(module.time, "process_time", lambda: used[0])
    heartbeat = Heartbeat()
    heartbeat.working(0.1)
    for _ in range(20):
        now[0], used[0] = now[0] + 1.0, used[0] + 0.01
        assert heartbeat.alive() is not None
    now[0] += 1.0  # nothing of it was done: it hangs
    assert heartbeat.alive() is None
    now[0], used[0] = now[0] + 1.0, used[0] + 0.01
    assert heartbeat.alive() is not None
    used[0] += 3.0  # it had the processor for as long as it should need, and does not end
    assert heartbeat.alive() is None
    heartbeat.working(0.1)
    now[0], used[0] = now[0] + 181.0, used[0] + 0.01
    assert heartbeat.alive() is None


def test_a_slow_model_may_take_as_long_as_it_needs_for_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    heartbeat = Heartbeat(100.0)  # 512 tokens of a prompt, five of them in a second
    heartbeat.working()
    now[0] += 199.0
    assert heartbeat.alive() is not None
    now[0] += 2.0
    assert heartbeat.alive() is None


def test_much_may_take_as_long_as_a_slow_disk_needs_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    heartbeat = Heartbeat()
    for size, patience in ((1000, 30.0), (2 << 30, 204.8)):
        heartbeat.moving(size)
        now[0] += patience - 0.1
        assert heartbeat.alive() is not None
        now[0] += 0.2
        assert heartbeat.alive() is None


def test_speed_is_that_of_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.perf_counter()]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    heartbeat = Heartbeat()
    heartbeat.working(1.0)
    heartbeat.used, heartbeat.extra, heartbeat.tokens = 300, 4096, 50
    heartbeat.count("one", 1, 1)
    heartbeat.count("other", 1, 0)
    heartbeat.count("gone", 5, 5)
    heartbeat.leave("gone")
    now[0] += 1.0
    alive = heartbeat.alive()
    assert alive is not None
    assert (alive.running, alive.waiting, alive.used, alive.extra) == (2, 1, 300, 4096)
    assert alive.speed == pytest.approx(50.0)
    heartbeat.tokens = 60
    now[0] += 1.0
    alive = heartbeat.alive()
    assert alive is not None
    assert alive.speed == pytest.approx(10.0)
