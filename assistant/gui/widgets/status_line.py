"""The line at the bottom, the same in every pane: what the engine does, with which model, how fast, how full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from assistant.gui.actions import plain, tip
from assistant.gui.theme import SPACE
from assistant.gui.widgets.context_meter import ContextMeter
from assistant.gui.widgets.controls import Elided, Label, set_role
from assistant.texts import states, tr, units

if TYPE_CHECKING:
    from assistant.core.events import EngineView
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_DOT = 8
# By the values of core.events.Phase, which is loaded after this line is on the screen.
_COLORS = {
    "none": "edge", "asleep": "edge", "loading": "lamp", "ready": "good", "reading": "lamp", "writing": "lamp",
    "measuring": "lamp", "trouble": "danger",
}  # fmt: skip
_RESTING = ("none", "asleep")


class StatusLine(QFrame):
    """Shows an ``EngineView``.

    Signals: ``offline_wanted()`` when the lock was pressed: it leads to the setting.
    """

    offline_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self._theme = theme
        self._actions = actions
        self._view: EngineView | None = None
        self._offline = False
        self._dot = _Dot(theme)
        self.engine = QPushButton()
        self.engine.setObjectName("statusEngine")
        set_role(self.engine, "word")
        self.engine.clicked.connect(actions["load"].trigger)
        self.model = Elided()
        self.speed = Label()
        self.speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.meter = ContextMeter(theme)
        self.meter.hide()
        self.lock = QToolButton()
        self.lock.setObjectName("statusOffline")
        set_role(self.lock, "word")
        self.lock.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.lock.clicked.connect(self.offline_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._dot)
        layout.addWidget(self.engine)
        layout.addWidget(self.model, 1)
        layout.addWidget(self.speed)
        layout.addSpacing(SPACE)
        layout.addWidget(self.meter)
        layout.addSpacing(SPACE)
        layout.addWidget(self.lock)
        theme.changed.connect(self._dress)
        self._dress()

    def show_engine(self, view: EngineView) -> None:
        """Show what the engine does now."""
        self._view = view
        words = states.phase(view.phase.value, view.progress)
        if words != self.engine.text():
            self.engine.setText(words)
            self._give_room()
            self.engine.setAccessibleName(tr("Engine: {state}", state=words))
            self.engine.setEnabled(view.phase != "none")
        # Of an engine that ended while nobody waited for it, nothing else says why.
        trouble = _trouble(view)
        press = tip(_what_a_press_does(view), self._actions["load"])
        self.engine.setToolTip("<br>".join(part for part in (plain(trouble), press) if part))
        self.engine.setAccessibleDescription(trouble)
        self.model.setText(" · ".join(part for part in (view.model, view.device) if part))
        self.speed.setText(units.speed(view.speed) if view.speed else "")
        self._dot.show_phase(view.phase.value)

    def show_offline(self, offline: bool) -> None:
        """Show whether every connection is refused."""
        self._offline = offline
        self._dress()

    def _give_room(self) -> None:
        """Room for the widest of the words that follow each other, so that nothing moves; more only while it loads."""
        metrics = QFontMetrics(self._theme.font("quiet"))
        loading = self._view is not None and self._view.phase == "loading"
        phases = [phase for phase in _COLORS if phase != "none" and (loading or phase != "loading")]
        widest = max(metrics.horizontalAdvance(states.phase(phase, 1.0)) for phase in phases)
        self.engine.setMinimumWidth(widest + 2 * SPACE)

    def retranslate(self) -> None:
        self.engine.setText("")
        if self._view is not None:
            self.show_engine(self._view)
        self.meter.retranslate()
        self._dress()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Where there is no room for everything, the speed goes: cut short, none of them could be read."""
        layout = self.layout()
        if layout is None:  # it is being made
            return
        hidden = self.speed.isHidden()
        needed = layout.minimumSize().width() + (self.speed.minimumWidth() + layout.spacing() if hidden else 0)
        if (needed > self.width()) is not hidden:
            self.speed.setHidden(not hidden)

    def _dress(self) -> None:
        self.setFixedHeight(max(32, self._theme.px(2.2)))
        metrics = QFontMetrics(self._theme.font("quiet"))
        self._give_room()
        self.speed.setMinimumWidth(metrics.horizontalAdvance(units.speed(888.8)) + SPACE)
        size = max(14, self._theme.px(1))
        self.lock.setIconSize(QSize(size + 6, size))  # Qt leaves hardly a gap before the word
        self.lock.setIcon(self._theme.icon("lock" if self._offline else "lock-open", "quiet", size=size))
        self.lock.setText(tr("Offline") if self._offline else "")
        words = (
            tr("Offline: every connection is refused")
            if self._offline
            else tr("Online only for downloads that you start")
        )
        self.lock.setToolTip(words)
        self.lock.setAccessibleName(words)


class _Dot(QWidget):
    """The state as a colour, beside the word that says it. Hollow while nothing is loaded."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._phase = "none"
        self.setFixedSize(_DOT + 4, _DOT + 4)
        theme.changed.connect(self.update)

    def show_phase(self, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color(_COLORS[self._phase])
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._phase in _RESTING:
            painter.setPen(QPen(self._theme.color("quiet"), 1.5))
            painter.drawEllipse(middle, _DOT / 2 - 1, _DOT / 2 - 1)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, _DOT / 2, _DOT / 2)


def _trouble(view: EngineView) -> str:
    """What is wrong with the engine, empty: nothing."""
    if view.error is None:
        return ""
    from assistant.texts import errors  # noqa: PLC0415 - the window is there before

    return errors.sentence(view.error)


def _what_a_press_does(view: EngineView) -> str:
    words = {
        "loading": tr("Stop loading the model"),
        "ready": tr("Free the memory that the model takes"),
        "reading": tr("Stop"),
        "writing": tr("Stop"),
        "measuring": tr("Stop measuring how fast this model is here"),
    }
    return words.get(view.phase, tr("Load the model"))
