"""The child's side: take the pipe away from the standard descriptors before any native code is loaded."""

from __future__ import annotations

import os
import sys
import threading
from typing import IO, Any, Generic, TypeVar

import msgspec

from assistant.process.codec import Reader, encode

M = TypeVar("M")


class Pipe(Generic[M]):
    """The child's end. ``send`` may be called from any thread; ``read`` from one."""

    def __init__(self, source: IO[bytes], sink: int, types: Any) -> None:
        self._reader: Reader[M] = Reader(source, types)
        self._sink = sink
        self._lock = threading.Lock()

    def read(self) -> M | None:
        """The parent's next message; None when the parent has closed the pipe or is gone."""
        return self._reader.read()

    def send(self, *messages: msgspec.Struct) -> None:
        """Write the messages with one system call. A parent that is gone ends this process."""
        data = memoryview(b"".join(encode(message) for message in messages))
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._sink, data) :]
            except OSError:  # nobody listens any more, so there is nothing left to work for
                os._exit(0)


def take_pipe(types: Any, log: str | None = None) -> Pipe[Any]:
    """Move the pipe from descriptors 0 and 1 to private ones and point 0, 1 and 2 elsewhere.

    After this, native code may print what it likes: standard input is empty, standard output and error go to the log
    that the parent passed as our standard error (or to ``log``).

    :param types: the union of messages that the parent may send.
    """
    if os.name == "nt":  # pragma: no cover - Windows only
        import msvcrt  # noqa: PLC0415

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]
    source = os.dup(0)
    sink = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    if log is not None:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(handle, 2)
        os.close(handle)
    os.dup2(2, 1)
    os.close(null)
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115
    return Pipe(os.fdopen(source, "rb"), sink, types)
