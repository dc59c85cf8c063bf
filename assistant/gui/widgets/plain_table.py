"""A table that looks like the rest of the window: no grid, no numbers, lines of one height."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QTableView

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_LINE = 2.2  # em


class PlainTable(QTableView):
    """Shows a model.

    :param delete: called by the key that deletes, while the table has the focus.
    """

    def __init__(self, theme: Theme, name: str, model: QAbstractItemModel, *, delete: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setModel(model)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setWordWrap(False)
        lines = self.verticalHeader()
        lines.hide()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(theme.px(_LINE))
        self.horizontalHeader().setHighlightSections(False)
        key = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self, delete)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)

    def stretch(self, *columns: int) -> None:
        """These share the room that the others leave."""
        for column in columns:
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
