"""What is below the header: the pages, and the notice bar over their top, which never pushes what is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class PageBody(QWidget):
    """The bar lies over the pages while the pointer is here, so that a click lands where it was meant to; the pages
    make room for the bar, and take the room back, when the pointer is somewhere else.
    """

    def __init__(self, pages: QWidget) -> None:
        super().__init__()
        self._bar: QFrame | None = None
        self._room = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(pages)

    def add_bar(self, bar: QFrame) -> None:
        """Put in the bar, hidden or shown as it is."""
        shown = not bar.isHidden()
        self._bar = bar
        bar.setParent(self)
        bar.setVisible(shown)
        bar.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._place()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._make_room()

    def _place(self) -> None:
        """As wide as the pages and as tall as its words take."""
        bar = self._bar
        if bar is None:
            return
        layout = bar.layout()
        for _ in range(2):  # in another width its parts may stand otherwise
            height = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
            bar.setGeometry(0, 0, self.width(), max(height, layout.totalSizeHint().height() if not height else 0))
        bar.raise_()
        if not self.underMouse():
            self._make_room()

    def _make_room(self) -> None:
        bar = self._bar
        room = bar.height() if bar is not None and not bar.isHidden() else 0
        if room != self._room:
            self._room = room
            self._column.setContentsMargins(0, room, 0, 0)
