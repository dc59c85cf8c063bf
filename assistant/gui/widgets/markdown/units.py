"""The parts a message is laid out in: one per block, each with its own document, height and way of being painted.

A unit's height is an estimate until it has been measured; its document may be dropped and built again at any time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QColor,
    QPainter,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextCursor,
)

from assistant.gui.widgets.markdown.block_document import build, link_at, visible_text
from assistant.gui.widgets.markdown.blocks import BULLETS, TICKED, Block, BlockKind, shows_itself
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.safe_text import SafeDocument

RULE_HEIGHT = 1
WIDE = 0x2E80  # characters from here on are about two Latin ones wide


class Unit:
    """One block of a message. Coordinates are from the left end of the column and the unit's own top.

    :ivar y: its top inside the message, set by the message.
    :ivar gap: the room above it.
    :ivar height: without the gap; an estimate while ``measured`` is false.
    """

    pad_top = 0
    pad_bottom = 0
    pad_side = 0

    def __init__(self, block: Block, style: ReadingStyle, *, growing: bool = False) -> None:
        self.block = block
        self.style = style
        self.growing = growing
        self.document: SafeDocument | None = None
        self.measured = False
        self.width = 0
        self.extra = 0
        self.y = 0
        self.gap = 0
        self.height = 0
        self.bars_above = 0  # how many quotations the unit above is in as well; set by the message

    def adopt(self, old: Unit) -> None:
        """Take over what can be kept of the unit that this one replaces, whose text it begins with (or nearly so)."""

    # ------------------------------------------------------------ geometry

    @property
    def left(self) -> int:
        """Where the text begins, from the left edge of the message's column."""
        block = self.block
        return block.quote * self.style.quote_indent + block.depth * self.style.indent

    def set_width(self, width: int, extra: int) -> None:
        """The column is ``width`` wide now; a measured height becomes an estimate if that changes anything.

        :param extra: how much further to the right what does not wrap well may reach.
        """
        if (width, extra) == (self.width, self.extra):
            return
        self.width, self.extra = width, extra
        self.measured = False
        if self.document is None:
            self.height = self.estimate()

    @property
    def text_width(self) -> int:
        return max(40, self.width - self.left - 2 * self.pad_side)

    def estimate(self) -> int:
        """A guess of the height from the number of characters."""
        text = self.block.text
        width, line = self._cell(), self._line()
        columns = max(8.0, self.text_width / width)
        if text.isascii():
            lines = len(text) // columns + text.count("\n") + 1
        else:
            wide = sum(1 for character in text[:400] if ord(character) >= WIDE) / min(400, len(text))
            lines = len(text) * (1 + wide * 0.8) // columns + text.count("\n") + 1
        return int(lines) * line + self.pad_top + self.pad_bottom

    def _cell(self) -> float:
        return self.style.character

    def _line(self) -> int:
        if self.block.kind is BlockKind.HEADING:
            return round(self.style.line * 1.2)
        return self.style.line

    def measure(self) -> None:
        """Lay the unit out; afterwards ``height`` is exact."""
        document = self.ready()
        if document.textWidth() != self.text_width:
            document.setTextWidth(self.text_width)
        self.height = math.ceil(document.size().height()) + self.pad_top + self.pad_bottom
        self.measured = True

    def ready(self) -> SafeDocument:
        """The document, built if need be."""
        if self.document is None:
            self.document = build(self.block, self.style, growing=self.growing)
        return self.document

    def drop(self) -> None:
        """Let the document go; the height stays."""
        self.document = None

    def ideal_width(self) -> int:
        """How wide the text would like to be."""
        return math.ceil(self.ready().idealWidth())

    # ------------------------------------------------------------ text

    @property
    def length(self) -> int:
        """Positions in the text run from 0 to this."""
        return max(0, self.ready().characterCount() - 1)

    def text(self, start: int = 0, end: int | None = None) -> str:
        """What is visible between two positions; from the start on with the item's mark."""
        if self.document is None and start == 0 and end is None and shows_itself(self.block):
            shown = self.block.text.removesuffix("\n")
        else:
            length = self.length
            end = length if end is None else min(end, length)
            shown = visible_text(self.ready(), min(start, end), end)
        block = self.block
        if block.marker and not block.joined and start == 0:
            return "  " * (block.depth - 1) + block.marker + " " + shown
        return shown

    def position_at(self, x: float, y: float) -> int:
        """The position nearest to a point in the unit's own coordinates."""
        self._lay_out()
        point = QPointF(x - self.left - self.pad_side, y - self.pad_top)
        hit = self.ready().documentLayout().hitTest(point, Qt.HitTestAccuracy.FuzzyHit)
        return max(0, min(hit, self.length))

    def hit_at(self, x: float, y: float) -> int:
        """The position of the character under a point, -1 where there is none."""
        self._lay_out()
        point = QPointF(x - self.left - self.pad_side, y - self.pad_top)
        return self.ready().documentLayout().hitTest(point, Qt.HitTestAccuracy.ExactHit)

    def link_at(self, x: float, y: float) -> str:
        """The address of the link under a point, or an empty string."""
        hit = self.hit_at(x, y)
        return link_at(self.ready(), hit) if hit >= 0 else ""

    def rect_of(self, position: int) -> QRectF:
        """Where the caret stands at ``position``, in the unit's coordinates."""
        self._lay_out()
        cursor = QTextCursor(self.ready())
        cursor.setPosition(min(position, self.length))
        block = cursor.block()
        layout = block.layout()
        origin = self.ready().documentLayout().blockBoundingRect(block).topLeft()
        line = layout.lineForTextPosition(cursor.positionInBlock())
        if not line.isValid():
            return QRectF(self.left, self.pad_top, 1, self.style.line)
        x = line.cursorToX(cursor.positionInBlock())
        x = x[0] if isinstance(x, tuple) else x
        left, top = self.left + self.pad_side + origin.x(), self.pad_top + origin.y()
        return QRectF(left + x, top + line.y(), 1, line.height())

    def _lay_out(self) -> None:
        if not self.measured or self.document is None:
            self.measure()

    # ------------------------------------------------------------ painting

    def paint(self, painter: QPainter, clip: QRectF, selection: tuple[int, int] | None, *, active: bool) -> None:
        """Draw at the painter's origin, which is the left end of the column at the unit's top."""
        self._lay_out()
        self._paint_box(painter)
        self._paint_quote(painter)
        self._paint_marker(painter)
        painter.save()
        painter.translate(self.left + self.pad_side, self.pad_top)
        context = self._context(selection, active=active)
        context.clip = clip.translated(-self.left - self.pad_side, -self.pad_top)
        self.ready().documentLayout().draw(painter, context)
        painter.restore()

    def _paint_box(self, painter: QPainter) -> None:
        """Draw what is behind the text."""

    def _context(self, selection: tuple[int, int] | None, *, active: bool) -> QAbstractTextDocumentLayout.PaintContext:
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, self._color())
        context.palette = palette
        drawn = list(self.lines)
        if selection is not None and selection[0] < selection[1]:
            form = QTextCharFormat()
            form.setBackground(QBrush(self.style.selection if active else self.style.selection_away))
            drawn.append((*selection, form))
        if drawn:
            context.selections = [self._drawn(*each) for each in drawn]
        return context

    def _drawn(self, start: int, end: int, form: QTextCharFormat) -> QAbstractTextDocumentLayout.Selection:
        chosen = QAbstractTextDocumentLayout.Selection()
        cursor = QTextCursor(self.ready())
        cursor.setPosition(min(start, self.length))
        cursor.setPosition(min(end, self.length), QTextCursor.MoveMode.KeepAnchor)
        chosen.cursor = cursor
        chosen.format = form
        return chosen

    quiet = False  # drawn in the quiet colour; set by the message
    lines: Sequence[tuple[int, int, QTextCharFormat]] = ()  # below words; set by who knows of doubts

    def _color(self) -> QColor:
        return self.style.quiet_text if self.block.quote or self.quiet else self.style.text

    def _paint_quote(self, painter: QPainter) -> None:
        for level in range(self.block.quote):
            x = level * self.style.quote_indent
            top = -self.gap if level < self.bars_above else 0
            painter.fillRect(QRectF(x, top, 3, self.height - top), self.style.hairline)

    def _paint_marker(self, painter: QPainter) -> None:
        block = self.block
        if not block.marker or block.joined:
            return
        style = self.style
        painter.setPen(QPen(style.quiet_text, max(1.0, style.em / 14)))
        if block.marker[0].isdigit():
            painter.setFont(style.reading)
            right = self.left - round(style.em * 0.45)
            painter.drawText(QPointF(right - style.width_of(block.marker), style.baseline), block.marker)
        elif block.marker in BULLETS:
            center = QPointF(self.left - style.em * 0.85, style.baseline - style.em * 0.3)
            _paint_bullet(painter, center, style, BULLETS.index(block.marker))
        else:
            _paint_tick_box(painter, style, self.left - style.em * 1.35, ticked=block.marker == TICKED)


def _paint_bullet(painter: QPainter, center: QPointF, style: ReadingStyle, level: int) -> None:
    radius = style.em * 0.17
    if level == 1:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, radius, radius)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.quiet_text)
    if level == 0:
        painter.drawEllipse(center, radius, radius)
    else:
        painter.drawRect(QRectF(center.x() - radius * 0.85, center.y() - radius * 0.85, radius * 1.7, radius * 1.7))


def _paint_tick_box(painter: QPainter, style: ReadingStyle, left: float, *, ticked: bool) -> None:
    side = style.em * 0.85
    box = QRectF(left, style.baseline - side * 0.92, side, side)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, side * 0.2, side * 0.2)
    if ticked:
        tick = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.3))
        painter.setPen(QPen(style.lamp, max(1.5, style.em / 9)))
        painter.drawPolyline([QPointF(box.left() + side * x, box.top() + side * y) for x, y in tick])


class RuleUnit(Unit):
    """A line across. Its document is empty."""

    def estimate(self) -> int:
        return RULE_HEIGHT

    def measure(self) -> None:
        super().measure()
        self.height = RULE_HEIGHT

    def text(self, start: int = 0, end: int | None = None) -> str:
        return "---" + super().text(start, end)

    def _paint_box(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(self.left, 0, self.width - self.left, RULE_HEIGHT), self.style.hairline)


class TableUnit(Unit):
    """A table, which may be wider than the column."""

    @property
    def text_width(self) -> int:
        return max(40, self.width + self.extra - self.left)

    def estimate(self) -> int:
        rows = self.block.text.count("\n") + 1
        return rows * round(self.style.em * 2.3)
