"""What is to be done a moment after it was first called for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Soon(QTimer):
    """Calls ``act`` once, ``interval_ms`` after the first ``touch``; further ones until then do not put it off."""

    def __init__(self, parent: QObject, interval_ms: int, act: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(interval_ms)
        self.timeout.connect(act)

    def touch(self) -> None:
        """It is called for."""
        if not self.isActive():
            self.start()
