"""What a child and its native libraries print, in a file that cannot grow without end."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from pathlib import Path

HEAD_BYTES = 2 * 1024 * 1024  # of one child, kept from its beginning
TAIL_BYTES = 64 * 1024  # and of its last words, which say why it ended
_CUT = b"\n[...]\n"
_PIECE = 32 * 1024
_PATIENCE = 2.0  # seconds: a grandchild may keep the pipe open


class ChildLog:
    """Reads a pipe into a file, from ``start`` until the other end is closed.

    The file holds the beginning at once; of what is beyond ``HEAD_BYTES`` the end is added when the child is gone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """The descriptor that the child is to write to, for the caller to close; -1 if there can be no file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError:
            return -1
        reading, writing = os.pipe()
        thread = threading.Thread(target=self._run, args=(reading, file), name="child-log", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads
            for descriptor in (reading, writing, file):
                os.close(descriptor)
            return -1
        self._thread = thread
        return writing

    def wait(self) -> None:
        """Until all that the child has printed is in the file."""
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self, reading: int, file: int) -> None:
        room = HEAD_BYTES
        try:
            while piece := os.read(reading, _PIECE):
                head, rest = piece[:room], piece[room:]
                room -= len(head)
                _write(file, head)
                self._remember(rest)
            if self._tail:
                _write(file, _CUT + b"".join(self._tail)[-TAIL_BYTES:])
        finally:
            os.close(reading)
            os.close(file)

    def _remember(self, piece: bytes) -> None:
        if not piece:
            return
        self._tail.append(piece)
        self._tail_bytes += len(piece)
        while self._tail_bytes - len(self._tail[0]) >= TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())


def _write(file: int, data: bytes) -> None:
    """Write to the log; a full disk is no reason to stop the child."""
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(file, data) :]
