"""Engines without a child that answer by themselves: each prompt is given to a function, as in ``fakes.summaries``."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.engine.client import EngineEnded
from assistant.engine.messages import (
    Count,
    Counted,
    CountedMany,
    CountMany,
    Counts,
    Embed,
    Embedded,
    Facts,
    Finished,
    FinishReason,
    Generate,
    Seconds,
    Tokens,
)
from assistant.process import Ending, Outcome
from assistant.tasks.chat import ChatTurn
from tests.fakes.engine_client import FakeClient
from tests.fakes.summaries import Model, good

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tokens_in(text: str) -> int:
    """A token for every four characters, and one for the rest."""
    return -(-len(text) // 4)


def turns_in(request: Generate) -> list[ChatTurn]:
    """The turns of a prompt: what is not the template's own."""
    texts = [piece.text for piece in request.prompt if not piece.trusted]
    roles = ["system", *("assistant" if number % 2 else "user" for number in range(len(texts) - 1))]
    return [ChatTurn(role, text) for role, text in zip(roles, texts, strict=True)]


class AnsweringClient(FakeClient):
    """Answers a prompt at once, or when the test says so.

    :param model: what answers. ``held``: answers wait until ``answer`` or ``answer_all``.
    :param seconds: how long each answer takes; then it comes from another thread.
    :param vector: the vector of a text, for a model that is asked for such.
    """

    def __init__(
        self,
        deliver: Callable[[Any], None],
        *,
        model: Model = good,
        held: bool = False,
        seconds: float = 0.0,
        sequences: int = 8,
        vector: Callable[[str], Sequence[float]] = lambda _: (1.0, 0.0),
        **options: Any,
    ) -> None:
        super().__init__(deliver, **options)
        self.vector = vector
        self.model = model
        self.held = held
        self.seconds = seconds
        self.sequences = sequences
        self.waiting: list[Generate] = []
        self.texts_counted = 0

    def facts(self) -> Facts:
        facts = super().facts()
        return Facts(**{name: getattr(facts, name) for name in Facts.__struct_fields__} | {"sequences": self.sequences})

    def send(self, request: Any) -> None:
        self.sent.append(request)
        if isinstance(request, Count):
            self.deliver(Counted(id=request.id, tokens=sum(tokens_in(piece.text) for piece in request.prompt)))
        elif isinstance(request, CountMany):
            self.texts_counted += len(request.texts)
            self.deliver(CountedMany(id=request.id, tokens=tuple(map(tokens_in, request.texts))))
        elif isinstance(request, Embed):
            rows = [tuple(self.vector(text)) for text in request.texts]
            data = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
            self.deliver(Embedded(id=request.id, count=len(rows), dimensions=len(rows[0]), vectors=data))
        elif isinstance(request, Generate):
            if self.held:
                self.waiting.append(request)
            elif self.seconds:
                threading.Thread(target=self._later, args=(request,), daemon=True).start()
            else:
                self.answer(request)

    def cancel(self, request_id: str) -> None:
        self.cancelled.append(request_id)
        for request in [one for one in self.waiting if one.id == request_id]:
            self.waiting.remove(request)
            self.deliver(Finished(id=request.id, reason=FinishReason.CANCELLED))

    def begin(self, request: Generate, text: str) -> None:
        """Write the beginning of an answer that is held."""
        self.deliver(Tokens(id=request.id, text=text, count=tokens_in(text)))

    def answer(self, request: Generate | None = None) -> None:
        """Answer a request, by default the one that has waited longest."""
        request = request or self.waiting[0]
        if request in self.waiting:
            self.waiting.remove(request)
        text, reason = self.model(turns_in(request), request.max_tokens)
        self.deliver(Tokens(id=request.id, text=text, count=tokens_in(text)))
        prompt = sum(tokens_in(piece.text) for piece in request.prompt)
        self.deliver(
            Finished(
                id=request.id,
                reason=reason,
                tokens=Counts(prompt=prompt, generated=tokens_in(text)),
                seconds=Seconds(total=1.0, reading=0.5, writing=0.5),
            )
        )

    def answer_all(self) -> None:
        """Answer all that wait now."""
        for request in list(self.waiting):
            self.answer(request)

    def die(self) -> None:
        """End, as a child does that the system kills."""
        self.waiting.clear()
        self.deliver(EngineEnded(Outcome(Ending.CRASHED, code=-11)))

    def _later(self, request: Generate) -> None:
        time.sleep(self.seconds)
        self.answer(request)


class AnsweringEngines:
    """Makes an ``AnsweringClient`` for each load and remembers them in order."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.clients: list[AnsweringClient] = []

    def __call__(self, deliver: Callable[[Any], None], log: Path | None) -> Any:
        client = AnsweringClient(deliver, **self.options)
        self.clients.append(client)
        return client

    @property
    def last(self) -> AnsweringClient:
        return self.clients[-1]

    @property
    def asked(self) -> list[list[ChatTurn]]:
        """Every prompt that was asked, over all clients."""
        return [turns_in(request) for client in self.clients for request in client.generates]
