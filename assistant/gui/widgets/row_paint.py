"""What rows of every list look like behind their words: the one that is chosen, and a heading above a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle

from assistant.gui.theme import SPACE

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_BELOW = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)


def paint_ground(painter: QPainter, theme: Theme, rect: QRect, state: QStyle.StateFlag) -> None:
    """The ground of a row that is chosen or pointed at, and a frame where the keyboard is."""
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("lamp_wash" if selected else "hover"))
        painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 8, 8)
    if selected and state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(theme.color("lamp"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), 7, 7)


def paint_heading(painter: QPainter, theme: Theme, rect: QRect, height: int, words: str) -> None:
    """A heading in the uppermost ``height`` points of ``rect``."""
    painter.setFont(theme.font("quiet"))
    painter.setPen(theme.color("quiet"))
    room = QRect(rect.left() + SPACE, rect.top(), rect.width() - 2 * SPACE, height - 4)
    painter.drawText(room, _BELOW, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width()))
