"""Models of their own for tasks: what the picker, the line at the bottom and the models pane say and do about them."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.gui.main_window import MainWindow
from tests.gui.helpers import SLOW, child


@pytest.fixture
def two(home: Any) -> MainWindow:
    """A window with one model that chats and another one for summaries."""
    home.model("chats")
    home.model("sums")
    home.settings(default_model="chats", model_summarize="sums")
    return home.open()


def pick(window: MainWindow, key: str) -> None:
    picker = child(window, "modelPicker")
    at = picker.findData(key)
    picker.setCurrentIndex(at)
    picker.activated.emit(at)


def test_a_pane_shows_the_model_of_its_task(two: MainWindow, qtbot: Any) -> None:
    picker, frame = child(two, "modelPicker"), two.frame
    for pane, model in (("chat", "chats"), ("summarize", "sums"), ("translate", "chats"), ("models", "chats")):
        frame.show_pane(pane)
        assert picker.currentText() == model
        assert frame.status.model.text() == model
    frame.show_pane("summarize")
    child(two, "statusEngine").click()
    qtbot.waitUntil(lambda: two._core.engines.get("sums") is not None, timeout=SLOW)
    assert two._core.engines.get("chats") is None
    qtbot.waitUntil(lambda: two._core.chosen.view.phase.value == "ready", timeout=SLOW)
    child(two, "statusEngine").click()
    assert two._core.engines.get("sums") is None


def test_what_is_picked_in_a_pane_is_for_its_task_if_that_has_a_model_of_its_own(two: MainWindow, home: Any) -> None:
    settings = two._core.settings
    two.frame.show_pane("translate")
    pick(two, "sums")
    assert (settings["default_model"], settings["model_translate"]) == ("sums", "")
    pick(two, "chats")
    two.frame.show_pane("summarize")
    pick(two, "chats")  # which it has from now on because that chats
    assert (settings["default_model"], settings["model_summarize"]) == ("chats", "")
    assert child(two, "modelPicker").currentText() == "chats"


def test_the_models_pane_tells_which_are_in_memory(two: MainWindow, qtbot: Any) -> None:
    two.navigation.show_models("installed")
    pane = two.navigation.pane
    assert pane is not None
    pane.show_model("sums")

    def lines() -> list[bool]:
        return ["in memory" in row.line for row in pane.side.list.rows.rows]

    assert lines() == [False, False]
    two._core.chosen.load(two._core.models.get("sums"))
    qtbot.waitUntil(lambda: lines() == [False, True], timeout=SLOW)
    assert pane.installed.facts.value("memory").startswith("loaded now, holds")
    two._core.engines.unload("sums")
    qtbot.waitUntil(lambda: lines() == [False, False], timeout=SLOW)
    assert pane.installed.facts.value("memory") == ""
