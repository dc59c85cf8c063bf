"""A child process that does what it is told, most of it badly. Run as a script; the types are imported by the tests."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from assistant.process import Child, encode, take_pipe


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of what is said between the tests and this child."""


class Do(Message):
    """An order; see the functions named ``do_...`` below."""

    what: str
    number: int = 0
    text: str = ""
    data: bytes = b""


class Said(Message):
    text: str = ""
    number: int = 0


class About(Message):
    """What this process knows about itself."""

    argv: tuple[str, ...]
    environ: dict[str, str]
    path: tuple[str, ...]
    json_file: str
    folder: str


Answer = Said | About

COMMAND = [sys.executable, "-P", str(Path(__file__).resolve())]
DEAF = [*COMMAND, "deaf"]  # never reads its pipe


def make_child(**options: Any) -> Child:
    """A ``Child`` that runs this file."""
    options.setdefault("command", COMMAND)
    return Child("echo", types=Answer, **options)


def main() -> None:
    pipe = take_pipe(Do)
    if "deaf" in sys.argv:
        pipe.send(Said(text="deaf"))
        time.sleep(600)
        return
    orders: queue.SimpleQueue[Do] = queue.SimpleQueue()
    pipe.listen(orders.put)
    while True:
        order = orders.get()
        _DOES[order.what](pipe, order)


def _echo(pipe: Any, order: Do) -> None:
    pipe.send(Said(text=order.text, number=order.number))


def _about(pipe: Any, order: Do) -> None:
    import json

    pipe.send(
        About(
            argv=tuple(sys.orig_argv),
            environ=dict(os.environ),
            path=tuple(sys.path),
            json_file=str(json.__file__),
            folder=str(Path.cwd()),
        )
    )


def _print(pipe: Any, order: Do) -> None:
    """Text on both standard outputs, as a native library would write it, and then an answer."""
    os.write(1, order.text.encode())
    os.write(2, order.text.encode())
    sys.stdout.write(order.text)
    sys.stdout.flush()
    pipe.send(Said(text=repr(os.read(0, 10))))


def _signal(pipe: Any, order: Do) -> None:
    os.kill(os.getpid(), order.number)
    time.sleep(600)


def _raw(pipe: Any, order: Do) -> None:
    """Bytes of the test's choice on the pipe, then an end (number < 0) or another answer."""
    data = memoryview(order.data)
    while data:
        data = data[os.write(pipe._sink, data) :]
    if order.number < 0:
        os._exit(0)
    pipe.send(Said(text="after"))


def _flood(pipe: Any, order: Do) -> None:
    """``number`` bytes of good messages, as fast as they go."""
    block = encode(Said(text=order.text)) * (1 + 50_000 // (1 + len(order.text)))
    for _ in range(order.number // len(block) + 1):
        os.write(pipe._sink, block)
    pipe.send(Said(text="flooded"))


def _mute(pipe: Any, order: Do) -> None:
    """Close the pipe and live on."""
    os.close(pipe._sink)
    time.sleep(600)


def _busy(pipe: Any, order: Do) -> None:
    """Keep the interpreter busy for ever."""
    pipe.send(Said(text="busy"))
    while True:
        sum(range(1000))


def _stubborn(pipe: Any, order: Do) -> None:
    """Ignore the end of the pipe: what ``listen`` does is undone."""
    threading.excepthook = lambda args: None
    os._exit = lambda code: time.sleep(600)  # type: ignore[assignment]
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send(Said(text="stubborn"))


def _sleep(pipe: Any, order: Do) -> None:
    time.sleep(order.number / 1000)
    pipe.send(Said(text="slept"))


def _fail(pipe: Any, order: Do) -> None:
    """By an error that nobody expected, with the text in its words and in those of its cause."""
    if order.number:
        thread = threading.Thread(target=_fail, args=(pipe, Do(what="fail", text=order.text)))
        thread.start()
        thread.join()
        return
    try:
        int(order.text)
    except ValueError as error:
        raise KeyError(order.text) from error


def _exit(pipe: Any, order: Do) -> None:
    os._exit(order.number)


_DOES = {
    "echo": _echo,
    "about": _about,
    "print": _print,
    "signal": _signal,
    "raw": _raw,
    "flood": _flood,
    "mute": _mute,
    "busy": _busy,
    "stubborn": _stubborn,
    "sleep": _sleep,
    "fail": _fail,
    "exit": _exit,
}


if __name__ == "__main__":
    main()
