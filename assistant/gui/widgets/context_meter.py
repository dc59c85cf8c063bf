"""How full the model's context is: used, what is being typed, and what is kept for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QProgressBar

from assistant.gui.theme import SPACE
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.usage import Usage
    from assistant.gui.theme import Theme

_BAR = 72
_NEARLY_FULL = 0.85
_STEPS = 20  # in which a screen reader is told how it fills while an answer is written


class ContextMeter(QProgressBar):
    """A bar and two numbers. To a screen reader it is a progress bar with a sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("chatContextMeter")
        self.setTextVisible(False)
        self._theme = theme
        self._used = self._draft = self._reserved = self._context = 0
        self._exact = True
        self._wanted = True
        theme.changed.connect(self.updateGeometry)

    def show_usage(self, usage: Usage | None) -> None:
        """Show these numbers; None or an unknown context: nothing."""
        if usage is None or not usage.context:
            self._context = 0
            self.hide()
            return
        self._used, self._draft, self._reserved = usage.used, usage.draft, usage.reserved
        self._context, self._exact = usage.context, usage.exact
        self.setMaximum(usage.context)
        value = min(usage.context, usage.used + usage.draft)
        if not usage.growing or abs(value - self.value()) * _STEPS >= usage.context:
            self.setValue(value)
        self.retranslate()
        self.updateGeometry()
        self.setVisible(self._wanted)
        self.update()

    def set_wanted(self, wanted: bool) -> None:
        """Be seen, where there is something to show, or not."""
        self._wanted = wanted
        self.setVisible(wanted and bool(self._context))

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Context"))
        if not self._context:
            return
        sentence = tr(
            "The model can see {context} tokens at once. This conversation takes {used}, the message being written "
            "about {draft}, and {reserved} are kept for the answer.",
            context=f"{self._context:,}",
            used=f"{self._used:,}" if self._exact else tr("about {n}", n=f"{self._used:,}"),
            draft=f"{self._draft:,}",
            reserved=f"{self._reserved:,}",
        )
        self.setToolTip(sentence)
        self.setAccessibleDescription(sentence)

    def words(self) -> str:
        """The numbers beside the bar."""
        mark = "" if self._exact and not self._draft else "~"
        return f"{mark}{_short(self._used + self._draft)} / {_short(self._context)}"

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font("quiet"))
        widest = f"~{_short(max(888, self._context))} / {_short(self._context)}"  # so that nothing moves as it fills
        return QSize(_BAR + SPACE + metrics.horizontalAdvance(widest) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, self.height() / 2 - 3, _BAR, 6)
        shape = QPainterPath()
        shape.addRoundedRect(bar, 3, 3)
        painter.fillPath(shape, theme.color("hairline"))
        painter.setClipPath(shape)
        if self._context:
            full = (self._used + self._draft + self._reserved) / self._context > 1
            nearly = self._used / self._context > _NEARLY_FULL
            at = 0.0
            for part, token in (
                (self._used, "danger" if full or nearly else "lamp"),
                (self._draft, "danger" if full else "lamp/50"),
            ):
                width = bar.width() * min(1.0, part / self._context)
                painter.fillRect(QRectF(at, bar.top(), width, bar.height()), theme.color(token))
                at += width
            kept = bar.width() * self._reserved / self._context
            painter.fillRect(QRectF(bar.right() - kept, bar.top(), kept, bar.height()), theme.color("quiet/40"))
        painter.setClipping(False)
        painter.setFont(theme.font("quiet"))
        painter.setPen(theme.color("quiet"))
        room = self.rect().adjusted(_BAR + SPACE, 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.words())


def _short(tokens: int) -> str:
    """1234 as 1.2k; small numbers as they are."""
    if tokens < 1000:
        return str(tokens)
    return f"{tokens / 1000:.1f}k" if tokens < 100_000 else f"{tokens // 1000}k"
