"""Takes requests, has each worked on by a thread, a bounded number at a time, and gives exactly one answer to each."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.gate import Gate
from assistant.net.hub import look, search
from assistant.net.ledger import Ledger
from assistant.net.messages import (
    Answer,
    AskToken,
    Cancel,
    Fetch,
    GivenToken,
    Look,
    NetFailed,
    ReadBytes,
    Request,
    Search,
    SetToken,
    Setup,
    ToChild,
    TokenKept,
)
from assistant.net.ranges import read_bytes
from assistant.net.shared import Shared
from assistant.net.token import TokenKeeper
from assistant.net.transfer import Transfer
from assistant.process import FrameError, say_where

QUESTIONS = 8
"""How many questions are worked on side by side."""
TRANSFERS = 3
"""How many transfers are."""
MAX_WAITING = 500
"""How many requests may wait for a thread."""


class _Job:
    """A request, from its coming to its answer."""

    def __init__(self, request: Request, gate: Gate, transfer: Transfer | None) -> None:
        self.request = request
        self.gate = gate
        self.transfer = transfer

    def stop(self, *, keep: bool) -> None:
        if self.transfer is not None:
            self.transfer.stop(keep=keep)
        else:
            self.gate.stop()


class Dispatcher:
    """Where requests come in. ``handle`` never waits: it is called by the thread that reads the pipe.

    :param send: says something to the program; may be called from any thread.
    """

    def __init__(self, send: Callable[[msgspec.Struct], None], keeper: TokenKeeper | None = None) -> None:
        self._send = send
        self._keeper = keeper or TokenKeeper()
        self._ledger = Ledger()
        # Until the program has said otherwise, nothing is opened.
        self._shared = Shared(Setup(offline=True), self._ledger, self._keeper, tell=send)
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._waiting: dict[bool, deque[_Job]] = {True: deque(), False: deque()}  # transfers, questions
        self._running = {True: 0, False: 0}

    def handle(self, message: ToChild) -> None:
        """Take a message of the program."""
        if isinstance(message, Setup):
            self._ledger.path = Path(message.ledger) if message.ledger else None
            self._shared.change(message)
        elif isinstance(message, GivenToken):
            self._keeper.give(message.token)
        elif isinstance(message, Cancel):
            self._cancel(message)
        else:
            self._accept(message)

    def _accept(self, request: Request) -> None:
        gate = Gate(self._shared.setup, shared=self._shared)
        is_transfer = isinstance(request, Fetch)
        transfer = Transfer(request, gate, self._send) if isinstance(request, Fetch) else None
        job = _Job(request, gate, transfer)
        with self._lock:
            if request.id in self._jobs:
                return  # it has its one answer still to come
            full = len(self._waiting[is_transfer]) >= MAX_WAITING
            if not full:
                self._jobs[request.id] = job
                start = self._running[is_transfer] < (TRANSFERS if is_transfer else QUESTIONS)
                if start:
                    self._running[is_transfer] += 1
                else:
                    self._waiting[is_transfer].append(job)
        if full:
            self._send(NetFailed(id=request.id, kind=ErrorKind.INTERNAL, detail="too many requests"))
        elif start:
            self._start(job, is_transfer)

    def _start(self, job: _Job, is_transfer: bool) -> None:
        name = "transfer" if is_transfer else "question"
        threading.Thread(target=self._work, args=(job, is_transfer), name=name, daemon=True).start()

    def _cancel(self, cancel: Cancel) -> None:
        with self._lock:
            job = self._jobs.get(cancel.id)
            if job is None:
                return
            is_transfer = job.transfer is not None
            waiting = self._waiting[is_transfer]
            is_waiting = job in waiting
            if is_waiting:  # it is over in a moment, and must not wait for its turn to say so
                waiting.remove(job)
                self._running[is_transfer] += 1
        job.stop(keep=cancel.keep)
        if is_waiting:
            self._start(job, is_transfer)

    # ------------------------------------------------------------ on a thread of its own

    def _work(self, job: _Job, is_transfer: bool) -> None:
        """Work on ``job``, and then on those that wait."""
        following: _Job | None = job
        while following is not None:
            self._answer(following)
            with self._lock:
                # A cancelled request that was worked on beside the others gives its place back.
                most = TRANSFERS if is_transfer else QUESTIONS
                waiting = self._waiting[is_transfer]
                following = waiting.popleft() if waiting and self._running[is_transfer] <= most else None
                if following is None:
                    self._running[is_transfer] -= 1

    def _answer(self, job: _Job) -> None:
        request = job.request
        try:
            answer = self._result(job)
        except AssistantError as error:
            answer = failed(request.id, error)
        except Exception as error:  # a defect of ours must not leave a request without its answer
            say_where(error)
            answer = NetFailed(id=request.id, kind=ErrorKind.INTERNAL, detail=type(error).__name__)
        job.gate.close()
        with self._lock:
            del self._jobs[request.id]
        try:
            self._send(answer)
        except FrameError:
            self._send(NetFailed(id=request.id, kind=ErrorKind.NET_NONSENSE, detail="an answer that cannot be told"))

    def _result(self, job: _Job) -> Answer:
        request = job.request
        if job.transfer is not None:
            return job.transfer.run()
        if isinstance(request, Search):
            return search(job.gate, request)
        if isinstance(request, Look):
            return look(job.gate, request)
        if isinstance(request, ReadBytes):
            return read_bytes(job.gate, request)
        assert isinstance(request, (SetToken, AskToken))
        return self._token(request, job.gate)

    def _token(self, request: SetToken | AskToken, gate: Gate) -> TokenKept:
        # Neither needs the network, so being offline does not matter.
        if isinstance(request, AskToken):
            where = self._keeper.where(gate.check_cancelled)
        else:
            try:
                where = self._keeper.keep(request.token, gate.check_cancelled)
            except ValueError as error:
                raise AssistantError(ErrorKind.HUB_TOKEN, "not a token") from error
        return TokenKept(id=request.id, where=where, known=where != "none")


def failed(request_id: str, error: AssistantError) -> NetFailed:
    """``error`` as the program is told it."""
    return NetFailed(id=request_id, kind=error.kind, detail=error.detail, values=error.plain_values)
