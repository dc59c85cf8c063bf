"""How long a job with many calls to the model takes: reading one after the other, writing side by side.

A step of writing with several answers takes longer than one with a single answer, but not as many times as long: the
weights are read once for all of them. What one more answer adds (``Pace.company``) is learned from jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.speeds import Pace
from assistant.tasks.summary import Budget, SummaryPlan


@dataclass(frozen=True)
class Work:
    """Calls of one kind, each as large as the others.

    :ivar steps: how many; ``together``: how many of them are written side by side.
    :ivar read: tokens that each reads; ``head``: tokens that stand before them and are read once for all.
    :ivar written: tokens that each writes.
    :ivar asked: how often each is asked and answered, on average.
    """

    steps: int
    together: int
    read: float
    written: float
    head: int = 0
    asked: float = 1.0


def seconds(pace: Pace, works: Sequence[Work]) -> float:
    """How long all of it takes."""
    fixed, company = _parts(pace, works)
    return fixed + company * pace.company


def company(pace: Pace, works: Sequence[Work], took: float) -> float | None:
    """What ``Pace.company`` must be for ``works`` to take ``took`` seconds; None: they do not tell."""
    fixed, share = _parts(pace, works)
    return (took - fixed) / share if share > 0.05 * fixed else None


def works_of(plan: SummaryPlan, room: Budget, pace: Pace) -> list[Work]:
    """What the levels of a plan come to, with answers as long as they usually are."""
    works = []
    for level, (width, read, written) in enumerate(zip(plan.widths, plan.reading, plan.writing, strict=True)):
        last = level == plan.levels - 1
        # What is merged was written before, and is as long as that became.
        came = read if level == 0 else answer_length(pace, read, read)
        together = min(room.parallel, width)
        length = answer_length(pace, written, came, last=last) / width
        works.append(Work(width, together, came / width, length, plan.head_tokens, pace.asked))
    return works


def answer_length(pace: Pace, most: float, of: float, *, last: bool = False) -> float:
    """Tokens of an answer that sums up ``of`` tokens, on average.

    Nothing is summed up in more words than it has, and no answer is longer than it may be: ``most``.

    :param last: it is the result.
    """
    filled = pace.final if last else pace.filled
    return pace.endless * pace.rambled * most + (1 - pace.endless) * min(most, min(most, of) * filled)


def _parts(pace: Pace, works: Sequence[Work]) -> tuple[float, float]:
    """Seconds that do not depend on how well answers go together, and seconds for each unit of ``company``."""
    fixed = shared = 0.0
    for work in works:
        fixed += pace.beginning + pace.reading.seconds(work.head, 0)
        # What is asked again begins as before, and is not read again.
        fixed += work.steps * pace.reading.seconds(round(work.read), work.head)
        depth = round(work.head + work.read)
        alone = pace.writing.seconds(max(0, round(work.written) - 1), depth)
        together = max(1, work.together)
        rounds, rest = divmod(work.steps, together)
        fixed += work.asked * alone * (rounds + (1 if rest else 0))
        shared += work.asked * alone * (rounds * (together - 1) + max(0, rest - 1))
    return fixed, shared
