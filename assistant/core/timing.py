"""How long one token takes, as a straight line over how much stands before it, learned from what was observed.

Reading and writing both get slower with every token that has to be looked back at, nearly in proportion. A machine
also has bad moments: whatever else it does makes single observations too slow, never too fast. So the line is fitted
with medians (Theil and Sen), which a third of wild observations cannot move far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_APART = 96.0  # tokens between two observations that say something about the slope
_FADING = 0.85  # weight of an observation beside the next newer one: machines have better and worse hours
_KEPT = 40


@dataclass(frozen=True)
class Observation:
    """``tokens`` took ``seconds``, with ``depth`` tokens before them.

    :ivar probe: from a measurement on purpose, which is kept.
    """

    tokens: int
    seconds: float
    depth: int
    probe: bool = False

    @property
    def at(self) -> float:
        """The mean depth."""
        return self.depth + self.tokens / 2

    @property
    def each(self) -> float:
        """Seconds for one token."""
        return self.seconds / self.tokens


@dataclass(frozen=True)
class Line:
    """Seconds for one token: ``base + slope * depth``."""

    base: float
    slope: float

    def seconds(self, tokens: int, depth: int) -> float:
        """How long so many tokens take behind ``depth`` others."""
        return tokens * (self.base + self.slope * (depth + tokens / 2))

    def speed(self, depth: float) -> float:
        """Tokens per second at that depth."""
        each = self.base + self.slope * depth
        return 1 / each if each > 0 else 0.0


def fit(observations: Sequence[Observation]) -> Line | None:
    """The line that most of them lie near; None without any. The newest come last."""
    useful = [o for o in kept(observations) if o.tokens > 0 and o.seconds > 0]
    if not useful:
        return None
    slope = max(0.0, _slope(useful))
    levels = _fading(useful)
    base = _median([(o.each - slope * o.at, weight) for o, weight in levels])
    if base <= 0:  # the depths were too much alike to tell the two parts from each other
        slope = 0.0
        base = _median([(o.each, weight) for o, weight in levels])
    return Line(base, slope)


def kept(observations: Sequence[Observation]) -> list[Observation]:
    """The observations that still count: all probes, and after them the newest others."""
    others = [o for o in observations if not o.probe][-_KEPT:]
    return [o for o in observations if o.probe] + others


def _fading(observations: Sequence[Observation]) -> list[tuple[Observation, float]]:
    """Each with its weight: long ones say more than short ones, new ones more than old ones."""
    count = len(observations)
    return [(o, _says(o) * _FADING ** (count - 1 - index)) for index, o in enumerate(observations)]


def _says(observation: Observation) -> float:
    return min(observation.tokens, 512)


def _slope(observations: Sequence[Observation]) -> float:
    """How much one token more before it costs; how fast the machine is at all matters less for it than the range of
    depths, so that old observations count like new ones."""
    slopes = []
    for index, one in enumerate(observations):
        for other in observations[index + 1 :]:
            apart = other.at - one.at
            if abs(apart) >= _APART:
                slopes.append(((other.each - one.each) / apart, _says(one) * _says(other) * abs(apart)))
    return _median(slopes) if slopes else 0.0


def _median(values: Sequence[tuple[float, float]]) -> float:
    """The weighted median of (value, weight)."""
    half = sum(weight for _, weight in values) / 2
    passed = 0.0
    ordered = sorted(values)
    for value, weight in ordered:
        passed += weight
        if passed >= half:
            return value
    return ordered[-1][0]
