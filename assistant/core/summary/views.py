"""Summaries as the faces get them: snapshots, which do not change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from assistant.base.errors import AssistantError
from assistant.engine.messages import Counts
from assistant.storage.rows import JobState, StepState
from assistant.tasks.summary import Problem, StepKey, SummaryOptions
from assistant.tasks.summary_plan import sources_of
from assistant.worker.messages import Linked

__all__ = ["Counts", "JobState", "Linked", "PlanView", "StepState", "StepView", "SummaryRow", "SummaryView"]

Stretches = tuple[tuple[int, int], ...]
"""Start and end of pieces of a document's text, in characters."""


@dataclass(frozen=True)
class PlanView:
    """What a summary will take, before it starts.

    :ivar parts: how many parts the document is cut into; ``levels``: how often results are merged.
    :ivar steps: calls to the model.
    :ivar prompt_tokens: tokens to be read; ``answer_tokens``: tokens to be written, about.
    :ivar seconds: how long it will take, the model being loaded; None: this machine was never measured.
    :ivar measured: the time rests on measurements with this very model.
    :ivar share: of the document that is read, 0 to 1; below 1 only for a quick look.
    :ivar one_step: the document goes into one prompt.
    :ivar parallel: parts that are read and written side by side.
    """

    parts: int
    levels: int
    steps: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float | None = None
    measured: bool = False
    share: float = 1.0
    one_step: bool = False
    parallel: int = 1


@dataclass(frozen=True)
class StepView:
    """One call to the model: number ``index`` of level ``level`` (0: the document's parts).

    :ivar text: what was written; while it is being written, as far as it is.
    """

    level: int
    index: int
    state: StepState
    text: str = ""


@dataclass(frozen=True)
class SummaryRow:
    """One line of the history. ``created`` is in seconds since 1970.

    :ivar questions: no summary, but a document that was only asked about.
    """

    id: int
    title: str
    created: float
    state: JobState
    options: SummaryOptions
    model: str
    questions: bool = False


@dataclass(frozen=True)
class SummaryView:
    """A summary, as far as it is.

    :ivar document: digest for ``core.documents.stored``.
    :ivar text: the result; before there is one, the best that the steps give so far.
    :ivar done: steps that have ended, of ``total`` (0: not yet planned).
    :ivar seconds_left: None: not running, or nobody knows.
    :ivar parts: what each part of the document is made of; the first steps are theirs, in this order.
    :ivar linked: what each sentence of the result rests on; None until the result is linked.
    :ivar unlinked: why the sentences of a result could not be linked; None: they were, or nobody has tried.
    :ivar problems: what is wrong with the result and was not mended.
    :ivar finish: as in the contract (end, limit, stop, cancelled); empty while it runs.
    :ivar seconds: of work, over all runs; ``load_seconds``: of loading the model; ``first_token``: to the first word.
    :ivar share: of the document that is read, 0 to 1.
    :ivar questions: no summary, but the questions about a document, which ``core.asking.history`` has.
    """

    id: int
    state: JobState
    document: str
    title: str
    options: SummaryOptions
    text: str = ""
    steps: tuple[StepView, ...] = ()
    parts: tuple[Stretches, ...] = ()
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    error: AssistantError | None = None
    linked: Linked | None = None
    unlinked: AssistantError | None = None
    problems: tuple[Problem, ...] = ()
    model: str = ""
    finish: str = ""
    tokens: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    share: float = 1.0
    load_seconds: float = 0.0
    first_token: float = 0.0
    questions: bool = False

    @property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """Of each step the places in ``steps`` of those that it brings together; none: it reads a part."""
        widths = [count for _, count in sorted(Counter(step.level for step in self.steps).items())]
        firsts = [sum(widths[:level]) for level in range(len(widths))]
        return tuple(
            tuple(firsts[below.level] + below.index for below in sources_of(StepKey(step.level, step.index), widths))
            for step in self.steps
        )

    @property
    def unchecked(self) -> bool:
        """There is a result, and what its sentences rest on could not be found out; going on tries it again."""
        return self.state is JobState.DONE and self.linked is None and bool(self.text)
