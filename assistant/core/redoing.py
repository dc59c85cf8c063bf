"""How often the segments of a translation are asked, and how long the answers are: what is expected before anything is
known of a model and two languages, and what follows from that which has happened here.

A sentence whose translation fails a check is asked for again. How many do differs more between languages than between
models: one that redoes nothing into English may redo all of it into Chinese.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.base.languages import primary
from assistant.base.scripts import is_traditional
from assistant.library.models import InstalledModel
from assistant.tasks.translation import ATTEMPTS, PromptStyle, style_of

_TRUST = 4.0  # segments that what is expected beforehand counts as much as
_MEMORY = 300.0  # segments: what is older fades, as prompts, checks and texts change
_MADE_FOR_IT = 1.05  # answers to a segment of a model that was made for translating
_BILLION, _WEAK, _STRENGTH = 1e9, 0.5, 0.6  # 1.5 answers at a billion parameters, 1.15 at seven
_MOST = 0.9 * ATTEMPTS  # no model is so weak that nothing it writes is right


@dataclass(frozen=True)
class Redoing:
    """What has happened with segments of one pair of languages.

    :ivar segments: that came to their end; ``answers``: that it took.
    :ivar expected: tokens that those answers were expected to have; ``written``: that they had.
    """

    segments: float = 0.0
    answers: float = 0.0
    expected: float = 0.0
    written: float = 0.0

    def __add__(self, other: Redoing) -> Redoing:
        return Redoing(
            self.segments + other.segments,
            self.answers + other.answers,
            self.expected + other.expected,
            self.written + other.written,
        )

    def then(self, newer: Redoing) -> Redoing:
        """Both, what is old counting less where there is much of it."""
        kept = max(0.0, _MEMORY - newer.segments) / max(_MEMORY - newer.segments, self.segments, 1.0)
        faded = Redoing(*(kept * value for value in self.values()))
        return faded + newer

    def values(self) -> tuple[float, float, float, float]:
        """As they are kept."""
        return self.segments, self.answers, self.expected, self.written

    def redone(self, usual: float) -> float:
        """Answers to a segment, ``usual`` being what was expected beforehand."""
        return (self.answers + _TRUST * usual) / (self.segments + _TRUST)

    def worded(self, usual: float = 1.0) -> float:
        """How long answers are, as a share of what was expected of them; ``usual``: beforehand."""
        if self.expected <= 0:
            return usual
        known = self.answers / (self.answers + _TRUST)
        return known * self.written / self.expected + (1 - known) * usual


def redoing_of(values: Sequence[float]) -> Redoing:
    """What ``Redoing.values`` gave.

    :raises ValueError, TypeError: it is none.
    """
    segments, answers, expected, written = (float(value) for value in values)
    if not 0 <= segments <= answers <= ATTEMPTS * segments or not 0 <= expected < 1e9 or not 0 <= written < 1e9:
        raise ValueError("nothing that has happened")
    return Redoing(segments, answers, expected, written)


def pair_name(source: str, target: str) -> str:
    """What two languages (BCP 47) are called where such things are kept: how Chinese is written matters in a result."""
    return f"{primary(source)}>{primary(target)}{'-Hant' if is_traditional(target) else ''}"


def usual_answers(model: InstalledModel) -> float:
    """How many answers a segment takes, before anything is known."""
    name = f"{model.name} {model.path.name}"
    if style_of(model.architecture, name, "") is not PromptStyle.CHAT:
        return _MADE_FOR_IT
    if model.parameters <= 0:
        return 1.0 + _WEAK
    return min(_MOST, 1.0 + _WEAK * math.pow(_BILLION / model.parameters, _STRENGTH))


def answers_in_the_end(redone: float, attempt: int) -> float:
    """How many answers a segment will have taken in the end, on its attempt number ``attempt`` (from 0).

    :param redone: answers that a segment takes on average: each fails with the same probability.
    """
    fails = (math.sqrt(max(0.0, 4 * redone - 3)) - 1) / 2  # 1 + fails + fails² is ``redone``
    coming = sum(math.pow(fails, more) for more in range(ATTEMPTS - attempt))
    return attempt + coming
