"""Which model answers: the installed ones, and a way to bring in another file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from assistant.gui.widgets.controls import set_role
from assistant.texts import tr, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.actions import Actions
    from assistant.library.models import InstalledModel

_KEY = Qt.ItemDataRole.UserRole
_IMPORT = "\0import"


class ModelPicker(QComboBox):
    """A combo box that changes nothing by accident: neither the wheel nor an arrow key picks while it is closed.

    Signals: ``picked(key)`` when the user chose a model; ``import_wanted()``.
    """

    picked = Signal(str)
    import_wanted = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("modelPicker")
        set_role(self, "flat")
        self._actions = actions
        self._models: Sequence[InstalledModel] = ()
        self._chosen = ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(16)
        self.activated.connect(self._activated)

    def show_models(self, models: Sequence[InstalledModel], chosen: str) -> None:
        """List these models with the one called ``chosen`` (a key, or empty) current."""
        if self.view().isVisible():
            self.hidePopup()
        self._models, self._chosen = models, chosen
        self.clear()
        for model in models:
            self.addItem(model.name, model.key)
            at = self.count() - 1
            self.setItemData(at, describe(model), Qt.ItemDataRole.AccessibleDescriptionRole)
        if not models:
            self.addItem(tr("No model"), "")
        self.insertSeparator(self.count())
        self.addItem(tr("Import a model file…"), _IMPORT)
        at = self.findData(chosen, _KEY)
        self.setCurrentIndex(max(at, 0))
        self._name()

    def retranslate(self) -> None:
        self.show_models(self._models, self._chosen)

    def _name(self) -> None:
        self.setAccessibleName(tr("Model: {name}", name=self.currentText()))
        self.setToolTip(self._actions["model"].toolTip())

    def _activated(self, index: int) -> None:
        key = self.itemData(index, _KEY)
        if key == _IMPORT:
            self.setCurrentIndex(max(self.findData(self._chosen, _KEY), 0))
            self.import_wanted.emit()
        elif key and key != self._chosen:
            self._chosen = key
            self._name()
            self.picked.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opening = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in opening:
            self.showPopup()
        elif event.text().isprintable() and event.text():
            event.ignore()  # typing a letter in a closed box would pick
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 12, super().minimumSizeHint().height())


def describe(model: InstalledModel) -> str:
    """One line about a model: what kind it is and how large."""
    parts = []
    if model.demo:
        parts.append(tr("small English demo model"))
    if model.missing:
        parts.append(tr("its file is not there now"))
    if model.quantization:
        parts.append(model.quantization)
    parts.append(units.size(model.size))
    return " · ".join(parts)
