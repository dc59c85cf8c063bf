"""The list at the side of a pane for documents: search, new, what was made before."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QDateTime, QLocale, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from assistant.gui.itemmodels.conversations import section_of
from assistant.gui.itemmodels.rows import Row
from assistant.gui.widgets.controls import IconButton, Label, SearchLine
from assistant.gui.widgets.models.words import plain_name
from assistant.gui.widgets.row_list import RowList
from assistant.gui.widgets.side_layout import lay_out_side
from assistant.storage.rows import JobState
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

SEARCH_MS = 500  # after rows have changed: while many are being made, each one that is done changes them
Find = Callable[[str, Callable[[set[int]], None]], None]
"""Calls back with the rows that have certain words in their title or text."""
_DOTS = {JobState.RUNNING: "lamp", JobState.STOPPED: "edge", JobState.WAITING: "edge", JobState.FAILED: "danger"}


def _time(at: float, today: datetime.date) -> str:
    """When something was begun, in the form of this place: a time of today, else with its day."""
    when, short = QDateTime.fromSecsSinceEpoch(int(at)), QLocale.FormatType.ShortFormat
    if datetime.date.fromtimestamp(at) == today:
        return QLocale().toString(when.time(), short)
    return QLocale().toString(when, short)


class HistoryRow(Protocol):
    """What every history knows about one of its lines. ``created`` is in seconds since 1970."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def created(self) -> float: ...
    @property
    def state(self) -> JobState: ...


class HistoryList(QWidget):
    """What can be opened. Subclasses have the words.

    :param prefix: of the object names. ``find``: finds rows.

    Signals: ``chosen(id)`` and ``delete_wanted(id)`` of a row; ``undo_wanted()``.
    """

    chosen = Signal(object)
    delete_wanted = Signal(object)
    undo_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, *, prefix: str, new: str, find: Find) -> None:
        super().__init__()
        self._find = find
        self._all: list[Any] = []
        self._found: tuple[str, set[int]] = ("", set())  # words, and the rows that have them
        self._opens = False  # the first one, when they are found
        self._current: int | None = None
        self._again = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._again.timeout.connect(self._look)
        self.search = SearchLine(f"{prefix}Search")
        self.new = IconButton(theme, actions[new], "plus", name=f"{prefix}New")
        self.list = RowList(theme, f"{prefix}List", elide=Qt.TextElideMode.ElideRight)
        self._nothing = Label(role="quiet", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lay_out_side(self, self.search, self.new, self._nothing, self.list)
        self.search.textChanged.connect(self._search_changed)
        self.search.returnPressed.connect(self._open_first)
        self.search.left_downwards.connect(self._go_down)
        self.list.chosen.connect(lambda row: self.chosen.emit(int(row)))
        self.list.delete_wanted.connect(lambda row: self.delete_wanted.emit(int(row)))
        self.list.undo_wanted.connect(self.undo_wanted)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)

    def show_rows(self, rows: Sequence[HistoryRow]) -> None:
        """Show these rows, the newest first."""
        self._all = list(rows)
        self._filter()
        if self._found[0] and not self._again.isActive():
            self._again.start()

    def mark(self, job: int | None) -> None:
        """Select the row that is open."""
        self._current = job
        self.list.choose(str(job) if job is not None else "")

    def step(self, by: int) -> None:
        """Open the next or the previous row of the list."""
        rows = self.list.rows.rows
        if rows:
            at = self.list.rows.row_of(str(self._current))
            self.chosen.emit(int(rows[min(max(at + by, 0), len(rows) - 1)].id))

    def clear_search(self) -> bool:
        """Show all rows again; False if they were."""
        had = bool(self.search.text())
        self.search.clear()
        return had

    # -------------------------------------------------------------- what subclasses say

    def words(self) -> tuple[str, str, str]:
        """What the search and the list are called, and what stands in the empty list."""
        raise NotImplementedError

    def line_of(self, row: Any) -> str:
        """The second line of a row."""
        raise NotImplementedError

    def delete_words(self, row: Any) -> str:
        """What deleting a row is called."""
        raise NotImplementedError

    def retranslate(self) -> None:
        self.search.setPlaceholderText(tr("Search"))
        search, name, _empty = self.words()
        self.search.setAccessibleName(search)
        self.list.setAccessibleName(name)
        self._filter()

    def _search_changed(self) -> None:
        self._opens = False  # that was said of other words
        self._look()

    def _look(self) -> None:
        """Look for what is wanted now; until that is found, the rows that were found before stay."""
        self._again.stop()
        wanted = self.search.text().strip()
        if not wanted:
            self._came("", set())
        else:
            self._find(wanted, lambda found: self._came(wanted, found))

    def _came(self, words: str, found: set[int]) -> None:
        if words != self.search.text().strip():
            return
        opens, self._opens = self._opens, False
        self._found = words, found
        self._filter()
        if opens:
            self._open_first()

    def _filter(self) -> None:
        wanted, found = self._found
        shown = [row for row in self._all if not wanted or row.id in found]
        today = datetime.date.today()
        twice = {title for title, count in Counter(row.title for row in self._all).items() if count > 1}
        self.list.show_rows(
            [
                Row(
                    id=str(row.id),
                    title=plain_name(row.title) or tr("Untitled"),
                    line=self.line_of(row) + (f" · {_time(row.created, today)}" if row.title in twice else ""),
                    mark=_DOTS.get(row.state, ""),
                    section=section_of(row.created, today),
                )
                for row in shown
            ]
        )
        self.list.choose(str(self._current) if self._current is not None else "")
        self._nothing.setVisible(not shown)
        self._nothing.setText(tr("Nothing found.") if wanted else self.words()[2])

    def _open_first(self) -> None:
        if self._found[0] != self.search.text().strip():
            self._opens = True
            return
        rows = self.list.rows.rows
        if rows:
            self.chosen.emit(int(rows[0].id))
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_down(self) -> None:
        """From the search into the list: to the row that is open, else to the first one, which Enter could not open."""
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.list.current() and self.list.rows.rows:
            self.chosen.emit(int(self.list.rows.rows[0].id))

    def _menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if not index.isValid():
            return
        job = int(self.list.rows.rows[index.row()].id)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = next(row for row in self._all if row.id == job)
        menu.addAction(self.delete_words(row)).triggered.connect(lambda: self.delete_wanted.emit(job))
        menu.popup(self.list.viewport().mapToGlobal(at))
