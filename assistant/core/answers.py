"""One answer of a model, from a list of turns to its last token. Used by conversations and by the command line."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.engines import Engine, Engines, error_of
from assistant.core.load_plan import LoadPlan
from assistant.core.rendering import Rendering
from assistant.engine.messages import (
    Count,
    Counted,
    Counts,
    Failed,
    Finished,
    FinishReason,
    Marks,
    Piece,
    Reading,
    Seconds,
    Step,
    Tokens,
)
from assistant.storage.writing import whole
from assistant.tasks.chat import AnswerOptions, ChatTurn, chat_request, prompt_pieces, raw_pieces, resumed, unthinking
from assistant.tasks.circling import Circling
from assistant.tasks.cleaning import is_lost
from assistant.tasks.presets import chat_preset

_LOOK = 160  # characters between two looks at whether an answer repeats itself; a long one takes two milliseconds


class Stage(StrEnum):
    """Where an answer is on its way."""

    LOADING = "loading"
    PREPARING = "preparing"  # rendering and counting the prompt
    READING = "reading"
    WRITING = "writing"
    ENDED = "ended"


@dataclass
class Answer:
    """A running or ended answer. Owned by ``Answers``; others read it on the pumping thread.

    :ivar read: share of the prompt that was read, 0 to 1.
    :ivar finish: how it ended, None while it runs or when ``error`` says why it failed.
    :ivar recalled: what was its text has turned out to be reasoning.
    :ivar load_seconds: time that loading the model took (0 when it was loaded).
    :ivar bulk: one of many for a job: it gives way to a conversation.
    :ivar fits: whoever asked knows that its prompt fits, so that it is not counted first.
    :ivar prose: it is about a document: it ends with LOOP as soon as it surely only repeats itself, which the engine,
        that has to let tables and code be, tells much later.
    :ivar looked: how long it was when it was last looked at; ``circling``: what was seen of it then; ``loops``: it was
        stopped for repeating itself.
    """

    id: int
    turns: tuple[ChatTurn, ...]
    options: AnswerOptions
    plan: LoadPlan
    key: str
    bulk: bool = False
    fits: bool = False
    prose: bool = False
    begun: ChatTurn | None = None  # what was written before, when an answer is continued
    stage: Stage = Stage.LOADING
    chunks: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    length: int = 0
    read: float = 0.0
    count: int = 0
    started: float = field(default_factory=time.monotonic)
    first_token: float = 0.0
    reasoning_seconds: float = 0.0
    recalled: bool = False
    load_seconds: float = 0.0
    finish: FinishReason | None = None
    error: AssistantError | None = None
    tokens: Counts = field(default_factory=Counts)
    seconds: Seconds = field(default_factory=Seconds)
    ids: tuple[int, ...] = ()
    fingerprint: str = ""
    seed: int = 0
    engine: Engine | None = None
    request_id: str = ""
    cancelled: bool = False
    looked: int = 0
    circling: Circling = field(default_factory=Circling)
    loops: bool = False

    @property
    def text(self) -> str:
        if len(self.chunks) > 1:
            self.chunks[:] = ["".join(self.chunks)]
        return self.chunks[0] if self.chunks else ""

    @property
    def reasoning(self) -> str:
        if len(self.thoughts) > 1:
            self.thoughts[:] = ["".join(self.thoughts)]
        return self.thoughts[0] if self.thoughts else ""

    def recall(self, more: str) -> None:
        """All that came as text was reasoning, with ``more`` at its end."""
        self.thoughts, self.chunks, self.length = [(self.text + more).strip()], [], 0
        self.looked, self.circling = 0, Circling()
        self.steps.clear()
        self.recalled = True

    @property
    def ended(self) -> bool:
        return self.stage is Stage.ENDED

    @property
    def speed(self) -> float:
        """Tokens per second while writing; 0 before the second token: the first one comes out of reading."""
        if self.seconds.writing > 0:
            return self.tokens.generated / self.seconds.writing if self.tokens.generated > 1 else 0.0
        if self.first_token and self.count > 1:
            elapsed = time.monotonic() - self.first_token
            return self.count / elapsed if elapsed > 0.05 else 0.0
        return 0.0


class Answers:
    """Starts, follows and stops answers. Every method runs on the pumping thread.

    :param grew: called after text was added to the answer with this id.
    :param changed: called after its stage changed, also at its end.
    """

    def __init__(
        self,
        engines: Engines,
        rendering: Rendering,
        *,
        grew: Callable[[Answer], None],
        changed: Callable[[Answer], None],
    ) -> None:
        self._engines = engines
        self._rendering = rendering
        self._grew = grew
        self._changed = changed
        self._ids = itertools.count(1)
        self._running: dict[int, Answer] = {}

    @property
    def running(self) -> list[Answer]:
        return list(self._running.values())

    def start(
        self,
        plan: LoadPlan,
        turns: Sequence[ChatTurn],
        options: AnswerOptions,
        *,
        key: str = "",
        resume: bool = False,
        bulk: bool = False,
        fits: bool = False,
        prose: bool = False,
    ) -> Answer:
        """Begin an answer to ``turns``. It ends by itself, by ``stop`` or with an error, and always ends.

        :param key: answers with the same key share what was already read (one conversation).
        :param resume: the last turn is the beginning of the answer, to be written on.
        :param bulk: and ``fits``, ``prose``: see ``Answer``; ``options.max_tokens`` is set then. What is ``bulk`` fits.
        """
        # Half characters, as a damaged paste can hold: no pipe carries them.
        turns = [replace(turn, text=whole(turn.text), reasoning=whole(turn.reasoning)) for turn in turns]
        answer_id = next(self._ids)
        started = turns[-1] if resume else None
        turns = turns[:-1] if resume else turns
        key = key or f"answer-{answer_id}"
        answer = Answer(
            answer_id, tuple(turns), options, plan, key, bulk=bulk, fits=fits or bulk, prose=prose, begun=started
        )
        self._running[answer_id] = answer
        self._engines.acquire(plan, lambda engine: self._acquired(answer, engine))
        return answer

    def stop(self, answer: Answer) -> None:
        """Stop in whatever stage it is; what was written stays."""
        if answer.ended or answer.cancelled:
            return
        answer.cancelled = True
        if answer.request_id and answer.engine is not None:
            self._engines.cancel(answer.engine, answer.request_id)  # Finished(cancelled) will come
            return
        if answer.stage is Stage.LOADING:
            others = any(a is not answer and a.plan.key == answer.plan.key for a in self._running.values())
            if not others:
                self._engines.stop_loading(answer.plan.key)
        self._end(answer, finish=FinishReason.CANCELLED)

    # ------------------------------------------------------------ the way of an answer

    def _acquired(self, answer: Answer, engine: Engine | AssistantError) -> None:
        if answer.ended:
            return
        if isinstance(engine, AssistantError):
            self._end(answer, error=engine)
            return
        answer.engine = engine
        assert engine.facts is not None
        answer.load_seconds = engine.facts.load_seconds if time.monotonic() - answer.started > 0.01 else 0.0
        answer.started = time.monotonic()
        answer.fingerprint = engine.facts.fingerprint
        self._stage(answer, Stage.PREPARING)
        if answer.options.raw:
            begun = (answer.begun,) if answer.begun else ()
            self._prepared(answer, raw_pieces((*answer.turns, *begun)), ())
        elif not (answer.options.template or engine.facts.template):
            self._end(answer, error=AssistantError(ErrorKind.NO_TEMPLATE, name=engine.plan.name))
        else:
            self._rendering.render(
                engine.facts,
                answer.turns,
                answer.options.thinking,
                lambda rendered: self._rendered(answer, rendered),
                template=answer.options.template,
            )

    def _rendered(self, answer: Answer, rendered: Any) -> None:
        if answer.ended:
            return
        if isinstance(rendered, AssistantError):
            self._end(answer, error=rendered)
            return
        parts, marks = rendered
        pieces = prompt_pieces(parts, answer.turns, answer.fingerprint)
        if answer.begun is not None:
            pieces, marks = resumed(pieces, marks, answer.begun, answer.fingerprint)
        elif answer.options.thinking is False:
            pieces, marks = unthinking(pieces, marks)
        self._prepared(answer, pieces, marks)

    def _prepared(self, answer: Answer, pieces: tuple[Piece, ...], marks: tuple[Marks, ...]) -> None:
        engine = answer.engine
        assert engine is not None
        if self._engines.get(answer.plan.key) is not engine:
            self._lost(answer)
            return
        if answer.fits:
            self._generate(answer, pieces, marks)
            return
        count = Count(id=self._engines.new_id("count"), prompt=pieces, raw=answer.options.raw)
        engine.send(count, lambda event: self._counted(answer, pieces, marks, event))

    def _lost(self, answer: Answer) -> None:
        """The engine has gone while the prompt was made: the answer goes with it, unless it has a successor."""
        key = answer.plan.key
        if self._engines.get(key) is not None:
            self._engines.acquire(answer.plan, lambda engine: self._acquired(answer, engine))
            return
        self._end(answer, error=self._engines.errors.get(key) or AssistantError(ErrorKind.CANCELLED))

    def _counted(self, answer: Answer, pieces: tuple[Piece, ...], marks: tuple[Marks, ...], event: Any) -> None:
        if answer.ended:
            return
        if not isinstance(event, Counted):
            self._end(answer, error=error_of(event))
            return
        engine = answer.engine
        assert engine is not None
        assert engine.facts is not None
        preset = chat_preset()
        answer.tokens = Counts(prompt=event.tokens)
        reserve = min(answer.options.max_tokens or preset.reserve, preset.reserve, engine.facts.context // 4)
        if event.tokens + reserve > engine.facts.context:
            needed = event.tokens + reserve
            self._end(
                answer, error=AssistantError(ErrorKind.CONTEXT_FULL, needed=needed, available=engine.facts.context)
            )
            return
        self._generate(answer, pieces, marks)

    def _generate(self, answer: Answer, pieces: tuple[Piece, ...], marks: tuple[Marks, ...]) -> None:
        engine = answer.engine
        assert engine is not None
        answer.request_id = self._engines.new_id("chat")
        request = chat_request(answer.request_id, pieces, answer.options, key=answer.key, marks=marks, bulk=answer.bulk)
        self._stage(answer, Stage.READING)
        engine.send(request, lambda arrived: self._arrived(answer, arrived))

    def _arrived(self, answer: Answer, event: Any) -> None:
        if answer.ended:
            return
        if isinstance(event, Tokens):
            self._take(answer, event)
        elif isinstance(event, Reading):
            answer.read = event.read / max(1, event.total)
            self._changed(answer)
        elif isinstance(event, Finished):
            answer.tokens, answer.seconds, answer.seed = event.tokens, event.seconds, event.seed
            answer.ids = event.answer_ids
            stopped = answer.loops and event.reason is FinishReason.CANCELLED
            self._end(answer, finish=FinishReason.LOOP if stopped else event.reason)
        elif isinstance(event, Failed):
            self._end(answer, error=error_of(event))

    def _take(self, answer: Answer, event: Tokens) -> None:
        if answer.stage is not Stage.WRITING:
            answer.first_token = time.monotonic()
            self._stage(answer, Stage.WRITING)
        if event.recalled:
            answer.recall(event.reasoning)
        elif event.reasoning:
            answer.thoughts.append(event.reasoning)
        if event.text:
            if not answer.length and answer.thoughts:
                answer.reasoning_seconds = time.monotonic() - answer.first_token
            answer.chunks.append(event.text)
            answer.length += len(event.text)
        answer.count = max(answer.count, event.count)
        answer.steps.extend(event.steps)
        if answer.length >= answer.looked + _LOOK and not (answer.cancelled or answer.options.ignore_end):
            answer.looked = answer.length
            answer.loops = answer.circling.goes_on(answer.text) or (answer.prose and is_lost(answer.text))
            if answer.loops:
                self.stop(answer)
        self._grew(answer)

    def _stage(self, answer: Answer, stage: Stage) -> None:
        answer.stage = stage
        self._changed(answer)

    def _end(self, answer: Answer, *, finish: FinishReason | None = None, error: AssistantError | None = None) -> None:
        self._running.pop(answer.id, None)
        if error is not None and error.kind is ErrorKind.CANCELLED:
            finish, error = FinishReason.CANCELLED, None
        answer.finish, answer.error = finish, error
        answer.engine = None
        self._stage(answer, Stage.ENDED)
