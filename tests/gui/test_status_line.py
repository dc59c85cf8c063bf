"""The line at the bottom where there is little room."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import EngineView, Phase
from assistant.texts import errors
from tests.gui.helpers import SLOW, child


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_stands_there_is_whole_in_the_smallest_window(language: str, home: Any, qtbot: Any) -> None:
    home.settings(text_size=200, language=language, offline=True)
    window = home.open()
    line: Any = child(window, "statusLine")
    shown = EngineView(Phase.LOADING, "A model with a name", 1.0, 12.3, 8192, 41, "CPU")

    def crowd(width: int) -> None:
        window.resize(width, 480)
        line.meter.show()
        line.show_engine(shown)
        qtbot.waitUntil(lambda: line.width() == width, timeout=SLOW)

    def whole() -> bool:
        parts: list[QWidget] = [line.engine, line.meter, line.lock, *([] if line.speed.isHidden() else [line.speed])]
        return all(part.width() >= part.minimumSizeHint().width() for part in parts)

    crowd(720)
    qtbot.waitUntil(whole, timeout=SLOW)
    crowd(1600)
    qtbot.waitUntil(lambda: line.speed.isVisible() and whole(), timeout=SLOW)


def test_trouble_says_what_it_is(home: Any) -> None:
    window = home.open()
    line: Any = child(window, "statusLine")
    error = AssistantError(ErrorKind.ENGINE_CRASHED)
    line.show_engine(EngineView(Phase.TROUBLE, "A <model>", error=error))
    assert errors.sentence(error) in line.engine.toolTip()
    assert line.engine.accessibleDescription() == errors.sentence(error)
    line.show_engine(EngineView(Phase.READY, "A <model>"))
    assert errors.sentence(error) not in line.engine.toolTip()
    assert line.engine.accessibleDescription() == ""
