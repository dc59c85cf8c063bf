"""Small numbers that a source does not write as numbers: how many things it lists, and numerals that count nothing
known. A summary says ``three countries`` where the source names them, and ``7下`` where it says ``七声``."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.worker import numerals

_LEAST, _MOST = 3, 20  # things of a list
_SHORT = 5  # words of one of them
_SHORT_HAN = 12  # or characters
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_CLAUSE_END = re.compile(r"[.;:!?。；：！？，\n]")
_CLAUSE_END_WEST = re.compile(r"[.;:!?\n]")
_BETWEEN = re.compile(r"((?:, ?| )(?:and|or) |, )")
_BETWEEN_HAN = re.compile(r"(、|以及|[和及与])")
_ONE = re.compile(r"\b(?:one|once|single|sole|only)\b|[比对:]一|一[比个票名位件次家]", re.IGNORECASE)
_SIGNS = f"{numerals.CHINESE_SIGNS}万亿"


def listed(sentence: str) -> set[int]:
    """How many things the lists of a sentence (as ``characters.even`` gives it) name; lists of two say little."""
    plain = _ASIDE.sub("", sentence)
    found: set[int] = set()
    if "、" in plain:
        for clause in _CLAUSE_END.split(plain):
            found |= _runs(_BETWEEN_HAN.split(clause), ("、",), lambda item: len(item) <= _SHORT_HAN)
    if ", " in plain:
        for clause in _CLAUSE_END_WEST.split(plain):
            found |= _runs(_BETWEEN.split(clause), (", ",), lambda item: len(item.split()) <= _SHORT)
    return {size for size in found if _LEAST <= size <= _MOST}


def _runs(pieces: list[str], commas: tuple[str, ...], is_short: Callable[[str], bool]) -> set[int]:
    """How many things each list has: between commas, the last behind an ``and`` if there is one.

    :param pieces: of a clause: things, and between them what separates them. The clause goes on around its lists, so
        that the first and the last thing may be long.
    """
    found: set[int] = set()
    size = 1
    for place in range(1, len(pieces), 2):
        size += 1
        ends = pieces[place] not in commas or place + 2 >= len(pieces)
        if ends or not is_short(pieces[place + 1]):
            found.add(size)
            size = 1
    return found


def is_spelled(value: float, text: str) -> bool:
    """Whether a whole number stands in ``text`` as a word that was not read as a number there."""
    if value != int(value) or not 0 < value < 10_000:
        return False
    if value == 1:
        return _ONE.search(text) is not None
    forms = "|".join(_forms(int(value)))
    return re.search(f"(?<![{_SIGNS}第几])(?:{forms})(?![{_SIGNS}])", text) is not None


def _forms(value: int) -> list[str]:
    """``value`` in Chinese numerals: one way, and with 两 where that is usual too."""
    digits = "零一二三四五六七八九"
    text = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += digits[digit] + sign
        elif text and value % unit and not text.endswith("零"):
            text += "零"
    if 10 <= value < 20:
        text = text.removeprefix("一")
    return [text, re.sub("二(?=[千百])", "两", text)] if value != 2 else ["二", "两"]
