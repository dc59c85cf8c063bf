"""Rows of two lines, as the lists of the models pane show them: a name, a line below it, a mark, a heading above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from assistant.texts import lists

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Row:
    """One row. Its words are already harmless to show.

    :ivar id: what the row stands for; unique in its list.
    :ivar mark: how a dot before the line is coloured (a token of the theme), empty: no dot.
    :ivar note: a short word at the right of the name.
    :ivar section: the heading under which the row stands; drawn above the first row of each.
    """

    id: str
    title: str
    line: str = ""
    mark: str = ""
    note: str = ""
    section: str = ""


class RowModel(QAbstractListModel):
    """Rows in the order given. Where the ids stay the same, the selection and the scroll position do too."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        before = [row.id for row in self._rows]
        after = [row.id for row in rows]
        if before == after:
            changed = [at for at, row in enumerate(rows) if row != self._rows[at]]
            self._rows = list(rows)
            for at in changed:
                self.dataChanged.emit(self.index(at), self.index(at))
        elif before and after[: len(before)] == before:  # one more page
            self.beginInsertRows(QModelIndex(), len(before), len(after) - 1)
            self._rows = list(rows)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()

    def row_of(self, row_id: str) -> int:
        """Where the row with this id stands, or -1."""
        return next((at for at, row in enumerate(self._rows) if row.id == row_id), -1)

    def heading(self, at: int) -> str:
        """The heading above a row, if it is the first one of its section."""
        section = self._rows[at].section
        return section if section and (at == 0 or self._rows[at - 1].section != section) else ""

    # -------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return lists.clauses(row.title, row.note, row.line)
        if role == ROW:
            return row
        return None
