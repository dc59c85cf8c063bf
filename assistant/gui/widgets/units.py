"""The parts a message is laid out in: one per block, each with its own document, height and way of being painted.

A unit's height is an estimate until it has been measured; its document may be dropped and built again at any time.
"""

from __future__ import annotations

import math

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

from assistant.gui.widgets.block_document import build, link_at, visible_text
from assistant.gui.widgets.markdown_blocks import Block, BlockKind
from assistant.gui.widgets.reading_style import ALIGN_RIGHT, ReadingStyle
from assistant.gui.widgets.safe_text import SafeDocument

RULE_HEIGHT = 1
WIDE = 0x2E80  # characters from here on are about two Latin ones wide


class Unit:
    """One block of a message.

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
        self.y = 0
        self.gap = 0
        self.height = 0
        self.quote_goes_on = False  # the unit above is in the same quotation; set by the message

    def adopt(self, old: Unit) -> None:
        """Take over what can be kept of the unit that this one replaces, whose text it begins with (or nearly so)."""

    # ------------------------------------------------------------ geometry

    @property
    def left(self) -> int:
        """Where the text begins, from the left edge of the message's column."""
        block = self.block
        return block.quote * self.style.quote_indent + block.depth * self.style.indent

    def set_width(self, width: int) -> None:
        """The column is ``width`` wide now; a measured height becomes an estimate if that changes anything."""
        if width == self.width:
            return
        self.width = width
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

    def link_at(self, x: float, y: float) -> str:
        """The address of the link under a point, or an empty string."""
        self._lay_out()
        point = QPointF(x - self.left - self.pad_side, y - self.pad_top)
        hit = self.ready().documentLayout().hitTest(point, Qt.HitTestAccuracy.ExactHit)
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
        return QRectF(self.left + self.pad_side + origin.x() + x, self.pad_top + origin.y() + line.y(), 1, line.height())

    def _lay_out(self) -> None:
        if not self.measured or self.document is None:
            self.measure()

    # ------------------------------------------------------------ painting

    def paint(self, painter: QPainter, clip: QRectF, selection: tuple[int, int] | None, *, active: bool) -> None:
        """Draw at the painter's origin, which is the left end of the column at the unit's top."""
        self._lay_out()
        self._paint_quote(painter)
        self._paint_marker(painter)
        painter.save()
        painter.translate(self.left + self.pad_side, self.pad_top)
        context = self._context(selection, active=active)
        context.clip = clip.translated(-self.left - self.pad_side, -self.pad_top)
        self.ready().documentLayout().draw(painter, context)
        painter.restore()

    def _context(
        self, selection: tuple[int, int] | None, *, active: bool
    ) -> QAbstractTextDocumentLayout.PaintContext:
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, self._color())
        context.palette = palette
        if selection is not None and selection[0] < selection[1]:
            chosen = QAbstractTextDocumentLayout.Selection()
            cursor = QTextCursor(self.ready())
            cursor.setPosition(min(selection[0], self.length))
            cursor.setPosition(min(selection[1], self.length), QTextCursor.MoveMode.KeepAnchor)
            chosen.cursor = cursor
            form = QTextCharFormat()
            form.setBackground(QBrush(self.style.selection if active else self.style.selection_away))
            chosen.format = form
            context.selections = [chosen]
        return context

    def _color(self) -> QColor:
        return self.style.quiet_text if self.block.quote else self.style.text

    def _paint_quote(self, painter: QPainter) -> None:
        for level in range(self.block.quote):
            x = level * self.style.quote_indent
            top = -self.gap if self.block.joined or self.quote_goes_on else 0
            painter.fillRect(QRectF(x, top, 3, self.height - top), self.style.hairline)

    def _paint_marker(self, painter: QPainter) -> None:
        block = self.block
        if not block.marker or block.joined:
            return
        style = self.style
        painter.setFont(style.reading)
        painter.setPen(QPen(style.quiet_text))
        right = self.left - round(style.em * (0.45 if block.marker[0].isdigit() else 0.55))
        painter.drawText(QRectF(right - 200, 0, 200, style.line * 1.1), ALIGN_RIGHT, block.marker)


class RuleUnit(Unit):
    """A line across."""

    def estimate(self) -> int:
        return RULE_HEIGHT

    def measure(self) -> None:
        self.height = RULE_HEIGHT
        self.measured = True

    @property
    def length(self) -> int:
        return 0

    def text(self, start: int = 0, end: int | None = None) -> str:
        return "---"

    def position_at(self, x: float, y: float) -> int:
        return 0

    def link_at(self, x: float, y: float) -> str:
        return ""

    def rect_of(self, position: int) -> QRectF:
        return QRectF(self.left, 0, 1, RULE_HEIGHT)

    def paint(self, painter: QPainter, clip: QRectF, selection: tuple[int, int] | None, *, active: bool) -> None:
        painter.fillRect(QRectF(self.left, 0, self.width - self.left, RULE_HEIGHT), self.style.hairline)


class CodeUnit(Unit):
    """Code in a box. Long code is several units that look like one box; the first has the head."""

    last = True  # no unit of the same box follows; set by the message

    @property
    def pad_side(self) -> int:  # type: ignore[override]
        return round(self.style.em)

    @property
    def head(self) -> int:
        """The height of the line with the language and the Copy button."""
        return 0 if self.block.joined else max(34, self.style.quiet_line + 12)

    @property
    def pad_top(self) -> int:  # type: ignore[override]
        return self.head

    @property
    def pad_bottom(self) -> int:  # type: ignore[override]
        return round(self.style.em * 0.8) if self.last else 0

    def _cell(self) -> float:
        return self.style.code_character

    def _line(self) -> int:
        return self.style.code_line

    def set_last(self, last: bool) -> None:
        """Whether the box ends here, which needs room below the text."""
        if last != self.last:
            before = self.pad_bottom
            self.last = last
            self.height += self.pad_bottom - before

    def _color(self) -> QColor:
        return self.style.code_colors["text"]

    def paint(self, painter: QPainter, clip: QRectF, selection: tuple[int, int] | None, *, active: bool) -> None:
        style = self.style
        box = QRectF(self.left, 0, self.width - self.left, self.height)
        painter.save()
        painter.setClipRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.code_box)
        top = -20 if self.block.joined else 0
        painter.drawRoundedRect(box.adjusted(0, top, 0, 0 if self.last else 20), 8, 8)
        painter.restore()
        if self.head:
            painter.setFont(style.quiet)
            painter.setPen(QPen(style.quiet_text))
            area = QRectF(self.left + self.pad_side, 0, box.width() - 2 * self.pad_side, self.head)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.label())
        super().paint(painter, clip, selection, active=active)

    def label(self) -> str:
        """The language, as the head shows it."""
        return self.block.language


def make_unit(block: Block, style: ReadingStyle, *, growing: bool = False) -> Unit:
    """The unit for ``block``."""
    kinds = {BlockKind.RULE: RuleUnit, BlockKind.CODE: CodeUnit}
    return kinds.get(block.kind, Unit)(block, style, growing=growing)


def gap_above(block: Block, previous: Block | None, style: ReadingStyle) -> int:
    """The room between two blocks."""
    if previous is None or block.joined:
        return 0
    em = style.em
    if block.kind is BlockKind.HEADING:
        return round(em * (0.5 if previous.kind is BlockKind.HEADING else 1.3))
    if previous.kind is BlockKind.HEADING:
        return round(em * 0.4)
    if BlockKind.RULE in (block.kind, previous.kind):
        return round(em * 1.2)
    if block.kind is BlockKind.ITEM and (previous.depth or not block.spaced):
        return round(em * (0.55 if block.spaced else 0.3))
    if block.depth and previous.depth and block.kind is BlockKind.PARAGRAPH:
        return round(em * 0.55)
    return round(em * 0.85)
