"""Steps of a context: a batch is made and decoded, and what comes of it is handed out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from assistant.base.errors import AssistantError
from assistant.engine.backend import Backend, NoRoomError, StoppedError
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.inbox import Inbox
from assistant.engine.lanes import Lane, Lanes, Turn
from assistant.engine.messages import Failed
from assistant.engine.sequence import Job, Writing
from assistant.engine.sink import Sink
from assistant.engine.threads import BESIDE, READING, Threads
from assistant.process.message import Message

_LOOK = 0.06  # seconds of decoding of a lone answer between two looks at how long its tokens take


class Steps:
    """Only the loop's thread uses it.

    :param disturbed: asked by a lone answer between two tokens, now and then: something else wants a turn.
    """

    def __init__(
        self,
        backend: Backend,
        lanes: Lanes,
        inbox: Inbox,
        sink: Sink,
        heartbeat: Heartbeat,
        *,
        disturbed: Callable[[], bool],
    ) -> None:
        self._backend = backend
        self._lanes = lanes
        self._inbox = inbox
        self._sink = sink
        self._heartbeat = heartbeat
        self._disturbed = disturbed
        self._threads = Threads(backend.facts.threads, lanes.use_threads, quiet=backend.quiet)
        self._armed: tuple[str, ...] = ()  # for whose requests a cancel breaks off the decode

    def step(self, turn: Turn) -> None:
        """One step, or for a lone answer as many as nobody else wants one."""
        lane = turn.lane
        jobs = lane.jobs
        able = jobs.able()
        if not able:
            jobs.send_back(jobs.running[-1])
            return
        if len(able) == 1 and able[0].writing and isinstance(able[0], Writing) and not self._disturbed():
            self._write_on(lane, able[0])
            return
        lane.cache.compact()
        plan = lane.scheduler.plan(able, elsewhere=turn.elsewhere, mix=turn.mix)
        rows = self._fill(lane, plan)
        lane.scheduler.takes(end - job.read for job, _, end in rows if not job.writing)
        if not self._arm(jobs.ids if len(plan) == len(jobs.running) else tuple(job.id for job, _ in plan)):
            return
        self._heartbeat.working(lane.scheduler.expected)
        began = time.perf_counter()
        try:
            lane.context.decode()
        except (StoppedError, NoRoomError, AssistantError) as error:
            self._broken_off(lane, [job for job, _, _ in rows], error)
            return
        now = time.perf_counter()
        self._learn(lane, len(rows), now - began)
        self._deliver(lane, rows, now - began)
        # A step as long as this one may come before the next chance: what is there goes out now rather than late.
        if now - lane.flushed + (now - began) / 2 >= lane.flush:
            self.flush(lane)

    def flush(self, lane: Lane) -> None:
        """Send what grew."""
        lane.flushed = time.perf_counter()
        lane.jobs.flush()

    def disarm(self) -> None:
        """What is decoded next is no step: no cancel breaks it off, nor does one that came late."""
        self._armed = ()
        self._inbox.disarm()

    def _fill(self, lane: Lane, plan: list[tuple[Job, int]]) -> list[tuple[Job, int, int]]:
        """Make the batch; for each job the row of its last token, and its length after the step."""
        context = lane.context
        context.clear()
        if context.stream:
            plan.sort(key=lambda entry: entry[0].place)
        rows: list[tuple[Job, int, int]] = []
        for job, count in plan:
            assert job.slot is not None
            begin = len(job.slot.tokens)
            end = job.slice_end(count)
            last = end == len(job.tokens)
            row = context.add(job.slot.index, job.tokens[begin:end], begin, output=last, every=job.wants_every)
            rows.append((job, row, end))
        return rows

    def _write_on(self, lane: Lane, job: Writing) -> None:
        """The usual case, kept tight: one answer is written and nothing else happens. Returns when something does."""
        context, inbox, heartbeat, dirty = lane.context, self._inbox, self._heartbeat, lane.jobs.dirty
        slot, tokens, scheduler = job.slot, job.tokens, lane.scheduler
        assert slot is not None
        if not self._arm(lane.jobs.ids):
            return
        heartbeat.working(scheduler.costs.writing(1))
        index, held, step, clock = slot.index, slot.tokens, context.step, time.perf_counter
        looked, seconds, flush = len(held), 0.0, lane.flush
        while len(tokens) <= slot.promised and not inbox.news:
            position = len(held)
            token = tokens[position]
            began = heartbeat.since = clock()
            try:
                step(index, token, position)
            except (StoppedError, NoRoomError, AssistantError) as error:
                self._broken_off(lane, [job], error)
                return
            now = clock()
            held.append(token)
            job.decoding += now - began
            seconds += now - began
            if seconds > _LOOK:
                written = len(held) - looked
                scheduler.wrote_alone(seconds / written)
                self._threads.took(1, seconds, written)
                looked, seconds = len(held), 0.0
            last = self._next_token(lane, job, 0, 1)
            if last:
                lane.jobs.end(job, *last)
                return
            heartbeat.tokens += 1
            dirty[job] = None
            if now - lane.flushed >= flush:
                self.flush(lane)
                if self._disturbed():
                    return

    def _arm(self, ids: tuple[str, ...]) -> bool:
        """From now on a cancel of all of these breaks off the decode; False if they are cancelled already."""
        if ids != self._armed:
            if not self._inbox.arm(ids, self._backend.abort):
                return False
            self._armed = ids
        return True

    def _learn(self, lane: Lane, rows: int, seconds: float) -> None:
        scheduler = lane.scheduler
        scheduler.learn(seconds)
        self._lanes.took(lane, seconds)
        if not scheduler.read:
            self._threads.took((lane.context.stream > 0, rows), seconds)
        else:
            self._threads.took(READING if rows == 1 else BESIDE, seconds, scheduler.read)

    def _deliver(self, lane: Lane, rows: Iterable[tuple[Job, int, int]], seconds: float) -> None:
        """Note what was decoded, and choose a token where a sequence was decoded to its end."""
        jobs = lane.jobs
        for job, row, end in rows:
            slot = job.slot
            assert slot is not None
            begin = len(slot.tokens)
            chosen = end == len(job.tokens) or job.wants_every
            slot.tokens.extend(job.tokens[begin:end])
            if job.wrote_at:
                job.decoding += seconds
            if end in job.stops:
                lane.cache.snapshot(slot)
            if end < len(job.tokens):
                self._sink.send(job.progress())
            if not chosen:
                continue
            first = not job.wrote_at
            if last := self._next_token(lane, job, row, end - begin):
                jobs.end(job, *last)
            elif isinstance(job, Writing):
                self._heartbeat.tokens += 1
                jobs.dirty[job] = None
                if first and job.interactive:
                    self.flush(lane)

    def _next_token(self, lane: Lane, job: Job, row: int, count: int) -> tuple[Message, ...]:
        try:
            return job.decoded(lane.context, row, count)
        except AssistantError as error:
            return (Failed.by(job.id, error),)

    # ------------------------------------------------------------ when a step did not work

    def _broken_off(self, lane: Lane, jobs: list[Job], error: Exception) -> None:
        self._armed = ()
        if isinstance(error, StoppedError):
            self._recover(lane, jobs)
        elif isinstance(error, NoRoomError):
            self._no_room(lane)
        else:
            assert isinstance(error, AssistantError)
            # Which request is to blame cannot be told, so the largest goes.
            job = max(jobs, key=lambda job: job.pending)
            self._recover(lane, jobs)
            lane.jobs.end(job, Failed.by(job.id, error), keep=False)

    def _recover(self, lane: Lane, jobs: Iterable[Job]) -> None:
        """Bring the memory back to what the ledger says, or the ledger back to what the memory can be brought to."""
        context = lane.context
        for job in jobs:
            slot = job.slot
            assert slot is not None
            if context.rewinds:
                context.truncate(slot.index, len(slot.tokens))
                continue
            for length, data in reversed([entry for entry in slot.snapshots if entry[0] <= len(slot.tokens)]):
                if context.restore(slot.index, data, length):
                    del slot.tokens[length:]
                    break
            else:
                lane.cache.forget(slot)

    def _no_room(self, lane: Lane) -> None:
        """The memory is fuller than the ledger thinks: drop what is only kept, then send the youngest back."""
        jobs = lane.jobs
        if lane.context.stream:
            self._lanes.abandon_streams()
            return
        if lane.cache.drop_kept():
            return
        job = jobs.running[-1]
        if len(jobs.running) > 1:
            jobs.send_back(job)
            lane.cache.drop_kept()
            return
        jobs.end(job, jobs.does_not_fit(job))
