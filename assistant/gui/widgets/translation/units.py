"""What is seen of a translation's segments: rows of sentences, and which character of a segment stands where. No Qt.

A row is a paragraph, cell, cue or string; a very long paragraph goes on in the next row. Markup inside a sentence is
not seen. Offsets are in characters; Qt's units are counted where something is painted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.base.languages import between_sentences, unspaced
from assistant.documents.segments import is_code, without_codes
from assistant.gui.widgets.clean_text import clean

if TYPE_CHECKING:
    from assistant.core.translation.views import SegmentView

ROW_MOST = 2500  # characters of source text that one row holds; a longer paragraph goes on in the next
_NOTHING: Mapping[str, str] = {}
LINE_BREAK = "\u2028"  # as Qt breaks a line inside a paragraph


class Side(StrEnum):
    """Which of the two texts."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment inside a row's text.

    :ivar number: of the segment, from 0.
    :ivar start: and ``end``: where it stands in the row's text.
    :ivar places: for each of its visible characters, the character of the segment that it shows; None: the same ones.
    """

    number: int
    start: int
    end: int
    places: tuple[int, ...] | None = None

    def visible(self, place: int) -> int:
        """Where in the row's text the segment's character ``place`` stands, or what follows it if it is not seen."""
        if self.places is None:
            return min(self.start + place, self.end)
        return self.start + bisect_right(self.places, place - 1)

    def place(self, visible: int) -> int:
        """The segment's character that stands at ``visible`` of the row's text."""
        inside = max(0, min(visible, self.end) - self.start)
        if self.places is None:
            return inside
        if not self.places:
            return 0
        return self.places[inside] if inside < len(self.places) else self.places[-1] + 1


def rows_of(segments: Sequence[SegmentView]) -> list[tuple[int, int]]:
    """First and last + 1 segment of each row."""
    rows: list[tuple[int, int]] = []
    start = size = 0
    for number, segment in enumerate(segments):
        if number > start and (segment.block != segments[start].block or size > ROW_MOST):
            rows.append((start, number))
            start, size = number, 0
        size += len(segment.source)
    if segments:
        rows.append((start, len(segments)))
    return rows


def compose(
    segments: Sequence[SegmentView], first: int, last: int, *, side: Side, languages: tuple[str, str]
) -> tuple[str, tuple[Piece, ...]]:
    """What is seen of the segments from ``first`` to ``last`` on one side, and where each stands.

    :param languages: of the source and of the translation.
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for number in range(first, last):
        segment = segments[number]
        text = segment.source if side is Side.SOURCE else segment.target
        words, places = seen(text, segment.things)
        if segment.lead and number == first:
            parts.append(_around(segment.lead))
            at = len(parts[0])
        elif words and at:
            last = without_codes(segments[number - 1].source[-1:])
            between = _between(segment.before, last, side=side, languages=languages)
            parts.append(between)
            at += len(between)
        parts.append(words)
        pieces.append(Piece(number, at, at + len(words), places))
        at += len(words)
        if segment.trail:
            parts.append(LINE_BREAK * (1 + segment.trail.startswith("\n")) + _around(segment.trail))
    return "".join(parts), tuple(pieces)


def _around(text: str) -> str:
    """What stands around segments, as it is seen: of the empty lines one, where it is next to the segment's own."""
    above, _, own = text.rpartition("\n")
    lines = "\n".join(to_read(above))
    gap = "" if not lines else "\n\n" if above.endswith("\n") else "\n"
    return clean(lines + gap + own).replace("\n", LINE_BREAK)


def to_read(text: str) -> list[str]:
    """The lines of what stands around segments: rows are apart without the empty ones."""
    return [line for line in text.split("\n") if line]


def before_row(segments: Sequence[SegmentView], first: int, *, side: Side, languages: tuple[str, str]) -> str:
    """What is copied between the row that begins with the segment ``first`` and the one above it."""
    segment, last = segments[first], segments[first - 1]
    if segment.block == last.block:
        return _between(segment.before, without_codes(last.source[-1:]), side=side, languages=languages)
    return "\n" * (1 + len(segment.lead) - len(segment.lead.lstrip("\n")))


def seen(text: str, things: Mapping[str, str] = _NOTHING) -> tuple[str, tuple[int, ...] | None]:
    """What is seen of a segment's text, and for each of these characters where it stands in it (None: where it is).

    :param things: what codes show that are no mere markup.
    """
    if text.isascii() and text.isprintable():
        return text, None
    shown = clean(text.replace("\r", ""))
    if shown == text and not any(is_code(character) for character in text):
        return text.replace("\n", LINE_BREAK), None
    words: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character == "\r" or (is_code(character) and character not in things):
            continue
        piece = clean(things.get(character, character)).replace("\n", LINE_BREAK)
        words.append(piece)
        places.extend(place for _ in piece)
    return "".join(words), tuple(places)


def copied(text: str) -> str:
    """``text`` of a row as it is put on the clipboard."""
    return text.replace(LINE_BREAK, "\n")


def _between(before: str, last: str, *, side: Side, languages: tuple[str, str]) -> str:
    """What stands before a segment inside its row, behind one whose source ends with ``last``."""
    kept = without_codes(before).replace("\r", "")
    if "\n" in kept:
        return LINE_BREAK
    source, target = languages
    if side is Side.TARGET:
        kept = between_sentences(kept, last, source=source, target=target)
    if before and not kept and not unspaced(source if side is Side.SOURCE else target):
        return " "  # markup alone, which may well be the end of a line
    return clean(kept)
