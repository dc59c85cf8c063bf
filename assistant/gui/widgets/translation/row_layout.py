"""The text of one side of a row of a translation, laid out: where each character stands, also in right-to-left text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QTextLayout, QTextLine, QTextOption

from assistant.gui.widgets.text_places import UnitIndex

if TYPE_CHECKING:
    from assistant.gui.widgets.reading_style import ReadingStyle
    from assistant.gui.widgets.translation.units import Piece

_LEFTWARDS = ("R", "AL")
_STRONG = ("L", *_LEFTWARDS)


class Laid:
    """A text for a width.

    :ivar pieces: where each segment stands in ``text``; ``index`` turns characters of it into Qt's units.
    """

    def __init__(
        self, text: str, pieces: tuple[Piece, ...], style: ReadingStyle, width: int, *, heading: bool = False
    ) -> None:
        self.text = text
        self.pieces = pieces
        self.index = UnitIndex(text)
        self.width = width
        font = QFont(style.reading)
        if heading:
            font.setWeight(QFont.Weight.DemiBold)
        kinds = {unicodedata.bidirectional(character) for character in text} if not text.isascii() else set()
        self._mixed = bool(kinds.intersection(_LEFTWARDS))  # characters do not follow each other from left to right
        layout = self.layout = QTextLayout(text, font)
        layout.setTextOption(self._option(style))
        layout.setCacheEnabled(True)
        layout.beginLayout()
        y = 0.0
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y + style.baseline - line.ascent()))
            y += style.line
        layout.endLayout()
        self.height = round(y)
        self.line = style.line

    def _option(self, style: ReadingStyle) -> QTextOption:
        """A paragraph goes the way of its first sentence, whatever stands before that."""
        if not self._mixed:
            return style.wrap
        option = QTextOption(style.wrap)
        direct(option, self.text[self.pieces[0].start if self.pieces else 0 :])
        return option

    def character_at(self, x: float, y: float) -> int:
        """The character of the text that is nearest to a point."""
        line = self.layout.lineAt(self._line_at(y))
        return self.index.character(line.xToCursor(x)) if line.isValid() else 0

    def inside(self, x: float, y: float) -> int:
        """The character under a point, or -1."""
        line = self.layout.lineAt(self._line_at(y))
        if not line.isValid() or not 0 <= y < self.height:
            return -1
        shown = line.naturalTextRect()
        if not shown.left() <= x <= shown.right():
            return -1
        unit = line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)
        return self.index.character(min(max(unit, line.textStart()), line.textStart() + line.textLength() - 1))

    def top_of(self, character: int) -> int:
        """Where the line with a character begins."""
        line = self.layout.lineForTextPosition(self.index.unit(character))
        return line.lineNumber() * self.line if line.isValid() else 0

    def left_of(self, character: int) -> float:
        """How far from the left edge a character begins."""
        unit = self.index.unit(character)
        line = self.layout.lineForTextPosition(unit)
        return _x(line, unit) if line.isValid() else 0.0

    def strips(self, start: int, end: int) -> Iterator[QRectF]:
        """The areas that a stretch of characters covers, line by line."""
        first, last = self.index.unit(start), self.index.unit(end)
        if last <= first:
            return
        line = self.layout.lineForTextPosition(first)
        number = line.lineNumber() if line.isValid() else 0
        while number < self.layout.lineCount():
            line = self.layout.lineAt(number)
            begin, stop = line.textStart(), line.textStart() + line.textLength()
            if begin >= last:
                return
            for left, right in self._spans(line, max(first, begin), min(last, stop), whole=last >= stop):
                yield QRectF(left, number * self.line, right - left, self.line)
            number += 1

    def _spans(self, line: QTextLine, first: int, last: int, *, whole: bool) -> Iterator[tuple[float, float]]:
        """From where to where the units of a stretch stand in a line.

        :param whole: up to the end of the line.
        """
        if not self._mixed:
            left, right = _x(line, first), line.naturalTextWidth() if whole else _x(line, last)
            if left != right:  # not for an empty line
                yield left, right
            return
        areas = (run.boundingRect() for run in line.glyphRuns(first, last - first))
        edges = sorted((area.left(), area.right()) for area in areas)
        span: tuple[float, float] | None = None
        for left, right in edges:
            if span is not None and left <= span[1] + 1:
                span = span[0], max(span[1], right)
                continue
            if span is not None and span[1] > span[0]:
                yield span
            span = left, right
        if span is not None and span[1] > span[0]:
            yield span

    def _line_at(self, y: float) -> int:
        return max(0, min(int(y // self.line), self.layout.lineCount() - 1))


def direct(option: QTextOption, text: str) -> None:
    """Have a paragraph go the way of ``text``: from the side where its first letter stands."""
    ways, sides = Qt.LayoutDirection, Qt.AlignmentFlag
    leftwards = goes_left(text)
    option.setTextDirection(ways.RightToLeft if leftwards else ways.LeftToRight)
    option.setAlignment(sides.AlignRight if leftwards else sides.AlignLeft)


def goes_left(text: str) -> bool:
    """Is ``text`` written from right to left, as far as its first letter tells?"""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((one for one in directions if one in _STRONG), "L") in _LEFTWARDS


def _x(line: QTextLine, unit: int) -> float:
    found = line.cursorToX(unit)
    return float(found[0] if isinstance(found, tuple) else found)
