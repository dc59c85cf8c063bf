"""Glossaries and the translation memory in their windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.translation.views import MemoryMatch
from assistant.documents.segments import Term
from assistant.gui.documents import file_dialogs
from assistant.gui.itemmodels.terms import COLUMNS
from assistant.gui.theme import contrast
from assistant.gui.translating import glossaries, memory
from assistant.gui.translating.glossaries import GlossariesDialog
from assistant.gui.translating.memory import MemoryDialog
from tests.gui.fakes.translate_desk import Desk
from tests.gui.screen_reader import nameless


@pytest.fixture
def dialog(desk: Desk) -> Any:
    """The window for glossaries, with one of two terms."""
    number = desk.fake.glossaries.create("Bridges", source="en", target="zh-Hans")
    for term in (Term("pier", "桥墩"), Term("Aldgrove", "")):
        desk.fake.glossaries.set_term(number, term)
    desk.press("Ctrl+Shift+D")
    dialog = desk.window.findChild(GlossariesDialog)
    yield dialog
    dialog.accept()


def put(dialog: Any, row: int, column: str, value: Any, role: Any = Qt.ItemDataRole.EditRole) -> bool:
    return dialog.model.setData(dialog.model.index(row, COLUMNS.index(column)), value, role)


def kept(desk: Desk) -> list[Term]:
    (row, *_others) = desk.fake.glossaries.rows()
    return [each.term for each in desk.fake.glossaries.terms(row.id)]


def test_terms_are_edited_added_and_removed_in_the_table(desk: Desk, dialog: Any) -> None:
    assert nameless(dialog) == []
    assert dialog.list.rows.rows[0].line == "2 terms"
    assert put(dialog, 0, "target", "桥脚")
    assert kept(desk)[0] == Term("pier", "桥脚")
    assert put(dialog, 1, "forbidden", Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert kept(desk)[1].forbidden
    assert put(dialog, 2, "target", "渡轮")
    assert len(kept(desk)) == 2, "a term begins with its source"
    assert put(dialog, 2, "source", "  ferry ")
    assert kept(desk)[2] == Term("ferry", "渡轮"), "what was written first is not lost"
    assert dialog.model.rowCount() == 4, "there is always a line for one more"
    dialog.table.setCurrentIndex(dialog.model.index(0, 0))
    dialog.buttons["RemoveTerm"].click()
    assert [term.source for term in kept(desk)] == ["Aldgrove", "ferry"]
    dialog.table.setCurrentIndex(dialog.model.index(2, 0))
    dialog.buttons["RemoveTerm"].click()
    assert len(kept(desk)) == 2


def test_tab_goes_to_the_translation_of_the_term_that_was_just_written(desk: Desk, dialog: Any) -> None:
    table = dialog.table
    for row, (source, target) in ((2, ("oak", "rbl")), (3, ("桥", "brug"))):
        table.setCurrentIndex(dialog.model.index(row, 0))
        QApplication.focusWidget().insert(source)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        QApplication.processEvents()
        assert (table.currentIndex().row(), table.currentIndex().column()) == (row, 1)
        QTest.keyClicks(QApplication.focusWidget(), target)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        QApplication.processEvents()
        assert kept(desk)[row:] == [Term(source, target)]
        assert dialog.model.rowCount() == row + 2


def test_a_glossary_is_made_named_deleted_and_brought_back(desk: Desk, dialog: Any) -> None:
    dialog.buttons["New"].click()
    assert [row.name for row in desk.fake.glossaries.rows()] == ["Bridges", "Glossary 1"]
    assert dialog.focusWidget() is dialog.name
    dialog.name.setText("Rivers")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    dialog.target.choose("de")
    dialog.target.picked.emit("de")
    row = desk.fake.glossaries.rows()[1]
    assert (row.name, row.target) == ("Rivers", "de")
    dialog.buttons["Delete"].click()
    assert [row.name for row in desk.fake.glossaries.rows()] == ["Bridges"]
    assert "Rivers" in dialog._said.text()
    dialog.buttons["Undo"].click()
    assert [row.name for row in desk.fake.glossaries.rows()] == ["Bridges", "Rivers"]
    assert dialog.name.text() == "Rivers"
    assert desk.translateGlossary.findText("Rivers") > 0, "it can be chosen at once"


def test_glossaries_come_from_files_and_go_into_them(
    desk: Desk, dialog: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(glossaries, "ask_for_glossary", lambda _: Path("/x/terms.tbx"))
    dialog.buttons["Import"].click()
    assert desk.fake.glossaries.imported == [Path("/x/terms.tbx")]
    assert dialog._said.text() == "1 term was imported. 2 lines were left out."
    assert dialog.name.text() == "terms"
    monkeypatch.setattr(glossaries, "ask_where", lambda _parent, name: tmp_path / name)
    dialog.buttons["Export"].click()
    assert desk.fake.glossaries.exported[-1][1] == tmp_path / "terms.csv"
    assert "terms.csv" in dialog._said.text()
    desk.fake.glossaries.import_result = AssistantError(ErrorKind.INPUT_EMPTY)
    dialog.buttons["Import"].click()
    assert "empty" in dialog._said.text()


def test_of_a_file_in_several_languages_those_of_the_pane_are_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.translateTo.choose("zh-Hant")
    desk.translateTo.picked.emit("zh-Hant")
    desk.pane.languages.recognize("de")
    desk.press("Ctrl+Shift+D")
    dialog = desk.window.findChild(GlossariesDialog)
    monkeypatch.setattr(glossaries, "ask_for_glossary", lambda _: Path("/x/terms.csv"))
    dialog.buttons["Import"].click()
    assert desk.fake.glossaries.import_what == {"source": "de", "target": "zh-Hant", "others": True}
    dialog.accept()


@pytest.mark.parametrize(("chosen", "used"), [("No glossary", "terms"), ("Bridges", "Bridges")])
def test_the_glossary_that_was_just_made_is_used_where_none_was_chosen(
    chosen: str, used: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fake.glossaries.create("Bridges", source="en", target="zh-Hans")
    box = desk.translateGlossary
    desk.wait(lambda: box.findText("Bridges") > 0)
    box.setCurrentText(chosen)
    box.activated.emit(box.currentIndex())
    desk.press("Ctrl+Shift+D")
    dialog = desk.window.findChild(GlossariesDialog)
    monkeypatch.setattr(glossaries, "ask_for_glossary", lambda _: Path("/x/terms.tbx"))
    dialog.buttons["Import"].click()
    dialog.accept()
    desk.wait(lambda: box.currentText() == used)
    ids = {row.name: row.id for row in desk.fake.glossaries.rows()}
    assert desk.pane.card.choices.options("en", "zh-Hans").glossary == ids[used]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_boxes_of_the_table_can_be_seen(theme: str, desk: Desk, dialog: Any) -> None:
    desk.window._core.settings.set("theme", theme)
    desk.wait(lambda: desk.window._theme.dark is (theme == "dark"))
    QApplication.processEvents()
    cell = dialog.table.visualRect(dialog.model.index(0, COLUMNS.index("exact")))
    image = dialog.table.viewport().grab(cell).toImage()
    middle = [image.pixelColor(across, image.height() // 2) for across in range(image.width())]
    assert max(contrast(middle[-2], colour) for colour in middle) >= 3


def test_what_was_said_of_a_glossary_goes_with_another_one(
    desk: Desk, dialog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glossaries, "ask_for_glossary", lambda _: Path("/x/terms.tbx"))
    for leave in (lambda: dialog.list.chosen.emit(dialog.list.rows.rows[0].id), dialog.buttons["New"].click):
        dialog.buttons["Import"].click()
        assert "imported" in dialog._said.text()
        leave()
        assert dialog._said.text() == ""


def test_the_box_of_glossaries_leads_to_them_and_keeps_what_was_chosen(desk: Desk) -> None:
    box = desk.translateGlossary
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    dialog = desk.window.findChild(GlossariesDialog)
    assert dialog is not None
    assert box.currentText() == "No glossary"
    assert not dialog.buttons["Delete"].isEnabled()
    assert dialog.model.rowCount() == 0
    assert (dialog.source.currentText(), dialog.target.currentText()) == ("Any language", "Any language")
    dialog.accept()


def test_the_memory_is_searched_deleted_and_brought_back(desk: Desk) -> None:
    desk.fake.memory.entries = [
        MemoryMatch(1, "The old bridge.", "旧桥。", 1.0, 1.7e9),
        MemoryMatch(2, "The ferry.", "渡轮。", 1.0, 1.7e9),
    ]
    desk.press("Ctrl+Shift+M")
    dialog = desk.window.findChild(MemoryDialog)
    assert nameless(dialog) == []
    assert dialog.model.rowCount() == 2
    assert dialog.said.text() == "2 sentences are remembered."
    dialog.search.setText("渡")
    dialog._typing.stop()
    dialog._typing.timeout.emit()
    assert [dialog.model.data(dialog.model.index(0, at)) for at in (0, 1)] == ["The ferry.", "渡轮。"]
    assert not dialog.remove.isEnabled()
    flags = QItemSelectionModel.SelectionFlag
    dialog.table.selectionModel().select(dialog.model.index(0, 0), flags.ClearAndSelect | flags.Rows)
    dialog.remove.click()
    assert [each.id for each in desk.fake.memory.entries] == [1]
    dialog.undo.click()
    assert [each.id for each in desk.fake.memory.entries] == [1, 2]
    dialog.accept()


def test_the_memory_is_shared_with_other_programs(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "ask_for_memory", lambda _: tmp_path / "theirs.tmx")
    monkeypatch.setattr(memory, "ask_where", lambda _: tmp_path / "ours.tmx")
    desk.window.translating.show_memory()
    dialog = desk.window.findChild(MemoryDialog)
    assert nameless(dialog) == []
    assert not dialog.write.isEnabled(), "there is nothing to write"
    dialog.bring.click()
    assert desk.fake.memory.imported == [tmp_path / "theirs.tmx"]
    told = "1 sentence was imported. 2 entries were left out. 1 sentence is remembered."
    desk.wait(lambda: dialog.said.text() == told)
    desk.wait(dialog.write.isEnabled)
    dialog.write.click()
    assert desk.fake.memory.exported == [tmp_path / "ours.tmx"]
    assert dialog.said.text().startswith("Saved as")
    desk.fake.memory.import_result = AssistantError(ErrorKind.DOCUMENT_DAMAGED, format="tmx")
    dialog.bring.click()
    desk.wait(lambda: "tmx" in dialog.said.text().lower())
    dialog.accept()


def test_a_memory_of_the_same_name_is_not_replaced_unasked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]

    def question(_parent: object, _title: str, words: str) -> QMessageBox.StandardButton:
        asked.append(words)
        return answers.pop(0)

    monkeypatch.setattr(QMessageBox, "question", question)
    monkeypatch.setattr(file_dialogs, "run_dialog", lambda _: True)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(tmp_path / "ours of 1.5")])
    ours = tmp_path / "ours of 1.5.tmx"
    assert memory.ask_where(desk.window) == ours
    ours.write_text("kept", encoding="utf-8")
    assert [memory.ask_where(desk.window) for _ in range(2)] == [None, ours]
    assert asked == ["ours of 1.5.tmx is already there. Replace it?"] * 2


def test_a_glossary_is_written_as_what_was_chosen(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run(dialog: QFileDialog) -> bool:
        dialog.selectNameFilter(dialog.nameFilters()[1])
        monkeypatch.setattr(dialog, "selectedFiles", lambda: [str(tmp_path / "Bridges 1.5")])
        return True

    monkeypatch.setattr(file_dialogs, "run_dialog", run)
    assert glossaries.ask_where(desk.window, "Bridges.csv") == tmp_path / "Bridges 1.5.tsv"


def test_a_separator_in_a_list_is_a_line_and_no_empty_item(desk: Desk) -> None:
    for box in (desk.translateFrom, desk.translateTo, desk.translateGlossary):
        view = box.view()
        heights = {row: view.sizeHintForIndex(box.model().index(row, 0)).height() for row in range(box.count())}
        lines = [row for row in heights if not box.itemText(row)]
        assert lines
        assert all(heights[row] < 12 < heights[0] for row in lines)
