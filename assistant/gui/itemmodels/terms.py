"""The terms of a glossary as a table that can be edited; its last line is where a new term is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from assistant.documents.segments import Term
from assistant.gui.widgets.clean_text import clean
from assistant.texts import tr

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("source", "target", "exact", "forbidden", "note")


@dataclass(frozen=True)
class _Line:
    """``id``: 0 for the line of a new term."""

    id: int
    term: Term


_EMPTY = _Line(0, Term("", ""))
_HEADS: dict[str, Callable[[], str]] = {
    "source": lambda: tr("Term"),
    "target": lambda: tr("Translation"),
    "exact": lambda: tr("Exact case"),
    "forbidden": lambda: tr("Forbidden"),
    "note": lambda: tr("Note"),
}


class TermModel(QAbstractTableModel):
    """Terms of one glossary.

    Signals: ``written(number, term)``: a term was changed, or added (number 0).
    """

    written = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[_Line] = []

    def show(self, terms: Sequence[tuple[int, Term]] | None) -> bool:
        """Show these terms with their numbers; None: there is no glossary.

        :returns: whether they are other ones than before; a cell that is being written in stays open otherwise.
        """
        if terms is not None and self._lines:
            if len(terms) == len(self._numbers()) + 1:
                self.adopt(terms[-1][0])
            if [number for number, _term in terms] == self._numbers():
                self._renew(terms)
                return False
        begun = next((line for line in self._lines if not line.id), _EMPTY)
        self.beginResetModel()
        self._lines = [_Line(number, term) for number, term in terms] + [begun] if terms is not None else []
        self.endResetModel()
        return True

    def adopt(self, number: int) -> None:
        """The term that was written into the last line has this number; below it is a line for one more."""
        last = len(self._lines) - 1
        if last < 0 or self._lines[last].id or not self._lines[last].term.source:
            return
        self._lines[last] = replace(self._lines[last], id=number)
        self.dataChanged.emit(self.index(last, 0), self.index(last, len(COLUMNS) - 1))
        self.beginInsertRows(QModelIndex(), last + 1, last + 1)
        self._lines.append(_EMPTY)
        self.endInsertRows()

    def _numbers(self) -> list[int]:
        return [line.id for line in self._lines if line.id]

    def _renew(self, terms: Sequence[tuple[int, Term]]) -> None:
        for row, (number, term) in enumerate(terms):
            if self._lines[row].term != term:
                self._lines[row] = _Line(number, term)
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def number_of(self, row: int) -> int:
        """The number of a term, 0: it is none."""
        return self._lines[row].id if 0 <= row < len(self._lines) else 0

    def row_of(self, number: int) -> int:
        """The row of a term, or the one for a new term."""
        return next((row for row, line in enumerate(self._lines) if line.id == number), len(self._lines) - 1)

    def rowCount(self, _parent: Index | None = None) -> int:
        return len(self._lines)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[COLUMNS[section]]()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if COLUMNS[index.column()] in ("exact", "forbidden"):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, name = self._lines[index.row()], COLUMNS[index.column()]
        value = getattr(line.term, name)
        if isinstance(value, bool):
            checked = Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
            return checked if role == Qt.ItemDataRole.CheckStateRole and line.id else None
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return clean(value) or (tr("New term…") if not line.id and name == "source" else "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_HEADS[name]()}: {clean(value)}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        line, name = self._lines[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif role == Qt.ItemDataRole.EditRole:
            value = str(value).strip()
        else:
            return False
        term = replace_term(line.term, name, value)
        if term == line.term:
            return False
        self._lines[index.row()] = replace(line, term=term)
        self.dataChanged.emit(index, index)
        if term.source:
            self.written.emit(line.id, term)
        return True


def replace_term(term: Term, name: str, value: object) -> Term:
    """``term`` with another value."""
    values = {each: getattr(term, each) for each in COLUMNS}
    return Term(**{**values, name: value})
