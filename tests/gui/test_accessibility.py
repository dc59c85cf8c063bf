"""The window without eyes and without a mouse: names for everything, a key for every action, in both languages."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea

from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.gui.actions import VERBS
from assistant.gui.dialogs import KeysDialog
from assistant.gui.frame import _stops
from assistant.texts import in_every_language, set_language
from tests.gui.helpers import SLOW, answered, child, press, say
from tests.gui.screen_reader import nameless, texts_of, tree


def fill(window: Any, qtbot: Any) -> None:
    """A conversation, a notice with details, a message being edited."""
    say(window, "{{say}}An answer with `code`.")
    qtbot.waitUntil(lambda: answered(window, "An answer"), timeout=SLOW)
    window.notices.post(
        Notice("a", NoticeLevel.ERROR, "Something.", "Details", (NoticeAction.RETRY, NoticeAction.OPEN_SETTINGS))
    )
    window.notices.post(Notice("b", NoticeLevel.INFO, "Something else."))
    window.notices._toggle_detail()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_that_can_be_worked_with_has_a_name(language: str, home: Any, qtbot: Any) -> None:
    home.settings(language=language)
    home.model("fake")
    window = home.open()
    assert nameless(window) == []
    fill(window, qtbot)
    assert nameless(window) == []
    window.frame.show_pane("settings")
    for row in range(window.settings.side.pages.count()):
        window.settings.side.pages.setCurrentRow(row)
        assert nameless(window) == []


def test_each_message_is_a_child_with_its_text(window: Any, qtbot: Any) -> None:
    fill(window, qtbot)
    transcript = QAccessible.queryAccessibleInterface(child(window, "chatTranscript"))
    words = " ".join(
        interface.text(QAccessible.Text.Name) + interface.text(QAccessible.Text.Value) for interface in tree(transcript)
    )
    assert "An answer with" in words


def test_each_action_has_a_key_of_its_own(window: Any) -> None:
    window.frame.show_pane("settings")
    keys: Counter[str] = Counter()
    for action in window.findChildren(QAction):
        if action.text() and not action.isSeparator() and action.objectName().startswith("action-"):
            assert not action.shortcut().isEmpty(), action.text()
            keys.update(shortcut.toString() for shortcut in action.shortcuts())
    assert sum(keys.values()) >= len(VERBS)
    assert [key for key, count in keys.items() if count > 1] == []


def test_tooltips_name_the_key(window: Any) -> None:
    keys = {"chatNew": "Ctrl+N", "chatSend": "Ctrl+Enter", "listToggle": "F9", "modelPicker": "Ctrl+M"}
    for name, key in keys.items():
        native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        assert native in child(window, name).toolTip()


def test_no_english_is_left_when_the_language_is_changed_while_the_window_is_open(window: Any, qtbot: Any) -> None:
    window.frame.show_pane("settings")
    assert child(window, "navSettings").text() == "Settings"
    window._core.settings.set("language", "zh_CN")
    assert child(window, "navSettings").text() == "设置"
    qtbot.wait(1)  # what was put off with deleteLater goes
    left = {text for text in texts_of(window) if text and in_every_language(text)[1] != text}
    assert left == set()
    window._core.settings.set("language", "en")
    assert child(window, "navSettings").text() == "Settings"
    qtbot.wait(1)
    chinese = {text for text in texts_of(window) if any("\u4e00" <= character <= "\u9fff" for character in text)}
    assert chinese == set()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_list_of_keys_is_complete(language: str, window: Any) -> None:
    set_language(language)
    window.retranslate()
    window.verbs["keys"].trigger()
    dialog = window.findChild(KeysDialog)
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for verb in VERBS:
        assert verb.words() in shown
    assert not [text for text in shown if "Return" in text], "one name for the key, the one on the window"
    assert any("Ctrl+Enter" in text for text in shown)
    dialog.accept()


def test_the_list_of_keys_fits_into_the_smallest_window(window: Any) -> None:
    window.resize(720, 480)
    QApplication.processEvents()
    window.verbs["keys"].trigger()
    dialog = window.findChild(KeysDialog)
    assert dialog.height() <= 480
    area = dialog.findChild(QScrollArea)
    assert area.verticalScrollBar().maximum() > 0, "the rest is reached by scrolling"
    dialog.accept()


# ---------------------------------------------------------------- without a mouse


@pytest.fixture
def active(window: Any, qtbot: Any) -> Any:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=SLOW)
    return window


def test_the_panes_and_places_are_reached_by_key(active: Any) -> None:
    press(active, "Ctrl+,")
    assert active.frame.current == "settings"
    assert active.focusWidget() is child(active, "settingsSearch")
    press(active, "Ctrl+F")
    assert active.focusWidget() is child(active, "settingsSearch")
    press(active, "Ctrl+1")
    assert active.frame.current == "chat"
    assert active.focusWidget() is child(active, "chatInput")
    press(active, "Ctrl+F")
    assert active.focusWidget() is child(active, "conversationSearch")
    press(active, "Ctrl+L")
    assert active.focusWidget() is child(active, "chatInput")
    press(active, "F9")
    assert not child(active, "conversationList").isVisible()
    press(active, "Ctrl+B")
    assert child(active, "conversationList").isVisible()


def test_the_keys_of_the_rail_count_its_places_wherever_the_focus_is(active: Any) -> None:
    panes = ("chat", "summarize", "translate", "models", "settings")
    buttons = sorted((child(active, f"nav{name.capitalize()}") for name in panes), key=lambda button: button.y())
    assert [button.objectName() for button in buttons] == [f"nav{name.capitalize()}" for name in panes]
    shown: list[str] = []
    active.frame.pane_changed.connect(shown.append)
    for number, name in enumerate(panes, start=1):
        press(active, f"Ctrl+{number}")
        assert active.frame.current == name
        for place in [each for each in _stops(active.frame) if each.isVisible() and each.isEnabled()]:
            place.setFocus()
            shown.clear()
            press(active, f"Ctrl+{number}")
            assert shown == [name], place.objectName()


def test_the_model_picker_opens_by_key(active: Any) -> None:
    press(active, "Ctrl+M")
    picker = child(active, "modelPicker")
    assert picker.view().isVisible()
    picker.hidePopup()


def test_f6_goes_round_the_window(active: Any) -> None:
    places = []
    for _ in range(4):
        press(active, "F6")
        places.append(active.focusWidget())
    frame = active.frame
    areas = [frame.status, frame.rail, frame.sides, frame.pages]
    assert all(area.isAncestorOf(place) for area, place in zip(areas, places, strict=True))


def test_large_text_folds_the_list_where_it_leaves_the_page_too_little(active: Any) -> None:
    active.resize(1120, 760)
    active._core.settings.set("text_size", 150)
    QApplication.processEvents()
    assert active.frame.sides.isVisible()
    active._core.settings.set("text_size", 200)
    QApplication.processEvents()
    assert not active.frame.sides.isVisible()
    press(active, "Ctrl+F")
    assert active.frame.sides.isVisible(), "for a moment"
    active._core.settings.set("text_size", 100)
    QApplication.processEvents()
    assert active.frame.sides.isVisible()


def test_the_size_of_text_follows_the_keys(active: Any) -> None:
    press(active, "Ctrl++", "Ctrl++")
    assert active._core.settings["text_size"] == 120
    press(active, "Ctrl+-")
    assert active._core.settings["text_size"] == 110
    press(active, "Ctrl+0")
    assert active._core.settings["text_size"] == 100


def test_tab_goes_through_everything_and_comes_back(active: Any) -> None:
    start = child(active, "chatInput")
    start.setFocus()
    seen: list[str] = []
    for _ in range(60):
        QTest.keyClick(active.focusWidget(), Qt.Key.Key_Tab)
        if active.focusWidget() is start:
            break
        seen.append(active.focusWidget().objectName())
    assert active.focusWidget() is start
    rail = {"navChat", "navModels", "navSettings"}
    expected = {"conversationSearch", "conversationList", "modelPicker", "statusEngine", "statusOffline"}
    assert rail | expected <= set(seen)


def test_tab_follows_the_eye_and_gets_past_the_messages(active: Any, qtbot: Any) -> None:
    say(active, "{{say}}First answer")
    qtbot.waitUntil(lambda: answered(active, "First answer"), timeout=SLOW)
    start = child(active, "chatInput")
    order = [
        *("chatInput", "chatInstructions", "statusEngine", "statusOffline", "navChat", "navSummarize", "navTranslate"),
        *("navModels", "navSettings", "conversationSearch", "chatNew", "conversationList", "listToggle", "modelPicker"),
        *("chatTranscript", "messageCopy", "messageRegenerate", "messageEdit"),
    ]
    for key, expected in ((Qt.Key.Key_Tab, order), (Qt.Key.Key_Backtab, [*order[:1], *order[:0:-1]])):
        start.setFocus()
        seen = []
        for _ in order:
            seen.append(active.focusWidget().objectName())
            QTest.keyClick(active.focusWidget(), key)
        assert active.focusWidget() is start, seen
        assert seen == expected


def test_arrows_move_in_the_rail(active: Any) -> None:
    buttons = [child(active, name) for name in ("navChat", "navSummarize", "navTranslate", "navModels", "navSettings")]
    buttons[0].setFocus()
    for button in buttons[1:]:
        QTest.keyClick(active.focusWidget(), Qt.Key.Key_Down)
        assert active.focusWidget() is button
    last = buttons[-1]
    QTest.keyClick(last, Qt.Key.Key_Down)
    assert active.focusWidget() is last, "the end is the end"
    assert active.frame.current == "chat", "moving opens nothing"
    QTest.keyClick(last, Qt.Key.Key_Space)
    assert active.frame.current == "settings"
    assert [button.isChecked() for button in buttons] == [False, False, False, False, True]
    last.setFocus()
    QTest.keyClick(last, Qt.Key.Key_Space)
    assert last.isChecked(), "pressed again it is still the pane that is shown"
    QTest.keyClick(last, Qt.Key.Key_Home)
    assert active.focusWidget() is buttons[0]


def test_esc_empties_a_search_and_down_goes_to_what_was_found(active: Any, qtbot: Any) -> None:
    search = child(active, "conversationSearch")
    press(active, "Ctrl+F")
    search.setText("words")
    press(active, "Esc")
    assert search.text() == ""
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert active.focusWidget() is child(active, "conversationList")


def test_renaming_unfolds_the_list(active: Any, qtbot: Any) -> None:
    fill(active, qtbot)
    active.resize(760, 600)
    QApplication.processEvents()
    assert not child(active, "conversationList").isVisible()
    press(active, "F2")
    assert child(active, "conversationList").isVisible()
    assert child(active, "conversationList").findChild(QLineEdit) is not None
