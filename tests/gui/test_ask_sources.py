"""The strip below an answer about a document: it leads to the passages, and names what nothing bears out."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.fakes.summaries_core import SUMMARY, linked
from tests.gui.test_summarize_pane import Desk


@pytest.fixture
def answered(window: Any, qtbot: Any) -> Desk:
    """A document with a question that was answered."""
    desk = Desk(window, qtbot)
    made = desk.open()
    desk.page = desk.pane.page
    desk.page.show_view("ask")
    desk.askInput.setPlainText("What does it cost?")
    desk.pane.ask()
    desk.papers.asking.finish(text=SUMMARY, linked=linked(SUMMARY, made))
    return desk


def test_the_sentences_of_an_answer_that_nothing_bears_out_are_named(answered: Desk) -> None:
    first, *rest = answered.askLinksWords.text().split("\n")
    assert "4 of 5 sentences have a source" in first
    assert rest == [
        "“Pedestrians pay two euros.” No passage of the document bears this out.",
        "“A new one costs 6.8 million euros.” The document does not bear out an amount.",
        "“卢卡斯 opened the ferry.” A name in another script was not checked.",
    ]


def test_an_answer_that_is_borne_out_has_one_line(answered: Desk) -> None:
    made = answered.pane.opening.document
    good = linked(SUMMARY, made)
    good = type(good)(id="", sentences=good.sentences[:1], coverage=good.coverage)
    answered.askInput.setPlainText("And when?")
    answered.pane.ask()
    answered.papers.asking.finish(text=SUMMARY, linked=good)
    assert answered.askLinksWords.text() == "1 of 1 sentences have a source"


def test_a_press_on_a_source_shows_the_source_also_where_only_one_thing_is_shown(answered: Desk) -> None:
    answered.window.resize(700, 700)
    QApplication.processEvents()
    assert answered.page.narrow
    answered.page.show_view("ask")
    answered.pane.room.panel.links.buttons[1].click()
    assert answered.documentView.isVisible()
    start, end = answered.documentView._passages[0]
    assert answered.pane.opening.document.text[start:end].startswith("It will cost")
