"""Whether a number follows from others: a share, a change, a sum, a span between two years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from assistant.worker.dates import Moment
from assistant.worker.evidence import Evidence
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.units import same_unit

_MOST = 8  # numbers of a sentence with the same unit: more make so many pairs that one fits by chance
_DAY = 86400.0
_ROUGHLY = 0.1  # of a number of times
_CHANGE = re.compile(
    r"\b(?:by|more|fewer|less|longer|shorter|higher|lower|gap|differ\w*|margin|increas\w*|decreas\w*|r[io]se\w*|gr[eo]w\w*"
    r"|growth|fell|fall\w*|drop\w*|declin\w*|reduc\w*|improv\w*|gain\w*|up|down|save[sd]?|rest|remain\w*|after)\b"
    r"|[比增减降升涨跌差剩余超]|提高|缩短|提前|多出|改善|扣除",
    re.IGNORECASE,
)
_MOVED = re.compile(r"\b(?:increas|decreas|r[io]se|gr[eo]w|fell|fall|drop|declin|reduc)|[增减降升涨跌]", re.IGNORECASE)
_THAN = re.compile(
    r"\b(?:more|less|fewer|longer|shorter|higher|lower) than\b|[比较][^，。]{0,12}[多少增减]", re.IGNORECASE
)
_TOTAL = re.compile(
    r"\b(?:totals?|totall?ed|altogether|combined|together|in all|sum|both|overall|jointly)\b|[共总]|合计|累计|加起来",
    re.IGNORECASE,
)


def follows(claim: Figure, plain: str, sentences: Iterable[Sequence[Figure]], source: str = "") -> bool:
    """Whether ``claim`` can be worked out from numbers that stand in one sentence.

    :param plain: the text of the claim: a difference or a sum must be said to be one.
    :param sentences: the numbers of each sentence of the source.
    :param source: the text of these; it may say the difference itself, of which the claim is the other side.
    """
    changes = _CHANGE.search(plain) is not None or _THAN.search(source) is not None
    moved = _MOVED.search(plain) is not None  # by six tenths is not to six tenths
    sums = _TOTAL.search(plain) is not None
    for numbers in sentences:
        by_unit: dict[str, list[Figure]] = {}
        for one in numbers:
            if one.value > 0 and not one.ordinal:
                by_unit.setdefault(one.unit, []).append(one)
        for unit, alike in by_unit.items():
            if 1 < len(alike) <= _MOST and any(
                _is_close(claim, value)
                for value in _worked_out(claim, unit, alike, changes=changes, sums=sums, moved=moved)
            ):
                return True
    return False


def _worked_out(
    claim: Figure, unit: str, alike: Sequence[Figure], *, changes: bool, sums: bool, moved: bool
) -> Iterator[float]:
    if sums and same_unit(claim.unit, unit):
        yield sum(one.value for one in alike)
    for one, other in combinations(alike, 2):
        less, more = sorted((one.value, other.value))
        if changes and same_unit(claim.unit, unit):
            yield more - less
        if sums and same_unit(claim.unit, unit):
            yield more + less
        if claim.unit == "%" and unit != "%":
            if changes:
                yield from ((more - less) / less, (more - less) / more)
            if not moved:
                yield less / more
        if claim.unit == "times" and claim.value > 1:
            yield more / less


def _is_close(claim: Figure, value: float) -> bool:
    """Whether ``value``, rounded as the claim is, is the claim's; what is worked out by head is rounded roughly."""
    worked = Figure(0, 0, value, claim.unit, bare=value)
    if claim.hedge is not Hedge.NONE:
        return any(True for _ in Evidence([worked]).bearing(claim, tables=False))
    loosely = _ROUGHLY if claim.unit == "times" else 1e-6
    return abs(value - claim.value) <= max(claim.step / 2, loosely * claim.value) * (1 + 1e-9)


def spans(claim: Figure, moments: Iterable[Moment]) -> bool:
    """Whether a span of time lies between two dates of ``moments``."""
    known = list(moments)[:_MOST]
    if claim.unit == "month" and claim.value % 12 == 0:
        years = sorted({one.year for one in known if one.year is not None})
        return any(12 * (late - early) == claim.value for early, late in combinations(years, 2))
    if claim.unit == "s" and claim.value % _DAY == 0:
        days = [(one.month, one.day) for one in known if one.month and one.day]
        return any(
            one[0] == other[0] and abs((other[1] or 0) - (one[1] or 0)) * _DAY == claim.value
            for one, other in combinations(days, 2)
        )
    return False
