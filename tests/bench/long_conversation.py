"""The window in a fresh process, in which a long conversation is opened and read: time and memory, as JSON.

``python -m tests.bench.long_conversation NUMBER`` opens that conversation in the home that ``LAMPLIGHT_HOME`` names.
"""

from __future__ import annotations

import json
import sys
import time

import psutil
from PySide6.QtWidgets import QApplication

from tests.bench.gaps import open_window, settled, until, wait

_STEPS = 100


def _held() -> float:
    """Megabytes that this process has in memory."""
    return float(psutil.Process().memory_info().rss) / 2**20


def main(conversation: int) -> None:
    """Open it, and scroll from its beginning to its end.

    Prints milliseconds until its first picture, the most megabytes that were ever held (which the system's own count
    of peaks would not tell: it takes over that of the process which started this one), the messages that are laid out
    in the end, and how many there are.
    """
    app = QApplication([])
    app.setStyle("Fusion")  # as the program does
    settled(measure_models=False)
    with open_window(app) as window:
        transcript = window.chat.transcript
        until(lambda: transcript.preparing.done, "what is made ready while nobody waits")
        wait(1)
        began = time.perf_counter()
        window.chat.open(conversation)
        window.repaint()
        transcript.viewport().repaint()
        first_paint = (time.perf_counter() - began) * 1000
        peak = _held()
        wait(0.5)
        bar = transcript.verticalScrollBar()
        for step in range(_STEPS + 1):
            bar.setValue(bar.maximum() * step // _STEPS)
            wait(0.005)
            peak = max(peak, _held())
        views = transcript.layout_of_text.views  # most of which nobody has asked for, so that they are not made
        told = {"laid_out": sum(view.loaded for view in views.made.values()), "messages": len(views)}
    print(json.dumps({"first_paint": round(first_paint, 1), "peak": round(peak, 1), **told}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
