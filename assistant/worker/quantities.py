"""A number in a text as a value: what it is worth, of what, how exactly, how sure the text is of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.worker import numerals
from assistant.worker.units import ABOUT, BASE, OVER, UNDER, unit_after

MOST = 40
"""Digits or numerals of one figure: a pattern that may begin at any of them goes no further."""
WHOLE = rf"\d{{1,{MOST}}}"
HAN_NUMBER = (
    rf"[{numerals.CHINESE_SIGNS}](?:[{numerals.CHINESE_SIGNS}万亿兆]|点(?=[零一二三四五六七八九])){{0,{MOST - 1}}}"
)

_TELLING = 3
_LARGE = 10_000
_MORE_AFTER = re.compile(
    r" ?(?:or more|or so|plus\b|\+)|[^，。,.]{0,3}(?:以上|左右|上下)|多(?=[，。、；\s]|$)", re.IGNORECASE
)


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

    @property
    def is_telling(self) -> bool:
        """Whether it is written so exactly, in three digits or more, that it hardly occurs by chance; of a large one,
        such as 61,000, in two."""
        written = self.count or self.bare or self.value
        return len(f"{written:.9g}".replace(".", "").strip("0")) >= (_TELLING if written < _LARGE else _TELLING - 1)


def scaled(figure: Figure, factor: float) -> Figure:
    """``figure`` in the base unit of its kind, multiplied by ``factor``."""
    unit, worth = BASE.get(figure.unit, (figure.unit, 1.0))
    value, step = figure.value * factor * worth, figure.step * factor * worth
    count = figure.value * factor
    return Figure(figure.start, figure.end, value, unit, step, figure.hedge, figure.value, figure.ordinal, count)


def measured(text: str, start: int, end: int, value: float, step: float) -> Figure:
    """A number at ``text[start:end]`` with the unit behind it; ``value`` and ``step`` as they are written."""
    unit, last = unit_after(text, end)
    return scaled(Figure(start, last, value, unit, step, hedge_of(text, start, last)), 1.0)


def of_unit(span: tuple[int, int], value: float, word: str, hedge: Hedge = Hedge.NONE) -> Figure:
    """A number at ``span`` whose unit is ``word``."""
    unit, _ = unit_after({"century": "year", "世纪": "年", "月": "个月", "分": "分钟"}.get(word, word), 0)
    return scaled(Figure(*span, value, unit, hedge=hedge), 1.0)


def share(match: re.Match[str], text: str, value: float, step: float) -> Figure:
    """A share at a match; ``value`` as a fraction of 1."""
    start, end = match.span()
    return Figure(start, end, value, "%", step, hedge_of(text, start, end), value * 100)


def hedge_of(text: str, start: int, end: int) -> Hedge:
    """How sure a text is of the number at ``text[start:end]``, by the words around it."""
    before = text[max(0, start - 18) : start]
    for pattern, hedge in ((ABOUT, Hedge.ABOUT), (OVER, Hedge.OVER), (UNDER, Hedge.UNDER)):
        if pattern.search(before):
            return hedge
    if "个多" in text[start:end]:  # 九个多小时
        return Hedge.OVER
    after = _MORE_AFTER.match(text, end)
    if after:
        return Hedge.ABOUT if after[0].endswith(("so", "左右", "上下")) else Hedge.OVER
    return Hedge.NONE


def value_of(text: str) -> float | None:
    """What a number in digits or in Chinese numerals is worth; None: it is none."""
    return float(text) if text[:1].isdigit() and text.isascii() else numerals.chinese_value(text)


def step_of(digits: str) -> float:
    """The worth of the last digit written; 1 for a whole number, whatever zeros it ends in."""
    _, point, decimals = digits.partition(".")
    return 10.0 ** -len(decimals) if point else 1.0
