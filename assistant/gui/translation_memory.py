"""The translation memory: what was translated by hand, searched, deleted and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from assistant.base.errors import AssistantError
from assistant.core.jobs import Later
from assistant.gui.itemmodels.memory import MemoryModel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, SearchLine
from assistant.gui.widgets.flow import Flow
from assistant.texts import errors, tr, trn

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation_views import MemoryMatch
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme

_TYPING_MS = 150


class MemoryDialog(QDialog):
    """A search and a table of what it finds."""

    def __init__(self, parent: QWidget, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("memoryDialog")
        self.setWindowTitle(tr("Translation memory"))
        self._core = core
        self._cancel: Later | None = None
        self.search = SearchLine("memorySearch")
        self.model = MemoryModel()
        self.table = QTableView()
        self.table.setObjectName("memoryEntries")
        self.table.setModel(self.model)
        self.said = Label(role="quiet", wrap=True)
        self.said.setObjectName("memorySaid")
        self.remove, self.undo, self.close_button = QPushButton(), QPushButton(), QPushButton()
        for name, button in (("Remove", self.remove), ("Undo", self.undo), ("Close", self.close_button)):
            button.setObjectName(f"memory{name}")
            button.setAutoDefault(False)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self._build(theme)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.remove.clicked.connect(lambda _: self._remove())
        self.undo.clicked.connect(lambda _: self._undo())
        self.close_button.clicked.connect(self.accept)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_state())
        bridge.memory_changed.connect(self._ask)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table, self._remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.retranslate()
        self._ask()

    def _build(self, theme: Theme) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(theme.px(2.2))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for at in (0, 1):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(2, theme.px(9))
        self._heading, self._intro = Label(role="h2"), Label(role="quiet", wrap=True)
        ways = Flow()
        ways.add(self.remove, self.undo)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(ways, 1)
        foot.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + 4)
        for widget in (self._heading, self._intro, self.search, table, self.said):
            layout.addWidget(widget, 1 if widget is table else 0)
        layout.addLayout(foot)
        self.undo.hide()
        room = self.parentWidget().window().size()
        self.resize(min(theme.px(60), room.width() - 5 * SPACE), min(theme.px(36), room.height() - 5 * SPACE))

    def retranslate(self) -> None:
        self._heading.setText(tr("Translation memory"))
        self._intro.setText(
            tr(
                "A translation that you edit is remembered here. Where the same sentence comes again it is taken, "
                "where a similar one comes it is offered."
            )
        )
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the translation memory"))
        self.table.setAccessibleName(tr("Translation memory"))
        self.remove.setText(tr("Delete"))
        self.undo.setText(tr("Undo"))
        self.close_button.setText(tr("Close"))

    def _ask(self) -> None:
        cancel = self._cancel = Later()

        def found(result: tuple[MemoryMatch, ...] | AssistantError) -> None:
            if self._cancel is not cancel:
                return
            if isinstance(result, AssistantError):
                self.said.setText(errors.sentence(result))
                return
            self.model.show(result)
            count = self._core.memory.count()
            self.said.setText(
                trn("{n} sentence is remembered.", "{n} sentences are remembered.", count) if count
                else tr("Nothing is remembered yet.")
            )  # fmt: skip
            self._show_state()

        cancel.act = self._core.memory.search(self.search.text().strip(), found)

    def _show_state(self) -> None:
        self.remove.setEnabled(bool(self.table.selectionModel().selectedRows()))

    def _remove(self) -> None:
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        if rows:
            self._core.memory.remove([self.model.entry(row).id for row in rows])
            self.undo.show()
            self._ask()

    def _undo(self) -> None:
        self._core.memory.undo_remove()
        self.undo.hide()
        self._ask()

    def done(self, result: int) -> None:
        """Closed: nothing is waited for."""
        self._cancel = None
        super().done(result)
