"""Work on other threads: every end comes back once, on the pumping thread, and as a value."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.inbox import Inbox
from assistant.core.threads import ThreadJob, Threads


class Desk:
    def __init__(self) -> None:
        self.woken = threading.Event()
        self.inbox = Inbox(self.woken.set)
        self.jobs = Threads(self.inbox)
        self.got: list[Any] = []
        self.shares: list[float] = []

    def run(self, work: Callable[[ThreadJob], Any]) -> Callable[[], None]:
        return self.jobs.run("test", work, self._done, progress=self.shares.append)

    def _done(self, result: Any) -> None:
        self.got.append((result, threading.current_thread()))

    def result(self) -> Any:
        while not self.got:
            assert self.woken.wait(10)
            self.woken.clear()
            self.inbox.pump(1.0)
        (result, thread), *more = self.got
        assert thread is threading.current_thread()
        assert more == []
        return result


def test_the_result_and_the_progress_arrive_on_the_pumping_thread() -> None:
    desk = Desk()

    def work(job: ThreadJob) -> str:
        for done in range(1000):
            job.progress(done, 1000)
        job.progress(1000, 1000)
        return threading.current_thread().name

    desk.run(work)
    assert desk.result() == "test"
    assert desk.shares[-1] == 1.0
    assert len(desk.shares) < 100


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AssistantError(ErrorKind.MODEL_HASH), ErrorKind.MODEL_HASH),
        (OSError(errno.ENOSPC, "full"), ErrorKind.DISK_FULL),
        (PermissionError(errno.EACCES, "no"), ErrorKind.READ_ONLY),
        (ZeroDivisionError("oh"), ErrorKind.INTERNAL),
    ],
)
def test_whatever_goes_wrong_is_a_value(error: Exception, kind: ErrorKind) -> None:
    desk = Desk()

    def work(_: ThreadJob) -> None:
        raise error

    desk.run(work)
    result = desk.result()
    assert isinstance(result, AssistantError)
    assert result.kind is kind


def test_work_is_asked_to_stop() -> None:
    desk = Desk()
    begun = threading.Event()

    def work(job: ThreadJob) -> None:
        begun.set()
        while not job.cancelled():
            begun.wait(0.001)
        raise AssistantError(ErrorKind.CANCELLED)

    cancel = desk.run(work)
    assert begun.wait(10)
    cancel()
    assert desk.result().kind is ErrorKind.CANCELLED
