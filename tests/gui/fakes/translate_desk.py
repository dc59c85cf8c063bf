"""A window at the Translate pane, over fakes of what the core does with translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.fakes.translations_core import FakeTranslating, document
from tests.gui.helpers import SLOW, child

BRIDGE = (
    "The old bridge was closed on 3 May 2021. Repairs cost 2.4 million euros.\n\n"
    "The council voted for a new bridge."
)  # fmt: skip
CHINESE = ("旧桥于2021年5月3日关闭。", "维修费为240万欧元。", "市议会投票建新桥。")


class Desk:
    """The pane, and what a test does with it. ``desk.translateInput`` is the widget of that name."""

    def __init__(self, window: Any, qtbot: Any) -> None:
        self.window = window
        self.qtbot = qtbot
        self.fake = FakeTranslating(window._core)
        window.resize(1240, 800)
        window.frame.show_pane("translate")
        QApplication.processEvents()
        self.pane = window.translating.pane
        self.core = self.fake.translations

    def __getattr__(self, name: str) -> Any:
        return child(self.window, name)

    @property
    def rows(self) -> Any:
        return self.pane.rows

    def type(self, text: str = BRIDGE) -> None:
        self.translateInput.setPlainText(text)

    def settle(self) -> None:
        """What waits for typing to end, or for a moment without news, has happened."""
        for timer in (self.pane.opening._typing, self.pane.planning._timer, self.pane.live._pause):
            if timer.isActive():
                timer.stop()
                timer.timeout.emit()

    def wait(self, true: Any) -> None:
        """Until this is so: what the core tells is shown a moment later."""
        self.qtbot.waitUntil(true, timeout=SLOW)

    def open(self, name: str = "report.docx", text: str = BRIDGE, **what: Any) -> Any:
        """A file that is opened."""
        made = document(text, **{"name": name, "format": name.rpartition(".")[2], **what})
        self.core.results[name] = made
        self.pane.open_file(Path("/somewhere") / name)
        self.settle()
        return made

    def running(self) -> int:
        """A text that is being translated."""
        self.type()
        self.settle()
        self.translateRun.click()
        job = self.pane.job
        assert job
        return int(job)

    def finished(self) -> int:
        """A text that was translated."""
        job = self.running()
        self.core.finish(job, CHINESE)
        self.wait(lambda: self.said() == "旧桥于2021年5月3日关闭。维修费为240万欧元。\n市议会投票建新桥。")
        return job

    def said(self) -> str:
        """What the translation says."""
        return str(self.translateOutput.toPlainText())

    def press(self, keys: str) -> None:
        QTest.keySequence(self.window.focusWidget() or self.window, QKeySequence(keys))
        QApplication.processEvents()
