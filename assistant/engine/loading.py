"""How far a load is, and that it moves: one native call of it can take minutes where the disk is slow."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from assistant.engine.messages import Load, Loading
from assistant.engine.sink import Sink

_STEP = 0.01  # progress below this is not worth a message
_WORKED = 0.01  # seconds of processor time between two signs of life: more than the signs themselves take
_CAME = 1 << 18  # bytes that the process grew or shrank by meanwhile: parts of the file come, or make room
_SEEN = 0.5  # of the progress, at most, is told by how much of the file has come into memory


class LoadingTeller:
    """Tells the parent about one load, from the thread that loads and from one that gives signs of life.

    Reading a file from a slow disk is often one native call, before the library tells any progress (it maps the file)
    or after all of it (the first decode touches what is mapped). What it brings into memory is told instead. Nothing
    is said while nothing moves, neither processor nor memory, so that the parent can tell.
    """

    def __init__(self, sink: Sink, load: Load) -> None:
        self._sink = sink
        self._id = load.id
        self._lock = threading.Lock()
        self._told = -1.0
        self._size = _size(load)
        self._empty = self._rss = _rss()
        self._worked = time.process_time()

    def tell(self, done: float) -> None:
        """The library says that ``done`` (0 to 1) of it is done."""
        with self._lock:
            if done - self._told >= _STEP:
                self._told = done
                self._sink.send(Loading(id=self._id, progress=done))

    def beat(self) -> None:
        """A sign of life, unless nothing has moved since the last one."""
        worked, rss = time.process_time(), _rss()
        moved = worked - self._worked >= _WORKED or abs(rss - self._rss) >= _CAME
        self._worked, self._rss = worked, rss
        if moved:
            with self._lock:
                self._told = max(self._told, _SEEN * min(1.0, max(0, rss - self._empty) / self._size))
                self._sink.send(Loading(id=self._id, progress=self._told))

    @contextlib.contextmanager
    def beating(self, seconds: float) -> Iterator[None]:
        """Give signs of life every so many seconds, from another thread."""
        over = threading.Event()

        def run() -> None:
            while not over.wait(seconds):
                self.beat()

        thread = threading.Thread(target=run, name="loading", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _size(load: Load) -> int:
    """Bytes of the model's file, at least 1."""
    with contextlib.suppress(OSError, ValueError):
        return max(1, Path(os.fsdecode(load.raw) if load.raw else load.path).stat().st_size)
    return 1


def _rss() -> int:
    return int(psutil.Process().memory_info().rss)
