"""One column of a translation: the sources or the translations, row by row beside the other column.

The pointer over a sentence lights it on both sides. A click takes it up, and asks about the word under it. With the
keyboard Up and Down go from sentence to sentence, Left and Right from word to word, Space asks about the word and Enter
edits the sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.accessible_items import install as install_access
from assistant.gui.widgets.controls import is_typed
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.translation.accessibility import ColumnInterface, SegmentItems
from assistant.gui.widgets.translation.paint import Look, paint_row, signs_in
from assistant.gui.widgets.translation.selection import Marking
from assistant.gui.widgets.translation.units import Side
from assistant.gui.widgets.translation.word_cursor import WordCursor
from assistant.gui.widgets.translation.words import item_words, segment_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation.rows import TranslationRows
    from assistant.gui.widgets.translation.units import Piece

_DRAG = 4  # pixels that a click may move
_PLAIN = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ControlModifier
_NOTCH = 120  # of a wheel
_LINES = 3  # for one notch


class TranslationColumn(QAbstractScrollArea):
    """Shows one side of ``rows``.

    Signals:
        word_wanted(number, place, area): what the model weighed at this character of a target, whose word stands in
            ``area`` of the viewport. edit_wanted(number). menu_wanted(number, point), with a point of the screen.
        typed(text): somebody types where a source is only shown; paste_wanted(). scrolled(): by wheel or bar.

    :ivar shaded: words that the model was unsure of are shaded.
    :ivar used: it is seen, ``leads``: and has the scroll bar (see ``use``).
    :ivar spare: how much of its height will soon be somebody else's, in px: so much can be scrolled beyond the end, so
        that what is there is not hidden then.
    """

    word_wanted = Signal(int, int, QRect)
    typed = Signal(str)
    paste_wanted = Signal()
    scrolled = Signal()
    edit_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, theme: Theme, rows: TranslationRows, side: Side, name: str) -> None:
        super().__init__()
        install_access()
        self.setObjectName(name)
        self.side = side
        self.rows = rows
        self.shaded = False
        self.used = False
        self.leads = side is Side.TARGET
        self.spare: Callable[[], int] = lambda: 0
        self._theme = theme
        self._style = ReadingStyle(theme)
        self._marking = Marking(rows, side)
        self._items = SegmentItems(self)
        self._pressed: QPoint | None = None
        self._word = WordCursor(rows, side)
        self._following = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        rows.changed.connect(self._word.settle)
        rows.changed.connect(self.viewport().update)
        rows.moved.connect(self._follow)
        rows.shown.connect(self._forget)
        rows.pointed.connect(self._pointed)
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.verticalScrollBar().sliderReleased.connect(self._follow)
        theme.changed.connect(self._restyle)

    # -------------------------------------------------------------- geometry

    @property
    def left(self) -> int:
        """Where the text begins; before it is the margin for signs."""
        return max(26, self._theme.px(1.9)) if self.side is Side.TARGET else SPACE + 4

    def segment_area(self, number: int) -> QRect:
        """Where the lines of a segment stand in the viewport."""
        row = self.rows.row_of(number)
        laid = self.rows.laid(row, self.side)
        piece = next(piece for piece in laid.pieces if piece.number == number)
        top = self.rows.top(row) + SPACE + laid.top_of(piece.start)
        bottom = self.rows.top(row) + SPACE + laid.top_of(max(piece.start, piece.end - 1)) + laid.line
        return QRect(self.left, top, self._text_width(), bottom - top)

    def _text_width(self) -> int:
        bar = self.verticalScrollBar().sizeHint().width() if self.leads else 0  # there or not: no jumping
        return max(40, self.contentsRect().width() - bar - self.left - SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.measure()

    def measure(self) -> None:
        """Tell the rows how much room there is. The segment that is worked with stays in sight."""
        self.rows.set_width(self.side, self._text_width() if self.used else 0)
        if not self.used or not self.leads:
            return
        self.rows.set_view_height(self.viewport().height() - 2 * SPACE - self.spare())
        if self.rows.held and self.rows.current >= 0:
            area = self.segment_area(self.rows.current)
            over = min(area.bottom() + SPACE - self.viewport().height(), area.top() - SPACE)
            if over > 0 or area.top() < 0:
                self.rows.scroll_by(over)
                self.rows.held = True  # however little there is room for now

    def use(self, *, used: bool, leads: bool) -> None:
        """Whether it is seen now, and whether what it has room for is what is scrolled by."""
        self.used, self.leads = used, leads
        bar = Qt.ScrollBarPolicy.ScrollBarAsNeeded if leads else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
        self.measure()

    def _restyle(self) -> None:
        self._style = ReadingStyle(self._theme)
        if self.side is Side.TARGET:
            self.rows.set_style(self._style)
        self.measure()
        self.viewport().update()

    # -------------------------------------------------------------- scrolling

    def _follow(self) -> None:
        """The bar shows where the reader is."""
        bar = self.verticalScrollBar()
        if bar.isSliderDown():
            return
        self._following = True
        bar.setRange(0, max(0, self.rows.total - self.rows.view_height))
        bar.setPageStep(self.rows.view_height)
        bar.setSingleStep(self._style.line)
        bar.setValue(self.rows.offset)
        self._following = False
        self.viewport().update()

    def _bar_moved(self, value: int) -> None:
        if self._following:
            return
        by = value - self.rows.offset
        if self.verticalScrollBar().isSliderDown() or abs(by) > 3 * self.rows.view_height:
            self.rows.scroll_to(value)
        else:
            self.rows.scroll_by(by)
        self.scrolled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        pixels = event.pixelDelta().y() or event.angleDelta().y() * _LINES * self._style.line // _NOTCH
        self.rows.scroll_by(-pixels)
        self.scrolled.emit()
        event.accept()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """The rows move what is seen."""

    # -------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._theme.color("page" if self.side is Side.TARGET else "surface"))
        look = Look(
            shaded=self.shaded, selected=self._marking.stretch(), word=self._word.at if self.hasFocus() else None,
            active=self.hasFocus(),
        )  # fmt: skip
        for row, top in self.rows.visible(self.viewport().height()):
            corner = QPointF(self.left, top + SPACE)
            paint_row(painter, self.rows, self.side, (row, corner), style=self._style, look=look)
        if self.side is Side.TARGET:
            for sign in signs_in(self.rows, self._theme, self.left):
                token = "danger" if sign.icon == "triangle-alert" else "quiet"
                self._theme.icon(sign.icon, token, size=sign.area.width()).paint(
                    painter, sign.area.translated(0, SPACE)
                )
        painter.end()

    def _pointed(self) -> None:
        self._word.at = None
        self.viewport().update()

    def _forget(self) -> None:
        self._marking.clear()
        self._items.drop_gone()
        self._word.at = None

    # -------------------------------------------------------------- pointing

    def _text_at(self, point: QPoint) -> tuple[int, float, float] | None:
        """The row under a point of the viewport, and the point inside its text."""
        y = point.y() - SPACE
        for row, top in self.rows.visible(self.viewport().height()):
            if top <= y < top + self.rows.height(row):
                return row, point.x() - self.left, y - top
        return None

    def piece_at(self, point: QPoint) -> tuple[Piece, int] | None:
        """The segment under a point of the viewport, and which character of its row; None: there is none."""
        found = self._text_at(point)
        if found is None:
            return None
        row, x, y = found
        laid = self.rows.laid(row, self.side)
        at = laid.inside(x, y)
        piece = next((piece for piece in laid.pieces if piece.start <= at < piece.end), None)
        return (piece, at) if piece is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton and self._pressed is not None:
            if self._marking.active or (point - self._pressed).manhattanLength() > _DRAG:
                self._mark_to(point)
            return
        found = self.piece_at(point)
        self.rows.hover(found[0].number if found is not None else self._sign_at(point))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position().toPoint()
        self._marking.clear()
        found = self._text_at(self._pressed)
        if found is not None:
            row, x, y = found
            self._marking.begin(row, self.rows.laid(row, self.side).character_at(x, y))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if event.button() != Qt.MouseButton.LeftButton or pressed is None or self._marking.active:
            return
        found = self.piece_at(event.position().toPoint())
        sign = self._sign_at(event.position().toPoint())
        if found is not None:
            piece, at = found
            self.rows.choose(piece.number)
            self._ask(piece, at)
        else:
            self.rows.choose(sign)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.piece_at(event.position().toPoint())
        if found is not None and self.side is Side.TARGET:
            self.edit_wanted.emit(found[0].number)

    def _mark_to(self, point: QPoint) -> None:
        found = self._text_at(QPoint(point.x(), min(max(point.y(), SPACE), self.viewport().height() - SPACE)))
        if found is not None:
            row, x, y = found
            self._marking.extend(row, self.rows.laid(row, self.side).character_at(x, y))
            self.viewport().update()

    def _ask(self, piece: Piece, at: int) -> None:
        """Ask about the word at a character of the row."""
        if self.side is Side.TARGET and self._word.put(piece, at):
            assert self._word.at is not None
            area = self._word.area(piece, self.left)
            self.word_wanted.emit(piece.number, piece.place(self._word.at[0]), area)

    def _sign_at(self, point: QPoint) -> int:
        """The segment whose sign is under a point, or -1."""
        if self.side is Side.TARGET and point.x() < self.left:
            for sign in signs_in(self.rows, self._theme, self.left):
                if sign.area.translated(0, SPACE).adjusted(-4, -4, 4, 4).contains(point):
                    return sign.number
        return -1

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.rows.hover(-1)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.rows.hover(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.piece_at(event.pos())
            number = self._sign_at(event.pos()) if found is None else found[0].number
            words = segment_words(self.rows.segments[number]) if number >= 0 else ""
            if words:
                QToolTip.showText(event.globalPos(), plain(words), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        found = self.piece_at(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            number = self.rows.current
            point = self.segment_area(number).bottomLeft() if number >= 0 else QPoint()
        else:
            number, point = (found[0].number if found is not None else -1), event.pos()
        if number >= 0:
            self.rows.choose(number)
            self.menu_wanted.emit(number, self.viewport().mapToGlobal(point))

    # -------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, keys = self.rows, Qt.Key
        key = keys(event.key())
        last = len(rows.segments) - 1
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and last >= 0:
            self._marking.everything()
            self.viewport().update()
        elif self.side is Side.SOURCE and event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif self.side is Side.SOURCE and is_typed(event):
            self.typed.emit(event.text())
        elif last < 0 or event.modifiers() & ~_PLAIN:
            super().keyPressEvent(event)
        elif key in (keys.Key_Down, keys.Key_Up):
            self.go_to(rows.current + (1 if key == keys.Key_Down else -1))
        elif key in (keys.Key_Home, keys.Key_End):
            self.go_to(0 if key == keys.Key_Home else last)
        elif key in (keys.Key_PageDown, keys.Key_PageUp):
            rows.scroll_by((rows.view_height - 2 * self._style.line) * (1 if key == keys.Key_PageDown else -1))
        elif key in (keys.Key_Left, keys.Key_Right) and self.side is Side.TARGET and rows.current >= 0:
            self._step_word(1 if key == keys.Key_Right else -1)
        elif key == keys.Key_Space and self._word.at is not None and rows.current >= 0:
            self._ask(self._word.current(), self._word.at[0])
        elif key in (keys.Key_Return, keys.Key_Enter) and rows.current >= 0 and self.side is Side.TARGET:
            self.edit_wanted.emit(rows.current)
        else:
            super().keyPressEvent(event)

    def go_to(self, number: int) -> None:
        """Take up a segment, and have it in sight."""
        rows = self.rows
        if not rows.segments:
            return
        number = max(0, min(number, len(rows.segments) - 1))
        rows.choose(number)
        rows.reveal(number, self.side)
        self._announce(item_words(rows.segments[number]))

    def _step_word(self, by: int) -> None:
        word = self._word.step(by)
        self.viewport().update()
        if word:
            self._announce(word)

    def _announce(self, words: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def copy(self) -> None:
        """Copy what is selected, else the segment that is worked with."""
        text = self._marking.text()
        if not text and self.rows.current >= 0:
            text = self._marking.of_segment(self.rows.current)
        if text:
            QGuiApplication.clipboard().setText(text)

    def selected_text(self) -> str:
        """What is selected."""
        return self._marking.text()

    def toPlainText(self) -> str:
        """All that this column says."""
        return self._marking.whole()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self.rows.current < 0 and self.rows.segments:
            self.go_to(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # -------------------------------------------------------------- screen readers

    def accessible_interface(self) -> QAccessibleInterface:
        """The column as a list of its segments."""
        return ColumnInterface(self, self._items)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Translation") if self.side is Side.TARGET else tr("Source"))
        self.setAccessibleDescription(
            tr(
                "Up and Down go from sentence to sentence, Left and Right from word to word. Space shows what else a "
                "word could be, Enter edits the sentence."
            )
            if self.side is Side.TARGET
            else tr("Up and Down go from sentence to sentence.")
        )
