"""Entries of the translation memory as a table: source, translation, when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QPersistentModelIndex, Qt

from assistant.documents.segments import without_codes
from assistant.gui.actions import plain
from assistant.gui.widgets.clean_text import clean
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation.views import MemoryMatch

Index = QModelIndex | QPersistentModelIndex
_HEADS: tuple[Callable[[], str], ...] = (lambda: tr("Source"), lambda: tr("Translation"), lambda: tr("Edited"))


class MemoryModel(QAbstractTableModel):
    """What a search found."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[MemoryMatch] = ()

    def show(self, entries: Sequence[MemoryMatch]) -> None:
        """Show these entries."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> MemoryMatch:
        """The entry of a row."""
        return self._entries[row]

    def rowCount(self, _parent: Index | None = None) -> int:
        return len(self._entries)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]()
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == 2 and not entry.edited:
            return ""  # it came out of a file that does not say
        if index.column() == 2:
            when = QDateTime.fromSecsSinceEpoch(int(entry.edited))
            return QLocale().toString(when.date(), QLocale.FormatType.ShortFormat)
        words = " ".join(clean(without_codes(entry.target if index.column() else entry.source)).split())
        return plain(words) if role == Qt.ItemDataRole.ToolTipRole else words
