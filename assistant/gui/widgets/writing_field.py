"""A field that a person writes in: what the chat and the panes for documents have in common."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from assistant.gui.widgets.controls import CompositionGuard

_LONG_WORD = 1000  # looking for a place to break takes time with the square of this: then lines break anywhere


class WritingField(QPlainTextEdit):
    """Plain text. What is dragged here and is a file is for what is behind the field.

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

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragMoveEvent(event)
