"""Whether a translation says the numbers, amounts and dates of its source, however each language writes them.

What one text claims is looked up in all that the other one can be read as: a number that is written out, said by a
word (``both``, ``a dozen``), or part of a date. Only what cannot be read there at all is found. What is written in
digits has to be there; a small number in words may be said in other ways, so alone it is only worth a mark.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.number_words import knows
from assistant.worker.quantities import Figure
from assistant.worker.segment_dates import date_findings, says_other_hour
from assistant.worker.segment_reading import CLOSE, MEASURED, Numbers
from assistant.worker.segment_signs import plus_findings, sign_findings
from assistant.worker.segment_view import View, at_source, at_target
from assistant.worker.units import same_unit

_JOINED = re.compile(
    r"(?<![A-Za-z0-9])(?:0x[0-9A-Fa-f]{2,}|[A-Z]{3,}\d{2,}|[A-Za-z]+-?\d{3,})(?![A-Za-z0-9])"
    r"|(?<![\w.])v?\d+(?:\.\d+){2,}(?![\w.]*\d)"
)
_AT = re.compile(r"\b(?:at|by|until|till|before|after|from|to|since|around|about)\s+\Z", re.IGNORECASE)
_LATIN = string.ascii_letters
_SAME = 0.001
_COMPARED = MEASURED | {"s", "month", "pound", "pence", "CHF", "gallon"}
_TOLD = frozenset(("s", "month", "USD", "EUR", "GBP", "CNY", "JPY", "$", "¥", "KRW", "HKD", "INR", "pound", "CHF"))
"""Units that are compared where the number is in words, too: miles are, in a saying, as good as *li*."""
_SCALES = (re.compile("°C|℃|摄氏|Celsius", re.IGNORECASE), re.compile("°F|℉|华氏|Fahrenheit", re.IGNORECASE))


def number_findings(
    source: View, target: View, literals: tuple[Iterable[tuple[int, int]], Iterable[tuple[int, int]]]
) -> Iterator[Finding]:
    """Numbers, units and dates that differ.

    :param literals: stretches of the plain texts of source and target that hold no numbers: links, code, placeholders.
    """
    known, found = Numbers(source, literals[0]), Numbers(target, literals[1])
    yield from plus_findings(known, found)
    if not known.may_count and not found.may_count:
        return
    yield from date_findings(known, found)
    missing = [one for one in known.claims if not found.says(one, known) and not _is_rest(one, known, found)]
    made_up = [one for one in found.claims if not known.says(one, found) and not _is_rest(one, found, known)]
    yield from _differing(known, found, missing, made_up)
    yield from _units(known, found)
    yield from sign_findings(known, found)
    yield from _joined(known, found)


def _is_rest(one: Figure, here: Numbers, there: Numbers) -> bool:
    """Whether a price is told by what is paid of it in one language (``8折``), by what is not in the
    other (``20% off``)."""
    if one.unit != "%" or not any(numbers.text.find("折") >= 0 for numbers in (here, there)):
        return False
    return any(other.unit == "%" and abs(one.value + other.value - 1.0) < _SAME for other in there.figures)


def _differing(known: Numbers, found: Numbers, missing: list[Figure], made_up: list[Figure]) -> Iterator[Finding]:
    pairs = list(zip(missing, made_up, strict=False))
    for lost, new in pairs:
        weak = known.is_spelled(lost) and found.is_spelled(new) and not same_unit(lost.unit, new.unit)
        start, end = found.view.span(new.start, new.end)
        from_, to = known.view.span(lost.start, lost.end)
        text = known.view.plain[lost.start : lost.end]
        yield Finding(FindingKind.NUMBER, text, start, end, from_, to, minor=weak)
    for lost in missing[len(pairs) :]:
        minor = not _is_strong(lost, known, found.view.primary) and not _is_other_hour(lost, known, found)
        yield at_source(FindingKind.NUMBER, known.view, lost.start, lost.end, minor=minor)
    for new in made_up[len(pairs) :]:
        minor = found.is_spelled(new) or not knows(known.view.primary)
        minor = minor and not _is_other_hour(new, found, known)
        yield at_target(FindingKind.NUMBER, found.view, new.start, new.end, minor=minor)


def _is_other_hour(one: Figure, here: Numbers, there: Numbers) -> bool:
    """Whether an English text says ``at ten`` and the Chinese one only other hours."""
    if here.view.primary != "en" or there.view.primary != "zh" or one.unit or one.bare not in range(1, 25):
        return False
    return bool(_AT.search(here.text[: one.start])) and says_other_hour(int(one.bare), there)


def _is_strong(one: Figure, known: Numbers, language: str) -> bool:
    """Whether a number can hardly be said in another way."""
    if not known.is_spelled(one):
        return not (one.is_weak and one.value <= 20 and not knows(language))
    if language not in ("en", "zh") or one.ordinal:
        return False
    round_ = one.bare in (10.0, 100.0, 1000.0, 10000.0) or (one.unit == "%" and not one.count)
    return not round_ and (one.bare >= 13 or bool(one.unit))


def _units(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """The same number of something else."""
    yield from _degrees(known, found)
    for one in known.figures:
        if one.unit not in _COMPARED or (known.is_spelled(one) and not (one.unit in _TOLD and one.bare > 1)):
            continue
        count = one.count or one.bare
        same = [it for it in found.figures if abs((it.count or it.bare) - count) <= CLOSE * max(1.0, count)]
        if not same or any(same_unit(one.unit, other.unit) and _is_worth(one, other) for other in same):
            continue
        other = next((other for other in same if other.unit), same[0])
        known_well = found.view.primary in ("en", "zh")
        if not other.unit and (one.unit not in MEASURED or known.is_spelled(one)):
            continue
        if not known_well and not (other.unit and _is_sign(found.text[other.start : other.end])):
            continue  # units of other languages are not known by all their names
        start, end = found.view.span(other.start, other.end)
        from_, to = known.view.span(one.start, one.end)
        text = known.view.plain[one.start : one.end]
        yield Finding(FindingKind.UNIT, text, start, end, from_, to, minor=not other.unit)


def _degrees(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """Celsius where the source has Fahrenheit, or the other way round."""
    for scale, other in (_SCALES, _SCALES[::-1]):
        place = scale.search(known.text)
        if place and not scale.search(found.text) and other.search(found.text):
            yield at_source(FindingKind.UNIT, known.view, *place.span())


def _is_sign(text: str) -> bool:
    """Whether the unit is written as a sign (``kg``, ``%``, ``€``)."""
    return len(re.sub(r"[\d.,'\s]", "", text)) <= 3


def _is_worth(one: Figure, other: Figure) -> bool:
    """Kilograms and grams are one kind of unit, but not the same."""
    return not other.unit or one.value == other.value or abs(one.value - other.value) <= 1e-6 * abs(one.value)


def _joined(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """``SAVE20``, ``0x80070057``, ``2.14.3``: digits that stand with letters, and those of versions."""
    moments = [(one.start, one.end) for one in known.moments]
    plain = re.sub(r"[\s-]", "", found.text)
    for match in _JOINED.finditer(known.text):
        is_date = any(start < match.end() and match.start() < end for start, end in moments)
        digits = match[0] if match[0].startswith("0x") else match[0].lstrip(_LATIN).lstrip("-")
        if not is_date and digits not in plain:
            yield at_source(FindingKind.NUMBER, known.view, *match.span())
