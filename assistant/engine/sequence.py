"""One request on its way through the engine: what has to be decoded, how far that is, and what comes of it."""

from __future__ import annotations

import codecs
import math
import time
from array import array

from assistant.engine.backend import Backend, Context
from assistant.engine.cache import Slot
from assistant.engine.messages import (
    Alternative,
    Counts,
    Finished,
    FinishReason,
    Generate,
    Reading,
    Sampling,
    Score,
    Scored,
    Seconds,
    Step,
    Tokens,
)
from assistant.engine.prompt import Prompt
from assistant.engine.sampling import LoopDetector
from assistant.engine.textstream import TextStream
from assistant.process.message import Message

MAX_ALTERNATIVES = 20


class Job:
    """A request that needs the model.

    :ivar tokens: the prompt, then what was sampled. The first ``read`` of them are in the memory.
    :ivar prompt: tokens of the prompt.
    :ivar stops: lengths at which a slice ends, because a state is kept or handed on there.
    :ivar waits_for: another job that reads the same beginning, and the length up to which it is the same.
    :ivar room: cells that it needs at most, the prompt included; ``soft``: nobody asked for that much, so that it is
        promised little by little.
    """

    interactive = True

    def __init__(self, identifier: str, key: str, tokens: array[int], room: int) -> None:
        self.id = identifier
        self.key = key
        self.tokens = tokens
        self.prompt = len(tokens)
        self.room = room
        self.soft = False
        self.stops: list[int] = []
        self.slot: Slot | None = None
        self.cached = 0
        self.waits_for: tuple[Job, int] | None = None
        self.arrived = time.perf_counter()
        self.started = 0.0
        self.wrote_at = 0.0
        self.decoding = 0.0  # seconds inside decodes since it writes

    @property
    def read(self) -> int:
        return len(self.slot.tokens) if self.slot is not None else 0

    @property
    def pending(self) -> int:
        """Tokens that wait to be decoded."""
        return len(self.tokens) - (len(self.slot.tokens) if self.slot is not None else 0)

    @property
    def place(self) -> int:
        return self.slot.index if self.slot is not None else -1

    @property
    def reusable(self) -> int:
        """How many of its tokens may come from what was read for others: the last one is always decoded."""
        return len(self.tokens) - 1

    @property
    def writing(self) -> bool:
        return self.wrote_at > 0 and self.pending == 1

    def slice_end(self, count: int) -> int:
        """Where a slice of at most ``count`` tokens has to end."""
        read = self.read
        end = min(len(self.tokens), read + count)
        for stop in self.stops:
            if read < stop < end:
                end = stop
        return end

    @property
    def wants_every(self) -> bool:
        """Whether each token of the next slice needs logits, not only the last one of all."""
        return False

    def decoded(self, context: Context, row: int, count: int) -> tuple[Message, ...]:
        """The last ``count`` tokens were decoded, the last one into output ``row``; messages that end the job."""
        raise NotImplementedError

    def progress(self) -> Reading:
        return Reading(id=self.id, read=min(self.read, self.prompt), total=self.prompt, cached=self.cached)

    def close(self) -> None:
        """Give native things back."""


class Writing(Job):
    """A ``Generate``.

    :param limit: tokens that the answer may have.
    :raises AssistantError: from the backend's chooser, for example GRAMMAR_INVALID.
    """

    def __init__(
        self, request: Generate, prompt: Prompt, backend: Backend, *, sampling: Sampling, limit: int, room: int
    ) -> None:
        super().__init__(request.id, request.key, prompt.tokens, room)
        self.interactive = request.priority == "interactive"
        self.request = request
        self.limit = limit
        self.chooser = backend.chooser(request, sampling, prompt.tokens)
        vocabulary = backend.vocabulary
        self.stream = TextStream(
            vocabulary.piece,
            vocabulary.control_text,
            stops=request.stop,
            marks=request.marks,
            memo=vocabulary.texts,
        )
        self._locked = request.lock is not None
        self._ends = frozenset() if request.ignore_end else vocabulary.ends
        self._loops = LoopDetector() if request.stop_loops else None
        self._alternatives = min(request.alternatives, MAX_ALTERNATIVES)
        self._steps: list[Step] = []

    @property
    def generated(self) -> int:
        return len(self.tokens) - self.prompt

    def decoded(self, context: Context, row: int, count: int) -> tuple[Message, ...]:  # noqa: ARG002 - one at a time
        if self._locked:
            self.chooser.locked = not self.stream.aside
        token = self.chooser.choose(context, row)
        tokens = self.tokens
        if not self.wrote_at:
            self.wrote_at = time.perf_counter()
        if self._alternatives:
            self._look(context, row, token)
        tokens.append(token)
        if token in self._ends:
            return self.finished(FinishReason.END)
        stream = self.stream
        stream.feed(token)
        if stream.stop:
            return self.finished(FinishReason.STOP)
        if len(tokens) - self.prompt >= self.limit:
            return self.finished(FinishReason.LIMIT)
        if self._loops is not None and self._loops.looping(tokens, self.prompt):
            return self.finished(FinishReason.LOOP)
        return ()

    def _look(self, context: Context, row: int, token: int) -> None:
        logarithm, best = context.likely(row, token, self._alternatives)
        alternatives = tuple(
            Alternative(token=other, text=token_text(context, other), probability=probability)
            for other, probability in best
        )
        self._steps.append(
            Step(
                token=token,
                text=token_text(context, token),
                probability=_probability(logarithm),
                at=self.stream.at,
                reasoning=self.stream.reasoning_open,
                alternatives=alternatives,
            )
        )

    def update(self) -> Tokens | None:
        """What grew since the last update."""
        recalled = self.stream.recalled
        text, reasoning = self.stream.take()
        if not (text or reasoning or self._steps):
            return None
        steps, self._steps = tuple(self._steps), []
        return Tokens(id=self.id, text=text, reasoning=reasoning, recalled=recalled, count=self.generated, steps=steps)

    def finished(self, reason: FinishReason) -> tuple[Message, ...]:
        """The messages that end this request: the rest of the text and ``Finished``."""
        now = time.perf_counter()
        reasoning_open = self.stream.reasoning_open
        self.stream.finish()
        update = self.update()
        ids = tuple(self.tokens[self.prompt :])
        end = Finished(
            id=self.id,
            reason=reason,
            ids=ids,
            answer_ids=self.stream.answer_ids(ids),
            stop=self.stream.stop,
            seed=self.chooser.seed,
            reasoning_open=reasoning_open,
            tokens=Counts(prompt=self.prompt, cached=self.cached, generated=len(ids)),
            seconds=self._seconds(now),
        )
        return (end,) if update is None else (update, end)

    def _seconds(self, now: float) -> Seconds:
        started = self.started or now
        wrote = self.wrote_at or now
        writing = now - wrote
        return Seconds(
            queued=started - self.arrived,
            reading=wrote - started,
            first_token=wrote - self.arrived if self.wrote_at else 0.0,
            writing=writing,
            overhead=max(0.0, writing - self.decoding),
            total=now - self.arrived,
        )

    def close(self) -> None:
        self.chooser.close()


class Scoring(Job):
    """A ``Score``: the tokens from ``first`` on are looked at, none is sampled."""

    def __init__(self, request: Score, tokens: array[int], first: int, outputs: int) -> None:
        super().__init__(request.id, "", tokens, len(tokens))
        self._first = max(1, first)
        self._outputs = outputs
        self._alternatives = min(request.alternatives, MAX_ALTERNATIVES)
        self._steps: list[Step] = []
        self._sum = 0.0
        self._at = 0
        self._characters = codecs.getincrementaldecoder("utf-8")("replace")  # one may come in several tokens

    @property
    def reusable(self) -> int:
        return self._first - 1  # from here on the logits are wanted

    def slice_end(self, count: int) -> int:
        read = self.read
        if read < self._first - 1:
            return min(super().slice_end(count), self._first - 1)
        return super().slice_end(min(count, self._outputs))

    @property
    def wants_every(self) -> bool:
        return self.read >= self._first - 1

    def decoded(self, context: Context, row: int, count: int) -> tuple[Message, ...]:
        end = self.read
        for position in range(end - count, end):
            following = position + 1
            if following < self._first or following >= len(self.tokens):
                continue
            self._look(context, row - (end - 1 - position), self.tokens[following])
        if end < len(self.tokens):
            return ()
        return (Scored(id=self.id, log_probability=self._sum, steps=tuple(self._steps)),)

    def _look(self, context: Context, row: int, token: int) -> None:
        logarithm, best = context.likely(row, token, self._alternatives)
        text = token_text(context, token)
        self._sum += logarithm
        self._steps.append(
            Step(
                token=token,
                text=text,
                probability=_probability(logarithm),
                at=self._at,
                alternatives=tuple(
                    Alternative(token=other, text=token_text(context, other), probability=probability)
                    for other, probability in best
                ),
            )
        )
        self._at += len(self._characters.decode(context.vocabulary.piece(token)))


def token_text(context: Context, token: int) -> str:
    """A token for somebody who looks inside: half characters as replacement characters, control tokens spelled."""
    vocabulary = context.vocabulary
    return vocabulary.piece(token).decode("utf-8", "replace") or vocabulary.control_text(token)


def _probability(logarithm: float) -> float:
    return min(1.0, math.exp(logarithm))
