"""Numbers and amounts in a text, however they are written: ``1,200,000``, ``1.2 million``, ``120万``, ``四成``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.worker import numerals
from assistant.worker.quantities import HAN_NUMBER, WHOLE, Figure, Hedge, hedge_of, measured, scaled, step_of, value_of
from assistant.worker.shares import fractions, shares_in_chinese
from assistant.worker.units import BASE, BEFORE, MEASURES, SCALE_WORDS, SCALES, unit_after, unit_before

_COMMA = "de fr es it pt nl da sv nb no fi pl cs sk sl hr hu ro bg ru uk el tr id vi ca"
COMMA_LANGUAGES = frozenset(_COMMA.split())
"""Languages that write 1.200,5 for what others write 1,200.5."""

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
_SCALE = rf"(?P<more>[多余来几]?)(?: ?(?P<scale>{SCALES}))?"
_RANKS = "|".join(word for word in numerals.ORDINALS if word not in ("first", "second"))
_ORDINAL = re.compile(
    rf"\b(?:(?P<number>\d+)(?:st|nd|rd|th)|(?P<word>{_RANKS}))\b",
    re.IGNORECASE,
)
_ROMAN = re.compile(
    r"(?:(?<=[\w.] )(?=[IVX]{2})|\b(?:Chapter|Volume|Article|Section|Phase|Stage|Annex|Title|Part|Book|Tier|War|Act"
    r"|[A-Z][a-z]{3,}(?= [VX]\b)) )"
    r"(?P<number>(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX]))\b"
)
_ORDINAL_HAN = re.compile(rf"第(?P<number>{HAN_NUMBER}|{WHOLE}(?![\d.]*\d))(?P<scale>[万亿])?")
_DIGIT_FORMS = {
    comma: re.compile(rf"(?P<before>{BEFORE})?(?P<number>{digits}){_SCALE}", re.IGNORECASE)
    for comma, digits in ((False, _DIGITS), (True, _DIGITS_COMMA))
}
_DIGITS_EAST = re.compile(rf"(?P<before>{BEFORE})?(?P<number>{_DIGITS_HAN}){_SCALE}", re.IGNORECASE)
_IN_HAN = re.compile(rf"(?P<number>{HAN_NUMBER})(?P<more>[多余来几]?)(?P<scale>[万亿兆]+)?")
_TAIL_HAN = re.compile(
    rf"(?P<whole>{HAN_NUMBER}|{WHOLE})(?P<unit>[元块米])(?P<tenth>[一二三四五六七八九1-9])"
    rf"(?:[角毛](?:(?P<hundredth>[一二三四五六七八九1-9])分?)?|(?![角毛{numerals.CHINESE_SIGNS}万亿\d.年月日天成{''.join(MEASURES)}]))"
)
_PENCE = re.compile(rf"\b(?P<number>{'|'.join(list(numerals.ONES)[1:13])})pence\b", re.IGNORECASE)
_SCORE = re.compile(
    r"(?<![一二三四五六七八九十百千])(?P<one>[零一二两三四五六七八九十]{1,3})比(?P<other>[零一二三四五六七八九十]{1,3})"
    r"(?![百千万例较如重价率作方])"
)
_REIGN = re.compile(
    r"(?<=[\u4e00-\u9fff])(?P<number>[一二三四五六七八九]|十[一二三四五六七八九]?)世(?![纪界代家人间故事面道])"
)
_JIN = re.compile(
    rf"(?P<jin>{HAN_NUMBER}|{WHOLE})斤(?P<liang>[一二三四五六七八九1-9])两|(?<![{numerals.CHINESE_SIGNS}\d])"
    rf"(?P<only>[一二三四五六七八九十1-9])两(?![{numerals.CHINESE_SIGNS}\d个名位只次种张条家者边岸])"
)
_MIXED_HAN = re.compile(
    r"(?<![\d.,])(?=\d)(?:\d{1,4}亿)?(?:\d{1,4}(?:千(?:\d百)?|百)?万)?"
    r"(?:(?<=万)\d{4}(?![\d.,])|(?:零?\d千(?![瓦克米卡焦赫伏帕牛]))?(?:零?\d百(?![万亿]))?)"
)
_GROUPS = re.compile(r"\d+")
_HOURS_MINUTES = re.compile(rf"(?P<hours>{HAN_NUMBER}|{WHOLE})个?小时(?P<minutes>{HAN_NUMBER}|{WHOLE})分(?!钟|之)")
_POINTS = re.compile("分(?=[，。、；：）\\s]|$)")
_VAGUE_HAN = re.compile("(?:[几数]|(?<![最至许])多)$")


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
    found = [_without_unit(text, one) for one in found]
    return _compounds(text, _ranges(text, sorted(found, key=lambda one: one.start)))


def _all(text: str, language: str) -> Iterator[Figure]:
    east = any(sign > "ᄀ" for sign in text)
    if east:
        yield from shares_in_chinese(text)
        yield from _with_tails(text)
    yield from fractions(text)
    for match in _ORDINAL.finditer(text):
        value = float(match["number"] or numerals.ORDINALS[match["word"].lower()])
        yield Figure(*match.span(), value, ordinal=True, bare=value)
    for match in _ROMAN.finditer(text):
        place = float(numerals.roman_value(match["number"]))
        yield Figure(*match.span("number"), place, ordinal=True, bare=place)
    if east:
        for match in _ORDINAL_HAN.finditer(text):
            rank = value_of(match["number"])
            if rank is not None:
                rank *= numerals.CHINESE_SCALES.get(match["scale"] or "", 1.0)
                yield Figure(*match.span(), rank, ordinal=True, bare=rank)
        yield from _scores_and_reigns(text)
    pattern = _DIGITS_EAST if east else _DIGIT_FORMS[language in COMMA_LANGUAGES]
    for match in pattern.finditer(text):
        yield _from_digits(match, text, comma=language in COMMA_LANGUAGES and not east)
    yield from _words(text)
    if east:
        yield from _chinese_numbers(text)


def _from_digits(match: re.Match[str], text: str, *, comma: bool) -> Figure:
    digits = match["number"]
    written = digits.replace(" ", "").replace("'", "")
    written = written.replace(".", "").replace(",", ".") if comma else written.replace(",", "")
    value, step = abs(float(written)), step_of(written)
    start, end = match.span()
    scale, currency = match["scale"], match["before"] or ""
    before, unit = unit_before(currency), ""
    if (
        scale
        and len(scale) == 1
        and scale in "mMbBtT"
        and not before
        and not _SUM_BEFORE.search(text, max(0, start - _SUM), start)
    ):
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
    hedge = Hedge.OVER if match["more"] in ("多", "余") else hedge_of(text, start, end)
    return scaled(Figure(start, end, value, unit, step, hedge), factor)


def _words(text: str) -> Iterator[Figure]:
    for match in _PENCE.finditer(text):
        yield scaled(Figure(*match.span(), numerals.ONES[match["number"].lower()], "pence"), 1.0)
    for match in numerals.ENGLISH.finditer(text):
        value = numerals.english_value(match[0])
        if value is None:
            continue
        figure = measured(text, *match.span(), value, 0.0)
        if value != 1 or figure.unit:  # "one of them" counts nothing
            yield figure


def _scores_and_reigns(text: str) -> Iterator[Figure]:
    """``三比二`` and ``克里斯蒂安四世``, whose numerals count nothing."""
    for match in _SCORE.finditer(text):
        for name in ("one", "other"):
            value = value_of(match[name])
            if value is not None:
                yield Figure(*match.span(name), value, bare=value, count=value)
    for match in _REIGN.finditer(text):
        place = value_of(match["number"]) or 0.0
        yield Figure(*match.span("number"), place, ordinal=True, bare=place)


def _with_tails(text: str) -> Iterator[Figure]:
    """``6万1千``, ``一元二角``, ``一米二``."""
    for match in _MIXED_HAN.finditer(text):
        if len(_GROUPS.findall(match[0])) > 1:
            yield measured(text, *match.span(), numerals.mixed_value(match[0]), 0.0)
    for match in _JIN.finditer(text):
        liang = value_of(match["liang"] or match["only"]) or 0.0
        yield scaled(Figure(*match.span(), (value_of(match["jin"] or "零") or 0.0) + liang / 10, "jin"), 1.0)
    for match in _HOURS_MINUTES.finditer(text):
        hours, minutes = value_of(match["hours"]), value_of(match["minutes"])
        if hours is not None and minutes is not None:
            yield scaled(Figure(*match.span(), hours + minutes / 60, "h"), 1.0)
    for match in _TAIL_HAN.finditer(text):
        value = value_of(match["whole"])
        if value is not None:
            value += (value_of(match["tenth"]) or 0) / 10 + (value_of(match["hundredth"] or "零") or 0) / 100
            yield scaled(Figure(*match.span(), value, "m" if match["unit"] == "米" else "CNY"), 1.0)


def _chinese_numbers(text: str) -> Iterator[Figure]:
    for match in _IN_HAN.finditer(text):
        start, end = match.span()
        whole = match["number"] + (match["scale"] or "")
        value = numerals.chinese_value(whole)
        if value is None or _VAGUE_HAN.search(text[max(0, start - 2) : start]) or match["more"] in ("来", "几"):
            continue
        figure = measured(text, start, end, value, 0.0)
        if figure.unit or _counts(text, whole, end):
            hedge = Hedge.OVER if match["more"] else figure.hedge
            yield replace(figure, start=start, step=0.0, hedge=hedge)


def _counts(text: str, number: str, end: int) -> bool:
    """Whether Chinese numerals count something, and are no part of a word (``一起``, ``三明治``, ``四川``)."""
    if len(number) >= 2 and any(sign in numerals.CHINESE_UNITS or sign in "万亿" for sign in number):
        return True
    return (text[end : end + 1] in MEASURES or _POINTS.match(text, end) is not None) and number != "一"


_NO_SPAN = re.compile(r"(?P<rank>第\d+(?:至|到|-|~))$|公元前(?:[^，。；]{0,12}(?:至|到|-|~))?$")
_TWICE = ("两度", "二度", "三度")
_NO_SPAN_REACH = 20  # characters


def _without_unit(text: str, figure: Figure) -> Figure:
    """``公元前2700年``, ``第42至54分钟`` and ``五年级`` are no spans of time, ``两度`` no angle."""
    written = text[figure.start : figure.end]
    before = _NO_SPAN.search(text[max(0, figure.start - _NO_SPAN_REACH) : figure.start])
    grade = written.endswith("年") and text.startswith("级", figure.end)
    if not (before or grade or written in _TWICE) or not figure.unit:
        return figure
    ordinal = bool(before and before["rank"]) or figure.ordinal
    return replace(figure, value=figure.count, unit="", bare=figure.count, ordinal=ordinal)


_SUM = 24  # characters of a sum before another one
_SUM_BEFORE = re.compile(r"[$€£¥]\d[\d.,]* ?(?:-|~|to) ?$")
_RANGE = re.compile(r" ?(?:-|~|to|bis|à|a|and|und|et|y|至|到|和) ?")


def _ranges(text: str, found: list[Figure]) -> list[Figure]:
    """In ``3-5 million euros`` the first number has the scale and the unit of the second."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        if _is_scaled_sum(first, second) and _RANGE.fullmatch(text, first.end, second.start):
            factor = second.count / second.bare
            found[index] = replace(
                first, value=first.value * factor, step=first.step * factor, count=first.bare * factor
            )
            found[index + 1] = replace(second, unit=first.unit)
            continue
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


def _is_scaled_sum(first: Figure, second: Figure) -> bool:
    """``$3-5 million``: the first has the currency, the second the scale."""
    return bool(first.unit) and first.unit not in BASE and first.count == first.bare and (
        second.unit in ("", first.unit) and 0 < second.bare < second.count
    )  # fmt: skip


_AND = re.compile(r" ?(?:and|und|et|y|零|又|,)? ?")


def _compounds(text: str, found: list[Figure]) -> list[Figure]:
    """``two hours and ten minutes``, ``3年2个月`` are one figure."""
    joined: list[Figure] = []
    for second in found:
        first = joined[-1] if joined else None
        if first and _is_smaller_part(first, second) and _AND.fullmatch(text, first.end, second.start):
            value = first.value + second.value
            count = value * second.count / second.value
            joined[-1] = replace(first, end=second.end, value=value, step=second.step, bare=count, count=count)
        else:
            joined.append(second)
    return joined


def _is_smaller_part(first: Figure, second: Figure) -> bool:
    """Whether both are spans of time, and the second less than one unit of the first."""
    if first.unit != second.unit or first.unit not in ("s", "month") or not (first.count and second.value):
        return False
    return second.value < first.value / first.count and second.count > 0
