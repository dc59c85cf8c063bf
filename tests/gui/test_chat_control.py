"""What a person decides about answers: how one begins, and what the model is told first."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.helpers import SLOW, answered, child, say


@pytest.fixture
def talk(home: Any, qtbot: Any) -> Any:
    """A window in which one question was answered with “First answer”."""
    home.model("fake,slow=5")
    window = home.open()
    window.activateWindow()
    say(window, "{{say}}First answer")
    qtbot.waitUntil(lambda: answered(window, "First answer"), timeout=SLOW)
    return window


def pencils(window: Any) -> list[Any]:
    """The buttons by which the last answer is edited."""
    last = window.chat.heads()[-1].id
    return [each for each in window.chat.transcript.buttons.of_message(last) if each.key == "edit"]


def test_the_model_goes_on_from_the_beginning_that_one_gives_an_answer(talk: Any, qtbot: Any) -> None:
    child(talk, "chatInput").setPlainText("half a thought")
    (pencil,) = pencils(talk)
    pencil.click()
    field = child(talk, "chatInput")
    assert field.toPlainText() == "First answer"
    assert "continues from its end" in talk.chat.composer._chip.text()
    field.setPlainText("Final ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answered(talk, "Final answer"), timeout=SLOW)
    assert talk.chat.heads()[-1].siblings == 2
    assert field.toPlainText() == "half a thought"
    talk.chat.edit_last()
    assert "earlier message" in talk.chat.composer._chip.text()


def test_answers_about_documents_are_not_edited(talk: Any) -> None:
    talk.frame.show_pane("summarize")
    assert not talk.summarizing.pane.room.panel.transcript.buttons.rewrites


def test_a_conversation_tells_the_model_its_own_instructions(talk: Any, qtbot: Any) -> None:
    button = child(talk, "chatInstructions")
    assert button.text() == "Instructions"
    button.click()
    child(talk, "instructionsField").setPlainText("  Answer in rhymes. ")
    child(talk, "instructionsDialog").save.click()
    assert button.text() == "Custom instructions"
    core, conversation = talk._core, talk.chat.conversation
    assert core.conversations.get(conversation).system == "Answer in rhymes."
    talk.verbs["new"].trigger()
    assert button.text() == "Instructions"
    talk.chat.open(conversation)
    assert button.text() == "Custom instructions"


def test_instructions_that_are_not_saved_change_nothing(talk: Any, qtbot: Any) -> None:
    talk._core.settings.set("system_prompt", "Be kind.")
    talk.verbs["instruct"].trigger()
    field = child(talk, "instructionsField")
    assert (field.toPlainText(), field.placeholderText()) == ("", "Be kind.")
    QTest.keyClicks(field, "Be rude.")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert talk._core.conversations.get(talk.chat.conversation).system == ""
