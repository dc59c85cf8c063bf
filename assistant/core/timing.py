"""How long one token takes, as a straight line over how much stands before it, learned from what was observed.

Reading and writing both get slower with every token that has to be looked back at, nearly in proportion. A machine
also has bad moments: whatever else it does makes single observations too slow, never too fast. So the line is fitted
with medians (Theil and Sen), which a third of wild observations cannot move far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_APART = 96.0  # tokens between two observations that say something about the slope
_FADING = 0.93  # weight of an observation beside the next newer one
_KEPT = 40


@dataclass(frozen=True)
class Observation:
    """``tokens`` took ``seconds``, with ``depth`` tokens before them.

    :ivar probe: from a measurement on purpose, which does not fade.
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
    """The line that most of them lie near; None without any."""
    weights = _weights(observations)
    if not weights:
        return None
    slope = max(0.0, _slope(weights))
    base = _median([(o.each - slope * o.at, weight) for o, weight in weights])
    if base <= 0:  # the depths were too much alike to tell the two parts from each other
        slope = 0.0
        base = _median([(o.each, weight) for o, weight in weights])
    return Line(base, slope)


def kept(observations: Sequence[Observation]) -> list[Observation]:
    """The observations that still count: all probes and the newest others."""
    others = [o for o in observations if not o.probe][-_KEPT:]
    return [o for o in observations if o.probe] + others


def _weights(observations: Sequence[Observation]) -> list[tuple[Observation, float]]:
    """Long observations say more than short ones, new ones more than old ones."""
    found = []
    fading = 1.0
    for observation in reversed(observations):
        if observation.tokens <= 0 or observation.seconds <= 0:
            continue
        found.append((observation, min(observation.tokens, 512) * (1.0 if observation.probe else fading)))
        if not observation.probe:
            fading *= _FADING
    return found


def _slope(weights: Sequence[tuple[Observation, float]]) -> float:
    slopes = []
    for index, (one, own) in enumerate(weights):
        for other, its in weights[index + 1 :]:
            apart = other.at - one.at
            if abs(apart) >= _APART:
                slopes.append(((other.each - one.each) / apart, own * its * abs(apart)))
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
