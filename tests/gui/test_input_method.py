"""Enter and Esc belong to the input method while it composes, in every field."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from assistant.core.events import NoticeLevel
from assistant.gui import app as app_module
from assistant.gui.widgets.controls import TextLine
from tests.gui.helpers import SLOW, answered, child

PINYIN = "ni hao"


def compose(field: QWidget, preedit: str) -> None:
    QCoreApplication.sendEvent(field, QInputMethodEvent(preedit, []))


def commit(field: QWidget, text: str) -> None:
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QCoreApplication.sendEvent(field, event)


@pytest.fixture
def field(window: Any, qtbot: Any) -> Any:
    window.activateWindow()
    found = child(window, "chatInput")
    found.setFocus()
    qtbot.waitUntil(found.hasFocus, timeout=SLOW)
    return found


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize(
    "modifier",
    [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier],
)
def test_enter_that_ends_a_composition_neither_sends_nor_breaks(
    key: Qt.Key, modifier: Qt.KeyboardModifier, window: Any, field: Any
) -> None:
    field.setPlainText("前")
    field.moveCursor(field.textCursor().MoveOperation.End)
    compose(field, PINYIN)
    QTest.keyClick(field, key, modifier)
    assert window.transcript_text() == ""
    commit(field, "你好")
    assert field.toPlainText() == "前你好"
    assert window.transcript_text() == ""


def test_the_next_enter_sends(window: Any, field: Any, qtbot: Any) -> None:
    compose(field, PINYIN)
    QTest.keyClick(field, Qt.Key.Key_Return)
    commit(field, "{{say}}你好，世界")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answered(window, "你好，世界"), timeout=SLOW)


def test_a_composition_that_was_given_up_leaves_enter_alone(window: Any, field: Any, qtbot: Any) -> None:
    field.setPlainText("{{say}}Plain")
    compose(field, PINYIN)
    compose(field, "")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answered(window, "Plain"), timeout=SLOW)


def test_esc_stops_nothing_while_composing(home: Any, qtbot: Any) -> None:
    home.model("fake,slow=20")
    window = home.open()
    field = child(window, "chatInput")
    field.setPlainText("{{endless}}Go on")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: child(window, "statusEngine").text() == "writing", timeout=SLOW)
    field.setFocus()
    compose(field, PINYIN)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert window.chat.busy()
    compose(field, "")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.chat.busy(), timeout=SLOW)


def test_up_while_composing_takes_up_no_message(window: Any, field: Any) -> None:
    compose(field, PINYIN)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert window.chat.composer.editing is None


def test_the_preedit_is_no_draft_and_no_text(window: Any, field: Any) -> None:
    compose(field, PINYIN)
    assert field.toPlainText() == ""
    assert not window.chat.composer.send.isEnabled()


def test_the_placeholder_makes_room_for_what_is_composed(field: Any) -> None:
    words = field.placeholderText()
    assert words
    compose(field, PINYIN)
    shown = field.grab().toImage()
    field.setPlaceholderText("Other words, for another model came meanwhile")
    assert field.grab().toImage() == shown
    compose(field, "")
    assert field.grab().toImage() != shown
    assert field.placeholderText() == "Other words, for another model came meanwhile"


def test_the_candidate_window_finds_the_caret(field: Any) -> None:
    query = Qt.InputMethodQuery.ImCursorRectangle
    field.setPlainText("")
    before = field.inputMethodQuery(query)
    field.setPlainText("一二三四五")
    field.moveCursor(field.textCursor().MoveOperation.End)
    after = field.inputMethodQuery(query)
    assert after.x() > before.x()
    assert field.rect().contains(after.toRect() if hasattr(after, "toRect") else after)
    field.insertPlainText("\n")
    below = field.inputMethodQuery(query)
    assert below.y() > after.y()


def test_every_field_of_the_window_takes_preedit_and_keeps_enter_for_it(window: Any) -> None:
    """Search, settings and the title being edited: Enter there must not run anything either."""
    window.frame.show_pane("settings")
    lines = [line for line in window.findChildren(TextLine) if line.isEnabled()]
    assert len(lines) >= 3
    for line in lines:
        pressed: list[str] = []
        line.returnPressed.connect(lambda pressed=pressed: pressed.append("enter"))
        line.clear()
        compose(line, PINYIN)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert not pressed, line.objectName()
        commit(line, "你好")
        assert line.text() == "你好"
        line.clear()


def test_a_title_being_edited_survives_the_enter_of_a_composition(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    field = child(window, "chatInput")
    field.setPlainText("{{say}}One")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answered(window, "One"), timeout=SLOW)
    window.verbs["rename"].trigger()
    view = child(window, "conversationList")
    editor = view.findChild(TextLine)
    assert editor is not None
    editor.clear()
    compose(editor, PINYIN)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert view.findChild(TextLine) is editor
    commit(editor, "你好")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.chat.title() == "你好", timeout=SLOW)


@pytest.mark.parametrize(("platform", "told"), [("xcb", True), ("wayland", False)])
def test_fcitx_without_a_plugin_of_qt_is_explained(
    platform: str, told: bool, home: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QT_IM_MODULE", "QT_IM_MODULES", "GTK_IM_MODULE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XMODIFIERS", "@im=fcitx")
    names = ("setApplicationDisplayName", "setDesktopFileName")
    pretended = SimpleNamespace(platformName=lambda: platform, **{n: getattr(QGuiApplication, n) for n in names})
    monkeypatch.setattr(app_module, "QGuiApplication", pretended)
    home.model("fake")  # so that there is nothing else to say
    window = home.open()
    if told:
        qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
        notice = window.notices.notice
        assert (notice.key, notice.level) == ("input-method", NoticeLevel.WARNING)
        assert "Your input method is fcitx" in notice.sentence
    else:
        assert window.notices.notice is None
