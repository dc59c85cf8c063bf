"""The engine's one thread: take requests, let a context do a step, again and again."""

from __future__ import annotations

from collections.abc import Callable

from assistant.engine.backend import Backend
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.inbox import Inbox
from assistant.engine.intake import Intake
from assistant.engine.lanes import Lanes
from assistant.engine.sink import Sink
from assistant.engine.steps import Steps


class Loop:
    """Serves one loaded model until the inbox closes.

    :param memory: says how many bytes the child holds (for ``Pong``).
    """

    def __init__(self, backend: Backend, inbox: Inbox, sink: Sink, memory: Callable[[], int] = lambda: 0) -> None:
        self._inbox = inbox
        self.heartbeat = Heartbeat(backend.batch_size * backend.token_seconds)
        self.lanes = Lanes(backend, sink, self.heartbeat)
        self._intake = Intake(backend, self.lanes, sink, self.heartbeat, memory)
        self._steps = Steps(backend, self.lanes, inbox, sink, self.heartbeat, disturbed=self._disturbed)

    def run(self) -> None:
        """Returns when the inbox is closed."""
        lanes, intake, inbox = self.lanes, self._intake, self._inbox
        while True:
            if inbox.news:
                self._receive()
                if inbox.closed:
                    return
            if intake.counter:
                intake.counter.go_on()
            if pause := lanes.gathering():
                inbox.wait(pause)
                continue
            lanes.admit()
            due = lanes.tidy()
            if (turn := lanes.turn()) is not None:
                self._steps.step(turn)
            elif intake.resize is not None:
                self._steps.disarm()
                intake.do_resize()
            elif not intake.counter and lanes.idle:
                self._rest(due)

    def _receive(self) -> None:
        requests, cancelled = self._inbox.take()
        if requests:
            self._steps.disarm()
        for request, arrived in requests:
            self._intake.take(request, arrived)
        for identifier in cancelled:
            self._intake.cancel(identifier)

    def _disturbed(self) -> bool:
        """Something else wants a turn between two tokens of a lone answer."""
        lanes, streams = self.lanes, self.lanes.streams
        if lanes.main.jobs.waiting or self._intake.counter:
            return True
        return streams is not None and (not streams.idle or lanes.tidy() is None)

    def _rest(self, seconds: float | None) -> None:
        """Nothing to do: say the last words and sleep."""
        for lane in self.lanes.all:
            self._steps.flush(lane)
        self.heartbeat.idle()
        self._inbox.wait(seconds)
