"""The program's side of the worker child."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import msgspec
import psutil

from assistant.base.errors import ErrorKind
from assistant.base.files import remove_rests
from assistant.process import Child, Ending, FrameError, Outcome, overslept
from assistant.worker.limits import LIMITS, Limit, slow
from assistant.worker.messages import (
    Answer,
    Export,
    FromChild,
    ReadDocument,
    ReadGlossary,
    ReadMemory,
    ReadSegments,
    Ready,
    Refused,
    Render,
    Request,
    WriteTranslation,
)

START_SECONDS = 30.0
"""How long the child may take until it is ready; a cold disk is slow."""
_CANCEL_SECONDS = 0.5  # that a cancelled request may go on
_WATCH_SECONDS = 0.1  # between two looks at the memory of a child that works on a document
_READING = (ReadDocument, ReadSegments, ReadGlossary, ReadMemory)  # a file that somebody chose
_NEAR = 0.75  # share of its memory that a child held which a crash is then put down to


@dataclass
class _Pending:
    """A request that has no answer yet.

    :ivar left: seconds that it may still take: a fresh child gets what one without memory for it has left.
    """

    request: Request
    limit: Limit
    left: float
    cancelled: bool = False
    tries: int = 0
    most: int = 0  # bytes that the child was seen to hold while it worked on this


class WorkerClient:
    """The worker child: started on first use, and again after a death or a time-out.

    Requests are worked on one after the other, and only the first is with the child: one that kills it or makes it
    hang harms no other. Each id gets exactly one answer, unless it is cancelled.

    :param deliver: called with each answer, on a reader thread, in ``submit`` or in ``close``; it only queues it.
    :param log: file for what the child prints.
    :param command: replaces the child's command line (tests).
    :param limit_seconds: time for one request instead of what ``limits`` has for its kind; then the child is ended and
        the answer is ``TEMPLATE_SLOW`` or ``DOCUMENT_SLOW``. A child that holds too much memory is ended likewise; if
        it had answered other requests before, a fresh one tries again first.
    """

    def __init__(
        self,
        deliver: Callable[[Answer], None],
        *,
        log: Path | None = None,
        command: list[str] | None = None,
        limit_seconds: float | None = None,
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._command = command
        self._limit_seconds = limit_seconds
        self._state = threading.Condition()
        self._pending: dict[str, _Pending] = {}  # in the order of their coming; the first is being worked on
        self._running: _Pending | None = None  # with the child
        self._child: Child | None = None
        self._unstarted: Child | None = None  # the same one, until the watch has started it
        self._ready = False
        self._doomed = False  # it was killed for being slow or large, and has not ended yet
        self._too_large = False  # for being large
        self._answered = 0  # requests by this child: what it holds of them counts against the next one
        self._deadline: float | None = None  # of the child's start, or of the running request
        self._closed = False
        self._watch: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        with self._state:
            return self._child.pid if self._child else None

    def submit(self, request: Request) -> None:
        """Ask for an answer to ``request``, whose id is new. Returns at once."""
        refused: Refused | None = None
        with self._state:
            if self._closed:
                refused = Refused(id=request.id, kind=ErrorKind.WORKER_ENDED, detail="closed")
            elif request.id in self._pending:
                raise ValueError(f"the id {request.id!r} is in use")
            else:
                limit = self._limit_of(request)
                self._pending[request.id] = _Pending(request, limit, limit.seconds)
        if refused:
            self._deliver(refused)
        else:
            self._advance()

    def cancel(self, request_id: str) -> None:
        """The answer to this request will not be delivered. Unknown ids are ignored.

        One that is being worked on has a moment to end by itself; then the child is ended, so that nobody waits for it.
        """
        with self._state:
            pending = self._pending.get(request_id)
            if pending is self._running and pending is not None:
                pending.cancelled = True
                if self._deadline is not None:
                    self._set_deadline(min(_CANCEL_SECONDS, self._deadline - time.monotonic()))
            else:
                self._pending.pop(request_id, None)

    def close(self, wait: float | None = None) -> None:
        """End the child; requests without an answer are refused.

        :param wait: seconds that the child may take to leave (None: do not wait).
        """
        with self._state:
            self._closed = True
            child, self._child, self._unstarted = self._child, None, None
            left = [one for one in self._pending.values() if not one.cancelled]
            self._pending.clear()
            self._running, self._deadline = None, None
            self._state.notify_all()
        for one in left:
            self._deliver(Refused(id=one.request.id, kind=ErrorKind.WORKER_ENDED, detail="closed"))
        if child is not None:
            child.close(wait)

    # ------------------------------------------------------------ one request after the other

    def _advance(self) -> None:
        """Have a child started if there is work and none, or give it the next request if it is free."""
        refused: Refused | None = None
        with self._state:
            if self._closed or self._running is not None or not self._pending:
                return
            if self._child is None:
                self._child = self._unstarted = self._make_child()
                self._set_deadline(START_SECONDS)
                return
            if not self._ready or self._doomed:
                return
            one = next(iter(self._pending.values()))
            try:
                _send(self._child, one.request)
            except FrameError as error:
                del self._pending[one.request.id]
                kind = ErrorKind.INPUT_TOO_LONG if isinstance(one.request, Render) else ErrorKind.DOCUMENT_TOO_LARGE
                refused = Refused(id=one.request.id, kind=kind, detail=str(error))
            else:
                one.tries += 1
                one.most = 0
                self._running = one
                self._set_deadline(one.left)
        if refused:
            self._deliver(refused)
            self._advance()

    def _make_child(self) -> Child:
        """A child that the watch will start: starting a process takes longer than a window may wait."""

        def said(message: FromChild) -> None:
            self._said(child, message)

        def ended(outcome: Outcome) -> None:
            self._ended(child, outcome)

        child = Child("worker", types=FromChild, on_message=said, on_end=ended, log=self._log, command=self._command)
        if self._watch is None:
            self._watch = threading.Thread(target=self._watching, name="worker-watch", daemon=True)
            self._watch.start()
        return child

    def _said(self, child: Child, message: FromChild) -> None:
        answer: Answer | None = None
        with self._state:
            if child is not self._child or self._doomed:
                return  # of one that was given up
            if isinstance(message, Ready):
                self._ready = True
            elif self._running is not None and message.id == self._running.request.id:
                if self._once_more(message, self._running):
                    if self._deadline is not None:
                        self._running.left = max(0.0, self._deadline - time.monotonic())
                    self._doomed = self._too_large = True
                    self._deadline = None
                    child.kill(Ending.HUNG, message.detail)
                    return
                self._answered += 1
                answer = None if self._running.cancelled else message
                del self._pending[message.id]
                self._running = None
            else:
                return  # nobody asked for this
            self._deadline = None
        if answer is not None:
            self._deliver(answer)
        self._advance()

    def _once_more(self, message: Answer, running: _Pending) -> TypeGuard[Refused]:
        """Did a request meet the end of a memory that others had filled? It is tried in a fresh child then."""
        refused = isinstance(message, Refused) and message.kind is ErrorKind.DOCUMENT_MEMORY
        return refused and self._answered > 0 and running.tries < 2 and not running.cancelled

    def _ended(self, child: Child, outcome: Outcome) -> None:
        refused: Refused | None = None
        with self._state:
            if child is not self._child:
                return
            large = self._too_large
            self._child, self._ready, self._doomed, self._too_large, self._deadline = None, False, False, False, None
            full, self._answered = large and self._answered > 0, 0
            running, self._running = self._running, None
            # A child that had not even started counts against the request that wanted it.
            blamed = running or next(iter(self._pending.values()), None)
            if blamed is not None:
                late = outcome.ending is Ending.HUNG and running is not None and not large
                ours = late or (large and not full) or blamed.cancelled
                innocent = running is not None and not ours and running.tries < 2
                if not innocent:
                    del self._pending[blamed.request.id]
                    if not blamed.cancelled:
                        refused = _refused(blamed, outcome, late=late, large=large)
        if running is not None and isinstance(running.request, Export | WriteTranslation):
            remove_rests(Path(running.request.target))
        if refused:
            self._deliver(refused)
        self._advance()

    def _limit_of(self, request: Request) -> Limit:
        limit = LIMITS[type(request)]
        return limit if self._limit_seconds is None else Limit(self._limit_seconds, limit.memory)

    # ------------------------------------------------------------ the watch's thread

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._state.notify_all()

    def _watching(self) -> None:
        while (child := self._watch_until_start()) is not None:
            child.start()
            with self._state:
                closed = self._closed
            if closed:
                child.close()

    def _watch_until_start(self) -> Child | None:
        """End children whose time or memory is up, until there is one to be started (None: the client is closed)."""
        with self._state:
            while not self._closed:
                if self._unstarted is not None:
                    child, self._unstarted = self._unstarted, None
                    return child
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is not None and left <= 0:
                    self._end_slow()
                elif left is not None and self._running is not None and self._running.limit.memory:
                    self._look_at_memory(self._running)
                    self._wait(min(left, _WATCH_SECONDS))
                elif left is not None:
                    self._wait(left)
                else:
                    self._state.wait()
        return None

    def _wait(self, seconds: float) -> None:
        """Wait, and leave the child as much more time as this program was stopped meanwhile: so was the child."""
        due = time.monotonic() + seconds
        self._state.wait(seconds)
        if self._deadline is not None:
            self._deadline += overslept(due)

    def _end_slow(self) -> None:
        self._deadline = None
        if self._child is not None:
            self._doomed = True
            limit = self._running.limit.seconds if self._running and self._ready else START_SECONDS
            self._child.kill(Ending.HUNG, f"no answer within {limit:g} seconds")

    def _look_at_memory(self, running: _Pending) -> None:
        """End the child if it holds more than this request may cost."""
        child = self._child
        if child is None or child.pid is None or self._doomed:
            return
        try:
            held = psutil.Process(child.pid).memory_info().rss
        except psutil.Error:
            return  # it has ended; its end is on its way
        running.most = max(running.most, held)
        if held > running.limit.memory:
            self._doomed = self._too_large = True
            self._deadline = None
            child.kill(Ending.HUNG, f"{held} bytes of memory, {running.limit.memory} are allowed")


def _refused(one: _Pending, outcome: Outcome, *, late: bool, large: bool) -> Refused:
    """The answer to a request whose child is gone."""
    request = one.request
    kind, values = ErrorKind.WORKER_ENDED, dict[str, str | int | float]()
    short = one.left < one.limit.seconds  # in the child before: that this one was late only says how much it is
    if large or short or (one.limit.memory and one.most > _NEAR * one.limit.memory):
        kind = ErrorKind.DOCUMENT_MEMORY
    elif late:
        kind, values = slow(request, one.limit.seconds)
    elif isinstance(request, _READING) and outcome.ending is Ending.CRASHED and one.tries:
        kind = ErrorKind.DOCUMENT_DAMAGED  # it ended two children
    return Refused(id=request.id, kind=kind, detail=outcome.detail, values=values)


def _send(child: Child, request: Request) -> None:
    """Send ``request``; halves of surrogate pairs, which no pipe carries and no model reads, become question marks.

    :raises FrameError: it is too long.
    """
    try:
        child.send(request)
    except FrameError:
        child.send(_mended(request))


def _mended(request: Request) -> Request:
    changes = {name: _valid_in(getattr(request, name)) for name in request.__struct_fields__}
    if isinstance(request, _READING) and request.path:
        changes["raw_path"] = os.fsencode(request.path)
    return msgspec.structs.replace(request, **changes)


def _valid_in(value: Any) -> Any:
    """``value`` with every text in it made valid."""
    if isinstance(value, str):
        return _valid(value)
    if isinstance(value, tuple):
        return tuple(map(_valid_in, value))
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: _valid_in(getattr(value, name)) for name in value.__struct_fields__}
        )
    return value


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
