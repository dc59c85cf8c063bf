"""A button with a sentence, which takes a few lines or is shortened where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import set_role

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent


class SentenceButton(QPushButton):
    """It may be narrower than its words.

    :param role: how the sheet draws it; ``beside``: what that leaves at the sides, in px. ``lines``: at the most.
    """

    def __init__(self, role: str, *, beside: int = 2 * SPACE, lines: int = 1) -> None:
        super().__init__()
        set_role(self, role)
        self._beside = beside
        self._most = lines
        upright = QSizePolicy.Policy.Minimum if lines > 1 else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, upright)
        policy.setHeightForWidth(lines > 1)
        self.setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes it, as it does in a list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 10, super().minimumSizeHint().height())

    def hasHeightForWidth(self) -> bool:
        return self._most > 1

    def heightForWidth(self, width: int) -> int:
        more = len(self._lines(width)) - 1
        return super().sizeHint().height() + more * self.fontMetrics().lineSpacing()

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = "\n".join(self._lines(self.width()))  # type: ignore[attr-defined]
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _lines(self, width: int) -> list[str]:
        """The words as they stand on a button of this width; what does not fit into the last line is left out."""
        text, room = self.text(), width - self._beside
        lines: list[str] = []
        start = 0
        layout = QTextLayout(text, self.font())
        layout.beginLayout()
        while len(lines) < self._most - 1 and (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, room))
            start = line.textStart() + line.textLength()
            lines.append(text[line.textStart() : start].rstrip())
        layout.endLayout()
        if start < len(text) or not lines:
            lines.append(self.fontMetrics().elidedText(text[start:], Qt.TextElideMode.ElideRight, room))
        return lines
