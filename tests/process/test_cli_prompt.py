"""Ctrl+C while a line is read, also when it comes at the moment in which the interpreter does not hear it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant.cli import prompt

SECONDS = 30

if os.name == "posix":
    import ctypes
    import pty
    import select

    def _deaf(_prompt: str) -> str:
        """Waits as ``input`` does, in C; the interrupt is noted by another thread, so that it does not end the wait."""
        threading.Timer(0.02, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT)).start()
        ctypes.CDLL(None).poll(None, 0, SECONDS * 1000)
        return ""

    def test_an_interrupt_that_ends_no_wait_is_heard_all_the_same() -> None:
        before = signal.getsignal(signal.SIGINT)
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            prompt.read_line("> ", _deaf)
        assert time.monotonic() - begin < SECONDS / 2
        assert signal.getsignal(signal.SIGINT) is before

    def _open_files() -> int:
        return sum(1 for _ in Path("/dev/fd").iterdir())

    def test_a_line_is_a_line_and_nothing_stays_behind() -> None:
        threads, files = threading.active_count(), _open_files()
        assert prompt.read_line("> ", lambda shown: f"after {shown}") == "after > "
        assert (threading.active_count(), _open_files()) == (threads, files)
        assert signal.set_wakeup_fd(-1) == -1

    def test_the_end_of_the_input_passes_through() -> None:
        def ends(_prompt: str) -> str:
            raise EOFError

        with pytest.raises(EOFError):
            prompt.read_line("> ", ends)

    _LOOP = (
        "from assistant.cli import prompt\n"
        "while True:\n"
        "    try: prompt.read_line('> ')\n"
        "    except KeyboardInterrupt: print('heard', flush=True)\n"
    )

    def test_every_interrupt_at_the_prompt_is_heard() -> None:
        """Sent in the moment in which the prompt appears: one of fifty was lost there."""
        own, terminal = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-c", _LOOP], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
        ) as process:
            os.close(terminal)
            try:
                for _ in range(60):
                    _wait_for(own, b"> ")
                    process.send_signal(signal.SIGINT)
                    _wait_for(own, b"heard")
            finally:
                process.kill()
                os.close(own)

    def _wait_for(own: int, wanted: bytes) -> None:
        seen = b""
        end = time.monotonic() + SECONDS
        while wanted not in seen:
            ready, _, _ = select.select([own], [], [], max(0.0, end - time.monotonic()))
            assert ready, (wanted, seen)
            with contextlib.suppress(BlockingIOError):
                seen += os.read(own, 1)
