"""A window at one of its panes, over fakes of what the core does there."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from tests.gui.helpers import SLOW, child, press


class PaneDesk:
    """The pane, and what a test does with it. ``desk.translateInput`` is the widget of that name.

    :param name: of the pane; the fakes are there already.
    """

    def __init__(self, window: Any, qtbot: Any, name: str) -> None:
        self.window = window
        self.qtbot = qtbot
        window.resize(1240, 800)
        window.frame.show_pane(name)
        QApplication.processEvents()

    def __getattr__(self, name: str) -> Any:
        return child(self.window, name)

    def wait(self, true: Any) -> None:
        """Until this is so: what the core tells is shown a moment later."""
        self.qtbot.waitUntil(true, timeout=SLOW)

    def press(self, keys: str) -> None:
        press(self.window, keys)
