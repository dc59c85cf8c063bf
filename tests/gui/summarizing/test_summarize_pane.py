"""The Summarize pane in its window: a document comes in, is summarized, asked about, kept, exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import ModelsChanged, NoticeAction
from assistant.core.summary.views import JobState
from assistant.documents.model import Note, NoteKind
from assistant.gui.documents.file_dialogs import file_name
from assistant.gui.summarizing import exporting, opening
from assistant.gui.widgets.source_editor import MOST
from assistant.gui.widgets.summary.samples import SAMPLES
from assistant.tasks.summary import Depth, Format, Length, Problem, ProblemKind, SummaryOptions
from assistant.texts import errors, in_every_language, set_language
from tests.gui.fakes.summaries_core import PLAN, SUMMARY, TEXT, document, linked
from tests.gui.fakes.summarize_desk import Desk
from tests.gui.helpers import SLOW, child, drag_over, drop
from tests.gui.screen_reader import nameless, texts_of

# ---------------------------------------------------------------- a document comes in


def test_what_is_typed_is_read_a_moment_later_and_its_plan_shown(desk: Desk) -> None:
    assert not desk.summarizeRun.isEnabled()
    desk.type()
    assert desk.summarizeRun.isEnabled()
    assert desk.papers.documents.opened == []
    desk.settle()
    assert desk.papers.documents.opened[-1]["text"] == "The bridge fell. Nobody was hurt."
    desk.settle()
    assert "14 parts" in desk.summarizePlan.text()
    assert "3 min" in desk.summarizePlan.text()
    assert desk.sourceLine.text() == "Text · 6 words"
    assert desk.summarizeInput.isVisible(), "one goes on typing"


def test_typing_waits_for_a_pause(desk: Desk) -> None:
    desk.type("One")
    timer = desk.pane.opening._typing
    assert timer.isActive()
    desk.type("One two")
    assert timer.remainingTime() > timer.interval() // 2
    desk.type("")
    assert not timer.isActive()
    assert desk.pane.opening.document is None


def test_a_long_paste_becomes_a_document(desk: Desk) -> None:
    desk.summarizeInput.setPlainText("Before. ")
    desk.summarizeInput.moveCursor(desk.summarizeInput.textCursor().MoveOperation.End)
    mime = QMimeData()
    mime.setText("Words go on. " * (MOST // 10))
    desk.summarizeInput.insertFromMimeData(mime)
    assert desk.papers.documents.opened[-1]["text"].startswith("Before. Words go on.")
    assert desk.documentView.isVisible()
    assert not desk.pane.opening.editable, "too long to be edited here"


def test_what_is_pasted_behind_an_endless_word_leaves_it_broken_anywhere(desk: Desk) -> None:
    field = desk.summarizeInput
    field.insert("x" * 2000)
    assert field.wordWrapMode() is QTextOption.WrapMode.WrapAnywhere
    field.insert(" and a few words")
    assert field.wordWrapMode() is QTextOption.WrapMode.WrapAnywhere
    field.take("Another text.")
    assert field.wordWrapMode() is QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


def test_a_long_line_is_not_laid_out_in_the_field(desk: Desk) -> None:
    mime = QMimeData()
    mime.setText("x" * 60_000)
    desk.summarizeInput.insertFromMimeData(mime)
    assert desk.summarizeInput.toPlainText() == ""
    assert desk.documentView.isVisible()


def test_a_file_shows_format_pages_notes_and_title(desk: Desk) -> None:
    desk.open(pages=3, format="pdf", notes=(Note(NoteKind.PAGES_WITHOUT_TEXT, {"pages": 3}),))
    assert desk.sourceLine.text().startswith("PDF · 3 pages · ")
    assert desk.sourceNotes.text() == "3 pages hold only pictures."
    assert desk.pageTitle.text() == "The bridge at Aldgrove"
    assert "closed on 3 May 2021" in desk.documentView.toPlainText()
    assert not desk.summarizeEdit.isVisible()


def test_a_file_that_is_being_read_can_be_given_up(desk: Desk) -> None:
    desk.papers.documents.waits = True
    desk.pane.open_file(Path("/x/slow.pdf"))
    assert desk.sourceGiveUp.isVisible()
    desk.sourceGiveUp.click()
    assert desk.papers.documents.cancelled == 1
    assert desk.summarizeInput.isVisible()
    desk.papers.documents.answer(document("Too late."))
    assert desk.summarizeInput.isVisible(), "what comes late is not shown"


def test_a_file_that_is_being_read_can_be_summarized_once_it_is_there(desk: Desk) -> None:
    desk.papers.documents.waits = True
    desk.pane.open_file(Path("/x/slow.pdf"))
    assert desk.summarizeRun.isEnabled()
    desk.summarizeRun.click()
    assert desk.pane.job is None
    desk.papers.documents.answer(document("The lamp was lit."))
    assert desk.pane.job is not None


def test_a_file_that_is_being_read_is_not_called_what_was_open_before(desk: Desk) -> None:
    desk.open()
    desk.papers.documents.waits = True
    desk.pane.open_file(Path("/x/slow.pdf"))
    assert desk.pageTitle.text() == "slow.pdf"
    desk.sourceGiveUp.click()
    assert desk.pageTitle.text() == "The bridge at Aldgrove"


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (ErrorKind.DOCUMENT_NO_TEXT, {"pages": 4}, "text recognition"),
        (ErrorKind.DOCUMENT_DAMAGED, {"format": "pdf"}, "not a valid PDF"),
        (ErrorKind.DOCUMENT_UNREADABLE, {"name": "a.pdf"}, "may read it"),
        (ErrorKind.DOCUMENT_TOO_LARGE, {"size": 10**9, "limit": 10**8}, "smaller documents"),
        (ErrorKind.DOCUMENT_ENCRYPTED, {}, "files of this kind cannot be opened. Save it without the password"),
        (ErrorKind.DOCUMENT_ENCRYPTED, {"what": "rights"}, "copy-protected"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_place(
    kind: ErrorKind, values: dict[str, Any], words: str, desk: Desk
) -> None:
    desk.papers.documents.results["a.pdf"] = AssistantError(kind, **values)
    desk.pane.open_file(Path("/x/a.pdf"))
    assert words in desk.sourceProblem.text()
    assert not desk.sourcePassword.isVisible()
    assert not desk.summarizeRun.isEnabled()
    desk.sourceBack.click()
    assert desk.summarizeInput.isVisible()


def test_a_protected_file_asks_for_its_password_until_it_is_right(desk: Desk) -> None:
    def answer(what: dict[str, Any]) -> Any:
        if what.get("password") == "right":
            return document(format="pdf")
        return AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, password="wrong" if what.get("password") else "missing")

    desk.papers.documents.results["a.pdf"] = answer
    desk.pane.open_file(Path("/x/a.pdf"))
    assert "protected" in desk.sourceProblem.text()
    assert desk.window.focusWidget() is desk.sourcePassword
    QTest.keyClicks(desk.sourcePassword, "wrong")
    QTest.keyClick(desk.sourcePassword, Qt.Key.Key_Return)
    assert "not the password" in desk.sourceProblem.text()
    assert desk.sourcePassword.text() == ""
    QTest.keyClicks(desk.sourcePassword, "right")
    desk.sourceUnlock.click()
    assert desk.documentView.isVisible()


def test_a_file_may_be_dropped_anywhere_in_the_window(desk: Desk, tmp_path: Path) -> None:
    assert drop(desk.pane.page, tmp_path / "one.txt")
    assert desk.papers.documents.opened[-1]["path"] == tmp_path / "one.txt"
    desk.window.frame.show_pane("chat")
    assert drop(desk.window, tmp_path / "two.docx")
    opened = desk.papers.documents.opened
    desk.qtbot.waitUntil(lambda: opened[-1]["path"] == tmp_path / "two.docx", timeout=SLOW)  # the drag is over first
    assert desk.window.frame.current == "summarize"


@pytest.mark.parametrize("others", [1, 2])
def test_of_several_files_one_is_opened_and_that_is_said(desk: Desk, tmp_path: Path, others: int) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(others + 1)]
    words = {1: "Only 0.txt is opened. Open the other file after that.",
             2: "Only 0.txt is opened. Open the other 2 files one at a time."}[others]  # fmt: skip
    notices = desk.window.notices

    assert drop(desk.pane.page, *paths)
    assert desk.papers.documents.opened[-1]["path"] == paths[0]
    assert notices.notice.sentence == words
    drop(desk.pane.page, paths[1])
    assert notices.notice is None, "another one was opened since"

    desk.window.frame.show_pane("chat")
    assert drop(desk.window, *paths)
    desk.qtbot.waitUntil(lambda: notices.notice is not None and notices.notice.sentence == words, timeout=SLOW)

    QApplication.clipboard().setMimeData(files(*paths[1:]))
    desk.pane.paste()
    assert (notices.notice is None) == (others == 1)


def files(*paths: Path) -> QMimeData:
    """What a file manager gives: addresses, and the paths as a text."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    mime.setText("\n".join(map(str, paths)))
    return mime


@pytest.mark.parametrize(
    "name",
    ["summarizeInput", "summarizeOutput", "askInput", "chatInput", "chatTranscript", "summarizeFocus", "summarySearch"],
)
def test_a_file_is_copied_from_where_it_was_dragged_and_never_moved(desk: Desk, tmp_path: Path, name: str) -> None:
    """A program that hears that its file was moved may put it away."""
    letter, opened = tmp_path / "letter.docx", desk.papers.documents.opened
    assert drag_over(child(desk.window, name), files(letter)) is Qt.DropAction.CopyAction
    desk.qtbot.waitUntil(lambda: bool(opened), timeout=SLOW)  # the drag is over first
    assert opened[-1]["path"] == letter
    assert child(desk.window, "chatInput").toPlainText() == child(desk.window, "askInput").toPlainText() == ""


@pytest.mark.parametrize("name", ["summarizeInput", "askInput", "chatInput"])
def test_a_file_that_was_copied_is_opened_and_its_name_not_written(desk: Desk, tmp_path: Path, name: str) -> None:
    letter, opened = tmp_path / "letter.docx", desk.papers.documents.opened
    QGuiApplication.clipboard().setMimeData(files(letter))
    field = child(desk.window, name)
    assert field.canPaste()
    field.paste()
    desk.qtbot.waitUntil(lambda: bool(opened), timeout=SLOW)
    assert opened[-1]["path"] == letter
    assert field.toPlainText() == ""


@pytest.mark.parametrize("name", ["summarizeInput", "chatInput"])
def test_an_address_that_is_dragged_or_copied_is_text(desk: Desk, name: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/lamp")])
    field = child(desk.window, name)
    assert drag_over(field, mime) is not None
    field.insertFromMimeData(mime)
    assert field.toPlainText() == 2 * "https://example.org/lamp"


def test_the_dialog_opens_what_is_chosen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ask_for_document", lambda *_: Path("/x/chosen.odt"))
    desk.window.frame.show_pane("chat")
    desk.press("Ctrl+O")
    assert desk.window.frame.current == "summarize"
    assert desk.papers.documents.opened[-1]["path"] == Path("/x/chosen.odt")


@pytest.mark.parametrize("name", ["summarizeFocus", "summarizeFormat", "summarizeRun"])
def test_where_the_choices_give_way_to_the_steps_the_focus_is_on_stop(desk: Desk, name: str) -> None:
    desk.open()
    child(desk.window, name).setFocus()
    desk.press("Ctrl+Return")
    assert desk.summarizeStop.isVisible()
    assert desk.window.focusWidget() is desk.summarizeStop
    desk.papers.summaries.finish(desk.pane.job, SUMMARY)
    assert desk.window.focusWidget() is desk.summarizeRun
    desk.summarizeFocus.setFocus()
    desk.pane._show_job()
    assert desk.window.focusWidget() is desk.summarizeFocus


def test_markup_alone_is_pasted_as_its_text(desk: Desk) -> None:
    mime = QMimeData()
    mime.setHtml("<h1>Lamp</h1><p>Some <b>bold</b> words.<img src='file:///dev/zero'></p>")
    QGuiApplication.clipboard().setMimeData(mime)
    desk.press("Ctrl+Shift+V")
    assert desk.summarizeInput.toPlainText() == "Lamp\nSome bold words."
    assert desk.summarizeInput.canPaste()
    desk.summarizeInput.clear()
    desk.summarizeInput.paste()
    assert desk.summarizeInput.toPlainText() == "Lamp\nSome bold words."


def test_that_there_was_nothing_is_not_said_any_more_once_there_is(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.press("Ctrl+Shift+V")
    assert "empty" in desk.window.notices.notice.sentence
    desk.open()
    assert desk.window.notices.notice is None


def test_the_clipboard_is_taken_in_place_of_what_was_there(desk: Desk) -> None:
    desk.type("Old.")
    QGuiApplication.clipboard().setText("From the clipboard.")
    desk.press("Ctrl+Shift+V")
    assert desk.summarizeInput.toPlainText() == "From the clipboard."
    QGuiApplication.clipboard().clear()
    desk.summarizePaste.click()
    assert "empty" in desk.window.notices._sentence.text()


def test_an_example_is_summarized_at_once(desk: Desk) -> None:
    desk.summarizeExample1.click()
    opened = desk.papers.documents.opened[-1]
    assert "Committee" in opened["text"]
    assert opened["name"].endswith(".md")
    assert desk.job.options.format is Format.MINUTES
    assert desk.documentView.isVisible()


def test_the_examples_are_there_in_both_languages() -> None:
    try:
        for language, wanted in (("en", "en"), ("zh_CN", "zh")):
            set_language(language)
            for sample in SAMPLES:
                path = sample.path(english=False)
                assert path.name.endswith(f".{wanted}.md")
                assert len(path.read_text("utf-8")) > 500
                assert sample.path(english=True).name.endswith(".en.md")
    finally:
        set_language("en")


# ---------------------------------------------------------------- plan, run, stop


def test_the_plan_follows_the_choices(desk: Desk) -> None:
    desk.open()
    assert desk.papers.summaries.planned[-1].depth is Depth.THOROUGH
    desk.summarizeDepth.setCurrentIndex(1)
    desk.summarizeDepth.activated.emit(1)
    desk.settle()
    assert desk.papers.summaries.planned[-1].depth is Depth.QUICK
    desk.papers.summaries.plan_result = PLAN.__class__(14, 2, 17, 1, 1, None, False, share=0.12)
    desk.summarizeFocus.setText("costs")
    desk.summarizeFocus.textEdited.emit("costs")
    desk.pane.card.choices.flush()
    desk.settle()
    assert desk.papers.summaries.planned[-1].focus == "costs"
    assert "12 %" in desk.summarizePlan.text()
    assert "known once" in desk.summarizePlan.text(), "nobody has measured this machine"


def test_the_plan_knows_more_about_the_time_once_a_summary_was_made(desk: Desk) -> None:
    desk.papers.summaries.plan_result = PLAN.__class__(14, 2, 17, 1, 1, None, False)
    desk.open()
    assert "known once" in desk.summarizePlan.text()
    desk.summarizeRun.click()
    desk.papers.summaries.plan_result = PLAN
    desk.papers.summaries.finish(desk.pane.job, SUMMARY)
    desk.settle()
    assert "known once" not in desk.summarizePlan.text()
    desk.pane._chosen(desk.pane.job)
    planned = len(desk.papers.summaries.planned)
    desk.papers.summaries.change(desk.pane.job, title="Another")
    desk.settle()
    assert len(desk.papers.summaries.planned) == planned, "what is old loads no model"


def test_a_plan_that_comes_late_is_not_shown(desk: Desk) -> None:
    desk.papers.summaries.plan_waits = True
    desk.open()
    assert desk.summarizePlan.text() == "Planning…"
    first = desk.papers.summaries.pending.pop()
    desk.summarizeLength.activated.emit(0)
    desk.settle()
    first(PLAN.__class__(99, 2, 100, 1, 1, 5.0, True))
    assert desk.summarizePlan.text() == "Planning…"
    desk.papers.summaries.pending.pop()(PLAN)
    assert "14 parts" in desk.summarizePlan.text()


def test_why_there_is_no_plan(desk: Desk) -> None:
    desk.papers.summaries.plan_result = AssistantError(ErrorKind.NO_TEMPLATE, name="fake")
    desk.open()
    assert "base model" in desk.summarizePlan.text()


def test_run_and_stop_stand_in_one_place(desk: Desk) -> None:
    desk.open()
    run, stop = desk.summarizeRun, desk.summarizeStop
    assert run.isVisible()
    assert not stop.isVisible()
    place = run.mapTo(desk.window, run.rect().center())
    run.click()
    QApplication.processEvents()
    assert stop.isVisible()
    assert not run.isVisible()
    assert stop.mapTo(desk.window, stop.rect().center()) == place
    assert "Step 1 of 5" in desk.summarizePlan.text()
    assert "40 s left" in desk.summarizePlan.text()
    assert desk.summarySteps.isVisible()
    assert desk.summarizeProgress.isVisible()
    stop.click()
    assert desk.papers.summaries.stopped == [desk.pane.job]
    assert run.isVisible()


def test_what_there_is_so_far_is_shown_and_stays_after_a_stop(desk: Desk, qtbot: Any) -> None:
    desk.open()
    desk.summarizeRun.click()
    assert desk.summarizeOutput.placeholderText() == "Reading…"
    desk.papers.summaries.grow(desk.pane.job, "The bridge was", done=2)
    qtbot.waitUntil(lambda: desk.summarizeOutput.toPlainText() == "The bridge was", timeout=SLOW)
    assert "Step 3 of 5" in desk.summarizePlan.text()
    desk.press("Esc")
    assert desk.papers.summaries.stopped == [desk.pane.job]
    assert desk.summarizeOutput.toPlainText() == "The bridge was"
    assert desk.summarizeOutput.placeholderText() == ""
    assert "Stopped" in desk.summaryLinksWords.text()
    assert desk.summarizeGoOn.isVisible()
    desk.press("Ctrl+Shift+G")
    assert desk.papers.summaries.gone_on == [desk.pane.job]
    assert desk.summarizeStop.isVisible()
    assert not desk.summarizeGoOn.isVisible()


def test_ctrl_enter_runs_and_enter_only_breaks_the_line(desk: Desk) -> None:
    desk.summarizeInput.setFocus()
    QTest.keyClicks(desk.summarizeInput, "One")
    QTest.keyClick(desk.summarizeInput, Qt.Key.Key_Return)
    assert desk.pane.job is None
    assert desk.summarizeInput.toPlainText() == "One\n"
    desk.press("Ctrl+Return")
    assert desk.job.state is JobState.RUNNING
    assert desk.papers.documents.opened[-1]["text"] == "One\n"


def test_keys_belong_to_the_input_method_while_it_composes(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    desk.pane.new()
    QApplication.sendEvent(desk.summarizeInput, QInputMethodEvent("ni", []))
    desk.press("Ctrl+Return")
    assert len(desk.papers.summaries.views) == 1
    desk.pane._chosen(1)
    desk.summarizeFocus.setFocus()
    desk.pane.card._upper.setCurrentIndex(0)
    QApplication.sendEvent(desk.summarizeFocus, QInputMethodEvent("ni", []))
    QTest.keyClick(desk.summarizeFocus, Qt.Key.Key_Escape)
    assert desk.papers.summaries.stopped == []


def test_the_key_runs_what_is_shown_only(desk: Desk) -> None:
    desk.open()
    desk.window.frame.show_pane("chat")
    desk.press("Ctrl+Return")
    assert desk.papers.summaries.views == {}
    desk.window.frame.show_pane("settings")
    desk.press("Ctrl+Return")
    desk.window.frame.show_pane("summarize")
    desk.chatInput.setPlainText("not to be sent")
    desk.press("Ctrl+Return")
    assert len(desk.papers.summaries.views) == 1
    assert desk.window.transcript_text() == ""
    desk.press("Ctrl+Shift+Backspace")
    assert desk.papers.summaries.views == {}, "the summary, not a conversation that nobody sees"


def test_run_waits_for_the_document_that_is_being_read(desk: Desk) -> None:
    desk.papers.documents.waits = True
    desk.pane.open_file(Path("/x/a.pdf"))
    desk.press("Ctrl+Return")
    assert desk.pane.job is None
    desk.papers.documents.answer(document())
    assert desk.job.state is JobState.RUNNING


def test_no_model_leads_to_the_models(home: Any, qtbot: Any) -> None:
    desk = Desk(home.open(), qtbot)
    assert desk.summarizeGetModel.isVisible()
    desk.open()
    assert desk.papers.summaries.planned == []
    desk.summarizeGetModel.click()
    assert desk.window.frame.current == "models"


def test_what_went_wrong_is_said(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    error = AssistantError(ErrorKind.ENGINE_CRASHED, code=11)
    desk.papers.summaries.change(desk.pane.job, state=JobState.FAILED, error=error, text="Half a")
    assert errors.summary(error) in desk.summaryLinksWords.text()
    assert desk.summarizeGoOn.isVisible()
    assert desk.summarizeOutput.toPlainText() == "Half a"


def test_problems_are_one_quiet_line_and_what_was_mended_is_not_told(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    problems = (Problem(ProblemKind.LOOP), Problem(ProblemKind.PREAMBLE, mended=True))
    desk.papers.summaries.finish(desk.pane.job, "Text.", problems=problems, share=0.12)
    told = desk.summaryLinksWords.text()
    assert "repeated itself" in told
    assert "introduction" not in told
    assert "12 %" in told


# ---------------------------------------------------------------- links


def test_pointing_at_a_sentence_lights_its_passages_and_a_click_goes_there(desk: Desk) -> None:
    made = desk.finished()
    view = desk.documentView
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    before = bar.value()
    desk.summarizeOutput.pointed.emit(0)
    assert len(view._passages) == 2
    start, end = view._passages[0]
    assert made.text[start:end].startswith("The old bridge was closed")
    assert bar.value() == before, "pointing does not scroll"
    desk.summarizeOutput.chosen.emit(0)
    cursor = view.textCursor()
    cursor.setPosition(view.position_of(start))
    assert 0 <= view.cursorRect(cursor).top() < view.viewport().height()


def test_the_strip_tells_what_the_sentence_at_hand_rests_on(desk: Desk) -> None:
    desk.finished()
    assert "a source: 4 of 5" in desk.summaryLinksWords.text()
    desk.summarizeOutput.go_to(1)
    assert "amount is not supported" in desk.summaryLinksWords.text()
    button = desk.pane.result.links.buttons[0]
    assert "It will cost 6.1 million" in button.text()
    button.click()
    assert desk.documentView._passages == [(button._source.start, button._source.end)]
    desk.summarizeOutput.go_to(3)
    assert "No passage" in desk.summaryLinksWords.text()
    assert not button.isVisible()


def test_the_bar_shows_what_is_covered(desk: Desk) -> None:
    desk.open()
    assert not desk.coverageBar.isVisible()
    desk.finished()
    assert desk.coverageBar.isVisible()
    assert "covers" in desk.summaryLinksWords.text()
    desk.coverageBar.place_wanted.emit(len(TEXT) - 80)
    assert desk.documentView._passages
    desk.pane.new()
    assert not desk.coverageBar.isVisible()


# ---------------------------------------------------------------- the history


def test_the_history_opens_a_summary_with_its_document_and_choices(desk: Desk) -> None:
    desk.finished()
    first = desk.pane.job
    options = SummaryOptions(length=Length.LONG, format=Format.BULLETS, language="ja", focus="money")
    other = desk.open("other.txt", text="Another text. It is short.")
    second = desk.papers.summaries.start(other.digest, options)
    desk.papers.summaries.finish(second, "Short.")
    desk.pane.new()
    assert desk.summaryList.rows.rowCount() == 2
    desk.summaryList.setCurrentIndex(desk.summaryList.rows.index(0))
    assert desk.pane.job == second
    assert desk.summarizeOutput.toPlainText() == "Short."
    assert desk.documentView.toPlainText() == other.text
    assert desk.pane.card.choices.options() == options
    desk.press("Ctrl+PgDown")
    assert desk.pane.job == first
    assert "closed on 3 May 2021" in desk.summarizeOutput.toPlainText()
    assert desk.summarizeOutput.words_of(3) == "Pedestrians pay two euros."
    assert desk.coverageBar.isVisible()


def test_the_history_is_searched(desk: Desk) -> None:
    desk.finished()
    desk.press("Ctrl+F")
    assert desk.window.focusWidget() is desk.summarySearch
    QTest.keyClicks(desk.summarySearch, "nothing like it")
    assert desk.summaryList.rows.rowCount() == 0
    desk.summarySearch.setText("PEDESTRIANS pay")  # in the text only
    assert desk.summaryList.rows.rowCount() == 1
    desk.press("Esc")
    assert desk.summaryList.rows.rowCount() == 1
    job = desk.pane.job
    desk.pane.new()
    desk.press("Ctrl+F")
    QTest.keyClick(desk.summarySearch, Qt.Key.Key_Down)
    assert desk.pane.job == job, "the first row is opened when none is"


def test_delete_has_an_undo(desk: Desk) -> None:
    desk.finished()
    job = desk.pane.job
    desk.summaryList.setFocus()
    QTest.keyClick(desk.summaryList, Qt.Key.Key_Delete)
    assert desk.papers.summaries.views == {}
    assert desk.pane.job is None
    assert desk.window.notices._shown.actions == (NoticeAction.UNDO_DELETE,)
    desk.window.notices._buttons[0].click()
    assert desk.pane.job == job
    assert desk.summaryList.rows.rowCount() == 1
    desk.press("Ctrl+Shift+Backspace")
    assert desk.pane.job is None
    desk.press("Ctrl+Shift+Z")
    assert desk.pane.job == job


def test_to_look_at_an_old_summary_loads_no_model(desk: Desk) -> None:
    desk.finished()
    job, planned = desk.pane.job, len(desk.papers.summaries.planned)
    desk.pane.new()
    assert desk.documentView.toPlainText() == "", "a document that is closed is not kept"
    desk.pane._chosen(job)
    desk.settle()
    assert "3 May 2021" in desk.documentView.toPlainText()
    assert len(desk.papers.summaries.planned) == planned
    desk.summarizeLength.activated.emit(0)
    desk.settle()
    assert len(desk.papers.summaries.planned) == planned + 1


def test_a_summary_goes_on_while_another_document_is_open(desk: Desk) -> None:
    desk.open()
    desk.summarizeRun.click()
    running = desk.pane.job
    desk.pane.new()
    assert desk.papers.summaries.stopped == []
    assert desk.summarizeRun.isVisible()
    desk.papers.summaries.grow(running, "In the background")
    assert "background" not in desk.summarizeOutput.toPlainText()
    assert "Being written" in desk.summaryList.rows.rows[0].line


def test_an_edit_takes_the_text_up_again(desk: Desk) -> None:
    desk.type("One. Two.")
    desk.press("Ctrl+Return")
    assert desk.documentView.isVisible()
    desk.papers.summaries.finish(desk.pane.job, "One.")
    desk.press("Ctrl+E")
    assert desk.summarizeInput.isVisible()
    assert desk.summarizeInput.toPlainText() == "One. Two."
    assert desk.pane.job is None


def test_a_result_that_could_not_be_checked_says_why_and_can_be_checked_again(desk: Desk) -> None:
    made = desk.open()
    desk.summarizeRun.click()
    desk.papers.summaries.finish(desk.pane.job, SUMMARY, unlinked=AssistantError(ErrorKind.DOCUMENT_MEMORY))
    words = desk.summaryLinksWords.text()
    assert "could not be checked against the document. The document needs too much memory" in words
    assert desk.summarizeGoOn.isVisible()
    assert desk.summarizeGoOn.text() == "Check the sentences again"
    desk.summarizeGoOn.click()
    assert desk.papers.summaries.gone_on == [desk.pane.job]
    desk.papers.summaries.finish(desk.pane.job, SUMMARY, linked(SUMMARY, made), unlinked=None)
    assert not desk.summarizeGoOn.isVisible()
    desk.summarizeRun.click()
    desk.summarizeStop.click()
    assert desk.summarizeGoOn.text() == "Resume the summary"


# ---------------------------------------------------------------- copy and export


def test_copy_and_export(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not desk.summarizeExport.isEnabled()
    desk.finished()
    desk.press("Ctrl+Shift+C")
    assert QGuiApplication.clipboard().text() == SUMMARY
    for ending, form in exporting.FORMATS.items():
        target = tmp_path / f"out.{ending}"
        monkeypatch.setattr(exporting, "ask_for_target", lambda *_, target=target: target)
        desk.summarizeExport.click()
        assert desk.papers.summaries.exported[-1] == (desk.pane.job, target, form)
        assert str(target)[-20:] in desk.summaryLinksWords.text()
        assert not desk.window.notices.isVisible(), "it would lie over the buttons"
    desk.papers.summaries.export_result = AssistantError(ErrorKind.DISK_FULL)
    desk.summarizeExport.click()
    assert "full" in desk.window.notices._sentence.text()


def test_the_name_of_a_file_is_one_on_any_system() -> None:
    assert file_name('a/b\\c: "d" <e>|?*\n.') == "a b c d e"
    assert len(file_name("x" * 300)) == 60
    assert file_name("...") == "Summary"


# ---------------------------------------------------------------- asking


def test_a_question_is_answered_with_its_sources(desk: Desk, qtbot: Any) -> None:
    made = desk.open()
    desk.press("Alt+3")
    assert desk.window.focusWidget() is desk.askInput
    assert not desk.askSend.isEnabled()
    desk.askInput.setPlainText("What does it cost?")
    QTest.keyClick(desk.askInput, Qt.Key.Key_Return)
    asking = desk.papers.asking
    assert asking.asked[-1][:2] == (made.digest, "What does it cost?")
    assert desk.askStop.isVisible()
    asking.grow("A new one costs 6.8 million euros.")
    asking.finish(text=SUMMARY, linked=linked(SUMMARY, made))
    qtbot.waitUntil(lambda: "6.8 million" in desk.pane.room.panel.transcript.plain_text(), timeout=SLOW)
    assert desk.askSend.isVisible()
    buttons = [button for button in desk.pane.room.panel.links.buttons if button.isVisible()]
    assert len(buttons) == 3
    buttons[1].click()
    start, end = desk.documentView._passages[0]
    assert made.text[start:end].startswith("It will cost")
    QTest.keyClick(desk.askInput, Qt.Key.Key_Up)
    assert desk.askInput.toPlainText() == "What does it cost?"
    desk.askInput.setPlainText("And when?")
    desk.press("Ctrl+Return")
    assert [each.question for each in asking.asked[-1][2]] == ["What does it cost?"]


def test_an_answer_can_be_stopped_and_a_question_waits(desk: Desk) -> None:
    desk.open()
    desk.press("Alt+3")
    desk.askInput.setPlainText("One?")
    desk.press("Ctrl+Return")
    desk.papers.asking.grow("Well")
    desk.askInput.setPlainText("Two?")
    QTest.keyClick(desk.askInput, Qt.Key.Key_Return)
    assert len(desk.papers.asking.asked) == 1
    desk.press("Esc")
    assert desk.papers.asking.stopped == 1
    assert "Well" in desk.pane.room.panel.transcript.plain_text()
    assert desk.askInput.toPlainText() == "Two?"


def test_a_question_that_fails_can_be_asked_again(desk: Desk) -> None:
    desk.open()
    desk.press("Alt+3")
    desk.askInput.setPlainText("One?")
    desk.press("Ctrl+Return")
    desk.papers.asking.finish(error=AssistantError(ErrorKind.ENGINE_CRASHED, code=9))
    desk.pane.room.panel.transcript.retry_wanted.emit(1)
    assert len(desk.papers.asking.asked) == 2
    desk.papers.asking.finish(text="Now.")
    desk.papers.asking.fails = AssistantError(ErrorKind.NO_MODEL)
    desk.askInput.setPlainText("Two?")
    desk.press("Ctrl+Return")
    assert desk.askInput.toPlainText() == "Two?", "what could not be asked is not lost"
    assert desk.window.notices.isVisible()


def test_that_there_is_no_model_is_said_until_there_is_one(desk: Desk) -> None:
    desk.open()
    desk.press("Alt+3")
    desk.papers.asking.fails = AssistantError(ErrorKind.NO_MODEL)
    desk.askInput.setPlainText("One?")
    desk.press("Ctrl+Return")
    assert desk.window.notices.isVisible()
    desk.window._core._emit(ModelsChanged())  # as after a look that found one
    assert not desk.window.notices.isVisible()


def test_another_document_begins_another_talk(desk: Desk) -> None:
    desk.open()
    desk.press("Alt+3")
    desk.askInput.setPlainText("One?")
    desk.press("Ctrl+Return")
    desk.open("other.txt", text="Something else entirely.")
    assert desk.papers.asking.stopped == 1
    assert desk.pane.room.talk.empty
    assert not desk.askStop.isVisible()


# ---------------------------------------------------------------- the pane in its window


def test_in_a_narrow_window_one_thing_is_shown_at_a_time(desk: Desk) -> None:
    desk.finished()
    assert desk.documentView.isVisible()
    assert desk.summarizeOutput.isVisible()
    assert not desk.summarizeSourceView.isVisible()
    desk.window.resize(760, 600)
    QApplication.processEvents()
    assert desk.summarizeSourceView.isVisible()
    assert desk.summarizeOutput.isVisible()
    assert not desk.documentView.isVisible()
    desk.summarizeOutput.chosen.emit(1)
    assert desk.documentView.isVisible(), "a click on a sentence shows its source"
    desk.press("Alt+2")
    assert desk.summarizeOutput.isVisible()
    desk.window.resize(1240, 800)
    QApplication.processEvents()
    assert desk.documentView.isVisible()
    assert desk.summarizeOutput.isVisible()


@pytest.mark.parametrize("size", [100, 200])
def test_everything_fits_into_the_smallest_window(size: int, desk: Desk) -> None:
    desk.window._core.settings.set("text_size", size)
    QApplication.processEvents()
    desk.window.resize(720, 480)
    desk.finished()
    QApplication.processEvents()
    assert desk.window.width() == 720
    page = desk.pane.page.rect()
    for name in ("summarizeRun", "summarizeDepth", "summarizeExport", "summarizeOutput"):
        part = child(desk.window, name)
        area = part.rect().translated(part.mapTo(desk.pane.page, part.rect().topLeft()))
        assert page.contains(area), (name, area, page)
    assert desk.summarizeOutput.height() >= desk.summarizeOutput.fontMetrics().lineSpacing()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_has_a_name(language: str, home: Any, qtbot: Any) -> None:
    home.settings(language=language)
    home.model("fake")
    desk = Desk(home.open(), qtbot)
    assert nameless(desk.window) == []
    desk.summarySearch.setText("lamp")
    assert nameless(desk.window) == [], "nor has the cross that empties the search"
    desk.finished()
    assert nameless(desk.window) == []
    desk.summarizeOutput.go_to(1)
    assert nameless(desk.window) == []
    desk.press("Alt+3")
    desk.askInput.setPlainText("One?")
    desk.press("Ctrl+Return")
    assert nameless(desk.window) == []
    desk.papers.documents.results["a.pdf"] = AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, password="missing")
    desk.pane.open_file(Path("/x/a.pdf"))
    assert nameless(desk.window) == []


def test_f6_and_ctrl_l_lead_into_the_pane(desk: Desk) -> None:
    desk.press("Ctrl+L")
    assert desk.window.frame.current == "summarize"
    assert desk.window.focusWidget() is desk.summarizeInput
    desk.open()
    desk.press("Ctrl+L")
    assert desk.window.focusWidget() is desk.documentView
    desk.window.frame.show_pane("chat")
    desk.press("Ctrl+2")
    assert desk.window.frame.current == "summarize"


def test_choices_divider_and_pane_are_remembered(home: Any, qtbot: Any) -> None:
    home.model("fake")
    desk = Desk(home.open(), qtbot)
    desk.summarizeFormat.setCurrentIndex(desk.summarizeFormat.findData(Format.TABLE))
    desk.summarizeFormat.activated.emit(0)
    desk.pane.page.splitter.setSizes([300, 500])
    desk.pane.page.splitter.splitterMoved.emit(300, 1)
    home.close(desk.window)
    window = home.open()
    assert window.frame.current == "summarize"
    window.resize(1240, 800)
    QApplication.processEvents()
    pane = window.summarizing.pane
    assert pane.card.choices.options().format is Format.TABLE
    left, right = pane.page.splitter.sizes()
    assert left < right


def test_what_is_typed_before_the_core_runs_is_read_then(home: Any, qtbot: Any) -> None:
    home.model("fake")
    home.settings()
    (home.paths.config / "state.json").write_text('{"guide_seen": true, "pane": "summarize"}', "utf-8")
    window = home.open(started=False)
    pane = window.summarizing.pane
    pane.source.editor.setPlainText("Early words. They were typed before anything was there to read them.")
    pane.run()
    assert pane.opening.document is None
    qtbot.waitUntil(lambda: pane.job is not None, timeout=SLOW)
    assert pane.opening.document.text.startswith("Early words.")
    assert child(window, "documentView").toPlainText().startswith("Early words.")


def test_no_english_is_left_when_the_language_is_changed(desk: Desk) -> None:
    desk.finished()
    desk.pane.new()
    desk.window._core.settings.set("language", "zh_CN")
    desk.qtbot.wait(1)
    assert desk.summarizeRun.text() == "摘要"
    left = {text for text in texts_of(desk.window) if text and in_every_language(text)[1] != text}
    assert left <= {document().title}, "what is a person's own stays as it is"
    assert {desk.summarizeFormat.itemText(at) for at in range(6)} & {"Paragraph", "Key points"} == set()
