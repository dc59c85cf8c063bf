"""The inbox: order, budget, and one wake-up for many events."""

from __future__ import annotations

import threading

import pytest

from assistant.core.inbox import Inbox


def test_events_run_in_order_on_the_pumping_thread() -> None:
    seen: list[tuple[int, str]] = []
    inbox = Inbox(lambda: None)
    sender = threading.Thread(
        target=lambda: [inbox.put(lambda n: seen.append((n, threading.current_thread().name)), n) for n in range(50)]
    )
    sender.start()
    sender.join()
    assert inbox.pump(1.0) is False
    assert [n for n, _ in seen] == list(range(50))
    assert {name for _, name in seen} == {threading.current_thread().name}


def test_one_wake_up_for_many_events_and_another_after_the_pump() -> None:
    wakes: list[int] = []
    inbox = Inbox(lambda: wakes.append(1))
    for n in range(10):
        inbox.put(lambda _: None, n)
    assert len(wakes) == 1
    inbox.pump(1.0)
    inbox.put(lambda _: None, 0)
    assert len(wakes) == 2


def test_a_spent_budget_leaves_the_rest_and_wakes_again() -> None:
    wakes: list[int] = []
    ran: list[int] = []
    inbox = Inbox(lambda: wakes.append(1))
    for n in range(3):
        inbox.put(ran.append, n)
    assert inbox.pump(0.0) is True
    assert ran == [0]
    assert len(wakes) == 2
    assert inbox.pump(1.0) is False
    assert ran == [0, 1, 2]


def test_the_clock_ticks_until_it_is_stopped() -> None:
    woken = threading.Event()
    ticks: list[object] = []
    inbox = Inbox(woken.set)
    inbox.start_clock(ticks.append)
    assert woken.wait(5)
    inbox.stop_clock()
    inbox.pump(1.0)
    assert ticks == [None]


def test_what_waits_behind_a_handler_that_raises_is_run_without_another_event() -> None:
    woken: list[bool] = []
    seen: list[int] = []
    inbox = Inbox(lambda: woken.append(True))
    inbox.put(lambda _: 1 / 0, None)
    inbox.put(seen.append, 2)
    with pytest.raises(ZeroDivisionError):
        inbox.pump(1.0)
    assert (seen, len(woken)) == ([], 2), "it is not run before the fault is told, and will be"
    assert not inbox.pump(1.0)
    assert seen == [2]
