"""The engine's one thread: admit requests, decode a step, hand out what came of it, again and again."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine import state
from assistant.engine.backend import Backend, NoRoomError, StoppedError
from assistant.engine.cache import Cache, common_prefix, worth_waiting
from assistant.engine.inbox import Inbox
from assistant.engine.messages import (
    Alive,
    Count,
    Counted,
    Embed,
    Embedded,
    Failed,
    Finished,
    FinishReason,
    Forget,
    Generate,
    Load,
    LoadState,
    Message,
    Piece,
    Ping,
    Pong,
    Request,
    Resize,
    Resized,
    SaveState,
    Score,
    StateLoaded,
    StateSaved,
)
from assistant.engine.prompt import PromptBuilder
from assistant.engine.sampling import DEFAULT_LIMIT, resolve
from assistant.engine.scheduler import Scheduler
from assistant.engine.sequence import Job, Scoring, Writing

FLUSH = 0.010  # seconds between two writes of grown answers to the pipe
_PROMISE = 512  # cells that an answer without a stated limit is promised at a time, at most


class Sink(Protocol):
    def send(self, *messages: msgspec.Struct) -> None: ...


class Loop:
    """Serves one loaded model until the inbox closes.

    :param memory: says how many bytes the child holds (for ``Pong``).
    """

    def __init__(self, backend: Backend, inbox: Inbox, sink: Sink, memory: Callable[[], int] = lambda: 0) -> None:
        self._backend = backend
        self._inbox = inbox
        self._sink = sink
        self._memory = memory
        self._prompts = PromptBuilder(backend.vocabulary, backend.facts.template)
        self._cache = Cache(backend)
        self._scheduler: Scheduler[Job] = Scheduler(backend.batch_size)
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._dirty: dict[Writing, None] = {}
        self._resize: Resize | None = None
        self._held: list[Generate | Score] = []
        self._flushed = 0.0
        self._promise = max(1, min(_PROMISE, backend.cells // 8))
        self._ids: tuple[str, ...] = ()
        self.pulse = Pulse()

    # ------------------------------------------------------------ the loop

    def run(self) -> None:
        """Returns when the inbox is closed."""
        while True:
            if self._inbox.news:
                self._receive()
                if self._inbox.closed:
                    return
            if self._waiting:
                self._admit()
            if self._running:
                self._step()
            elif self._resize is not None:
                self._do_resize(self._resize)
            elif not self._waiting:
                self._rest()
            else:
                self._give_up()

    def _rest(self) -> None:
        """Nothing to do: say the last words and sleep."""
        self._flush()
        self.pulse.idle()
        self._inbox.wait()

    def _receive(self) -> None:
        requests, cancelled = self._inbox.take()
        for request in requests:
            self._try(request)
        for identifier in cancelled:
            self._cancel(identifier)

    def _try(self, request: Request) -> None:
        if self._resize is not None and isinstance(request, (Generate, Score)):
            self._held.append(request)  # how much room there is will be known then
            return
        try:
            self._handle(request)
        except AssistantError as error:
            self._fail(getattr(request, "id", ""), error)
        except Exception as error:  # an odd request must not take the others along
            internal = AssistantError(ErrorKind.INTERNAL, f"{type(error).__name__}: {error}")
            self._fail(getattr(request, "id", ""), internal)

    # ------------------------------------------------------------ requests

    def _handle(self, request: Request) -> None:
        match request:
            case Generate():
                self._add(self._writing(request))
            case Score():
                self._add(self._scoring(request))
            case Count():
                count = len(self._prompts.build(request.prompt, raw=request.raw).tokens)
                self._sink.send(Counted(id=request.id, tokens=count))
            case Embed():
                self._embed(request)
            case SaveState():
                self._save(request)
            case LoadState():
                self._load(request)
            case Forget():
                self._forget(request.key)
            case Resize():
                if self._resize is not None:
                    raise AssistantError(ErrorKind.ALREADY_RUNNING)
                if request.context < 1:
                    raise AssistantError(ErrorKind.SETTING_INVALID, key="context", value=request.context)
                self._resize = request
            case Ping():
                self._sink.send(Pong(id=request.id, memory=self._memory()))
            case Load():
                raise AssistantError(ErrorKind.ALREADY_RUNNING, "this child has its model")

    def _add(self, job: Job) -> None:
        if job.interactive:
            first_bulk = next((i for i, other in enumerate(self._waiting) if not other.interactive), len(self._waiting))
            self._waiting.insert(first_bulk, job)
        else:
            self._waiting.append(job)

    def _writing(self, request: Generate) -> Writing:
        backend = self._backend
        self._require_memory()
        prompt = self._prompts.build(request.prompt, raw=request.raw)
        length = len(prompt.tokens)
        self._check_prompt(prompt.tokens)
        room = backend.cells - length
        if room < 1:
            raise AssistantError(ErrorKind.CONTEXT_FULL, needed=length + 1, available=backend.cells)
        limit = min(request.max_tokens, room) if request.max_tokens > 0 else min(DEFAULT_LIMIT, room)
        sampling = resolve(request.sampling, backend.facts.sampling)
        # The last token of an answer is never decoded.
        job = Writing(request, prompt, backend, sampling=sampling, limit=limit, room=length + limit - 1)
        job.soft = request.max_tokens <= 0
        if not backend.rewinds:
            job.stops = sorted({point for point in (*prompt.checkpoints, prompt.trusted_tail) if 0 < point < length})
        return job

    def _scoring(self, request: Score) -> Scoring:
        self._require_memory()
        before = self._prompts.build(request.prompt, raw=request.raw).tokens
        pieces = (*request.prompt, Piece(text=request.text))
        tokens = self._prompts.build(pieces, raw=request.raw).tokens
        first = common_prefix(before, tokens)
        self._check_prompt(tokens)
        if len(tokens) > self._backend.cells:
            raise AssistantError(ErrorKind.CONTEXT_FULL, needed=len(tokens), available=self._backend.cells)
        if first >= len(tokens) or not request.text:
            raise AssistantError(ErrorKind.PROMPT_EMPTY)
        return Scoring(request, tokens, first, self._backend.outputs)

    def _check_prompt(self, tokens: array[int]) -> None:
        if not tokens:
            raise AssistantError(ErrorKind.PROMPT_EMPTY)
        size = self._backend.vocabulary.size
        if min(tokens) < 0 or max(tokens) >= size:
            raise AssistantError(ErrorKind.INTERNAL, "the prompt holds tokens that this vocabulary does not have")

    def _require_memory(self) -> None:
        if not self._backend.cells:
            raise AssistantError(ErrorKind.NOT_SUPPORTED, "this model only makes embeddings", capability="generate")

    def _embed(self, request: Embed) -> None:
        vectors: list[float] = []
        dimensions = 0
        for text in request.texts:
            self.pulse.working(60.0)
            vector = self._backend.embed(text)
            dimensions = len(vector)
            vectors.extend(vector)
        data = array("f", vectors)
        if _BIG_ENDIAN:
            data.byteswap()
        count = len(request.texts)
        self._sink.send(Embedded(id=request.id, count=count, dimensions=dimensions, vectors=data.tobytes()))

    def _save(self, request: SaveState) -> None:
        slot = self._cache.of_key(request.key)
        if slot is None or not slot.tokens:
            raise AssistantError(ErrorKind.STATE_UNUSABLE, "nothing is kept for this key")
        self.pulse.working(60.0)
        size = state.write(request.path, self._backend, slot)
        self._sink.send(StateSaved(id=request.id, tokens=len(slot.tokens), size=size))

    def _load(self, request: LoadState) -> None:
        self.pulse.working(60.0)
        tokens = state.read(request.path, self._backend, self._cache, request.key)
        self._sink.send(StateLoaded(id=request.id, tokens=tokens))

    def _forget(self, key: str) -> None:
        slot = self._cache.of_key(key) if key else None
        if slot is None:
            return
        if slot.running:
            slot.key = ""  # its answer goes on; nobody will find it afterwards
            for job in self._running:
                if job.slot is slot:
                    job.key = ""
        else:
            self._cache.drop(slot)

    def _do_resize(self, request: Resize) -> None:
        self.pulse.working(60.0)
        try:
            kept = state.resize(self._backend, self._cache, request.context)
        except AssistantError as error:
            self._cache = Cache(self._backend)
            self._fail(request.id, error)
        else:
            self._sink.send(Resized(id=request.id, facts=self._backend.facts, kept=kept))
        self._end_resize()

    def _end_resize(self) -> None:
        self._resize = None
        held, self._held = self._held, []
        for request in held:
            self._try(request)

    def _cancel(self, identifier: str) -> None:
        for job in (*self._running, *self._waiting):
            if job.id == identifier:
                self._end(job, self._cancelled(job))
                return
        for request in self._held:
            if request.id == identifier:
                self._held.remove(request)
                self._sink.send(_never_ran(request))
                return
        if self._resize is not None and self._resize.id == identifier:
            self._fail(identifier, AssistantError(ErrorKind.CANCELLED))
            self._end_resize()

    def _cancelled(self, job: Job) -> tuple[Message, ...]:
        if isinstance(job, Writing):
            return job.finished(FinishReason.CANCELLED)
        return (Failed(id=job.id, kind=ErrorKind.CANCELLED),)

    def _fail(self, identifier: str, error: AssistantError) -> None:
        if identifier:
            values = {key: value for key, value in error.values.items() if isinstance(value, (str, int, float))}
            self._sink.send(Failed(id=identifier, kind=error.kind, detail=error.detail, values=values))

    # ------------------------------------------------------------ admission

    def _admit(self) -> None:
        if self._resize is not None:
            return
        blocked = False
        for job in list(self._waiting):
            if blocked and not job.interactive:
                break
            if len(self._running) >= self._most(job):
                break
            outcome = self._try_admit(job)
            if outcome == "full":
                # A later one may fit, but it would push this one back for ever.
                blocked = True
                if job.interactive and self._preempt_bulk():
                    outcome = self._try_admit(job)
                if outcome == "full":
                    break

    def _most(self, job: Job) -> int:
        """How many requests may run when this one does: bulk leaves some slots to interactive ones."""
        slots = self._backend.slots
        return slots if job.interactive else min(slots, self._backend.facts.sequences)

    def _try_admit(self, job: Job) -> str:
        """``in``, ``later`` (it waits for another one's prefix) or ``full``."""
        match = self._cache.best(job.tokens, job.key, job.reusable)
        if self._attach(job, match.length):
            return "later"
        reserve = min(job.room, len(job.tokens) + self._promise) if job.soft else job.room
        slot = self._cache.claim(match, job.key, reserve=reserve, interactive=job.interactive)
        if slot is None:
            return "full"
        job.slot = slot
        job.waits_for = None
        if not job.started:
            job.started = time.perf_counter()
            job.cached = len(slot.tokens)
            self._sink.send(job.progress())
        self._waiting.remove(job)
        self._running.append(job)
        self._changed()
        return "in"

    def _attach(self, job: Job, have: int) -> bool:
        """Let ``job`` wait if somebody is just reading the same beginning, longer than what it would get now."""
        best: tuple[Job, int] | None = None
        for other in self._running:
            if other.pending <= 1 or (job.interactive and not other.interactive):
                continue
            common = min(common_prefix(other.tokens, job.tokens), job.reusable, len(other.tokens) - 1)
            if common > other.read and worth_waiting(common - have) and (best is None or common > best[1]):
                best = (other, common)
        if best is None:
            return False
        if job.waits_for != best:
            job.waits_for = best
            if not self._backend.rewinds and best[1] not in best[0].stops:
                best[0].stops.append(best[1])
        return True

    def _preempt_bulk(self) -> bool:
        """Make room for an interactive request: the youngest bulk one goes back and reads again later."""
        victim = next((job for job in reversed(self._running) if not job.interactive), None)
        if victim is None:
            return False
        self._send_back(victim)
        return True

    def _send_back(self, job: Job) -> None:
        assert job.slot is not None
        self._running.remove(job)
        self._cache.release(job.slot)
        job.slot = None
        job.soft = False  # it comes back only when there is room for all of it
        at = 0 if job.interactive else sum(1 for other in self._waiting if other.interactive)
        self._waiting.insert(at, job)
        self._changed()

    def _give_up(self) -> None:
        """Nothing runs and the first one in the queue does not fit: it never will."""
        self._cache.drop_kept()
        self._admit()
        if not self._running and self._waiting:
            job = self._waiting[0]
            self._end(job, (self._does_not_fit(job),))

    # ------------------------------------------------------------ one step

    def _step(self) -> None:
        able = self._able()
        if not able:
            self._send_back(self._running[-1])
            return
        plan = self._scheduler.plan(able)
        backend = self._backend
        backend.clear()
        rows: list[tuple[Job, int, int]] = []
        for job, count in plan:
            assert job.slot is not None
            begin = len(job.slot.tokens)
            end = job.slice_end(count)
            tokens = job.tokens
            row = backend.add(
                job.slot.index, tokens[begin:end], begin, output=end == len(tokens), every=job.wants_every
            )
            rows.append((job, row, end))
        ids = self._ids if len(plan) == len(self._running) else tuple(job.id for job, _ in plan)
        self.pulse.working(self._scheduler.expected)
        if not self._inbox.begin_step(ids, backend.abort):
            return
        began = time.perf_counter()
        try:
            backend.decode()
        except StoppedError:
            self._recover(job for job, _, _ in rows)
            return
        except NoRoomError:
            self._no_room()
            return
        except AssistantError as error:
            self._refused([job for job, _, _ in rows], error)
            return
        finally:
            self._inbox.end_step()
        now = time.perf_counter()
        self._scheduler.learn(now - began)
        self._deliver(rows, now - began)
        if now - self._flushed >= FLUSH:
            self._flush()

    def _able(self) -> list[Job]:
        """The running jobs that have cells for their next tokens."""
        short = [job for job in self._running if job.slot is not None and len(job.tokens) > job.slot.promised]
        if not short:
            return self._running
        blocked = [job for job in short if not self._grow(job)]
        return [job for job in self._running if job not in blocked]

    def _grow(self, job: Job) -> bool:
        """Promise more cells to an answer, if need be at the cost of bulk."""
        slot = job.slot
        if slot is None:  # it was just sent back itself
            return False
        more = min(self._promise, job.room - slot.promised)
        while not self._cache.grow(slot, more):
            if not (job.interactive and self._preempt_bulk()):
                return False
        return True

    def _deliver(self, rows: Iterable[tuple[Job, int, int]], seconds: float) -> None:
        backend = self._backend
        for job, row, end in rows:
            slot = job.slot
            assert slot is not None
            begin = len(slot.tokens)
            every = job.wants_every
            slot.tokens.extend(job.tokens[begin:end])
            if job.wrote_at:
                job.decoding += seconds
            if end in job.stops:
                self._cache.snapshot(slot)
            if end < len(job.tokens):
                self._sink.send(job.progress())
            if end == len(job.tokens) or every:
                first = not job.wrote_at
                try:
                    last = job.decoded(backend, row, end - begin)
                except AssistantError as error:
                    last = (Failed(id=job.id, kind=error.kind, detail=error.detail),)
                if last:
                    self._end(job, last)
                elif isinstance(job, Writing):
                    self.pulse.tokens += 1
                    self._dirty[job] = None
                    if first:
                        self._flush()

    def _end(self, job: Job, messages: tuple[Message, ...], *, keep: bool = True) -> None:
        """Take a job out and send its last messages; ``keep`` what was read for the next one."""
        if job in self._running:
            self._running.remove(job)
        else:
            self._waiting.remove(job)
        if job.slot is not None:
            self._cache.release(job.slot, keep=keep and not isinstance(job, Scoring))
            job.slot = None
        if isinstance(job, Writing):
            self._dirty.pop(job, None)
        job.close()
        self._changed()
        self._sink.send(*messages)

    def _flush(self) -> None:
        """Send what grew, with one write."""
        self._flushed = time.perf_counter()
        if self._dirty:
            updates = [update for job in self._dirty if (update := job.update()) is not None]
            self._dirty.clear()
            if updates:
                self._sink.send(*updates)

    def _changed(self) -> None:
        self._ids = tuple(job.id for job in self._running)
        self.pulse.running, self.pulse.waiting = len(self._running), len(self._waiting)
        self.pulse.used = self._cache.used

    # ------------------------------------------------------------ when a step did not work

    def _recover(self, jobs: Iterable[Job]) -> None:
        """A decode was broken off: believe the memory, not the ledger."""
        for job in jobs:
            slot = job.slot
            assert slot is not None
            if self._backend.rewinds:
                self._backend.truncate(slot.index, len(slot.tokens))
                continue
            kept = [entry for entry in slot.snapshots if entry[0] <= len(slot.tokens)]
            while kept:
                length, data = kept.pop()
                if self._backend.restore(slot.index, data, length):
                    del slot.tokens[length:]
                    break
            else:
                self._cache.forget(slot)

    def _refused(self, jobs: list[Job], error: AssistantError) -> None:
        """The library could not decode this batch. Which request is to blame cannot be told, so the largest goes."""
        job = max(jobs, key=lambda job: job.pending)
        self._recover(jobs)
        self._end(job, (Failed(id=job.id, kind=error.kind, detail=error.detail),), keep=False)

    def _no_room(self) -> None:
        """The memory is fuller than the ledger thinks: drop what is only kept, then send the youngest back."""
        if self._cache.drop_kept():
            return
        job = self._running[-1]
        if len(self._running) > 1:
            self._send_back(job)
            self._cache.drop_kept()
            return
        self._end(job, (self._does_not_fit(job),))

    def _does_not_fit(self, job: Job) -> Failed:
        values: dict[str, str | int | float] = {"needed": job.room, "available": self._backend.cells}
        return Failed(id=job.id, kind=ErrorKind.CONTEXT_FULL, values=values)


def _never_ran(request: Generate | Score) -> Message:
    """The end of a request that was cancelled before anything was done for it."""
    if isinstance(request, Generate):
        return Finished(id=request.id, reason=FinishReason.CANCELLED)
    return Failed(id=request.id, kind=ErrorKind.CANCELLED)


class Pulse:
    """What another thread may know about the loop: how busy it is, and whether it is still moving."""

    def __init__(self) -> None:
        self.running = 0
        self.waiting = 0
        self.used = 0
        self.tokens = 0
        self._since = 0.0
        self._patience = 0.0
        self._seen = (time.monotonic(), 0)

    def working(self, expected: float) -> None:
        """Something begins that should take ``expected`` seconds (0: nobody knows)."""
        self._patience = max(3.0, 8 * expected) if expected else 30.0
        self._since = time.monotonic()

    def idle(self) -> None:
        self._since = 0.0

    def alive(self) -> Alive | None:
        """A sign of life, None if there is nothing to do or if what was begun takes far too long."""
        now = time.monotonic()
        since = self._since
        if not since or now - since > self._patience:
            return None
        before, count = self._seen
        tokens = self.tokens
        self._seen = (now, tokens)
        speed = (tokens - count) / max(0.001, now - before)
        return Alive(running=self.running, waiting=self.waiting, used=self.used, speed=speed)


_BIG_ENDIAN = array("H", [1]).tobytes() == b"\0\1"
