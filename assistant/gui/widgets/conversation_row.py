"""How one row of the conversations looks: its title, what a search found in it, and the way to its menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from assistant.gui.itemmodels.conversations import BUSY, SECTION, WORDS
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import TextLine
from assistant.gui.widgets.row_paint import paint_ground, paint_heading
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme


class ConversationRow(QStyledItemDelegate):
    """Paints a row, with a heading above it where a stretch of time begins."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self._height(index) + (self._heading() if index.data(SECTION) else 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heading = index.data(SECTION)
        if heading:
            paint_heading(painter, theme, rect, self._heading(), heading)
        row = self._row_rect(rect, index)
        paint_ground(painter, theme, row, state)
        at_hand = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        self._paint_words(painter, row, index, more=bool(state & at_hand))
        painter.restore()

    def _paint_words(
        self, painter: QPainter, row: QRect, index: QModelIndex | QPersistentModelIndex, *, more: bool
    ) -> None:
        theme = self._theme
        words = index.data(WORDS)
        text = row.adjusted(SPACE, 0, -SPACE, 0)
        if more:
            dots = self.more_rect(row)
            size = max(18, theme.px(1.3))
            edge = (dots.width() - size) // 2
            theme.icon("ellipsis", "quiet", size=size).paint(painter, dots.adjusted(edge, edge, -edge, -edge))
            text.setRight(dots.left() - SPACE // 2)
        if words:
            below = QFontMetrics(theme.font("quiet")).height()
            top = (row.height() - QFontMetrics(theme.font()).height() - below) // 2
            place = QRect(text.left(), row.bottom() - top - below + 1, text.width(), below)
            self._paint_found(painter, place, words)
            text.setTop(text.top() + top)
            text.setHeight(QFontMetrics(theme.font()).height())
        if index.data(BUSY):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("lamp"))
            painter.drawEllipse(QPoint(text.right() - 3, text.center().y() + 1), 3, 3)
            text.adjust(0, 0, -2 * SPACE, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), title)

    def _paint_found(self, painter: QPainter, place: QRect, words: tuple[str, str, str]) -> None:
        """The words around what was found, with that on a wash and in the colour of the text."""
        theme = self._theme
        painter.setFont(theme.font("quiet"))
        metrics = painter.fontMetrics()
        left = place.left()
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        for number, part in enumerate(words):
            room = place.right() - left + 1
            if room <= 0 or not part:
                continue
            shown = part if number == 0 else metrics.elidedText(part, Qt.TextElideMode.ElideRight, room)
            width = min(room, metrics.horizontalAdvance(shown))
            if number == 1:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("lamp/24"))
                painter.drawRoundedRect(QRect(left - 1, place.top(), width + 2, place.height()), 3, 3)
            painter.setPen(theme.color("text" if number == 1 else "quiet"))
            painter.drawText(QRect(left, place.top(), room, place.height()), flags, shown)
            left += width

    def more_at(self, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Where the menu of a row that is shown in ``rect`` opens."""
        return self.more_rect(self._row_rect(rect, index))

    def more_rect(self, row: QRect) -> QRect:
        side = max(28, self._theme.px(2))
        return QRect(row.right() - side - 1, row.top() + (row.height() - side) // 2, side, side)

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = TextLine(parent)
        editor.setAccessibleName(tr("Title of the conversation"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        editor.setGeometry(self._row_rect(rect, index))

    def eventFilter(self, editor: QWidget, event: QEvent) -> bool:
        if isinstance(editor, TextLine) and editor.guard.composing and event.type() == QEvent.Type.KeyPress:
            return False  # Return and Esc are the input method's
        return super().eventFilter(editor, event)

    def _row_rect(self, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> QRect:
        return rect.adjusted(0, self._heading() if index.data(SECTION) else 0, 0, 0)

    def _height(self, index: QModelIndex | QPersistentModelIndex) -> int:
        least = max(32, self._theme.px(2.4))
        return least + self._theme.px(1.3) if index.data(WORDS) else least

    def _heading(self) -> int:
        return self._theme.px(2.2)
