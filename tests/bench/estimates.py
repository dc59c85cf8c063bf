"""Seconds that are told beforehand against seconds that it takes: the self-test once, then ten documents."""

from __future__ import annotations

import queue
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.base.paths import Paths
from assistant.core.core import Core
from assistant.core.measures import Speed
from assistant.engine.messages import Count, Counted, Piece
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn
from tests.bench import workload
from tests.bench.setting import Setting
from tests.bench.stats import Row

_SECONDS = 120.0  # for one answer
DOCUMENTS = ((120, 60), (200, 160), (350, 40), (500, 120), (700, 30), (900, 200), (1200, 80), (1500, 150), (2200, 60),
             (3000, 100))  # fmt: skip
"""Words to read and tokens to write."""
REACH = 0.25


class Desk:
    """A core that this thread drives."""

    def __init__(self, home: Path, model: Path) -> None:
        folder = home / "models"
        folder.mkdir(parents=True)
        (folder / model.name).symlink_to(model)
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        paths = Paths(home / "config", home / "data", folder, home / "cache", home / "logs")
        self.core = Core(paths, wake=lambda: self._bell.put(None), keep=False)
        self.core.start()

    @property
    def model(self) -> InstalledModel:
        (model,) = self.core.models.installed()
        return model

    def wait(self, done: Callable[[], bool], seconds: float = _SECONDS) -> None:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("no end in sight")
            try:
                self._bell.get(timeout=0.1)
            except queue.Empty:
                continue
            self.core.pump(0.05)

    def selftest(self) -> Speed:
        """:raises AssistantError: it did not come to its end."""
        found: list[Speed | AssistantError] = []
        self.core.measures.selftest(self.model.key, found.append)
        self.wait(lambda: bool(found))
        if isinstance(found[0], AssistantError):
            raise found[0]
        return found[0]

    def count(self, text: str) -> int:
        """Tokens of a text, asked of the loaded model."""
        engine = self.core.engines.get(self.model.key)
        assert engine is not None
        found: list[Counted] = []
        engine.send(Count(id=self.core.engines.new_id("count"), prompt=(Piece(text=text),), raw=True), found.append)
        self.wait(lambda: bool(found))
        return found[0].tokens

    def answer(self, text: str, tokens: int) -> float:
        """Have an answer of exactly so many tokens; how long it took."""
        options = AnswerOptions(temperature=0.8, max_tokens=tokens, raw=True, ignore_end=True)
        began = time.monotonic()
        answer = self.core.ask(self.model, [ChatTurn("user", text)], options)
        self.wait(lambda: answer.ended)
        if answer.error is not None:
            raise answer.error
        return time.monotonic() - began


@contextmanager
def desk(home: Path, model: Path) -> Iterator[Desk]:
    made = Desk(home, model)
    try:
        yield made
    finally:
        made.core.close()


def estimates(setting: Setting) -> list[Row]:
    """How far the estimate is off, over ten documents, right after the self-test and once answers have taught more."""
    with desk(setting.scratch / "estimates", setting.model) as made:
        began = time.monotonic()
        speed = made.selftest()
        seconds = time.monotonic() - began
        setting.say(
            f"  self-test {seconds:.1f} s: reading {speed.reading_short:.0f}, writing {speed.writing_near:.1f} tokens/s"
        )
        documents = DOCUMENTS[::3] if setting.quick else DOCUMENTS
        first = errors_over(made, documents, seed=100, say=setting.say)
        later = errors_over(made, documents, seed=200, say=setting.say)
    return [
        Row("error of the estimated time after the self-test, median", statistics.median(first), "at most", REACH,
            note=f"worst {max(first):.2f}", samples={"errors": tuple(first)}),
        Row("error of the estimated time after ten answers, median", statistics.median(later), "at most", REACH,
            note=f"worst {max(later):.2f}", samples={"errors": tuple(later)}),
        Row("seconds of the self-test", seconds, "at most", 25.0, unit="s", samples={"seconds": (seconds,)}),
    ]  # fmt: skip


def errors_over(
    made: Desk, documents: tuple[tuple[int, int], ...], *, seed: int, say: Callable[[str], None]
) -> list[float]:
    """The share by which each estimate was off, made before the answer with what was known then."""
    found = []
    for number, (words, tokens) in enumerate(documents):
        text = workload.prose(words, seed + number)
        prompt = made.count(text)
        estimate = made.core.measures.estimate(made.model.key, prompt, tokens)
        assert estimate is not None
        seconds = made.answer(text, tokens)
        found.append(abs(estimate.seconds - seconds) / seconds)
        say(f"    {prompt:5} read, {tokens:4} written: {estimate.seconds:6.2f} s said, {seconds:6.2f} s taken")
    return found
