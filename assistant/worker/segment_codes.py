"""Whether the codes of a segment (bold, links, pictures: see ``documents.segments``) are in its translation, each as
often as in the source, and none across another."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, Finding, FindingKind, codes_of, without_codes

_QUOTED = 60  # characters of a stretch that a finding quotes


def code_findings(source: str, target: str) -> Iterator[Finding]:
    """What is wrong with the codes of ``target``: missing, doubled, unknown, crossed, around nothing."""
    known, found = codes_of(source), codes_of(target)
    for code, often in known.items():
        if found[code] < often and not _partner_told(code, known, found):
            start, end = _stretch(source, code)
            yield Finding(FindingKind.TAG, _quoted(source[start:end]), source_start=start, source_end=end)
    for code, often in found.items():
        if often > known[code]:
            place = target.rfind(code)
            yield Finding(FindingKind.TAG, start=place, end=place + 1)
    if known == found:
        yield from _disordered(source, target)


def _partner_told(code: str, known: dict[str, int], found: dict[str, int]) -> bool:
    """Whether the code that closes a stretch is missing together with the one that opens it."""
    opening = chr(ord(code) - CLOSE + OPEN)
    return CLOSE <= ord(code) < CLOSE + CODES and found.get(opening, 0) < known.get(opening, 0)


def _stretch(text: str, code: str) -> tuple[int, int]:
    """What ``code`` is around in ``text``: to its partner, or to the end."""
    place, number = text.find(code), ord(code)
    if OPEN <= number < OPEN + CODES:
        end = text.find(chr(number - OPEN + CLOSE), place)
        return place, end + 1 if end >= 0 else len(text)
    if CLOSE <= number < CLOSE + CODES:
        start = text.rfind(chr(number - CLOSE + OPEN), 0, place)
        return max(start, 0), place + 1
    return place, place + 1


def _disordered(source: str, target: str) -> Iterator[Finding]:
    """Stretches of ``target`` that end before they begin, cross each other, or are around nothing."""
    opened: list[str] = []
    for place, code in enumerate(target):
        number = ord(code)
        if OPEN <= number < OPEN + CODES:
            opened.append(code)
        elif CLOSE <= number < CLOSE + CODES:
            partner = chr(number - CLOSE + OPEN)
            if partner not in source:
                continue
            if partner not in opened:
                if source.find(partner) < source.find(code):
                    yield Finding(FindingKind.TAG, start=place, end=place + 1)
                continue
            while opened[-1] != partner:
                inner = opened.pop()
                if chr(ord(inner) - OPEN + CLOSE) in source:
                    yield Finding(FindingKind.TAG, start=place, end=place + 1)
            opened.pop()
            yield from _emptied(source, target, partner)


def _emptied(source: str, target: str, opening: str) -> Iterator[Finding]:
    before, now = _stretch(source, opening), _stretch(target, opening)
    inside = source[before[0] : before[1]]
    if _says(inside) and not _says(target[now[0] : now[1]]):
        yield Finding(FindingKind.TAG, _quoted(inside), *now, *before)


def _says(text: str) -> bool:
    """Whether something is seen of ``text``: a character, or a thing without text."""
    return bool(without_codes(text).strip()) or any(ALONE <= ord(sign) < ALONE + CODES for sign in text)


def _quoted(text: str) -> str:
    return without_codes(text)[:_QUOTED]
