"""Whether the numbers of a source bear out one of a text about it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from assistant.worker.quantities import Figure, Hedge
from assistant.worker.units import same_unit

_NEARLY, _ROUND = 0.05, 0.1  # of what is about so much; the second of a round number
_MONTH = 86400 * 365.25 / 12  # seconds


class Evidence:
    """The numbers of a source, to be asked whether they bear out one of a text about it."""

    def __init__(self, known: Iterable[Figure]) -> None:
        self._known = sorted(known, key=lambda one: one.value)
        self._values = [one.value for one in self._known]

    def between(self, low: float, high: float) -> Iterator[Figure]:
        """Figures worth ``low`` to ``high``, both included."""
        slack = 1e-9 * max(abs(low), abs(high))
        for index in range(bisect_left(self._values, low - slack), len(self._values)):
            if self._values[index] > high + slack:
                return
            yield self._known[index]

    def bearing(self, claim: Figure, *, tables: bool = True) -> Iterator[Figure]:
        """Figures that bear ``claim`` out: the same, or what it is rounded from.

        :param tables: a bare number may stand for one with a unit or scale, as in a table that says "in millions".
        """
        low, high = _span(claim)
        for known in self.between(low, high):
            if same_unit(claim.unit, known.unit) and _fits(claim, known):
                yield known
        yield from self._ages(claim)
        yield from self._weeks(claim)
        if tables and (claim.unit or claim.bare != claim.value):
            for known in self.between(claim.bare, claim.bare):
                if not known.unit and known.value >= 10:
                    yield known

    def _weeks(self, claim: Figure) -> Iterator[Figure]:
        """``26 weeks`` for ``half a year``, and the other way round: a month has no fixed number of days."""
        other, worth = {"month": ("s", _MONTH), "s": ("month", 1 / _MONTH)}.get(claim.unit, ("", 0.0))
        if other and max(claim.value * worth, claim.value) >= 0.9 * _MONTH:
            low, high = _span(claim)
            yield from (one for one in self.between(low * worth * 0.97, high * worth * 1.03) if one.unit == other)

    def _ages(self, claim: Figure) -> Iterator[Figure]:
        """``aged 18`` for ``18岁`` and the other way round: an age often goes without its unit."""
        if claim.unit == "month" and claim.bare >= 10:
            yield from (known for known in self.between(claim.bare, claim.bare) if not known.unit)
        elif not claim.unit and claim.bare == claim.value >= 10:
            yield from (known for known in self.between(claim.value * 12, claim.value * 12) if known.unit == "month")


def _is_round(claim: Figure) -> bool:
    """Whether a number is said with one digit (``nearly two thousand``, ``about 40``) or as a part (``a third``)."""
    if claim.unit == "%" and claim.step >= 0.02:
        return True
    digits = f"{claim.count or claim.bare:.9g}".replace(".", "").strip("0")
    return len(digits) == 1 and (claim.count or claim.bare) >= 3


def _span(claim: Figure) -> tuple[float, float]:
    """Which values ``claim`` may be said of."""
    value, half = claim.value, claim.step / 2
    if claim.step == 1.0 and claim.value == claim.bare:
        half = 0.0  # written in full: no rounding is said
    if claim.hedge is Hedge.ABOUT:
        loosely = max(half, (_ROUND if _is_round(claim) else _NEARLY) * value)
        return value - loosely, value + loosely
    if claim.hedge is Hedge.OVER:
        return value - half, value * 1.25
    if claim.hedge is Hedge.UNDER:
        return value * 0.8, value + half
    return value - half, value + half


def _fits(claim: Figure, known: Figure) -> bool:
    """An unhedged number must be the other one, rounded to the digits that it is written with."""
    if claim.hedge is not Hedge.NONE or claim.value == known.value or not claim.step:
        return True
    return abs(claim.value - known.value) <= claim.step / 2 * (1 + 1e-9)
