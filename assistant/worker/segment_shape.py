"""Whether a translation has the shape of its source: its lines, its list markers, its emoji, and no markup that was
made up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.numerals import chinese_value
from assistant.worker.segment_view import View, at_source, at_target

# ---------------------------------------------------------------- lines

_BULLET = re.compile(r"[ \t]*(?:(?P<sign>[-*+•·‣▪◦●○■□►–—])[ \t\u3000]+|(?P<heading>#{1,6})[ \t]+|(?P<quote>>)[ \t]?)")
_NUMBER = re.compile(
    r"[ \t]*[(（]?(?:(?P<number>\d{1,3})|(?P<chinese>[一二三四五六七八九十]{1,3})|(?P<letter>[A-Za-z]))"
    r"(?:[.)）、．:：]|(?<=[一二三四五六七八九十])是)(?!\d)"
)


def line_findings(source: View, target: View) -> Iterator[Finding]:
    """Lines that are too many or too few, and list markers that changed."""
    lines, others = _lines(source.plain), _lines(target.plain)
    if len(lines) != len(others):
        place = target.plain.find("\n")
        start, end = target.span(place, place + 1) if place >= 0 else (-1, -1)
        values: dict[str, str | int] = {"wanted": len(lines), "found": len(others)}
        yield Finding(FindingKind.LINES, start=start, end=end, values=values)
        return
    for (begin, line), (start, other) in zip(lines, others, strict=True):
        wanted, found = _marker(line), _marker(other)
        if wanted[0] and not found[0]:
            yield at_source(FindingKind.LINES, source, begin, begin + wanted[1], minor=len(lines) == 1)
        elif wanted[0] and wanted[0] != found[0]:
            yield at_target(FindingKind.LINES, target, start, start + found[1], minor=wanted[0][0] == found[0][0])
        elif found[0] and not wanted[0] and found[0][0] in "-#>":
            yield at_target(FindingKind.FORGED, target, start, start + found[1])


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that are not empty, each with where it begins."""
    found, place = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((place, line))
        place += len(line) + 1
    return found


def _marker(line: str) -> tuple[str, int]:
    """What kind of list item a line is, empty for none, and how long its marker is."""
    if bullet := _BULLET.match(line):
        sign = bullet["sign"]
        if sign in ("–", "—"):
            return "", 0  # somebody speaks
        return (f"-{sign}" if sign else bullet["heading"] or ">"), bullet.end()
    if number := _NUMBER.match(line):
        if number["letter"]:
            return ("a" + number["letter"].lower() if line.strip()[1:2] in (")", "）") else ""), number.end()
        value = int(number["number"]) if number["number"] else int(chinese_value(number["chinese"]) or 0)
        return f"1{value}", number.end()
    return "", 0


# ---------------------------------------------------------------- emoji

_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|(?:[\U0001f300-\U0001faff\u2600-\u26ff\u2700-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
)
_DRAWN = re.compile("[\U0001f000-\U0001faff\u26bd\u2705\u274c\u2728\u2b50\u2764\ufe0f]")
"""Pictures, not signs like ☆ or ✓."""


def emoji_findings(source: View, target: View) -> Iterator[Finding]:
    """Emoji that are missing or new."""
    wanted, found = _emoji(source.plain), _emoji(target.plain)
    seen: set[str] = set()
    for match in _EMOJI.finditer(source.plain):
        sign = _bare(match[0])
        if found[sign] < wanted[sign] and sign not in seen:
            seen.add(sign)
            yield at_source(FindingKind.EMOJI, source, *match.span(), minor=not _DRAWN.search(match[0]))
    for match in _EMOJI.finditer(target.plain):
        sign = _bare(match[0])
        if found[sign] > wanted[sign] and sign not in seen:
            seen.add(sign)
            yield at_target(FindingKind.EMOJI, target, *match.span(), minor=not _DRAWN.search(match[0]))


def _emoji(text: str) -> Counter[str]:
    return Counter(_bare(one) for one in _EMOJI.findall(text))


def _bare(sign: str) -> str:
    return sign.replace("\ufe0f", "")


# ---------------------------------------------------------------- markup

_LINKED = re.compile(r"!?\[[^\[\]\n]*\]\((?:[^()\s]|\([^()\s]*\))+(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_TAG_OF_OURS = re.compile(r"</?\d{1,4}\s*/?>")
_BOLD = re.compile(r"(?<![*\w])(\*\*|__)(?=\S)(.+?)(?<=\S)\1(?![*\w])", re.DOTALL)


def markup_findings(source: View, target: View) -> Iterator[Finding]:
    """Links and pictures of Markdown, fences, bold, tags of codes: what the source has less of is made up."""
    for pattern in (_LINKED, _FENCE, _TAG_OF_OURS, _BOLD):
        there = list(pattern.finditer(source.plain))
        found = list(pattern.finditer(target.plain))
        for match in found[len(there) :]:
            yield at_target(FindingKind.FORGED, target, match.start(), match.end())
        for match in there[len(found) :]:
            yield at_source(FindingKind.PLACEHOLDER, source, match.start(), match.end())


def without_bold(source: str, target: str) -> str:
    """``target`` without marks of emphasis, if the source has none."""
    if "**" in source or "__" in source:
        return target
    return _BOLD.sub(r"\2", target)
