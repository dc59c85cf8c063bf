"""A page of one column that scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_COLUMN = 44  # in em


class ColumnPage(QScrollArea):
    """A column in the middle of the page that scrolls; pages put their parts into ``column``.

    :param spacing: between them, in px.
    """

    def __init__(self, theme: Theme, *, spacing: int = 2 * SPACE) -> None:
        super().__init__()
        self.theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        host = QWidget()
        host.setObjectName("scrolled")
        outer = QHBoxLayout(host)
        outer.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 3 * SPACE)
        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(spacing)
        outer.addStretch(1)
        outer.addWidget(self._inner, 1000)
        outer.addStretch(1)
        self.setWidget(host)
        theme.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self._inner.setMaximumWidth(self._widest())

    def _widest(self) -> int:
        """How wide the column may be, in px."""
        return self.theme.px(_COLUMN)
