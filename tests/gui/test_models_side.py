"""The list at the side of the models pane where there is little room."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QStyleOptionComboBox

from assistant.gui.itemmodels.rows import Row
from assistant.gui.widgets.controls import Label
from tests.gui.helpers import SLOW, child


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


def test_a_long_name_is_shortened_where_the_model_is_picked(home: Any, qtbot: Any) -> None:
    name = "A-model-with-a-name-that-nobody-can-remember-and-no-box-can-hold-7B"
    home.model(name)
    window = home.open()
    box = child(window, "modelPicker")
    qtbot.waitUntil(lambda: box.isVisible() and box.currentText().startswith("A-model"), timeout=SLOW)
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    assert "…" in option.currentText
    assert option.currentText.endswith("7B")
    assert box.fontMetrics().horizontalAdvance(option.currentText) < box.width()


def test_what_is_said_about_a_repository_goes_on_in_the_next_line(home: Any, qtbot: Any) -> None:
    window = home.open()
    window.navigation.show_models("hub")
    rows = window.navigation.pane.side.list
    qtbot.waitUntil(rows.isVisible)
    long = "a-laboratory-with-a-long-name · 1.2M downloads · 2026-11-20"
    rows.show_rows([Row("a/b", "b", long), Row("c/d", "d", "c · 1 like"), Row("e", "e")])
    line = rows.sizeHintForRow(1) - rows.sizeHintForRow(2)
    assert line < rows.sizeHintForRow(0) - rows.sizeHintForRow(2) < 3 * line
    area = rows.visualRect(rows.rows.index(0))
    assert area.height() == rows.sizeHintForRow(0)


def test_a_label_keeps_a_number_beside_its_unit(qtbot: Any) -> None:
    label = Label("It needs 22.7 GB.", wrap=True)
    qtbot.addWidget(label)
    assert label.text() == "It needs 22.7 GB."
    assert QLabel.text(label) == "It needs 22.7\N{NO-BREAK SPACE}GB."
