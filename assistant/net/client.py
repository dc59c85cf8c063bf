"""The program's side of the net child."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from assistant.base.errors import ErrorKind
from assistant.net.messages import (
    Cancel,
    FromChild,
    GivenToken,
    NetEvent,
    NetFailed,
    Progress,
    Request,
    Search,
    Setup,
    Switched,
)
from assistant.process import Child, FrameError, Outcome

_OFFLINE = ("LAMPLIGHT_OFFLINE", "HF_HUB_OFFLINE")
_YES = ("1", "true", "yes", "on")


def offline_by(environ: Mapping[str, str]) -> str:
    """The variable of ``environ`` that refuses every connection, whatever the settings say; empty: there is none."""
    return next((name for name in _OFFLINE if environ.get(name, "").strip().lower() in _YES), "")


@dataclass(eq=False)
class _Run:
    """One life of the child, and the ids that it owes an answer."""

    child: Child
    owed: set[str] = field(default_factory=set)


class NetClient:
    """The net child, started on first use, and again when a request comes after its death.

    Each id gets exactly one answer or one ``NetFailed``: a child that dies fails what it was asked with WORKER_ENDED.
    ``Progress`` comes before an answer, ``Switched`` at any time.

    :param deliver: called with each event, on a reader thread, in ``send`` or in ``close``; it only queues it.
    :param log: file for what the child prints.
    :param command: replaces the child's command line (tests).
    :param environ: where the user's own wishes are looked up, None: this process's environment.
    """

    def __init__(
        self,
        deliver: Callable[[NetEvent], None],
        *,
        log: Path | None = None,
        command: list[str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._command = command
        self._environ = os.environ if environ is None else environ
        self._lock = threading.Lock()
        self._setup = self._effective(Setup())
        self._run: _Run | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        with self._lock:
            return self._run.child.pid if self._run else None

    def setup(self, setup: Setup) -> None:
        """How the network may be used from now on. No child is started for it.

        Offline ends what is running with ``NetFailed(OFFLINE)``; parts of files are kept.
        """
        with self._lock:
            self._setup = self._effective(setup)
            if self._run:
                self._run.child.send(self._setup)

    def send(self, request: Request) -> None:
        """Ask; the id is new. Returns at once.

        :raises ValueError: the id is in use.
        """
        if isinstance(request, Search):
            request = msgspec.structs.replace(request, text=_valid(request.text))
        refused: NetFailed | None = None
        unstarted: Child | None = None
        with self._lock:
            if self._closed:
                refused = NetFailed(id=request.id, kind=ErrorKind.WORKER_ENDED, detail="closed")
            else:
                if self._run is None:
                    self._run = self._new_run()
                    unstarted = self._run.child
                if request.id in self._run.owed:
                    raise ValueError(f"the id {request.id!r} is in use")
                try:
                    self._run.child.send(request)
                    self._run.owed.add(request.id)
                except FrameError:
                    refused = NetFailed(id=request.id, kind=ErrorKind.INTERNAL, detail="not valid Unicode, or too long")
        if unstarted is not None:  # starting a process takes longer than a window may wait
            threading.Thread(target=unstarted.start, name="net-start", daemon=True).start()
        if refused is not None:
            self._deliver(refused)

    def cancel(self, request_id: str, *, keep: bool = True) -> None:
        """End a request, which answers with ``NetFailed(CANCELLED)``; ids that are not known are ignored.

        :param keep: what a transfer has brought stays, so that the same ``Fetch`` goes on from there.
        """
        with self._lock:
            if self._run and request_id in self._run.owed:
                self._run.child.send(Cancel(id=request_id, keep=keep))

    def close(self, wait: float | None = None) -> None:
        """End the child; requests without an answer fail. What transfers have brought stays.

        :param wait: seconds that the child may take to leave (None: do not wait).
        """
        with self._lock:
            self._closed = True
            run, self._run = self._run, None
            owed = sorted(run.owed) if run else []
            if run:
                run.owed.clear()
        for request_id in owed:
            self._deliver(NetFailed(id=request_id, kind=ErrorKind.WORKER_ENDED, detail="closed"))
        if run:
            run.child.close(wait)

    # ------------------------------------------------------------ the child

    def _effective(self, setup: Setup) -> Setup:
        """``setup``, and offline also if the user's environment says so."""
        # Halves of surrogate pairs, which no pipe carries, become question marks: such a path then leads nowhere.
        texts = {key: _valid(value) for key, value in msgspec.structs.asdict(setup).items() if isinstance(value, str)}
        setup = msgspec.structs.replace(setup, mirrors=tuple(_valid(one) for one in setup.mirrors), **texts)
        return msgspec.structs.replace(setup, offline=True) if offline_by(self._environ) else setup

    def _new_run(self) -> _Run:
        """A child that is not started yet, with its first messages waiting for it."""

        def said(message: FromChild) -> None:
            self._said(run, message)

        def ended(outcome: Outcome) -> None:
            self._ended(run, outcome)

        child = Child(
            "net",
            types=FromChild,
            on_message=said,
            on_end=ended,
            log=self._log,
            command=self._command,
            lower_priority=True,
        )
        run = _Run(child)
        child.send(self._setup)
        if token := self._environ.get("HF_TOKEN", "").strip():
            child.send(GivenToken(token=_valid(token)))
        return run

    def _said(self, run: _Run, message: FromChild) -> None:
        if not isinstance(message, Switched):
            with self._lock:
                if message.id not in run.owed:
                    return  # nobody asked for this, or not any more
                if not isinstance(message, Progress):
                    run.owed.discard(message.id)
        self._deliver(message)

    def _ended(self, run: _Run, outcome: Outcome) -> None:
        with self._lock:
            if self._run is run:
                self._run = None
            owed = sorted(run.owed)
            run.owed.clear()
        for request_id in owed:
            self._deliver(NetFailed(id=request_id, kind=ErrorKind.WORKER_ENDED, detail=outcome.detail))


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
