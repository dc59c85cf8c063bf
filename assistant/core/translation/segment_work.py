"""One segment on its way: it is asked for, what comes is checked in the worker child, and if need be asked for anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers, Stage
from assistant.core.load_plan import LoadPlan
from assistant.core.translation.confidence import doubts
from assistant.core.worker_child import WorkerChild
from assistant.documents.segments import Checked, Finding, FindingKind, Pair, Term
from assistant.engine.messages import Counts, FinishReason
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import Outcome, Purpose, TranslateStep, Verdict
from assistant.worker.messages import CheckSegments, SegmentsChecked

_TOGETHER = 64  # pairs in one request to the child
_CHARACTERS = 60_000  # that their texts may have


@dataclass(frozen=True)
class Rules:
    """What translations are checked by: the languages, and the glossary."""

    target: str
    source: str = ""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Settled:
    """A segment that has come to its end.

    :ivar flawed: there was nothing better, and ``findings`` say what is wrong.
    :ivar again: it took more than one answer; ``asked``: how many.
    :ivar unchanged: nothing usable came of a request: what there was stays.
    :ivar confidence: and ``unsure``: as of a ``SegmentView``.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    flawed: bool = False
    again: bool = False
    unchanged: bool = False
    confidence: float = 0.0
    unsure: tuple[tuple[int, int, float], ...] = ()
    tokens: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    finish: FinishReason = FinishReason.END
    asked: int = 1

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it."""
        return self.flawed or any(finding.doubtful for finding in self.findings)


@dataclass
class _Check:
    """A pair that waits for its check."""

    rules: Rules
    pair: Pair
    done: Callable[[Checked], None]
    alone: bool = False


class Listener(Protocol):
    """What is told of an answer."""

    def answer_grew(self) -> None: ...

    def answer_changed(self, answer: Answer) -> None: ...


class Bench:
    """What all translations are made with. Every method runs on the pumping thread.

    :param worker: the child that checks.
    """

    def __init__(self, answers: Answers, worker: WorkerChild) -> None:
        self.answers = answers
        self._worker = worker
        self._works: dict[int, Listener] = {}
        self._waiting: list[_Check] = []
        self._checking = False

    # ------------------------------------------------------------ answers

    def ask(self, work: Listener, plan: LoadPlan, step: TranslateStep, *, bulk: bool) -> Answer:
        """Have a step answered; ``work`` is told of it."""
        answer = self.answers.start(plan, step.prompt, step.options, resume=bool(step.begun), bulk=bulk, fits=True)
        if not answer.ended:
            self._works[answer.id] = work
        return answer

    def grew(self, answer: Answer) -> None:
        """Text was added to one of the running answers."""
        work = self._works.get(answer.id)
        if work is not None:
            work.answer_grew()

    def changed(self, answer: Answer) -> None:
        """One of the running answers reached another stage."""
        work = self._works.pop(answer.id, None) if answer.ended else self._works.get(answer.id)
        if work is not None:
            work.answer_changed(answer)

    # ------------------------------------------------------------ checks

    def check(self, rules: Rules, pair: Pair, done: Callable[[Checked], None]) -> None:
        """Have a pair checked, with others that wait; ``done`` is called once.

        What cannot be checked is not silent: it has the finding UNCHECKED.
        """
        self._waiting.append(_Check(rules, pair, done))
        self._check_next()

    def _check_next(self) -> None:
        if self._checking or not self._waiting:
            return
        batch: list[_Check] = []
        size = 0
        first = self._waiting[0]
        for one in self._waiting:
            size += len(one.pair.source) + len(one.pair.target)
            if batch and (one.rules is not first.rules or one.alone or first.alone or size > _CHARACTERS):
                break
            batch.append(one)
            if len(batch) == _TOGETHER:
                break
        del self._waiting[: len(batch)]
        self._checking = True
        rules = first.rules
        pairs = tuple(one.pair for one in batch)
        self._worker.submit(
            lambda number: CheckSegments(
                id=number, pairs=pairs, target=rules.target, source=rules.source, terms=rules.terms
            ),
            lambda answer: self._checked(batch, answer),
        )

    def _checked(self, batch: list[_Check], answer: Any) -> None:
        self._checking = False
        if isinstance(answer, SegmentsChecked) and len(answer.checked) == len(batch):
            for one, checked in zip(batch, answer.checked, strict=True):
                one.done(checked)
        elif len(batch) > 1:  # one of them may be too much for the child: each for itself
            for one in batch:
                one.alone = True
            self._waiting[:0] = batch
        else:
            unchecked = Finding(FindingKind.UNCHECKED, minor=True)
            batch[0].done(Checked(batch[0].pair.target, (unchecked,)))
        self._check_next()


class SegmentWork:
    """One segment, from its first step to its end. Every method runs on the pumping thread.

    :param changed: called when it has begun to be written; ``grew``: when there is more of it.
    :param done: called once: with its end, with None when a piece of it has come and ``task.take`` has the next one, or
        with the error, which is CANCELLED for one that was stopped. ``task`` may be asked for it again then.
    :ivar stopped: by ``stop`` or ``give_up``.
    """

    def __init__(
        self,
        bench: Bench,
        task: TranslateTask,
        plan: LoadPlan,
        rules: Rules,
        *,
        bulk: bool,
        done: Callable[[SegmentWork, Settled | AssistantError | None], None],
        grew: Callable[[SegmentWork], None] = lambda _: None,
        changed: Callable[[SegmentWork], None] = lambda _: None,
    ) -> None:
        self._bench = bench
        self.task = task
        self._plan = plan
        self._rules = rules
        self._bulk = bulk
        self._done = done
        self._grew = grew
        self._changed = changed
        self._over = False
        self.stopped = False
        self._doubts: dict[str, tuple[float, tuple[tuple[int, int, float], ...]]] = {}
        self._asked = 0
        self._tokens = Counts()
        self._seconds = 0.0
        self._written: Callable[[str], tuple[float, tuple[tuple[int, int, float], ...]]] = lambda _: (0.0, ())
        self.step: TranslateStep | None = None
        self.answer: Answer | None = None

    @property
    def index(self) -> int:
        assert self.step is not None
        return self.step.index

    @property
    def text(self) -> str:
        """The target as far as it is written, codes included."""
        if self.answer is None or self.step is None or not self.answer.length:
            return ""
        return self.task.read(self.step, self.answer.text, FinishReason.CANCELLED).target

    @property
    def share(self) -> float:
        """How much of it is done, roughly, 0 to 1."""
        answer = self.answer
        if answer is None:
            return 0.9  # it is being checked
        if answer.stage is Stage.WRITING:
            return 0.5 + 0.4 * min(1.0, 2 * answer.count / max(1, answer.options.max_tokens))
        return 0.5 * answer.read

    def begin(self, step: TranslateStep) -> None:
        """Ask. It may end before this returns."""
        self.step = step
        self._asked += 1
        self.answer = answer = self._bench.ask(self, self._plan, step, bulk=self._bulk)
        if answer.ended:
            self.answer_changed(answer)

    @property
    def checking(self) -> bool:
        """The answer is here, and is being checked."""
        return self.step is not None and self.answer is None and not self._over

    def stop(self) -> None:
        """Ask for nothing more. What is being checked comes to its end if it is good; else ``done`` gets CANCELLED."""
        if self._over:
            return
        self.stopped = True
        if self.answer is not None:
            self._bench.answers.stop(self.answer)

    def give_up(self) -> None:
        """Stop, also what is being checked; ``done`` gets CANCELLED, now or when the engine says so."""
        self.stop()
        if self.checking:
            self._lost(AssistantError(ErrorKind.CANCELLED))

    def drop(self) -> None:
        """Give it up; nobody is told anything."""
        self._over = True
        if self.answer is not None:
            self._bench.answers.stop(self.answer)

    # ------------------------------------------------------------ one thing after the other

    def answer_grew(self) -> None:
        if not self._over:
            self._grew(self)

    def answer_changed(self, answer: Answer) -> None:
        """Another stage; at its end it is checked."""
        if self._over or answer is not self.answer:
            return
        if answer.stage is not Stage.ENDED:
            self._changed(self)
            return
        step = self.step
        assert step is not None
        if self.stopped or answer.error is not None or answer.finish is FinishReason.CANCELLED:
            self._lost(answer.error or AssistantError(ErrorKind.CANCELLED))
            return
        self._tokens += answer.tokens
        self._seconds += answer.seconds.total
        finish = answer.finish or FinishReason.END
        text, steps = answer.text, tuple(answer.steps)
        start = 0
        if step.purpose is Purpose.TRANSLATE:
            pair = self.task.heard(step.index, text, finish)
        else:
            pair = self.task.read(step, text, finish)
            start = len(self.task.read(step, "", FinishReason.CANCELLED).target.rstrip()) if step.begun else 0
        self._written = lambda target: doubts(text, steps, target, start=start)
        if pair is None:
            self._over = True
            self._done(self, None)
            return
        self.answer = None
        rules = self._rules
        if step.purpose is Purpose.BACK:
            rules = Rules(rules.source, rules.target)
        self._bench.check(rules, pair, lambda checked: self._was_checked(checked, finish))

    def _was_checked(self, checked: Checked, finish: FinishReason) -> None:
        step = self.step
        assert step is not None
        if self._over:
            return
        self._doubts[checked.text] = self._written(checked.text)
        if step.purpose is not Purpose.TRANSLATE:
            self._settle(Outcome(step.index, Verdict.ACCEPTED, checked.text, checked.findings), finish)
            return
        outcome = self.task.judged(step.index, checked)
        if outcome.verdict is Verdict.AGAIN and outcome.step is not None:
            if self.stopped:
                self._lost(AssistantError(ErrorKind.CANCELLED))
                return
            self._doubts[outcome.text] = self._doubts[checked.text]
            self.begin(outcome.step)
            return
        if outcome.text not in self._doubts:
            nobodys = outcome.kept_source or outcome.unchanged
            self._doubts[outcome.text] = (0.0, ()) if nobodys else self._written(outcome.text)
        self._settle(outcome, finish)

    def _settle(self, outcome: Outcome, finish: FinishReason) -> None:
        self._over = True
        confidence, unsure = self._doubts[outcome.text]
        settled = Settled(
            outcome.text,
            outcome.findings,
            flawed=outcome.verdict is Verdict.FLAWED,
            again=self._asked > 1,
            asked=self._asked,
            unchanged=outcome.unchanged,
            confidence=confidence,
            unsure=unsure,
            tokens=self._tokens,
            seconds=self._seconds,
            finish=finish,
        )
        self._done(self, settled)

    def _lost(self, error: AssistantError) -> None:
        self._over = True
        if self.step is not None and self.step.purpose is Purpose.TRANSLATE:
            self.task.put_back(self.step.index)
        self._done(self, error)


def untouched(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What was found in a text in which nothing is put right: what could have been is still wrong."""
    return tuple(
        Finding(
            one.kind,
            one.text,
            start=-1 if one.mended else one.start,
            end=-1 if one.mended else one.end,
            source_start=one.source_start,
            source_end=one.source_end,
            minor=one.minor,
            values=one.values,
        )
        for one in findings
    )
