"""Glossaries: made, brought in from a file, edited term by term, written into a file, deleted and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
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
from assistant.gui.itemmodels.rows import Row
from assistant.gui.itemmodels.terms import COLUMNS, TermModel
from assistant.gui.theme import SPACE
from assistant.gui.translating.languages import pair_of
from assistant.gui.widgets.controls import Label, TextLine, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.language_box import LanguageBox
from assistant.gui.widgets.models.words import plain_name
from assistant.gui.widgets.plain_table import PlainTable
from assistant.gui.widgets.row_list import RowList
from assistant.texts import errors, languages, lists, tr, trn

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation.glossaries import GlossaryRow, Imported
    from assistant.documents.segments import Term
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme


class GlossariesDialog(QDialog):
    """The list at the left, name, languages and terms of the chosen one at the right.

    :param pair: from which language into which is translated, taken of a file with several; None: the user's two.
    """

    def __init__(
        self, parent: QWidget, core: Core, bridge: Bridge, theme: Theme, pair: tuple[str, str] | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("glossariesDialog")
        self.setWindowTitle(tr("Glossaries"))
        self._core = core
        self._pair = pair or pair_of(core.settings)
        self._glossary = self._listed = 0  # chosen, and whose terms are in the table
        self._cancel: Later | None = None
        self.list = RowList(theme, "glossaryList")
        self.name = TextLine()
        self.name.setObjectName("glossaryName")
        self.source, self.target = LanguageBox("glossaryFrom"), LanguageBox("glossaryTo")
        self.model = TermModel()
        self.table = PlainTable(theme, "glossaryTerms", self.model, delete=self._remove_term)
        self._said = Label(role="quiet", wrap=True)
        self._said.setObjectName("glossarySaid")
        names = ("New", "Import", "Export", "Delete", "Undo", "RemoveTerm", "Close")
        self.buttons = {name: QPushButton() for name in names}
        for name, button in self.buttons.items():
            button.setObjectName(f"glossary{name}")
            button.setAutoDefault(False)
        self._build(theme)
        self._connect(bridge)
        self.retranslate()
        self._show_rows()

    def _build(self, theme: Theme) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        for at, em in enumerate((12, 12, 7, 7, 10)):
            table.setColumnWidth(at, theme.px(em))
        table.stretch(*(COLUMNS.index(name) for name in ("source", "target", "note")))
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(self.list, 1)
        ways = Flow()
        ways.add(self.buttons["New"], self.buttons["Import"])
        left.addWidget(ways)
        about = QHBoxLayout()
        about.setSpacing(SPACE)
        about.addWidget(self.name, 1)
        about.addWidget(self.source)
        about.addWidget(self.target)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.addLayout(about)
        right.addWidget(table, 1)
        below = Flow()
        below.add(self.buttons["RemoveTerm"], self.buttons["Export"], self.buttons["Delete"])
        right.addWidget(below)
        halves = QHBoxLayout()
        halves.setSpacing(2 * SPACE)
        halves.addLayout(left, 1)
        halves.addLayout(right, 3)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.buttons["Undo"])
        foot.addWidget(self.buttons["Close"])
        self._heading, self._intro = Label(role="h2"), Label(role="quiet", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + 4)
        layout.addWidget(self._heading)
        layout.addWidget(self._intro)
        layout.addLayout(halves, 1)
        layout.addLayout(foot)
        self.list.setMinimumWidth(theme.px(12))
        set_role(self.list, "rows")
        self.buttons["Undo"].hide()
        for box in (self.source, self.target):
            box.show_languages(languages.offered(), pair_of(self._core.settings))
            box.insertItem(0, tr("Any language"), "")
            box.choose("")
        fit_dialog(self, theme.px(64), theme.px(38))

    def _connect(self, bridge: Bridge) -> None:
        bridge.glossaries_changed.connect(self._show_rows)
        self.list.chosen.connect(lambda row: self._choose(int(row)))
        self.list.delete_wanted.connect(lambda _: self._delete())
        self.list.undo_wanted.connect(self._undo)
        self.model.written.connect(self._term_written)
        self.name.editingFinished.connect(self._renamed)
        self.source.picked.connect(lambda _: self._renamed())
        self.target.picked.connect(lambda _: self._renamed())
        verbs = {
            "New": self._new, "Import": self._import, "Export": self._export, "Delete": self._delete,
            "Undo": self._undo, "RemoveTerm": self._remove_term, "Close": self.accept,
        }  # fmt: skip
        for name, slot in verbs.items():
            self.buttons[name].clicked.connect(lambda _=False, slot=slot: slot())

    def retranslate(self) -> None:
        self._heading.setText(tr("Glossaries"))
        self._intro.setText(
            tr(
                "Every sentence is checked for these terms, inflected forms included. With an empty translation, a "
                "term stays as it is."
            )
        )
        words = {
            "New": tr("New"), "Import": tr("Import…"), "RemoveTerm": tr("Remove the term"),
            "Export": tr("Export the glossary…"), "Delete": tr("Delete the glossary"),
            "Undo": tr("Undo"), "Close": tr("Close"),
        }  # fmt: skip
        for name, button in self.buttons.items():
            button.setText(words[name])
        self.list.setAccessibleName(tr("Glossaries"))
        self.table.setAccessibleName(tr("Terms"))
        self.name.setAccessibleName(tr("Name of the glossary"))
        self.name.setPlaceholderText(tr("Name"))
        self.source.setAccessibleName(tr("Language of the terms"))
        self.target.setAccessibleName(tr("Language of their translations"))
        for box in (self.source, self.target):
            box.setToolTip(box.accessibleName())

    # -------------------------------------------------------------- what is shown

    def _rows(self) -> list[GlossaryRow]:
        return self._core.glossaries.rows()

    def _show_rows(self) -> None:
        rows = self._rows()
        if rows and self._glossary not in {row.id for row in rows}:
            self._glossary = rows[0].id
        elif not rows:
            self._glossary = 0
        self.list.show_rows(
            [
                Row(id=str(row.id), title=plain_name(row.name), line=trn("{n} term", "{n} terms", row.terms))
                for row in rows
            ]
        )
        self.list.choose(str(self._glossary) if self._glossary else "")
        self._show_glossary()

    def _choose(self, glossary: int) -> None:
        if glossary != self._glossary and self.buttons["Undo"].isHidden():
            self._say("")  # it was about another one
        self._glossary = glossary
        self._show_glossary()

    def _show_glossary(self) -> None:
        row = next((row for row in self._rows() if row.id == self._glossary), None)
        there = row is not None
        for widget in (self.name, self.source, self.target, self.table):
            widget.setEnabled(there)
        for name in ("Export", "Delete", "RemoveTerm"):
            self.buttons[name].setEnabled(there)
        if row is None:
            self.name.clear()
            self.source.choose("")
            self.target.choose("")
            self.model.show(None)
            return
        if not self.name.hasFocus():
            self.name.setText(row.name)
        self.source.choose(row.source)
        self.target.choose(row.target)
        current = self.table.currentIndex()
        number, column = self.model.number_of(current.row()), current.column()
        if row.id != self._listed:
            self.model.show(None)  # nothing that was begun in another one
        self._listed = row.id
        try:
            others = self.model.show([(each.id, each.term) for each in self._core.glossaries.terms(row.id)])
        except AssistantError as error:
            self._say(errors.sentence(error))
            return
        if others and current.isValid():
            at = self.model.index(self.model.row_of(number), max(0, column))
            self.table.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _say(self, words: str, *, undo: bool = False) -> None:
        self._said.setText(words)
        self.buttons["Undo"].setVisible(undo)

    # -------------------------------------------------------------- verbs

    def _new(self) -> None:
        names = {row.name for row in self._rows()}
        count = 1
        while (name := tr("Glossary {n}", n=count)) in names:
            count += 1
        self._choose(self._core.glossaries.create(name))
        self._show_rows()
        self.name.setFocus()
        self.name.selectAll()

    def _renamed(self) -> None:
        name = self.name.text().strip()
        if self._glossary and name:
            self._core.glossaries.rename(self._glossary, name, source=self.source.language, target=self.target.language)

    def _term_written(self, number: int, term: Term) -> None:
        if self._glossary:
            self.model.adopt(self._core.glossaries.set_term(self._glossary, term, number=number))

    def _remove_term(self) -> None:
        number = self.model.number_of(self.table.currentIndex().row())
        if number:
            self._core.glossaries.remove_term(self._glossary, number)

    def _delete(self) -> None:
        row = next((row for row in self._rows() if row.id == self._glossary), None)
        if row is not None:
            self._core.glossaries.remove(row.id)
            self._say(tr("Deleted “{title}”.", title=plain_name(row.name)), undo=True)

    def _undo(self) -> None:
        glossary = self._core.glossaries.undo_remove()
        if glossary is not None:
            self._glossary = glossary
            self._show_rows()
        self._say("")

    def _import(self) -> None:
        path = ask_for_glossary(self)
        if path is None:
            return
        cancel = self._cancel = Later()

        def done(result: Imported | AssistantError) -> None:
            if self._cancel is not cancel:
                return
            if isinstance(result, AssistantError):
                self._say(plain_name(errors.sentence(result)))
                return
            self._glossary = result.id
            self._show_rows()
            words = trn("{n} term was imported.", "{n} terms were imported.", result.terms)
            left = trn("{n} line was left out.", "{n} lines were left out.", result.skipped) if result.skipped else ""
            self._say(lists.sentences(words, left))

        self._say(tr("Reading {name}…", name=plain_name(path.name)))
        source, target = self._pair
        cancel.act = self._core.glossaries.import_file(path, done, source=source, target=target, others=True)

    def _export(self) -> None:
        row = next((row for row in self._rows() if row.id == self._glossary), None)
        path = ask_where(self, f"{file_name(row.name)}.csv") if row is not None else None
        if row is None or path is None:
            return
        cancel = self._cancel = Later()

        def done(error: AssistantError | None) -> None:
            if self._cancel is cancel:
                words = tr("Saved as {path}.", path=str(path)) if error is None else errors.sentence(error)
                self._say(plain_name(words))

        cancel.act = self._core.glossaries.export_file(row.id, path, done)

    def done(self, result: int) -> None:
        """Closed: nothing is waited for."""
        self._cancel = None
        super().done(result)


def ask_for_glossary(parent: QWidget) -> Path | None:
    """The system's dialog for a glossary's file."""
    kinds = f"{tr('Glossaries')} (*.csv *.tsv *.tbx *.txt);;{tr('All files')} (*)"
    name, _ = QFileDialog.getOpenFileName(parent, tr("Import a glossary"), str(Path.home()), kinds)
    return Path(name) if name else None


def ask_where(parent: QWidget, name: str) -> Path | None:
    """The system's dialog for the file to write."""
    kinds = {tr("Table"): "csv", tr("Table with tabs"): "tsv"}
    return ask_where_to_write(parent, tr("Export the glossary"), Path.home() / name, kinds)
