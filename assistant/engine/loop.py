"""The engine's one thread: admit requests, decode a step, hand out what came of it, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from assistant.base.errors import AssistantError
from assistant.engine.backend import Backend, NoRoomError, StoppedError
from assistant.engine.cache import Cache
from assistant.engine.desk import Desk
from assistant.engine.floor import Floor
from assistant.engine.inbox import Inbox
from assistant.engine.messages import Failed, Message
from assistant.engine.pulse import Pulse
from assistant.engine.scheduler import Scheduler
from assistant.engine.sequence import Job, Writing
from assistant.engine.sink import Sink
from assistant.engine.threads import READING, Threads

FLUSH = 0.045  # seconds between two writes of grown answers to the pipe: the other side wakes up for each
_LOOK = 0.06  # seconds of decoding of a lone answer between two looks at how long its tokens take


class Loop:
    """Serves one loaded model until the inbox closes.

    :param memory: says how many bytes the child holds (for ``Pong``).
    """

    def __init__(self, backend: Backend, inbox: Inbox, sink: Sink, memory: Callable[[], int] = lambda: 0) -> None:
        self._backend = backend
        self._inbox = inbox
        self._sink = sink
        self.pulse = Pulse()
        self.cache = Cache(backend)
        self._floor = Floor(backend, self.cache, sink, self.pulse)
        self._desk = Desk(backend, self.cache, self._floor, sink, self.pulse, memory)
        self._scheduler: Scheduler[Job] = Scheduler(backend.batch_size)
        self._threads = Threads(backend.facts.threads, backend.use_threads, quiet=backend.quiet)
        self._armed: tuple[str, ...] = ()  # for whose requests a cancel breaks off the decode
        self._flushed = 0.0

    def run(self) -> None:
        """Returns when the inbox is closed."""
        floor, desk, inbox = self._floor, self._desk, self._inbox
        while True:
            if inbox.news:
                self._receive()
                if inbox.closed:
                    return
            if desk.counter:
                desk.counter.go_on()
            if floor.waiting:
                floor.admit()
            if floor.running:
                self._step()
            elif floor.waiting:
                floor.give_up()
            elif desk.resize is not None:
                desk.do_resize()
            elif not desk.counter:
                self._rest()

    def _receive(self) -> None:
        requests, cancelled = self._inbox.take()
        for request, arrived in requests:
            self._desk.take(request, arrived)
        for identifier in cancelled:
            self._desk.cancel(identifier)

    def _rest(self) -> None:
        """Nothing to do: say the last words and sleep."""
        self._floor.flush()
        self.pulse.idle()
        self._inbox.wait()

    # ------------------------------------------------------------ one step

    def _step(self) -> None:
        floor = self._floor
        able = floor.able()
        if not able:
            floor.send_back(floor.running[-1])
            return
        if len(able) == 1 and able[0].writing and not self._busy and isinstance(able[0], Writing):
            self._write_on(able[0])
            return
        plan = self._scheduler.plan(able)
        backend = self._backend
        backend.clear()
        rows: list[tuple[Job, int, int]] = []
        for job, count in plan:
            assert job.slot is not None
            begin = len(job.slot.tokens)
            end = job.slice_end(count)
            last = end == len(job.tokens)
            row = backend.add(job.slot.index, job.tokens[begin:end], begin, output=last, every=job.wants_every)
            rows.append((job, row, end))
        self._scheduler.takes(end - job.read for job, _, end in rows if not job.writing)
        if not self._arm(floor.ids if len(plan) == len(floor.running) else tuple(job.id for job, _ in plan)):
            return
        self.pulse.working(self._scheduler.expected)
        began = time.perf_counter()
        if not self._decode(backend.decode, [job for job, _, _ in rows]):
            return
        now = time.perf_counter()
        self._learn(len(rows), now - began)
        self._deliver(rows, now - began)
        if now - self._flushed >= FLUSH:
            self._flush()

    @property
    def _busy(self) -> bool:
        """Something else wants a turn between two steps."""
        return bool(self._floor.waiting or self._desk.counter)

    def _write_on(self, job: Writing) -> None:
        """The usual case, kept tight: one answer is written and nothing else happens. Returns when something does."""
        backend, inbox, pulse, dirty = self._backend, self._inbox, self.pulse, self._floor.dirty
        slot, tokens = job.slot, job.tokens
        assert slot is not None
        if not self._arm(self._floor.ids):
            return
        pulse.working(self._scheduler.costs.writing(1))
        index, held, step, clock = slot.index, slot.tokens, backend.step, time.perf_counter
        looked, seconds = len(held), 0.0
        while len(tokens) <= slot.promised and not inbox.news:
            position = len(held)
            token = tokens[position]
            began = pulse.since = clock()
            try:
                step(index, token, position)
            except (StoppedError, NoRoomError, AssistantError) as error:
                self._broken_off([job], error)
                return
            now = clock()
            held.append(token)
            job.decoding += now - began
            seconds += now - began
            if seconds > _LOOK:
                written = len(held) - looked
                self._scheduler.wrote_alone(seconds / written)
                self._threads.took(1, seconds, written)
                looked, seconds = len(held), 0.0
            last = self._next_token(job, 0, 1)
            if last:
                self._floor.end(job, *last)
                return
            pulse.tokens += 1
            dirty[job] = None
            if now - self._flushed >= FLUSH:
                self._flush()

    def _arm(self, ids: tuple[str, ...]) -> bool:
        """From now on a cancel of all of these breaks off the decode; False if they are cancelled already."""
        if ids != self._armed:
            if not self._inbox.arm(ids, self._backend.abort):
                return False
            self._armed = ids
        return True

    def _decode(self, decode: Callable[[], None], jobs: list[Job]) -> bool:
        try:
            decode()
        except (StoppedError, NoRoomError, AssistantError) as error:
            self._broken_off(jobs, error)
            return False
        return True

    def _learn(self, rows: int, seconds: float) -> None:
        scheduler = self._scheduler
        scheduler.learn(seconds)
        if not scheduler.read:
            self._threads.took(rows, seconds)
        elif rows == 1:
            self._threads.took(READING, seconds, scheduler.read)

    def _deliver(self, rows: Iterable[tuple[Job, int, int]], seconds: float) -> None:
        """Note what was decoded, and choose a token where a sequence was decoded to its end."""
        floor = self._floor
        for job, row, end in rows:
            slot = job.slot
            assert slot is not None
            begin = len(slot.tokens)
            chosen = end == len(job.tokens) or job.wants_every
            slot.tokens.extend(job.tokens[begin:end])
            if job.wrote_at:
                job.decoding += seconds
            if end in job.stops:
                self.cache.snapshot(slot)
            if end < len(job.tokens):
                self._sink.send(job.progress())
            if not chosen:
                continue
            first = not job.wrote_at
            if last := self._next_token(job, row, end - begin):
                floor.end(job, *last)
            elif isinstance(job, Writing):
                self.pulse.tokens += 1
                floor.dirty[job] = None
                if first:
                    self._flush()

    def _next_token(self, job: Job, row: int, count: int) -> tuple[Message, ...]:
        try:
            return job.decoded(self._backend, row, count)
        except AssistantError as error:
            return (Failed(id=job.id, kind=error.kind, detail=error.detail),)

    def _flush(self) -> None:
        self._flushed = time.perf_counter()
        self._floor.flush()

    # ------------------------------------------------------------ when a step did not work

    def _broken_off(self, jobs: list[Job], error: Exception) -> None:
        self._armed = ()
        if isinstance(error, StoppedError):
            self._recover(jobs)
        elif isinstance(error, NoRoomError):
            self._no_room()
        else:
            assert isinstance(error, AssistantError)
            # Which request is to blame cannot be told, so the largest goes.
            job = max(jobs, key=lambda job: job.pending)
            self._recover(jobs)
            self._floor.end(job, Failed(id=job.id, kind=error.kind, detail=error.detail), keep=False)

    def _recover(self, jobs: Iterable[Job]) -> None:
        """Bring the memory back to what the ledger says, or the ledger back to what the memory can be brought to."""
        for job in jobs:
            slot = job.slot
            assert slot is not None
            if self._backend.rewinds:
                self._backend.truncate(slot.index, len(slot.tokens))
                continue
            for length, data in reversed([entry for entry in slot.snapshots if entry[0] <= len(slot.tokens)]):
                if self._backend.restore(slot.index, data, length):
                    del slot.tokens[length:]
                    break
            else:
                self.cache.forget(slot)

    def _no_room(self) -> None:
        """The memory is fuller than the ledger thinks: drop what is only kept, then send the youngest back."""
        floor = self._floor
        if self.cache.drop_kept():
            return
        job = floor.running[-1]
        if len(floor.running) > 1:
            floor.send_back(job)
            self.cache.drop_kept()
            return
        floor.end(job, floor.does_not_fit(job))
