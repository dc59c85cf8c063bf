"""Whether what stands beside numbers is that of the source: their signs, what they share, noon and zone of a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.figures import COMMA_LANGUAGES
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
_KNOWN = frozenset(("en", "zh", "de", "fr", "es"))  # languages whose words for less and more are known here
_BEHIND = re.compile(r"(?<![A-Za-z0-9+])([A-Za-z0-9]+)(\+{1,2})(?![A-Za-z0-9+])")
_OR_MORE = re.compile(
    r"以上|及以|多|余|超过|至少|更[高新晚大]|[起>≥]"
    r"|\b(?:over|more|above|up|(?:old|new|lat|high|great)er|at least|beyond|plus)\b"
    r"|mehr|ab |über|mindestens|neuer|höher|später|älter|sup[ée]rieur|ultérieur|moins|dès|más|menos|superior|posterior",
    re.IGNORECASE,
)
_DIALLED = re.compile(r"(?<![\w+])\+(\d{1,3})(?=[ ()\d-]{6,}\d)")
_EITHER_WAY = re.compile(r"±|\+/-|正负|上下|误差|公差.{0,4}内|plus or minus|plus/minus|plus oder minus", re.IGNORECASE)
_MILLE = re.compile(r"‰|千分之|per ?mill|per (?:one )?thousand|Promille|pro mille|pour mille|por mil", re.IGNORECASE)
_POINTS = re.compile(r"percentage points?|百分点|个点|Prozentpunkt|\bpp\b", re.IGNORECASE)
_GROUPED = {True: re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.]|,\d)"),
            False: re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,]|\.\d)")}  # fmt: skip
"""Numbers with separators of thousands, by whether the language has a comma for the fraction."""
_OFFSET = re.compile(r"(?<![A-Za-z])(?:UTC|GMT) ?([+-]) ?(\d{1,2})")
_ZONES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z])(?:UTC|GMT)(?![A-Za-z]| ?[+-])|(?i:greenwich|universal time)|格林[威尼]治|世界(?:协调)?时",
        r"(?<![A-Za-z])E[SD]?T(?![A-Za-z])|(?i:eastern (?:standard |daylight )?time)|东部|美东",
        r"(?<![A-Za-z])P[SD]?T(?![A-Za-z])|(?i:pacific (?:standard |daylight )?time)|太平洋(?:标准|夏令)?时|美西",
        r"(?<![A-Za-z])CES?T(?![A-Za-z])|(?i:central european)|中欧",
        r"(?i:beijing time|china standard time)|北京时间|中国标准时间",
        r"(?<![A-Za-z])JST(?![A-Za-z])|(?i:japan(?:ese)? (?:standard )?time)|(?:日本|东京)(?:标准)?时间",
    )
)


def sign_findings(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """Numbers that have another sign, a percentage that was none, a time in the other half of the day."""
    minor = not {known.view.primary, found.view.primary} <= _KNOWN
    yield from _minus(known, found, at_source, minor=minor)
    yield from _minus(found, known, at_target, minor=minor)
    yield from _percentages(known, found, at_target)
    yield from _percentages(found, known, at_source)
    yield from _versions(known, found)
    yield from _shares(known, found)
    yield from _separators(known, found)
    yield from _zones(known, found)
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


def plus_findings(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """``18+``, ``C++``, ``+49 30 …``, ``±5`` without their signs."""
    for behind in _BEHIND.finditer(known.text):
        more = behind[1][-1].isdigit() and (found.view.primary not in _KNOWN or _OR_MORE.search(found.text))
        if behind[0] not in found.text and behind[1] in found.text and not more:
            yield at_source(FindingKind.NUMBER, known.view, *behind.span())
    for dialled in _DIALLED.finditer(known.text):
        if not re.search(rf"(?:\+|00){dialled[1]}", found.text):
            yield at_source(FindingKind.NUMBER, known.view, *dialled.span())
    if (place := re.search("±", known.text)) and not _EITHER_WAY.search(found.text):
        yield at_source(FindingKind.NUMBER, known.view, *place.span())


def _shares(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """A share of a thousand that was one of a hundred, or the other way round; points of percentage that are none."""
    for kind in (_MILLE, _POINTS):
        place, other = kind.search(known.text), kind.search(found.text)
        if place and not other and _PERCENT.search(_MILLE.sub("", found.text)):
            yield at_source(FindingKind.UNIT, known.view, *place.span())
    other = _MILLE.search(found.text)
    if other and not _MILLE.search(known.text) and _PERCENT.search(known.text):
        yield at_target(FindingKind.UNIT, found.view, *other.span())


def _separators(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """``1.250`` left as it was in a language in which that is one and a quarter."""
    comma = known.view.primary in COMMA_LANGUAGES
    if not known.view.primary or not found.view.primary or comma == (found.view.primary in COMMA_LANGUAGES):
        return
    for number in _GROUPED[comma].finditer(known.text):
        if place := re.search(rf"(?<![\d.,]){re.escape(number[0])}(?!\d)", found.text):
            yield at_target(FindingKind.NUMBER, found.view, *place.span())


def _zones(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """A time in another zone, or without its zone."""
    offsets = {offset.groups() for offset in _OFFSET.finditer(found.text)}
    for offset in _OFFSET.finditer(known.text):
        if offsets and offset.groups() not in offsets:
            yield at_source(FindingKind.DATE, known.view, *offset.span())
    for zone in _ZONES:
        place = zone.search(known.text)
        if place and not zone.search(found.text) and not _OFFSET.search(found.text):
            others = any(one.search(found.text) and not one.search(known.text) for one in _ZONES)
            yield at_source(FindingKind.DATE, known.view, *place.span(), minor=not others)
