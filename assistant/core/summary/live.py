"""A summary that is being made, and how it and its plan are shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.core.cancel import Cancel
from assistant.core.estimates import seconds, works_of
from assistant.core.speeds import Pace
from assistant.core.summary.job import SummaryRun
from assistant.core.summary.plans import Cut, Planned
from assistant.core.summary.records import options_from_json
from assistant.core.summary.views import PlanView, SummaryView
from assistant.core.unfinished import Unfinished
from assistant.engine.messages import Counts
from assistant.library.models import InstalledModel
from assistant.storage.rows import Job, JobState, JobStep


@dataclass
class Live:
    """A summary that is being made.

    :ivar kept: steps that were finished in earlier runs.
    :ivar unfinished: where a program without a history keeps what is finished.
    :ivar run: None while it is planned, or only linked; ``cancel`` gives that up, or the linking at its end.
    """

    row: Job
    model: InstalledModel | None
    kept: list[JobStep] = field(default_factory=list)
    unfinished: Unfinished | None = None
    cut: Cut | None = None
    run: SummaryRun | None = None
    cancel: Cancel = lambda: None
    linking: bool = False
    stopped: bool = False
    tried: bool = False  # to link it


def plan_view(planned: Planned, pace: Pace | None) -> PlanView:
    """What a summary will take.

    :param pace: how fast this machine is with the model, None: nobody knows.
    """
    plan, room = planned.plan, planned.cut.room
    return PlanView(
        parts=plan.parts,
        levels=plan.levels,
        steps=plan.steps,
        prompt_tokens=plan.prompt_tokens,
        answer_tokens=plan.answer_tokens,
        seconds=seconds(pace, works_of(plan, room, pace)) if pace is not None else None,
        measured=pace is not None and pace.measured,
        share=planned.cut.share,
        one_step=plan.one_step,
        parallel=min(room.parallel, plan.parts),
    )


def live_view(live: Live) -> SummaryView:
    """A summary that is being made, as far as it is."""
    row, run = live.row, live.run
    steps = run.steps() if run is not None else ()
    return SummaryView(
        id=row.id,
        state=JobState.RUNNING,
        document=row.document,
        title=row.title,
        options=options_from_json(row.options),
        text=row.result if live.linking else run.text if run is not None else "",
        steps=steps,
        done=run.task.done if run is not None else 0,
        total=run.task.total if run is not None else 0,
        seconds_left=run.seconds_left() if run is not None and not live.linking else None,
        model=row.model,
        tokens=run.tokens if run is not None else Counts(),
        seconds=row.seconds + (run.worked if run is not None and not live.linking else 0.0),
        parts=live.cut.parts if live.cut is not None else (),
        share=live.cut.share if live.cut is not None else 1.0,
    )
