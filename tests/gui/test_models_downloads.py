"""The strip of downloads: what it says, what its buttons do, how it stays small and quick."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox

from assistant.base.errors import AssistantError, ErrorKind
from assistant.gui.widgets.controls import Label
from assistant.gui.widgets.models import downloads as model_downloads
from assistant.gui.widgets.models.downloads import progress_words
from assistant.library.downloads import State
from tests.gui.fakes.models_core import FakeParts, download
from tests.gui.helpers import SLOW, child


@pytest.fixture
def parts(window: Any) -> FakeParts:
    found = FakeParts(window._core)
    found.window = window
    window.navigation.show_models("installed")
    return found


@pytest.fixture
def strip(parts: FakeParts) -> Any:
    return parts.window.navigation.pane.downloads


UNREACHABLE = AssistantError(ErrorKind.NET_UNREACHABLE, host="huggingface.co")

TROUBLE = AssistantError(ErrorKind.NET_SERVER, host="huggingface.co", status=503)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (download(), ("1.1 GB of 2.7 GB", "12.3 MB/s", "2 min 9 s left", "huggingface.co")),
        (download(size=0, left=-1.0), ("1.1 GB", "12.3 MB/s")),
        (download(speed=0.0, left=-1.0, source="", elsewhere=True), ("1.1 GB of 2.7 GB", "by another Lamplight")),
        (download(state=State.QUEUED, done=0), ("Waiting for its turn", "2.7 GB")),
        (download(state=State.PAUSED), ("Paused", "1.1 GB of 2.7 GB")),
        (download(state=State.CHECKING), ("Checking",)),
        (download(state=State.CONNECTING), ("Connecting",)),
        (download(state=State.WAITING, error=UNREACHABLE, wait=12.0), ("huggingface.co cannot", "Next try in 12 s.")),
        (download(state=State.WAITING, error=TROUBLE, wait=2.0), ("1.1 GB of 2.7 GB", "(error 503). Next try in 2 s.")),
        (download(state=State.FAILED, error=AssistantError(ErrorKind.DOWNLOAD_DAMAGED, name="a")), ("checksum",)),
    ],
)
def test_how_it_stands_is_said(item: Any, words: tuple[str, ...]) -> None:
    said = progress_words(item)
    assert all(word in said for word in words), said


def test_the_strip_is_there_while_something_is_coming(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    assert not strip.isVisible()
    parts.downloads.add(download("A"), download("B", state=State.QUEUED, done=0))
    qtbot.waitUntil(strip.isVisible, timeout=SLOW)
    assert strip.height() < strip.parentWidget().height() / 2
    bar = child(parts.window, "modelsProgress")
    assert bar.value() == pytest.approx(1000 * 1.15 / 2.74, abs=1)
    assert bar.accessibleName() == "Progress of A"
    parts.downloads.change("A", state=State.DONE)
    qtbot.waitUntil(lambda: bar.accessibleName() == "Progress of B", timeout=SLOW)
    parts.downloads.cancel("B")
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=SLOW)


def test_a_download_to_which_nothing_comes_says_so(
    parts: FakeParts, strip: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_downloads, "_STILL_SECONDS", 0.0)  # as if as long had passed
    parts.downloads.add(download("A"))
    row = strip._rows[0]
    qtbot.waitUntil(lambda: "nothing arrives at the moment" in row._words.text(), timeout=SLOW)
    assert "left" not in row._words.text()
    monkeypatch.setattr(model_downloads, "_STILL_SECONDS", 1000.0)
    parts.downloads.change("A", done=1_160_000_000)
    qtbot.waitUntil(lambda: "12.3 MB/s" in row._words.text(), timeout=SLOW)
    parts.downloads.change("A", state=State.PAUSED)
    monkeypatch.setattr(model_downloads, "_STILL_SECONDS", 0.0)
    parts.downloads.change("A", wait=0.0)
    qtbot.waitUntil(lambda: row._words.text().startswith("Paused"), timeout=SLOW)


def test_pause_goes_on_and_cancel(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    parts.downloads.add(download("A"))
    qtbot.waitUntil(strip.isVisible, timeout=SLOW)
    pause, resume, cancel = (child(parts.window, f"models{verb}") for verb in ("Pause", "Resume", "Cancel"))
    assert (pause.isVisible(), resume.isVisible()) == (True, False)
    assert pause.accessibleName() == "Pause: A"
    pause.click()
    qtbot.waitUntil(resume.isVisible, timeout=SLOW)
    assert not pause.isVisible()
    resume.click()
    qtbot.waitUntil(pause.isVisible, timeout=SLOW)
    parts.downloads.change("A", done=200_000)
    qtbot.wait(1)
    cancel.click()  # little is lost
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=SLOW)
    assert [verb for verb, _ in parts.downloads.asked] == ["pause", "resume", "cancel"]


def test_a_key_pauses_and_goes_on_from_any_pane_and_says_so(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    window = parts.window
    window.frame.show_pane("chat")
    key = window.verbs["downloads"]
    said = lambda: window.notices.notice.sentence  # noqa: E731
    key.trigger()
    assert said() == "Nothing is being downloaded."
    parts.downloads.add(download("A"))
    key.trigger()
    assert said() == "The downloads are paused."
    key.trigger()
    assert said() == "The downloads are resumed."
    assert parts.downloads.asked == [("pause", "A"), ("resume", "A")]


def test_much_that_has_come_is_not_thrown_away_unasked(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    parts.downloads.add(download("A"))
    qtbot.waitUntil(strip.isVisible, timeout=SLOW)
    child(parts.window, "modelsCancel").click()
    (box,) = parts.window.findChildren(QMessageBox)
    assert "A" in box.text()
    assert "1.1 GB" in box.informativeText()
    assert (box.defaultButton().text(), box.escapeButton()) == ("Go on downloading", box.defaultButton())
    box.defaultButton().click()
    assert parts.downloads.asked == []
    qtbot.waitUntil(lambda: not parts.window.findChildren(QMessageBox), timeout=SLOW)
    child(parts.window, "modelsCancel").click()
    (box,) = parts.window.findChildren(QMessageBox)
    next(button for button in box.buttons() if button.text() == "Cancel the download").click()
    assert parts.downloads.asked == [("cancel", "A")]
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=SLOW)


def test_one_that_waits_can_go_first(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    parts.downloads.add(download("A"), download("B", state=State.QUEUED), download("C", state=State.QUEUED))
    qtbot.waitUntil(strip.isVisible, timeout=SLOW)
    child(parts.window, "modelsFirst3").click()
    assert parts.downloads.asked == [("first", "C")]
    qtbot.waitUntil(lambda: strip._rows[0]._item.id == "C", timeout=SLOW)


def test_a_failed_one_offers_another_try(parts: FakeParts, strip: Any, qtbot: Any) -> None:
    parts.downloads.add(download("A", state=State.FAILED, error=UNREACHABLE))
    qtbot.waitUntil(strip.isVisible, timeout=SLOW)
    again = child(parts.window, "modelsResume")
    assert again.accessibleName() == "Try again: A"
    again.click()
    assert parts.downloads.asked == [("resume", "A")]


def test_news_four_times_a_second_cost_little(parts: FakeParts, strip: Any, qtbot: Any, monkeypatch: Any) -> None:
    """One line is written for each, and nothing is asked or shown anew."""
    parts.downloads.add(*(download(f"Model {at}", state=State.QUEUED if at else State.DOWNLOADING) for at in range(20)))
    qtbot.waitUntil(lambda: strip.isVisible() and strip._rows[0]._item is not None, timeout=SLOW)
    written: list[str] = []
    asked: list[int] = []
    write, ask = Label.setText, parts.market.catalogue

    def written_here(label: Label, text: str) -> None:
        if strip.isAncestorOf(label):  # elsewhere the window may still be building
            written.append(text)
        write(label, text)

    monkeypatch.setattr(Label, "setText", written_here)
    monkeypatch.setattr(parts.market, "catalogue", lambda context: (asked.append(context), ask(context))[1])
    for at in range(1, 11):
        done = 1_200_000_000 + at * 100_000_000
        parts.downloads.change("Model 0", done=done)
        qtbot.waitUntil(lambda done=done: strip._rows[0]._item.done == done, timeout=SLOW)
    assert not asked
    assert len(written) == 10
