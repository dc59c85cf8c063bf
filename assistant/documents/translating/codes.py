"""Codes of a translation put right where they are not those of its source: no markup is lost, doubled or crossed."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from assistant.base.scripts import EASTERN
from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code, without_codes
from assistant.documents.translating.cutting import partner
from assistant.documents.translating.wrapping import join_between

_SPACE = re.compile(r"\s+")
_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNIT = re.compile(f"\\s*(?:[{EASTERN}]|[^\\s{EASTERN}]+)")


def fitted(text: str, source: str, breaks: Container[str] = ()) -> str:
    """``text`` with exactly the codes of ``source``: as they are if they are right, else put in by their position.

    A line break where the source has none at all becomes a space.

    :param breaks: codes that are line breaks: they stay between words.
    """
    text = text.strip()
    if _BREAKS.search(text) and not _BREAKS.search(source):
        text = _SPACE.sub(_joined, text)
    wanted = [one for one in source if is_code(one)]
    given = [one for one in text if is_code(one)]
    if not wanted:
        return without_codes(text) if given else text
    if sorted(wanted) == sorted(given) and _in_order(text, source, breaks):
        return text
    return _by_position(without_codes(text).strip(), source, breaks)


def _joined(found: re.Match[str]) -> str:
    """White space inside a text, without the line breaks in it."""
    if not _BREAKS.search(found[0]):
        return found[0]
    return join_between(found.string[found.start() - 1], found.string[found.end()])


def _in_order(text: str, source: str, breaks: Container[str]) -> bool:
    """Do pairs end in ``text`` after they begin, none across another, and halves in the order that they have?

    A pair that has words in the source must have some, and a line break must be between words.
    """
    opened: list[str] = []
    halves: list[str] = []
    for at, one in enumerate(text):
        if not is_code(one):
            continue
        if one in breaks and not (_has_words(text[:at]) and _has_words(text[at:])):
            return False
        if ord(one) >= ALONE:
            continue
        if partner(one) not in source:
            if opened:
                return False
            halves.append(one)
        elif ord(one) < CLOSE:
            opened.append(one)
        elif not opened or opened.pop() != partner(one) or (not _inside(text, one) and _inside(source, one)):
            return False
    return not opened and halves == [one for one in source if OPEN <= ord(one) < ALONE and partner(one) not in source]


def _has_words(text: str) -> bool:
    return bool(without_codes(text).strip())


def _inside(text: str, close: str) -> bool:
    """Are there words, or something that stands for them, in the pair that ``close`` ends?"""
    inside = text[text.index(partner(close)) : text.index(close)]
    return _has_words(inside) or any(ord(one) >= ALONE for one in inside if is_code(one))


def _by_position(text: str, source: str, breaks: Container[str]) -> str:
    """The codes of ``source`` in their order, each about as far into ``text`` as it is into the source."""
    ends = [0, *(found.end() for found in _UNIT.finditer(text))]
    length = max(1, len(without_codes(source)))
    codes: list[str] = []
    places: list[int] = []  # how many of the text's words come before each
    seen = 0
    for one in source:
        if is_code(one):
            codes.append(one)
            places.append(round(seen / length * (len(ends) - 1)))
        else:
            seen += 1
    _spread(codes, places, source, (len(ends) - 1, breaks))
    pieces: list[str] = []
    at = 0
    for code, place in zip(codes, places, strict=True):
        stop = ends[place]
        if OPEN <= ord(code) < CLOSE:
            stop += len(text[stop:]) - len(text[stop:].lstrip())
        pieces += (text[at : max(at, stop)], code)
        at = max(at, stop)
    return "".join([*pieces, text[at:]])


def _spread(codes: Sequence[str], places: list[int], source: str, rest: tuple[int, Container[str]]) -> None:
    """Move places apart where something has to be between two codes, as far as there are words.

    :param rest: how many words there are, and which codes are line breaks.
    """
    most, breaks = rest
    number = {code: at for at, code in enumerate(codes)}
    for at, code in enumerate(codes):
        places[at] = max(places[at], places[at - 1] if at else 0, 1 if code in breaks else 0)
        opening = number.get(partner(code), -1) if CLOSE <= ord(code) < ALONE else -1
        if opening >= 0 and places[at] <= places[opening] and _inside(source, code):
            places[at] = places[opening] + 1
    for at in range(len(codes) - 1, -1, -1):
        code = codes[at]
        following = places[at + 1] if at + 1 < len(codes) else most
        places[at] = max(0, min(places[at], following, most - 1 if code in breaks else most))
        closing = number.get(partner(code), -1) if OPEN <= ord(code) < CLOSE else -1
        if closing >= 0 and places[at] >= places[closing] and _inside(source, codes[closing]):
            places[at] = max(0, places[closing] - 1)
