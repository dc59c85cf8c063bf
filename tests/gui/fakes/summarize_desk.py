"""A window at the Summarize pane, over fakes of what the core does with documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.gui.fakes.desk import PaneDesk
from tests.gui.fakes.summaries_core import SUMMARY, TEXT, FakePapers, document, linked


class Desk(PaneDesk):
    """A window at the Summarize pane, over fakes of what the core does with documents."""

    def __init__(self, window: Any, qtbot: Any) -> None:
        self.papers = FakePapers(window._core)
        super().__init__(window, qtbot, "summarize")
        self.pane = window.summarizing.pane

    @property
    def job(self) -> Any:
        return self.papers.summaries.views[self.pane.job]

    def type(self, text: str = "The bridge fell. Nobody was hurt.") -> None:
        self.summarizeInput.setPlainText(text)

    def settle(self) -> None:
        """What waits for typing to end has happened."""
        for timer in (self.pane.opening._typing, self.pane.planning._timer):
            if timer.isActive():
                timer.stop()
                timer.timeout.emit()

    def open(self, name: str = "report.pdf", **what: Any) -> Any:
        """A file that is opened."""
        made = document(what.pop("text", TEXT), **what)
        self.papers.documents.results[name] = made
        self.pane.open_file(Path("/somewhere") / name)
        self.settle()
        return made

    def finished(self) -> Any:
        """A document with a summary that is done and linked."""
        made = self.open(pages=3)
        self.summarizeRun.click()
        self.papers.summaries.finish(self.pane.job, SUMMARY, linked(SUMMARY, made))
        return made
