"""Reading a line from a person, such that Ctrl+C is always heard.

``input`` waits in C. An interrupt that arrives after the prompt was shown and before that waiting has begun is only
noted by the interpreter, and nobody looks at the note until the next key: to the person, Ctrl+C did nothing. So while
a line is read, a thread learns of each interrupt from the interpreter's wake-up pipe and sends it once more to the
thread that waits, until that one has taken it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.cli.terminal import Terminal

_AGAIN = 0.05  # seconds until an interrupt that was not heard is sent once more


def entries(terminal: Terminal, read: Callable[[], str]) -> Iterator[str]:
    """What a person enters, one after the other and never nothing, until the end.

    :param read: gives the next; EOFError ends, KeyboardInterrupt drops what was begun.
    """
    while True:
        try:
            text = read()
        except EOFError:
            terminal.write("\n")
            return
        except KeyboardInterrupt:
            terminal.write("\n")
            terminal.say(tr("Ctrl+D leaves."), dim=True)
            continue
        if text.strip():
            yield text


def read_line(prompt: str, ask: Callable[[str], str] = input) -> str:
    """Show ``prompt`` and return a line.

    :param ask: what shows and waits (tests give another).
    :raises EOFError: the user leaves; KeyboardInterrupt: the line is dropped.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return ask(prompt)  # Windows ends its wait itself
    return _Listener().during(ask, prompt)


class _Listener:
    """Listens for interrupts while one line is read."""

    def __init__(self) -> None:
        self._heard = False

    def during(self, ask: Callable[[str], str], prompt: str) -> str:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        watcher = threading.Thread(
            target=self._watch, args=(reading, threading.get_ident()), name="interrupts", daemon=True
        )
        watcher.start()
        handler = signal.signal(signal.SIGINT, self._on_interrupt)
        wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        try:
            try:
                return ask(prompt)
            finally:
                self._heard = True  # what comes from here on is late
        finally:
            signal.set_wakeup_fd(wakeup)
            os.close(writing)  # the watcher leaves, and with it whatever it may have sent
            watcher.join()
            os.close(reading)
            signal.signal(signal.SIGINT, handler)

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if not self._heard:
            self._heard = True
            raise KeyboardInterrupt

    def _watch(self, reading: int, waiting: int) -> None:
        patience: float | None = None
        while True:
            ready, _, _ = select.select([reading], [], [], patience)
            if ready:
                numbers = os.read(reading, 256)
                if not numbers:
                    return
                if signal.SIGINT in numbers:
                    patience = _AGAIN
            elif self._heard:
                patience = None
            elif sys.platform != "win32":
                with contextlib.suppress(OSError):
                    signal.pthread_kill(waiting, signal.SIGINT)
