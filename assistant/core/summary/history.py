"""The summaries that were made and the documents that were asked about: their list, their trash, each as kept."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assistant.base.errors import AssistantError
from assistant.core.job_history import ENDED, JobHistory, error_of
from assistant.core.pending_writes import PendingWrites
from assistant.core.summary.plans import Cut
from assistant.core.summary.records import options_from_json, problems_from_json
from assistant.core.summary.views import StepView, SummaryRow, SummaryView
from assistant.core.threads import Threads
from assistant.engine.messages import Counts
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobState, JobStep, StepState
from assistant.tasks.summarize import SummaryTask
from assistant.tasks.summary import StepKey
from assistant.tasks.summary_plan import levels
from assistant.worker.messages import Linked, unpack_linked

KIND = "summary"
QUESTIONS = "questions"  # about a document; what is in them is the matter of :mod:`assistant.core.questions`
_LOADED = 6


@dataclass(frozen=True)
class Made:
    """What is known of a summary that is not being made.

    :ivar row: with everything; its state may be an older one.
    :ivar times: seconds of loading the model, and until the first word.
    """

    row: Job
    steps: tuple[StepView, ...] = ()
    tokens: Counts = field(default_factory=Counts)
    linked: Linked | None = None
    cut: Cut | None = None
    error: AssistantError | None = None
    times: tuple[float, float] = (0.0, 0.0)


class SummaryHistory(JobHistory):
    """Every method runs on the pumping thread.

    :param jobs: ``writes`` and ``threads``: as of any history.
    """

    def __init__(self, jobs: JobStore, writes: PendingWrites, threads: Threads) -> None:
        super().__init__(jobs, writes, threads, (KIND, QUESTIONS), told=QUESTIONS)
        self._made: OrderedDict[int, Made] = OrderedDict()

    def rows(self) -> list[SummaryRow]:
        """The list, the last changed first. Questions about a document that has a summary are found with that."""
        summarized = {row.document for row in self._rows.values() if row.kind == KIND}
        return [_row(row) for row in self.heads() if row.kind == KIND or row.document not in summarized]

    def asked_about(self, digest: str) -> list[Job]:
        """The jobs with the questions about a document, the oldest first: one, unless it was removed in between."""
        rows = [row for row in self._rows.values() if row.kind == QUESTIONS and row.document == digest]
        return sorted(rows, key=lambda row: row.id)

    def _meant(self, found: set[int], rows: Iterable[Job]) -> set[int]:
        """What was asked about a document is found with its summaries."""
        rows = tuple(rows)
        asked = {row.document for row in rows if row.id in found and row.kind == QUESTIONS}
        return super()._meant(found, rows) | {row.id for row in rows if row.kind == KIND and row.document in asked}

    def update(self, row: Job, made: Made | None = None) -> None:
        """Keep what has become of one.

        :param made: what is known of it now that it is not being made.
        """
        self._made.pop(row.id, None)
        if made is not None:
            self._remember(made)
        self.keep(row)

    def note(self, job: int, error: AssistantError) -> None:
        """Say with one that is not being made what is wrong."""
        made = self._made.get(job) or self._read(self._rows[job])
        self._remember(replace(made, error=error))

    def view(self, job: int) -> SummaryView | None:
        """One that is not being made; None: there is none with this id."""
        head = self._rows.get(job)
        if head is None:
            return None
        made = self._made.get(job) or self._read(head)
        row = made.row
        return SummaryView(
            id=row.id,
            state=JobState.WAITING if head.state is JobState.RUNNING else head.state,
            document=row.document,
            title=row.title,
            options=options_from_json(row.options),
            text=row.result,
            steps=made.steps,
            done=sum(1 for step in made.steps if step.state in ENDED),
            total=len(made.steps),
            error=made.error,
            linked=made.linked,
            unlinked=error_of(row) if made.linked is None and head.state is JobState.DONE else None,
            problems=problems_from_json(row.problems),
            model=row.model,
            finish=row.finish,
            tokens=made.tokens,
            seconds=row.seconds,
            parts=made.cut.parts if made.cut is not None else (),
            share=made.cut.share if made.cut is not None else 1.0,
            load_seconds=made.times[0],
            first_token=made.times[1],
            questions=row.kind == QUESTIONS,
        )

    # ------------------------------------------------------------ inside

    def _read(self, head: Job) -> Made:
        try:
            row, kept = self.whole(head.id)
        except AssistantError as error:
            return Made(head, error=error)
        views = {(step.level, step.index): StepView(step.level, step.index, step.state, step.text) for step in kept}
        cut: Cut | None = None
        with contextlib.suppress(ValueError, AssistantError):
            cut = Cut.from_json(row.plan)
            for level, width in enumerate(levels(len(cut.parts), cut.room)):
                for index in range(width):
                    views.setdefault((level, index), StepView(level, index, StepState.WAITING))
        if cut is not None and kept and not row.result:
            row = replace(row, result=_partial(row, cut, kept))  # the program was killed in the middle
        wrong = error_of(row) if row.state is not JobState.DONE else None
        tokens = Counts(
            prompt=sum(step.prompt_tokens for step in kept),
            cached=sum(step.cached_tokens for step in kept),
            generated=sum(step.generated_tokens for step in kept),
        )
        steps = tuple(view for _, view in sorted(views.items()))
        made = Made(row, steps, tokens, links_of(row), cut, wrong)
        self._remember(made)
        return made

    def _remember(self, made: Made) -> None:
        self._made[made.row.id] = made
        while len(self._made) > _LOADED:
            self._made.popitem(last=False)


def _row(row: Job) -> SummaryRow:
    options = options_from_json(row.options)
    return SummaryRow(row.id, row.title, row.created, row.state, options, row.model, row.kind == QUESTIONS)


def _partial(row: Job, cut: Cut, kept: list[JobStep]) -> str:
    """The best that the steps of an unfinished summary give."""
    done = {StepKey(step.level, step.index): step.text for step in kept if step.state in ENDED}
    with contextlib.suppress(AssistantError):
        none = ("",) * len(cut.parts)
        return SummaryTask(none, none, options_from_json(row.options), cut.room, done=done).partial()
    return ""


def links_of(row: Job) -> Linked | None:
    """What the sentences of a result rest on; None where that is not known, or damaged."""
    with contextlib.suppress(ValueError):
        return unpack_linked(row.linked) if row.linked else None
    return None
