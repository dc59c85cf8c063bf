"""SIGINT and SIGTERM close the window like a hand does."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from PySide6.QtCore import QSocketNotifier, QTimer

_POLL_MS = 300


@contextlib.contextmanager
def close_on_signals(close: Callable[[], object]) -> Iterator[None]:
    """Call ``close`` on the event loop when the process is asked to end.

    Python runs signal handlers between two of its own instructions, and Qt's loop executes none while it waits. A pipe
    that the interpreter writes to wakes the loop; on Windows, where that must be a socket, a slow timer does.
    """

    def ask(_number: int, _frame: FrameType | None) -> None:
        QTimer.singleShot(0, close)

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), ask) for name in names}
    try:
        with _polling() if os.name == "nt" else _pipe():
            yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextlib.contextmanager
def _pipe() -> Iterator[None]:
    source, sink = os.pipe()
    os.set_blocking(source, False)
    os.set_blocking(sink, False)
    before = signal.set_wakeup_fd(sink, warn_on_full_buffer=False)
    notifier = QSocketNotifier(source, QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: os.read(source, 64))
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        os.close(source)
        os.close(sink)


@contextlib.contextmanager
def _polling() -> Iterator[None]:
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(_POLL_MS)
    try:
        yield
    finally:
        timer.stop()
