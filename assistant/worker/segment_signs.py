"""Whether what stands beside numbers is that of the source: a minus, a percent sign, before or after noon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.segment_reading import Numbers
from assistant.worker.segment_view import at_source, at_target

_MINUS = re.compile(r"(?<![0-9A-Za-z)\]）%°.,-])-(?P<number>\d+(?:[.,]\d+)*)(?![\d-]|\s*[年月日号點点时時])")
_WHOLE = re.compile(r"\s*(?:[°%℃]|\Z)")  # behind a number at the beginning, which else is an item of a list
_NEAR = 6  # characters before a dash in which a number makes it one between two
_LESS = re.compile(
    r"零下|[负負减減降跌亏虧缩縮少低损損]|\b(?:minus|negative|below|down|f[ae]ll|drop|declin|decreas|reduc|los[st]|less|lower|shr"
    r"|deficit|unter|weniger|Rück|gesunken|sank|Verlust|moins|sous|baiss|menos|bajo|meno|sotto)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[%‰％]|percent|per ?cent|\bpct|百分|千分|[成折]|Prozent|pour ?cent|por ciento", re.IGNORECASE)
_EARLY = re.compile(r"(?<!\d)(?:[1-9]|1[01])(?::\d\d)?\s?a\.?m\b|上午|早上|早晨|清晨|凌晨", re.IGNORECASE)
_LATE = re.compile(r"(?<!\d)(?:[1-9]|1[01])(?::\d\d)?\s?p\.?m\b|下午|午后|傍晚|晚上|晚间", re.IGNORECASE)
_VERSION = re.compile(r"(?:\b[Vv](?:ersion |\. ?)?|版本 ?)(\d+(?:\.\d+)+)")
_KNOWN = frozenset(("en", "zh", "de", "fr", "es"))  # languages whose words for less are known here


def sign_findings(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """Numbers that have another sign, a percentage that was none, a time in the other half of the day."""
    minor = not {known.view.primary, found.view.primary} <= _KNOWN
    yield from _minus(known, found, at_source, minor=minor)
    yield from _minus(found, known, at_target, minor=minor)
    yield from _percentages(known, found, at_target)
    yield from _percentages(found, known, at_source)
    yield from _versions(known, found)
    for here, there in ((_EARLY, _LATE), (_LATE, _EARLY)):
        place = here.search(known.text)
        if place and not here.search(found.text) and there.search(found.text) and not there.search(known.text):
            yield at_source(FindingKind.DATE, known.view, *place.span())


def _minus(one: Numbers, other: Numbers, told: Callable[..., Finding], *, minor: bool) -> Iterator[Finding]:
    """Numbers below zero that stand in the other text without their sign."""
    if _LESS.search(other.text):
        return
    signed = {found["number"] for found in _MINUS.finditer(other.text)}
    for found in _MINUS.finditer(one.text):
        number, start = found["number"], found.start()
        listed = not one.text[:start].strip() and not _WHOLE.match(one.text, found.end())
        between = re.search(r"\d", one.text[max(0, start - _NEAR) : start])
        if listed or between or number in signed:
            continue
        if re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", other.text):
            yield told(FindingKind.NUMBER, one.view, start, found.end(), minor=minor)


def _percentages(plain: Numbers, other: Numbers, told: Callable[..., Finding]) -> Iterator[Finding]:
    """A percentage in the other text that is a number of things in the plain one."""
    if _PERCENT.search(plain.text):
        return
    counted = {one.bare for one in plain.figures if not one.unit and not plain.is_spelled(one)}
    for one in other.figures:
        if one.unit == "%" and one.bare in counted and not other.is_spelled(one):
            yield told(FindingKind.UNIT, other.view, one.start, one.end)


def _versions(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """Numbers of versions, of which 2.1 and 2.10 are two."""
    for version in _VERSION.finditer(known.text):
        if not re.search(rf"(?<![\d.]){re.escape(version[1])}(?!\d|\.\d)", found.text):
            yield at_source(FindingKind.NUMBER, known.view, *version.span(1))
