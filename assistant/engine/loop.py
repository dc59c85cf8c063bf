"""The engine's one thread: take requests, let a context do a step, again and again."""

from __future__ import annotations

from collections.abc import Callable

from assistant.engine.backend import Backend
from assistant.engine.desk import Desk
from assistant.engine.inbox import Inbox
from assistant.engine.lanes import Lanes
from assistant.engine.pulse import Pulse
from assistant.engine.sink import Sink
from assistant.engine.steps import Steps


class Loop:
    """Serves one loaded model until the inbox closes.

    :param memory: says how many bytes the child holds (for ``Pong``).
    """

    def __init__(self, backend: Backend, inbox: Inbox, sink: Sink, memory: Callable[[], int] = lambda: 0) -> None:
        self._inbox = inbox
        self.pulse = Pulse()
        self.lanes = Lanes(backend, sink, self.pulse)
        self._desk = Desk(backend, self.lanes, sink, self.pulse, memory)
        self._steps = Steps(backend, self.lanes, inbox, sink, self.pulse, disturbed=self._disturbed)

    def run(self) -> None:
        """Returns when the inbox is closed."""
        lanes, desk, inbox = self.lanes, self._desk, self._inbox
        while True:
            if inbox.news:
                self._receive()
                if inbox.closed:
                    return
            if desk.counter:
                desk.counter.go_on()
            if pause := lanes.gathering():
                inbox.wait(pause)
                continue
            lanes.admit()
            due = lanes.tidy()
            if (turn := lanes.turn()) is not None:
                self._steps.step(turn)
            elif desk.resize is not None:
                desk.do_resize()
            elif not desk.counter and lanes.idle:
                self._rest(due)

    def _receive(self) -> None:
        requests, cancelled = self._inbox.take()
        for request, arrived in requests:
            self._desk.take(request, arrived)
        for identifier in cancelled:
            self._desk.cancel(identifier)

    def _disturbed(self) -> bool:
        """Something else wants a turn between two tokens of a lone answer."""
        lanes, streams = self.lanes, self.lanes.streams
        if lanes.main.floor.waiting or self._desk.counter:
            return True
        return streams is not None and (not streams.idle or lanes.tidy() is None)

    def _rest(self, seconds: float | None) -> None:
        """Nothing to do: say the last words and sleep."""
        for lane in self.lanes.all:
            self._steps.flush(lane)
        self.pulse.idle()
        self._inbox.wait(seconds)
