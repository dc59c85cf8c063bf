"""The field in which one sentence of a translation is edited, in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout

from assistant.gui.theme import SPACE
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.controls import Label
from assistant.gui.widgets.translation.codes import with_codes, with_tags
from assistant.gui.widgets.translation.row_layout import direct
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation.column import TranslationColumn

_LEAST_LINES = 3
_EDGE = SPACE + 2  # from the frame to the text
_MARGIN = 4  # around the text in the field, px


class SegmentEditor(QFrame):
    """Lies over the sentence, with a line that says what the keys do. Enter or leaving it takes what is written, Esc
    leaves the sentence as it was.

    Signals: ``written(number, text)`` with codes in ``text``.
    """

    written = Signal(int, str)

    def __init__(self, theme: Theme, column: TranslationColumn) -> None:
        super().__init__(column.viewport())
        self.setObjectName("translateEditing")
        self._theme = theme
        self._column = column
        self._number = -1
        self._before = self._source = ""
        self.field = _Field()
        self._original = Label(role="quiet", wrap=True)
        self._original.setObjectName("translateEditSource")
        self._original.hide()
        self._hint = Label(role="quiet")
        self._hint.setObjectName("translateEditHint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE - _MARGIN, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(0)
        layout.addWidget(self._original)
        layout.addWidget(self.field, 1)
        layout.addWidget(self._hint)
        for label in (self._original, self._hint):
            label.setContentsMargins(_MARGIN, 0, 0, 0)
        self.hide()
        self.field.kept.connect(self.take)
        self.field.left_alone.connect(self.give_up)
        self.field.textChanged.connect(self._place)
        column.rows.moved.connect(self._place)
        column.rows.shown.connect(self._find)

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
        self._original.setText(clean(with_tags(segment.source)))
        self.field.setFont(self._theme.font("reading"))
        option = self.field.document().defaultTextOption()
        direct(option, self._before)
        self.field.document().setDefaultTextOption(option)
        self.field.setPlainText(self._before)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self._column.rows.reveal(number)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        self._place()  # its lines are broken only now
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_source(self, *, there: bool) -> None:
        """Whether the sentence of the source stands above the field: where the source is not seen beside it."""
        self._original.setVisible(there)
        self._place()

    def take(self) -> None:
        """What is written is the translation now."""
        number, text = self._number, self.field.toPlainText()
        changed = text != self._before
        self.give_up()
        if number >= 0 and changed:
            self.written.emit(number, with_codes(text, self._source))

    def give_up(self) -> None:
        """Edit nothing any more."""
        had_focus = self.field.hasFocus()
        self._number = -1
        self.hide()
        if had_focus:
            self._column.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        words = tr("Enter keeps it, Esc leaves it as it was.")
        self.field.setAccessibleName(tr("Translation of this sentence"))
        self.field.setAccessibleDescription(words)
        self._hint.setText(words)

    def _find(self) -> None:
        """There are other segments, such as one more of a text that is being typed: the sentence may still be there."""
        if self._number < 0:
            return
        found = [at for at, one in enumerate(self._column.rows.segments) if one.source == self._source]
        if not found:
            self.give_up()
            return
        self._number = min(found, key=lambda at: abs(at - self._number))
        self._place()

    def _place(self) -> None:
        if self._number < 0:
            return
        area = self._column.segment_area(self._number)
        left, room = max(0, area.left() - _EDGE), self._column.viewport().size()
        self.resize(min(room.width(), area.right() + SPACE) - left, self.height())  # as wide as its lines are broken
        line = self.field.fontMetrics().lineSpacing()
        lines = max(_LEAST_LINES, int(self.field.document().size().height()) + 1)
        rest = self._hint.sizeHint().height() + 2 * SPACE
        if not self._original.isHidden():
            rest += self._original.heightForWidth(max(1, self.width() - 2 * SPACE))
        most = max(_LEAST_LINES * line + rest, room.height() * 2 // 3)
        high = min(room.height(), most, max(area.height() + rest, lines * line + rest))
        top = max(0, min(area.top() - SPACE, room.height() - high))
        self.setGeometry(left, top, self.width(), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._place()


class _Field(WritingField):
    """What comes in is one paragraph.

    Signals: ``kept()``: what is written is to be taken; ``left_alone()``: the sentence is to stay as it was.
    """

    kept = Signal()
    left_alone = Signal()

    def __init__(self) -> None:
        super().__init__(_MARGIN)
        self.setObjectName("translateEditor")

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
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left_alone.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        away = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in away:
            QTimer.singleShot(0, self, self._left)  # the focus is where it goes to first

    def _left(self) -> None:
        if not self.hasFocus():
            self.kept.emit()

    def insert(self, text: str) -> None:
        super().insert(" ".join(text.splitlines()))
