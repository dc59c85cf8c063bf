"""The program's side of an engine: one model in a child process. No Qt, no numpy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import ErrorKind
from assistant.engine.messages import (
    Alive,
    Cancel,
    Count,
    CountMany,
    Embed,
    Event,
    Facts,
    Failed,
    Finished,
    Forget,
    Generate,
    Load,
    Loaded,
    Loading,
    LoadState,
    Ping,
    Reading,
    Resize,
    Resized,
    SaveState,
    Score,
    Survey,
    Tokens,
)
from assistant.process import Child, Ending, Outcome, overslept

LOAD_SECONDS = 120.0  # without a sign of life while a model loads: a disk may need time to answer at all
CLOSE_SECONDS = 3.0  # that a child gets to leave by itself
CANCEL_SECONDS = 0.06  # that a load gets to end by itself when it is cancelled


@dataclass(frozen=True)
class EngineEnded:
    """The child is gone; delivered last. Every pending request got its ``Failed`` before."""

    outcome: Outcome


Delivery = Callable[[Event | EngineEnded], None]


class EngineClient:
    """One model in a child process. All methods return at once; events arrive through ``deliver`` on another thread.

    Each request that was sent gets exactly one end: its answer, ``Finished`` or ``Failed``. Events that belong to no
    pending request are dropped.

    :param deliver: called on a reader thread, one call at a time; it only puts the event into a queue.
    :param log: file that receives what the child and the native library print.
    :param command: replaces the child's command line (fakes in tests).
    :param hang_seconds: the child is ended after so long without any message while something is pending.
    """

    def __init__(
        self,
        deliver: Delivery,
        *,
        log: Path | None = None,
        command: list[str] | None = None,
        hang_seconds: float = 15.0,
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._command = command
        self._hang_seconds = hang_seconds
        self._lock = threading.RLock()  # guards what follows; also held while delivering, so that ends come in order
        self._wake = threading.Condition(self._lock)
        self._child: Child | None = None
        self._pending: dict[str, bool] = {}  # id -> it is a load
        self._heard = 0.0
        self._waited = 0.0  # seconds without a sign of life after which the child was ended
        self._cancelled_load = ""
        self._cancelled_at = 0.0
        self._closed_at = 0.0  # when the present child was told to leave
        self.facts: Facts | None = None

    # ------------------------------------------------------------ what can be asked

    def load(self, message: Load) -> None:
        """Load a model, starting a child if there is none (or only one that is about to leave)."""
        self._begin(message)

    def survey(self, message: Survey) -> None:
        """Ask which devices there are, starting a child for it if there is none."""
        self._begin(message)

    def _begin(self, message: Load | Survey) -> None:
        with self._lock:
            self._pending[message.id] = True
            self._heard = time.monotonic()
            if self._child is None or self._closed_at:
                self._start()
            assert self._child is not None
            self._child.send(message)
            self._wake.notify_all()

    def send(
        self, request: Generate | Count | CountMany | Score | Embed | SaveState | LoadState | Forget | Resize | Ping
    ) -> None:
        """Send a request to the loaded model. Without a child it fails at once with ``NO_MODEL``."""
        with self._lock:
            child = self._child
            identifier = "" if isinstance(request, Forget) else request.id
            if child is None:
                if identifier:
                    self._deliver(Failed(id=identifier, kind=ErrorKind.NO_MODEL))
                return
            if identifier:
                if not self._pending:
                    self._heard = time.monotonic()
                self._pending[identifier] = False
                self._wake.notify_all()
            child.send(request)

    def cancel(self, request_id: str) -> None:
        """Stop a request in whatever phase it is; it still gets its one end."""
        with self._lock:
            if self._child is None or request_id not in self._pending:
                return
            self._child.send(Cancel(id=request_id))
            if self._pending[request_id]:
                self._cancelled_load = request_id
                self._cancelled_at = time.monotonic()
                self._wake.notify_all()

    def close(self, wait: float | None = None) -> None:
        """Unload: the child ends and its memory is free again. Pending requests fail with ``CANCELLED``.

        :param wait: seconds to wait until it is gone (None: do not wait).
        """
        with self._lock:
            child = self._child
            if child is None:
                return
            self._fail_all(ErrorKind.CANCELLED)
            self._closed_at = time.monotonic()
            self._wake.notify_all()
        child.close(wait)

    @property
    def pid(self) -> int | None:
        child = self._child
        return child.pid if child is not None else None

    @property
    def alive(self) -> bool:
        child = self._child
        return child is not None and child.alive

    @property
    def pending(self) -> frozenset[str]:
        """Ids that have no end yet."""
        with self._lock:
            return frozenset(self._pending)

    # ------------------------------------------------------------ the child

    def _start(self) -> None:
        child = Child(
            "engine",
            types=Event,
            on_message=lambda event: self._on_event(child, event),
            on_end=lambda outcome: self._on_end(child, outcome),
            log=self._log,
            command=self._command,
            lower_priority=True,
        )
        self._child = child
        self._closed_at = self._waited = 0.0
        child.start()
        threading.Thread(target=self._watch, args=(child,), name="engine-watchdog", daemon=True).start()

    def _on_event(self, child: Child, event: Event) -> None:
        with self._lock:
            if child is not self._child:
                return
            self._heard = time.monotonic()
            if not isinstance(event, Alive):
                if event.id not in self._pending:
                    return
                if not isinstance(event, (Tokens, Reading, Loading)):
                    self._forget(event.id)
                    if isinstance(event, (Loaded, Resized)):
                        self.facts = event.facts
            self._deliver(event)

    def _on_end(self, child: Child, outcome: Outcome) -> None:
        with self._lock:
            if child is not self._child:
                return
            self._child = None
            self.facts = None
            kind = ErrorKind.CANCELLED if outcome.expected else outcome.kind
            values: dict[str, str | int | float] = {"seconds": round(self._waited, 1)} if self._waited else {}
            if outcome.code:
                values["code"] = outcome.code_name
            self._fail_all(kind, outcome.detail, values)
            self._wake.notify_all()
            self._deliver(EngineEnded(outcome))

    def _fail_all(self, kind: ErrorKind, detail: str = "", values: dict[str, str | int | float] | None = None) -> None:
        for identifier in list(self._pending):
            self._forget(identifier)
            self._deliver(Failed(id=identifier, kind=kind, detail=detail, values=values or {}))

    def _forget(self, identifier: str) -> None:
        self._pending.pop(identifier, None)
        if identifier == self._cancelled_load:
            self._cancelled_load = ""

    # ------------------------------------------------------------ the watchdog

    def _watch(self, child: Child) -> None:
        """End a child that gives no sign of life while something is pending, or does not let go of a load."""
        with self._lock:
            while child is self._child:
                now = time.monotonic()
                due = self._due()
                if due is None:
                    self._wake.wait()
                elif due > now:
                    self._wake.wait(due - now)
                elif self._closed_at:
                    child.kill(Ending.CLOSED)  # it did not leave by itself
                    return
                elif self._cancelled_load:
                    self._fail(self._cancelled_load, ErrorKind.CANCELLED)
                    child.kill(Ending.CLOSED)
                elif overslept(due):
                    self._heard = now  # what the child said meanwhile was not read either
                else:
                    self._waited = now - self._heard
                    child.kill(Ending.HUNG, f"no sign of life for {self._waited:.0f} seconds")
                    return

    def _due(self) -> float | None:
        """When the watchdog has to act if nothing is heard until then."""
        if self._closed_at:
            return self._closed_at + CLOSE_SECONDS
        if self._cancelled_load:
            return self._cancelled_at + CANCEL_SECONDS
        if not self._pending:
            return None
        return self._heard + (LOAD_SECONDS if any(self._pending.values()) else self._hang_seconds)

    def _fail(self, identifier: str, kind: ErrorKind) -> None:
        self._forget(identifier)
        self._deliver(Failed(id=identifier, kind=kind))


__all__ = ["Delivery", "EngineClient", "EngineEnded", "Event", "Finished"]
