"""The list of conversations as a Qt model: title, the heading that begins a stretch of time, whether it is busy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from assistant.core.hits import Hit
from assistant.texts import tr

Index = QModelIndex | QPersistentModelIndex

ID = Qt.ItemDataRole.UserRole + 1
SECTION = Qt.ItemDataRole.UserRole + 2  # the heading above this row, or an empty string
BUSY = Qt.ItemDataRole.UserRole + 3
WORDS = Qt.ItemDataRole.UserRole + 4  # of a search: what stands before, at and after what was found, or None


class ConversationModel(QAbstractListModel):
    """Rows in the order given.

    :param busy: whether an answer is being written in a conversation.
    :param rename: called when the user has edited a title.
    """

    def __init__(self, *, busy: Callable[[int], bool], rename: Callable[[int, str], None]) -> None:
        super().__init__()
        self._busy = busy
        self._rename = rename
        self._hits: list[Hit] = []
        self._sections: list[str] = []

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these rows. Where only their contents differ the selection and the scroll position stay."""
        today = datetime.date.today()
        sections = _headings([section_of(hit.row.updated, today) for hit in hits])
        if [_shape(hit) for hit in hits] == [_shape(hit) for hit in self._hits]:
            old = self._hits, self._sections
            changed = [at for at, hit in enumerate(hits) if (hit, sections[at]) != (old[0][at], old[1][at])]
            self._hits, self._sections = list(hits), sections
            for at in changed:
                self.dataChanged.emit(self.index(at), self.index(at))
            return
        self.beginResetModel()
        self._hits, self._sections = list(hits), sections
        self.endResetModel()

    def refresh_busy(self) -> None:
        """Ask again which conversations are busy."""
        if self._hits:
            self.dataChanged.emit(self.index(0), self.index(len(self._hits) - 1), [BUSY])

    def retranslate(self) -> None:
        hits, self._hits = self._hits, []
        self.show(hits)

    def row_of(self, conversation: int | None) -> int:
        """The row that shows a conversation, or -1."""
        return next((at for at, hit in enumerate(self._hits) if hit.row.id == conversation), -1)

    def conversation_at(self, row: int) -> int | None:
        return self._hits[row].row.id if 0 <= row < len(self._hits) else None

    def hit_at(self, row: int) -> Hit | None:
        """What the search found in a row."""
        return self._hits[row] if 0 <= row < len(self._hits) else None

    # -------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._hits)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        hit = self._hits[index.row()]
        row = hit.row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title or tr("New conversation")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = row.title or tr("New conversation")
            return f"{title}: {hit.before}{hit.match}{hit.after}" if hit.match else title
        if role == WORDS:
            return (hit.before, hit.match, hit.after) if hit.match else None
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
        if role != Qt.ItemDataRole.EditRole or not title or title == self._hits[index.row()].row.title:
            return False
        self._rename(self._hits[index.row()].row.id, title)
        return True


def _shape(hit: Hit) -> tuple[int, bool]:
    """What decides about the place and the height of a row."""
    return hit.row.id, bool(hit.match)


def section_of(updated: float, today: datetime.date) -> str:
    """The stretch of time that a moment (seconds since 1970) belongs to, in words."""
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
