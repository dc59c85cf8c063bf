"""Requests in order, cancels at once."""

from __future__ import annotations

import threading

from assistant.engine.inbox import Inbox
from assistant.engine.messages import Cancel, Ping


class Flag:
    def __init__(self) -> None:
        self.calls: list[bool] = []

    def __call__(self, on: bool) -> None:
        self.calls.append(on)


def test_requests_come_in_order() -> None:
    inbox = Inbox()
    assert not inbox.news
    for number in range(5):
        inbox.put(Ping(id=str(number)))
    assert inbox.news
    requests, cancelled = inbox.take()
    assert [request.id for request, _ in requests if isinstance(request, Ping)] == list("01234")
    times = [arrived for _, arrived in requests]
    assert times == sorted(times)
    assert cancelled == set()
    assert not inbox.news
    assert inbox.take() == ([], set())


def test_a_cancel_of_all_that_is_decoded_breaks_it_off() -> None:
    inbox, flag = Inbox(), Flag()
    assert inbox.arm(("a", "b"), flag)
    inbox.put(Cancel(id="a"))
    inbox.put(Cancel(id="x"))
    assert flag.calls == [False]
    inbox.put(Cancel(id="b"))
    assert flag.calls == [False, True]
    assert inbox.take()[1] == {"a", "b", "x"}


def test_what_is_cancelled_already_is_not_begun() -> None:
    inbox, flag = Inbox(), Flag()
    inbox.put(Cancel(id="a"))
    assert not inbox.arm(("a",), flag)
    assert inbox.arm(("a", "b"), flag)
    inbox.take()
    assert inbox.arm(("a",), flag)


def test_a_cancel_that_comes_late_breaks_off_nothing_else() -> None:
    inbox, flag = Inbox(), Flag()
    inbox.arm(("a",), flag)
    inbox.put(Cancel(id="a"))
    inbox.disarm()
    inbox.put(Cancel(id="a"))
    assert flag.calls == [False, True, False]
    inbox.take()
    assert inbox.arm(("b",), flag)


def test_closing_breaks_everything_off() -> None:
    inbox, flag = Inbox(), Flag()
    inbox.arm(("a",), flag)
    inbox.close()
    assert flag.calls == [False, True]
    assert inbox.closed
    assert inbox.news
    inbox.take()
    assert inbox.news  # it stays closed
    assert not inbox.arm(("b",), flag)
    assert inbox.is_cancelled("anything")


def test_waiting_ends_when_something_comes() -> None:
    inbox = Inbox()
    waiter = threading.Thread(target=inbox.wait)
    waiter.start()
    inbox.put(Ping(id="p"))
    waiter.join(10)
    assert not waiter.is_alive()
    inbox.wait()  # there is still something to take
