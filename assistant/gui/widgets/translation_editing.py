"""The field in which one sentence of a translation is edited, in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import CompositionGuard, set_role
from assistant.gui.widgets.translation_codes import with_codes, with_tags
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation_column import TranslationColumn

_LEAST_LINES = 1


class SegmentEditor(QPlainTextEdit):
    """Lies over the sentence. Enter or leaving it takes what is written, Esc leaves the sentence as it was.

    Signals: ``written(number, text)`` with codes in ``text``.
    """

    written = Signal(int, str)

    def __init__(self, theme: Theme, column: TranslationColumn) -> None:
        super().__init__(column.viewport())
        self.setObjectName("translateEditor")
        set_role(self, "field")
        self._theme = theme
        self._column = column
        self._number = -1
        self._before = self._source = ""
        self.guard = CompositionGuard(self)
        self.setTabChangesFocus(True)
        self.hide()
        self.textChanged.connect(self._place)
        column.rows.moved.connect(self._place)
        column.rows.shown.connect(self.give_up)

    @property
    def number(self) -> int:
        """The segment that is being edited, -1: none."""
        return self._number

    def begin(self, number: int) -> None:
        """Edit this segment."""
        self.take()
        segment = self._column.rows.segments[number]
        self._number = number
        self._source = segment.source
        self._before = with_tags(segment.target)
        self.setFont(self._theme.font("reading"))
        self.setPlainText(self._before)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._column.rows.reveal(number)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take(self) -> None:
        """What is written is the translation now."""
        number, text = self._number, self.toPlainText()
        changed = text != self._before
        self.give_up()
        if number >= 0 and changed:
            self.written.emit(number, with_codes(text, self._source))

    def give_up(self) -> None:
        """Edit nothing any more."""
        had_focus = self.hasFocus()
        self._number = -1
        self.hide()
        if had_focus:
            self._column.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Translation of this sentence"))
        self.setAccessibleDescription(tr("Enter keeps it, Esc leaves it as it was."))

    def _place(self) -> None:
        if self._number < 0:
            return
        area = self._column.segment_area(self._number)
        line = self.fontMetrics().lineSpacing()
        lines = max(_LEAST_LINES, int(self.document().size().height()))
        most = max(3 * line, self._column.viewport().height() // 2)
        high = min(most, max(area.height(), lines * line + 2 * SPACE + 4))
        top = max(0, min(area.top() - 4, self._column.viewport().height() - high))
        self.setGeometry(area.left() - SPACE, top, area.width() + SPACE, high)

    def event(self, event: QEvent) -> bool:
        """Enter and Esc are meant for this field, and not for the window."""
        ours = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if ours and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.take()
        elif event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        away = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in away:
            QTimer.singleShot(0, self, self._left)  # the focus is where it goes to first

    def _left(self) -> None:
        if not self.hasFocus():
            self.take()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(" ".join(source.text().splitlines()) if source.hasText() else "")
