"""Codes of a translation put right where they are not those of its source: no markup is lost, doubled or crossed."""

from __future__ import annotations

import re

from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code, without_codes
from assistant.documents.translating.cutting import partner
from assistant.documents.translating.wrapping import join_between

_BREAK = re.compile(r"(\S)[^\S\n]*\n\s*(\S)")


def fitted(text: str, source: str) -> str:
    """``text`` with exactly the codes of ``source``: as they are if they are right, else put in by their position.

    A line break where the source has none at all becomes a space.
    """
    text = text.strip()
    if "\n" in text and "\n" not in source:
        text = _BREAK.sub(_joined, text)
    wanted = [one for one in source if is_code(one)]
    given = [one for one in text if is_code(one)]
    if not wanted:
        return without_codes(text) if given else text
    if sorted(wanted) == sorted(given) and _in_order(text, source):
        return text
    return _by_position(without_codes(text), source)


def _joined(found: re.Match[str]) -> str:
    return found[1] + join_between(found[1], found[2]) + found[2]


def _in_order(text: str, source: str) -> bool:
    """Do pairs end in ``text`` after they begin, none across another, and halves in the order that they have?"""
    opened: list[str] = []
    halves: list[str] = []
    for one in text:
        if not is_code(one) or ord(one) >= ALONE:
            continue
        if partner(one) not in source:
            if opened:
                return False
            halves.append(one)
        elif ord(one) < CLOSE:
            opened.append(one)
        elif not opened or opened.pop() != partner(one):
            return False
    return not opened and halves == [one for one in source if OPEN <= ord(one) < ALONE and partner(one) not in source]


def _by_position(text: str, source: str) -> str:
    """The codes of ``source`` in their order, each about as far into ``text`` as it is into the source."""
    length = max(1, len(without_codes(source)))
    pieces: list[str] = []
    at = seen = 0
    for one in source:
        if not is_code(one):
            seen += 1
            continue
        place = len(text) if seen == length else _between_words(text, max(at, round(seen / length * len(text))))
        pieces += (text[at:place], one)
        at = place
    return "".join([*pieces, text[at:]])


def _between_words(text: str, at: int) -> int:
    """The next place from ``at`` on where no word of letters is cut."""
    while 0 < at < len(text) and text[at - 1].isascii() and text[at].isascii() and text[at].isalnum():
        at += 1
    return at
