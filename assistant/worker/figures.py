"""Numbers and amounts in a text, however they are written: ``1,200,000``, ``1.2 million``, ``120万``, ``四成``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.worker import numerals
from assistant.worker.units import (
    ABOUT,
    BASE,
    BEFORE,
    MEASURES,
    OVER,
    SCALE_WORDS,
    SCALES,
    UNDER,
    same_unit,
    unit_after,
    unit_before,
)

_COMMA = "de fr es it pt nl da sv nb no fi pl cs sk sl hr hu ro bg ru uk el tr id vi ca"
COMMA_LANGUAGES = frozenset(_COMMA.split())
"""Languages that write 1.200,5 for what others write 1,200.5."""


class Hedge(StrEnum):
    """How sure a text is of its number."""

    NONE = ""
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. ``start`` and ``end`` are places in the text, unit and scale included.

    :ivar value: what it is worth in the base unit of its kind; a share of a hundred as a fraction of 1.
    :ivar unit: that base unit (``%``, ``USD``, ``m``), empty for a bare number.
    :ivar step: the worth of its last written digit: ``1.2 million`` is written in steps of 100,000.
    :ivar bare: without its scale word, as it may stand in a table that says "in millions".
    :ivar count: with its scale word, but of the unit that is written, not of the base one.
    :ivar ordinal: ``third``, ``第三``.
    """

    start: int
    end: int
    value: float
    unit: str = ""
    step: float = 0.0
    hedge: Hedge = Hedge.NONE
    bare: float = 0.0
    ordinal: bool = False
    count: float = 0.0

    @property
    def is_weak(self) -> bool:
        """Whether so small a number without a unit occurs in any text by chance."""
        return not self.unit and self.value < 100 and self.value == int(self.value)


_DIGITS = (
    r"(?<![\w.,])(?<![A-Za-z]-)"
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d])"
    r"|\d{1,3}(?:'\d{3})+|\d+(?:\.\d+)?)(?![.]?\d)"
)
_DIGITS_COMMA = (
    r"(?<![\w.,])(?<![A-Za-z]-)"
    r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?: \d{3})+(?:,\d+)?(?!\d)|\d+(?:,\d+)?)(?![.,]?\d)"
)
_DIGITS_HAN = _DIGITS.replace(r"(?<![\w.,])", r"(?<![A-Za-z\d.,])")
_MOST = 40
"""Digits or numerals of one figure: a pattern that may begin at any of them goes no further."""
_WHOLE = rf"\d{{1,{_MOST}}}"
_HAN_NUMBER = (
    rf"[{numerals.CHINESE_SIGNS}](?:[{numerals.CHINESE_SIGNS}万亿兆]|点(?=[零一二三四五六七八九])){{0,{_MOST - 1}}}"
)
_LOOSELY = 0.02  # a third is said of 33 % and of 34 %
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}

_SCALE = rf"(?P<more>[多余来几]?)(?: ?(?P<scale>{SCALES}))?"
_PARTS = "|".join(f"{word}s?" for word in numerals.PARTS if word not in ("half", "halves"))

_PERCENT_HAN = re.compile(rf"(?P<kind>百分之|千分之|万分之)(?P<number>{_HAN_NUMBER}|\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![一二两三四五六七八九十百千万\dA-Za-z])(?P<number>[一二两三四五六七八九\d])成(?P<half>半)?"
                     r"(?P<more>[一二三四五六七八九](?!个|年|月|名|家))?"
                     r"(?![为立员本果功长就熟分群交都])")  # fmt: skip
_FRACTION_HAN = re.compile(rf"(?P<lower>{_HAN_NUMBER}|{_WHOLE})分之(?P<upper>{_HAN_NUMBER}|{_WHOLE})")
_HALF_HAN = re.compile("一半|(?<![一二三四五六七八九十上下大多过])半数|对半|(?P<over>过半数?)")
_FRACTION = re.compile(
    r"(?<!first )(?<!second )(?<!latter )(?<!other )(?<!and a )"
    rf"\b(?:(?P<half>half)(?![- ](?:past|time|an?|hours?|years?|days?|brother|sister|term|life|way)\b|-)|"
    rf"(?P<upper>an?|one|two|three|four|five|seven|eight|nine)[ -](?P<lower>{_PARTS})\b(?= of|,|\.| |$))",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    rf"\b(?P<upper>{'|'.join(list(numerals.ONES)[1:10])}|[1-9])(?: out of| in|-in)[ -](?:every )?"
    r"(?P<lower>three|four|five|six|seven|eight|nine|ten|10|[3-9])\b(?! (?:\w+ )?(?:years|months|days|weeks|hours))",
    re.IGNORECASE,
)
_PART_OF_UNIT = re.compile(
    r"\b(?P<part>half|quarter)(?: of)? an? (?P<unit>century|decade|year|month|day|hour|minute|mile|kilomet(?:er|re))\b"
    r"|(?P<part_zh>半)(?:个)?(?P<unit_zh>世纪|小时|钟头|年(?!级)|天|月|分钟|公里)"
    r"|\b(?P<part_ten>an?|each|every) (?P<unit_ten>century|decade|year|month|week|fortnight|day|hour|minute)\b"
    r"(?P<and_half> and a half\b)?",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(
    rf"(?P<number>[一二两三四五六七八九十\d]{{1,{_MOST}}})(?:个半(?P<unit>小时|月|钟头)|(?P<unit_before>年|天|小时)半)"
)
_TIMES = re.compile(
    r"\b(?P<two>twice|doubl(?:e|ed|es|ing)|twofold)\b|\b(?P<three>tripl(?:e|ed|es|ing)|threefold)\b"
    r"|(?P<two_zh>翻(?:了)?一?[番倍]|加倍)",
    re.IGNORECASE,
)
_SLASH = re.compile(r"(?<![\w/.,-])(?P<upper>[1-9]\d?)/(?P<lower>[1-9]\d{0,2})(?![\w/,-]|\.\d)")
_MIXED = re.compile(rf"(?P<whole>{_WHOLE})?[ ]?(?P<vulgar>[{''.join(_VULGAR)}])")
_RANKS = "|".join(word for word in numerals.ORDINALS if word not in ("first", "second"))
_ORDINAL = re.compile(
    rf"\b(?:(?P<number>\d+)(?:st|nd|rd|th)|(?P<word>{_RANKS}))\b",
    re.IGNORECASE,
)
_ROMAN = re.compile(
    r"(?:(?<=[\w.] )(?=[IVX]{2})|\b(?:Chapter|Volume|Article|Section|Phase|Stage|Annex|Title|Part|Book|Tier|War|Act) )"
    r"(?P<number>(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX]))\b"
)
_ORDINAL_HAN = re.compile(rf"第(?P<number>{_HAN_NUMBER}|{_WHOLE}(?![\d.]*\d))")
_DIGIT_FORMS = {
    comma: re.compile(rf"(?P<before>{BEFORE})?(?P<number>{digits}){_SCALE}", re.IGNORECASE)
    for comma, digits in ((False, _DIGITS), (True, _DIGITS_COMMA))
}
_DIGITS_EAST = re.compile(rf"(?P<before>{BEFORE})?(?P<number>{_DIGITS_HAN}){_SCALE}", re.IGNORECASE)
_IN_HAN = re.compile(rf"(?P<number>{_HAN_NUMBER})(?P<more>[多余来几]?)(?P<scale>[万亿兆]+)?")
_VAGUE_HAN = re.compile("[几数多]$")

_MORE_AFTER = re.compile(r" ?(?:or more|or so|plus\b|\+)|[^，。,.]{0,3}(?:以上|左右|上下)", re.IGNORECASE)


def figures(text: str, *, language: str = "", taken: Iterable[tuple[int, int]] = ()) -> list[Figure]:
    """Numbers in ``text`` (as ``characters.even`` gives it), in order.

    :param language: BCP 47; it tells what a comma and a point between digits mean.
    :param taken: stretches (dates) that hold no numbers of their own.
    """
    busy = bytearray(len(text))
    for start, end in taken:
        busy[start:end] = b"\1" * (end - start)
    found: list[Figure] = []
    for figure in _all(text, language.partition("-")[0]):
        if not any(busy[figure.start : figure.end]):
            found.append(figure)
            busy[figure.start : figure.end] = b"\1" * (figure.end - figure.start)
    return _ranges(text, sorted(found, key=lambda one: one.start))


def _all(text: str, language: str) -> Iterator[Figure]:
    east = any(sign > "ᄀ" for sign in text)
    if east:
        yield from _shares_in_chinese(text)
    yield from _fractions(text)
    for match in _ORDINAL.finditer(text):
        value = float(match["number"] or numerals.ORDINALS[match["word"].lower()])
        yield Figure(*match.span(), value, ordinal=True, bare=value)
    for match in _ROMAN.finditer(text):
        place = float(numerals.roman_value(match["number"]))
        yield Figure(*match.span("number"), place, ordinal=True, bare=place)
    if east:
        for match in _ORDINAL_HAN.finditer(text):
            rank = _value(match["number"])
            if rank is not None:
                yield Figure(*match.span(), rank, ordinal=True, bare=rank)
    pattern = _DIGITS_EAST if east else _DIGIT_FORMS[language in COMMA_LANGUAGES]
    for match in pattern.finditer(text):
        yield _from_digits(match, text, comma=language in COMMA_LANGUAGES and not east)
    yield from _words(text)
    if east:
        yield from _chinese_numbers(text)


def _shares_in_chinese(text: str) -> Iterator[Figure]:
    for match in _PERCENT_HAN.finditer(text):
        value = _value(match["number"])
        whole = {"百": 100.0, "千": 1000.0, "万": 10000.0}[match["kind"][0]]
        if value is not None:
            yield _share(match, text, value / whole, _step_of(match["number"]) / whole)
    for match in _FRACTION_HAN.finditer(text):
        upper, lower = _value(match["upper"]), _value(match["lower"])
        if upper is not None and lower:
            yield _share(match, text, upper / lower, _LOOSELY)
    for match in _TENTHS.finditer(text):
        tenths = (_value(match["number"]) or 0) + (0.5 if match["half"] else 0)
        more = numerals.CHINESE_DIGITS.get(match["more"] or "", 0) / 10
        yield _share(match, text, (tenths + more) / 10, 0.01 if match["more"] or match["half"] else 2 * _LOOSELY)
    for match in _HALF_HAN.finditer(text):
        if match["over"]:
            yield Figure(*match.span(), 0.5, "%", 0.0, Hedge.OVER, 50.0)
        else:
            yield _share(match, text, 0.5, 0.0)


def _share(match: re.Match[str], text: str, value: float, step: float) -> Figure:
    start, end = match.span()
    return Figure(start, end, value, "%", step, _hedge(text, start, end), value * 100)


def _fractions(text: str) -> Iterator[Figure]:
    for match in _AND_A_HALF.finditer(text):
        value = _value(match["number"])
        if value is not None:
            yield _of_unit(match.span(), value + 0.5, match["unit"] or match["unit_before"])
    for match in _PART_OF_UNIT.finditer(text):
        part = {"half": 0.5, "半": 0.5, "quarter": 0.25}.get((match["part"] or match["part_zh"] or "").lower(), 1.0)
        part += 0.5 if match["and_half"] else 0.0
        unit = (match["unit"] or match["unit_zh"] or match["unit_ten"]).lower()
        yield _of_unit(match.span(), part * (100.0 if unit in ("century", "世纪") else 1.0), unit)
    for match in _TIMES.finditer(text):
        times = 3.0 if match["three"] else 2.0
        yield Figure(*match.span(), times, "times", bare=times)
    for match in _FRACTION.finditer(text):
        lower = (match["lower"] or "").lower()
        below = numerals.PARTS.get(lower) or numerals.PARTS.get(lower.removesuffix("s"), 2)
        upper = {"a": 1, "an": 1}.get((match["upper"] or "a").lower()) or numerals.ONES[match["upper"].lower()]
        if upper < below:
            yield _share(match, text, upper / below, 0.0 if below == 2 else _LOOSELY)
    for match in _OUT_OF.finditer(text):
        upper, lower = _small(match["upper"]), _small(match["lower"])
        if upper < lower:
            yield _share(match, text, upper / lower, _LOOSELY)
    for match in _SLASH.finditer(text):
        if int(match["upper"]) < int(match["lower"]):
            yield _share(match, text, int(match["upper"]) / int(match["lower"]), _LOOSELY)
    for match in _MIXED.finditer(text):
        above, below = _VULGAR[match["vulgar"]]
        if match["whole"]:
            yield _figure(text, *match.span(), int(match["whole"]) + above / below, 0.0)
        else:
            yield _share(match, text, above / below, 0.0)


def _of_unit(span: tuple[int, int], value: float, word: str) -> Figure:
    unit, _ = unit_after({"century": "year", "世纪": "年", "月": "个月"}.get(word, word), 0)
    return _scaled(Figure(*span, value, unit), 1.0)


def _small(word: str) -> int:
    return int(word) if word.isdigit() else numerals.ONES[word.lower()]


def _from_digits(match: re.Match[str], text: str, *, comma: bool) -> Figure:
    digits = match["number"]
    written = digits.replace(" ", "").replace("'", "")
    written = written.replace(".", "").replace(",", ".") if comma else written.replace(",", "")
    value, step = abs(float(written)), _step_of(written)
    start, end = match.span()
    scale, currency = match["scale"], match["before"] or ""
    before, unit = unit_before(currency), ""
    if scale and len(scale) == 1 and scale in "mMbBtT" and not before:
        unit_here, _ = unit_after(text, match.end("number"))
        if unit_here:  # "5 m" is a length, "$5 m" a sum
            scale, end = None, match.end("number")
    factor = 1.0
    if scale:
        factor = SCALE_WORDS[scale.lower()]
        next_scale = re.compile(rf" ?({SCALES})").match(text, end)
        if next_scale and next_scale[1].lower() in SCALE_WORDS and len(next_scale[1]) > 2:
            factor, end = factor * SCALE_WORDS[next_scale[1].lower()], next_scale.end()
    unit, end = (before, end) if before else unit_after(text, end)
    hedge = Hedge.OVER if match["more"] in ("多", "余") else _hedge(text, start, end)
    return _scaled(Figure(start, end, value, unit, step, hedge), factor)


def _scaled(figure: Figure, factor: float) -> Figure:
    """``figure`` in the base unit of its kind, multiplied by ``factor``."""
    unit, worth = BASE.get(figure.unit, (figure.unit, 1.0))
    value, step = figure.value * factor * worth, figure.step * factor * worth
    count = figure.value * factor
    return Figure(figure.start, figure.end, value, unit, step, figure.hedge, figure.value, figure.ordinal, count)


def _figure(text: str, start: int, end: int, value: float, step: float) -> Figure:
    unit, last = unit_after(text, end)
    return _scaled(Figure(start, last, value, unit, step, _hedge(text, start, last)), 1.0)


def _words(text: str) -> Iterator[Figure]:
    for match in numerals.ENGLISH.finditer(text):
        value = numerals.english_value(match[0])
        if value is None:
            continue
        figure = _figure(text, *match.span(), value, 0.0)
        if value != 1 or figure.unit:  # "one of them" counts nothing
            yield figure


def _chinese_numbers(text: str) -> Iterator[Figure]:
    for match in _IN_HAN.finditer(text):
        start, end = match.span()
        whole = match["number"] + (match["scale"] or "")
        value = numerals.chinese_value(whole)
        if value is None or _VAGUE_HAN.search(text[max(0, start - 1) : start]) or match["more"] in ("来", "几"):
            continue
        figure = _figure(text, start, end, value, 0.0)
        if figure.unit or _counts(text, whole, end):
            hedge = Hedge.OVER if match["more"] else figure.hedge
            yield replace(figure, start=start, step=0.0, hedge=hedge)


def _counts(text: str, number: str, end: int) -> bool:
    """Whether Chinese numerals count something, and are no part of a word (``一起``, ``三明治``, ``四川``)."""
    if len(number) >= 2 and any(sign in numerals.CHINESE_UNITS or sign in "万亿" for sign in number):
        return True
    return text[end : end + 1] in MEASURES and number != "一"


def _hedge(text: str, start: int, end: int) -> Hedge:
    before = text[max(0, start - 18) : start]
    for pattern, hedge in ((ABOUT, Hedge.ABOUT), (OVER, Hedge.OVER), (UNDER, Hedge.UNDER)):
        if pattern.search(before):
            return hedge
    after = _MORE_AFTER.match(text, end)
    if after:
        return Hedge.ABOUT if after[0].endswith(("so", "左右", "上下")) else Hedge.OVER
    return Hedge.NONE


def _value(text: str) -> float | None:
    return float(text) if text[:1].isdigit() and text.isascii() else numerals.chinese_value(text)


def _step_of(digits: str) -> float:
    """The worth of the last digit written; 1 for a whole number, whatever zeros it ends in."""
    _, point, decimals = digits.partition(".")
    return 10.0 ** -len(decimals) if point else 1.0


_RANGE = re.compile(r" ?(?:-|~|to|bis|à|a|and|und|et|y|至|到|和) ?")


def _ranges(text: str, found: list[Figure]) -> list[Figure]:
    """In ``3-5 million euros`` the first number has the scale and the unit of the second."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        if first.unit or second.start <= first.end or not _RANGE.fullmatch(text, first.end, second.start):
            continue
        sign = text[first.end : second.start].strip()
        before = text[max(0, first.start - 12) : first.start]
        if sign in ("and", "und", "et", "y", "和") and not re.search("between|zwischen|entre|在", before):
            continue
        factor = second.value / second.bare if second.bare and first.value == first.bare else 1.0
        if second.unit or factor != 1.0:
            value, step = first.value * factor, first.step * factor
            count = first.bare * second.count / second.bare if factor != 1.0 else first.count
            found[index] = replace(first, value=value, unit=second.unit, step=step, count=count)
    return found


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
        if tables and (claim.unit or claim.bare != claim.value):
            for known in self.between(claim.bare, claim.bare):
                if not known.unit and known.value >= 10:
                    yield known

    def _ages(self, claim: Figure) -> Iterator[Figure]:
        """``aged 18`` for ``18岁`` and the other way round: an age often goes without its unit."""
        if claim.unit == "month" and claim.bare >= 10:
            yield from (known for known in self.between(claim.bare, claim.bare) if not known.unit)
        elif not claim.unit and claim.bare == claim.value >= 10:
            yield from (known for known in self.between(claim.value * 12, claim.value * 12) if known.unit == "month")


def _span(claim: Figure) -> tuple[float, float]:
    """Which values ``claim`` may be said of."""
    value, half = claim.value, claim.step / 2
    if claim.step == 1.0 and claim.value == claim.bare:
        half = 0.0  # written in full: no rounding is said
    if claim.hedge is Hedge.ABOUT:
        return value - max(half, 0.05 * value), value + max(half, 0.05 * value)
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
