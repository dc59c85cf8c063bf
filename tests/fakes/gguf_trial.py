"""What becomes of a hostile model file: refused by our check, refused by the engine, or it runs."""

from __future__ import annotations

import queue
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.client import EngineClient
from assistant.engine.messages import Failed, Finished, Generate, Load, Loaded, Piece
from assistant.library.gguf import read_header

CPU_SECONDS = 5.0
"""What an engine may take of the processor for a tiny file, whatever is in it."""
_WALL_SECONDS = 60.0

REFUSALS = {
    ErrorKind.MODEL_NOT_A_MODEL, ErrorKind.MODEL_TRUNCATED, ErrorKind.MODEL_DAMAGED, ErrorKind.MODEL_UNSUPPORTED,
    ErrorKind.MODEL_NOT_FOR_TEXT, ErrorKind.MODEL_MISSING,
}  # fmt: skip
"""How our check may refuse a file."""
FAILURES = REFUSALS | {
    ErrorKind.MODEL_LOAD_FAILED, ErrorKind.MODEL_TOO_LARGE, ErrorKind.ENGINE_CRASHED, ErrorKind.ENGINE_MEMORY,
    ErrorKind.CONTEXT_FULL, ErrorKind.PROMPT_EMPTY,
}  # fmt: skip
"""How an engine may fail on what our check lets through."""


def refusal(path: Path) -> ErrorKind | None:
    """How our check refuses the file; None: it lets it through."""
    try:
        read_header(path)
    except AssistantError as error:
        return error.kind
    return None


class Engine:
    """A real engine's child for one file."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.client = EngineClient(self._events.put)
        self.seconds = 0.0  # of the processor, as far as seen

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close(5)

    def answer(self, *kinds: type) -> Any:
        """The next event of one of ``kinds``."""
        end = time.monotonic() + _WALL_SECONDS
        while time.monotonic() < end:
            try:
                event = self._events.get(timeout=0.1)
            except queue.Empty:
                self._look()
                continue
            if isinstance(event, kinds):
                self._look()
                return event
        raise AssertionError(f"no answer in {_WALL_SECONDS} seconds")

    def speak(self, path: Path) -> ErrorKind | None:
        """Load the file and have it write two tokens; the error's kind if that fails."""
        self.client.load(Load(id="load", path=str(path), context=256, threads=1, gpu_layers=0))
        event = self.answer(Loaded, Failed)
        if isinstance(event, Loaded):
            prompt = (Piece(text="hello", trusted=True),)
            self.client.send(Generate(id="say", prompt=prompt, raw=True, max_tokens=2))
            event = self.answer(Finished, Failed)
        return event.kind if isinstance(event, Failed) else None

    def _look(self) -> None:
        if self.client.pid is None:
            return
        try:
            times = psutil.Process(self.client.pid).cpu_times()
        except psutil.Error:
            return
        self.seconds = max(self.seconds, times.user + times.system)
