"""The list at the side of the models pane where there is little room."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QStyleOptionComboBox


@pytest.mark.parametrize(("size", "whole"), [(100, True), (200, False)])
def test_an_order_that_is_too_long_is_shortened_and_not_cut(size: int, whole: bool, home: Any, qtbot: Any) -> None:
    home.settings(text_size=size)
    window = home.open()
    window.resize(900, 600)
    window.navigation.show_models("hub")
    box = window.navigation.pane.side.sort
    qtbot.waitUntil(box.isVisible)
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    assert (option.currentText == box.currentText()) is whole
    assert option.currentText.endswith("…") is not whole
    assert box.fontMetrics().horizontalAdvance(option.currentText) < box.width()
