"""The rail at the left edge: one button per pane, icon over label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout

from assistant.gui.theme import SPACE

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

RAIL_WIDTH = 64


class Rail(QFrame):
    """Which pane is shown. Every button is reached with Tab, and from one to the next with the arrow keys.

    Signals: ``chosen(pane id)`` when the user pressed a button or its key.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._theme = theme
        self._buttons: dict[str, tuple[QToolButton, QAction, str]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, SPACE, 0, SPACE)
        self._layout.setSpacing(SPACE // 2)
        self._layout.addStretch(1)
        theme.changed.connect(self._dress)

    def add(self, pane: str, action: QAction, icon: str, *, at_bottom: bool = False) -> None:
        """A button named ``navChat`` for the pane ``chat``; its words and key are the action's."""
        button = QToolButton()
        button.setObjectName(f"nav{pane.capitalize()}")
        button.setCheckable(True)
        button.installEventFilter(self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self._press(pane))
        action.triggered.connect(lambda: self.chosen.emit(pane))
        self._buttons[pane] = (button, action, icon)
        at = self._layout.count() if at_bottom else self._layout.count() - 1
        self._layout.insertWidget(at, button)
        self._dress()

    def show_pane(self, pane: str) -> None:
        """Mark the button of the pane that is shown; the others are not."""
        for name, (button, _, _) in self._buttons.items():
            button.setChecked(name == pane)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys: a button by itself would go on to whatever stands beside the rail."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            buttons = sorted((button for button, _, _ in self._buttons.values()), key=lambda button: button.y())
            at, last = buttons.index(watched), len(buttons) - 1  # type: ignore[arg-type]
            keys = Qt.Key
            steps = {keys.Key_Up: at - 1, keys.Key_Down: at + 1, keys.Key_Home: 0, keys.Key_End: last}
            to = steps.get(keys(event.key()))
            if to is not None:
                buttons[min(max(to, 0), last)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _press(self, pane: str) -> None:
        """A press unchecks the button of the pane that is shown; it stays that pane's."""
        self._buttons[pane][0].setChecked(True)
        self.chosen.emit(pane)

    def retranslate(self) -> None:
        for button, action, _ in self._buttons.values():
            button.setText(action.text())
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Words below the icons, where there is room for all of them."""
        buttons = [button for button, _, _ in self._buttons.values()]
        for button in buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        gaps = 2 * SPACE + len(buttons) * self._layout.spacing()
        if sum(button.sizeHint().height() for button in buttons) + gaps > self.height():
            for button in buttons:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _dress(self) -> None:
        widest, metrics = RAIL_WIDTH, QFontMetrics(self._theme.font("quiet"))
        for button, _, icon in self._buttons.values():
            size = max(22, self._theme.px(1.6))
            button.setIconSize(QSize(size, size))
            button.setIcon(self._theme.icon(icon, "quiet", on="lamp", size=size))
            widest = max(widest, metrics.horizontalAdvance(button.text()) + 2 * SPACE + 4)
        self.setFixedWidth(widest)
        self._arrange()
