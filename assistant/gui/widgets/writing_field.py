"""A field that a person writes in: what the chat and the panes for documents have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from assistant.gui.dropping import has_files, hub_address_in, text_in
from assistant.gui.widgets.controls import CompositionGuard

_LONG_WORD = 1000  # looking for a place to break takes time with the square of this: then lines break anywhere


class WritingField(QPlainTextEdit):
    """Plain text. What is dragged or pasted here and is a file is for what is behind the field.

    :param margin: around the text, in px.
    :ivar guard: what an input method is composing.
    """

    def __init__(self, margin: int) -> None:
        super().__init__()
        self.guard = CompositionGuard(self)
        self._placeholder = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(margin)

    def break_lines_for(self, text: str, *, afresh: bool = False) -> None:
        """Have the lines break as this text, which is about to come in, needs it; ``afresh``: it comes alone."""
        mode = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        if len(text) > _LONG_WORD and max(map(len, text.split()), default=0) > _LONG_WORD:
            mode = QTextOption.WrapMode.WrapAnywhere
        elif not afresh:
            return
        if self.wordWrapMode() != mode:
            self.setWordWrapMode(mode)

    def setPlaceholderText(self, text: str) -> None:
        self._placeholder = text
        super().setPlaceholderText("" if self.guard.composing else text)

    def event(self, event: QEvent) -> bool:
        """Where nothing can be done again here, that key brings back what was deleted last."""
        again = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Redo)
        if again and event.type() == QEvent.Type.ShortcutOverride and not self.document().isRedoAvailable():
            event.ignore()
            return False
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # Qt leaves the viewport, which draws the placeholder, as it was
            self.viewport().setFont(self.font())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self.setPlaceholderText(self._placeholder)  # Qt would draw it below what is being composed

    def insert(self, text: str) -> None:
        """Put ``text`` where the caret is."""
        self.break_lines_for(text)
        self.insertPlainText(text)
        self.ensureCursorVisible()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not (has_files(source) and self._hand_on(source)):
            self.insert(text_in(source))

    def _hand_on(self, source: QMimeData) -> bool:
        """Let what is behind the field take a file that was copied, as if it had been dropped there; whether it did."""
        event = QDropEvent(
            QPointF(), Qt.DropAction.CopyAction, source, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        )
        behind = self.parentWidget()
        while behind is not None and not event.isAccepted():
            if behind.acceptDrops():
                behind.dropEvent(event)
            behind = None if behind.isWindow() else behind.parentWidget()
        return event.isAccepted()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _is_for_the_window(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if _is_for_the_window(event.mimeData()):
            event.ignore()
        else:
            super().dragMoveEvent(event)


def _is_for_the_window(mime: QMimeData) -> bool:
    """Whether what is dragged is no text for a field, but something that is opened."""
    return has_files(mime) or bool(hub_address_in(mime))
