"""Whether a number can be worked out from those of several sentences, when no word says how.

``Three monthly rents`` stand in one sentence and the rent in another. So many numbers can be made of a few that one
fits by chance. Of what can be made, what is about as large as the claim is counted: the more of it there is, and the
fewer digits the claim has, the less a fit says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from assistant.worker.deriving import FELL, REST, ROSE, TOTAL, is_change, is_movement
from assistant.worker.evidence import grain, span
from assistant.worker.quantities import Figure
from assistant.worker.units import same_unit

_OF_TIME = ("s", "month")  # nobody takes spans of time so many times
_BY_CHANCE = 0.12  # fits that may be expected by chance
_MOST_PARTS = 6  # of a whole
_MOST = 12  # numbers of which something is worked out
_YEAR_OF = re.compile(r"\byear|\bannual|\bp\.a\.|年", re.IGNORECASE)
_MONTH_OF = re.compile(r"\bmonth|月", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek|周|星期", re.IGNORECASE)
_DAY_OF = re.compile(r"\bday|\bdaily|\bnight|[天日晚夜]", re.IGNORECASE)
_PERIODS = ((_YEAR_OF, _MONTH_OF, 12.0), (_YEAR_OF, _WEEK_OF, 52.0), (_WEEK_OF, _DAY_OF, 7.0))
"""The longer one, the shorter one, how many make it."""


def works_out(
    claim: Figure, plain: str, windows: Sequence[tuple[Sequence[Figure], str]], beside: Iterable[Figure] = ()
) -> bool:
    """Whether ``claim`` follows from the numbers of a window, and not by chance.

    :param plain: the text of the claim; ``beside``: the other numbers in it.
    :param windows: sentences that stand together: their numbers and their text.
    """
    if claim.ordinal or claim.is_weak:
        return False
    own = [one for one in beside if not one.unit and not one.ordinal]
    return fits(
        claim,
        (one for numbers, source in windows for one in _made(claim, [*numbers[:_MOST], *own], plain, source)),
    )


def fits(claim: Figure, values: Iterable[float]) -> bool:
    """Whether one of ``values`` is the claim's, and it is no chance that one is."""
    if not claim.value:
        return False
    low, high = span(claim)
    about = {round(value, 9) for value in values if claim.value / 2 <= value <= 2 * claim.value}
    written = claim.count or claim.bare or claim.value
    width = max(high - low, grain(written) * claim.value / written)
    by_chance = len(about) * width / claim.value / math.log(4)
    return by_chance <= _BY_CHANCE and any(low * (1 - 1e-9) <= value <= high * (1 + 1e-9) for value in about)


def _made(claim: Figure, numbers: Sequence[Figure], plain: str, source: str) -> Iterator[float]:
    known = [one for one in numbers if one.value > 0 and not one.ordinal]
    if claim.unit == "%":
        yield from _shares(claim, known, plain, source)
        return
    alike = [one.value for one in known if one.unit != "%" and same_unit(claim.unit, one.unit)]
    parts = [one.value for one in known if one.unit == "%" and one.value < 1]
    counts = {one.count or one.value for one in known if one.unit in ("", "month", "s", "times")}
    counts = {one for one in counts if one == int(one) and 1 < one <= 1000}
    for one in alike:
        for part in parts:
            yield from (one * part, one * (1 - part))
        if claim.unit and claim.unit not in _OF_TIME:
            for count in counts:
                yield from (one * count, one / count)
        for longer, shorter, times in _PERIODS:
            if shorter.search(source) and longer.search(plain):
                yield one * times
            if longer.search(source) and shorter.search(plain):
                yield one / times
    for one, other in combinations(alike, 2):
        if TOTAL.search(plain):
            yield one + other
        if is_change(claim, plain):
            yield abs(one - other)
    if len(alike) > 2 and TOTAL.search(plain):
        yield sum(alike)
    if len(alike) > 1 and REST.search(source):
        yield from _left(alike)


def _left(alike: Sequence[float]) -> Iterator[float]:
    """What is left of the largest number when some of the others are taken away."""
    whole, *parts = sorted(alike, reverse=True)
    for size in (1, 2):
        yield from (whole - sum(taken) for taken in combinations(parts[:_MOST_PARTS], size))
    yield whole - sum(parts)


def _shares(claim: Figure, known: Sequence[Figure], plain: str, source: str) -> Iterator[float]:
    changes, moves = is_change(claim, plain), is_movement(claim, plain)
    fell, rose = FELL.search(plain) is not None, ROSE.search(plain) is not None
    for one, other in combinations(known, 2):
        less, more = sorted((one.value, other.value))
        if one.unit == other.unit and one.unit != "%":
            if not moves:
                yield less / more
            if changes and (fell or not rose):
                yield (more - less) / more
            if changes and (rose or not fell):
                yield (more - less) / less
    parts = [one.value for one in known if one.unit == "%" and one.value < 1]
    yield from (1 - part for part in parts)
    if len(parts) > 1 and REST.search(source):
        yield 1 - sum(parts)
