"""Who waits and who runs: admission, room, and who steps back for whom."""

from __future__ import annotations

import time
from collections.abc import Collection
from enum import Enum

import msgspec

from assistant.base.errors import ErrorKind
from assistant.engine.backend import Context
from assistant.engine.cache import Cache, common_prefix, worth_waiting
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.messages import Failed
from assistant.engine.sequence import Job, Scoring, Writing
from assistant.engine.sink import Sink
from assistant.process.message import Message

_PROMISE = 512  # cells that an answer without a stated limit is promised at a time, at most


class _Admission(Enum):
    IN = "in"
    LATER = "later"  # somebody else is just reading the same beginning
    FULL = "full"


class Jobs:
    """The jobs of one context. Only the loop's thread uses it.

    :param bulk: how many bulk requests may run at once: some slots are left to interactive ones.
    """

    def __init__(self, context: Context, cache: Cache, sink: Sink, heartbeat: Heartbeat, *, bulk: int) -> None:
        self._context = context
        self._bulk = min(context.slots, bulk)
        self._cache = cache
        self._sink = sink
        self._heartbeat = heartbeat
        self._promise = max(1, min(_PROMISE, context.cells // 8))
        self.waiting: list[Job] = []
        self.running: list[Job] = []
        self.ids: tuple[str, ...] = ()  # of the running ones
        self.dirty: dict[Writing, None] = {}  # answers with text that was not sent yet

    def find(self, identifier: str) -> Job | None:
        return next((job for job in (*self.running, *self.waiting) if job.id == identifier), None)

    # ------------------------------------------------------------ in

    def add(self, job: Job, *, first: bool = False) -> None:
        """Let a job wait: behind those of its class (``first``: ahead of them), interactive ones ahead of bulk."""
        interactive = sum(1 for other in self.waiting if other.interactive)
        if job.interactive:
            self.waiting.insert(0 if first else interactive, job)
        elif first:
            self.waiting.insert(interactive, job)
        else:
            self.waiting.append(job)
        self._changed()

    def admit(self, held: Collection[Job] = ()) -> None:
        """Let those run for whom there is room, in order; not those that are ``held`` back for now."""
        for job in list(self.waiting):
            if job in held:
                continue
            if len(self.running) >= self._most(job):
                break
            admission = self._try(job)
            while admission is _Admission.FULL and job.interactive and self._send_back_bulk():
                admission = self._try(job)
            if admission is _Admission.FULL:
                break  # a later one may fit, but it would push this one back for ever

    def give_up(self, held: Collection[Job] = ()) -> None:
        """Nothing runs, and the first in the queue does not fit: it never will."""
        self._cache.drop_kept()
        self.admit(held)
        job = next((job for job in self.waiting if job not in held), None)
        if not self.running and job is not None:
            self.end(job, self.does_not_fit(job))

    def _most(self, job: Job) -> int:
        """How many may run when this one does."""
        return self._context.slots if job.interactive else self._bulk

    def _try(self, job: Job) -> _Admission:
        match = self._cache.best(job.tokens, job.key, job.reusable)
        if self._attach(job, match.length):
            return _Admission.LATER
        reserve = min(job.room, len(job.tokens) + self._promise) if job.soft else job.room
        slot = self._cache.claim(match, job.key, reserve=reserve, interactive=job.interactive)
        if slot is None:
            return _Admission.FULL
        job.slot = slot
        job.waits_for = None
        if not job.started:
            job.started = time.perf_counter()
            job.cached = len(slot.tokens)
            self._sink.send(job.progress())
        self.waiting.remove(job)
        self.running.append(job)
        self._changed()
        return _Admission.IN

    def _attach(self, job: Job, have: int) -> bool:
        """Let ``job`` wait if somebody is just reading the same beginning, longer than what it would get now."""
        best: tuple[Job, int] | None = None
        for other in self.running:
            if other.pending <= 1 or (job.interactive and not other.interactive):
                continue
            common = min(common_prefix(other.tokens, job.tokens), job.reusable, len(other.tokens) - 1)
            # Who waits already waits to the end: a little less would have to be read by everyone.
            worth = worth_waiting(common - have) or job.waits_for == (other, common)
            if common > other.read and worth and (best is None or common > best[1]):
                best = (other, common)
        if best is None:
            return False
        if job.waits_for != best:
            job.waits_for = best
            if not self._context.rewinds and best[1] not in best[0].stops:
                best[0].stops.append(best[1])
        return True

    # ------------------------------------------------------------ room

    def able(self) -> list[Job]:
        """The running jobs that have cells for their next tokens."""
        short = [job for job in self.running if job.slot is not None and len(job.tokens) > job.slot.promised]
        if not short:
            return self.running
        blocked = [job for job in short if not self.grow(job)]
        return [job for job in self.running if job not in blocked]

    def grow(self, job: Job) -> bool:
        """Promise more cells to an answer, if need be at the cost of bulk."""
        slot = job.slot
        if slot is None:  # it was just sent back itself
            return False
        more = min(self._promise, job.room - slot.promised)
        while not self._cache.grow(slot, more):
            if not (job.interactive and self._send_back_bulk()):
                return False
        return True

    def send_back(self, job: Job) -> None:
        """Take a running job's slot away: it waits and reads again when there is room for all of it."""
        assert job.slot is not None
        self.running.remove(job)
        self._cache.release(job.slot)
        job.slot = None
        job.soft = False
        self.add(job, first=True)

    def _send_back_bulk(self) -> bool:
        victim = next((job for job in reversed(self.running) if not job.interactive), None)
        if victim is None:
            return False
        self.send_back(victim)
        return True

    # ------------------------------------------------------------ out

    def leave(self, job: Job) -> None:
        """A waiting job goes on elsewhere."""
        self.waiting.remove(job)
        self._changed()

    def close(self) -> None:
        """Nobody is here and nobody will come."""
        self._heartbeat.leave(self)

    def end(self, job: Job, *messages: Message, keep: bool = True) -> None:
        """Take a job out and send its last messages; ``keep`` what was read for the next one."""
        if job in self.running:
            self.running.remove(job)
        else:
            self.waiting.remove(job)
        if job.slot is not None:
            self._cache.release(job.slot, keep=keep and not isinstance(job, Scoring))
            job.slot = None
        if isinstance(job, Writing):
            self.dirty.pop(job, None)
        job.close()
        self._changed()
        self._sink.send(*messages)

    def does_not_fit(self, job: Job) -> Failed:
        values: dict[str, str | int | float] = {"needed": job.room, "available": self._context.cells}
        return Failed(id=job.id, kind=ErrorKind.CONTEXT_FULL, values=values)

    def flush(self) -> None:
        """Send what grew, with one write."""
        if self.dirty:
            updates: list[msgspec.Struct] = [u for job in self.dirty if (u := job.update()) is not None]
            self.dirty.clear()
            if updates:
                self._sink.send(*updates)

    def _changed(self) -> None:
        self.ids = tuple(job.id for job in self.running)
        self._heartbeat.count(self, len(self.running), len(self.waiting))
        if not self._context.stream:
            self._heartbeat.used = self._cache.used
