"""The models pane over the real core and net child, and a server on this machine that speaks the Hub's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.fakes.hub import Hub
from tests.gui.helpers import SLOW, child

REPO, FILE = "maker/Little-GGUF", "Little-Q4_K_M.gguf"


@pytest.fixture
def hub(home: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    model = home.model("other-words,words=2")
    content = model.read_bytes()
    model.unlink()
    home.model("fake", base=True)
    with Hub() as server:
        server.add(REPO, FILE, data=content)
        server.add(REPO, "Little-Q8_0.gguf", size=30_000_000)
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        monkeypatch.delenv("HF_HUB_OFFLINE")
        yield server


@pytest.fixture
def pane(hub: Hub, home: Any) -> Any:
    window = home.open()
    window.navigation.show_models("hub")
    return window.navigation.pane


def search(pane: Any, qtbot: Any) -> None:
    pane.side.search.setText("little")
    QTest.keyClick(pane.side.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.side.list.rows.rowCount() == 1, timeout=SLOW)
    pane.side.list.setCurrentIndex(pane.side.list.rows.index(0))
    qtbot.waitUntil(lambda: pane.stack.currentWidget() is pane.repo, timeout=SLOW)


def test_from_the_search_to_a_model_that_can_be_used(pane: Any, hub: Hub, qtbot: Any) -> None:
    window = pane.page.window()
    search(pane, qtbot)
    assert pane.repo.variants.current() == "Q4_K_M"
    child(window, "modelsLook").click()
    qtbot.waitUntil(lambda: "estimate" not in pane.repo.verdict.sentence.text(), timeout=SLOW)
    get = child(window, "modelsGet")
    get.click()
    qtbot.waitUntil(lambda: get.text() == "Use for chat", timeout=SLOW)
    assert [model.name for model in window._core.models.installed()] == ["fake", "Little"]
    pane.show_model(next(m.key for m in window._core.models.installed() if m.name == "Little"))
    child(window, "modelsVerify").click()
    bar = window.notices
    qtbot.waitUntil(lambda: bar.notice is not None and "checksum is right" in bar.notice.sentence, timeout=SLOW)
    child(window, "modelsRemove").click()
    qtbot.waitUntil(lambda: len(window._core.models.installed()) == 1, timeout=SLOW)
    qtbot.waitUntil(lambda: "removed" in bar.notice.sentence, timeout=SLOW)
    bar._buttons[0].click()
    qtbot.waitUntil(lambda: len(window._core.models.installed()) == 2, timeout=SLOW)


def test_a_download_pauses_goes_on_and_is_given_up(pane: Any, hub: Hub, qtbot: Any) -> None:
    window = pane.page.window()
    hub.throttle = 3_000_000
    search(pane, qtbot)
    pane.repo.variants.setCurrentIndex(pane.repo.variants.rows.index(pane.repo.variants.rows.row_of("Q8_0")))
    child(window, "modelsGet").click()
    pause, resume, cancel = (child(window, f"models{verb}") for verb in ("Pause", "Resume", "Cancel"))
    qtbot.waitUntil(lambda: child(window, "modelsProgress").value() > 0, timeout=SLOW)
    pause.click()
    qtbot.waitUntil(resume.isVisible, timeout=SLOW)
    assert pane.downloads._rows[0]._words.text().startswith("Paused")
    resume.click()
    qtbot.waitUntil(pause.isVisible, timeout=SLOW)
    cancel.click()
    qtbot.waitUntil(lambda: not pane.downloads.isVisible(), timeout=SLOW)
    assert [model.name for model in window._core.models.installed()] == ["fake"]


def test_every_connection_is_in_the_list(pane: Any, hub: Hub, qtbot: Any) -> None:
    window = pane.page.window()
    search(pane, qtbot)
    window.verbs["connections"].trigger()
    dialog = child(window, "connectionsDialog")
    whys = {dialog.model.index(row, 2).data() for row in range(dialog.model.rowCount())}
    assert whys == {"Search", "Look at a model"}
    before = dialog.model.rowCount()
    window._core.market.search("more", lambda _: None)
    qtbot.waitUntil(lambda: dialog.model.rowCount() > before, timeout=SLOW)  # it follows what happens
    dialog.accept()


def test_offline_is_said_and_nothing_is_sent(pane: Any, hub: Hub, qtbot: Any) -> None:
    pane._core.settings.set("offline", True)
    pane.side.search.setText("little")
    QTest.keyClick(pane.side.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.empty.button.text() == "Connections…", timeout=SLOW)
    assert hub.requests == 0
