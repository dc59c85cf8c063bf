"""Seconds that are told beforehand against seconds that it takes: the self-test once, then ten answers, and summaries
and translations of documents."""

from __future__ import annotations

import queue
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.base.paths import Paths
from assistant.core.core import Core
from assistant.core.documents import OpenDocument
from assistant.core.measures import Speed
from assistant.core.summary.views import PlanView
from assistant.core.translation.views import OpenTranslation, TranslationPlan
from assistant.engine.messages import Count, Counted, Piece, Resized
from assistant.library.fit import SANE_CONTEXT
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.tasks.summary import SummaryOptions
from assistant.tasks.translation import TranslateOptions
from tests.bench import workload
from tests.bench.setting import Setting
from tests.bench.stats import Row

_SECONDS = 120.0  # for one answer
_LONGEST = 300.0  # for one summary
_ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ((120, 60), (200, 160), (350, 40), (500, 120), (700, 30), (900, 200), (1200, 80), (1500, 150), (2200, 60),
             (3000, 100))  # fmt: skip
"""Words to read and tokens to write."""
SHORT = (("kelp.md", 80), ("move.txt", 160), ("kelp.md", 250), ("minutes.md", 300), ("theatre.txt", 900))
"""Documents, and how many words of them are summed up in one step."""
LONG = (1100, 1400, 1700, 2000, 2400)
"""Words of the documents one behind the other that are summed up by parts, in a small context."""
SMALL = 2048
TRANSLATED = (("kelp.md", 30, "de"), ("minutes.md", 40, "zh-Hans"), ("move.txt", 90, "de"),
              ("theatre.txt", 24, "zh-Hans"), ("kelp.md", 91, "zh-Hans"), ("minutes.md", 70, "de"),
              ("move.txt", 18, "zh-Hans"), ("theatre.txt", 100, "de"), ("kelp.md", 20, "de"),
              ("minutes.md", 130, "zh-Hans"))  # fmt: skip
"""Documents, how many words of them are translated, and into what: the starter redoes many sentences in German, and
nearly all in Chinese."""
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

    def resize(self, context: int) -> None:
        """Give the loaded model another context."""
        engine = self.core.engines.get(self.model.key)
        assert engine is not None
        found: list[object] = []
        self.core.engines.resize(engine, context, found.append)
        self.wait(lambda: bool(found))
        assert isinstance(found[0], Resized), found[0]

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

    def summarize(self, text: str, options: SummaryOptions) -> tuple[PlanView, float]:
        """Summarize a document, as a person would: what the plan says first, and how long it really took."""
        document = self._asked(lambda done: self.core.documents.open(text=text, done=done))
        assert isinstance(document, OpenDocument)
        plan = self._asked(lambda done: self.core.summaries.plan(document.digest, options, done))
        assert isinstance(plan, PlanView)
        began = time.monotonic()
        job = self.core.summaries.start(document.digest, options)
        self.wait(lambda: job not in self.core.summaries.running(), _LONGEST)
        seconds = time.monotonic() - began
        view = self.core.summaries.view(job)
        assert view is not None
        if view.error is not None:
            raise view.error
        return plan, seconds

    def translate(self, text: str, options: TranslateOptions) -> tuple[TranslationPlan, float]:
        """Translate a text, as a person would: what the plan says first, and how long it really took."""
        translations = self.core.translations
        document = self._asked(lambda done: translations.read(text=text, done=done))
        assert isinstance(document, OpenTranslation)
        plan = self._asked(lambda done: translations.plan(document.digest, options, done))
        assert isinstance(plan, TranslationPlan)
        began = time.monotonic()
        job = translations.start(document.digest, options)
        self.wait(lambda: job not in translations.running(), _LONGEST)
        seconds = time.monotonic() - began
        view = translations.view(job)
        assert view is not None
        if view.error is not None:
            raise view.error
        return plan, seconds

    def _asked(self, start: Callable[[Callable[[Any], None]], object]) -> Any:
        found: list[Any] = []
        start(found.append)
        self.wait(lambda: bool(found))
        if isinstance(found[0], AssistantError):
            raise found[0]
        return found[0]


@contextmanager
def desk(home: Path, model: Path) -> Iterator[Desk]:
    made = Desk(home, model)
    try:
        yield made
    finally:
        made.core.close()


def estimates(setting: Setting) -> list[Row]:
    """How far the estimate is off: over ten answers, right after the self-test; then over summaries and translations of
    ten documents, each promised with what the ones before it have taught."""
    with desk(setting.scratch / "estimates", setting.model) as made:
        began = time.monotonic()
        speed = made.selftest()
        seconds = time.monotonic() - began
        setting.say(
            f"  self-test {seconds:.1f} s: reading {speed.reading_short:.0f}, writing {speed.writing_near:.1f} tokens/s"
        )
        documents = DOCUMENTS[::3] if setting.quick else DOCUMENTS
        first = errors_over(made, documents, seed=100, say=setting.say)
        later = errors_of_summaries(made, texts()[::4] if setting.quick else texts(), say=setting.say)
        if not setting.quick:
            made.resize(SMALL)
            later += errors_of_summaries(made, long_texts(), say=setting.say, parts=True)
            made.resize(SANE_CONTEXT)
        translated = errors_of_translations(made, TRANSLATED[:2] if setting.quick else TRANSLATED, say=setting.say)
    return [
        Row("error of the estimated time after the self-test, median", statistics.median(first), "at most", REACH,
            note=f"worst {max(first):.2f}", samples={"errors": tuple(first)}),
        Row("error of the promised time of a summary, median", statistics.median(later), "at most", REACH,
            note=f"worst {max(later):.2f}", samples={"errors": tuple(later)}),
        Row("error of the promised time of a translation, median", statistics.median(translated), "at most", REACH,
            note=f"worst {max(translated):.2f}", samples={"errors": tuple(translated)}),
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


def texts() -> list[str]:
    """Documents in the language of the starter: whole paragraphs of real ones. No two begin alike, or the engine would
    have read a part of the second one already.
    """
    return [_of([name], words, start=3 * number) for number, (name, words) in enumerate(SHORT)]


def long_texts() -> list[str]:
    """The same, longer than the small context."""
    names = sorted({name for name, _ in SHORT})
    return [_of(names, words, start=7 * number + 1) for number, words in enumerate(LONG)]


def _of(names: Iterable[str], words: int, start: int = 0) -> str:
    """So many words of documents from paragraph ``start`` on, and behind their end from their beginning."""
    folder = _ROOT / "tests" / "eval" / "documents"
    paragraphs = [one for name in names for one in (folder / name).read_text("utf-8").split("\n\n")]
    start %= len(paragraphs)
    taken: list[str] = []
    for paragraph in paragraphs[start:] + paragraphs[:start]:
        if taken and len(" ".join(taken).split()) >= words:
            break
        taken.append(paragraph)
    return "\n\n".join(taken)


def errors_of_summaries(
    made: Desk, documents: list[str], *, say: Callable[[str], None], parts: bool = False
) -> list[float]:
    """As ``errors_over``, for the plan that a person sees before a summary is begun.

    :param parts: the documents are so long that each is read part by part.
    """
    found = []
    for text in documents:
        plan, seconds = made.summarize(text, SummaryOptions())
        assert plan.seconds is not None
        assert (plan.steps > 1) is parts
        found.append(abs(plan.seconds - seconds) / seconds)
        read = f"{plan.prompt_tokens:5} read, {plan.steps} steps"
        say(f"    {read}: {plan.seconds:6.2f} s said, {seconds:6.2f} s taken")
    return found


def errors_of_translations(
    made: Desk, documents: tuple[tuple[str, int, str], ...], *, say: Callable[[str], None]
) -> list[float]:
    """As ``errors_of_summaries``. Of the first into a language nobody knows yet how much of it is done again."""
    found = []
    for name, words, target in documents:
        plan, seconds = made.translate(_of([name], words), TranslateOptions(target=target))
        assert plan.seconds is not None
        found.append(abs(plan.seconds - seconds) / seconds)
        say(f"    {plan.segments:4} sentences into {target}: {plan.seconds:6.2f} s said, {seconds:6.2f} s taken")
    return found
