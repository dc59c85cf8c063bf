"""A window at the Translate pane, over fakes of what the core does with translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.gui.fakes.desk import PaneDesk
from tests.gui.fakes.translations_core import FakeTranslating, document

BRIDGE = (
    "The old bridge was closed on 3 May 2021. Repairs cost 2.4 million euros.\n\n"
    "The council voted for a new bridge."
)  # fmt: skip
CHINESE = ("旧桥于2021年5月3日关闭。", "维修费为240万欧元。", "市议会投票建新桥。")


class Desk(PaneDesk):
    """A window at the Translate pane, over fakes of what the core does with translations."""

    def __init__(self, window: Any, qtbot: Any) -> None:
        self.fake = FakeTranslating(window._core)
        super().__init__(window, qtbot, "translate")
        self.pane = window.translating.pane
        self.core = self.fake.translations

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
