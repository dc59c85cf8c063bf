"""What measurements of the whole window share: the window itself, and how long its event loop takes to come round.

What other programs take away shows as gaps of ours. So the gaps of an idle window are told beside, and ``work``: the
same gap counted in processor time of the window's thread, which is what is ours of it.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from assistant.base.paths import default_paths
from assistant.core.events import Phase
from assistant.gui import app as app_module
from assistant.gui.main_window import MainWindow
from assistant.storage.settings import Settings

BEAT_MS = 5


class Beat(QObject):
    """How long the event loop took to come round, again and again, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps.append((now - self._last) * 1000)
        self.work.append((work - self._last_work) * 1000)
        self._last, self._last_work = now, work

    def stop(self) -> None:
        self._timer.stop()


def ends(values: list[float]) -> tuple[float, float]:
    """The largest value and the one that 99 % are under."""
    values = sorted(values)
    return round(values[-1], 1), round(values[len(values) * 99 // 100], 1)


def wait(seconds: float) -> None:
    """Let the event loop turn for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def until(done: Callable[[], bool], why: str, seconds: float = 90) -> None:
    """Let the event loop turn until ``done``."""
    end = time.monotonic() + seconds
    while not done():
        wait(0.1)
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {why}"


def say(name: str, **values: Any) -> None:
    """A row for ``faces.py``: one line of JSON."""
    print("\n" + json.dumps({name: values}, ensure_ascii=False), flush=True)


def settled(**settings: Any) -> None:
    """A home with these settings, in which the guide of the first start was seen."""
    paths = default_paths()
    store = Settings(paths.settings)
    for key, value in settings.items():
        store.set(key, value)
    (paths.config / "state.json").write_text(json.dumps({"guide_seen": True}), "utf-8")


@contextlib.contextmanager
def open_window(app: QApplication) -> Iterator[MainWindow]:
    """The program's window, shown, in which a conversation can be had; afterwards nothing of it is left."""
    _app, window = app_module.build([])
    try:
        until(lambda: window.chat.conversation is not None and window._core.models.known, "the core")
        window.resize(1240, 800)
        yield window
    finally:
        window.close()
        wait(0.5)
        for session in app.findChildren(app_module.Session):
            session.deleteLater()
        window.deleteLater()
        wait(0.2)


def model_is_loaded(window: MainWindow) -> bool:
    """Whether the model that answers is ready."""
    return window._core.chosen.view.phase is Phase.READY
