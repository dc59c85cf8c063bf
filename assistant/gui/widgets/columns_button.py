"""Which columns of a table are translated: a button with a menu of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from assistant.gui.widgets.controls import set_role
from assistant.gui.widgets.models.words import plain_name
from assistant.texts import tr, trn


class ColumnsButton(QToolButton):
    """Hidden where there is nothing to choose.

    Signals: ``chosen(names)``: these are to be translated; none: those that hold sentences.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("translateColumns")
        set_role(self, "word")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._columns: tuple[str, ...] = ()
        self._picked: tuple[str, ...] = ()
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.hide()

    def show_columns(self, columns: Sequence[str], chosen: Sequence[str]) -> None:
        """Offer these columns, and tick those of them that are translated."""
        columns = tuple(columns)
        if columns != self._columns:
            self._columns = columns
            self._menu.clear()
            for name in columns:
                action = self._menu.addAction(plain_name(name).replace("&", "&&"))
                action.setCheckable(True)
                action.triggered.connect(lambda on, name=name: self._pick(name, on=on))
        self._picked = tuple(name for name in columns if name in chosen)
        for name, action in zip(columns, self._menu.actions(), strict=True):
            action.setChecked(name in self._picked)
        self.setVisible(len(columns) > 1)
        self.retranslate()

    def retranslate(self) -> None:
        count = len(self._picked)
        self.setText(trn("{n} column", "{n} columns", count) if count else tr("Columns"))
        self.setAccessibleName(tr("Columns to translate"))
        self.setToolTip(tr("Columns to translate; none chosen: those that hold sentences"))

    def _pick(self, name: str, *, on: bool) -> None:
        self._picked = tuple(each for each in self._columns if (on if each == name else each in self._picked))
        self.retranslate()
        self.chosen.emit(self._picked)
