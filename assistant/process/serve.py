"""The child's side: take the pipe away from the standard descriptors before any native code is loaded."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import IO, Any, Generic, TypeVar

import msgspec

from assistant.process.codec import FrameError, Reader, encode

EXIT_BAD_FRAME = 71
"""Exit code of a child whose parent spoke nonsense."""

M = TypeVar("M")


class Pipe(Generic[M]):
    """The child's end. ``send`` may be called from any thread; ``read`` from one, unless ``listen`` was called."""

    def __init__(self, source: IO[bytes], sink: int, types: Any) -> None:
        self._reader: Reader[M] = Reader(source, types)
        self._sink = sink
        self._lock = threading.Lock()

    def read(self) -> M | None:
        """The parent's next message; None when the parent has closed the pipe or is gone."""
        return self._reader.read()

    def listen(self, on_message: Callable[[M], None]) -> None:
        """Read on a thread of its own and hand each message to ``on_message`` there.

        When the pipe ends the whole process leaves at once, whatever its other threads are doing: a child that is
        busy must not outlive a parent that closed the pipe, was killed, or crashed.
        """
        threading.Thread(target=self._listen, args=(on_message,), name="pipe", daemon=True).start()

    def send(self, *messages: msgspec.Struct) -> None:
        """Write the messages with one system call. A parent that is gone ends this process.

        :raises FrameError: a message is too long or holds invalid Unicode; nothing was written.
        """
        data = encode(messages[0]) if len(messages) == 1 else b"".join(map(encode, messages))
        with self._lock:
            try:
                written = os.write(self._sink, data)
                while written < len(data):
                    written += os.write(self._sink, memoryview(data)[written:])
            except OSError:  # nobody listens any more, so there is nothing left to work for
                os._exit(0)

    def _listen(self, on_message: Callable[[M], None]) -> None:
        code = 1  # a handler that fails ends the process too: its parent waits for answers that would never come
        try:
            while (message := self._reader.read()) is not None:
                on_message(message)
            code = 0
        except FrameError:
            code = EXIT_BAD_FRAME
        except OSError:
            code = 0
        except BaseException as error:
            say_where(error)
        finally:
            if sys.stderr is not None:
                sys.stderr.flush()
            os._exit(code)


def say_where(error: BaseException | None) -> None:
    """Print which error it was and where: its words may hold what was asked for, and the log is no place for that."""
    place = traceback.format_tb(error.__traceback__) if error is not None else ()
    print(type(error).__name__, *place, file=sys.stderr, flush=True)  # noqa: T201


def take_pipe(types: Any, log: str | None = None) -> Pipe[Any]:
    """Move the pipe from descriptors 0 and 1 to private ones and point 0, 1 and 2 elsewhere.

    After this, native code may print what it likes: standard input is empty, standard output and error go to the log
    that the parent passed as our standard error (or to ``log``). Of an error that nobody expected the log tells where
    it was, and not its words.

    :param types: the union of messages that the parent may send.
    """
    if os.name == "nt":  # pragma: no cover - Windows only
        import msvcrt  # noqa: PLC0415

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]
    sys.excepthook = lambda _kind, error, _trace: say_where(error)
    threading.excepthook = lambda failed: say_where(failed.exc_value)
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
