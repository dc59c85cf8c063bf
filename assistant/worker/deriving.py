"""Whether a number follows from others: a share, a change, a sum, so much for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.worker.evidence import Evidence, span
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.units import same_unit

_FEW = 3  # amounts and shares of a sentence of which one may be meant of the other
_MOST = 8  # numbers of a sentence with the same unit: more make so many pairs that one fits by chance
_CHANCE, _CHANCE_SMALL = 0.37, 0.3
"""How many of the values that can be worked out may be expected to fit by chance; and to be a small number."""
_ROUGHLY = 0.1  # of a number of times
_NEAR = 30  # characters before a number that may say of what kind of difference it is
CHANGE = re.compile(
    r"\b(?:by|more|fewer|less|longer|shorter|higher|lower|cheaper|gap|differ\w*|margin|majority|increas\w*|decreas\w*"
    r"|r[io]se\w*|gr[eo]w\w*|growth|fell|fall\w*|drop\w*|declin\w*|reduc\w*|improv\w*|gain\w*"
    r"|(?<!make )(?<!makes )(?<!made )up|down|save[sd]?|rest|remain\w*|left|open|short|after"
    r"|below|above|under|over|behind|ahead|excess|between|than|compared"
    r"|surplus|deficit|shortfall|unused|unsold|outstanding|owed|except|apart|discount|saving|extra|additional"
    r"|further|still|missing|earlier|later|sooner)\b"
    r"|[比增减降升涨跌差剩余超滑]|提高|[早晚]了|结余|相距|相隔|领先|落后|另有|另外|未售|缩短|提前|多出|改善|扣除|还有|尚有|尚未|便宜"
    r"|少了|多了|缺口|没有|未能",
    re.IGNORECASE,
)
FELL = re.compile(
    r"\b(?:cut\b|decreas|fell|fall|drop|declin|reduc|down (?:by|from|to)\b|less\b|lower\b|shr[iau]nk)"
    r"|[减降跌滑]|缩[减小水]|少了",
    re.IGNORECASE,
)
ROSE = re.compile(
    r"\b(?:increas|r[io]se|gr[eo]w|climb|gain|up (?:by|from|to)\b|higher\b)|[增升涨]|多了|提高", re.IGNORECASE
)
_BY = re.compile(
    r"(?:\b(?:by|down|up)(?: about| some| almost| nearly| roughly)? |[减降跌滑增升涨长了](?:[近约逾]|超过|大约)?)$",
    re.IGNORECASE,
)
_LESS_AFTER = re.compile(
    r" ?(?:[a-z]+ ){0,2}?(?:less|fewer|lower|shorter|cheaper|behind|below|under|faster|earlier|short of)\b",
    re.IGNORECASE,
)
"""Something is so much less: what it is compared with is the sum."""
_MORE_AFTER = re.compile(
    r" ?(?:[a-z]+ ){0,2}?(?:more|higher|longer|dearer|slower|ahead|above|over|later)\b", re.IGNORECASE
)
_LESS_BEFORE = re.compile(r"(?:少|减|低|落后|短|降|快|便宜|早)[^，。；：\d]{0,9}$")
_MORE_BEFORE = re.compile(r"(?:多|高|超|增|升|涨|领先|长|贵|晚)[^，。；：\d]{0,9}$")
_SHARES_UNIT = re.compile(r"(?:\b(?:instead of|than|against)|[由从比])(?: about| some| only)? ?$", re.IGNORECASE)
"""Before a number that has the unit of another one in its sentence."""
_OF_WHICH = re.compile(r"\b(?:of (?:which|these|those|that)|including)\b|其中", re.IGNORECASE)
REST = re.compile(r"\b(?:rest|remainder|remaining|balance)\b|其余|余下|剩余|剩下", re.IGNORECASE)
"""What is left is named, and its number not."""
_LOST = re.compile(
    r"\b(?:lost|shed|lowered by|cheaper by)(?: about| some| nearly| almost)? $|(?:瘦了|轻了|亏损了?)$", re.IGNORECASE
)
_HALF = re.compile(r"\bhalf\b|半[价费票]", re.IGNORECASE)
_LEVEL = re.compile(
    r"(?:\bto(?: about| some| almost| nearly| roughly| just)?|[到至](?:[近约逾]|大约|不到|超过)?) ?$", re.IGNORECASE
)
"""Before a number that says what something came to: it is no difference."""
_POINTS = re.compile(r"[ -]?points?\b| ?个?点")
_EACH = re.compile(
    r"\b(?:each|per|apiece|every|single|one|a (?:head|night|day|week|month|year|person|piece))\b"
    r"|[每平]|一[晚夜天人次个张份股]",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:both|pair|couple)\b|[双俩两]")
TOTAL = re.compile(
    r"\b(?:totals?|totall?ed|altogether|combined|together|in all|sum|both|overall|jointly)\b|[共总]|合计|累计|加起来",
    re.IGNORECASE,
)


def follows(claim: Figure, plain: str, sentences: Iterable[tuple[Sequence[Figure], str]]) -> bool:
    """Whether ``claim`` can be worked out from numbers that stand in one sentence, and not by chance.

    :param plain: the text of the claim: a difference or a sum must be said to be one.
    :param sentences: of the source, the numbers of each and its text; that may say the difference itself, of which the
        claim is the other side.
    """
    low, high = span(claim)
    for numbers, source in sentences:
        known = [one for one in with_units(numbers, source) if one.value > 0 and not one.ordinal]
        said = _Said.of(claim, plain, source)
        values = [
            *_rest(claim, known, source),
            *_parts(claim, known, said),
            *_other_side(claim, known, source),
            *_for_each(claim, known, said),
        ]
        by_unit: dict[str, list[Figure]] = {}
        for one in known:
            by_unit.setdefault(one.unit, []).append(one)
        for unit, alike in by_unit.items():
            if 1 < len(alike) <= _MOST:
                values += _worked_out(claim, unit, alike, said)
        fitting = [value for value in values if _is_close(claim, value)]
        width = max(high - low, claim.step, 0.01 * claim.value)
        if fitting and len(values) * width <= (_CHANCE_SMALL if claim.is_weak else _CHANCE) * max(
            *values, claim.value, claim.unit == "%"
        ):
            return True
    return False


def is_change(claim: Figure, plain: str) -> bool:
    """Whether a number may be a difference: words say so, and none that it is what something came to."""
    before = plain[max(0, claim.start - _NEAR) : claim.start]
    return CHANGE.search(plain) is not None and _LEVEL.search(before) is None


def is_movement(claim: Figure, plain: str) -> bool:
    """Whether a statement says of a number that something moved by so much, or is so much more or less."""
    before = plain[max(0, claim.start - _NEAR) : claim.start]
    after = _LESS_AFTER.match(plain, claim.end) or _MORE_AFTER.match(plain, claim.end)
    return _BY.search(before) is not None or after is not None


@dataclass(frozen=True)
class _Said:
    """What words beside the numbers allow.

    :ivar changes: a difference; ``fell``, ``rose``: of what moved; ``sums``: a total; ``each``: a part for each.
    :ivar by: the claim says how much it moved, not to what.
    :ivar half: the source says that something costs half; ``both``: that there are two of something.
    :ivar points: the claim is of points between two shares.
    """

    changes: bool
    fell: bool
    rose: bool
    sums: bool
    each: bool
    by: bool
    half: bool
    both: bool
    points: bool

    @classmethod
    def of(cls, claim: Figure, plain: str, source: str) -> _Said:
        return cls(
            changes=is_change(claim, plain),
            fell=FELL.search(plain) is not None,
            rose=ROSE.search(plain) is not None,
            sums=TOTAL.search(plain) is not None,
            each=_EACH.search(plain) is not None,
            by=is_movement(claim, plain),
            half=_HALF.search(source) is not None,
            both=_BOTH.search(source) is not None,
            points=_POINTS.match(plain, claim.end) is not None,
        )


def with_units(numbers: Sequence[Figure], source: str) -> Iterator[Figure]:
    """The numbers of a sentence; of ``2.9 seconds instead of 0.4`` the second has the unit of the first.

    So has a number with decimals, and in ``14 million francs, of which the town pays six`` the second is of millions.
    """
    measured = [one for one in numbers if one.unit and one.count]
    for one in numbers:
        if not one.unit and not one.ordinal and measured:
            other = min(measured, key=lambda near: abs(near.start - one.start))
            worth, scale = 0.0, 1.0
            if other.end <= one.start and other.bare and _OF_WHICH.search(source, other.end, one.start):
                worth, scale = other.value / other.bare, other.count / other.bare
            elif (
                _SHARES_UNIT.search(_before(one, source))
                or one.value % 1
                or (other.unit == "%" and REST.search(source))
            ):
                worth = other.value / other.count
            if worth:
                value, step = one.value * worth, one.step * worth
                yield replace(one, value=value, step=step, unit=other.unit, count=one.value * scale)
                continue
        yield one


def _before(known: Figure, source: str) -> str:
    return source[max(0, known.start - _NEAR) : known.start]


def _parts(claim: Figure, known: Sequence[Figure], said: _Said) -> Iterator[float]:
    """A share of an amount that stands in the same sentence, and what is left of it."""
    shares = [one for one in known if one.unit == "%" and one.value < 1][:_FEW]
    amounts = [
        one for one in known if one.unit != "%" and same_unit(claim.unit, one.unit) and (one.value >= 10 or one.unit)
    ]
    if claim.unit == "%" or len(amounts) > _FEW:
        return
    for one in amounts:
        yield from (one.value * share.value for share in shares)
        yield from (one.value * (1 - share.value) for share in shares)
        if said.half:
            yield one.value / 2


def _rest(claim: Figure, known: Sequence[Figure], source: str) -> Iterator[float]:
    """What is left of a whole, where the source says so."""
    if not REST.search(source):
        return
    if claim.unit == "%":
        parts = [one.value for one in known if one.unit == "%"]
        if len(parts) > 1 and sum(parts) < 1:
            yield 1 - sum(parts)
        return
    alike = sorted((one.value for one in known if one.unit != "%" and same_unit(claim.unit, one.unit)), reverse=True)
    if 1 < len(alike) <= _MOST:
        yield alike[0] - sum(alike[1:])


def _other_side(claim: Figure, known: Sequence[Figure], source: str) -> Iterator[float]:
    """``four points behind`` somebody with 52: 56. The source says the difference and one side of it."""
    for one in known:
        before = _before(one, source)
        moved = before if _BY.search(before) else ""
        less = (
            _LESS_AFTER.match(source, one.end)
            or _LESS_BEFORE.search(before)
            or _LOST.search(before)
            or FELL.search(moved)
        )
        more = _MORE_AFTER.match(source, one.end) or _MORE_BEFORE.search(before) or ROSE.search(moved)
        difference = (
            one.value / 100 if claim.unit == "%" and _POINTS.match(source, one.end) and not one.unit else one.value
        )
        for other in known:
            if (
                other is one
                or not same_unit(claim.unit, other.unit)
                or not (same_unit(one.unit, other.unit) or claim.unit == "%")
            ):
                continue
            if less:
                yield other.value + difference
            if more:
                yield abs(other.value - difference)


def _for_each(claim: Figure, known: Sequence[Figure], said: _Said) -> Iterator[float]:
    """What one of several costs, and what several cost together."""
    counts = [one.value for one in known if not one.unit and one.value == int(one.value) and 1 < one.value <= 1000]
    if said.both:
        counts.append(2.0)
    for one in known:
        if one.unit and one.unit != "%" and same_unit(claim.unit, one.unit) and claim.unit:
            if said.each:
                yield from (one.value / count for count in counts)
            if said.sums:
                yield from (one.value * count for count in counts)


def _worked_out(claim: Figure, unit: str, alike: Sequence[Figure], said: _Said) -> Iterator[float]:
    same = same_unit(claim.unit, unit)
    if said.sums and same:
        yield sum(one.value for one in alike)
    for one, other in combinations(alike, 2):
        less, more = sorted((one.value, other.value))
        if same and said.changes:
            yield more - less
        if same and said.sums:
            yield more + less
        if claim.unit == "%" and unit != "%":
            if said.fell or (said.by and not said.rose):
                yield (more - less) / more
            if said.rose or (said.by and not said.fell):
                yield (more - less) / less
            if not said.by:
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
