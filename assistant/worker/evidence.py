"""Whether the numbers of a source bear out one of a text about it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal

from assistant.worker.lexicon import empty_words, folded
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.units import same_unit

_ROUND, _ROUND_SMALL = 0.12, 0.2  # of what is about so much: at most so far away; the second of a few
_OVER, _UNDER = 0.25, 0.2  # of what is more or less than so much
_SMALL = 5
_OF_TEN = 0.02  # a share that is written like this is said of others near it
_UNSAID = 0.08  # of a number that is not said to be rounded
_DECIMALS = 0.05  # of a whole number: at most so far away is what it is rounded from
_COUNTED = re.compile(r"[ -]?([^\W\d_]+)")
_IN_THOUSANDS = (1e3, 1e6)  # what a table may count in
_OF_TIME = frozenset(("s", "month"))
_MONTH = 86400 * 365.25 / 12  # seconds


def counts_things(text: str, end: int) -> bool:
    """Whether a number that ends there stands before what it counts: ``19 copies``, but not ``of 19 with``."""
    match = _COUNTED.match(text, end)
    return match is not None and folded(match[1]) not in empty_words()


class Evidence:
    """The numbers of a source, to be asked whether they bear out one of a text about it."""

    def __init__(self, known: Iterable[Figure], text: str = "") -> None:
        """:param text: what the figures stand in: what is counted there is no number of a table."""
        figures = list(known)
        self._text = text
        self._by_value = sorted(figures, key=lambda one: one.value)
        self._values = [one.value for one in self._by_value]
        self._with_unit = sorted((one for one in figures if one.unit), key=_written)
        self._counts = [_written(one) for one in self._with_unit]

    def between(self, low: float, high: float) -> Iterator[Figure]:
        """Figures worth ``low`` to ``high``, both included."""
        return _between(self._by_value, self._values, low, high)

    def bearing(self, claim: Figure, *, tables: bool = True, counts: bool = False) -> Iterator[Figure]:
        """Figures that bear ``claim`` out: the same, or what it is rounded from.

        :param counts: what the claim counts is no unit: ``four fires`` are no four months.
        :param tables: a bare number may stand for one with a unit or scale, as in a table that says "in millions".
        """
        low, high = span(claim)
        for known in self.between(low, high):
            if (claim.unit or not known.unit) and same_unit(claim.unit, known.unit) and _fits(claim, known):
                yield known
        if not claim.unit:  # 40 is said of 40 minutes, and not of the 2,400 seconds that they are
            for known in _between(self._with_unit, self._counts, low, high):
                if same_unit("", known.unit) and not (counts and known.unit in _OF_TIME):
                    yield known
        yield from self._ages(claim, counts=counts)
        yield from self._weeks(claim)
        if tables and (claim.unit or claim.bare != claim.value):
            for known in self.between(claim.bare, claim.bare):
                if not known.unit and known.value >= 10 and not counts_things(self._text, known.end):
                    yield known
        if tables and claim.unit and claim.count >= _IN_THOUSANDS[0]:
            for scale in _IN_THOUSANDS:
                for known in self.between(low / scale, high / scale):
                    if not known.unit and known.is_telling and not counts_things(self._text, known.end):
                        yield known

    def _weeks(self, claim: Figure) -> Iterator[Figure]:
        """``26 weeks`` for ``half a year``, and the other way round: a month has no fixed number of days."""
        other, worth = {"month": ("s", _MONTH), "s": ("month", 1 / _MONTH)}.get(claim.unit, ("", 0.0))
        if other and max(claim.value * worth, claim.value) >= 0.9 * _MONTH:
            low, high = span(claim)
            yield from (one for one in self.between(low * worth * 0.97, high * worth * 1.03) if one.unit == other)

    def _ages(self, claim: Figure, *, counts: bool) -> Iterator[Figure]:
        """``aged 18`` for ``18岁`` and the other way round: an age often goes without its unit."""
        if claim.unit == "month" and claim.bare >= 10:
            for known in self.between(claim.bare, claim.bare):
                if not known.unit and not counts_things(self._text, known.end):
                    yield known
        elif not claim.unit and claim.bare == claim.value >= 10 and not counts:
            yield from (known for known in self.between(claim.value * 12, claim.value * 12) if known.unit == "month")


def _between(figures: list[Figure], keys: list[float], low: float, high: float) -> Iterator[Figure]:
    slack = 1e-9 * max(abs(low), abs(high))
    for index in range(bisect_left(keys, low - slack), len(keys)):
        if keys[index] > high + slack:
            return
        yield figures[index]


def _written(figure: Figure) -> float:
    """The number as it is written, with its scale word, of the unit that is written."""
    return figure.count or figure.bare or figure.value


def grain(number: float) -> float:
    """To what ``number`` seems to be rounded: 100 for 2,300, 5 for 85, 0.1 for 1.3."""
    _, digits, exponent = Decimal(f"{number:.12g}").normalize().as_tuple()
    assert isinstance(exponent, int)
    return float((5 if digits[-1] == 5 else 1) * 10.0**exponent)


def span(claim: Figure) -> tuple[float, float]:
    """Which values ``claim`` may be said of, from and to."""
    value, half = claim.value, claim.step / 2
    if claim.step == 1.0 and claim.value == claim.bare:
        half = 0.0  # written in full: no rounding is said
    written = _written(claim)
    if claim.hedge is Hedge.NONE:
        if written and claim.step % 1 == 0:
            half = max(half, min(0.5 * value / written, _DECIMALS * value))
        half = min(half, _UNSAID * value)
        return value - half, value + half
    if claim.unit == "%" and claim.step >= _OF_TEN:  # a third, seven in ten
        loose = max(claim.step, _ROUND * value)
    else:
        loose = grain(written) * value / written if written else 0.0
    most = (_ROUND_SMALL if written <= _SMALL else _ROUND) * value
    if claim.hedge is Hedge.ABOUT:
        loosely = max(half, min(loose / 2, most))
        return value - loosely, value + loosely
    if claim.hedge is Hedge.OVER:
        return value - half, value + min(loose, _OVER * value)
    return value - min(loose, _UNDER * value), value + half


def _fits(claim: Figure, known: Figure) -> bool:
    """An unhedged number must be the other one, rounded to the digits that it is written with."""
    if claim.hedge is not Hedge.NONE or claim.value == known.value:
        return True
    difference = abs(claim.value - known.value)
    if not claim.step or (claim.step % 1 == 0 and claim.value == claim.bare):
        # Written as a whole number: it may be rounded from one with decimals, in the unit that it has.
        written = known.value * _written(claim) / claim.value if claim.value else 0.0
        return difference <= 1e-9 * abs(claim.value) or (claim.step > 0 and abs(written - round(written)) > 1e-6)
    return difference <= claim.step / 2 * (1 + 1e-9)
