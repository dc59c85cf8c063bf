"""A choice in a compact row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import dress_list, still


class ChoiceBox(QComboBox):
    """A choice that is as wide as what is chosen needs, and may be narrower.

    :ivar shorter: what stands in the closed box in place of a longer item.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.shorter: dict[Any, str] = {}
        dress_list(self)
        still(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.currentIndexChanged.connect(lambda _: self.updateGeometry())

    def initStyleOption(self, option: Any) -> None:
        super().initStyleOption(option)
        words = self.shorter.get(self.currentData(), self.currentText())
        room = self.width() - 5 * SPACE
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        words = self.shorter.get(self.currentData(), self.currentText())
        width = self.fontMetrics().horizontalAdvance(words) + 6 * SPACE
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 5 + 5 * SPACE, super().minimumSizeHint().height())

    def showPopup(self) -> None:
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(self.itemText(index)) for index in range(self.count()))
        self.view().setMinimumWidth(widest + 6 * SPACE)
        super().showPopup()
