"""Lines of a width: joined where they were broken to fit, and broken again."""

from __future__ import annotations

import re
import unicodedata

from assistant.base.scripts import EASTERN, is_eastern
from assistant.documents.segments import is_code

_WIDE = frozenset("WF")
_NO_START = frozenset("，。、；：？！）」』】〕》〉”’…—～·％,.;:?!)]}%ー々〻っッゃゅょャュョ")
_NO_END = frozenset("（「『【〔《〈“‘([{")
_UNITS = re.compile(f"\\s+|[^\\s{EASTERN}]+|[{EASTERN}]")


def width(text: str) -> int:
    """Columns that a line takes: Chinese, Japanese and Korean characters take two."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or is_code(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def join_between(last: str, following: str) -> str:
    """What stands for a line break between these two characters: nothing between two Chinese ones."""
    return "" if is_eastern(last) and is_eastern(following) else " "


def wrapped(text: str, columns: int) -> list[str]:
    """``text`` in lines of at most so many columns, as far as it can be broken; at least one."""
    lines: list[str] = []
    line = ""
    size = 0
    for unit in _units(text):
        wide = width(unit)
        if line and size + width(unit.rstrip()) > columns and not unit.isspace():
            lines.append(line.rstrip())
            line, size = "", 0
        if line or not unit.isspace():
            line += unit
            size += wide
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _units(text: str) -> list[str]:
    """What must not be broken: words, and Chinese characters with the marks that cannot begin or end a line."""
    units: list[str] = []
    for found in _UNITS.finditer(text):
        unit = found[0]
        if units and not unit.isspace() and not units[-1].isspace():
            if (unit[0] in _NO_START or units[-1][-1] in _NO_END) and len(units[-1]) < 12:
                units[-1] += unit
                continue
            if units[-1][-1] == "-" or not (is_eastern(unit[0]) or is_eastern(units[-1][-1])):
                units[-1] += unit
                continue
        units.append(unit)
    return units
