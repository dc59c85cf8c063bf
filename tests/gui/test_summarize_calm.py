"""The Summarize pane keeps still, keeps apart what belongs to different documents, and says what it means."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

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
