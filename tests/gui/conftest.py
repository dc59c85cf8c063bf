"""Windows for tests: the real core with a fake engine's child, and nothing left behind.

* Any warning that Qt prints fails the test.
* A window that is still there after its test fails it, and so does what a slot has raised.
* ``heartbeat`` measures the longest gap of the event loop.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, QtMsgType
from PySide6.QtWidgets import QApplication

from assistant.base.paths import default_paths
from assistant.core import core as core_module
from assistant.core.core import Core
from assistant.engine.client import EngineClient
from assistant.gui import app as app_module
from assistant.gui.main_window import MainWindow
from assistant.storage.reports import pending_report

ENGINE = [sys.executable, str(Path(__file__).resolve().parents[1] / "fakes" / "engine_child.py")]
SLOW = 20_000  # milliseconds to wait for what takes a moment; two shared cores can be slow

if os.environ.get("QT_QPA_PLATFORM") == "offscreen":  # whose own screen is smaller than a window
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).with_name('screens.json')}"

# What the offscreen platform says about what it cannot do.
_HARMLESS = ("This plugin does not support",)


@pytest.fixture(autouse=True)
def _qt_is_quiet(qtlog: Any) -> Iterator[None]:
    """Whatever Qt warns about is a defect."""
    yield
    told = [
        record.message
        for record in qtlog.records
        if record.type in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and not record.message.startswith(_HARMLESS)
    ]
    assert not told, told


@pytest.fixture(autouse=True)
def _no_window_stays(qapp: QApplication) -> Iterator[None]:
    before = set(QApplication.topLevelWidgets())
    yield
    bury(qapp)
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    names = [f"{type(widget).__name__} {widget.objectName()} {widget.windowTitle()}" for widget in left]
    for widget in left:
        widget.deleteLater()
    bury(qapp)
    assert not names, names


def bury(app: QApplication) -> None:
    """Carry out what was put off with ``deleteLater``."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.processEvents()


class Home:
    """One ``LAMPLIGHT_HOME`` and the windows over it, one after the other."""

    def __init__(self, folder: Path, qtbot: Any) -> None:
        self.folder = folder
        self.paths = default_paths({"LAMPLIGHT_HOME": str(folder)})
        self._qtbot = qtbot
        self._windows: list[MainWindow] = []
        self.first_start = False  # the guide is shown
        self.faulty = False  # the test has something raise, on purpose

    def settings(self, **values: Any) -> None:
        """Write these settings before a window is opened. The model is loaded when it is needed unless one says so."""
        self.paths.config.mkdir(parents=True, exist_ok=True)
        self.paths.settings.write_text(json.dumps({"load_at_start": False, **values}), "utf-8")
        state = self.paths.config / "state.json"
        if not state.exists():
            state.write_text(json.dumps({"guide_seen": not self.first_start}), "utf-8")

    def model(self, name: str = "fake", *, base: bool = False) -> Path:
        """A model's file; what the fake engine does with it is said in its name (see ``fakes/engine_backend.py``)."""
        from tests.fakes.tiny_models import write_base, write_plain

        self.paths.models.mkdir(parents=True, exist_ok=True)
        path = self.paths.models / f"{name}.gguf"
        return write_base(path) if base else write_plain(path)

    def open(self, *, started: bool = True, models: bool = True) -> MainWindow:
        """Open the window as the program does.

        :param started: wait until the core has opened what is kept; ``models``: and knows the models.
        """
        if not self.paths.settings.exists():
            self.settings()
        _app, window = app_module.build([])
        self._windows.append(window)
        if started:
            self._qtbot.waitUntil(lambda: window.chat.conversation is not None, timeout=SLOW)
        if started and models:
            self._qtbot.waitUntil(lambda: window._core.models.known, timeout=SLOW)
            self._qtbot.wait(1)
        return window

    def log(self) -> str:
        """What the windows have written down so far."""
        path = self.paths.logs / "lamplight.log"
        return path.read_text("utf-8") if path.exists() else ""

    def close(self, window: MainWindow) -> None:
        """Close a window and take it apart."""
        self._windows.remove(window)
        window.close()
        app = QApplication.instance()
        for session in app.findChildren(app_module.Session):
            if session.window is window:
                session.deleteLater()
        window.deleteLater()
        bury(app)

    def close_all(self) -> None:
        for window in list(self._windows):
            self.close(window)


@pytest.fixture
def home(lamplight_home: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home without models and without windows; the engine of its windows is the fake one."""
    monkeypatch.setattr(core_module, "Core", partial(Core, connect=_connect))
    place = Home(lamplight_home, qtbot)
    yield place
    place.close_all()
    report = pending_report(place.paths)
    assert report is None, report.text
    assert place.faulty or " fault" not in place.log(), place.log()


def _connect(deliver: Callable[[Any], None], log: Path | None) -> EngineClient:
    return EngineClient(deliver, log=log, command=ENGINE)


@pytest.fixture
def window(home: Home) -> MainWindow:
    """An open window with one fake model that chats."""
    home.model("fake")
    return home.open()


class Heartbeat(QObject):
    """The longest time, in seconds, that the event loop did not come round, measured with a timer of 10 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(10)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def restart(self) -> None:
        """Forget what was; what comes counts."""
        self.gaps.clear()
        self._last = time.perf_counter()

    @property
    def longest(self) -> float:
        return max(self.gaps, default=0.0)


@pytest.fixture
def heartbeat(qapp: QApplication) -> Iterator[Heartbeat]:
    beat = Heartbeat()
    yield beat
    beat._timer.stop()
