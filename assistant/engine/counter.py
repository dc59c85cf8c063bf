"""Counts the tokens of many texts little by little, so that answers go on meanwhile."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from assistant.engine.heartbeat import Heartbeat
from assistant.engine.messages import CountedMany, CountMany
from assistant.engine.prompt import PromptBuilder
from assistant.engine.sink import Sink

_SLICE = 0.005  # seconds between two looks at the rest
_LONG = 16384  # characters that are tokenized at once


@dataclass
class _Order:
    request: CountMany
    counts: list[int] = field(default_factory=list)
    at: int = 0  # characters of the next text that are counted,
    sum: int = 0  # and their tokens


class Counter:
    """The requests for counts of one engine. Only the loop's thread uses it."""

    def __init__(self, prompts: PromptBuilder, sink: Sink, heartbeat: Heartbeat) -> None:
        self._prompts = prompts
        self._sink = sink
        self._heartbeat = heartbeat
        self._orders: deque[_Order] = deque()

    def __bool__(self) -> bool:
        """Whether something is left to count."""
        return bool(self._orders)

    def add(self, request: CountMany) -> None:
        self._orders.append(_Order(request))

    def cancel(self, identifier: str) -> bool:
        """Drop a request; False if there is none of this id."""
        for order in self._orders:
            if order.request.id == identifier:
                self._orders.remove(order)
                return True
        return False

    def go_on(self) -> None:
        """Count for a moment."""
        self._heartbeat.working()
        end = time.perf_counter() + _SLICE
        while self._orders:
            order = self._orders[0]
            if len(order.counts) == len(order.request.texts):
                self._orders.popleft()
                self._sink.send(CountedMany(id=order.request.id, tokens=tuple(order.counts)))
                continue
            self._count(order)
            if time.perf_counter() > end:
                return

    def _count(self, order: _Order) -> None:
        text = order.request.texts[len(order.counts)]
        order.sum += self._prompts.count(text[order.at : order.at + _LONG])
        order.at += _LONG
        if order.at >= len(text):
            order.counts.append(order.sum)
            order.at = order.sum = 0
