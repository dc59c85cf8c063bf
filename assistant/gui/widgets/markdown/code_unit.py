"""Code in a box, coloured line by line as it grows."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextLayout

from assistant.gui.widgets.markdown.block_document import FIXED, hang_lines
from assistant.gui.widgets.markdown.highlight import LineHighlighter, Span, Spans
from assistant.gui.widgets.markdown.units import Unit

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from assistant.gui.widgets.markdown.blocks import Block
    from assistant.gui.widgets.reading_style import ReadingStyle
    from assistant.gui.widgets.safe_text import SafeDocument

CORNER = 8


class CodeBox:
    """What the units of one box of code share: the colours of all its lines, and its width."""

    def __init__(self, language: str) -> None:
        self._highlighter = LineHighlighter(language)
        self.text = ""  # all of the code

    def join(self, units: list[CodeUnit]) -> None:
        """The box consists of these units now. It does not hold them: they hold it."""
        self.text = "".join(unit.block.text for unit in units)
        self._highlighter.update(self.text)
        line = 0
        widest = max(unit.widest for unit in units)
        for unit in units:
            unit.box = self
            unit.first_line = line
            unit.set_wish(widest)
            line += unit.block.text.count("\n")
            unit.set_last(unit is units[-1])

    def advance(self, deadline: float) -> bool:
        """Colour more lines until ``deadline``; False when all are done."""
        self._highlighter.advance(deadline)
        return not self._highlighter.finished

    def spans(self, line: int) -> Spans:
        """The colours of a line of the box."""
        return self._highlighter.spans(line)


class CodeUnit(Unit):
    """Code in a box. Long code is several units that look like one box; the first has the head."""

    def __init__(self, block: Block, style: ReadingStyle, *, growing: bool = False) -> None:
        super().__init__(block, style, growing=growing)
        self.box: CodeBox | None = None
        self.first_line = 0
        self.last = True  # no unit of the same box follows
        self._wish = 0
        self._shown: list[Spans] = []
        self.widest = max(map(_columns, block.text.split("\n"))) * style.code_character

    def adopt(self, old: Unit) -> None:
        """Go on with the document and the colours of the unit that held the beginning of this code."""
        if not isinstance(old, CodeUnit):
            return
        self.box, self.first_line, self.last, self._wish = old.box, old.first_line, old.last, old._wish
        before, now = old.block.text.removesuffix("\n"), self.block.text.removesuffix("\n")
        if old.document is None or not now.startswith(before):
            return
        self.document, self._shown = old.document, old._shown
        self.width, self.extra, self.height = old.width, old.extra, old.height
        if len(now) > len(before):
            cursor = QTextCursor(self.document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            last = cursor.blockNumber()
            first, *others = now[len(before) :].split("\n")
            cursor.insertText(first)
            if others:
                form = QTextBlockFormat()
                form.setLineHeight(self.style.code_line, FIXED)
                cursor.insertBlock(form)
                cursor.insertText("\n".join(others))
            hang_lines(self.document, last, self.style.code_character)

    # ------------------------------------------------------------ geometry

    @property
    def pad_side(self) -> int:  # type: ignore[override]
        return round(self.style.em)

    @property
    def pad_top(self) -> int:  # type: ignore[override]
        """The line with the language and the Copy button."""
        return 0 if self.block.joined else max(34, self.style.quiet_line + 12)

    @property
    def pad_bottom(self) -> int:  # type: ignore[override]
        return round(self.style.em * 0.85) if self.last else 0

    @property
    def box_width(self) -> int:
        """As wide as the column, or as all the room there is where a line of the code asks for more."""
        least = self.width - self.left
        return least + self.extra if self._wish > least else least

    @property
    def text_width(self) -> int:
        return max(40, self.box_width - 2 * self.pad_side)

    def set_wish(self, widest: float) -> None:
        """How wide the longest line of the box is."""
        wish = int(widest) + 2 * self.pad_side + 2
        if wish != self._wish:
            before = self.box_width
            self._wish = wish
            self.measured = self.measured and self.box_width == before

    def set_last(self, last: bool) -> None:
        """Whether the box ends here, which needs room below the text."""
        if last != self.last:
            before = self.pad_bottom
            self.last = last
            self.height += self.pad_bottom - before

    def _cell(self) -> float:
        return self.style.code_character

    def _line(self) -> int:
        return self.style.code_line

    # ------------------------------------------------------------ colours

    def ready(self) -> SafeDocument:
        if self.document is None:
            self._shown = []
        return super().ready()

    def show_colors(self) -> bool:
        """Give the lines the colours that are known by now; True if any has other ones than before."""
        if self.box is None or self.document is None:
            return False
        first, last = -1, -1
        block = self.document.begin()
        number = 0
        while block.isValid():
            spans = self.box.spans(self.first_line + number)
            if number >= len(self._shown):
                self._shown.append(())
            if spans != self._shown[number]:
                self._shown[number] = spans
                block.layout().setFormats([self._range(*span) for span in _in_qt_units(spans, block.text())])
                first = block.position() if first < 0 else first
                last = block.position() + block.length()
            block = block.next()
            number += 1
        if first >= 0:
            self.document.markContentsDirty(first, last - first)
        return first >= 0

    def _range(self, start: int, length: int, color: str) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start, found.length = start, length
        form = QTextCharFormat()
        form.setForeground(QBrush(self.style.code_colors[color]))
        found.format = form
        return found

    # ------------------------------------------------------------ painting

    def _color(self) -> QColor:
        return self.style.code_colors["text"]

    def _paint_box(self, painter: QPainter) -> None:
        style = self.style
        box = QRectF(self.left, 0, self.box_width, self.height)
        painter.save()
        painter.setClipRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.code_box)
        above, below = 3 * CORNER if self.block.joined else 0, 0 if self.last else 3 * CORNER
        painter.drawRoundedRect(box.adjusted(0, -above, 0, below), CORNER, CORNER)
        painter.restore()
        if self.pad_top and self.block.language:
            painter.setFont(style.quiet)
            painter.setPen(QPen(style.quiet_text))
            area = QRectF(self.left + self.pad_side, 0, self.box_width - 2 * self.pad_side, self.pad_top)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(area, flags, self.block.language)


def _in_qt_units(spans: Spans, line: str) -> Spans:
    """Places counted as Qt counts them: characters beyond the basic plane are two."""
    if line.isascii() or max(line) <= "\uffff":
        return spans
    places = list(accumulate((1 + (character > "\uffff") for character in line), initial=0))
    return tuple(
        Span(places[start], places[start + length] - places[start], color)
        for start, length, color in spans
        if start + length < len(places)
    )


def _columns(line: str) -> int:
    """How many columns a line of code takes in a fixed font."""
    if line.isascii():
        return len(line.expandtabs(4))
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line.expandtabs(4))
