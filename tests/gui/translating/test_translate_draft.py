"""A text that was typed or pasted to be translated is not lost: not by a restart, nor by a look at something else."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.core.events import Phase
from assistant.core.translation.views import JobState
from assistant.storage.state import StateFile
from tests.gui.fakes.translate_desk import BRIDGE, Desk
from tests.gui.fakes.translations_core import FakeTranslating
from tests.gui.helpers import SLOW, child

TYPED = "The bridge fell. Nobody was hurt.\n  卢卡斯把渡船开到了对岸。😀\n"


def kept(window: Any) -> str:
    """What is on disk."""
    store = window._core._store
    assert store.drain()
    return str(store.jobs.draft("translation"))


@pytest.fixture
def desk(desk: Desk, qtbot: Any) -> Desk:
    qtbot.waitUntil(lambda: desk.pane.opening.draft._kept is not None, timeout=SLOW)
    return desk


def test_what_is_typed_is_on_disk_a_second_later(desk: Desk) -> None:
    desk.type(TYPED)
    assert desk.pane.opening.draft._timer.isActive()
    desk.wait(lambda: kept(desk.window) == TYPED)
    assert desk.window._core._store.jobs.draft("summary") == "", "each pane has its own"
    desk.type("")
    desk.wait(lambda: kept(desk.window) == "")


@pytest.mark.parametrize("live", [True, False])
def test_it_is_there_at_the_next_start_and_no_model_is_loaded_for_it(live: bool, home: Any, qtbot: Any) -> None:
    home.settings(translate_live=live)
    home.model("fake")
    window = home.open()
    window.frame.show_pane("translate")
    QApplication.processEvents()
    child(window, "translateInput").setPlainText(TYPED)
    QTest.keyClicks(child(window, "translateDomain"), "law")
    QTest.keyClicks(child(window, "translateAudience"), "judges")
    home.close(window)
    window = home.open()
    fake = FakeTranslating(window._core)
    window.frame.show_pane("translate")
    field = child(window, "translateInput")
    qtbot.waitUntil(lambda: field.toPlainText() == TYPED, timeout=SLOW)
    pane = window.translating.pane
    assert (pane.options().domain, pane.options().audience) == ("law", "judges")
    qtbot.wait(300)
    assert fake.translations.planned == []
    assert fake.translations.live_texts == []
    assert child(window, "translateRun").isEnabled()
    assert pane.job is None
    if live:
        child(window, "translateRun").click()
        qtbot.waitUntil(lambda: bool(fake.translations.live_texts), timeout=SLOW)
        assert fake.translations.live_texts[-1][0] == TYPED


def test_what_is_in_the_history_is_no_draft_any_more(desk: Desk) -> None:
    if desk.pane.live.on:
        desk.translateLive.click()
    desk.type(TYPED)
    desk.pane.keep()
    assert kept(desk.window) == TYPED
    desk.settle()
    desk.translateRun.click()
    assert desk.pane.job
    desk.pane.keep()
    assert kept(desk.window) == ""


def test_a_file_an_example_and_an_old_translation_leave_it_alone(desk: Desk) -> None:
    job = desk.finished()
    desk.pane.new()
    desk.type(TYPED)
    desk.open()
    desk.pane._chosen(job)
    desk.pane.keep()
    assert kept(desk.window) == TYPED
    desk.pane.new()
    assert desk.translateInput.isVisible()
    assert desk.translateInput.toPlainText() == TYPED
    desk.pane.new()
    assert desk.translateInput.toPlainText() == ""
    desk.pane._example(0)
    assert desk.translateInput.toPlainText()
    desk.pane.keep()
    assert kept(desk.window) == "", "an example is nobody's own text"


def test_a_draft_that_comes_late_does_not_take_the_place_of_what_is_open(desk: Desk) -> None:
    made = desk.open(text=BRIDGE)
    desk.pane.opening.draft.came.emit(TYPED)
    assert desk.pane.opening.document is made
    assert desk.translateSource.isVisible()
    desk.pane.new()
    assert desk.translateInput.toPlainText() == TYPED
    desk.type("Newer")
    desk.pane.opening.draft.came.emit(TYPED)
    assert desk.translateInput.toPlainText() == "Newer"


def test_the_translation_that_was_shown_is_shown_at_the_next_start(home: Any, qtbot: Any) -> None:
    home.settings(translate_live=False)
    home.model("fake,words=6")
    window = home.open()
    window.frame.show_pane("translate")
    child(window, "translateInput").setPlainText(TYPED)
    pane = window.translating.pane
    qtbot.waitUntil(lambda: pane.opening.document is not None, timeout=SLOW)
    child(window, "translateRun").click()
    qtbot.waitUntil(lambda: bool(pane.job) and pane.view().state is JobState.DONE, timeout=SLOW)
    job, targets = pane.job, [segment.target for segment in pane.view().segments]
    home.close(window)
    window = home.open()
    pane = window.translating.pane
    window.frame.show_pane("translate")
    qtbot.waitUntil(lambda: [segment.target for segment in pane.rows.segments] == targets, timeout=SLOW)
    assert pane.job == job
    assert window._core.chosen.view.phase is Phase.ASLEEP, "no model is loaded for it"
    pane.source.focus_text()
    for key in "Yes":
        QTest.keyClicks(window.focusWidget(), key)
    field = child(window, "translateInput")
    qtbot.waitUntil(lambda: field.toPlainText() == f"{TYPED}Yes", timeout=SLOW)  # who types there writes on
    child(window, "translationNew").click()
    assert pane.job is None
    home.close(window)
    window = home.open()
    window.frame.show_pane("translate")
    qtbot.waitUntil(lambda: window.translating.pane.opening.draft._kept is not None, timeout=SLOW)
    assert window.translating.pane.job is None, "somebody had begun something new"


def test_what_is_shown_and_chosen_is_there_also_after_an_unclean_end(desk: Desk) -> None:
    job = desk.finished()
    desk.translateFormality.setCurrentIndex(1)
    desk.translateFormality.activated.emit(1)
    assert desk.pane._state_timer.isActive()
    desk.pane._state_timer.timeout.emit()
    state = StateFile(desk.window._core.paths.config / "state.json")
    assert state.get("translate_shown") == job
    assert state.get("translate_options")["formality"] == "formal"


def test_the_glossary_that_was_chosen_is_there_at_the_next_start(home: Any, qtbot: Any) -> None:
    for _ in range(2):
        window = home.open()
        window.frame.show_pane("translate")
        qtbot.waitUntil(lambda window=window: window.translating.pane._started, timeout=SLOW)
        choices, glossaries = window.translating.pane.card.choices, window._core.glossaries
        if not glossaries.rows():
            glossaries.create("Town")
            window.translating.pane._show_glossaries()
            choices.use_glossary(glossaries.rows()[0].id)
        assert choices.glossary.currentText() == "Town"
        assert window.translating.pane.options().glossary == glossaries.rows()[0].id
        home.close(window)


def test_what_is_typed_where_another_translation_is_shown_waits_for_the_text_of_that_one(desk: Desk) -> None:
    first, second = desk.finished(), desk.finished()
    desk.core.originals = {first: "The first text.", second: "第二篇。\n\n"}
    desk.core.waits = True
    for job, words in ((first, "never"), (second, "yes")):
        desk.pane._chosen(job)
        QTest.keyClicks(desk.translateSource, words)
    assert len(desk.core.pending) == 2
    for answer in list(desk.core.pending):
        answer()
    assert desk.translateInput.toPlainText() == "第二篇。\n\nyes"
