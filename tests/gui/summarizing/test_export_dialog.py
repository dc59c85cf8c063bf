"""The dialog for the file that a summary is written into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.gui.documents import file_dialogs
from assistant.gui.summarizing import exporting


def test_a_name_is_one_on_any_system() -> None:
    assert file_dialogs.file_name("摘要：灯塔") == "摘要：灯塔"
    for reserved in ("CON", "nul", "Com1.report", "LPT9", "aux .txt"):  # devices on Windows
        assert file_dialogs.file_name(reserved) == f"_{reserved}"
    assert file_dialogs.file_name("Console") == "Console"


def test_a_file_is_not_replaced_unasked(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    asked: list[str] = []
    chosen: dict[str, Any] = {"name": "", "kind": 0}

    def run(dialog: QFileDialog) -> bool:
        dialog.selectNameFilter(dialog.nameFilters()[chosen["kind"]])
        dialog.filterSelected.emit(dialog.nameFilters()[chosen["kind"]])
        assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile(chosen["name"])
        return True

    def question(_parent: object, _title: str, words: str) -> QMessageBox.StandardButton:
        asked.append(words)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(file_dialogs, "run_dialog", run)
    monkeypatch.setattr(QMessageBox, "question", question)
    for kind, ending in enumerate(exporting.FORMATS):
        chosen.update(name="report", kind=kind)  # the dialog adds the ending, and asks about that file
        assert exporting.ask_for_target(window, "CON") == tmp_path / f"report.{ending}"
    chosen.update(name="report.docx", kind=0)
    assert exporting.ask_for_target(window, "x") == tmp_path / "report.docx"
    chosen["name"] = "notes of 1.5"
    assert exporting.ask_for_target(window, "x") == tmp_path / "notes of 1.5.md"
    assert asked == []
    (tmp_path / "notes of 1.5.md").write_bytes(b"")
    assert exporting.ask_for_target(window, "x") is None
    assert len(asked) == 1
