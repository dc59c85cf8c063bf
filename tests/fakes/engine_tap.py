"""An ``EngineClient`` with everything that it delivered kept, for tests that wait for events."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.engine.client import EngineClient, EngineEnded
from assistant.engine.messages import (
    Event,
    Facts,
    Failed,
    Finished,
    Generate,
    Load,
    Loaded,
    Loading,
    Piece,
    Reading,
    Tokens,
)
from tests.fakes.engine_harness import chat

FAKE = [sys.executable, str(Path(__file__).with_name("engine_child.py"))]
SECONDS = 60.0

Delivered = Event | EngineEnded


class Tap:
    """A client and its events. As a context manager it closes the client and waits until the child is gone."""

    def __init__(
        self, *, command: list[str] | None = None, log: Path | None = None, hang_seconds: float = 15.0
    ) -> None:
        self.events: list[Delivered] = []
        self._news = threading.Condition()
        self._count = 0
        self.client = EngineClient(self._take, command=command, log=log, hang_seconds=hang_seconds)

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        was_there = self.client.pid is not None
        self.client.close(5)
        if was_there:
            self.wait(lambda event: isinstance(event, EngineEnded))

    def _take(self, event: Delivered) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def wait(self, wanted: Callable[[Any], bool], seconds: float = SECONDS) -> Any:
        """The first event, of all so far and to come, for which ``wanted`` is true."""
        with self._news:
            found: list[Delivered] = []

            def look() -> bool:
                found[:] = [event for event in self.events if wanted(event)][:1]
                return bool(found)

            assert self._news.wait_for(look, seconds), f"not among {self.events[-8:]}"
            return found[0]

    def of(self, identifier: str) -> list[Any]:
        with self._news:
            return [event for event in self.events if getattr(event, "id", None) == identifier]

    def ends_of(self, identifier: str) -> list[Any]:
        return [event for event in self.of(identifier) if not isinstance(event, (Loading, Tokens, Reading))]

    def load(self, path: str | Path, **fields: Any) -> Facts:
        """Load a model and wait for it."""
        identifier = f"load{self.id()}"
        self.client.load(Load(id=identifier, path=str(path), **fields))
        event = self.wait(lambda event: isinstance(event, (Loaded, Failed)) and event.id == identifier)
        assert isinstance(event, Loaded), event
        return event.facts

    def id(self) -> str:
        self._count += 1
        return f"q{self._count}"

    def start(self, text: str | tuple[Piece, ...], **fields: Any) -> str:
        """Send a request; its id."""
        prompt = tuple(chat(text)) if isinstance(text, str) else text
        request = Generate(id=self.id(), prompt=prompt, **fields)
        self.client.send(request)
        return request.id

    def end(self, identifier: str) -> Finished | Failed:
        event: Finished | Failed = self.wait(
            lambda event: isinstance(event, (Finished, Failed)) and event.id == identifier
        )
        return event

    def text(self, identifier: str) -> str:
        return "".join(event.text for event in self.of(identifier) if isinstance(event, Tokens))

    def wrote(self, identifier: str, count: int = 1) -> None:
        """Wait until so many tokens were told."""
        self.wait(lambda event: isinstance(event, Tokens) and event.id == identifier and event.count >= count)
