"""The dialog for the file that a translation is written into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.core.translation.views import JobState, TranslationView
from assistant.gui.documents import file_dialogs
from assistant.gui.translating import exporting
from assistant.tasks.translation import TranslateOptions

VIEW = TranslationView(1, JobState.DONE, "d", "报告", TranslateOptions("zh-Hans"), (), format="markdown", language="en")


@pytest.mark.parametrize("name", ["report.md", "报告.md"])
def test_the_document_is_not_written_over(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    source = tmp_path / name
    source.write_text("Hello", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    names = [str(source), str(tmp_path / "sub" / ".." / name), str(tmp_path / "other.md")]
    said: list[str] = []

    def run(dialog: QFileDialog) -> bool:
        chosen = names.pop(0)
        monkeypatch.setattr(dialog, "selectedFiles", lambda: [chosen])
        return True

    monkeypatch.setattr(file_dialogs, "run_dialog", run)
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, words: said.append(words))
    assert exporting.ask_for_target(window, VIEW, source) == tmp_path / "other.md"
    assert names == []
    assert said == [f"“{name}” is the document itself. Choose another name."] * 2


def test_who_gives_up_is_not_asked_again(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(file_dialogs, "run_dialog", lambda _: False)
    assert exporting.ask_for_target(window, VIEW, tmp_path / "report.md") is None
