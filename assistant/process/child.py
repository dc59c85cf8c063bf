"""The parent's side of a child process: start it, speak with it, know how it ended."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assistant.process.childlog import ChildLog
from assistant.process.codec import MAX_FRAME, CutError, FrameError, Reader, encode
from assistant.process.launch import child_command, child_environment
from assistant.process.outcome import Ending, Outcome, outcome_of

_DETAIL_BYTES = 4000
_CLOSE_GRACE = 5.0  # seconds between our closing the pipe and its end by force
_LEAVE_GRACE = 2.0  # seconds for a child that has closed its own end of the pipe


class Child:
    """One child process with a pipe of typed messages.

    ``on_message`` and ``on_end`` are called on the child's reader thread: they only put things into a queue.
    ``on_end`` is called exactly once, after the last message. Nothing is read from the child while ``on_message``
    runs, so a handler that waits holds a fast child back; ``close`` and ``kill`` never wait for a handler. A child
    that sends more than any honest one could (see ``Flood``) is ended, so that a queue behind ``on_message`` that
    nobody empties stays bounded too.

    :param room: whose ``main`` runs: ``python -m assistant.<room>.main`` (frozen: the program with ``--child``).
    :param types: the union of messages that the child may send.
    :param log: file that receives what the child and its native libraries print (see ``ChildLog``); None discards it.
    :param command: replaces the whole command line (fakes in tests).
    :param environ: what is added to the child's environment.
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
        self._log_file = ChildLog(log) if log is not None else None
        self._command = command or child_command(room)
        self._environ = child_environment(environ)
        self._lower_priority = lower_priority
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._closing = False
        self._verdict: Outcome | None = None
        self._verdict_lock = threading.Lock()
        self._ended = threading.Event()  # the process is gone
        self._told = threading.Event()  # and ``on_end`` has been called

    def start(self) -> None:
        """Start the process. A failure to start arrives as ``on_end`` like every other end."""
        try:
            self._process = self._spawn()
        except (OSError, MemoryError) as error:
            self._judge(Outcome(Ending.FAILED_TO_START, None, str(error)))
        self._reader = threading.Thread(target=self._run, name=f"{self.room}-reader", daemon=True)
        try:
            self._reader.start()
            if self._process is not None:
                threading.Thread(target=self._write, name=f"{self.room}-writer", daemon=True).start()
        except RuntimeError as error:  # the system gives no more threads: nobody may wait for this child
            self.kill(Ending.FAILED_TO_START, str(error))
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
            if self._reader.ident is None:
                self._run()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and not self._ended.is_set()

    def send(self, message: msgspec.Struct) -> None:
        """Queue ``message`` for the child; never blocks. Messages to a child that is gone are dropped.

        :raises FrameError: the message is too long or holds invalid Unicode.
        """
        data = encode(message)
        if not self._ended.is_set():
            self._outbox.put(data)

    def close(self, wait: float | None = None) -> None:
        """Close the pipe, which a child answers by leaving; one that does not leave is ended by force.

        :param wait: seconds that the child has, and that this call may take. None: return at once, the child has five.
        """
        self._closing = True
        self._outbox.put(None)
        if not self.alive:
            return
        if wait is None or threading.current_thread() is self._reader:
            threading.Thread(
                target=self._end_after, args=(_CLOSE_GRACE,), name=f"{self.room}-close", daemon=True
            ).start()
        else:
            self._end_after(wait)

    def kill(self, ending: Ending, detail: str = "") -> None:
        """End the process at once; ``ending`` says why in the outcome. The first reason given counts."""
        self._judge(Outcome(ending, None, detail))
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def _end_after(self, wait: float) -> None:
        if not self._told.wait(wait):
            self.kill(Ending.CLOSED)
            self._told.wait(_CLOSE_GRACE)

    def _judge(self, outcome: Outcome) -> None:
        with self._verdict_lock:
            if self._verdict is None:
                self._verdict = outcome

    def _spawn(self) -> subprocess.Popen[bytes]:
        flags = 0
        if os.name == "nt":  # pragma: no cover - Windows only
            flags = subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined]
            if self._lower_priority:
                flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]
        stderr = self._log_file.start() if self._log_file is not None else -1
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr if stderr >= 0 else subprocess.DEVNULL,
                env=self._environ,
                creationflags=flags,
                close_fds=True,
                # Its own session: Ctrl+C in the terminal is for us to handle, the child hears it from us.
                start_new_session=os.name != "nt",
            )
        finally:
            if stderr >= 0:
                os.close(stderr)
        if self._lower_priority and os.name != "nt":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5))
        return process

    def _run(self) -> None:
        """The reader thread: messages until the pipe ends, then the end of the process."""
        if self._process is None:
            self._finish(self._verdict or Outcome(Ending.FAILED_TO_START))
            return
        try:
            self._read(self._process)
        except BaseException as error:  # a handler's defect must neither leave a child behind nor hide its end
            self.kill(Ending.CRASHED, f"handler failed: {type(error).__name__}")
            raise
        finally:
            self._finish(self._wait_for(self._process))

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        reader: Reader[Any] = Reader(process.stdout, self._types)
        flood = Flood()
        while True:
            try:
                message = reader.read()
            except FrameError as error:
                self._judge_frame(error)
                return
            except (OSError, ValueError):
                return  # the pipe is gone; the process's end says why
            if message is None:
                return
            if not flood.allows(reader.size, time.monotonic()):
                self.kill(Ending.BABBLED, "more messages than anybody can read")
                return
            self._on_message(message)
            del message  # it may be large, and the next one can take a day to come

    def _judge_frame(self, error: FrameError) -> None:
        """A frame that is cut off means that the child died while writing; anything else is nonsense."""
        if isinstance(error, CutError):
            return
        self.kill(Ending.BABBLED, str(error))

    def _wait_for(self, process: subprocess.Popen[bytes]) -> Outcome:
        """Reap the process, whose pipe has ended, and say how it ended."""
        lingered = False
        code: int | None = None
        try:
            code = process.wait(_CLOSE_GRACE if self._closing else _LEAVE_GRACE)
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            lingered = True
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_CLOSE_GRACE)
        if self._log_file is not None:
            self._log_file.wait()
        with self._verdict_lock:
            verdict = self._verdict
        detail = (verdict.detail if verdict else "") or self._log_tail()
        if verdict:
            return Outcome(verdict.ending, code, detail)
        if (lingered and not self._closing) or code is None:
            return Outcome(Ending.CRASHED, code, detail or "it closed its pipe and lived on")
        return outcome_of(code, closing=self._closing, detail=detail)

    def _finish(self, outcome: Outcome) -> None:
        self._ended.set()
        self._outbox.put(None)  # the writer leaves
        if self._process is not None and self._process.stdout is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdout.close()
        try:
            self._on_end(outcome)
        finally:
            self._told.set()

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


class Flood:
    """How much a child may say: bursts of any honest size, but not more than can be read, for ever.

    Messages and their bytes are counted apart; both counts fall with time, and above its limit a child is flooding.
    With nobody at the other end of the queue that takes messages out, this is what bounds its memory.
    """

    MESSAGES = 500_000
    MESSAGES_PER_SECOND = 5_000  # several times what the fastest engine says
    BYTES = 4 * MAX_FRAME
    BYTES_PER_SECOND = 64 * 1024 * 1024

    def __init__(self) -> None:
        self._messages = 0.0
        self._bytes = 0.0
        self._at = 0.0

    def allows(self, size: int, now: float) -> bool:
        """Count a message of ``size`` bytes that came at ``now`` (seconds of a steady clock)."""
        passed = now - self._at
        self._at = now
        self._messages = max(0.0, self._messages - passed * self.MESSAGES_PER_SECOND) + 1
        self._bytes = max(0.0, self._bytes - passed * self.BYTES_PER_SECOND) + size
        return self._messages <= self.MESSAGES and self._bytes <= self.BYTES
