"""Requests become jobs, or are answered at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine import state
from assistant.engine.backend import Backend
from assistant.engine.cache import common_prefix
from assistant.engine.counter import Counter
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.lanes import Lanes
from assistant.engine.messages import (
    Count,
    Counted,
    CountMany,
    Embed,
    Embedded,
    Failed,
    Finished,
    FinishReason,
    Generate,
    Load,
    LoadState,
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
    Survey,
)
from assistant.engine.messages import Forget as ForgetRequest
from assistant.engine.prompt import PromptBuilder
from assistant.engine.sampling import DEFAULT_LIMIT, resolve
from assistant.engine.sequence import Job, Scoring, Writing
from assistant.engine.sink import Sink
from assistant.process.message import Message

_BIG_ENDIAN = array("H", [1]).tobytes() == b"\0\1"


class Intake:
    """Takes requests for one loaded model.

    :param memory: says how many bytes the child holds (for ``Pong``).
    :ivar counter: texts to count, for which the loop takes a moment between two steps.
    :ivar resize: a change of the context that waits until nothing runs; what comes meanwhile is held back.
    """

    def __init__(
        self, backend: Backend, lanes: Lanes, sink: Sink, heartbeat: Heartbeat, memory: Callable[[], int]
    ) -> None:
        self._backend = backend
        self._lanes = lanes
        self._cache = lanes.main.cache
        self._sink = sink
        self._heartbeat = heartbeat
        self._memory = memory
        self._prompts = PromptBuilder(backend.vocabulary, backend.facts.template)
        self.counter = Counter(self._prompts, sink, heartbeat)
        self._held: list[tuple[Generate | Score, float]] = []
        self.resize: Resize | None = None

    def take(self, request: Request, arrived: float) -> None:
        """Begin with a request. Whatever is wrong with it, it gets its one answer and nobody else suffers."""
        if self.resize is not None and isinstance(request, (Generate, Score)):
            self._held.append((request, arrived))  # how much room there is will be known then
            return
        try:
            self._handle(request, arrived)
        except AssistantError as error:
            self._fail(request, error)
        except Exception as error:  # an odd request must not take the others along
            self._fail(request, AssistantError(ErrorKind.INTERNAL, f"{type(error).__name__}: {error}"))

    def cancel(self, identifier: str) -> None:
        """Stop a request in whatever phase it is."""
        if (found := self._lanes.find(identifier)) is not None:
            jobs, job = found
            if isinstance(job, Writing):
                jobs.end(job, *job.finished(FinishReason.CANCELLED))
            else:
                jobs.end(job, Failed(id=identifier, kind=ErrorKind.CANCELLED))
            return
        if self.counter.cancel(identifier):
            self._sink.send(Failed(id=identifier, kind=ErrorKind.CANCELLED))
            return
        for entry in self._held:
            request, _ = entry
            if request.id == identifier:
                self._held.remove(entry)
                self._sink.send(_never_ran(request))
                return
        if self.resize is not None and self.resize.id == identifier:
            self._fail(self.resize, AssistantError(ErrorKind.CANCELLED))
            self._end_resize()

    def do_resize(self) -> None:
        """Nothing runs any more: change the context."""
        assert self.resize is not None
        self._heartbeat.working()
        self._lanes.close_streams()
        try:
            kept = state.resize(self._backend, self._cache, self.resize.context)
        except AssistantError as error:
            self._fail(self.resize, error)
        else:
            self._sink.send(Resized(id=self.resize.id, facts=self._backend.facts, kept=kept))
        self._end_resize()

    def _end_resize(self) -> None:
        self.resize = None
        held, self._held = self._held, []
        for request, arrived in held:
            self.take(request, arrived)

    def _handle(self, request: Request, arrived: float) -> None:
        match request:
            case Generate():
                self._add(self._writing(request), arrived)
            case Score():
                self._add(self._scoring(request), arrived)
            case Count():
                count = len(self._prompts.build(request.prompt, raw=request.raw).tokens)
                self._sink.send(Counted(id=request.id, tokens=count))
            case CountMany():
                self.counter.add(request)
            case Embed():
                self._embed(request)
            case SaveState():
                self._save(request)
            case LoadState():
                self._load(request)
            case ForgetRequest():
                self._forget(request.key)
            case Resize():
                self._want_resize(request)
            case Ping():
                self._sink.send(Pong(id=request.id, memory=self._memory()))
            case Load() | Survey():
                raise AssistantError(ErrorKind.ALREADY_RUNNING, "this child has its model")

    # ------------------------------------------------------------ jobs

    def _add(self, job: Job, arrived: float) -> None:
        job.arrived = arrived
        self._lanes.main.jobs.add(job)

    def _writing(self, request: Generate) -> Job:
        backend = self._backend
        self._require_memory()
        prompt = self._prompts.build(request.prompt, raw=request.raw)
        length = len(prompt.tokens)
        self._check(prompt.tokens)
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

    def _scoring(self, request: Score) -> Job:
        self._require_memory()
        before = self._prompts.build(request.prompt, raw=request.raw).tokens
        tokens = self._prompts.build((*request.prompt, Piece(text=request.text)), raw=request.raw).tokens
        first = common_prefix(before, tokens)
        self._check(tokens)
        if len(tokens) > self._backend.cells:
            raise AssistantError(ErrorKind.CONTEXT_FULL, needed=len(tokens), available=self._backend.cells)
        if first >= len(tokens) or not request.text:
            raise AssistantError(ErrorKind.PROMPT_EMPTY)
        return Scoring(request, tokens, first, self._backend.outputs)

    def _check(self, tokens: array[int]) -> None:
        if not tokens:
            raise AssistantError(ErrorKind.PROMPT_EMPTY)
        if min(tokens) < 0 or max(tokens) >= self._backend.vocabulary.size:
            raise AssistantError(ErrorKind.INTERNAL, "the prompt holds tokens that this vocabulary does not have")

    def _require_memory(self) -> None:
        if not self._backend.cells:
            raise AssistantError(ErrorKind.NOT_SUPPORTED, "this model only makes embeddings", capability="generate")

    # ------------------------------------------------------------ answered at once

    def _embed(self, request: Embed) -> None:
        vectors: list[float] = []
        dimensions = 0
        for text in request.texts:
            self._heartbeat.working()
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
        self._heartbeat.moving(state.size_of(slot, self._backend.facts))
        size = state.write(request.path, self._backend, self._cache, slot)
        self._sink.send(StateSaved(id=request.id, tokens=len(slot.tokens), size=size))

    def _load(self, request: LoadState) -> None:
        self._heartbeat.moving(state.size_on_disk(request.path))
        tokens = state.read(request.path, self._backend, self._cache, request.key)
        self._sink.send(StateLoaded(id=request.id, tokens=tokens))

    def _forget(self, key: str) -> None:
        self._prompts.forget()
        self._lanes.forget()
        slot = self._cache.of_key(key) if key else None
        if slot is None:
            return
        if slot.running:
            slot.key = ""  # its answer goes on; nobody will find it afterwards
            for job in self._lanes.main.jobs.running:
                if job.slot is slot:
                    job.key = ""
        else:
            self._cache.drop(slot)

    def _want_resize(self, request: Resize) -> None:
        if self.resize is not None:
            raise AssistantError(ErrorKind.ALREADY_RUNNING)
        if request.context < 1:
            raise AssistantError(ErrorKind.SETTING_INVALID, key="context", value=request.context)
        self.resize = request

    def _fail(self, request: Request, error: AssistantError) -> None:
        identifier = getattr(request, "id", "")
        if identifier:
            self._sink.send(Failed.by(identifier, error))


def _never_ran(request: Generate | Score) -> Message:
    """The end of a request that was cancelled before anything was done for it."""
    if isinstance(request, Generate):
        return Finished(id=request.id, reason=FinishReason.CANCELLED)
    return Failed(id=request.id, kind=ErrorKind.CANCELLED)
