"""The contexts of one model, and which of them has its turn.

All requests share the cells of the first context; a chat may use as many as it needs, and what is kept of conversations
lies there, or outside of it where each step passes over all cells in use. Bulk requests that come together (the parts
of a document), and others that belong to no conversation, get a context of their own while they last, in which each has
its own cells: eight answers are written a tenth to a fifth faster there, and more than eight go on together where that
was seen to be worth it. It takes no more cells than the first one has, and no memory that is short (see
``Backend.streams``); a request that does not fit there runs in the first one.
While somebody waits for an answer in the first context, the rest gets the time that its steps have earned for them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant.engine.backend import Backend, Context
from assistant.engine.cache import Cache
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.jobs import Jobs
from assistant.engine.scheduler import Credit, Scheduler, StreamScheduler
from assistant.engine.sequence import Job, Writing
from assistant.engine.sink import Sink
from assistant.engine.streams import Streams

FLUSH = 0.045  # seconds between two writes of grown answers to the pipe: the other side wakes up for each
_FLUSH_BULK = 0.2  # nobody reads them word by word
_NEXT = 0.03  # seconds for which requests that may run in streams wait for one more to come,
_MORE = 0.005  # once as many are there as chats may be,
_GATHER = 0.1  # and for all of them
_SEVERAL = 2  # such requests that are worth a context
_KEEP = 10.0  # seconds without any until it is given back
_AGAIN = 30.0  # seconds until it is tried again if it could not be had, doubled each time that it failed at work
_PAD = 256  # cells by which the library counts


@dataclass(eq=False)
class Lane:
    """One context: what is kept, who waits and runs there, and how its steps are planned.

    :ivar flushed: when its grown answers were written last.
    """

    context: Context
    cache: Cache
    jobs: Jobs
    scheduler: Scheduler[Job]
    flushed: float = 0.0

    @property
    def flush(self) -> float:
        """Seconds between two writes of its grown answers."""
        return _FLUSH_BULK if self.context.stream and not self.interactive else FLUSH

    @property
    def interactive(self) -> bool:
        """Somebody waits for one of its answers."""
        return any(job.interactive for job in self.jobs.running)

    @property
    def bulk(self) -> bool:
        return any(not job.interactive for job in self.jobs.running)

    @property
    def idle(self) -> bool:
        return not self.jobs.running and not self.jobs.waiting


@dataclass(frozen=True)
class Turn:
    """The next step is of ``lane``; see ``Scheduler.plan`` for the rest."""

    lane: Lane
    elsewhere: float = 0.0
    mix: bool = True


class Lanes:
    """Only the loop's thread uses it.

    :ivar main: the first context.
    :ivar streams: that of bulk requests and others that go on from nothing, while there is one.
    """

    def __init__(self, backend: Backend, sink: Sink, heartbeat: Heartbeat) -> None:
        self._backend = backend
        self._sink = sink
        self._heartbeat = heartbeat
        self._credit = Credit()
        scheduler: Scheduler[Job] = Scheduler(backend.batch_size, self._credit)
        self._narrow = backend.facts.sequences
        self._widest = max(self._narrow, backend.facts.bulk)
        self._planner: StreamScheduler[Job] = StreamScheduler(backend.batch_size, self._narrow)  # what it learns stays
        self.main = self._lane(backend, Cache(backend), scheduler, most=self._narrow)
        self.streams: Lane | None = None
        self._threads = backend.facts.threads
        self._idle_since = 0.0
        self._pause = _AGAIN  # seconds for which they are left alone when they fail next
        self._not_before = 0.0  # when streams may be tried again,
        self._wide_not_before = 0.0  # and more of them than chats
        self._last: Lane = self.main  # who had the last step of those that take turns

    def _lane(self, context: Context, cache: Cache, scheduler: Scheduler[Job], *, most: int) -> Lane:
        jobs = Jobs(context, cache, self._sink, self._heartbeat, bulk=most)
        return Lane(context, cache, jobs, scheduler)

    @property
    def all(self) -> tuple[Lane, ...]:
        return (self.main,) if self.streams is None else (self.main, self.streams)

    @property
    def idle(self) -> bool:
        return all(lane.idle for lane in self.all)

    def find(self, identifier: str) -> tuple[Jobs, Job] | None:
        """A request by its id, and where it is."""
        for lane in self.all:
            if (job := lane.jobs.find(identifier)) is not None:
                return lane.jobs, job
        return None

    def use_threads(self, number: int) -> None:
        self._threads = number
        for lane in self.all:
            lane.context.use_threads(number)

    # ------------------------------------------------------------ who goes where

    def gathering(self) -> float:
        """Seconds for which nothing can be done but wait for more requests that may run in streams, also for what
        somebody waits for: one sentence of several begins that much later, and all of them end sooner."""
        if any(lane.jobs.running for lane in self.all) or (self.streams and self.streams.jobs.waiting):
            return 0.0
        moving = self._moving()
        return self._gather(moving) if len(moving) == len(self.main.jobs.waiting) else 0.0

    def admit(self) -> None:
        """Let those run for whom there is room."""
        main = self.main.jobs
        held: list[Job] = []
        if main.waiting:
            held = self._hand_over()
        for jobs in (lane.jobs for lane in self.all):
            if jobs.waiting:
                jobs.admit(held)
            if not jobs.running and any(job not in held for job in jobs.waiting):
                jobs.give_up(held)

    def _gather(self, jobs: list[Job]) -> float:
        """Seconds for which these should wait for others: the first of many parts would otherwise run ahead alone."""
        now = time.perf_counter()
        if not jobs or len(jobs) >= self._most() or now < self._not_before:
            return 0.0
        if self.streams is not None and not self.streams.idle:
            return 0.0
        arrived = [job.arrived for job in jobs]
        pause = _NEXT if len(jobs) < self._narrow else _MORE
        return max(0.0, min(max(arrived) + pause, min(arrived) + _GATHER) - now)

    def _moving(self) -> list[Job]:
        """The waiting requests that may run in a stream: with a stated limit, and not going on from something.

        Of those that somebody waits for (the sentences of a text that is being typed, say) no chats, which come alone,
        and none beside bulk requests: in a context of its own it goes before them.
        """
        waiting = [job for job in self.main.jobs.waiting if isinstance(job, Writing) and not job.soft]
        bulk = any(not job.interactive for lane in self.all for job in (*lane.jobs.waiting, *lane.jobs.running))

        def may_move(job: Job) -> bool:
            if job.interactive:
                return not job.key and not bulk
            return not job.key or self.main.cache.of_key(job.key) is None

        return [job for job in waiting if may_move(job)]

    def _hand_over(self) -> list[Job]:
        """What may move goes to the streams if it fits there; returned are those that should wait for others."""
        moving = self._moving()
        if self._gather(moving) > 0:
            return moving
        if moving and (self.streams is None or self.streams.idle):
            self._fit(moving)
        lane = self.streams
        if lane is not None:
            for job in moving:
                if job.room <= lane.context.stream:
                    self.main.jobs.leave(job)
                    lane.jobs.add(job)
        return []

    def _fit(self, jobs: list[Job]) -> None:
        """Open streams for as many of the jobs as possible, unless there are such streams already."""
        width = self._planner.costs.width(self._narrow, self._most())
        rooms = sorted(job.room for job in jobs)[:width]
        budget = self.main.context.cells
        sizes = [-(-room // _PAD) * _PAD for room in rooms]
        count = max((n for n, size in enumerate(sizes, 1) if n * size <= budget), default=0)
        if count < _SEVERAL:
            return
        size, lane = sizes[count - 1], self.streams
        if lane is not None and lane.context.stream >= size and count <= lane.context.slots <= width:
            return
        self.close_streams()
        # The rest of a larger job often comes later, so there are as many streams as may be; making them takes time.
        self._open(min(width if len(jobs) > self._narrow else self._narrow, budget // size), size)

    def _most(self) -> int:
        """How many streams may be tried: memory that was short may be there again."""
        return self._widest if time.perf_counter() >= self._wide_not_before else self._narrow

    def _open(self, count: int, size: int) -> None:
        now = time.perf_counter()
        if now < self._not_before:
            return
        self._heartbeat.working()
        context = self._backend.streams(count, size)
        if context is None and count > self._narrow:
            self._wide_not_before = now + _AGAIN
            context = self._backend.streams(self._narrow, size)
        if context is None:
            self._not_before = now + _AGAIN
            return
        context.use_threads(self._threads)
        self._planner.batch = context.batch_size
        self.streams = self._lane(context, Streams(context), self._planner, most=context.slots)
        self._idle_since = 0.0
        self._tell(context.slots * size * self._backend.facts.cache_bytes_per_token)

    def close_streams(self) -> None:
        """Give the memory of the streams back; nothing may run there."""
        lane, self.streams = self.streams, None
        if lane is not None:
            assert lane.idle
            lane.jobs.close()
            lane.context.close()
            self._last = self.main
            self._tell(0)

    def abandon_streams(self) -> None:
        """The streams do not do what they should: their requests begin again in the first context.

        What was written is written again, so each failure makes the next attempt wait longer.
        """
        lane = self.streams
        assert lane is not None
        for job in list(lane.jobs.running):
            lane.jobs.send_back(job)
        for job in list(lane.jobs.waiting):
            lane.jobs.leave(job)
            self.main.jobs.add(job)
        self._not_before = time.perf_counter() + self._pause
        self._pause *= 2
        self.close_streams()

    def forget(self) -> None:
        """Keep nothing of what ended in streams."""
        if self.streams is not None:
            self.streams.cache.drop_kept()

    def _tell(self, extra: int) -> None:
        self._heartbeat.extra = extra
        self._sink.send(self._heartbeat.told())

    def tidy(self) -> float | None:
        """Close streams that nobody has used for a while; seconds until that is due, None: never."""
        if self.streams is None:
            return None
        if not self.streams.idle:
            self._idle_since = 0.0
            return None
        now = time.perf_counter()
        self._idle_since = self._idle_since or now
        left = self._idle_since + _KEEP - now
        if left > 0:
            return left
        self.close_streams()
        return None

    # ------------------------------------------------------------ whose turn it is

    def turn(self) -> Turn | None:
        """Whose step is next, None: nothing runs."""
        main, streams = self.main, self.streams
        if streams is None or not streams.jobs.running:
            return Turn(main) if main.jobs.running else None
        interactive = main.interactive
        self._planner.hurry = interactive
        if not main.jobs.running:
            return Turn(streams)
        if not interactive:
            self._last = main if self._last is streams else streams
            return Turn(self._last)
        self._planner.plan(streams.jobs.running)
        cost = self._planner.expected
        both = main.bulk
        if self._credit.seconds >= cost and not (both and self._last is streams):
            self._last = streams
            return Turn(streams)
        return Turn(main, elsewhere=max(cost, 1e-6), mix=self._last is streams)

    def took(self, lane: Lane, seconds: float) -> None:
        """A step of ``lane`` is done."""
        if lane is self.streams and self.main.interactive:
            self._credit.spend(seconds)
        elif lane is self.main and lane.scheduler.mixed:
            self._last = lane
