"""What is copied out of a transcript, and the menu that offers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from assistant.gui.widgets.transcript.selection import Position
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript

AT_ONCE = 40  # messages whose text is copied without letting the window breathe
SLICE = 8  # messages in one turn of a longer copy


class Copying(QObject):
    """Copies for one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript
        self._rest: list[int] = []
        self._copied: list[str] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._copy_on)

    def select_all(self) -> None:
        """Select every message."""
        layout = self._t.layout_of_text
        if not layout.views:
            return
        last = len(layout.views) - 1
        units = [(part, number, unit.length) for part, number, unit in self._t.whole_view(last).all_units()]
        first = next(iter(self._t.whole_view(0).all_units()), None)
        if units and first is not None:
            self._t.selection.set(Position(0, first[0], first[1], 0), Position(last, *units[-1]))
            self._t.viewport().update()

    def copy(self) -> None:
        """Put the selected text on the clipboard; a very long one arrives a moment later."""
        selection = self._t.selection
        if selection.empty:
            return
        if len(selection.rows()) <= AT_ONCE:
            QGuiApplication.clipboard().setText(self.selected_text())
            return
        self._rest, self._copied = list(selection.rows()), []
        self._timer.start()

    def selected_text(self) -> str:
        """The selected text as a reader sees it, a blank line between messages."""
        selection = self._t.selection
        return "\n\n".join(selection.text_of(self._t.whole_view(row), row) for row in selection.rows())

    def _copy_on(self) -> None:
        selection = self._t.selection
        for row in self._rest[:SLICE]:
            if row < len(self._t.layout_of_text.views):
                self._copied.append(selection.text_of(self._t.whole_view(row), row))
        del self._rest[:SLICE]
        if not self._rest:
            self._timer.stop()
            QGuiApplication.clipboard().setText("\n\n".join(self._copied))

    def menu_at(self, point: QPoint, address: str) -> QMenu:
        """What can be copied at a point of the viewport, where there is a link to ``address`` (or none)."""
        menu = QMenu(self._t)
        copy = menu.addAction(tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy), self.copy)
        copy.setEnabled(not self._t.selection.empty)
        position = self._t.position_at(point)
        if position is not None:
            row = position.row
            clipboard = QGuiApplication.clipboard()
            menu.addAction(tr("Copy message"), lambda: clipboard.setText(self.text_of(row)))
            menu.addAction(tr("Copy as Markdown"), lambda: clipboard.setText(self._source_of(row)))
            if address:
                menu.addAction(tr("Copy link"), lambda: clipboard.setText(address))
        menu.addSeparator()
        menu.addAction(tr("Select all"), QKeySequence(QKeySequence.StandardKey.SelectAll), self.select_all)
        return menu

    def text_of(self, row: int) -> str:
        """All of a message: an answer as a reader sees it, what the user said as it was typed."""
        typed = self._t.layout_of_text.views[row].from_user
        return self._source_of(row) if typed else self._t.text_of_row(row)

    def _source_of(self, row: int) -> str:
        layout = self._t.layout_of_text
        return layout.source.text_from(layout.views[row].id, 0) if layout.source is not None else ""

    def keep_primary(self) -> None:
        """What is selected can be pasted with the middle button where the system has that."""
        if not QGuiApplication.clipboard().supportsSelection() or self._t.selection.empty:
            return
        if len(self._t.selection.rows()) <= AT_ONCE:
            QGuiApplication.clipboard().setText(self.selected_text(), QClipboard.Mode.Selection)
