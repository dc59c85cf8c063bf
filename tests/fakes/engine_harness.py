"""The engine's loop over a fake backend in a thread of the test: ask, and get every event of the request."""

from __future__ import annotations

import itertools
import threading
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from assistant.engine.backend import Backend
from assistant.engine.inbox import Inbox
from assistant.engine.loop import Loop
from assistant.engine.messages import Cancel, Failed, Finished, Generate, Piece, Ping, Pong, Request, Tokens
from tests.fakes.engine_backend import FakeBackend, Options

SECONDS = 20.0
"""Longest that anything here may take; a test that needs it has failed."""


class Harness:
    """A running loop. Use as a context manager."""

    def __init__(self, backend: Backend | str = "", **options: int) -> None:
        """:param backend: one that is loaded, or the fake one's options."""
        self.backend: Any = backend
        if isinstance(backend, str):
            self.backend = FakeBackend(Options.parse(backend), **options)
        self.inbox = Inbox()
        self.events: list[msgspec.Struct] = []
        self._lock = threading.Condition()
        self.loop = Loop(self.backend, self.inbox, self)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._error: BaseException | None = None
        self._numbers = itertools.count()

    def _run(self) -> None:
        try:
            self.loop.run()
        except BaseException as error:  # told by the test's thread
            self._error = error
            with self._lock:
                self._lock.notify_all()

    def __enter__(self) -> Harness:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.inbox.close()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error

    # the loop's sink
    def send(self, *messages: msgspec.Struct) -> None:
        with self._lock:
            self.events.extend(messages)
            self._lock.notify_all()

    # the test's side
    def id(self) -> str:
        return f"r{next(self._numbers)}"

    def put(self, request: Request) -> None:
        self.inbox.put(request)

    def cancel(self, identifier: str) -> None:
        self.inbox.put(Cancel(id=identifier))

    def of(self, identifier: str) -> list[msgspec.Struct]:
        with self._lock:
            return [event for event in self.events if getattr(event, "id", None) == identifier]

    def wait_for(self, identifier: str, kind: type | tuple[type, ...]) -> msgspec.Struct:
        """The first event of this kind for a request."""

        def found() -> msgspec.Struct | None:
            return next((e for e in self.events if isinstance(e, kind) and getattr(e, "id", None) == identifier), None)

        with self._lock:
            assert self._lock.wait_for(lambda: self._error is not None or found() is not None, SECONDS), (
                f"no {kind} for {identifier}: {self.events[-5:]}"
            )
            if self._error is not None:
                raise self._error
            event = found()
            assert event is not None
            return event

    def until(self, done: Callable[[], bool]) -> None:
        """Wait until an event makes ``done`` true."""
        with self._lock:
            assert self._lock.wait_for(lambda: self._error is not None or done(), SECONDS), self.events[-5:]
            if self._error is not None:
                raise self._error

    def end(self, identifier: str) -> Finished | Failed:
        event = self.wait_for(identifier, (Finished, Failed))
        assert isinstance(event, (Finished, Failed))
        return event

    def ask(self, request: Generate) -> Answer:
        self.put(request)
        return self.answer(request.id)

    def answer(self, identifier: str) -> Answer:
        end = self.end(identifier)
        grown = [event for event in self.of(identifier) if isinstance(event, Tokens)]
        return Answer(end, "".join(event.text for event in grown), "".join(event.reasoning for event in grown), grown)

    def generate(self, text: str | Sequence[Piece] = "", **fields: object) -> Generate:
        """A request; a plain string becomes a chat of one turn."""
        pieces = tuple(chat(text) if isinstance(text, str) else text)
        return Generate(**{"id": self.id(), "prompt": pieces, **fields})  # type: ignore[arg-type]

    def idle(self) -> None:
        """Wait until the loop has nothing left to do."""
        identifier = self.id()
        self.put(Ping(id=identifier))
        self.wait_for(identifier, Pong)


class Answer:
    """Everything that came of one request."""

    def __init__(self, end: Finished | Failed, text: str, reasoning: str, events: list[Tokens]) -> None:
        self.end = end
        self.text = text
        self.reasoning = reasoning
        self.events = events

    @property
    def finished(self) -> Finished:
        assert isinstance(self.end, Finished), self.end
        return self.end

    @property
    def failed(self) -> Failed:
        assert isinstance(self.end, Failed), self.end
        return self.end


def chat(*turns: str) -> list[Piece]:
    """Turns of user and assistant by turns, and the prompt for an answer."""
    pieces: list[Piece] = []
    for number, text in enumerate(turns):
        role = "assistant" if number % 2 else "user"
        pieces.append(Piece(text=f"<|im_start|>{role}\n", trusted=True, checkpoint=role == "user"))
        pieces.append(Piece(text=text))
        pieces.append(Piece(text="<|im_end|>\n", trusted=True))
    pieces.append(Piece(text="<|im_start|>assistant\n", trusted=True))
    return pieces


def hashed(prompt: Iterable[int], count: int) -> list[int]:
    """What the ``hash`` model answers to a prompt when nothing is wrong with its memory."""
    tokens = list(prompt)
    begin = len(tokens)
    for _ in range(count):
        tokens.append(97 + zlib.crc32(array("i", tokens).tobytes()) % 26)
    return tokens[begin:]
