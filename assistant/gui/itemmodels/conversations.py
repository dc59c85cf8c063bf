"""The list of conversations as a Qt model: title, the heading that begins a stretch of time, whether it is busy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from assistant.storage.rows import Conversation
from assistant.texts import tr

Index = QModelIndex | QPersistentModelIndex

ID = Qt.ItemDataRole.UserRole + 1
SECTION = Qt.ItemDataRole.UserRole + 2  # the heading above this row, or an empty string
BUSY = Qt.ItemDataRole.UserRole + 3


class ConversationModel(QAbstractListModel):
    """Rows in the order given.

    :param busy: whether an answer is being written in a conversation.
    :param rename: called when the user has edited a title.
    """

    def __init__(self, *, busy: Callable[[int], bool], rename: Callable[[int, str], None]) -> None:
        super().__init__()
        self._busy = busy
        self._rename = rename
        self._rows: list[Conversation] = []
        self._sections: list[str] = []

    def show(self, rows: Sequence[Conversation]) -> None:
        """Show these rows. Where only their contents differ the selection and the scroll position stay."""
        today = datetime.date.today()
        sections = _headings([_section(row.updated, today) for row in rows])
        if [row.id for row in rows] == [row.id for row in self._rows]:
            changed = [at for at, row in enumerate(rows) if row != self._rows[at] or sections[at] != self._sections[at]]
            self._rows, self._sections = list(rows), sections
            for at in changed:
                self.dataChanged.emit(self.index(at), self.index(at))
            return
        self.beginResetModel()
        self._rows, self._sections = list(rows), sections
        self.endResetModel()

    def refresh_busy(self) -> None:
        """Ask again which conversations are busy."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [BUSY])

    def retranslate(self) -> None:
        rows, self._rows = self._rows, []
        self.show(rows)

    def row_of(self, conversation: int | None) -> int:
        """The row that shows a conversation, or -1."""
        return next((at for at, row in enumerate(self._rows) if row.id == conversation), -1)

    def conversation_at(self, row: int) -> int | None:
        return self._rows[row].id if 0 <= row < len(self._rows) else None

    # -------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.title or tr("New conversation")
        if role == Qt.ItemDataRole.EditRole:
            return row.title
        if role == ID:
            return row.id
        if role == SECTION:
            return self._sections[index.row()]
        if role == BUSY:
            return self._busy(row.id)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        title = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not title or title == self._rows[index.row()].title:
            return False
        self._rename(self._rows[index.row()].id, title)
        return True


def _section(updated: float, today: datetime.date) -> str:
    days = (today - datetime.datetime.fromtimestamp(updated).date()).days
    if days <= 0:
        return tr("Today")
    if days == 1:
        return tr("Yesterday")
    if days <= 7:
        return tr("Last 7 days")
    return tr("Older")


def _headings(sections: list[str]) -> list[str]:
    """Each section's name at its first row only; the order of the rows is not ours, so none is named twice."""
    seen: set[str] = set()
    headings = []
    for section in sections:
        headings.append("" if section in seen else section)
        seen.add(section)
    return headings
