"""Whether a number follows from others: a share, a change, a sum, a span between two years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.worker.dates import Moment
from assistant.worker.evidence import Evidence
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.units import same_unit

_FEW = 3  # amounts and shares of a sentence of which one may be meant of the other
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
_LESS = re.compile(
    r"\b(?:less|fewer|lower|shorter|cheaper|behind|below|under|cut|fell|fall|dropped|down|reduced|decreased)\b"
    r"|少|低于|落后|短于|减|降|缩短",
    re.IGNORECASE,
)
"""Something is so much less: what it is compared with is the sum."""
_MORE = re.compile(
    r"\b(?:more|higher|longer|dearer|ahead|above|up|rose|grew|increased)\b|[比较][^，。]{0,12}[多高长]|多出|高出|领先|增|升|涨|超出",
    re.IGNORECASE,
)
_HALF = re.compile(r"\bhalf\b|半[价费票]", re.IGNORECASE)
_POINTS = re.compile(r"[ -]?points?\b| ?个?点")
_TOTAL = re.compile(
    r"\b(?:totals?|totall?ed|altogether|combined|together|in all|sum|both|overall|jointly)\b|[共总]|合计|累计|加起来",
    re.IGNORECASE,
)


def follows(claim: Figure, plain: str, sentences: Iterable[tuple[Sequence[Figure], str]]) -> bool:
    """Whether ``claim`` can be worked out from numbers that stand in one sentence.

    :param plain: the text of the claim: a difference or a sum must be said to be one.
    :param sentences: of the source, the numbers of each and its text; that may say the difference itself, of which the
        claim is the other side.
    """
    for numbers, source in sentences:
        said = _Said.of(claim, plain, source)
        by_unit: dict[str, list[Figure]] = {}
        for one in numbers:
            if one.value > 0 and not one.ordinal:
                by_unit.setdefault(one.unit, []).append(one)
        if any(_is_close(claim, value) for value in _parts(claim, by_unit, said)):
            return True
        for unit, alike in by_unit.items():
            if 1 < len(alike) <= _MOST and any(
                _is_close(claim, value) for value in _worked_out(claim, unit, alike, said)
            ):
                return True
    return False


@dataclass(frozen=True)
class _Said:
    """What words beside the numbers allow.

    :ivar changes: a difference; ``moved``: something rose or fell; ``sums``: a total.
    :ivar less: the source says by how much something is less than the claim's; ``more``: than which it is more.
    :ivar half: the source says that something costs half.
    :ivar points: the claim is of points between two shares.
    """

    changes: bool
    moved: bool
    sums: bool
    less: bool
    more: bool
    half: bool
    points: bool

    @classmethod
    def of(cls, claim: Figure, plain: str, source: str) -> _Said:
        return cls(
            changes=_CHANGE.search(plain) is not None,
            moved=_MOVED.search(plain) is not None,  # by six tenths is not to six tenths
            sums=_TOTAL.search(plain) is not None,
            less=_LESS.search(source) is not None,
            more=_MORE.search(source) is not None,
            half=_HALF.search(source) is not None,
            points=_POINTS.match(plain, claim.end) is not None,
        )


def _parts(claim: Figure, by_unit: dict[str, list[Figure]], said: _Said) -> Iterator[float]:
    """A share of an amount that stands in the same sentence, and what is left of it."""
    shares = [one for one in by_unit.get("%", ()) if one.value < 1]
    for unit, alike in by_unit.items():
        if unit == "%" or not same_unit(claim.unit, unit) or len(alike) > _FEW:
            continue
        for one in alike:
            if one.value >= 10 or unit:
                yield from (one.value * share.value for share in shares[:_FEW])
                yield from (one.value * (1 - share.value) for share in shares[:_FEW])
            if said.half:
                yield one.value / 2


def _worked_out(claim: Figure, unit: str, alike: Sequence[Figure], said: _Said) -> Iterator[float]:
    same = same_unit(claim.unit, unit)
    if said.sums and same:
        yield sum(one.value for one in alike)
    for one, other in combinations(alike, 2):
        less, more = sorted((one.value, other.value))
        if same:
            if said.changes or said.more:
                yield more - less
            if said.sums or said.less:
                yield more + less
        if claim.unit == "%" and unit != "%":
            if said.changes:
                yield from ((more - less) / less, (more - less) / more)
            if not said.moved:
                yield less / more
        if unit == "%" and said.points and not claim.unit:
            yield 100 * (more - less)
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
