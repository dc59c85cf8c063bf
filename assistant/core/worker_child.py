"""The worker child as the parts of the core use it: started with the first request, ended when it is idle."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.inbox import Inbox
from assistant.worker.client import WorkerClient
from assistant.worker.messages import DocumentAnswer, DocumentRequest, Refused

_IDLE_SECONDS = 120.0  # without a request: the child ends

Connect = Callable[[Callable[[Any], None], Path | None], WorkerClient]
"""Makes a client from the function that takes its answers and the file for its log."""


@dataclass
class Question:
    """Something that was asked and has not been answered. It is answered once."""

    done: Callable[[Any], None]
    cancel: Cancel = lambda: None
    over: bool = field(default=False)

    def answer(self, what: Any) -> None:
        if not self.over:
            self.over = True
            self.done(what)

    def give_up(self) -> None:
        if not self.over:
            self.cancel()
            self.answer(AssistantError(ErrorKind.CANCELLED))


class WorkerChild:
    """One child. It works on one request after the other. Every method runs on the pumping thread.

    :param name: what its requests are called.
    :param log: file for what the child prints.
    :param connect: how to reach the child; tests give their own.
    """

    def __init__(self, inbox: Inbox, name: str, *, log: Path | None = None, connect: Connect | None = None) -> None:
        self._inbox = inbox
        self._name = name
        self._log = log
        self._connect = connect or _client
        self._worker: WorkerClient | None = None
        self._waiting: dict[str, Callable[[DocumentAnswer], None]] = {}
        self._ids = itertools.count(1)
        self._used = 0.0

    def ask(self, make: Callable[[str], DocumentRequest], done: Callable[[Any], None]) -> Cancel:
        """Have something done.

        :param make: makes the request from its id.
        :param done: gets the answer, or the error.
        :returns: gives up; ``done`` gets CANCELLED then.
        """
        question = Question(done)
        question.cancel = self.submit(make, question.answer)
        return question.give_up

    def submit(self, make: Callable[[str], DocumentRequest], done: Callable[[Any], None]) -> Cancel:
        """As ``ask``, but ``done`` gets nothing when it is given up."""
        number = f"{self._name}{next(self._ids)}"

        def answered(answer: DocumentAnswer) -> None:
            done(AssistantError(answer.kind, answer.detail, **answer.values) if isinstance(answer, Refused) else answer)

        self._waiting[number] = answered
        if self._worker is None:
            self._worker = self._connect(lambda answer: self._inbox.put(self._handle, answer), self._log)
        worker = self._worker
        self._used = time.monotonic()
        worker.submit(make(number))

        def cancel() -> None:
            if self._waiting.pop(number, None) is not None:
                worker.cancel(number)

        return cancel

    def tick(self) -> None:
        """Called twice a second: ends an idle child."""
        if self._worker is not None and not self._waiting and time.monotonic() - self._used > _IDLE_SECONDS:
            self._worker.close()
            self._worker = None

    def close(self) -> None:
        """End the child; nobody is told anything any more."""
        self._waiting.clear()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _handle(self, answer: DocumentAnswer) -> None:
        self._used = time.monotonic()
        answered = self._waiting.pop(answer.id, None)
        if answered is not None:
            answered(answer)


def _client(deliver: Callable[[Any], None], log: Path | None) -> WorkerClient:
    return WorkerClient(deliver, log=log)
