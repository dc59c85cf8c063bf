"""The Translate pane in its window: a text comes in, is translated, kept, exported, deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStyle, QStyleOptionButton

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeAction
from assistant.core.translation.views import JobState
from assistant.gui.translating import exporting, opening
from assistant.gui.translating.exporting import target_name
from assistant.gui.widgets.translation.samples import SAMPLES
from assistant.storage.declared import PAGES
from assistant.tasks.translation import Formality
from assistant.texts import set_language, tr
from tests.gui.fakes.translate_desk import BRIDGE, CHINESE, Desk
from tests.gui.fakes.translations_core import PLAN, document
from tests.gui.helpers import SLOW, child, drop
from tests.gui.screen_reader import nameless

# ---------------------------------------------------------------- a text comes in


def test_what_is_typed_is_read_after_a_pause_and_its_language_shown(desk: Desk) -> None:
    assert not desk.translateRun.isEnabled()
    desk.type()
    assert desk.translateRun.isEnabled()
    assert desk.core.opened == []
    desk.settle()
    assert desk.core.opened[-1]["text"] == BRIDGE
    assert desk.translateFrom.currentText() == "Detected: English"
    assert desk.translateTo.language == "zh-Hans", "no click was needed"
    assert desk.translateSourceLine.text() == "Text · 3 sentences · 21 words"
    desk.settle()
    assert "412 sentences" in desk.translatePlan.text()
    assert "3 from memory" in desk.translatePlan.text()
    assert "6 min" in desk.translatePlan.text()
    desk.type("旧桥关闭了。")
    desk.settle()
    assert desk.translateFrom.currentText() == "Detected: Simplified Chinese"
    assert desk.translateTo.language == "en"


def test_a_file_shows_its_sentences_before_it_is_translated(desk: Desk) -> None:
    desk.open(words=21)
    desk.settle()
    assert desk.translateSource.isVisible()
    assert desk.translateSource.toPlainText() == BRIDGE.replace("\n\n", "\n")
    assert desk.translateSourceLine.text() == "DOCX · 3 sentences · 21 words"
    assert desk.pageTitle.text() == "report.docx"
    assert desk.core.views == {}


def test_the_columns_of_a_table_are_chosen(desk: Desk) -> None:
    table = desk.open("table.csv", columns=("id", "text", "note & more"), chosen=("text",))
    button = desk.translateColumns
    assert button.isVisible()
    assert button.text() == "1 column"
    first, text, note = actions = button.menu().actions()
    assert [each.isChecked() for each in actions] == [False, True, False], "what was found to hold sentences is ticked"
    desk.core.results["table.csv"] = replace(table, chosen=("id", "text"))
    first.trigger()
    assert desk.core.opened[-1]["columns"] == ("id", "text")
    assert button.text() == "2 columns"
    desk.core.results["table.csv"] = replace(table, chosen=("id",))
    text.trigger()
    assert desk.core.opened[-1]["columns"] == ("id",)
    desk.core.results["table.csv"] = replace(table, chosen=("text", "note & more"))
    first.trigger()
    assert desk.core.opened[-1]["columns"] == (), "none: those that hold sentences"
    assert [each.isChecked() for each in actions] == [False, True, True]
    assert note.text() == "note && more"
    desk.open("report.docx")
    assert not button.isVisible()


def test_columns_without_text_leave_the_table_as_it_was(desk: Desk) -> None:
    table = desk.open("table.csv", columns=("id", "text"), chosen=("text",))
    first, text = desk.translateColumns.menu().actions()
    desk.core.results["table.csv"] = replace(table, chosen=("id", "text"))
    first.trigger()
    desk.core.results["table.csv"] = AssistantError(ErrorKind.DOCUMENT_EMPTY, what="columns")
    text.trigger()
    assert desk.window.notices.notice.sentence == "There is no text in the chosen columns. Choose others."
    assert [first.isChecked(), text.isChecked()] == [True, True]
    assert desk.translateSource.isVisible()
    assert desk.translateRun.isEnabled()


def test_what_was_translated_of_other_columns_is_not_shown_any_more(desk: Desk) -> None:
    desk.open("table.csv", columns=("id", "text"))
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, ["短。"])
    desk.wait(lambda: "短。" in desk.said())
    assert desk.translateExport.isEnabled()
    desk.translateColumns.menu().actions()[0].trigger()
    assert desk.pane.job is None
    assert not desk.translateExport.isEnabled(), "it would be saved as if it were of these"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ErrorKind.DOCUMENT_DAMAGED, "not a valid"), (ErrorKind.DOCUMENT_NO_TEXT, "text")],
)
def test_a_file_that_cannot_be_read_says_so_in_place(kind: ErrorKind, words: str, desk: Desk) -> None:
    desk.core.results["a.docx"] = AssistantError(kind, format="docx", name="a.docx", pages=1)
    desk.pane.open_file(Path("/x/a.docx"))
    assert words in desk.translateProblem.text()
    assert not desk.translateRun.isEnabled()
    desk.translateBack.click()
    assert desk.translateInput.isVisible()


def test_a_file_that_is_being_read_can_be_given_up(desk: Desk) -> None:
    desk.core.waits = True
    desk.pane.open_file(Path("/x/slow.docx"))
    desk.translateGiveUp.click()
    assert desk.translateInput.isVisible()
    desk.core.pending.pop()(AssistantError(ErrorKind.DOCUMENT_DAMAGED, format="docx"))
    assert desk.translateInput.isVisible(), "what comes late is not shown"


def test_a_file_is_dropped_on_the_page_or_on_the_window(desk: Desk, tmp_path: Path) -> None:
    assert drop(desk.pane.page, tmp_path / "one.txt")
    assert desk.core.opened[-1]["path"] == tmp_path / "one.txt"
    assert drop(desk.window, tmp_path / "two.srt")
    desk.wait(lambda: desk.core.opened[-1]["path"] == tmp_path / "two.srt")  # the drag is over first
    assert desk.window.frame.current == "translate"


def test_keys_of_the_other_pane_mean_translations_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ask_for_translatable", lambda _: Path("/x/chosen.po"))
    desk.press("Ctrl+O")
    assert desk.core.opened[-1]["path"] == Path("/x/chosen.po")
    QGuiApplication.clipboard().setText("From the clipboard.")
    desk.press("Ctrl+Shift+V")
    assert desk.translateInput.toPlainText() == "From the clipboard."
    desk.press("Ctrl+Shift+N")
    assert desk.translateInput.toPlainText() == ""
    assert desk.window.summarizing.pane is None, "nothing went to the other pane"
    desk.window.frame.show_pane("summarize")
    assert not desk.window.verbs["summary_export"].isEnabled()


@pytest.mark.parametrize("name", ["translate", "summarize"])
def test_the_key_for_something_new_means_the_pane_that_is_shown(name: str, desk: Desk) -> None:
    window = desk.window
    window.frame.show_pane(name)
    field = desk.translateInput if name == "translate" else desk.summarizeInput
    field.setPlainText("Something")
    desk.press("Ctrl+N")
    assert window.frame.current == name
    assert field.toPlainText() == ""
    window.frame.show_pane("models")
    desk.press("Ctrl+N")
    assert window.frame.current == "chat"


def test_an_empty_clipboard_says_so(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.translatePaste.click()
    assert "empty" in desk.window.notices._sentence.text()


def test_examples_of_both_languages_are_translated_at_once(desk: Desk) -> None:
    desk.translateExample2.click()
    assert "番茄" in desk.core.opened[-1]["text"]
    assert desk.core.views[desk.pane.job].options.target == "en"
    desk.pane.new()
    desk.translateExample3.click()
    assert desk.core.opened[-1]["path"] == SAMPLES[2].path()
    assert desk.core.views[desk.pane.job].options.target == "zh-Hans"
    assert all(len(sample.text()) > 60 for sample in SAMPLES)


# ---------------------------------------------------------------- languages and options


def test_the_languages_can_be_corrected_and_found_by_typing(desk: Desk) -> None:
    box = desk.translateTo
    for typed, code in (("德", "de"), ("Deut", "de"), ("fr", "fr"), ("Japa", "ja")):
        assert box.itemData(box.find(typed)) == code
    box.choose("de")
    box.picked.emit("de")
    assert desk.window._core.state.get("translate_options")["target"] == "de"
    desk.type()
    desk.settle()
    assert box.language == "de", "what was chosen stays"
    desk.translateFrom.choose("fr")
    desk.translateFrom.picked.emit("fr")
    desk.translateRun.click()
    options = desk.core.views[desk.pane.job].options
    assert (options.source, options.target) == ("fr", "de")


def test_the_pair_of_the_settings_needs_no_click(desk: Desk) -> None:
    desk.window._core.settings.set("translate_first", "de")
    desk.type("旧桥关闭了。")
    desk.settle()
    assert desk.translateTo.language == "de"
    desk.pane.languages.recognize("de")
    assert desk.translateTo.language == "en"
    desk.type()
    desk.settle()
    assert desk.translateTo.language == "de"


@pytest.mark.parametrize(("language", "german", "english"), [("en", "en", "zh-Hans"), ("zh_CN", "zh-Hans", "zh-Hans")])
def test_where_nobody_chose_ones_own_language_is_that_of_the_program(
    language: str, german: str, english: str, desk: Desk
) -> None:
    desk.window._core.settings.set("language", language)
    QApplication.processEvents()
    for recognized, target in (("de", german), ("en", english), ("zh-Hans", "en")):
        desk.pane.languages.recognize(recognized)
        assert desk.translateTo.language == target
    desk.window._core.settings.set("translate_first", "de")
    for recognized, target in (("fr", "de"), ("de", "en")):
        desk.pane.languages.recognize(recognized)
        assert desk.translateTo.language == target


def test_what_was_asked_for_of_one_text_is_not_asked_for_of_the_next(desk: Desk) -> None:
    def say(domain: str, formality: Formality) -> None:
        at = desk.translateFormality.findData(formality)
        desk.translateFormality.setCurrentIndex(at)
        desk.translateFormality.activated.emit(at)
        desk.translateDomain.setText("")
        QTest.keyClicks(desk.translateDomain, domain)
        desk.pane.card.choices.flush()

    def chosen() -> tuple[str, str, Formality]:
        options, kept = desk.pane.options(), desk.window._core.state.get("translate_options")
        assert (kept["domain"], kept["formality"]) == (options.domain, options.formality.value)
        return options.domain, options.audience, options.formality

    say("bridges", Formality.FORMAL)
    desk.translateAudience.setText("residents")
    job = desk.finished()
    assert chosen() == ("bridges", "residents", Formality.FORMAL), "it may be said before there is a text"
    desk.press("Ctrl+N")
    assert chosen() == ("", "", Formality.FORMAL), "the tone is a habit"
    say("law", Formality.INFORMAL)
    desk.pane.list.chosen.emit(job)
    assert desk.pane.options().domain == "bridges"
    desk.open()
    assert chosen() == ("", "", Formality.INFORMAL)
    say("law", Formality.INFORMAL)
    QGuiApplication.clipboard().setText(BRIDGE)
    desk.translatePaste.click()
    assert chosen() == ("", "", Formality.INFORMAL)
    say("law", Formality.INFORMAL)
    desk.pane._example(0)
    assert chosen() == ("", "", Formality.INFORMAL)


def test_swapping_takes_the_translation_as_the_text(desk: Desk) -> None:
    desk.finished()
    desk.press("Ctrl+Shift+S")
    assert desk.translateInput.toPlainText().startswith("旧桥")
    assert desk.translateFrom.language == "zh-Hans"
    assert desk.translateTo.language == "en"


def test_choices_go_into_the_translation(desk: Desk) -> None:
    glossary = desk.fake.glossaries.create("Bridges")
    desk.translateFormality.setCurrentIndex(desk.translateFormality.findData(Formality.FORMAL))
    desk.translateGlossary.setCurrentIndex(desk.translateGlossary.findData(glossary))
    desk.translateGlossary.activated.emit(desk.translateGlossary.currentIndex())
    desk.translateDomain.setText("civil engineering")
    desk.translateAudience.setText("residents")
    desk.running()
    options = desk.core.views[desk.pane.job].options
    assert (options.formality, options.glossary) == (Formality.FORMAL, glossary)
    assert (options.domain, options.audience) == ("civil engineering", "residents")
    desk.fake.glossaries.remove(glossary)
    assert desk.translateGlossary.currentText() == "No glossary"


def test_a_weak_model_is_told_with_a_way_to_better_ones(desk: Desk) -> None:
    desk.core.plan_result = PLAN.__class__(3, hint="Hy-MT2 7B", hint_kind="language", hint_languages=("fi",))
    desk.open()
    assert desk.translateHint.isVisible()
    assert desk.translateHint.text() == (
        "This model is not known to be good at Finnish. Hy-MT2 7B would translate better."
    )
    desk.pane.card.better.click()
    assert desk.window.frame.current == "models"


def test_large_text_leaves_the_word_about_a_weak_model_and_the_buttons_their_room(desk: Desk) -> None:
    desk.window._core.settings.set("text_size", 160)
    QApplication.processEvents()
    desk.window.resize(1120, 760)
    desk.running()
    card = desk.pane.card
    desk.press("Esc")
    desk.wait(desk.translateGoOn.isVisible)
    card.show_hint("This model is not known to be good at Finnish. Hy-MT2 7B would translate better.")
    QApplication.processEvents()
    assert desk.translateHint.height() <= 3 * desk.translateHint.fontMetrics().lineSpacing()
    for button in (card.live, card.go_on, card.run, card.better):
        assert button.width() >= button.sizeHint().width(), button.objectName()
    assert card.live.geometry().center().y() == pytest.approx(card.run.geometry().center().y(), abs=1)


def test_a_way_that_comes_moves_no_other_from_under_the_pointer(desk: Desk) -> None:
    desk.running()
    QApplication.processEvents()
    place = desk.translateLive.mapTo(desk.window, desk.translateLive.rect().center())
    desk.press("Esc")
    desk.wait(desk.translateGoOn.isVisible)
    QApplication.processEvents()
    assert desk.translateLive.mapTo(desk.window, desk.translateLive.rect().center()) == place


def test_the_words_of_a_switch_do_not_move_when_it_has_the_focus(desk: Desk) -> None:
    desk.type()
    desk.translateLive.setFocus(Qt.FocusReason.MouseFocusReason)
    QApplication.processEvents()
    option = QStyleOptionButton()
    desk.translateLive.initStyleOption(option)
    contents = QStyle.SubElement.SE_CheckBoxContents
    places = set()
    for state in (option.state | QStyle.StateFlag.State_HasFocus, option.state & ~QStyle.StateFlag.State_HasFocus):
        option.state = state
        places.add(desk.translateLive.style().subElementRect(contents, option, desk.translateLive).left())
    assert len(places) == 1


# ---------------------------------------------------------------- run, stop


def test_run_and_stop_stand_in_one_place(desk: Desk) -> None:
    desk.type()
    run, stop = desk.translateRun, desk.translateStop
    QApplication.processEvents()
    place = run.mapTo(desk.window, run.rect().center())
    run.click()
    QApplication.processEvents()
    assert stop.isVisible()
    assert not run.isVisible()
    assert stop.mapTo(desk.window, stop.rect().center()) == place
    assert desk.translateProgress.isVisible()
    assert desk.translatePlan.text() == "0 of 3 sentences · about 40 s left"
    stop.click()
    assert desk.core.stopped == [desk.pane.job]
    desk.wait(run.isVisible)


def test_a_translation_streams_into_its_place(desk: Desk) -> None:
    job = desk.running()
    desk.core.write(job, 1, "维修")
    desk.wait(lambda: desk.said() == "维修\n")
    desk.core.write(job, 1, "维修费为")
    desk.core.put(job, 0, CHINESE[0])
    desk.wait(lambda: desk.said() == f"{CHINESE[0]}维修费为\n")
    desk.wait(lambda: "1 of 3" in desk.translatePlan.text())
    desk.core.finish(job, CHINESE)
    desk.wait(lambda: CHINESE[2] in desk.said())
    desk.wait(desk.translateRun.isVisible)
    assert not desk.translateProgress.isVisible()


def test_a_stopped_translation_goes_on(desk: Desk) -> None:
    job = desk.running()
    desk.press("Esc")
    assert desk.core.stopped == [job]
    desk.wait(desk.translateGoOn.isVisible)
    assert "Stopped" in desk.translateWords.text()
    assert desk.translatePlan.text() == "0 of 3 sentences", "how much is left says whether it is worth it"
    desk.press("Ctrl+Shift+G")
    assert desk.core.gone_on == [job]
    desk.wait(desk.translateStop.isVisible)
    desk.core.stop(job)
    desk.wait(desk.translateGoOn.isVisible)
    desk.press("Ctrl+Return")
    assert desk.core.gone_on == [job, job], "what one means is going on"


def test_a_translation_that_failed_says_why(desk: Desk) -> None:
    job = desk.running()
    desk.core.change(job, state=JobState.FAILED, error=AssistantError(ErrorKind.MODEL_MISSING, name="fake"))
    desk.wait(lambda: bool(desk.translateWords.text()))
    assert desk.translateRun.isVisible()


def test_another_text_while_one_is_translated_leaves_it_running(desk: Desk) -> None:
    job = desk.running()
    desk.press("Ctrl+Shift+N")
    assert desk.pane.job is None
    assert desk.core.stopped == []
    desk.core.put(job, 0, "late")
    assert "late" not in desk.said()


# ---------------------------------------------------------------- history, export, copy


def test_what_a_search_finds_late_is_opened_by_the_key_that_was_pressed_before(desk: Desk) -> None:
    first = desk.finished()
    desk.press("Ctrl+Shift+N")
    desk.type("Another text.")
    desk.settle()
    desk.translateRun.click()
    both = [row.id for row in desk.translationList.rows.rows]
    desk.core.waits = True
    desk.translationSearch.setFocus()
    desk.translationSearch.setText("anot")
    desk.translationSearch.setText("旧桥")
    desk.press("Return")
    assert [row.id for row in desk.translationList.rows.rows] == both, "nothing was found yet"
    late, wanted = desk.core.pending
    late()
    assert [row.id for row in desk.translationList.rows.rows] == both, "nobody looks for that any more"
    wanted()
    assert [row.id for row in desk.translationList.rows.rows] == [str(first)]
    assert desk.pane.job == first


def test_rows_that_change_again_and_again_are_looked_through_once(desk: Desk) -> None:
    desk.finished()
    desk.core.waits = True
    desk.translationSearch.setText("旧")
    assert len(desk.core.pending) == 1
    desk.core.pending.pop()()
    for _ in range(20):
        desk.pane._show_rows()
    assert desk.core.pending == []
    desk.wait(lambda: len(desk.core.pending) == 1)


def test_who_types_on_after_the_key_has_nothing_opened(desk: Desk) -> None:
    desk.finished()
    desk.pane.new()
    desk.core.waits = True
    desk.translationSearch.setFocus()
    desk.translationSearch.setText("旧")
    desk.press("Return")
    desk.translationSearch.setText("旧桥")
    for found in list(desk.core.pending):
        found()
    assert desk.translationList.rows.rowCount() == 1
    assert desk.pane.job is None


def test_the_history_opens_searches_deletes_and_brings_back(desk: Desk) -> None:
    first = desk.finished()
    desk.press("Ctrl+Shift+N")
    desk.type("Another text.")
    desk.settle()
    desk.translateRun.click()
    rows = desk.translationList.rows.rows
    assert [row.title for row in rows] == ["Another text.", "The old bridge was closed on 3 May 2021."]
    assert "Into Simplified Chinese" in rows[1].line
    desk.pane.list.chosen.emit(first)
    assert desk.said().startswith(CHINESE[0])
    assert desk.translateSource.toPlainText().startswith("The old bridge")
    assert desk.translateText.isVisible()
    assert desk.translateSourceLine.text() == "Text · 3 sentences"
    desk.pane.delete(first)
    assert desk.pane.job is None
    assert [row.id for row in desk.translationList.rows.rows] != [str(first)]
    notice = desk.window.notices.notice
    assert NoticeAction.UNDO_DELETE in notice.actions
    desk.window._act(NoticeAction.UNDO_DELETE, notice)
    assert desk.pane.job == first
    desk.translationSearch.setText("another")
    assert [row.title for row in desk.translationList.rows.rows] == ["Another text."]


def test_a_kept_translation_is_made_anew_into_another_language(desk: Desk) -> None:
    first = desk.finished()
    desk.pane.new()
    desk.pane.list.chosen.emit(first)
    assert not desk.translateRun.isEnabled(), "it is there already"
    desk.translateTo.choose("de")
    desk.translateTo.picked.emit("de")
    assert desk.translateRun.isEnabled()
    desk.press("Ctrl+Return")
    second = desk.pane.job
    assert second != first
    assert desk.core.views[second].document == desk.core.views[first].document
    assert desk.core.views[second].options.target == "de"
    desk.core.finish(second, ("Eins.", "Zwei.", "Drei."))
    desk.wait(lambda: desk.said().startswith("Eins."))
    assert not desk.translateRun.isEnabled()
    at = desk.translateFormality.findData(Formality.FORMAL)
    desk.translateFormality.setCurrentIndex(at)
    desk.translateFormality.activated.emit(at)
    desk.translateRun.click()
    assert desk.core.views[desk.pane.job].options.formality is Formality.FORMAL
    assert len(desk.core.views) == 3


@pytest.mark.parametrize("kept", [True, False])
def test_a_file_opened_over_a_translation_begins_afresh(
    kept: bool, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.finished()
    if kept:
        desk.pane.new()
        desk.pane.list.chosen.emit(job)
    desk.core.results["plan.docx"] = document("A plan of the town.", name="plan.docx", format="docx")
    monkeypatch.setattr(opening, "ask_for_translatable", lambda _: Path("/x/plan.docx"))
    desk.press("Ctrl+O")
    desk.settle()
    assert desk.pane.job is None
    assert desk.pageTitle.text() == "plan.docx"
    assert desk.translateSource.toPlainText() == "A plan of the town."
    assert desk.said() == ""
    assert not desk.window.verbs["translate_export"].isEnabled()
    assert not desk.window.verbs["copy_answer"].isEnabled()
    assert desk.pane.result.line.text() == ""
    assert "412 sentences" in desk.translatePlan.text()


def test_the_text_of_a_kept_translation_can_be_taken_up_again(desk: Desk) -> None:
    job = desk.finished()
    desk.pane.new()
    desk.pane.list.chosen.emit(job)
    desk.press("Ctrl+E")
    assert desk.translateInput.toPlainText() == BRIDGE.replace("\n\n", "\n")
    assert desk.pane.job is None


def test_copying_and_exporting(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not desk.translateExport.isEnabled()
    desk.open()
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, CHINESE)
    desk.wait(desk.translateExport.isEnabled)
    desk.translateCopy.click()
    assert QGuiApplication.clipboard().text() == "\n".join(CHINESE)
    asked: list[Any] = []

    def target(_parent: Any, view: Any, source: Any) -> Path:
        asked.append(target_name(view, source))
        return tmp_path / "out.docx"

    monkeypatch.setattr(exporting, "ask_for_target", target)
    desk.press("Ctrl+Shift+E")
    assert asked == ["report.zh-Hans.docx"]
    assert desk.core.exported == [(desk.pane.job, tmp_path / "out.docx")]
    assert "out.docx" in desk.translateWords.text()
    desk.core.export_result = AssistantError(ErrorKind.DISK_FULL, path="x")
    desk.press("Ctrl+Shift+E")
    assert desk.window.notices.isVisible()


# ---------------------------------------------------------------- room, words


def test_a_translation_that_goes_leaves_the_keyboard_to_the_source(desk: Desk) -> None:
    desk.finished()
    desk.translateOutput.setFocus()
    desk.press("Ctrl+Shift+S")
    assert desk.translateInput.toPlainText().startswith(CHINESE[0])
    assert desk.window.focusWidget() is desk.translateInput


def test_a_narrow_page_shows_one_text_at_a_time(desk: Desk) -> None:
    desk.finished()
    desk.window.resize(760, 640)
    QApplication.processEvents()
    assert desk.pane.page.narrow
    assert desk.translateOutput.isVisible()
    assert not desk.translateInput.isVisible()
    desk.press("Alt+1")
    assert desk.translateInput.isVisible()
    assert not desk.translateOutput.isVisible()
    desk.translateResultView.click()
    assert desk.translateOutput.isVisible()
    desk.window.resize(1240, 800)
    QApplication.processEvents()
    assert desk.translateOutput.isVisible()
    assert desk.translateInput.isVisible()


def test_beside_the_list_of_a_small_window_everything_keeps_its_words(desk: Desk) -> None:
    job = desk.running()
    desk.core.stop(job)
    desk.window.setMinimumSize(640, 320)
    desk.window.resize(640, 420)
    desk.wait(lambda: desk.translateGoOn.isVisible() and desk.window.frame.sides.isHidden())
    QApplication.processEvents()
    before = desk.pane.page.width()
    desk.window.frame.toggle_list()
    desk.wait(desk.window.frame.sides.isVisible)
    assert desk.pane.page.width() == before
    for button in (desk.translateSourceView, desk.translateResultView, desk.translateGoOn, desk.translateRun):
        assert button.width() >= button.sizeHint().width(), button.objectName()
    desk.window.frame.toggle_list()
    desk.wait(desk.window.frame.sides.isHidden)
    desk.window.resize(880, 640)
    desk.window.frame.toggle_list()
    desk.wait(lambda: desk.pane.page.width() < 640)  # there is room for both


def test_in_a_low_window_the_translation_has_the_room_of_the_choices(desk: Desk) -> None:
    desk.finished()
    choices = desk.pane.card.choices
    desk.window.resize(720, 480)
    desk.wait(choices.isHidden)
    desk.press("Alt+1")
    assert choices.isVisible()
    desk.translateResultView.click()
    assert choices.isHidden()
    desk.window.resize(720, 800)
    desk.wait(choices.isVisible)


def test_in_a_window_that_is_too_low_for_them_a_button_shows_the_choices(desk: Desk) -> None:
    card = desk.pane.card
    assert card.unfold.isHidden()
    desk.window.setMinimumSize(640, 320)  # as on a screen of few points
    desk.window.resize(720, 340)
    desk.wait(card.unfold.isVisible)
    assert card.choices.isHidden()
    card.unfold.click()
    assert card.choices.isVisible()
    assert not desk.translateInput.isVisible(), "the choices have its room"
    card.unfold.click()
    assert card.choices.isHidden()
    assert desk.translateInput.isVisible()
    card.unfold.click()
    desk.running()
    assert desk.translateOutput.isVisible()
    card.unfold.click()
    desk.window.resize(720, 800)
    desk.wait(desk.translateOutput.isVisible)
    assert card.unfold.isHidden()


def test_on_a_small_screen_with_large_text_a_translation_has_room(desk: Desk) -> None:
    """1024 by 600 points at 200 %: the words about a weak model, the languages and the choices give way to it."""
    desk.core.plan_result = PLAN.__class__(3, hint="Hy-MT2 7B", hint_kind="demo")
    desk.window.setMinimumSize(400, 280)
    desk.window.resize(512, 290)
    desk.wait(lambda: desk.pane.page.narrow)
    desk.translateInput.setFocus()
    desk.type()
    desk.settle()
    card = desk.pane.card
    desk.wait(card.short_hint.isVisible)
    assert card.short_hint.height() <= 2 * card.short_hint.fontMetrics().lineSpacing()
    desk.wait(lambda: card.rect().contains(card.run.geometry()))
    desk.press("Ctrl+Return")
    desk.core.finish(desk.pane.job, CHINESE)
    desk.wait(lambda: CHINESE[2] in desk.said())
    assert desk.window.focusWidget() is desk.translateOutput
    assert not card.short_hint.isVisible()
    desk.rows.choose(0)
    desk.wait(lambda: desk.translateOutput.viewport().height() >= 2 * desk.pane.result.output._style.line)
    again = child(desk.window, "segment-translate_redo")
    desk.wait(lambda: again.visibleRegion().boundingRect() == again.rect())


def test_of_a_long_text_that_is_pasted_the_beginning_is_seen(desk: Desk) -> None:
    field, bar = desk.translateInput, desk.translateInput.verticalScrollBar()
    QGuiApplication.clipboard().setText("A line of a long text.\n" * 200)
    field.setFocus()
    desk.press("Ctrl+V")
    assert bar.maximum() > 0
    desk.wait(lambda: bar.value() == 0)
    assert field.textCursor().atEnd(), "who types on does so at its end"
    field.insert("And one more.\n" * 20)
    assert bar.value() > 100, "what was put somewhere is seen where it is"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_has_a_name(language: str, desk: Desk, qtbot: Any) -> None:
    desk.window._core.settings.set("language", language)
    assert nameless(desk.pane.page) == []
    job = desk.finished()
    desk.pane.rows.choose(0)
    assert nameless(desk.pane.page) == []
    desk.core.stop(job)
    qtbot.waitUntil(desk.translateGoOn.isVisible, timeout=SLOW)
    assert nameless(desk.pane.page) == []
    assert nameless(desk.pane.side) == []
    desk.window._core.settings.set("language", "en")
    set_language("en")


def test_the_pane_is_there_again_at_the_next_start(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    window.frame.show_pane("translate")
    home.close(window)
    window = home.open()
    assert window.frame.current == "translate"
    window.translating.pane.source.editor.setPlainText("Typed at once.")
    assert window.translating.pane.result.welcome.isVisible()


@pytest.mark.parametrize("pane", ["translating", "summarizing"])
def test_no_space_stands_between_chinese_sentences_of_the_welcome(pane: str, desk: Desk) -> None:
    desk.window.frame.show_pane("summarize" if pane == "summarizing" else "translate")
    desk.window._core.settings.set("language", "zh_CN")
    QApplication.processEvents()
    said = [label.text() for label in getattr(desk.window, pane).pane.result.welcome.findChildren(QLabel)]
    assert any(words.endswith("一切都留在这台电脑上。") for words in said)
    assert not any("。 " in words for words in said)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_settings_call_it_as_the_rail_does(language: str, desk: Desk) -> None:
    desk.window._core.settings.set("language", language)
    QApplication.processEvents()
    assert tr(dict(PAGES)["translate"]) == desk.navTranslate.text()
