"""Talking: sending, stopping, editing, drafts, what is pasted, the list at the side, the empty page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMessageBox

from assistant.core.events import EngineView, Notice, NoticeAction, NoticeLevel, Phase
from assistant.core.usage import Usage
from assistant.gui import dialogs
from assistant.gui.itemmodels.conversations import BUSY, SECTION
from assistant.gui.models import importing
from assistant.gui.widgets.composer import MAX_CHARACTERS, MAX_LINE, too_much
from assistant.gui.widgets.controls import TextLine
from assistant.gui.widgets.welcome import Kind
from assistant.storage.rows import Role
from tests.gui.helpers import SLOW, answered, child, say


def press(window: Any, keys: str) -> None:
    QTest.keySequence(window.focusWidget() or window, QKeySequence(keys))
    QApplication.processEvents()


@pytest.fixture
def talk(home: Any, qtbot: Any) -> Any:
    """A window in which one question was answered with “First answer”."""
    home.model("fake,slow=5")
    window = home.open()
    window.activateWindow()
    say(window, "{{say}}First answer")
    qtbot.waitUntil(lambda: answered(window, "First answer"), timeout=SLOW)
    return window


def begin_endless(window: Any, qtbot: Any) -> None:
    say(window, "{{endless}}Go on")
    qtbot.waitUntil(lambda: child(window, "statusEngine").text() == "writing", timeout=SLOW)


# ---------------------------------------------------------------- sending and stopping


def test_one_of_send_and_stop_is_visible_in_one_place(talk: Any, qtbot: Any) -> None:
    send, stop = child(talk, "chatSend"), child(talk, "chatStop")
    assert send.isVisible()
    assert not stop.isVisible()
    place = send.mapTo(talk, send.rect().center())
    begin_endless(talk, qtbot)
    assert stop.isVisible()
    assert not send.isVisible()
    assert stop.mapTo(talk, stop.rect().center()) == place
    stop.click()
    qtbot.waitUntil(send.isVisible, timeout=SLOW)
    assert not stop.isVisible()


def test_nothing_is_sent_when_there_is_nothing(talk: Any) -> None:
    before = talk.transcript_text()
    assert not child(talk, "chatSend").isEnabled()
    say(talk, "   \n ")
    assert not child(talk, "chatSend").isEnabled()
    assert talk.transcript_text() == before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_shift_enter_breaks_the_line(window: Any, key: Qt.Key) -> None:
    field = child(window, "chatInput")
    field.setPlainText("one")
    field.moveCursor(field.textCursor().MoveOperation.End)
    QTest.keyClick(field, key, Qt.KeyboardModifier.ShiftModifier)
    assert field.toPlainText() == "one\n"
    assert window.transcript_text() == ""


def test_ctrl_enter_always_sends(talk: Any, qtbot: Any) -> None:
    field = child(talk, "chatInput")
    field.setPlainText("{{say}}By the long key")
    field.setFocus()
    press(talk, "Ctrl+Return")
    qtbot.waitUntil(lambda: answered(talk, "By the long key"), timeout=SLOW)


def test_enter_breaks_the_line_when_the_settings_say_so(talk: Any, qtbot: Any) -> None:
    talk._core.settings.set("send_with_enter", False)
    before = talk.transcript_text()
    field = child(talk, "chatInput")
    say(talk, "one")
    assert field.toPlainText().count("\n") == 1
    assert talk.transcript_text() == before
    assert "Ctrl+Enter" in talk.chat.composer._hint.text()


def test_esc_stops_and_the_part_stays(talk: Any, qtbot: Any) -> None:
    begin_endless(talk, qtbot)
    qtbot.waitUntil(lambda: len(talk.transcript_text()) > 60, timeout=SLOW)
    press(talk, "Esc")
    qtbot.waitUntil(lambda: not talk.chat.busy(), timeout=SLOW)
    assert len(talk.transcript_text()) > 60
    qtbot.waitUntil(lambda: child(talk, "statusEngine").text() == "ready", timeout=SLOW)


def test_what_is_typed_while_an_answer_comes_is_kept(talk: Any, qtbot: Any) -> None:
    begin_endless(talk, qtbot)
    say(talk, "The next thing")  # Enter while busy: nothing is lost
    assert child(talk, "chatInput").toPlainText() == "The next thing"
    press(talk, "Esc")
    qtbot.waitUntil(lambda: not talk.chat.busy(), timeout=SLOW)
    assert child(talk, "chatSend").isEnabled()


def test_undo_brings_back_what_was_sent(talk: Any, qtbot: Any) -> None:
    say(talk, "{{say}}Second")
    qtbot.waitUntil(lambda: answered(talk, "Second"), timeout=SLOW)
    field = child(talk, "chatInput")
    assert field.toPlainText() == ""
    field.undo()
    assert field.toPlainText() == "{{say}}Second"


# ---------------------------------------------------------------- again and otherwise


def test_answer_again_makes_another_version(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+R")
    qtbot.waitUntil(lambda: not talk.chat.busy() and _last_head(talk).siblings == 2, timeout=SLOW)
    talk.chat.transcript.switch_wanted.emit(_last_head(talk).id, -1)
    qtbot.waitUntil(lambda: _last_head(talk).position == 0, timeout=SLOW)


def test_after_asking_for_another_answer_one_types_the_next_message(talk: Any, qtbot: Any) -> None:
    talk.chat.transcript.setFocus()
    talk.chat.transcript.regenerate_wanted.emit(_last_head(talk).id)
    assert child(talk, "chatInput").hasFocus()
    qtbot.waitUntil(lambda: not talk.chat.busy() and _last_head(talk).siblings == 2, timeout=SLOW)


def test_the_last_answer_is_copied_by_key(talk: Any) -> None:
    press(talk, "Ctrl+Shift+C")
    assert QApplication.clipboard().text() == "First answer"


def test_up_in_the_empty_input_takes_up_the_last_message(talk: Any, qtbot: Any) -> None:
    field = child(talk, "chatInput")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "{{say}}First answer"
    assert talk.chat.composer.editing is not None
    say(talk, "{{say}}Another answer")
    qtbot.waitUntil(lambda: answered(talk, "Another answer"), timeout=SLOW)
    assert "First answer" not in talk.transcript_text()
    assert talk.chat.composer.editing is None


def test_up_in_an_input_with_text_is_an_arrow(talk: Any) -> None:
    field = child(talk, "chatInput")
    field.setPlainText("one\ntwo")
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert talk.chat.composer.editing is None


def test_sending_an_edit_brings_back_what_was_typed_and_leaves_no_draft_of_its_own(talk: Any, qtbot: Any) -> None:
    field, drafts = child(talk, "chatInput"), talk._core.conversations
    for typed in ("half a thought", ""):
        field.setPlainText(typed)
        press(talk, "Ctrl+Up")
        say(talk, "{{say}}Another answer")
        assert field.toPlainText() == typed
        qtbot.waitUntil(lambda: not talk.chat.busy(), timeout=SLOW)
        drafts._store.drain()
        assert drafts.draft(talk.chat.conversation) == typed


def test_giving_up_an_edit_brings_back_what_was_typed(talk: Any) -> None:
    field = child(talk, "chatInput")
    field.setPlainText("half a thought")
    press(talk, "Ctrl+Up")
    assert field.toPlainText() == "{{say}}First answer"
    press(talk, "Esc")
    assert field.toPlainText() == "half a thought"
    assert "First answer" in talk.transcript_text()


# ---------------------------------------------------------------- drafts and conversations


def test_drafts_belong_to_their_conversation(talk: Any, qtbot: Any) -> None:
    first = talk.chat.conversation
    field = child(talk, "chatInput")
    field.setPlainText("draft one")
    press(talk, "Ctrl+N")
    assert field.toPlainText() == ""
    field.setPlainText("draft two")
    talk.chat.open(first)
    assert field.toPlainText() == "draft one"
    press(talk, "Ctrl+PgUp")
    assert field.toPlainText() == "draft two"


def test_a_draft_is_on_disk_without_being_asked(home: Any, qtbot: Any) -> None:
    window = home.open()
    child(window, "chatInput").setPlainText("unsent thoughts")
    conversation = window.chat.conversation
    qtbot.waitUntil(lambda: window._core.conversations.draft(conversation) == "unsent thoughts", timeout=SLOW)
    home.close(window)
    assert child(home.open(), "chatInput").toPlainText() == "unsent thoughts"


def test_an_empty_conversation_is_not_kept(window: Any) -> None:
    press(window, "Ctrl+N")
    press(window, "Ctrl+N")
    assert window.chat.list.model.rowCount() == 0


def test_the_title_comes_from_the_first_words_and_can_be_changed_in_place(talk: Any, qtbot: Any) -> None:
    assert "First answer" in talk.chat.title()
    press(talk, "F2")
    editor = child(talk, "conversationList").findChild(TextLine)
    editor.setText("Tides")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: talk.chat.title() == "Tides", timeout=SLOW)
    assert talk.windowTitle() == "Tides — Lamplight"  # with the dash that dialogs get from Qt


def test_deleting_can_be_undone(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+Shift+Backspace")
    assert talk.transcript_text() == ""
    assert talk.chat.list.model.rowCount() == 0
    notice = talk.notices.notice
    assert notice.actions == (NoticeAction.UNDO_DELETE,)
    talk.notices._buttons[0].click()
    assert "First answer" in talk.transcript_text()
    assert talk.chat.list.model.rowCount() == 1


def test_the_delete_key_works_in_the_list(talk: Any) -> None:
    view = child(talk, "conversationList")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert talk.chat.list.model.rowCount() == 0


def test_search_finds_titles_and_words(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+N")
    say(talk, "{{say}}中文的回答")
    qtbot.waitUntil(lambda: answered(talk, "中文的回答"), timeout=SLOW)
    model, search = talk.chat.list.model, child(talk, "conversationSearch")
    assert model.rowCount() == 2
    search.setText("First")
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=SLOW)
    search.setText("nothing like it")
    qtbot.waitUntil(lambda: model.rowCount() == 0, timeout=SLOW)
    assert talk.chat.list._nothing.text() == "Nothing found."
    search.clear()
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=SLOW)


def test_the_list_says_when(talk: Any) -> None:
    model = talk.chat.list.model
    assert model.index(0).data(SECTION) == "Today"


# ---------------------------------------------------------------- what is pasted


def paste(window: Any, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    child(window, "chatInput").insertFromMimeData(mime)


def test_formatting_is_left_behind(window: Any) -> None:
    mime = QMimeData()
    mime.setHtml("<b>bold</b><img src='file:///dev/zero'>")
    mime.setText("bold")
    child(window, "chatInput").insertFromMimeData(mime)
    assert child(window, "chatInput").toPlainText() == "bold"


@pytest.mark.parametrize(
    "on",
    [lambda talk: say(talk, "Hello"), lambda talk: talk.chat.new(), lambda talk: talk.frame.show_pane("translate")],
)
def test_a_text_that_was_refused_is_of_the_past_once_one_goes_on(talk: Any, on: Callable[[Any], None]) -> None:
    paste(talk, "x" * (MAX_CHARACTERS + 1))
    assert talk.notices.notice.key == "paste"
    on(talk)
    assert talk.notices.notice is None


@pytest.mark.parametrize("text", ["x" * (MAX_LINE + 1), "word \n" * (MAX_CHARACTERS // 6 + 2)])
def test_what_would_freeze_the_window_is_refused_with_a_sentence(window: Any, text: str) -> None:
    field = child(window, "chatInput")
    entered: list[int] = []  # characters that had to be laid out
    field.document().contentsChange.connect(lambda _at, _removed, added: entered.append(added))
    paste(window, text)
    QApplication.processEvents()
    assert not entered
    assert field.toPlainText() == ""
    assert window.notices.notice.level is NoticeLevel.WARNING


def test_what_is_too_long_for_a_message_can_be_read_as_a_document(window: Any, qtbot: Any) -> None:
    QApplication.clipboard().setText("A line of a long text.\n" * 60_000)
    child(window, "chatInput").paste()
    button = window.notices._buttons[0]
    assert button.text() == "Summarize the clipboard"
    button.click()
    assert window.frame.current == "summarize"
    opening = window.summarizing.pane.opening
    qtbot.waitUntil(lambda: opening.document is not None, timeout=SLOW)


@pytest.mark.parametrize("text", ["x" * MAX_LINE, "some words in a line\n" * (MAX_CHARACTERS // 22)])
def test_the_most_that_is_taken_does_not_freeze_the_window(window: Any, text: str) -> None:
    QApplication.processEvents()
    began = time.process_time()  # which counts only what is done here, however busy the machine is
    paste(window, text)
    for _ in range(10):
        QTest.qWait(10)
    spent = time.process_time() - began
    assert child(window, "chatInput").toPlainText() == text
    assert spent < 0.6
    assert child(window, "chatInput").height() < window.height() * 0.4


def test_the_limits_count_what_is_there_already() -> None:
    assert too_much("x" * 10, MAX_CHARACTERS - 5)
    assert not too_much("x" * 10, MAX_CHARACTERS - 10)


def test_the_input_grows_to_two_fifths_of_the_page(window: Any) -> None:
    field, heights = child(window, "chatInput"), []
    for lines in (1, 3, 6, 60):
        field.setPlainText("\n".join(["line"] * lines))
        QApplication.processEvents()
        heights.append(field.height())
    assert heights == sorted(heights)
    assert heights[0] < heights[1] < heights[2]
    assert window.chat.composer.height() <= window.chat.page.height() * 0.42


# ---------------------------------------------------------------- the empty page


@pytest.mark.parametrize(("base", "kind"), [(False, Kind.CHAT), (True, Kind.BASE)])
def test_examples_work_when_clicked(base: bool, kind: Kind, home: Any, qtbot: Any) -> None:
    home.model("fake,words=3", base=base)
    window = home.open()
    welcome = window.chat.welcome
    assert welcome._kind is kind
    assert 2 <= sum(button.isVisible() for button in welcome.examples) <= 3
    text = welcome.examples[0].text()
    welcome.examples[0].click()
    qtbot.waitUntil(lambda: text in window.transcript_text() and not window.chat.busy(), timeout=SLOW)
    assert len(window.transcript_text()) > len(text) + 3


def test_a_base_model_says_what_it_is(home: Any) -> None:
    home.model("fake", base=True)
    window = home.open()
    assert "continues text" in window.chat.welcome._line.text()
    assert "beginning" in child(window, "chatInput").placeholderText()


def test_without_a_model_the_way_to_one_is_shown(home: Any) -> None:
    window = home.open()
    assert window.chat.welcome._kind is Kind.NONE
    window.chat.welcome._get.click()
    assert window.frame.current == "models"
    assert window.navigation.pane.side.view == "catalog"


def test_the_demo_model_says_what_it_is(home: Any, starter_path: Path) -> None:
    home.paths.models.mkdir(parents=True)
    (home.paths.models / starter_path.name).symlink_to(starter_path)
    window = home.open()
    assert window.chat.welcome._kind is Kind.DEMO
    assert "small English demo model" in window.chat.welcome._about.text()
    assert window.chat.welcome._get.isVisible()


# ---------------------------------------------------------------- models


@pytest.mark.parametrize("copy", [False, True])
def test_a_model_file_is_brought_in_and_chosen(
    copy: bool, home: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.model("fake")
    window = home.open()
    outside = home.model("another", base=True).rename(tmp_path / "Other.gguf")
    monkeypatch.setattr(importing, "ask_for_files", lambda *_: [outside])
    monkeypatch.setattr(importing, "ask_how", lambda _parent, _name, _size, **_: copy)
    press(window, "Ctrl+Shift+I")
    qtbot.waitUntil(lambda: child(window, "modelPicker").count() == 4, timeout=SLOW)
    chosen = window._core.models.chosen()
    assert chosen.path == (home.paths.models / "Other.gguf" if copy else outside)
    assert outside.exists()
    assert child(window, "modelPicker").currentText() == chosen.name
    assert chosen.name in window.notices.notice.sentence


def test_a_file_that_is_no_model_is_told_from_one(home: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any) -> None:
    window = home.open()
    (tmp_path / "letter.gguf").write_text("Dear reader")
    monkeypatch.setattr(importing, "ask_how", lambda *_: pytest.fail("a file that is no model needs no question"))
    window.importer.bring_in(tmp_path / "letter.gguf")
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    assert window.notices.notice.level is NoticeLevel.ERROR


def test_a_model_can_be_dropped_on_the_window(home: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any) -> None:
    window = home.open()
    asked: list[str] = []
    monkeypatch.setattr(importing, "ask_how", lambda _parent, name, _size, **_: asked.append(name))
    home.model("another").rename(tmp_path / "Dropped.GGUF")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "Dropped.GGUF"))])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    qtbot.waitUntil(lambda: asked == ["Dropped.GGUF"], timeout=SLOW)


def test_the_picker_changes_nothing_by_accident(home: Any, qtbot: Any) -> None:
    home.model("fake")
    home.model("fake,words=2")
    window = home.open()
    picker = child(window, "modelPicker")
    qtbot.waitUntil(lambda: picker.count() == 4, timeout=SLOW)  # two models, a line, the way to one more
    before = picker.currentText()
    picker.setFocus()
    QTest.keyClick(picker, Qt.Key.Key_X)
    assert picker.currentText() == before
    QTest.keyClick(picker, Qt.Key.Key_Down)
    assert picker.view().isVisible()
    assert picker.currentText() == before
    picker.hidePopup()


def test_another_model_is_chosen_and_loaded(home: Any, qtbot: Any) -> None:
    home.model("fake")
    home.model("fake,words=2")
    window = home.open()
    picker = child(window, "modelPicker")
    qtbot.waitUntil(lambda: picker.count() == 4, timeout=SLOW)
    other = 1 - picker.currentIndex()
    picker.setCurrentIndex(other)
    picker.activated.emit(other)
    qtbot.waitUntil(lambda: child(window, "statusEngine").text() == "ready", timeout=SLOW)
    assert window._core.models.chosen().key == picker.itemData(other)


def test_the_state_word_loads_and_frees(window: Any, qtbot: Any) -> None:
    word = child(window, "statusEngine")
    assert word.text() == "asleep"
    word.click()
    qtbot.waitUntil(lambda: word.text() == "ready", timeout=SLOW)
    word.click()
    qtbot.waitUntil(lambda: word.text() == "asleep", timeout=SLOW)


def test_loading_shows_how_far_and_can_be_stopped(home: Any, qtbot: Any) -> None:
    home.model("fake,load=30")
    window = home.open()
    press(window, "Ctrl+Shift+L")
    qtbot.waitUntil(lambda: child(window, "statusEngine").text().startswith("loading"), timeout=SLOW)
    press(window, "Esc")
    qtbot.waitUntil(lambda: child(window, "statusEngine").text() == "asleep", timeout=SLOW)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("phase", [Phase.LOADING, Phase.READING])
def test_the_words_of_the_engine_are_not_cut_in_a_small_window(language: str, phase: Phase, home: Any) -> None:
    home.settings(text_size=200, language=language)
    window = home.open()
    window.resize(720, 480)
    status = window.frame.status
    status.show_engine(EngineView(phase, "A model whose name is quite long", 0.5, 88.8, 4096, device="CPU"))
    status.meter.show_usage(Usage(800, 500, 4096))
    status.show_engine(EngineView(phase, "A model whose name is quite long", 1.0, 88.8, 4096, device="CPU"))
    QApplication.processEvents()
    assert "100" in status.engine.text()
    assert status.engine.width() >= status.engine.sizeHint().width()
    assert status.width() == window.width()


def test_measuring_is_called_so_and_can_be_stopped(home: Any, qtbot: Any) -> None:
    home.model("fake,slow=50")
    window = home.open()
    word = child(window, "statusEngine")
    ended: list[Any] = []
    window._core.measures.selftest(window._core.models.chosen().key, ended.append)
    qtbot.waitUntil(lambda: word.text() == "measuring", timeout=SLOW)
    word.click()
    qtbot.waitUntil(lambda: word.text() == "ready", timeout=SLOW)
    assert [error.kind.value for error in ended] == ["cancelled"]


def again_buttons(window: Any) -> list[Any]:
    return [each for each in window.findChildren(QAbstractButton) if each.isVisible() and each.text() == "Try again"]


def test_an_engine_that_dies_leaves_the_part_and_says_so(talk: Any, qtbot: Any) -> None:
    say(talk, "{{crash=SIGKILL@8}}Tell me")
    qtbot.waitUntil(lambda: talk.notices.notice is not None, timeout=SLOW)
    assert talk.notices.notice.level is NoticeLevel.ERROR
    assert not talk.chat.busy()
    assert len(again_buttons(talk)) == 1, "it stands at the answer"
    say(talk, "{{say}}Still here")
    qtbot.waitUntil(lambda: answered(talk, "Still here"), timeout=SLOW)


def test_what_stands_at_an_answer_is_told_elsewhere_only(talk: Any) -> None:
    here = str(talk.chat.conversation)
    failed = Notice(f"conversation-{here}", NoticeLevel.ERROR, "It failed", "", (NoticeAction.RETRY,), here)
    talk._post(failed)
    assert talk.notices.notice is None
    talk._post(replace(failed, detail="how"))
    assert talk.notices.notice is not None, "the details stand nowhere else"
    talk.notices.dismiss()
    talk._post(replace(failed, subject="0"))
    assert talk.notices.notice is not None, "another conversation"
    talk.notices.dismiss()
    talk.frame.show_pane("settings")
    talk._post(failed)
    assert talk.notices.notice is not None
    assert len(again_buttons(talk)) == 1


# ---------------------------------------------------------------- context and narrow windows


def test_the_meter_shows_what_is_used_reserved_and_typed(talk: Any, qtbot: Any) -> None:
    meter = child(talk, "chatContextMeter")
    qtbot.waitUntil(lambda: meter.isVisible() and meter.value() > 0, timeout=SLOW)
    before = meter.value()
    child(talk, "chatInput").setPlainText("many words " * 200)
    qtbot.waitUntil(lambda: meter.value() > before + 100, timeout=SLOW)
    assert "kept for the answer" in meter.toolTip()


def test_the_meter_fills_while_an_answer_is_written(talk: Any, qtbot: Any) -> None:
    meter = child(talk, "chatContextMeter")
    qtbot.waitUntil(lambda: meter.isVisible() and meter.value() > 0, timeout=SLOW)
    begin_endless(talk, qtbot)
    before = meter.words()
    qtbot.waitUntil(lambda: meter.words() != before, timeout=SLOW)
    assert talk.chat.busy()


def test_the_meter_without_a_context_is_not_shown(window: Any) -> None:
    window.chat.usage_shown.emit(Usage())
    assert not child(window, "chatContextMeter").isVisible()


def test_the_model_is_loaded_at_the_start_unless_the_user_does_not_want_it(home: Any, qtbot: Any) -> None:
    home.settings(load_at_start=True)
    home.model("fake")
    window = home.open()
    qtbot.waitUntil(lambda: window._core.chosen.facts() is not None, timeout=SLOW)
    home.close(window)
    home.settings(load_at_start=False)
    window = home.open()
    assert window._core.models.chosen() is not None
    assert window._core.chosen.engine() is None, "it is not even being loaded"


def test_room_that_runs_out_is_told_before(home: Any, qtbot: Any) -> None:
    home.settings(context=2048)
    home.model("fake")
    window = home.open()
    say(window, "{{say}}" + "a" * 1300)
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    notice = window.notices.notice
    assert notice.key.startswith("context-")
    assert len(notice.actions) == 2
    assert NoticeAction.ENLARGE_CONTEXT in notice.actions
    assert NoticeAction.DROP_OLDEST not in notice.actions  # there is nothing older than the only question


def test_the_list_folds_away_in_a_narrow_window(talk: Any) -> None:
    view = child(talk, "conversationList")
    talk.resize(1000, 600)
    assert view.isVisible()
    talk.resize(760, 600)
    QApplication.processEvents()
    assert not view.isVisible()
    press(talk, "F9")
    assert view.isVisible()
    talk.chat.list.chosen.emit(talk.chat.conversation)
    assert not view.isVisible()
    talk.resize(1000, 600)
    QApplication.processEvents()
    assert view.isVisible()


def test_nothing_is_cut_off_in_the_smallest_window(talk: Any) -> None:
    talk.resize(10, 10)
    assert (talk.width(), talk.height()) == (720, 480)
    for name in ("chatInput", "chatSend", "modelPicker", "statusEngine", "navSettings", "statusOffline"):
        widget = child(talk, name)
        corner = widget.mapTo(talk, widget.rect().bottomRight())
        assert talk.rect().contains(corner), name


def _last_head(window: Any) -> Any:
    heads = window._core.conversations.path(window.chat.conversation)
    return [head for head in heads if head.role is Role.ASSISTANT][-1]


def test_without_a_model_what_was_said_is_kept_and_the_way_to_one_is_shown(home: Any, qtbot: Any) -> None:
    window = home.open()
    say(window, "Is anybody there?")
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    assert window.notices.notice.actions[:1] == (NoticeAction.OPEN_MODELS,)
    assert "Is anybody there?" in window.transcript_text()
    assert child(window, "chatSend").isVisible()


def test_the_window_answers_while_text_pours_in(home: Any, qtbot: Any, heartbeat: Any) -> None:
    home.model("fake")
    window = home.open()
    say(window, "{{endless}}Go on")
    qtbot.waitUntil(lambda: len(window.transcript_text()) > 20, timeout=SLOW)
    heartbeat.restart()
    QTest.qWait(1500)
    longest, beats = heartbeat.longest, len(heartbeat.gaps)
    window.chat.stop()
    qtbot.waitUntil(lambda: not window.chat.busy(), timeout=SLOW)
    assert longest < 0.25  # the benchmark of the transcript has the sharp number, on a quiet machine
    assert beats > 40


def test_a_conversation_that_is_written_to_goes_on_while_another_is_open(home: Any, qtbot: Any) -> None:
    home.model("fake,slow=5")
    window = home.open()
    begin_endless(window, qtbot)
    busy = window.chat.conversation
    press(window, "Ctrl+N")
    assert child(window, "chatSend").isVisible()
    assert window.transcript_text() == ""
    assert window.chat.list.model.index(window.chat.list.model.row_of(busy)).data(BUSY)
    window.chat.open(busy)
    assert child(window, "chatStop").isVisible()
    qtbot.waitUntil(lambda: len(window.transcript_text()) > 60, timeout=SLOW)
    window.chat.stop()
    qtbot.waitUntil(lambda: not window.chat.busy(), timeout=SLOW)


def test_the_menu_of_a_conversation(talk: Any) -> None:
    talk.chat.list._menu(talk.mapToGlobal(talk.rect().center()))
    menu = talk.findChild(QMenu)
    words = ["Rename the conversation", "Instructions for this conversation…", "Delete the conversation"]
    assert [action.text() for action in menu.actions()] == words
    menu.close()


@pytest.mark.parametrize("choice", ["Open", "Cancel"])
def test_a_link_is_shown_in_full_before_the_browser_has_it(
    choice: str, window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(dialogs.QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    address = "https://example.org/a/long/way?with=words"
    window.chat.transcript.link_activated.emit(address)
    box = window.findChild(QMessageBox)
    assert box.informativeText() == address
    assert box.defaultButton().text() == "Cancel"
    assert opened == []
    next(button for button in box.buttons() if button.text() == choice).click()
    assert opened == ([address] if choice == "Open" else [])
