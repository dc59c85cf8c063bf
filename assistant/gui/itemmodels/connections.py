"""The list of connections as a table for Qt: when, where to, why, how many bytes, how it ended. The newest first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from assistant.gui.actions import plain
from assistant.gui.widgets.models import words
from assistant.texts import connections, tr, trn, units

if TYPE_CHECKING:
    from assistant.core.network import Entry

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("when", "where", "why", "received", "sent", "outcome")


_TOGETHER = 60.0  # seconds between two requests that may still belong to one download


@dataclass
class _Row:
    """Requests of one kind to one place, one after the other: a download asks for a range at a time."""

    first: Entry
    requests: int = 0
    received: int = 0
    sent: int = 0
    until: float = 0.0

    def takes(self, entry: Entry) -> bool:
        """Whether ``entry`` goes on with what these did."""
        alike = all(
            getattr(self.first, name) == getattr(entry, name) for name in ("host", "port", "why", "outcome", "via")
        )
        return alike and entry.at - self.until < _TOGETHER

    def add(self, entry: Entry) -> None:
        self.requests += 1
        self.received += entry.received
        self.sent += entry.sent
        self.until = max(self.until, entry.at + entry.seconds)


def _rows(entries: Sequence[Entry]) -> list[_Row]:
    """Oldest first, like ``entries``."""
    rows: list[_Row] = []
    for entry in entries:
        if not rows or not rows[-1].takes(entry):
            rows.append(_Row(entry))
        rows[-1].add(entry)
    return rows


class ConnectionModel(QAbstractTableModel):
    """One row for each request, or for several in a row that do the same thing at the same place."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[_Row] = []

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, which come with the oldest first."""
        self.beginResetModel()
        self._entries = list(reversed(_rows(entries)))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(self._entries[index.row()], column)
        if role == Qt.ItemDataRole.ToolTipRole and column in ("where", "why"):  # which may be too long for the column
            return plain(_text(self._entries[index.row()], column))
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


def _text(row: _Row, column: str) -> str:
    entry = row.first
    if column == "when":
        return datetime.datetime.fromtimestamp(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    if column == "where":
        host = words.plain_name(entry.host)
        port = "" if entry.port in (0, 443) else f":{entry.port}"
        return (
            tr("{host} through {proxy}", host=host + port, proxy=words.plain_name(entry.via))
            if entry.via
            else host + port
        )
    if column == "received":
        return units.size(row.received)
    if column == "sent":
        return units.size(row.sent)
    why = words.plain_name(connections.reason(entry.why))
    if column == "why" and row.requests > 1:
        return trn("{why}, {n} request", "{why}, {n} requests", row.requests, why=why)
    return why if column == "why" else words.plain_name(connections.outcome(entry.outcome))
