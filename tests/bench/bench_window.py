"""How long until the window is seen, and until it can be used, beside a bare PySide6 window, in turns.

Both count as seen when the native window is exposed and its first picture is painted. Each round starts a fresh
interpreter; the medians count. Alone: ``python tests/bench/bench_window.py``, with ``--json FILE`` for the rows as
data; or ``pytest -m bench tests/bench/bench_window.py -s``. Under Xvfb where there is one: the offscreen platform
draws nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 11
REACH = 2.0

BARE = """
import time
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("bare"))
window.resize(1120, 760)
window.show()
while not window.windowHandle().isExposed():
    app.processEvents()
    time.sleep(0.001)
app.processEvents()
print(time.time(), flush=True)
"""
OURS = """
import time
from assistant.gui import app as module
furnish = module.Session._furnish
def seen(self):
    print(time.time() if self.window.windowHandle().isExposed() else "not seen", flush=True)
    furnish(self)
module.Session._furnish = seen
app, window = module.build([])
while window.chat.conversation is None:
    app.processEvents()
print(time.time(), flush=True)
window.close()
"""


@contextlib.contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of a display: the one there is, or an Xvfb of our own."""
    if os.environ.get("DISPLAY") or shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "xcb" if os.environ.get("DISPLAY") else "offscreen"}
        return
    source, sink = os.pipe()
    command = ["Xvfb", "-displayfd", str(sink), "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[sink], stderr=subprocess.DEVNULL)
    os.close(sink)
    try:
        with os.fdopen(source) as pipe:
            number = pipe.readline().strip()
        yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait(10)


def moments(code: str, environment: dict[str, str]) -> list[float]:
    """Seconds from the start of a fresh interpreter to each moment that the code prints."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    try:
        return [float(line) - began for line in done.stdout.split("\n") if line]
    except ValueError:
        raise RuntimeError(f"no window: {done.stdout} {done.stderr}") from None


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians in seconds: the bare window, ours seen, ours in use."""
    bare, seen, used = [], [], []
    with screen() as display, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **display, "LAMPLIGHT_HOME": f"{folder}/home"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        for code in (BARE, OURS):
            moments(code, environment)  # files into memory, bytecode onto the disk
        for _ in range(rounds):
            bare += moments(BARE, environment)
            ours = moments(OURS, environment)
            seen.append(ours[0])
            used.append(ours[1])
    return {"bare": statistics.median(bare), "seen": statistics.median(seen), "used": statistics.median(used)}


def rows(found: dict[str, float]) -> list[dict[str, object]]:
    """As the table of all benchmarks wants them."""
    note = f"bare {found['bare']:.3f} s, ours seen {found['seen']:.3f} s, ready to type {found['used']:.3f} s"
    ratio = round(found["seen"] / found["bare"], 2)
    return [{"measure": "window visible / bare PySide6 window", "got": ratio, "bound": "at most", "reach": REACH,
             "note": note}]  # fmt: skip


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_the_window_is_there_soon() -> None:
    result = rows(measure())[0]
    print("\n" + json.dumps(result))
    assert result["got"] <= REACH, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    result = rows(measure(options.rounds))
    print("\n".join(f"{row['measure']}: {row['got']} ({row['bound']} {row['reach']}; {row['note']})" for row in result))
    if options.json:
        options.json.write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
