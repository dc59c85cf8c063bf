"""The first start: shown once, in the way of nobody, and useful without any network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint

from assistant.gui.itemmodels.rows import Row
from assistant.gui.models import importing
from assistant.library.downloads import State
from assistant.library.index import HeaderFacts
from tests.fakes.tiny_models import write_plain
from tests.gui.fakes.models_core import FakeParts, download, found_elsewhere
from tests.gui.helpers import SLOW, child, say
from tests.gui.screen_reader import nameless


@pytest.fixture
def first(home: Any, starter_path: Path) -> Any:
    """A first start, with the starter as the only model."""
    home.first_start = True
    home.paths.models.mkdir(parents=True)
    (home.paths.models / starter_path.name).symlink_to(starter_path)
    return home


def guide_of(window: Any, qtbot: Any) -> Any:
    qtbot.waitUntil(lambda: window.navigation.guide is not None, timeout=SLOW)
    return window.navigation.guide


def test_it_is_shown_once_and_only_to_who_has_no_model_of_their_own(first: Any, qtbot: Any) -> None:
    window = first.open()
    guide_of(window, qtbot)
    first.close(window)
    again = first.open()
    assert again.navigation.guide is None
    first.close(again)
    first.model("own")
    (first.paths.config / "state.json").unlink()
    assert first.open().navigation.guide is None


def test_whoever_writes_at_once_is_not_held_up(first: Any, qtbot: Any) -> None:
    window = first.open()
    guide = guide_of(window, qtbot)
    assert window.focusWidget() in (None, child(window, "chatInput"))
    assert child(window, "chatInput").isVisible()
    say(window, "Hello")
    qtbot.waitUntil(lambda: "Hello" in window.transcript_text(), timeout=SLOW)
    assert not guide.isVisible()
    window.chat.stop()


def test_it_opens_no_connection_by_itself(first: Any, qtbot: Any) -> None:
    window = first.open()
    guide_of(window, qtbot)
    assert window._core.network.ledger() == []


def test_it_says_so_when_connections_are_forbidden_meanwhile(
    first: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    window = first.open()
    guide = guide_of(window, qtbot)
    settings = window._core.settings
    assert "offline" not in guide._fit.text()
    settings.set("offline", True)
    qtbot.waitUntil(lambda: "offline" in guide._fit.text(), timeout=SLOW)
    settings.set("offline", False)
    qtbot.waitUntil(lambda: "offline" not in guide._fit.text(), timeout=SLOW)


@pytest.fixture
def guide(first: Any, qtbot: Any) -> Any:
    """The guide over parts of a core that answer by hand."""
    first.first_start = False
    window = first.open()
    parts = FakeParts(window._core)
    first, *others = found_elsewhere()
    searches = replace(first, path=Path("/models/search"), facts=HeaderFacts(embeds=True))
    parts.models.elsewhere_found = [first, searches, *others]
    window.verbs["guide"].trigger()
    window.navigation.guide.parts = parts
    return window.navigation.guide


def test_one_model_is_recommended_with_reason_and_size(guide: Any) -> None:
    notes = [row.note for row in guide.choices.rows.rows]
    assert notes[0] == "recommended"
    assert set(notes[1:]) <= {"smaller, faster", "larger, better"}
    assert len(notes) == 3
    assert guide._why.text()
    assert "GB" in guide.get.text()
    assert "Licence: Apache-2.0" in guide._fit.text()
    assert nameless(guide.window()) == []


def test_a_model_can_be_got_in_the_smallest_window_without_scrolling(guide: Any, qtbot: Any) -> None:
    window = guide.window()
    window.resize(720, 480)
    window.show()
    field = child(window, "chatInput")

    def above() -> bool:
        return guide.get.mapTo(window, guide.get.rect().bottomLeft()).y() < field.mapTo(window, QPoint(0, 0)).y() - 8

    qtbot.waitUntil(above, timeout=SLOW)
    assert guide.rect().contains(guide.get.mapTo(guide, guide.get.rect().bottomLeft()))
    window.resize(1200, 900)
    qtbot.waitUntil(guide._about.isVisible, timeout=SLOW)


def test_where_it_is_very_low_the_button_stands_below_what_scrolls(guide: Any, qtbot: Any) -> None:
    window = guide.window()
    window.show()
    window._core.settings.set("text_size", 200)
    window.resize(1024, 600)
    qtbot.waitUntil(lambda: guide.get.parentWidget() is guide._bar and guide._bar.isVisible(), timeout=SLOW)
    assert guide.rect().contains(guide.get.mapTo(guide, guide.get.rect().bottomLeft()))
    assert guide.verticalScrollBar().maximum() > 0
    assert guide._bar.geometry().top() > guide.viewport().geometry().bottom()
    name = guide._chosen.text()
    assert name == guide.choices.rows.rows[0].title
    guide.get.setFocus()
    guide.choices.setCurrentIndex(guide.choices.rows.index(1))
    assert guide._chosen.text() == guide.choices.rows.rows[1].title != name
    window._core.settings.set("text_size", 100)
    window.resize(1200, 900)
    qtbot.waitUntil(lambda: guide.get.parentWidget() is guide._actions, timeout=SLOW)
    assert not guide._bar.isVisible()
    assert guide.get.isVisible()
    assert guide.get.geometry().right() < guide.licence.geometry().left()
    assert guide._title.isVisible()


def test_a_note_that_is_long_goes_on_in_a_second_line(guide: Any, qtbot: Any) -> None:
    choices = guide.choices
    short = Row("a", "A model", "1.3 GB · a few words")
    choices.show_rows([short])
    high = choices.height()
    choices.show_rows([replace(short, line="1.3 GB · " + "a note with its decisive half at the end " * 3)])
    assert choices.height() > high
    qtbot.wait(20)
    assert choices.sizeHintForRow(0) > high - 12
    assert choices.verticalScrollBar().maximum() == 0


def test_another_choice_changes_what_is_got(guide: Any) -> None:
    window, parts = guide.window(), guide.parts
    smaller = guide.choices.rows.rows[1]
    guide.choices.setCurrentIndex(guide.choices.rows.index(1))
    guide.get.click()
    assert parts.market.got == [smaller.id]
    assert window.frame.current == "models"
    assert window.navigation.guide is None


def test_what_another_program_has_is_used_in_place(guide: Any) -> None:
    parts = guide.parts
    assert len(guide.found.rows.rows) == 3  # one that does not answer is none to begin with
    used: list[str] = []
    parts.real.chosen.choose = used.append
    assert not guide.use.isEnabled()
    guide.found.setCurrentIndex(guide.found.rows.index(0))
    guide.use.click()
    assert [one.app for one in parts.models.adopted] == ["ollama"]
    assert used
    assert guide.window().navigation.guide is None


def test_the_starter_is_named_for_what_it_is(guide: Any) -> None:
    window = guide.window()
    assert guide.demo.text() == "Start now with the small English demo model"
    guide.demo.click()
    assert window.navigation.guide is None
    assert window.chat.welcome.isVisible()


def test_it_can_be_skipped_and_opened_again(guide: Any) -> None:
    window = guide.window()
    guide.skip.click()
    assert window.navigation.guide is None
    window.verbs["guide"].trigger()
    assert window.navigation.guide.isVisible()


def test_it_follows_the_language(guide: Any) -> None:
    core = guide.parts.real
    core.settings.set("language", "zh_CN")
    assert guide.choices.rows.rows[0].line.split(" · ")[1] != ""
    assert any("\u4e00" <= character <= "\u9fff" for character in guide.choices.rows.rows[0].line)
    core.settings.set("language", "en")
    assert not any("\u4e00" <= character <= "\u9fff" for character in guide.choices.rows.rows[0].line)


def test_it_stays_while_a_file_is_looked_for_and_goes_once_a_model_has_come(
    first: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_plain(tmp_path / "own.gguf")
    chosen: list[list[Path]] = [[], [path]]
    monkeypatch.setattr(importing, "ask_for_files", lambda *_: chosen.pop(0))
    monkeypatch.setattr(importing, "ask_how", lambda *_, **__: False)
    window = first.open()
    guide = guide_of(window, qtbot)
    child(window, "guideFile").click()  # and the dialog is closed without a choice
    assert window.navigation.guide is guide
    child(window, "guideFile").click()
    qtbot.waitUntil(lambda: window.navigation.guide is None, timeout=SLOW)
    assert window._core.models.chosen().path == path


def test_it_goes_also_when_a_model_was_dropped_beside_it_and_can_be_opened_again(
    first: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ask_how", lambda *_, **__: False)
    window = first.open()
    guide_of(window, qtbot)
    window.importer.bring_in(write_plain(tmp_path / "own.gguf"))
    qtbot.waitUntil(lambda: window.navigation.guide is None, timeout=SLOW)
    window.navigation.open_guide()
    window.navigation.guide.refresh()
    assert window.navigation.guide is not None


def test_where_there_is_no_model_yet_one_that_is_on_its_way_is_told(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = home.open()
    rows = [download()]
    monkeypatch.setattr(window._core.downloads, "rows", lambda: rows)
    window._bridge.downloads_changed.emit()
    for page in (window.chat.welcome, window.translating.show().result.welcome):
        assert (page._line.text(), page._get.text()) == ("A model is being downloaded", "Show the download")
    rows[0] = replace(rows[0], state=State.PAUSED)
    window._bridge.downloads_changed.emit()
    assert window.chat.welcome._line.text() == "No model yet"


def test_it_is_as_wide_as_the_field_below_it(guide: Any) -> None:
    composer = guide.window().chat.composer
    assert guide.get.window().isVisible()
    assert guide._inner.maximumWidth() == composer.maximumWidth()
