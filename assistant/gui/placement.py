"""Where the window stands: kept at the end, restored at the start, also when the screen it stood on is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow

FIRST_SIZE = QSize(1120, 760)
_GRIP = 96  # so much of the upper edge must be on a screen for a hand to get hold of it
_TITLE = 32


def placement_of(window: QMainWindow) -> dict[str, Any]:
    """Where ``window`` stands now, as plain values to be kept."""
    rect = window.normalGeometry()
    return {"rect": [rect.x(), rect.y(), rect.width(), rect.height()], "maximised": window.isMaximized()}


def place(window: QMainWindow, kept: Any) -> None:
    """Let ``window`` stand where it stood, if that can still be seen; else where a first window stands.

    :param kept: what ``placement_of`` gave, or anything else that was in the file.
    """
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    rect = _rect_of(kept)
    room = QSize()
    for screen in screens:
        room = room.expandedTo(_room(screen).size())
    window.setMinimumSize(window.minimumSize().boundedTo(room))  # also on a screen of few points
    if rect is None:
        window.resize(fitted(QRect(screens[0].topLeft(), FIRST_SIZE), screens).size())
        return
    window.setGeometry(fitted(rect, screens))
    if kept.get("maximised"):
        window.setWindowState(Qt.WindowState.WindowMaximized)


def fitted(rect: QRect, screens: Sequence[QRect]) -> QRect:
    """``rect`` where a hand can reach it: as it is, or moved and shrunk onto a screen, the first one if it is on none.

    :param screens: the usable part of each screen, the primary one first.
    """
    desktop = QRect()
    for screen in screens:
        desktop = desktop.united(screen)
    home = screens[0]
    for screen in screens:
        edge = QRect(rect.x(), rect.y(), rect.width(), _TITLE).intersected(screen)
        if edge.width() >= _GRIP and edge.height() >= _TITLE // 2:
            if desktop.contains(rect) or rect.size().boundedTo(screen.size()) == rect.size():
                return rect
            home = screen
            break
    room = _room(home)
    moved = QRect(room.topLeft(), rect.size().boundedTo(room.size()))
    moved.moveCenter(room.center())
    return moved


def _room(screen: QRect) -> QRect:
    """The part of a screen that what is inside of a window can have: its title stands above it."""
    return screen.adjusted(0, _TITLE, 0, 0)


def _rect_of(kept: Any) -> QRect | None:
    """The kept rectangle; None where there is none or the file holds something else."""
    numbers = kept.get("rect") if isinstance(kept, dict) else None
    if not isinstance(numbers, list) or len(numbers) != 4 or not all(isinstance(n, int) for n in numbers):
        return None
    if not all(-100_000 < n < 100_000 for n in numbers) or numbers[2] <= 0 or numbers[3] <= 0:
        return None
    return QRect(*numbers)
