"""The parent's side of a child process: start it, speak with it, know how it ended."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assistant.process.codec import FrameError, Reader, encode
from assistant.process.outcome import Ending, Outcome, outcome_of

_DETAIL_BYTES = 4000
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]


class Child:
    """One child process with a pipe of typed messages.

    ``on_message`` and ``on_end`` are called on the child's reader thread: they only put things into a queue.
    ``on_end`` is called exactly once, after the last message.

    :param room: whose ``main`` runs: ``python -m assistant.<room>.main`` (frozen: the program with ``--child``).
    :param types: the union of messages that the child may send.
    :param log: file that receives what the child and its native libraries print; None discards it.
    :param command: replaces the whole command line (fakes in tests).
    :param lower_priority: give way to the program that the user looks at.
    """

    def __init__(
        self,
        room: str,
        *,
        types: Any,
        on_message: Callable[[Any], None],
        on_end: Callable[[Outcome], None],
        log: Path | None = None,
        command: list[str] | None = None,
        environ: Mapping[str, str] | None = None,
        lower_priority: bool = False,
    ) -> None:
        self.room = room
        self._types = types
        self._on_message = on_message
        self._on_end = on_end
        self._log = log
        self._command = command or child_command(room)
        self._environ = child_environment(environ)
        self._lower_priority = lower_priority
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._verdict: Outcome | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the process. A failure to start arrives as ``on_end`` like every other end."""
        try:
            self._process = self._spawn()
        except OSError as error:
            self._verdict = Outcome(Ending.FAILED_TO_START, None, str(error))
            threading.Thread(target=self._finish, name=f"{self.room}-end", daemon=True).start()
            return
        threading.Thread(target=self._read, name=f"{self.room}-reader", daemon=True).start()
        threading.Thread(target=self._write, name=f"{self.room}-writer", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and not self._ended.is_set()

    def send(self, message: msgspec.Struct) -> None:
        """Queue ``message`` for the child; never blocks. Messages to a child that is gone are dropped."""
        self._outbox.put(encode(message))

    def close(self, wait: float | None = None) -> None:
        """Close the pipe, which a child answers by leaving; end it by force after ``wait`` seconds (None: do not wait)."""
        self._closing = True
        self._outbox.put(None)
        if wait is not None and not self._ended.wait(wait):
            self.kill(Ending.CLOSED)
            self._ended.wait(5)

    def kill(self, ending: Ending, detail: str = "") -> None:
        """End the process at once; ``ending`` says why in the outcome."""
        if self._verdict is None:
            self._verdict = Outcome(ending, None, detail)
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        flags = 0
        if os.name == "nt":  # pragma: no cover - Windows only
            flags = subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined]
            if self._lower_priority:
                flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]
        stderr: Any = subprocess.DEVNULL
        if self._log is not None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            stderr = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self._environ,
                creationflags=flags,
                close_fds=True,
                # Its own session: Ctrl+C in the terminal is for us to handle, the child hears it from us.
                start_new_session=os.name != "nt",
            )
        finally:
            if isinstance(stderr, int) and stderr >= 0:
                os.close(stderr)
        if self._lower_priority and os.name != "nt":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, 5)
        return process

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        reader: Reader[Any] = Reader(self._process.stdout, self._types)
        try:
            while (message := reader.read()) is not None:
                self._on_message(message)
        except FrameError as error:
            # A frame that is cut off means that the child died while writing; anything else is nonsense.
            if "ended inside" not in str(error):
                self.kill(Ending.BABBLED, str(error))
        except (OSError, ValueError):
            pass  # the pipe is gone; the process's end says why
        self._finish()

    def _finish(self) -> None:
        process = self._process
        if process is not None:
            try:
                code = process.wait(10)
            except subprocess.TimeoutExpired:  # it closed its pipe and lives on
                process.kill()
                code = process.wait()
            own = self._verdict
            detail = (own.detail if own else "") or self._log_tail()
            self._outbox.put(None)
            outcome = Outcome(own.ending, code, detail) if own else outcome_of(code, closing=self._closing, detail=detail)
        else:
            outcome = self._verdict or Outcome(Ending.FAILED_TO_START)
        self._ended.set()
        self._on_end(outcome)

    def _write(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        pipe = self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            while (data := self._outbox.get()) is not None:
                pipe.write(data)
                if self._outbox.empty():
                    pipe.flush()
        with contextlib.suppress(OSError, ValueError):
            pipe.close()

    def _log_tail(self) -> str:
        if self._log is None:
            return ""
        try:
            with self._log.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _DETAIL_BYTES))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""


def child_command(room: str) -> list[str]:
    """The command line that runs ``assistant.<room>.main``. Plain ASCII: paths travel in messages."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", room]
    # -P: a json.py in the folder where the user happens to be must not be imported.
    return [sys.executable, "-P", "-m", f"assistant.{room}.main"]


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: ours without secrets, and with what keeps native libraries quiet."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("HF_TOKEN")}
    parts = [str(_PACKAGE_PARENT), *filter(None, [environ.get("PYTHONPATH")])]
    environ["PYTHONPATH"] = os.pathsep.join(parts)
    environ["PYTHONUTF8"] = "1"
    environ["GGML_NO_BACKTRACE"] = "1"  # otherwise an abort starts a debugger on the user's machine
    environ["HF_HUB_OFFLINE"] = "1"
    environ.update(extra or {})
    return environ
