"""The product's engine as the program uses it: an ``EngineClient`` with a child process, events timed on arrival."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal

from assistant.engine.client import EngineClient, EngineEnded
from assistant.engine.messages import (
    Event,
    Facts,
    Failed,
    Finished,
    Forget,
    Generate,
    Load,
    Loaded,
    Loading,
    Piece,
    Reading,
    Sampling,
    ScriptLock,
    Tokens,
)
from tests.bench import trace

_ANSWER_SECONDS = 300.0
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)
"""No randomness and no penalties, as llama-bench's own loop does no sampling at all."""
USUAL = Sampling(seed=1)
"""What a chat uses when nobody has chosen anything."""


class EngineError(Exception):
    """The engine did not do what the measurement needs."""


@dataclass
class Run:
    """One request and what came back. Times are seconds of ``time.perf_counter``, taken on the client's reader thread.

    :ivar arrivals: of each ``Tokens``: when, and how many tokens had been sampled by then.
    """

    id: str
    sent: float
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    readings: list[tuple[float, int]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    finished: Finished | None = None
    failed: Failed | None = None
    ended: float = 0.0
    started: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    progressed: threading.Event = field(default_factory=threading.Event)

    @property
    def first_token(self) -> float:
        """Seconds from the request to the first token in the client."""
        return self.arrivals[0][0] - self.sent

    @property
    def speed(self) -> float:
        """Tokens per second in the client from the first delivery to the last."""
        (begin, first), (end, last) = self.arrivals[0], self.arrivals[-1]
        return (last - first) / (end - begin)

    def speed_between(self, begin: float, end: float) -> float:
        """Tokens per second of the deliveries within a stretch of time."""
        inside = [(when, count) for when, count in self.arrivals if begin <= when <= end]
        if len(inside) < 2:
            return 0.0
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])

    def longest_pause(self, begin: float, end: float) -> float:
        """The longest time without a delivery within a stretch of time (seconds)."""
        times = [begin, *(when for when, _ in self.arrivals if begin < when < end), end]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def result(self, *, timeout: float = _ANSWER_SECONDS) -> Run:
        """Wait for the end.

        :raises EngineError: it failed or did not end in time.
        """
        if not self.done.wait(timeout):
            raise EngineError(f"{self.id} did not end within {timeout:.0f} s")
        if self.failed is not None:
            raise EngineError(f"{self.id} failed: {self.failed.kind} {self.failed.detail[-800:]}")
        return self


class Engine:
    """One model loaded through the client; a context manager that takes the child down again.

    :param traced: run the child with every ``llama_decode`` timed (see ``trace``).
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int,
        context: int = 8192,
        sequences: int = 8,
        cache_type: Literal["f16", "q8_0"] = "f16",
        traced: Path | None = None,
    ) -> None:
        self.model = model
        self.facts: Facts | None = None
        self._runs: dict[str, Run] = {}
        self._numbers = itertools.count(1)
        self._ended = threading.Event()
        self.ending = ""
        command = trace.command(traced) if traced else None
        self.client = EngineClient(self._deliver, command=command, hang_seconds=120)
        self._load = Load(
            id="load",
            path=str(model),
            context=context,
            sequences=sequences,
            threads=threads,
            gpu_layers=0,
            cache_type=cache_type,
        )

    def __enter__(self) -> Engine:
        run = self.start_loading()
        run.result(timeout=120)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def start_loading(self) -> Run:
        run = self._runs["load"] = Run("load", time.perf_counter())
        self.client.load(self._load)
        return run

    def close(self) -> float:
        """Seconds until the child is gone."""
        begin = time.perf_counter()
        self.client.close(wait=20)
        self._ended.wait(20)
        return time.perf_counter() - begin

    def start(
        self,
        prompt: str | Sequence[Piece],
        *,
        tokens: int,
        sampling: Sampling = GREEDY,
        key: str = "",
        bulk: bool = False,
        lock: ScriptLock | None = None,
        alternatives: int = 0,
    ) -> Run:
        """Send a request for exactly ``tokens`` tokens and return at once."""
        pieces = (Piece(text=prompt, trusted=True),) if isinstance(prompt, str) else tuple(prompt)
        name = f"run{next(self._numbers)}"
        request = Generate(
            id=name,
            prompt=pieces,
            key=key,
            sampling=sampling,
            max_tokens=tokens,
            priority="bulk" if bulk else "interactive",
            ignore_end=True,
            stop_loops=False,
            lock=lock,
            alternatives=alternatives,
        )
        run = self._runs[name] = Run(name, time.perf_counter())
        self.client.send(request)
        return run

    def generate(
        self, prompt: str | Sequence[Piece], *, tokens: int, sampling: Sampling = GREEDY, key: str = ""
    ) -> Run:
        """Send a request and wait for its end."""
        run = self.start(prompt, tokens=tokens, sampling=sampling, key=key).result()
        got = run.finished.tokens.generated if run.finished else 0
        if got != tokens:
            raise EngineError(f"{tokens} tokens were asked for, {got} came")
        return run

    def stop(self, run: Run) -> float:
        """Cancel ``run``; seconds until its end arrived."""
        begin = time.perf_counter()
        self.client.cancel(run.id)
        if not run.done.wait(60):
            raise EngineError(f"{run.id} did not stop")
        return run.ended - begin

    def forget(self, *keys: str) -> None:
        for key in keys:
            self.client.send(Forget(key=key))

    def _deliver(self, event: Event | EngineEnded) -> None:
        now = time.perf_counter()
        if isinstance(event, EngineEnded):
            self.ending = f"{event.outcome.ending} {event.outcome.code}"
            self._ended.set()
            return
        run = self._runs.get(getattr(event, "id", ""))
        if run is None:
            return
        if isinstance(event, Tokens):
            run.arrivals.append((now, event.count))
            run.text.append(event.reasoning + event.text)
            run.started.set()
        elif isinstance(event, Reading):
            run.readings.append((now, event.read))
            run.progressed.set()
        elif isinstance(event, Loading):
            run.readings.append((now, round(event.progress * 1000)))
            run.progressed.set()
        elif isinstance(event, Finished | Failed | Loaded):
            run.ended = now
            run.finished = event if isinstance(event, Finished) else None
            run.failed = event if isinstance(event, Failed) else None
            if isinstance(event, Loaded):
                self.facts = event.facts
            run.done.set()
