"""The list of connections as a table for Qt: when, where to, why, how many bytes, how it ended. The newest first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from assistant.gui.widgets import model_words as words
from assistant.texts import tr, units

if TYPE_CHECKING:
    from assistant.core.network import Entry

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("when", "where", "why", "received", "sent", "outcome")


class ConnectionModel(QAbstractTableModel):
    """One row for each request."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, which come with the oldest first."""
        self.beginResetModel()
        self._entries = list(reversed(entries))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(self._entries[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in ("received", "sent") else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if COLUMNS[section] in ("received", "sent") else Qt.AlignmentFlag.AlignLeft
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            "when": tr("When"),
            "where": tr("Where"),
            "why": tr("Why"),
            "received": tr("Received"),
            "sent": tr("Sent"),
            "outcome": tr("Outcome"),
        }
        return names[COLUMNS[section]]


def _text(entry: Entry, column: str) -> str:
    if column == "when":
        return datetime.datetime.fromtimestamp(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    if column == "where":
        host = words.plain_name(entry.host)
        port = "" if entry.port in (0, 443) else f":{entry.port}"
        return (
            tr("{host} by {proxy}", host=host + port, proxy=words.plain_name(entry.via)) if entry.via else host + port
        )
    if column == "received":
        return units.size(entry.received)
    if column == "sent":
        return units.size(entry.sent)
    return _WORDS[column](entry)


def _why(entry: Entry) -> str:
    reasons = {
        "search": tr("Search"),
        "details": tr("Look at a model"),
        "header": tr("Look into a file"),
        "download": tr("Download"),
        "catalogue check": tr("Check of the catalogue"),
    }
    return reasons.get(entry.why, words.plain_name(entry.why))


def _outcome(entry: Entry) -> str:
    outcomes = {"ok": tr("done"), "refused": tr("refused"), "failed": tr("failed"), "open": tr("not over")}
    return outcomes.get(entry.outcome, words.plain_name(entry.outcome))


_WORDS = {"why": _why, "outcome": _outcome}
