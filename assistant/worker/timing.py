"""What follows from dates and times: how long it was between two, and when something ended that lasted so long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from assistant.worker.dates import Moment
from assistant.worker.evidence import Evidence
from assistant.worker.quantities import Figure

_MOST = 8  # dates or spans of which pairs are made: of more, some pair fits by chance
_DAY, _MINUTE = 86400.0, 60.0
_YEAR = 12  # months
_WEEK = 7
_COMMON_YEAR = 2023  # for the days between two dates without a year
_OLDEST = 130
_AGED = re.compile(
    r"\b(?:aged?(?: of)?|at)(?: about| around| only| just| nearly)? $|\b(?:turned|reached|lived to(?: be)?) $"
    r"|年[仅约]?$|享年$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\b|\bever after\b|自|从|以来|至今", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:every|each|once)\b|每", re.IGNORECASE)
_PER = re.compile(
    r"[^\W\d_]*(?: [^\W\d_]+){0,3}? (?:an?|per|each|every) (?P<unit>hour|day|week|month|year)\b", re.IGNORECASE
)
_PER_HAN = re.compile(r"(?:每|一)个?(?P<unit>小时|钟头|天|日|周|星期|月|年)[^，。；\d]{0,8}$")
_WORTH = {"hour": 3600.0, "小时": 3600.0, "钟头": 3600.0, "day": _DAY, "天": _DAY, "日": _DAY, "week": 7 * _DAY,
          "周": 7 * _DAY, "星期": 7 * _DAY, "month": 1.0, "月": 1.0, "year": 12.0, "年": 12.0}  # fmt: skip
_IN_MONTHS = frozenset(("month", "year", "月", "年"))


def as_age(claim: Figure, plain: str) -> Figure:
    """``claim`` in years where it says an age without its unit."""
    before = plain[max(0, claim.start - 20) : claim.start]
    if claim.unit or claim.ordinal or not 1 < claim.value < _OLDEST or not _AGED.search(before):
        return claim
    return replace(claim, value=claim.value * _YEAR, step=claim.step * _YEAR, unit="month")


def minute_of(known: Figure) -> int | None:
    """Of the day, of a number that may be a time as some write it: ``at 8.35``."""
    if known.unit or abs(known.step - 0.01) > 1e-6 or known.value >= 24:
        return None
    hour, minute = divmod(round(known.value * 100), 100)
    return hour * 60 + minute if minute < 60 else None


def minutes_of(claim: Moment) -> frozenset[int]:
    """Of the day, that a time may mean which does not say whether it is before or after noon."""
    minute = claim.minute or 0
    return frozenset((minute, (minute + 12 * 60) % (24 * 60)))


def spans(claim: Figure, moments: Iterable[Moment]) -> bool:
    """Whether a span of time lies between two dates or times of ``moments``."""
    return any(_bears(value, claim) for value in between(claim, moments))


def lasts_since(claim: Figure, source: str, moments: Iterable[Moment], nows: Iterable[int]) -> bool:
    """``For over ten years`` where a source of 2025 says ``since 2014``.

    :param nows: years in which the source may have been written.
    """
    if claim.unit != "month" or not _SINCE.search(source):
        return False
    begun = [one.year for one in moments if one.year is not None]
    return any(_bears(float(_YEAR * (now - year)), claim) for now in nows for year in begun if year < now)


def between(claim: Figure, moments: Iterable[Moment]) -> Iterator[float]:
    """How long it is from one date or time of ``moments`` to another, in the unit of the claim."""
    known = list(moments)[:_MOST]
    if claim.unit == "month":
        worked_out = _months(claim, known)
    elif claim.unit == "s":
        worked_out = _seconds(claim, known)
    else:
        return
    yield from (value for value in worked_out if value > 0)


def _months(claim: Figure, known: Sequence[Moment]) -> Iterator[float]:
    dated = [one for one in known if one.year is not None]
    for one, other in combinations(dated, 2):
        years = abs((one.year or 0) - (other.year or 0))
        if one.month and other.month and years <= 2 * _YEAR:
            yield abs(12 * ((one.year or 0) - (other.year or 0)) + one.month - other.month)
        if claim.value % _YEAR == 0:
            yield _YEAR * years


def _seconds(claim: Figure, known: Sequence[Moment]) -> Iterator[float]:
    if claim.value < _DAY:
        for one, other in combinations([one.minute for one in known if one.minute is not None], 2):
            yield _MINUTE * abs(one - other)
        return
    yield from (_DAY * one.day for one in known if one.day and not one.month)  # 十四日前
    days = [day for one in known if (day := _day(one)) is not None]
    for first, second in combinations(days, 2):
        apart = abs((first - second).days)
        yield from (apart * _DAY, (apart + 1) * _DAY)  # from the 8th to the 12th are four days, or five
    on = {one.weekday for one in known if one.weekday is not None}
    if 1 < len(on) < _WEEK:  # on Mondays and Thursdays
        yield len(on) * _DAY


def _day(one: Moment) -> date | None:
    if not one.month or not one.day:
        return None
    try:
        return date(one.year or _COMMON_YEAR, one.month, one.day)
    except ValueError:
        return None


def _bears(value: float, claim: Figure) -> bool:
    known = Figure(0, 0, value, claim.unit, bare=value)
    return any(True for _ in Evidence([known]).bearing(claim, tables=False))


def reached(moments: Iterable[Moment], numbers: Iterable[Figure]) -> Iterator[Moment]:
    """Dates so many years before or after the dates of a source: ``in 1983 ... for twelve years``."""
    spans_of = [one for one in list(numbers)[:_MOST] if one.unit == "month"]
    for known in list(moments)[:_MOST]:
        for span in spans_of:
            if known.year is not None and span.value % _YEAR == 0:
                for years in (int(span.value) // _YEAR, -int(span.value) // _YEAR):
                    yield Moment(known.start, known.end, year=known.year + years, month=known.month, day=known.day)


def repeats(claim: Figure, plain: str, sentences: Iterable[tuple[Sequence[Figure], str]]) -> bool:
    """``three trains an hour`` where there is one every 20 minutes."""
    match = _PER.match(plain, claim.end) or _PER_HAN.search(plain[: claim.start])
    if claim.unit not in ("", "times") or match is None:
        return False
    unit = match["unit"].lower()
    worth, base = _WORTH[unit], "month" if unit in _IN_MONTHS else "s"
    return any(
        one.unit == base and one.value > 0 and abs(worth / one.value - claim.value) < 0.05 * claim.value
        for numbers, source in sentences
        if _EVERY.search(source)
        for one in numbers
    )
