"""One summary that is being made: steps are asked side by side, and kept on disk before what follows is asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers, Stage
from assistant.core.estimates import Work, answer_length, company, seconds
from assistant.core.load_plan import LoadPlan
from assistant.core.pending_writes import PendingWrites
from assistant.core.speeds import Pace
from assistant.core.summary.plans import Cut
from assistant.core.summary.records import problems_from_json, problems_to_json
from assistant.core.summary.views import StepView
from assistant.engine.messages import Counts, FinishReason
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobStep, StepState
from assistant.tasks.cleaning import shown
from assistant.tasks.summarize import SummaryTask
from assistant.tasks.summary import Outcome, Problem, ProblemKind, Step, StepKey, Verdict

_GRAIN = 0.05  # of the work: before so much is done, the time left is the one that was promised


@dataclass(frozen=True)
class Ending:
    """How a run of a job ended: with a result, with an error, or (neither) stopped.

    :ivar text: the result, else the best that there is.
    """

    text: str
    problems: tuple[Problem, ...] = ()
    finish: str = ""
    error: AssistantError | None = None


@dataclass
class _Asked:
    """A step that is with the engine. ``stage``: the last one that was told."""

    step: Step
    answer: Answer
    stage: Stage = Stage.LOADING


@dataclass(frozen=True)
class _Worked:
    """An answer that ended. ``most``: tokens that it might have; ``rambled``: it went on to them, or round until it was
    ended."""

    key: StepKey
    final: bool
    tokens: Counts
    most: int
    rambled: bool


class SummaryRun:
    """One run of a job, from its start or from where it was, to its end. Every method runs on the pumping thread.

    :param task: knows the parts and what was finished before; ``kept``: the steps that were.
    :param pace: how fast this machine is with this model, None: nobody knows.
    :param also: takes each step that has ended, before what follows is asked.
    :param changed: called when a step has begun or ended; ``grew``: when more of a prompt was read.
    :param ended: called once.
    """

    def __init__(
        self,
        row: Job,
        cut: Cut,
        task: SummaryTask,
        *,
        kept: Sequence[JobStep],
        plan: LoadPlan,
        answers: Answers,
        jobs: JobStore,
        writes: PendingWrites,
        pace: Pace | None,
        also: Callable[[JobStep], None],
        changed: Callable[[], None],
        grew: Callable[[], None],
        ended: Callable[[Ending], None],
    ) -> None:
        self.row = row
        self.task = task
        self._cut = cut
        self._plan = plan
        self._answers = answers
        self._jobs = jobs
        self._writes = writes
        self._pace = pace
        self._also = also
        self._changed = changed
        self._grew = grew
        self._ended = ended
        self._asked: dict[int, _Asked] = {}
        self._unkept = 0  # steps that are on their way to the disk
        self._spent: dict[StepKey, Counts] = {}
        self._steps = {
            StepKey(step.level, step.index): StepView(step.level, step.index, step.state, step.text) for step in kept
        }
        self._problems = {StepKey(step.level, step.index): problems_from_json(step.problems) for step in kept}
        self._over = False
        self._stopping = False
        self._error: AssistantError | None = None
        self._partial = ""  # of the last step, when it was stopped
        self._began = time.monotonic()
        self._alone = True  # nothing else ran
        self.tokens = Counts(
            prompt=sum(step.prompt_tokens for step in kept),
            cached=sum(step.cached_tokens for step in kept),
            generated=sum(step.generated_tokens for step in kept),
        )
        self.load_seconds = 0.0
        self.first_token = 0.0
        self._keys = [StepKey(level, index) for level, width in enumerate(task.widths) for index in range(width)]
        self._left = Counter(key.level for key in self._keys if task.text(key) is None)
        self._cost = {key: self._expected(key) for key in self._keys}
        self._before = sum(self._cost[key] for key in self._keys if task.text(key) is not None)
        self._worked: list[_Worked] = []

    # ------------------------------------------------------------ from the first step to the last

    def start(self) -> None:
        self._advance()

    def stop(self) -> None:
        """Stop what is being written; what has ended stays."""
        if not self._over:
            self._stopping = True
            self._stop_all()
            self._settle()

    def abandon(self) -> None:
        """The program ends; whatever still comes is not for this run."""
        self._over = True

    def owns(self, answer: Answer) -> bool:
        return answer.id in self._asked

    def answer_changed(self, answer: Answer) -> None:
        """One of our answers reached another stage."""
        asked = self._asked.get(answer.id)
        if asked is None or self._over:
            return
        self._alone = self._alone and len(self._answers.running) <= len(self._asked)
        if answer.stage is not Stage.ENDED:
            (self._grew if answer.stage is asked.stage else self._changed)()
            asked.stage = answer.stage
            return
        del self._asked[answer.id]
        self.load_seconds = max(self.load_seconds, answer.load_seconds)
        if answer.error is not None or answer.finish is FinishReason.CANCELLED:
            self._lost(asked, answer)
        else:
            self._answered(asked, answer)

    def _advance(self) -> None:
        """Ask as many steps as go side by side, once all that has ended is on disk."""
        if self._over or self._stopping or self._unkept:
            return
        if self.task.result is not None:
            self._finish()
            return
        for step in self.task.take(self._cut.room.parallel - len(self._asked)):
            self._ask(step)
        self._changed()

    def _ask(self, step: Step) -> None:
        answer = self._answers.start(self._plan, step.turns, step.options, bulk=True, prose=True)
        self._asked[answer.id] = _Asked(step, answer)
        if answer.ended:
            self.answer_changed(answer)  # it had failed before it began

    def _answered(self, asked: _Asked, answer: Answer) -> None:
        if not self.first_token and answer.first_token:
            self.first_token = answer.first_token - self._began
        key = asked.step.key
        step, tokens = asked.step, answer.tokens
        rambled = answer.finish is FinishReason.LOOP or tokens.generated >= step.max_tokens
        self._worked.append(_Worked(key, step.final, tokens, step.max_tokens, rambled))
        self.tokens += answer.tokens
        self._spent[key] = self._spent.get(key, Counts()) + answer.tokens
        outcome = self.task.finished(key, answer.text, answer.finish or FinishReason.END)
        if outcome.verdict is Verdict.AGAIN and outcome.step is not None:
            if self._stopping:
                self.task.put_back(key)
                self._settle()
            else:
                self._ask(outcome.step)
            return
        self._keep(outcome, answer)

    def _keep(self, outcome: Outcome, answer: Answer) -> None:
        spent = self._spent.pop(outcome.key)
        flawed = outcome.verdict is Verdict.FLAWED
        step = JobStep(
            job=self.row.id,
            level=outcome.key.level,
            index=outcome.key.index,
            state=StepState.FLAWED if flawed else StepState.DONE,
            text=outcome.text,
            problems=problems_to_json(outcome.problems),
            prompt_tokens=spent.prompt,
            cached_tokens=spent.cached,
            generated_tokens=spent.generated,
            seconds=answer.seconds.total,
        )
        self._steps[outcome.key] = StepView(step.level, step.index, step.state, step.text)
        self._unkept += 1

        def settled() -> None:
            self._unkept -= 1
            if self._stopping:
                self._settle()
            else:
                self._advance()

        self._also(step)
        self._writes.write(partial(self._jobs.add_step, step), settled, refused=settled)
        self._changed()

    def _lost(self, asked: _Asked, answer: Answer) -> None:
        """A step that has no answer: it was stopped, the model was unloaded, or something failed."""
        self.task.put_back(asked.step.key)
        self._spent.pop(asked.step.key, None)
        if asked.step.final and answer.text:
            self._partial = shown(answer.text)
        if not self._stopping:
            self._stopping = True
            self._error = _of_the_job(answer.error)
            self._stop_all()
        self._settle()

    def _stop_all(self) -> None:
        for asked in list(self._asked.values()):
            self._answers.stop(asked.answer)

    def _settle(self) -> None:
        """The run is over once nothing is asked and nothing is on its way to the disk."""
        if not self._over and self._stopping and not self._asked and not self._unkept:
            self._over = True
            text = self.task.result or self._partial or self.task.partial()
            finish = "" if self._error is not None else "cancelled"
            self._ended(Ending(text, finish=finish, error=self._error))

    def _finish(self) -> None:
        self._over = True
        last = self._keys[-1]
        problems = tuple(one for one in self.task.problems.get(last, self._problems.get(last, ())) if not one.mended)
        cut = any(one.kind is ProblemKind.CUT for one in problems)
        self._ended(Ending(self.task.result or "", problems, "limit" if cut else "end"))

    # ------------------------------------------------------------ how far it is

    @property
    def text(self) -> str:
        """The best that there is so far."""
        for asked in self._asked.values():
            if asked.step.final and asked.answer.length:
                return shown(asked.answer.text)
        return self.task.partial()

    @property
    def worked(self) -> float:
        """Seconds of this run, without those of loading the model."""
        return max(0.0, time.monotonic() - self._began - self.load_seconds)

    def steps(self) -> tuple[StepView, ...]:
        """Every step, level by level."""
        live = {asked.step.key: asked.answer for asked in self._asked.values()}
        return tuple(self._step_view(key, live.get(key)) for key in self._keys)

    def seconds_left(self) -> float | None:
        """None: nobody knows."""
        total = sum(self._cost.values()) - self._before
        if self._pace is None or total <= 0:
            return None
        done = sum(self._cost[key] for key in self._cost if self.task.text(key) is not None) - self._before
        done += sum(self._cost[asked.step.key] * _share(asked) for asked in self._asked.values())
        left = total - done
        if done < _GRAIN * total:
            return left
        return left * self.worked / done

    def taught(self) -> dict[str, float]:
        """What this run tells about the next ones, by the names of ``Pace``; nothing if it was disturbed."""
        if not self._alone or not self._worked:
            return {}
        rambled = [one.tokens.generated / one.most for one in self._worked if one.rambled]
        taught = {
            "asked": len(self._worked) / len({one.key for one in self._worked}),
            "endless": len(rambled) / len(self._worked),
        }
        shares: dict[str, list[float]] = {"rambled": rambled, "filled": [], "final": []}
        for one in self._worked:
            if not one.rambled:
                of = max(1, min(one.most, one.tokens.prompt - self._cut.room.head))
                shares["final" if one.final else "filled"].append(one.tokens.generated / of)
        taught |= {name: sum(found) / len(found) for name, found in shares.items() if found}
        if self._pace is not None and (found := company(self._pace, self._works(), self.worked)) is not None:
            taught["company"] = found
        return taught

    def _works(self) -> list[Work]:
        """What was done, level by level, with the lengths that answers really had."""
        works = []
        for level, width in enumerate(self.task.widths):
            tokens = [one.tokens for one in self._worked if one.key.level == level]
            if tokens:
                read = sum(one.prompt - one.cached for one in tokens)
                written = sum(one.generated for one in tokens)
                together = min(self._cut.room.parallel, self._left[level] or width)
                count = len(tokens)
                works.append(Work(count, together, read / count, written / count))
        return works

    def _expected(self, key: StepKey) -> float:
        """Seconds that this step adds to the whole; without a pace, its tokens."""
        room = self._cut.room
        last = key.level == len(self.task.widths) - 1
        below = self.task.widths[key.level - 1] if key.level else 0
        width = self.task.widths[key.level]
        pace = self._pace
        limit = room.final if last else room.answer
        if pace is None:
            read = self._cut.tokens[key.index] if key.level == 0 else below / width * room.answer
            return read + 10 * min(limit, read)
        came = answer_length(pace, room.answer, room.answer)
        read = self._cut.tokens[key.index] if key.level == 0 else below / width * came
        written = answer_length(pace, limit, read, last=last)
        together = min(room.parallel, self._left[key.level] or width)  # a part that is left alone has no company
        return seconds(pace, [Work(together, together, read, written, room.head, pace.asked)]) / together

    def _step_view(self, key: StepKey, answer: Answer | None) -> StepView:
        if answer is not None:
            state = StepState.WRITING if answer.stage is Stage.WRITING else StepState.READING
            return StepView(key.level, key.index, state, answer.text)
        return self._steps.get(key) or StepView(key.level, key.index, StepState.WAITING)


def _share(asked: _Asked) -> float:
    """How much of a step is done, roughly."""
    answer = asked.answer
    if answer.stage is Stage.WRITING:
        return 0.5 + 0.5 * min(1.0, answer.count / max(1, asked.step.max_tokens))
    return 0.5 * answer.read


def _of_the_job(error: AssistantError | None) -> AssistantError | None:
    """Parts were cut so that they fit: what no longer does was cut for another context, or counted by another model."""
    if error is None or error.kind is not ErrorKind.CONTEXT_FULL:
        return error
    return AssistantError(ErrorKind.CONTEXT_SMALLER, error.detail, **error.values)
