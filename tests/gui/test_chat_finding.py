"""Finding a conversation again, its menu, other versions of a message, and what is said before and while sending."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from assistant.core.usage import Usage
from assistant.gui.itemmodels.conversations import WORDS
from assistant.gui.widgets.composer import over_words
from assistant.gui.widgets.transcript.caret import rect_of
from tests.gui.helpers import SLOW, answered, child, press, say


@pytest.fixture
def talk(home: Any, qtbot: Any) -> Any:
    """A window with two conversations: one about tides, and the open one about lamps."""
    home.model("fake,slow=2")
    window = home.open()
    window.activateWindow()
    filler = "\n\n".join(f"Paragraph {number} of a long story." for number in range(60))
    for text, end in ((f"Before the tides.\n\n{filler}\n\nThe Moon pulls.\n\n{filler}", "pulls"), ("Lamps", "Lamps")):
        if window.transcript_text():
            press(window, "Ctrl+N")
        say(window, "{{say}}" + text)
        qtbot.waitUntil(lambda end=end: answered(window, end), timeout=SLOW)
    window._core.conversations._store.drain()
    return window


def search(window: Any, qtbot: Any, text: str, count: int) -> Any:
    view = child(window, "conversationList")
    child(window, "conversationSearch").setText(text)
    qtbot.waitUntil(lambda: view.model().rowCount() == count, timeout=SLOW)
    return view


def test_a_result_shows_the_words_and_leads_to_them(talk: Any, qtbot: Any) -> None:
    assert child(talk, "conversationList").model().index(0).data(WORDS) is None
    view = search(talk, qtbot, "moon PULLS", 1)
    before, match, after = view.model().index(0).data(WORDS)
    assert (match, after[0]) == ("Moon pulls", ".")
    assert before.endswith("The ")
    assert "Moon pulls" in view.model().index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert view.sizeHintForRow(0) > 45, "there is room for a second line"
    QTest.keyClick(child(talk, "conversationSearch"), Qt.Key.Key_Return)
    transcript = talk.chat.transcript
    assert transcript.interaction.copying.selected_text() == "Moon pulls"
    place = rect_of(transcript, transcript.selection.first)
    assert 0 < place.top() < place.bottom() < transcript.viewport().height()
    view.setCurrentIndex(view.model().index(0))
    transcript.scroll_to_end()
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, view.visualRect(
            view.model().index(0)).center() - QPoint(60, -10)
    )  # fmt: skip
    assert not transcript.at_end(), "a click on the row that is open leads there again"


def test_down_leaves_the_search_for_the_first_result(talk: Any, qtbot: Any) -> None:
    child(talk, "conversationSearch").setText("moon")  # in the conversation that is not open; the list comes later
    QTest.keyClick(child(talk, "conversationSearch"), Qt.Key.Key_Down)
    view = child(talk, "conversationList")
    assert (talk.focusWidget(), view.model().rowCount(), view.currentIndex().row()) == (view, 1, 0)
    assert "Moon pulls" in talk.transcript_text()


def test_esc_ends_a_search_whose_result_was_opened(talk: Any, qtbot: Any) -> None:
    view = search(talk, qtbot, "moon", 1)
    QTest.keyClick(child(talk, "conversationSearch"), Qt.Key.Key_Return)
    assert talk.focusWidget() is view
    press(talk, "Esc")
    assert (child(talk, "conversationSearch").text(), view.model().rowCount()) == ("", 2)
    assert view.currentIndex().row() >= 0, "the conversation stays open and selected"
    search(talk, qtbot, "moon", 1)
    child(talk, "chatInput").setFocus()
    press(talk, "Esc")
    assert child(talk, "conversationSearch").text() == ""
    search(talk, qtbot, "moon", 1)
    press(talk, "Ctrl+N")
    assert child(talk, "conversationSearch").text() == ""


def test_enter_stays_in_a_search_that_finds_nothing(talk: Any, qtbot: Any) -> None:
    field = child(talk, "conversationSearch")
    field.setFocus()
    search(talk, qtbot, "no such words", 0)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert talk.focusWidget() is field


def test_what_is_brought_back_is_found_at_once(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+PgDown")
    press(talk, "Ctrl+Shift+Backspace")
    talk._core.conversations._store.drain()
    search(talk, qtbot, "moon", 0)
    press(talk, "Ctrl+Shift+Z")
    view = child(talk, "conversationList")
    qtbot.waitUntil(lambda: view.model().rowCount() == 1, timeout=SLOW)


def test_esc_in_the_list_stops_an_answer_when_nothing_is_searched(talk: Any, qtbot: Any) -> None:
    say(talk, "{{endless}}Go on")
    qtbot.waitUntil(talk.chat.busy, timeout=SLOW)
    child(talk, "conversationList").setFocus()
    press(talk, "Esc")
    qtbot.waitUntil(lambda: not talk.chat.busy(), timeout=SLOW)


def test_what_was_found_in_another_version_is_shown(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+Up")
    say(talk, "{{say}}Candles")
    qtbot.waitUntil(lambda: answered(talk, "Candles"), timeout=SLOW)
    assert "Lamps" not in talk.transcript_text()
    talk._core.conversations._store.drain()
    search(talk, qtbot, "lamps", 1)
    QTest.keyClick(child(talk, "conversationSearch"), Qt.Key.Key_Return)
    assert "Lamps" in talk.transcript_text()


def test_the_dots_of_a_row_open_its_menu(talk: Any, qtbot: Any) -> None:
    view = child(talk, "conversationList")
    other = view.model().index(1)
    dots = view.itemDelegate().more_at(view.visualRect(other), other)
    assert dots.width() >= 28
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, dots.center())
    menu = talk.chat.list.findChild(QMenu)
    names = ["Rename the conversation", "Instructions for this conversation…", "Delete the conversation"]
    assert [action.text() for action in menu.actions()] == names
    assert talk.chat.conversation == view.model().conversation_at(1), "it is about the row that was pressed"
    menu.actions()[-1].trigger()
    menu.close()
    assert view.model().rowCount() == 1
    assert "Lamps" in talk.transcript_text()


def test_versions_are_always_to_be_seen_and_changed_by_key(talk: Any, qtbot: Any) -> None:
    press(talk, "Ctrl+Up")
    say(talk, "{{say}}Candles")
    qtbot.waitUntil(lambda: answered(talk, "Candles"), timeout=SLOW)
    transcript = talk.chat.transcript
    question = talk.chat.heads()[0]
    transcript.set_current(None)
    transcript.set_hovered(None)
    assert transcript.buttons.layer.find(question.id, "count").text() == "2 of 2"
    assert transcript.buttons.layer.find(question.id, "edit") is None, "the rest comes when the reader is there"
    press(talk, "Alt+PgUp")
    assert "Lamps" in talk.transcript_text()
    press(talk, "Alt+PgUp")
    assert "Lamps" in talk.transcript_text(), "before the first there is none"
    press(talk, "Alt+PgDown")
    assert "Candles" in talk.transcript_text()
    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    transcript.set_current(talk.chat.heads()[0].id)
    QTest.keyClick(transcript, Qt.Key.Key_Left)
    assert "Lamps" in talk.transcript_text()
    QTest.keyClick(transcript, Qt.Key.Key_Right)
    assert "Candles" in talk.transcript_text()


@pytest.mark.parametrize("keys", ["Return", "Ctrl+Return"])
def test_enter_while_an_answer_comes_says_that_the_text_waits(keys: str, talk: Any, qtbot: Any) -> None:
    say(talk, "{{endless}}Go on")
    qtbot.waitUntil(lambda: child(talk, "statusEngine").text() == "writing", timeout=SLOW)
    field = child(talk, "chatInput")
    field.setFocus()
    field.setPlainText("The next thing")
    before = talk.chat.composer._hint.text()
    press(talk, keys)
    hint = talk.chat.composer._hint
    assert "stays here" in hint.text()
    assert hint.fontMetrics().horizontalAdvance(hint.text()) <= hint.width(), "all of it can be read"
    assert field.toPlainText() == "The next thing"
    talk.chat.composer.set_busy(True)
    assert "stays here" in talk.chat.composer._hint.text(), "an answer that goes on does not take it away"
    press(talk, "Esc")
    qtbot.waitUntil(lambda: not talk.chat.busy(), timeout=SLOW)
    assert talk.chat.composer._hint.text() not in (before, "")
    assert "stays here" not in talk.chat.composer._hint.text()


def test_a_text_that_does_not_fit_is_told_before_it_is_sent(talk: Any, qtbot: Any) -> None:
    warning, field = child(talk, "composerWarning"), child(talk, "chatInput")
    assert not warning.isVisible()
    field.setPlainText("some words " * 20_000)
    qtbot.waitUntil(warning.isVisible, timeout=SLOW)
    assert "longer than the model can read at once" in warning.text()
    assert field.accessibleDescription() == warning.text()
    field.setPlainText("some words")
    qtbot.waitUntil(lambda: not warning.isVisible(), timeout=SLOW)


def test_a_kept_draft_that_does_not_fit_is_told_when_the_model_is_there(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    child(window, "chatInput").setPlainText("some words " * 20_000)
    qtbot.waitUntil(lambda: bool(window._core.conversations.draft(window.chat.conversation)), timeout=SLOW)
    assert not child(window, "composerWarning").isVisible(), "nobody knows yet how much fits"
    window.verbs["load"].trigger()
    qtbot.waitUntil(child(window, "composerWarning").isVisible, timeout=SLOW)


def test_the_words_about_what_does_not_fit() -> None:
    assert over_words(Usage(used=10, reserved=10, context=100, draft=80)) == ""
    assert "1 tokens" in over_words(Usage(used=10, reserved=10, context=100, draft=81))
    assert "new conversation" in over_words(Usage(used=10, reserved=10, context=100, draft=81))
    assert "larger context" in over_words(Usage(used=10, reserved=10, context=100, draft=95))


def test_nothing_is_said_about_models_before_they_are_known(home: Any) -> None:
    home.model("fake")
    window = home.open(started=False)
    picker, engine = child(window, "modelPicker"), child(window, "statusEngine")
    assert (picker.currentText(), engine.text()) == ("", "")
