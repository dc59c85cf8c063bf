"""How often a model is asked until its answer will do, and how long its answers are: what is expected before anything
is known of it, and for translations also what follows from that which has happened here with two languages.

A sentence whose translation fails a check is asked for again. How many do differs more between languages than between
models: one that redoes nothing into English may redo all of it into Chinese.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.base.languages import primary
from assistant.base.scripts import is_traditional
from assistant.library.models import InstalledModel
from assistant.tasks.translation import ATTEMPTS, PromptStyle, style_of

_TRUST = 4.0  # segments that what is expected beforehand counts as much as
_MEMORY = 300.0  # segments: what is older fades, as prompts, checks and texts change
_MADE_FOR_IT = 1.05  # answers to a segment of a model that was made for translating
_BILLION, _STRENGTH = 1e9, 0.6  # what goes wrong at a billion parameters goes wrong a third as often at seven
_WEAK = 0.5  # more answers to a segment at a billion parameters
_RAMBLES = 0.15  # of the answers go on to their limit, at a billion parameters
_LIMIT = 4.0  # times the length that is expected of an answer to a segment: where it ends at the latest, about
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
        return self.at_most(max(0.0, _MEMORY - newer.segments)) + newer

    def at_most(self, segments: float) -> Redoing:
        """The same, counting as no more than so many segments."""
        kept = min(1.0, segments / max(self.segments, 1.0))
        return Redoing(*(kept * value for value in self.values()))

    def values(self) -> tuple[float, float, float, float]:
        """As they are kept."""
        return self.segments, self.answers, self.expected, self.written

    def redone(self, usual: float) -> float:
        """Answers to a segment, ``usual`` being what was expected beforehand."""
        return (self.answers + _TRUST * usual) / (self.segments + _TRUST)

    def worded(self, usual: float) -> float:
        """How long answers are, as a share of what was expected of them; ``usual``: beforehand."""
        if self.expected <= 0:
            return usual
        known = self.answers / (self.answers + _TRUST)
        return known * self.written / self.expected + (1 - known) * usual


def expected_elsewhere(pairs: Iterable[Redoing]) -> Redoing:
    """What has happened with other pairs of languages, as far as it tells something about a new one."""
    return sum(pairs, Redoing()).at_most(_TRUST)


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
    if _is_made_for_it(model):
        return _MADE_FOR_IT
    return min(_MOST, 1.0 + _WEAK * _weakness(model))


def usual_rambling(model: InstalledModel) -> float:
    """The share of answers that go on to their limit, before anything is known; of summaries about as many are asked
    for again."""
    return min(0.9, _RAMBLES * _weakness(model))


def usual_wording(model: InstalledModel) -> float:
    """How long the answers to segments are, as a share of what is expected of them, before anything is known."""
    return 1.0 if _is_made_for_it(model) else 1.0 + (_LIMIT - 1.0) * usual_rambling(model)


def answers_in_the_end(redone: float, attempt: int) -> float:
    """How many answers a segment will have taken in the end, on its attempt number ``attempt`` (from 0).

    :param redone: answers that a segment takes on average: each fails with the same probability.
    """
    fails = (math.sqrt(max(0.0, 4 * redone - 3)) - 1) / 2  # 1 + fails + fails² is ``redone``
    coming = sum(math.pow(fails, more) for more in range(ATTEMPTS - attempt))
    return attempt + coming


def _is_made_for_it(model: InstalledModel) -> bool:
    return style_of(model.architecture, f"{model.name} {model.path.name}", "") is not PromptStyle.CHAT


def _weakness(model: InstalledModel) -> float:
    """1 at a billion parameters, and where nobody knows how many there are."""
    return math.pow(_BILLION / model.parameters, _STRENGTH) if model.parameters > 0 else 1.0
