"""A strip below a text, for what is said and offered about the place at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_TALL = 7.5  # in em
_SHARE = 8  # of the window's height, at most
_SHARE_ASKED = 3  # where somebody has asked for what is in it


class ScrolledStrip(QScrollArea):
    """As high as what is in it, up to a few lines; more is scrolled.

    What it says never changes the width of anything. Where things come and go it keeps its height (``keep_room``), so
    that the text above it stays where it is; for what somebody asks for it becomes higher.
    """

    def __init__(self, theme: Theme, *parts: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._whole = self._asked = False
        self._host = QWidget()
        self._host.setObjectName("scrolled")
        layout = QVBoxLayout(self._host)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(self._host)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)

    def keep_room(self, *, whole: bool, asked: bool = False) -> None:
        """Keep all of the room, or only what is needed now; ``asked``: and what is needed beyond it."""
        self._whole, self._asked = whole, asked
        self.updateGeometry()

    @property
    def room(self) -> int:
        """How high it is where it keeps all of its room, in px."""
        return min(self._theme.px(_TALL), self.window().height() // _SHARE)

    def show_part(self, part: QWidget) -> None:
        """Have one of the parts in sight, as soon as it has its place."""
        QTimer.singleShot(0, part, lambda: self.ensureWidgetVisible(part, 0, SPACE // 2))

    def sizeHint(self) -> QSize:
        most = self.room
        layout = self._host.layout()
        bar = self.verticalScrollBar().sizeHint().width() if self._asked else 0  # it stays where it was needed before
        needed = layout.totalHeightForWidth(max(1, self.width() - bar)) if layout is not None else 0
        edges = self.contentsMargins()  # the line above it
        needed += edges.top() + edges.bottom()
        if self._asked and needed > most:
            return QSize(0, min(needed, self.window().height() // _SHARE_ASKED))
        return QSize(0, most if self._whole else min(needed, most))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().lineSpacing() + SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
