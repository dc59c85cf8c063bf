"""A text that was typed or pasted to be summarized is not lost: not by a restart, nor by a look at something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from assistant.gui.widgets.source_editor import MOST
from tests.gui.fakes.summaries_core import FakePapers, document
from tests.gui.helpers import SLOW, child

TYPED = "The bridge fell. Nobody was hurt.\n  卢卡斯把渡船开到了对岸。😀\n"


def show(window: Any) -> Any:
    """The pane, in view."""
    window.resize(1240, 800)
    window.frame.show_pane("summarize")
    QApplication.processEvents()
    return window.summarizing.pane


def kept(window: Any) -> str:
    """What is on disk."""
    store = window._core._store
    assert store.drain()
    return store.jobs.draft()


@pytest.fixture
def pane(window: Any, qtbot: Any) -> Any:
    shown = show(window)
    qtbot.waitUntil(lambda: shown.opening.draft._kept is not None, timeout=SLOW)
    return shown


@pytest.fixture
def papers(window: Any) -> FakePapers:
    return FakePapers(window._core)


def test_what_is_typed_is_on_disk_a_second_later_also_while_one_goes_on(window: Any, pane: Any, qtbot: Any) -> None:
    timer = pane.opening.draft._timer
    pane.source.editor.setPlainText(TYPED)
    assert timer.isActive()
    assert timer.interval() == 1000
    qtbot.wait(300)
    pane.source.editor.appendPlainText("More.")
    assert timer.remainingTime() < 800, "who types on without a pause has it kept all the same"
    qtbot.waitUntil(lambda: kept(window) == TYPED + "\nMore.", timeout=SLOW)
    pane.source.editor.setPlainText("")
    qtbot.waitUntil(lambda: kept(window) == "", timeout=SLOW)


def test_what_is_typed_is_there_at_the_next_start_and_loads_no_model(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    show(window).source.editor.setPlainText(TYPED)
    home.close(window)  # at once: no timer has run
    window = home.open()
    pane = window.summarizing.pane
    papers = FakePapers(window._core)
    qtbot.waitUntil(lambda: pane.source.editor.toPlainText() == TYPED, timeout=SLOW)
    qtbot.waitUntil(lambda: pane.opening.document is not None, timeout=SLOW)
    assert child(window, "summarizeRun").isEnabled()
    pane._models_changed()
    assert not pane.planning._timer.isActive()
    assert papers.summaries.planned == []
    pane.source.editor.appendPlainText("And on.")
    qtbot.waitUntil(lambda: papers.summaries.planned != [], timeout=SLOW)


def test_a_paste_too_long_for_the_field_is_there_at_the_next_start(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    pane = show(window)
    mime = QMimeData()
    text = "".join(f"Line {number} of many.\n" for number in range(MOST // 10))
    mime.setText(text)
    pane.source.editor.insertFromMimeData(mime)
    home.close(window)
    window = home.open()
    pane = window.summarizing.pane
    qtbot.waitUntil(lambda: pane.opening.document is not None, timeout=SLOW)
    assert kept(window) == text
    assert child(window, "documentView").isVisible()
    assert pane.opening.document.text.rstrip().endswith(f"Line {MOST // 10 - 1} of many.")
    assert pane.source.editor.toPlainText() == ""


def test_what_becomes_a_summary_is_no_draft_any_more(window: Any, papers: FakePapers, pane: Any) -> None:
    pane.source.editor.setPlainText(TYPED)
    pane.opening.draft.keep()
    assert kept(window) == TYPED
    pane.run()
    assert pane.job is not None
    assert kept(window) == ""
    pane.keep()
    assert kept(window) == ""
    pane.edit()
    pane.source.editor.appendPlainText("Another end.")
    pane.keep()
    assert kept(window) == TYPED + "\nAnother end."


def test_a_file_an_example_and_an_old_summary_leave_what_was_typed_alone(
    window: Any, papers: FakePapers, pane: Any
) -> None:
    pane.source.editor.setPlainText(TYPED)
    papers.documents.results["report.pdf"] = document()
    pane.open_file(Path("/somewhere/report.pdf"))
    pane.run()
    pane._example(0)
    assert pane.job is not None
    pane.keep()
    assert kept(window) == TYPED
    pane.new()
    assert pane.source.editor.isVisible()
    assert pane.source.editor.toPlainText() == TYPED
    assert pane.opening.document.text == TYPED.strip()
    pane.new()
    assert pane.source.editor.toPlainText() == ""
    pane.keep()
    assert kept(window) == ""


def test_a_draft_that_comes_late_does_not_take_the_place_of_what_is_open(
    window: Any, papers: FakePapers, pane: Any
) -> None:
    papers.documents.results["report.pdf"] = made = document()
    pane.open_file(Path("/somewhere/report.pdf"))
    pane.opening.draft.came.emit(TYPED)
    assert pane.opening.document is made
    pane.new()
    assert pane.source.editor.toPlainText() == TYPED
    pane.source.editor.setPlainText("Newer")
    pane.opening.draft.came.emit(TYPED)
    assert pane.source.editor.toPlainText() == "Newer"
