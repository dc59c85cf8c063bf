"""The Summarize pane keeps still, keeps apart what belongs to different documents, and says what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.summary.views import JobState
from assistant.tasks.summary import Format, Length
from tests.gui.fakes.summaries_core import SUMMARY, TEXT, document, linked
from tests.gui.fakes.summarize_desk import Desk


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
    assert len(desk.pane.result.welcome.examples) > 1
    for button in desk.pane.result.welcome.examples:
        assert button.isVisible()
        assert button.mapTo(area, button.rect().bottomRight()).x() < area.width()


def settle() -> None:
    """Lay out what follows from a layout that follows from another size: each takes a turn of the event loop."""
    for _ in range(6):
        QApplication.processEvents()


@pytest.mark.parametrize("size", [(900, 600), (1120, 760), (1280, 900)])
@pytest.mark.parametrize("percent", [100, 200])
def test_the_whole_of_an_example_can_be_read(desk: Desk, size: tuple[int, int], percent: int) -> None:
    desk.window.resize(*size)
    desk.window._core.settings.set("text_size", percent)
    settle()
    desk.pane.page.show_view("result")
    settle()
    assert len(desk.pane.result.welcome.examples) > 1
    for button in desk.pane.result.welcome.examples:
        lines = button._lines(button.width())
        assert " ".join(lines) == button.text()
        room = button.contentsRect().height() - 2 * 9  # what the sheet leaves above and below
        assert button.fontMetrics().lineSpacing() * len(lines) <= room


@pytest.mark.parametrize("size", [(900, 600), (1120, 760), (1280, 900)])
@pytest.mark.parametrize("percent", [100, 200])
def test_every_choice_can_be_read(desk: Desk, size: tuple[int, int], percent: int) -> None:
    desk.window.resize(*size)
    desk.window._core.settings.set("text_size", percent)
    settle()
    choices = desk.pane.card.choices
    for box in (choices.depth, choices.length, choices.format, choices.language):
        assert box.width() >= box.sizeHint().width()
        assert box.height() >= box.fontMetrics().height() + 8, "with room above and below its words"
        assert box.parentWidget().rect().contains(box.geometry())


def test_where_the_window_is_lowest_the_choices_share_one_line(desk: Desk) -> None:
    desk.window.resize(720, 480)
    desk.window._core.settings.set("text_size", 200)
    settle()
    choices = desk.pane.card.choices
    boxes = (choices.depth, choices.length, choices.format, choices.language)
    assert {box.y() for box in boxes} == {0}
    assert desk.listToggle.geometry().bottom() < desk.header.height(), "what stands above is not pressed together"
    assert all(box.parentWidget().rect().contains(box.geometry()) for box in boxes)


def test_what_an_empty_field_says_has_the_size_of_its_text(desk: Desk) -> None:
    field = desk.summarizeInput
    for percent in (200, 100):
        desk.window.frame.show_pane("settings")
        desk.window._core.settings.set("text_size", percent)
        QApplication.processEvents()
        desk.window.frame.show_pane("summarize")
        assert field.viewport().font().pointSizeF() == field.font().pointSizeF()


def test_a_summary_that_is_made_again_leaves_the_older_one_in_the_list(desk: Desk) -> None:
    desk.open()
    assert "stays in the list" not in desk.summarizeRun.toolTip()
    desk.summarizeRun.click()
    older = desk.pane.job
    desk.papers.summaries.finish(older, "The first one.")
    assert "stays in the list" in desk.summarizeRun.toolTip()
    desk.summarizeRun.click()
    newer = desk.pane.job
    desk.papers.summaries.finish(newer, "Another one.")
    assert newer != older
    rows = desk.summaryList.rows.rows
    assert {row.id for row in rows} == {str(older), str(newer)}
    desk.pane._chosen(older)
    assert desk.summarizeOutput.toPlainText().strip() == "The first one."


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


def test_summaries_of_one_title_are_told_apart_by_their_time(desk: Desk) -> None:
    desk.finished()
    alone = desk.summaryList.rows.rows[0].line
    assert not any(character.isdigit() for character in alone)
    desk.papers.summaries.start(desk.job.document, desk.job.options)
    assert all(any(map(str.isdigit, row.line)) for row in desk.summaryList.rows.rows)


def test_a_question_that_was_not_asked_stays_with_its_document(desk: Desk) -> None:
    desk.open()
    desk.press("Alt+3")
    desk.askInput.setPlainText("What does the bridge cost?")
    desk.open("other.txt", text="Something else entirely.")
    assert desk.askInput.toPlainText() == ""
    desk.askInput.setPlainText("What else?")
    desk.open()
    assert desk.askInput.toPlainText() == "What does the bridge cost?"
    desk.pane.new()
    assert desk.askInput.toPlainText() == ""


def test_a_question_is_kept_while_the_text_is_typed(desk: Desk) -> None:
    desk.type("One.")
    desk.settle()
    desk.askInput.setPlainText("Why?")
    desk.type("One. Two.")
    desk.settle()
    assert desk.askInput.toPlainText() == "Why?"


def test_a_stopped_summary_without_text_is_not_being_read(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    QApplication.processEvents()
    reading = desk.summarizeOutput.grab().toImage()
    desk.papers.summaries.change(desk.pane.job, state=JobState.WAITING)
    desk.window.resize(desk.window.size())
    QApplication.processEvents()
    assert desk.summarizeOutput.placeholderText() == ""
    assert desk.summarizeOutput.grab().toImage() != reading
    assert "Interrupted" in desk.summaryLinksWords.text()


def test_what_is_asked_of_one_document_is_not_asked_of_the_next(desk: Desk) -> None:
    desk.summarizeLength.setCurrentIndex(0)
    desk.summarizeLength.activated.emit(0)
    desk.summarizeAudience.setText("children")
    desk.summarizeExample3.click()
    assert desk.job.options.audience == ""
    assert desk.job.options.focus
    desk.papers.summaries.finish(desk.pane.job, "Pay.")
    desk.open()
    options = desk.pane.card.choices.options()
    assert (options.focus, options.audience) == ("", "")
    assert (options.format, options.length) == (Format.PARAGRAPH, Length.SHORT), "what was chosen before the example"


def test_what_was_chosen_on_the_empty_page_is_for_the_document_that_comes(desk: Desk) -> None:
    desk.summarizeFocus.setText("costs")
    desk.open()
    assert desk.pane.card.choices.options().focus == "costs"


def test_a_bad_file_takes_the_place_of_the_summary_that_was_open(desk: Desk) -> None:
    desk.finished()
    desk.papers.documents.results["bad.pdf"] = AssistantError(ErrorKind.DOCUMENT_DAMAGED, format="pdf")
    desk.pane.open_file(Path("/x/bad.pdf"))
    assert desk.pageTitle.text() == "bad.pdf"
    assert not desk.summaryList.currentIndex().isValid()
    assert not desk.summarizeExport.isEnabled()
    desk.sourceBack.click()
    assert desk.pageTitle.text() == "New summary"
    desk.pane.open_file(Path("/x/bad.pdf"))
    desk.summaryNew.click()
    assert desk.pageTitle.text() == "New summary"
    assert desk.summarizeInput.isVisible()


def test_what_is_deleted_leaves_the_empty_page(desk: Desk) -> None:
    desk.finished()
    job = desk.pane.job
    desk.press("Ctrl+Shift+Backspace")
    assert desk.pageTitle.text() == "New summary"
    assert desk.summarizeInput.isVisible()
    assert desk.summarizeInput.toPlainText() == ""
    desk.press("Ctrl+Shift+Z")
    assert desk.pane.job == job
    assert desk.documentView.isVisible()


def test_a_document_without_a_summary_says_how_to_get_one(desk: Desk) -> None:
    welcome = desk.pane.result.welcome
    assert welcome.examples[0].isVisible()
    desk.open()
    assert "summarizes this" in welcome._line.text()
    assert not welcome.examples[0].isVisible()
    desk.pane.new()
    assert welcome.examples[0].isVisible()


def test_each_box_of_a_running_summary_says_which_step_it_is(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    QApplication.processEvents()
    strip = desk.summarySteps
    assert strip.words_at(5) == "Part 1: being read"
    assert strip.words_at(3 * 40 + 5) == "Part 4: waiting"
    assert strip.words_at(4 * 40 + 20) == "Bringing together 1: waiting"
    assert strip.words_at(strip.width() - 2) == ""
    assert "Part 2: being read" in strip.accessibleDescription()


def test_a_single_step_has_no_boxes(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    many = desk.job.steps
    desk.papers.summaries.change(desk.pane.job, steps=many[:1], total=1)
    assert not desk.summarySteps.isVisible()
    desk.papers.summaries.change(desk.pane.job, steps=many, total=5)
    assert desk.summarySteps.isVisible()
    desk.summarizeStop.click()
    assert desk.summarizeDepth.isVisible()
