"""One translation that is being made: segments are asked side by side, and kept on disk before much more is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer
from assistant.core.estimates import Work, company
from assistant.core.pending_writes import PendingWrites
from assistant.core.redoing import Redoing, answers_in_the_end
from assistant.core.speeds import Pace
from assistant.core.translation.plans import Equipped
from assistant.core.translation.pretranslated import Given
from assistant.core.translation.records import step_of
from assistant.core.translation.segment_work import Bench, SegmentWork, Settled
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, SegmentView
from assistant.engine.messages import Counts
from assistant.storage.jobs import JobStore
from assistant.storage.rows import JobStep
from assistant.tasks.translation import TranslateStep

_TELLING = 4  # segments
_PROMISED = 0.1  # of the work: what was promised counts as much as so much that was seen


class TranslationRun:
    """One run of a job, from its start or from where it was, to its end. Every method runs on the pumping thread.

    :param job: its number; ``sheet``: with ``equipped``.
    :param pace: how fast this machine is with this model, None: nobody knows.
    :param later: calls a function on the pumping thread, after what waits there.
    :param changed: called when a segment has begun or ended; ``grew``: when there is more of one.
    :param ended: called once, with the error, which is CANCELLED for a run that was stopped, or None.
    :param also: called with what is kept.
    """

    def __init__(
        self,
        job: int,
        sheet: Sheet,
        equipped: Equipped,
        *,
        bench: Bench,
        jobs: JobStore,
        writes: PendingWrites,
        pace: Pace | None,
        later: Callable[[Callable[[None], None]], None],
        changed: Callable[[], None],
        grew: Callable[[int], None],
        ended: Callable[[AssistantError | None], None],
        also: Callable[[Sequence[JobStep]], None] = lambda _: None,
    ) -> None:
        self.job = job
        self._also = also
        self.sheet = sheet
        self.equipped = equipped
        self._task = equipped.task
        self._bench = bench
        self._jobs = jobs
        self._writes = writes
        self._pace = pace
        self._later = later
        self._coming = False  # a call of ``_go_on``
        self._turn = False
        self._changed = changed
        self._grew = grew
        self._ended = ended
        self._steps: list[TranslateStep] = []  # given out by the task and not asked yet
        self._works: set[SegmentWork] = set()
        self._unkept = 0  # segments that are on their way to the disk
        self._over = False
        self._stopping = False
        self._error: AssistantError | None = None
        self._began = time.monotonic()
        self._costs = equipped.costs
        self._total = sum(self._costs)
        self._done = 0.0
        self.load_seconds = 0.0
        self.first_token = 0.0
        self._alone = True  # nothing else ran
        # What is written side by side does not tell how fast a model is: where nobody knows, one sentence goes first.
        self._unknown = pace is None or not pace.measured
        self.happened = Redoing()
        self._spent = Counts()
        self._given = Given(sheet, equipped, bench, self._was_given)
        sheet.keep = self.keep

    # ------------------------------------------------------------ from the first segment to the last

    def start(self) -> None:
        """Begin, beside it with what no model is asked for."""
        self._given.go_on()
        self._advance()

    def _was_given(self, views: list[SegmentView]) -> None:
        steps = [step_of(self.job, view, tokens=Counts(), seconds=0.0) for view in views]

        def kept() -> None:
            self._given.go_on()
            self._was_kept()

        self._unkept += 1
        self._also(steps)
        self._writes.write(partial(self._jobs.add_steps, steps), kept, refused=kept)
        self._changed()

    def stop(self) -> None:
        """Stop what is being written; what has ended stays."""
        if not self._over and not self._stopping:
            self._stopping = True
            self._stop_all()
            self._settle()

    def abandon(self) -> None:
        """The program ends; whatever still comes is not for this run."""
        self._over = True
        self._given.drop()
        for work in self._works:
            work.drop()

    def keep(self, view: SegmentView, tokens: Counts, seconds: float) -> None:
        """A segment has ended: it is kept before more is asked for than goes side by side."""
        step = step_of(self.job, view, tokens=tokens, seconds=seconds)
        self._unkept += 1
        self._also((step,))
        self._writes.write(partial(self._jobs.add_step, step), self._was_kept, refused=self._was_kept)

    def _was_kept(self) -> None:
        self._unkept -= 1
        if self._stopping:
            self._settle()
        else:
            self._advance()

    def _advance(self) -> None:
        """Ask as many as go side by side, as long as no more have ended than the disk has taken; one at a time, so that
        nobody waits for the making of many prompts.
        """
        if self._over or self._stopping:
            return
        parallel = self.equipped.parallel
        steps = [] if len(self._steps) >= parallel else self._task.take(1)
        self._steps += steps
        self._steps = [step for step in self._steps if not self._has_ended(step.index)]
        if not self._steps:
            if not self._works and not self._unkept and self._given.over:
                self._over = True
                self._ended(None)
            return
        asked = sum(1 for work in self._works if work.answer is not None)
        room = asked < parallel and len(self._works) + self._unkept < 2 * parallel
        if self._unknown:
            room = not self._works and (not steps or len(self._steps) >= parallel)
        if room:
            self._ask(self._steps.pop(self._next()))
        if (room or steps) and not self._coming:
            self._coming = True
            self._later(self._go_on)

    def _go_on(self, _: None = None) -> None:
        self._coming = False
        self._advance()

    def _next(self) -> int:
        """Which of the steps that were made: in turns the first of them, and the longest, so that no long one is left
        alone at the end; where one goes before the others, the longest, which tells most.
        """
        self._turn = not self._turn and not self._unknown
        longest = max(range(len(self._steps)), key=lambda at: self._costs[self._steps[at].index])
        return 0 if self._turn else longest

    def _ask(self, step: TranslateStep) -> None:
        work = SegmentWork(
            self._bench,
            self._task,
            self.equipped.load,
            self.equipped.rules,
            bulk=True,
            done=self._worked,
            grew=lambda one: self._grew(one.index),
            changed=self._stage,
        )
        self._works.add(work)
        self.sheet.works[step.index] = work
        work.begin(step)

    def _stage(self, work: SegmentWork) -> None:
        own = sum(1 for one in self._works if one.answer is not None)
        self._alone = self._alone and len(self._bench.answers.running) <= own
        if work.answer is not None:
            self._note(work.answer)
        self._changed()

    def _note(self, answer: Answer) -> None:
        self.load_seconds = max(self.load_seconds, answer.load_seconds)
        if not self.first_token and answer.first_token:
            self.first_token = answer.first_token - self._began

    def _worked(self, work: SegmentWork, result: Settled | AssistantError | None) -> None:
        """A segment has ended, or a piece of one, or it failed."""
        self._works.discard(work)
        self._unknown = False
        self.sheet.works.pop(work.index, None)
        if self._over:
            return
        if isinstance(result, Settled):
            self._done += self._costs[work.index]
            expected = self.equipped.written[work.index] * result.asked
            self.happened += Redoing(1, result.asked, expected, result.tokens.generated)
            self._spent += result.tokens
            self.sheet.settle(work.index, result)
            self._changed()
        elif self._has_ended(work.index):
            self._done += self._costs[work.index]
        elif result is not None and not self._stopping:
            self._stopping = True
            self._error = result if result.kind is not ErrorKind.CANCELLED else None
            self._stop_all()
        if self._stopping:
            self._settle()
        else:
            self._advance()

    def _has_ended(self, index: int) -> bool:
        """Has somebody written it by hand before its turn came?"""
        return self.sheet.kept(index).state in ENDED

    def _stop_all(self) -> None:
        self._given.drop()
        for step in self._steps:
            self._task.put_back(step.index)
        self._steps = []
        for work in list(self._works):
            work.stop()

    def _settle(self) -> None:
        """The run is over once nothing is asked and nothing is on its way to the disk."""
        if not self._over and self._stopping and not self._works and not self._unkept:
            self._over = True
            self._ended(self._error or AssistantError(ErrorKind.CANCELLED))

    # ------------------------------------------------------------ how far it is

    @property
    def worked(self) -> float:
        """Seconds of this run, without those of loading the model."""
        return max(0.0, time.monotonic() - self._began - self.load_seconds)

    def seconds_left(self) -> float | None:
        """None: nobody knows."""
        pace, total = self._pace, self._total
        redone = self.happened.redone(pace.redone if pace is not None else 1.0)
        done = self._done + sum(self._costs[work.index] * _share(work, redone) for work in self._works)
        # As fast as it goes, sentences that are redone included; at first, as was promised.
        promised = _PROMISED * total if pace is not None else 0.0
        if done + promised < _PROMISED * total or not total:
            return None
        seconds = self.worked + (_PROMISED * self.equipped.seconds(pace) if pace is not None else 0.0)
        return (total - done) * seconds / (done + promised)

    def beside(self, pace: Pace | None) -> float | None:
        """What ``Pace.beside`` was for this run; None: it was short or disturbed, and does not tell.

        :param pace: as far as it is known now.
        """
        answers, spent = self.happened.answers, self._spent
        if pace is None or not pace.measured or not self._alone or self.happened.segments < _TELLING:
            return None
        work = Work(
            round(answers),
            self.equipped.parallel,
            (spent.prompt - spent.cached) / answers,
            spent.generated / answers,
        )
        return company(pace, [work], self.worked)


def _share(work: SegmentWork, redone: float) -> float:
    """How much of a segment is done, of all the answers that it is likely to take.

    :param redone: that a segment takes on average.
    """
    attempt = work.step.attempt if work.step is not None else 0
    return (attempt + work.share) / answers_in_the_end(redone, attempt)
