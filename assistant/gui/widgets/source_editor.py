"""Where a text is typed or pasted that is to be summarized."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal

from assistant.gui.theme import SPACE
from assistant.gui.widgets.composer import MAX_LINE
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import tr

MOST = 200_000  # characters; a longer text is read as a document and not edited here


class SourceEditor(WritingField):
    """The field with its object name ``summarizeInput``.

    Signals: ``too_long(text)``: what was pasted, with what was there, is more than is edited here.
    """

    too_long = Signal(object)  # not as str: converting ten megabytes to and fro takes a while

    def __init__(self) -> None:
        super().__init__(margin=SPACE)
        self.setObjectName("summarizeInput")

    def take(self, text: str) -> None:
        """Begin with ``text``."""
        self.break_lines_for(text, afresh=True)
        self.setPlainText(text)

    def is_empty(self) -> bool:
        """Whether there is nothing but white space, told without copying a long text."""
        count = self.document().characterCount()
        return count <= 1 or (count < 4000 and not self.toPlainText().strip())

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Text to summarize"))
        self.setPlaceholderText(tr("Paste or type a text, or drop a file here"))

    def insert(self, text: str) -> None:
        cursor = self.textCursor()
        if fits(text, self.document().characterCount()):
            alone = self.is_empty()
            super().insert(text)
            if alone:  # where it begins is what is read first, though the caret is at its end, which Qt then shows
                QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(0))
        elif self.is_empty():
            self.too_long.emit(text)
        else:
            cursor.removeSelectedText()
            before = self.toPlainText()
            head = cursor.block().text()[: cursor.positionInBlock()]
            place = sum(len(line) + 1 for line in before.split("\n")[: cursor.blockNumber()]) + len(head)
            self.too_long.emit(before[:place] + text + before[place:])


def fits(text: str, already: int = 0) -> bool:
    """Whether ``text`` can be edited in a field that holds ``already`` characters."""
    if len(text) + already > MOST:
        return False
    return len(text) <= MAX_LINE or max(map(len, text.splitlines()), default=0) <= MAX_LINE
