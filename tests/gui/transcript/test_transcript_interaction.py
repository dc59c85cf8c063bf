"""Selecting, copying, the keyboard and screen readers."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication, QHelpEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget
from shiboken6 import delete, invalidate

from assistant.gui.widgets import accessible_items
from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.transcript.message_view import Part
from assistant.gui.widgets.transcript.selection import Position
from assistant.gui.widgets.transcript.view import Transcript
from assistant.storage.rows import MessageState
from tests.gui.helpers import point_at
from tests.gui.transcript.talks import (
    ANSWER,
    SHOWN,
    Talk,
    button,
    drag,
    long_talk,
    point_of,
    settle,
    short_talk,
)

Make = Callable[..., Transcript]
ROOT = Path(__file__).resolve().parents[3]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def copied(transcript: Transcript) -> str:
    QGuiApplication.clipboard().setText("(nothing)")
    QTest.keyClick(transcript, Qt.Key.Key_C, CONTROL)
    return clipboard()


# ---------------------------------------------------------------- the mouse


def test_dragging_selects_across_messages(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    drag(transcript, point_of(transcript, 0, 2), point_of(transcript, 1, 7))
    assert copied(transcript) == "question\nof two lines\n\nA short"
    drag(transcript, point_of(transcript, 1, 7), point_of(transcript, 0, 2))
    assert copied(transcript) == "question\nof two lines\n\nA short"


def test_a_list_is_copied_with_its_marks_and_a_table_with_tabs(make: Make) -> None:
    transcript = make(short_talk(), height=1200)
    drag(transcript, point_of(transcript, 1, 0, unit=1), point_of(transcript, 1, 6, unit=3))
    assert copied(transcript) == "• first\n• second\n  1. nested"
    drag(transcript, point_of(transcript, 1, 2, unit=1), point_of(transcript, 1, 3, unit=2))
    assert copied(transcript) == "rst\n• sec"
    drag(transcript, point_of(transcript, 1, 10, unit=4), point_of(transcript, 1, 0, unit=6))
    assert copied(transcript) == "    return x + 1\n\na\tb\n1\t2"


def test_a_click_selects_nothing(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point_of(transcript, 0, 3))
    assert copied(transcript) == "(nothing)"


def test_double_click_selects_a_word_and_a_third_the_paragraph(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    point = point_of(transcript, 1, 4)
    port = transcript.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=point)
    assert copied(transcript) == "short"
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=point)
    assert copied(transcript) == "A short answer with a link."


def test_an_empty_answer_has_nothing_to_select(make: Make) -> None:
    talk = Talk()
    talk.answer("", MessageState.WAITING)
    transcript = make(talk)
    for _ in range(3):
        QTest.mouseDClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
        QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
    assert copied(transcript) == "(nothing)"


def test_the_address_of_a_link_is_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", staticmethod(lambda _place, text, _widget: told.append(text)))
    talk = Talk()
    talk.answer("[look](https://example.org/?a=1&b=<b>)")
    transcript = make(talk)
    point = point_of(transcript, 0, 2)
    event = QHelpEvent(QEvent.Type.ToolTip, point, transcript.viewport().mapToGlobal(point))
    QApplication.sendEvent(transcript.viewport(), event)
    assert told == ["<qt>https://example.org/?a=1&amp;b=%3Cb%3E</qt>"]


def test_shift_and_click_extend(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    port = transcript.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=point_of(transcript, 0, 2))
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, SHIFT, pos=point_of(transcript, 0, 10))
    assert copied(transcript) == "question"
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, SHIFT, pos=point_of(transcript, 0, 0))
    assert copied(transcript) == "A "


def test_dragging_beyond_the_edge_scrolls(make: Make, qtbot: Any) -> None:
    transcript = make(long_talk(40))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    port = transcript.viewport()
    before = bar.value()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    point_at(port, QPoint(200, port.height() + 40), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.value() > before + 200)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(200, port.height() + 40))
    assert transcript.selection.rows().stop - transcript.selection.rows().start >= 2
    value = bar.value()
    assert not transcript.interaction._scroll_timer.isActive()
    assert bar.value() == value


def test_a_selection_survives_growth_and_goes_with_its_messages(make: Make) -> None:
    talk = short_talk()
    last = talk.answer("It grows", MessageState.WRITING)
    transcript = make(talk, height=900)
    drag(transcript, point_of(transcript, 0, 2), point_of(transcript, 1, 7))
    talk.change(last, text="It grows\n\nand grows")
    transcript.message_grew(last)
    transcript.motion.grow()
    assert copied(transcript).endswith("A short")
    talk.all.pop(last)
    transcript.path_changed()
    assert copied(transcript).endswith("A short")
    talk.all.pop(list(talk.all)[1])
    transcript.path_changed()
    assert copied(transcript) == "(nothing)"


def test_the_context_menu_copies(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    drag(transcript, point_of(transcript, 0, 2), point_of(transcript, 0, 10))
    text = transcript.layout_of_text.views[1].units(Part.TEXT)[0].text()
    on_link = point_of(transcript, 1, text.index("a link") + 3)
    menu = transcript.interaction.copying.menu_at(on_link, transcript.interaction.link_at(on_link))
    actions = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    results = {}
    for name in ("Copy", "Copy message", "Copy as Markdown", "Copy link"):
        actions[name].trigger()
        results[name] = clipboard()
    assert results == {
        "Copy": "question", "Copy message": SHOWN, "Copy as Markdown": ANSWER, "Copy link": "https://example.org/page",
    }  # fmt: skip
    actions["Select all"].trigger()
    assert copied(transcript) == transcript.plain_text()
    menu.deleteLater()


# ---------------------------------------------------------------- the keyboard


def test_select_all_and_copy(make: Make) -> None:
    transcript = make(short_talk())
    QTest.keyClick(transcript, Qt.Key.Key_A, CONTROL)
    assert copied(transcript) == transcript.plain_text() == "A question\nof two lines\n\n" + SHOWN


def test_a_long_conversation_is_copied_in_slices(make: Make, qtbot: Any) -> None:
    transcript = make(long_talk(300))
    QTest.keyClick(transcript, Qt.Key.Key_A, CONTROL)
    assert copied(transcript) == "(nothing)"
    qtbot.waitUntil(lambda: clipboard() != "(nothing)", timeout=20_000)
    assert clipboard() == transcript.plain_text()


def test_shift_and_arrows_select(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point_of(transcript, 0, 2))
    for _ in range(3):
        QTest.keyClick(transcript, Qt.Key.Key_Right, SHIFT)
    assert copied(transcript) == "que"
    QTest.keyClick(transcript, Qt.Key.Key_Left, SHIFT)
    assert copied(transcript) == "qu"
    QTest.keyClick(transcript, Qt.Key.Key_Right, SHIFT | CONTROL)
    assert copied(transcript) == "question"
    QTest.keyClick(transcript, Qt.Key.Key_Right, SHIFT)
    assert copied(transcript) == "question\n"
    QTest.keyClick(transcript, Qt.Key.Key_Down, SHIFT)
    assert copied(transcript).startswith("question\nof two lines\n\n")
    QTest.keyClick(transcript, Qt.Key.Key_Home, SHIFT)
    QTest.keyClick(transcript, Qt.Key.Key_Up, SHIFT)
    QTest.keyClick(transcript, Qt.Key.Key_Home, SHIFT)
    assert copied(transcript) in ("question\n", "A ", "question")
    QTest.keyClick(transcript, Qt.Key.Key_End, SHIFT | CONTROL)
    assert copied(transcript).endswith("The end.")
    QTest.keyClick(transcript, Qt.Key.Key_Home, SHIFT | CONTROL)
    assert copied(transcript) == "A "


def test_the_caret_goes_from_unit_to_unit_and_back(make: Make) -> None:
    transcript = make(short_talk(), height=1300)
    transcript.selection.set(Position(0, Part.TEXT, 0, 0), Position(0, Part.TEXT, 0, 0))
    length = len(transcript.plain_text())
    for _ in range(length + 20):
        QTest.keyClick(transcript, Qt.Key.Key_Right, SHIFT)
    assert copied(transcript) == transcript.plain_text()
    for _ in range(length + 20):
        QTest.keyClick(transcript, Qt.Key.Key_Left, SHIFT)
    assert transcript.selection.empty


def test_pages_and_ends(make: Make) -> None:
    transcript = make(long_talk(60))
    bar = transcript.verticalScrollBar()
    QTest.keyClick(transcript, Qt.Key.Key_Home)
    assert bar.value() == 0
    assert transcript.current == transcript.layout_of_text.views[0].id
    QTest.keyClick(transcript, Qt.Key.Key_PageDown)
    assert bar.value() == bar.pageStep()
    QTest.keyClick(transcript, Qt.Key.Key_PageUp)
    assert bar.value() == 0
    QTest.keyClick(transcript, Qt.Key.Key_End)
    assert transcript.at_end()
    assert transcript.current == transcript.layout_of_text.views[-1].id


def test_arrows_walk_over_every_message_and_show_it(make: Make) -> None:
    transcript = make(long_talk(30))
    QTest.keyClick(transcript, Qt.Key.Key_End)
    seen = []
    for _ in range(400):
        row = transcript.layout_of_text.rows[transcript.current]
        if not seen or seen[-1] != row:
            seen.append(row)
            rect = transcript.message_rect(row)
            assert rect.bottom() > 0
            assert rect.top() < transcript.viewport().height()
        if row == 0 and transcript.verticalScrollBar().value() == 0:
            break
        QTest.keyClick(transcript, Qt.Key.Key_Up)
    assert seen == list(range(29, -1, -1))


def test_the_ring_is_drawn_for_the_keyboard_only(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    transcript.activateWindow()
    transcript.setFocus()
    first = transcript.layout_of_text.views[0].id
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point_of(transcript, 0, 2))
    assert not transcript.interaction.shows_current(first)
    QTest.keyClick(transcript, Qt.Key.Key_Down)
    QTest.keyClick(transcript, Qt.Key.Key_Up)
    assert transcript.interaction.shows_current(first)


Between = tuple[Transcript, QLineEdit, QLineEdit, QWidget]


@pytest.fixture
def between(make: Make, qtbot: Any) -> Between:
    """A transcript between two fields."""
    transcript = make(short_talk())
    window = QWidget()
    before, after = QLineEdit(), QLineEdit()
    layout = QVBoxLayout(window)
    for widget in (before, transcript, after):
        layout.addWidget(widget)
    window.resize(700, 700)
    window.show()
    qtbot.addWidget(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return transcript, before, after, window


def test_tab_goes_through_the_buttons_of_the_message_and_out(between: Between) -> None:
    _transcript, before, after, _window = between
    before.setFocus()
    visited: list[str] = []
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        visited.append(focus.objectName())
        if focus is after:
            break
    assert visited == ["chatTranscript", "messageCode", "messageCopy", "messageRegenerate", ""]
    back: list[str] = []
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
        back.append(QApplication.focusWidget().objectName())
        if QApplication.focusWidget() is before:
            break
    assert back[-2:] == ["chatTranscript", ""]


@pytest.mark.parametrize("edge", ["top", "bottom"])
def test_a_button_that_the_keyboard_reaches_is_seen_as_a_whole(edge: str, between: Between, qtbot: Any) -> None:
    transcript, before, _after, window = between
    window.resize(700, 300)
    qtbot.waitUntil(lambda: transcript.verticalScrollBar().maximum() > 200)
    settle(transcript, qtbot)
    bar, port = transcript.verticalScrollBar(), transcript.viewport()
    view = transcript.layout_of_text.views[1]
    number, unit = next((number, unit) for _, number, unit in view.all_units() if isinstance(unit, CodeUnit))
    top = transcript.layout_of_text.top_of(1) + unit.y
    bar.setValue(top + 15 if edge == "top" else top - port.height() + 15)
    found = button(transcript, view.id, f"code-text-{number}")
    assert not port.rect().contains(found.geometry())
    before.setFocus()
    found.setFocus(Qt.FocusReason.TabFocusReason)
    assert port.rect().contains(found.geometry())


def test_a_button_works_with_the_space_bar(between: Between) -> None:
    transcript = between[0]
    again = QSignalSpy(transcript.regenerate_wanted)
    answer = transcript.layout_of_text.views[1].id
    found = button(transcript, answer, "regenerate")
    found.setFocus()
    QTest.keyClick(found, Qt.Key.Key_Space)
    assert again.at(0) == [answer]


def test_a_transcript_is_taken_apart_while_a_button_has_the_keyboard(make: Make, qtbot: Any, capsys: Any) -> None:
    transcript = make(short_talk())
    transcript.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is transcript)
    found = button(transcript, transcript.layout_of_text.views[1].id, "regenerate")
    found.setFocus()
    qtbot.waitUntil(found.hasFocus)
    delete(transcript)
    assert capsys.readouterr().err == ""


# ---------------------------------------------------------------- screen readers


def tree(interface: QAccessibleInterface) -> list[Any]:
    """The interface as (role, name, children)."""
    children = [interface.child(number) for number in range(interface.childCount())]
    return [interface.role(), interface.text(QAccessible.Text.Name), [tree(child) for child in children if child]]


def test_the_tree_of_a_conversation(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    role = QAccessible.Role
    found = tree(QAccessible.queryAccessibleInterface(transcript))
    assert found[:2] == [role.List, "Conversation"]
    question, answer, to_end = found[2]
    assert question == [role.ListItem, "You", [[role.StaticText, "A question\nof two lines", []]]]
    assert answer[:2] == [role.ListItem, "Lamplight"]
    assert answer[2][0] == [role.StaticText, SHOWN, []]
    assert [each[:2] for each in answer[2][1:]] == [
        [role.Button, "Copy the code"], [role.Button, "Copy"], [role.Button, "Answer again"]]  # fmt: skip
    assert to_end[:2] == [role.Button, "Jump to the end"]


def test_parents_and_places_agree(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    top = QAccessible.queryAccessibleInterface(transcript)

    def check(interface: QAccessibleInterface) -> None:
        for number in range(interface.childCount()):
            child = interface.child(number)
            assert child.isValid()
            assert interface.indexOfChild(child) == number
            if child.object() is None:
                assert child.parent().text(QAccessible.Text.Name) == interface.text(QAccessible.Text.Name)
                check(child)

    check(top)
    rect = top.child(0).rect()
    assert top.childAt(rect.center().x(), rect.center().y()).text(QAccessible.Text.Name) == "You"
    assert top.child(1).text(QAccessible.Text.Value) == SHOWN


def test_messages_out_of_sight_can_be_read(make: Make) -> None:
    transcript = make(long_talk(200))
    top = QAccessible.queryAccessibleInterface(transcript)
    assert top.childCount() == 201
    item = top.child(3)
    assert item.state().offscreen
    assert item.child(0).text(QAccessible.Text.Name).startswith("Answer 3.")


def test_the_current_message_has_the_focus(make: Make, qtbot: Any) -> None:
    transcript = make(short_talk(), height=900)
    transcript.activateWindow()
    transcript.setFocus()
    qtbot.waitUntil(transcript.hasFocus)
    QTest.keyClick(transcript, Qt.Key.Key_Home)
    top = QAccessible.queryAccessibleInterface(transcript)
    assert top.child(0).state().focused
    assert not top.child(1).state().focused
    assert top.focusChild().text(QAccessible.Text.Name) == "You"


def test_how_an_answer_ended_is_said(make: Make) -> None:
    talk = Talk()
    talk.answer("Half of", MessageState.STOPPED)
    transcript = make(talk)
    words = QAccessible.queryAccessibleInterface(transcript).child(0).child(0).text(QAccessible.Text.Name)
    assert words == "Half of\n\nStopped"


def test_a_finished_answer_is_announced(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        staticmethod(lambda event: told.append(event.message()) if hasattr(event, "message") else None),
    )
    talk = Talk()
    answer = talk.answer("It is", MessageState.WRITING)
    transcript = make(talk)
    talk.change(answer, text="It is **so**.", state=MessageState.COMPLETE)
    transcript.message_changed(answer)
    transcript.message_changed(answer)
    assert told == ["It is so."]


def test_interfaces_outlive_nothing(make: Make) -> None:
    for _ in range(20):
        transcript = make(short_talk())
        held = tree(QAccessible.queryAccessibleInterface(transcript))
        transcript.reset(long_talk(3))
        assert held != tree(QAccessible.queryAccessibleInterface(transcript))
        transcript.close()
        transcript.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del transcript
        gc.collect()
    assert not accessible_items._held


READ_ALOUD = """
import gc
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from assistant.gui.theme import Theme
from assistant.gui.widgets.transcript.view import Transcript
from tests.gui.transcript.talks import short_talk

app = QApplication([])
theme = Theme(app)
for times in range(3):
    transcript = Transcript(theme)
    transcript.reset(short_talk())
    top = transcript.accessible_interface()
    print(top.child(0).child(0).words())
    if times == 0:
        transcript.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del top
    if times < 2:  # the last one is there until the end
        del transcript
    gc.collect()
"""


def test_a_program_that_was_read_aloud_ends_well() -> None:
    """Qt deletes what was registered with it when the program ends, long after the transcript."""
    command = [sys.executable, "-c", READ_ALOUD]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    assert (ran.returncode, ran.stdout) == (0, "A question\nof two lines\n" * 3), ran.stderr


def test_messages_keep_their_buttons_when_the_library_loses_its_half_of_the_viewport(make: Make, qtbot: Any) -> None:
    transcript = make(None)
    invalidate(transcript.viewport())
    talk = short_talk()
    transcript.reset(talk)
    settle(transcript, qtbot)
    assert button(transcript, list(talk.all)[-1], "copy").isVisible()
