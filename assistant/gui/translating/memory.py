"""The translation memory: what was translated by hand, searched, deleted, brought back; shared with other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from assistant.base.errors import AssistantError
from assistant.core.cancel import Later
from assistant.gui.dialogs import fit_dialog
from assistant.gui.documents.file_dialogs import ask_where_to_write, file_name
from assistant.gui.itemmodels.memory import MemoryModel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, SearchLine
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models.words import plain_name
from assistant.gui.widgets.plain_table import PlainTable
from assistant.texts import errors, lists, tr, trn

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation.memory_files import ImportedMemory
    from assistant.core.translation.views import MemoryMatch
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
        self.table = PlainTable(theme, "memoryEntries", self.model, delete=self._remove)
        self.said = Label(role="quiet", wrap=True)
        self.said.setObjectName("memorySaid")
        self._busy: Later | None = None  # with a file
        self._told = ""  # what became of it
        self.bring, self.write = QPushButton(), QPushButton()
        self.remove, self.undo, self.close_button = QPushButton(), QPushButton(), QPushButton()
        buttons = {
            "Remove": self.remove, "Undo": self.undo, "Import": self.bring, "Export": self.write,
            "Close": self.close_button,
        }  # fmt: skip
        for name, button in buttons.items():
            button.setObjectName(f"memory{name}")
            button.setAutoDefault(False)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self._build(theme)
        self.search.textChanged.connect(lambda _: self._typed())
        self.remove.clicked.connect(lambda _: self._remove())
        self.undo.clicked.connect(lambda _: self._undo())
        self.bring.clicked.connect(lambda _: self._import())
        self.write.clicked.connect(lambda _: self._export())
        self.close_button.clicked.connect(self.accept)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_state())
        bridge.memory_changed.connect(self._ask)
        self.retranslate()
        self._ask()

    def _build(self, theme: Theme) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.stretch(0, 1)
        table.setColumnWidth(2, theme.px(9))
        self._heading, self._intro = Label(role="h2"), Label(role="quiet", wrap=True)
        ways = Flow()
        ways.add(self.remove, self.undo, self.bring, self.write)
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
        fit_dialog(self, theme.px(60), theme.px(36))

    def retranslate(self) -> None:
        self._heading.setText(tr("Translation memory"))
        self._intro.setText(
            tr(
                "A translation that you edit is remembered here. It is used again for the same sentence and offered "
                "for similar ones."
            )
        )
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the translation memory"))
        self.table.setAccessibleName(tr("Translation memory"))
        self.remove.setText(tr("Delete"))
        self.undo.setText(tr("Undo"))
        self.bring.setText(tr("Import…"))
        self.write.setText(tr("Export…"))
        self.close_button.setText(tr("Close"))

    def _typed(self) -> None:
        self._told = ""
        self._typing.start()

    def _ask(self) -> None:
        cancel = self._cancel = Later()

        def found(result: tuple[MemoryMatch, ...] | AssistantError) -> None:
            if self._cancel is not cancel:
                return
            if isinstance(result, AssistantError):
                self.said.setText(errors.sentence(result))
                return
            self.model.show(result)
            self._show_count()
            self._show_state()

        cancel.act = self._core.memory.search(self.search.text().strip(), found)

    def _show_count(self) -> None:
        count = self._core.memory.count()
        words = trn("{n} sentence is remembered.", "{n} sentences are remembered.", count)
        parts = (self._told, words if count else tr("Nothing is remembered yet."))
        self.said.setText(lists.sentences(*parts))

    def _tell(self, words: str) -> None:
        """Say what became of a file, before how much there is."""
        self._told = words
        self._show_count()

    def _show_state(self) -> None:
        self.remove.setEnabled(bool(self.table.selectionModel().selectedRows()))
        self.write.setEnabled(self._core.memory.count() > 0)

    def _remove(self) -> None:
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        if rows:
            self._told = ""
            self._core.memory.remove([self.model.entry(row).id for row in rows])
            self.undo.show()
            self._ask()

    def _undo(self) -> None:
        self._core.memory.undo_remove()
        self.undo.hide()
        self._ask()

    def _import(self) -> None:
        path = ask_for_memory(self)
        if path is None:
            return
        busy = self._busy = Later()

        def came(result: ImportedMemory | AssistantError) -> None:
            if self._busy is not busy:
                return
            self._busy = None
            if isinstance(result, AssistantError):
                self._tell(plain_name(errors.sentence(result)))
                return
            self._tell(_brought(result))

        self._tell(tr("Reading {name}…", name=plain_name(path.name)))
        busy.act = self._core.memory.import_file(path, came)

    def _export(self) -> None:
        path = ask_where(self)
        if path is None:
            return
        busy = self._busy = Later()

        def written(result: int | AssistantError) -> None:
            if self._busy is busy:
                self._busy = None
                saved = tr("Saved as {path}.", path=str(path))
                self._tell(plain_name(errors.sentence(result) if isinstance(result, AssistantError) else saved))

        busy.act = self._core.memory.export_file(path, written)

    def done(self, result: int) -> None:
        """Closed: nothing is waited for; what is being brought in comes all the same."""
        self._cancel = self._busy = None
        super().done(result)


def _brought(result: ImportedMemory) -> str:
    """What came of a file."""
    stayed = left = ""
    if result.kept:
        stayed = trn(
            "{n} sentence stayed as it was: its translation here is newer.",
            "{n} sentences stayed as they were: their translations here are newer.",
            result.kept,
        )
    if result.skipped:
        left = trn("{n} entry was left out.", "{n} entries were left out.", result.skipped)
    brought = trn("{n} sentence was imported.", "{n} sentences were imported.", result.entries)
    return lists.sentences(brought, stayed, left)


def ask_for_memory(parent: QWidget) -> Path | None:
    """The system's dialog for a file of another program's memory."""
    kinds = f"{tr('Translation memories')} (*.tmx);;{tr('All files')} (*)"
    name, _ = QFileDialog.getOpenFileName(parent, tr("Import a translation memory"), str(Path.home()), kinds)
    return Path(name) if name else None


def ask_where(parent: QWidget) -> Path | None:
    """The system's dialog for the file to write."""
    start = Path.home() / f"{file_name(tr('Translation memory'))}.tmx"
    return ask_where_to_write(parent, tr("Export the translation memory"), start, {tr("Translation memories"): "tmx"})
