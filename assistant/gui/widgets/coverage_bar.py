"""The narrow bar beside a document: which of its passages a summary covers, and where the lit ones are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from assistant.gui.actions import plain
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

WIDTH = 14
STEPS = 400  # stretches of equal length that are told apart
COVERED = 0.5  # a passage counts as covered from here on


class CoverageBar(QWidget):
    """The document from its first to its last character, top to bottom; the wider the stroke, the more is covered.

    The arrow keys go to the next passage that is not covered, or back to the one before.

    Signals: ``place_wanted(offset)``: this character of the text is to be seen.
    """

    place_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("coverageBar")
        self._theme = theme
        self._length = 0
        self._steps: list[float] = []
        self._gaps: list[int] = []  # where passages begin that are not covered
        self._at = -1
        self._share: float | None = None
        self._passages: list[tuple[int, int]] = []
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    @property
    def share(self) -> float | None:
        """The share of the text that is covered, 0 to 1; None: nothing is known."""
        return self._share

    def show_coverage(self, spans: Sequence[tuple[int, int]], coverage: Sequence[float], length: int) -> None:
        """Show how much of each stretch of a text of ``length`` characters is covered; no coverage: hide.

        :param coverage: 0 to 1 for each of ``spans``.
        """
        self._length, self._at = length, -1
        self._steps, self._gaps, self._share = [], [], None
        known = bool(coverage) and length > 0
        if known:
            count = min(STEPS, length)
            sums, sizes = [0.0] * count, [0] * count
            covered = whole = 0.0
            for (start, end), share in zip(spans, coverage, strict=False):
                size = end - start
                covered += share * size
                whole += size
                if share < COVERED:
                    self._gaps.append(start)
                for step in range(start * count // length, min(count - 1, max(start, end - 1) * count // length) + 1):
                    sums[step] += share * size
                    sizes[step] += size
            self._steps = [total / size if size else 0.0 for total, size in zip(sums, sizes, strict=True)]
            self._share = covered / whole if whole else 0.0
        self.setVisible(known)
        self.retranslate()
        self.update()

    def highlight(self, passages: Sequence[tuple[int, int]]) -> None:
        """Show where these passages are."""
        self._passages = list(passages)
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("What the summary covers"))
        self.setAccessibleDescription(self.words())

    def words(self) -> str:
        """The share that is covered, in words."""
        if self._share is None:
            return ""
        return tr("The summary covers {percent} % of the document.", percent=round(100 * self._share))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        high, middle = self.height(), self.width() / 2
        painter.fillRect(QRectF(middle - 0.5, 0, 1, high), theme.color("edge"))
        count = len(self._steps)
        lamp = theme.color("lamp")
        for number, share in enumerate(self._steps):
            if share <= 0:
                continue
            top, bottom = number * high / count, (number + 1) * high / count
            wide = 2 + 6 * min(1.0, share)
            painter.fillRect(QRectF(middle - wide / 2, top, wide, max(1.0, bottom - top)), lamp)
        painter.setPen(QPen(theme.color("text"), 1.5))
        for start, end in self._passages:
            top = start * high / max(1, self._length)
            bottom = max(top + 3, end * high / max(1, self._length))
            painter.drawRect(QRectF(1, top, self.width() - 2, min(bottom, high - 1) - top))
        if self.hasFocus():
            painter.setPen(QPen(lamp, 2))
            painter.drawRoundedRect(QRect(1, 1, self.width() - 2, high - 2), 4, 4)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._length:
            self.place_wanted.emit(self._offset(event.position().y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._gaps:
            super().keyPressEvent(event)
            return
        self._at = min(max(self._at + step, 0), len(self._gaps) - 1)
        self.place_wanted.emit(self._gaps[self._at])

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            more = tr("Click to go there. The arrow keys lead to what is not covered.")
            QToolTip.showText(event.globalPos(), plain(f"{self.words()} {more}"), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    def _offset(self, y: float) -> int:
        return min(self._length - 1, max(0, int(y * self._length / max(1, self.height()))))
