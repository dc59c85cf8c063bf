"""The self-test: how fast this machine reads and writes with a model, alone and side by side, in 10 to 20 seconds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer
from assistant.core.estimates import Work, company
from assistant.core.speeds import Speeds
from assistant.core.timing import Observation
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn

_WARM = 16  # tokens: loads the model and tells how patient one has to be
_SHORT, _LONG = 128, 2048  # tokens read at most
_SHORT_SECONDS, _LONG_SECONDS = 1.5, 5.0
_WRITE_SECONDS = 1.6
_LEAST, _MOST = 8, 48  # tokens written
_TOGETHER = 8  # answers written side by side at most, as for a job
_KEY = "selftest"
_TEXT = """
the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you
were all her she there would their we him been has when who will no more if out so up said what its about than into
them can only other time new some could these two may first then do any like my now over such our man me even most
made after also did many off before must well back through years where much your way down should because long little
"""
WORDS = _TEXT.split()
"""The most frequent words of English, of which texts for measurements are made."""


def probe_text(words: int, number: int) -> str:
    """A text of so many words that was never read before: another one for each ``number``, from its first word on."""
    places = (number + index * (number + 1) + index * index for index in range(words))
    return " ".join(WORDS[place % len(WORDS)] for place in places)


class Ask(Protocol):
    """Starts an answer to raw text; ``key`` and ``bulk`` as of an ``Answer``."""

    def __call__(
        self, model: InstalledModel, turns: list[ChatTurn], options: AnswerOptions, key: str, *, bulk: bool
    ) -> Answer: ...


@dataclass(frozen=True)
class _Step:
    """Answers to be had: tokens to read, tokens to write, and what share of the whole is done after it.

    :ivar together: how many of them side by side, as parts of a job.
    """

    read: int
    write: int
    share: float
    together: int = 1


class SelfTest:
    """One run, which goes on with ``ended`` for each of its answers.

    :param ask: starts an answer to raw text.
    :param stop: stops one.
    :param done: called once with None, or with the error that ended it (CANCELLED).
    """

    def __init__(
        self,
        model: InstalledModel,
        speeds: Speeds,
        *,
        ask: Ask,
        stop: Callable[[Answer], None],
        done: Callable[[AssistantError | None], None],
        progress: Callable[[float], None],
    ) -> None:
        self.model = model
        self._speeds = speeds
        self._ask = ask
        self._stop = stop
        self._done = done
        self._progress = progress
        self._numbers = itertools.count(1)
        self._words_per_token = 0.8  # the first answer tells
        self._sequences = 1  # that the engine has; known once it is loaded
        self._answers: list[Answer] = []  # of this step
        self._last: Answer | None = None
        self._steps: Iterator[_Step] = self._plan()
        self._step: _Step | None = None
        self._over = False
        self._observed: list[tuple[Observation, Observation]] = []
        self._side_by_side: tuple[Work, float] | None = None

    def start(self) -> None:
        """Begin with the first answer."""
        self._next()

    def cancel(self) -> None:
        """Give up; what was measured so far is not kept."""
        if not self._over:
            self._finish(AssistantError(ErrorKind.CANCELLED))

    @staticmethod
    def owns(answer: Answer) -> bool:
        """Whether the answer is one of a self-test."""
        return answer.key.partition(":")[0] == _KEY

    def ended(self, answer: Answer) -> None:
        """One of its answers has ended."""
        if self._over or answer not in self._answers:
            return
        if answer.error is not None:
            self._finish(answer.error)
            return
        if answer.finish is not None and answer.finish.value == "cancelled":
            self._finish(AssistantError(ErrorKind.CANCELLED))
            return
        if not all(one.ended for one in self._answers):
            return
        self._last = answer
        assert self._step is not None
        if self._step.together > 1:
            self._side_by_side = _work_of(self._answers)
        elif self._step.read > _WARM:
            self._observed.append(observations(answer, probe=True))
        else:
            self._words_per_token *= _WARM / max(1, answer.tokens.prompt)
        self._progress(self._step.share)
        self._next()

    # ------------------------------------------------------------ inside

    def _plan(self) -> Iterator[_Step]:
        """The steps; each is made when the one before has told how fast things go."""
        yield _Step(_WARM, _LEAST, 0.1)
        reading, writing = self._pace()
        write = _between(writing * _WRITE_SECONDS, _LEAST, _MOST)
        short = _between(reading * _SHORT_SECONDS, 2 * _WARM, _SHORT)
        yield _Step(short, write, 0.25)
        reading, _ = self._pace()
        deep = _between(reading * _LONG_SECONDS, 3 * short, _LONG)
        deep = min(deep, self._room(write))
        yield _Step(deep, write, 0.55)
        yield _Step(short, write, 0.65)
        together = min(_TOGETHER, self._sequences, self._room(0) // (2 * _WARM + write))
        yield _Step((short + deep) // 2, write, 0.85 if together > 1 else 1.0)
        if together > 1:
            yield _Step(2 * _WARM, write, 1.0, together)

    def _pace(self) -> tuple[float, float]:
        """Tokens per second of the last answer: reading, writing."""
        last = self._last
        assert last is not None
        read, written = observations(last)
        return 1 / max(read.each, 1e-6), 1 / max(written.each, 1e-6)

    def _room(self, write: int) -> int:
        """Tokens that the context has for reading."""
        context = self._last.plan.context if self._last is not None else 0
        return max(2 * _WARM, context * 3 // 4 - write) if context else _LONG

    def _next(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._finish(None)
            return
        self._step, self._answers = step, []
        options = AnswerOptions(temperature=0.0, max_tokens=step.write, raw=True, ignore_end=True)
        for number in range(step.together):
            text = probe_text(max(1, round(step.read * self._words_per_token)), next(self._numbers))
            turns, key = [ChatTurn("user", text)], f"{_KEY}:{number}"
            try:
                answer = self._ask(self.model, turns, options, key, bulk=step.together > 1)
            except AssistantError as error:
                self._finish(error)
                return
            self._answers.append(answer)
            if answer.engine is not None and answer.engine.facts is not None:
                self._sequences = answer.engine.facts.sequences

    def _finish(self, error: AssistantError | None) -> None:
        self._over = True
        answers, self._answers = self._answers, []
        for answer in answers:
            if not answer.ended:
                self._stop(answer)
        if error is None:
            self._speeds.begin_test(self.model)
            for read, written in self._observed:
                self._speeds.learn(self.model, read=read, written=written)
            self._learn_company()
            self._speeds.end_test(self.model)
        self._done(error)

    def _learn_company(self) -> None:
        """What one more answer adds to a step of writing, so that also the first job is told its time: from nothing to
        as much as it takes alone, by processor."""
        pace = self._speeds.pace(self.model)
        if self._side_by_side is None or pace is None:
            return
        work, took = self._side_by_side
        found = company(pace, [work], took)
        if found is not None:
            self._speeds.learn_job(self.model, company=found, beside=found)


def _work_of(answers: list[Answer]) -> tuple[Work, float]:
    """What answers that began together came to, and the seconds until the last of them had ended."""
    count = len(answers)
    read = sum(answer.tokens.prompt - answer.tokens.cached for answer in answers) / count
    written = sum(answer.tokens.generated for answer in answers) / count
    return Work(count, count, read, written), max(answer.seconds.total for answer in answers)


def observations(answer: Answer, *, probe: bool = False) -> tuple[Observation, Observation]:
    """What an ended answer says about reading and writing."""
    tokens, seconds = answer.tokens, answer.seconds
    # The first token comes out of reading.
    read = Observation(max(1, tokens.prompt - tokens.cached), seconds.reading, tokens.cached, probe)
    written = Observation(max(1, tokens.generated - 1), seconds.writing, tokens.prompt, probe)
    return read, written


def _between(number: float, least: int, most: int) -> int:
    return round(min(max(number, least), most))
