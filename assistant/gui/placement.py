"""Where the window stands: kept at the end, restored at the start, also when the screen it stood on is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow

    from assistant.core.core import Core

FIRST_SIZE = QSize(1120, 760)
_KEY = "window"
_GRIP = 96  # so much of the upper edge must be on a screen for a hand to get hold of it
_TITLE = 32


class Placement:
    """Size, place and state of one window in the state file."""

    def __init__(self, window: QMainWindow, core: Core) -> None:
        self._window = window
        self._state = core.state

    def keep(self) -> None:
        """Remember where the window stands now."""
        rect = self._window.normalGeometry()
        self._state.set(
            _KEY,
            {"rect": [rect.x(), rect.y(), rect.width(), rect.height()], "maximised": self._window.isMaximized()},
        )

    def restore(self) -> None:
        """Stand where the window stood, if that can still be seen."""
        kept: Any = self._state.get(_KEY)
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        rect = _rect_of(kept)
        if rect is None:
            self._window.resize(fitted(QRect(screens[0].topLeft(), FIRST_SIZE), screens).size())
            return
        self._window.setGeometry(fitted(rect, screens))
        if kept.get("maximised"):
            self._window.setWindowState(self._window.windowState().__class__.WindowMaximized)


def fitted(rect: QRect, screens: Sequence[QRect]) -> QRect:
    """``rect`` where a hand can reach it: as it is, or moved and shrunk onto the first of the screens.

    :param screens: the usable part of each screen, the primary one first.
    """
    for screen in screens:
        edge = QRect(rect.x(), rect.y(), rect.width(), _TITLE).intersected(screen)
        if edge.width() >= _GRIP and edge.height() >= _TITLE // 2:
            return QRect(rect.topLeft(), rect.size().boundedTo(screen.size()))
    home = screens[0]
    size = rect.size().boundedTo(home.size())
    moved = QRect(home.topLeft(), size)
    moved.moveCenter(home.center())
    return moved


def _rect_of(kept: Any) -> QRect | None:
    """The kept rectangle; None where there is none or the file holds something else."""
    numbers = kept.get("rect") if isinstance(kept, dict) else None
    if not isinstance(numbers, list) or len(numbers) != 4 or not all(isinstance(n, int) for n in numbers):
        return None
    if not all(-100_000 < n < 100_000 for n in numbers) or numbers[2] <= 0 or numbers[3] <= 0:
        return None
    return QRect(*numbers)
