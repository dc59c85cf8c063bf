"""The Summarize pane keeps still, keeps apart what belongs to different documents, and says what it means."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from assistant.tasks.summary import Length
from tests.gui.fakes.summaries_core import SUMMARY, TEXT, document, linked
from tests.gui.test_summarize_pane import Desk


@pytest.fixture
def desk(window: Any, qtbot: Any) -> Desk:
    window.activateWindow()
    return Desk(window, qtbot)


def test_what_a_sentence_rests_on_moves_nothing(desk: Desk) -> None:
    desk.finished()
    passages = linked(SUMMARY, document()).sentences[0].sources
    QApplication.processEvents()
    sizes, tall = desk.pane.page.splitter.sizes(), desk.summarizeOutput.height()
    for words in ("This rests on:", "Not in the document. " * 40):
        desk.pane.result.links.show_links(words, passages * 3, TEXT * 2, steady=True)
        QApplication.processEvents()
        assert desk.pane.page.splitter.sizes() == sizes
        assert desk.summarizeOutput.height() == tall
    assert desk.summaryLinks.verticalScrollBar().maximum() > 0


def test_the_examples_are_as_wide_as_there_is_room(desk: Desk) -> None:
    desk.window.resize(1120, 760)
    QApplication.processEvents()
    area = desk.pane.result.welcome.viewport()
    for button in desk.pane.result.welcome.examples:
        assert button.isVisible()
        assert button.mapTo(area, button.rect().bottomRight()).x() < area.width()


def test_what_was_stopped_goes_on_unless_something_else_is_asked_for(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    job = desk.pane.job
    desk.summarizeStop.click()
    QApplication.processEvents()
    assert desk.summarizeGoOn.property("role") == "main"
    assert desk.summarizeRun.text() == "Start over"
    assert desk.summarizeRun.x() < desk.summarizeGoOn.x(), "to go on stands where Stop stood"
    desk.press("Ctrl+Return")
    assert desk.papers.summaries.gone_on == [job]
    assert len(desk.papers.summaries.views) == 1
    desk.summarizeStop.click()
    desk.summarizeLength.setCurrentIndex(2)
    desk.summarizeLength.activated.emit(2)
    assert desk.summarizeRun.text() == "Summarize"
    assert desk.summarizeRun.property("role") == "main"
    assert desk.summarizeGoOn.isVisible()
    desk.press("Ctrl+Return")
    assert desk.pane.job != job
    assert desk.job.options.length is Length.LONG


def test_a_stopped_summary_can_be_started_over(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    desk.summarizeStop.click()
    desk.summarizeRun.click()
    assert desk.papers.summaries.gone_on == []
    assert len(desk.papers.summaries.views) == 2
