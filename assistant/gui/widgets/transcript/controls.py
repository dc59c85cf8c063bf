"""The buttons that stand in a transcript: real widgets, made only for messages in sight and used again for others."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QToolButton, QWidget

from assistant.gui.widgets.controls import set_role
from assistant.gui.widgets.safe_text import plain_label
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractScrollArea, QLabel

    from assistant.gui.theme import Theme


CONFIRM_MS = 1500


@dataclass(frozen=True, slots=True)
class Control:
    """One control of one message.

    :ivar key: what it is; unique within the message.
    :ivar rect: where, in the message's coordinates.
    :ivar icon: the name of its icon; empty for words alone.
    :ivar words: what it shows beside the icon; a control with neither icon nor button is a label.
    :ivar name: what it is called for screen readers and in its tooltip.
    """

    key: str
    rect: QRect
    name: str = ""
    icon: str = ""
    words: str = ""
    label: bool = False
    enabled: bool = True


class MessageButton(QToolButton):
    """A button of a message.

    Signals: ``pressed_for(message, key)`` when it was clicked, ``left()`` when the keyboard went elsewhere,
    ``reached(button)`` when it came here.
    """

    pressed_for = Signal(object, str)
    left = Signal()
    reached = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._control: Control | None = None
        self._done = QTimer(self)
        self._done.setSingleShot(True)
        self._done.timeout.connect(self._show_again)
        self.message = 0
        self.key = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self, "message")
        self.clicked.connect(self._clicked)

    def show_control(self, message: int, control: Control) -> None:
        """Be ``control`` of ``message``."""
        if self._done.isActive() and (message, control.key) == (self.message, self.key):
            return
        self._done.stop()
        self.message, self.key, self._control = message, control.key, control
        dress = (self._theme.color("quiet").rgba(), self._theme.small_icon())
        shown = (control.icon, control.words, control.name, control.enabled, *dress)
        if shown == self._shown:
            return
        self._shown = shown
        self.setObjectName("message" + control.key.split("-")[0].capitalize())
        self.setText(control.words)
        if control.icon:
            side = self._theme.small_icon()
            self.setIcon(self._theme.icon(control.icon, "quiet", size=side))
            self.setIconSize(QSize(side + (8 if control.words else 0), side))  # Qt leaves hardly a gap before words
        style = Qt.ToolButtonStyle
        both = style.ToolButtonTextBesideIcon if control.icon else style.ToolButtonTextOnly
        self.setToolButtonStyle(both if control.words else style.ToolButtonIconOnly)
        self.setAccessibleName(control.name)
        self.setToolTip(html.escape(control.name))
        self.setEnabled(control.enabled)

    def confirm(self) -> None:
        """Show for a moment that it is done."""
        self.setIcon(self._theme.icon("check", "good", size=self._theme.small_icon()))
        self.setAccessibleName(tr("Copied"))
        self._shown = ()
        self._done.start(CONFIRM_MS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.reached.emit(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _clicked(self) -> None:
        self.pressed_for.emit(self.message, self.key)

    def _show_again(self) -> None:
        if self._control is not None:
            self.show_control(self.message, self._control)


class ControlLayer:
    """Keeps a widget for each control that is wanted, over the viewport of the transcript.

    The viewport is asked for each time: Qt has made it, and the library can lose its half of it.

    :param area: the transcript.
    :param heard: what the signals of a button lead to: ``pressed_for``, ``left``, ``reached``.
    """

    def __init__(self, theme: Theme, area: QAbstractScrollArea, *heard: object) -> None:
        self._theme = theme
        self._area = area
        self._heard = heard
        self._last: QWidget = area  # of the transcript and its buttons, as Tab goes
        self._live: dict[tuple[int, str], QWidget] = {}
        self._spare_buttons: list[MessageButton] = []
        self._spare_labels: list[QLabel] = []

    def show(self, wanted: list[tuple[int, Control, QRect]]) -> None:
        """Show exactly these controls at these places of the viewport."""
        keys = {(message, control.key) for message, control, _rect in wanted}
        gone = [key for key in self._live if key not in keys]
        focused = any(self._live[key].hasFocus() for key in gone)
        for key in gone:
            self._put_away(self._live.pop(key))
        for message, control, rect in wanted:
            widget = self._live.get((message, control.key))
            if widget is None:
                widget = self._live[message, control.key] = self._take(control)
            if isinstance(widget, MessageButton):
                widget.show_control(message, control)
            else:
                widget.setText(control.words)  # type: ignore[attr-defined]
            if widget.geometry() != rect:
                widget.setGeometry(rect)
            if widget.isHidden():
                widget.show()
        if focused:  # its button is gone; last, because this may come back here
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def find(self, message: int, key: str) -> QWidget | None:
        """The widget of a control, if it is shown."""
        return self._live.get((message, key))

    def confirm(self, message: int, key: str) -> None:
        """Show on a button that it has done its work."""
        widget = self._live.get((message, key))
        if isinstance(widget, MessageButton):
            widget.confirm()

    def of_message(self, message: int) -> list[MessageButton]:
        """The enabled buttons of a message, from top to bottom and left to right."""
        found = [
            widget
            for (owner, _key), widget in self._live.items()
            if owner == message and isinstance(widget, MessageButton) and widget.isEnabled()
        ]
        return sorted(found, key=lambda widget: (widget.y(), widget.x()))

    def restyle(self) -> None:
        """Colours or words have changed."""
        for widget in self._live.values():
            self._put_away(widget)
        self._live.clear()

    def _take(self, control: Control) -> QWidget:
        if control.label:
            if self._spare_labels:
                return self._spare_labels.pop()
            label = plain_label("", self._area.viewport())
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            set_role(label, "quiet")
            return label
        if self._spare_buttons:
            return self._spare_buttons.pop()
        button = MessageButton(self._theme, self._area.viewport())
        for signal, slot in zip((button.pressed_for, button.left, button.reached), self._heard, strict=True):
            signal.connect(slot)
        QWidget.setTabOrder(self._last, button)
        self._last = button
        return button

    def _put_away(self, widget: QWidget) -> None:
        widget.hide()
        if isinstance(widget, MessageButton):
            self._spare_buttons.append(widget)
        else:
            self._spare_labels.append(widget)  # type: ignore[arg-type]
