"""How long until the window is seen, beside a bare PySide6 window, in turns on the same machine.

Each round starts a fresh interpreter and waits for the first picture (the native window is exposed); the median of each
side counts. Run with ``pytest -m bench tests/bench/bench_window.py -s``. Under Xvfb when there is one: the offscreen
platform draws nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 11
REACH = 2.0

WATCH = """
import sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Expose and watched.isExposed():
            print(time.time(), flush=True)
            QApplication.quit()
        return False
watch = Watch()
"""
BARE = (
    WATCH
    + """
from PySide6.QtWidgets import QLabel, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("bare"))
window.resize(1120, 760)
window.winId()
window.windowHandle().installEventFilter(watch)
window.show()
app.exec()
"""
)
OURS = """
from assistant.gui.app import build
app, window = build([])
""" + WATCH.replace("watch = Watch()", "watch = Watch()\nwindow.windowHandle().installEventFilter(watch)\napp.exec()")


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of a display: the one there is, or an Xvfb of our own."""
    if os.environ.get("DISPLAY") or shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "xcb"} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
        return
    source, sink = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(sink), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[sink], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(sink)
    with os.fdopen(source) as pipe:
        number = pipe.readline().strip()
    yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
    server.terminate()
    server.wait(10)


def seconds_until_seen(code: str, environment: dict[str, str]) -> float:
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return float(done.stdout.split()[0]) - began


@pytest.mark.bench
def test_the_window_is_there_soon(screen: dict[str, str]) -> None:
    bare, ours = [], []
    for code in (BARE, OURS):
        seconds_until_seen(code, screen)  # files into memory
    for _ in range(ROUNDS):
        bare.append(seconds_until_seen(BARE, screen))
        ours.append(seconds_until_seen(OURS, screen))
    ratio = statistics.median(ours) / statistics.median(bare)
    result = {
        "bare_seconds": round(statistics.median(bare), 3),
        "window_seconds": round(statistics.median(ours), 3),
        "ratio": round(ratio, 2),
        "reach": REACH,
    }
    print("\n" + json.dumps({"window": result}))
    assert ratio <= REACH, result
