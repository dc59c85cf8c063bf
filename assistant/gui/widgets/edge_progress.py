"""The thin bar at the top edge of a result that is being made."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar

from assistant.gui.widgets.controls import set_role


class EdgeProgress(QProgressBar):
    """Its room stays while it is hidden, so that the text below it does."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextVisible(False)
        set_role(self, "edge")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_progress(self, done: int, total: int, *, running: bool) -> None:
        """How far it is; before anything is done only that something happens."""
        self.setVisible(running)
        self.setRange(0, total if done else 0)
        self.setValue(done)
