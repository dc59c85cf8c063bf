"""The loaded models: one child each, within a memory budget, the least recently used one out, never a busy one."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.inbox import Inbox
from assistant.core.load_plan import LoadPlan
from assistant.engine.client import EngineClient, EngineEnded
from assistant.engine.messages import (
    Alive,
    Device,
    Event,
    Facts,
    Failed,
    Finished,
    Loaded,
    Loading,
    Reading,
    Resize,
    Resized,
    Survey,
    Surveyed,
    Tokens,
)

ReplyHandler = Callable[[Any], None]
Connect = Callable[[Callable[[Any], None], Path | None], EngineClient]
"""Makes a client from the function that takes its events and the file for its log."""

CLOSE_SECONDS = 3.0
LEFT_ALONE = 30.0
"""Seconds without a request after which a model goes that is over the budget: the next question may follow."""

_GRAPHICS_TROUBLE = frozenset(
    {
        ErrorKind.MODEL_TOO_LARGE,
        ErrorKind.MODEL_LOAD_FAILED,
        ErrorKind.MODEL_DAMAGED,  # what a failed load is called when the file's header is sound
        ErrorKind.ENGINE_MEMORY,
        ErrorKind.ENGINE_CRASHED,
        ErrorKind.ENGINE_HUNG,
    }
)
"""Ends of a load on a graphics card after which the processor is tried."""


@dataclass
class Engine:
    """One model's child and what is known about it. Owned by ``Engines``; others read.

    :ivar heard: when it last gave a sign of life while loading; ``moved``: when it last was further than before.
    :ivar proved: it has answered, so that its device works.
    :ivar instead_of: why this is the processor's turn, after the graphics card could not load the model.
    """

    plan: LoadPlan
    client: EngineClient
    loading: bool = True
    progress: float = 0.0
    heard: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)
    facts: Facts | None = None
    used: int = 0  # cells of the context in use
    extra: int = 0  # bytes beside those of its facts, while bulk requests need them
    last_used: float = field(default_factory=time.monotonic)
    requests: dict[str, ReplyHandler] = field(default_factory=dict)
    waiting: list[Callable[[Engine | AssistantError], None]] = field(default_factory=list)
    load_id: str = ""
    proved: bool = False
    instead_of: AssistantError | None = None

    @property
    def busy(self) -> bool:
        return bool(self.requests or self.waiting)

    @property
    def idle(self) -> bool:
        """Whether it may make way for another one."""
        return not self.busy and not self.loading

    @property
    def memory(self) -> int:
        """Bytes of the machine's memory that it holds."""
        if self.facts is None or self.facts.gpu_layers:
            return self.plan.needed
        return self.facts.memory + self.extra

    def send(self, request: Any, on_reply: ReplyHandler) -> None:
        """Send ``request``; its events (also ``Failed``) go to ``on_reply`` on the pumping thread."""
        self.last_used = time.monotonic()
        self.requests[request.id] = on_reply
        self.client.send(request)


class Engines:
    """Loads, routes and unloads. Every method runs on the pumping thread.

    :param changed: called after anything that the status line shows.
    :param budget: bytes that all models together may hold, asked at each load.
    :param log: folder for the children's logs.
    :param connect: how to reach a child; tests give their own.
    :param graphics: whether llama.cpp can use a graphics card here.
    :param fell_back: called when a model that its graphics card could not take is loaded without it, and why.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        changed: Callable[[], None],
        budget: Callable[[], int],
        log: Path | None,
        connect: Connect | None = None,
        graphics: Callable[[], bool] = lambda: False,
        fell_back: Callable[[LoadPlan, AssistantError], None] = lambda _plan, _error: None,
    ) -> None:
        self._inbox = inbox
        self._changed = changed
        self._budget = budget
        self._log = log
        self._connect = connect or (lambda deliver, log: EngineClient(deliver, log=log))
        self._graphics = graphics
        self._fell_back = fell_back
        self._without: dict[str, int] = {}  # models that the graphics card could not take, with so many layers
        self._engines: dict[str, Engine] = {}
        self._closing: list[EngineClient] = []
        self._ids = itertools.count(1)
        self.errors: dict[str, AssistantError] = {}

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids)}"

    def get(self, key: str) -> Engine | None:
        """The engine of a model that is loaded or loading."""
        return self._engines.get(key)

    @property
    def loading(self) -> list[Engine]:
        """The engines whose models are on their way into memory."""
        return [engine for engine in self._engines.values() if engine.loading]

    def acquire(self, plan: LoadPlan, ready: Callable[[Engine | AssistantError], None]) -> None:
        """Call ``ready`` with the model's engine, loading it if needed, or with the error that prevents it."""
        if plan.gpu_layers and self._without.get(plan.key) == plan.gpu_layers:
            plan = plan.without_graphics()
        engine = self._engines.get(plan.key)
        if engine is not None and engine.client.pid is None:  # that it has ended is the next thing to be told
            self._inbox.put(lambda wanted: self.acquire(wanted, ready), plan)
            return
        if engine is not None and engine.plan != plan and not engine.busy:
            self.unload(plan.key)  # settings changed since it was loaded
            engine = None
        if engine is None:
            engine = self._start(plan)
        elif engine.plan == plan:
            engine.plan = replace(engine.plan, context_wanted=plan.context_wanted)
        engine.last_used = time.monotonic()
        if engine.loading:
            engine.waiting.append(ready)
        else:
            ready(engine)

    def spare(self, key: str) -> int:
        """Bytes that loading ``key`` would give back first: its own engine's, and those of idle ones."""
        return sum(e.memory for e in self._engines.values() if e.plan.key == key or e.idle)

    def room_beside(self, key: str) -> int:
        """Bytes that another model may take without the engine of ``key`` or a busy one making way for it."""
        return self._budget() - sum(e.memory for e in self._engines.values() if e.plan.key == key or not e.idle)

    def on_graphics(self, key: str) -> int:
        """Bytes of graphics memory that engines other than the one of ``key`` hold."""
        return sum(e.plan.on_gpu for e in self._engines.values() if e.plan.key != key and e.plan.gpu_layers)

    def survey(self, done: Callable[[tuple[Device, ...]], None]) -> None:
        """Ask an engine without a model which devices there are; none if it cannot say."""
        client: EngineClient

        def handle(event: Any) -> None:
            if isinstance(event, EngineEnded):
                if client in self._closing:
                    self._closing.remove(client)
                return
            client.close()
            done(event.devices if isinstance(event, Surveyed) else ())

        log = self._log / "engine-survey.log" if self._log else None
        client = self._connect(lambda event: self._inbox.put(handle, event), log)
        self._closing.append(client)
        client.survey(Survey(id=self.new_id("survey")))

    def stop_loading(self, key: str) -> None:
        """Give up a load; who waits for it gets CANCELLED."""
        engine = self._engines.get(key)
        if engine is not None and engine.loading:
            self._fail_load(engine, AssistantError(ErrorKind.CANCELLED))

    def cancel(self, engine: Engine, request_id: str) -> None:
        if request_id in engine.requests:
            engine.client.cancel(request_id)

    def resize(self, engine: Engine, context: int, done: Callable[[Resized | AssistantError], None]) -> None:
        """Give a loaded model another context, keeping what was read. As for a load, idle models make room for it."""

        def answer(event: Any) -> None:
            if isinstance(event, Resized):
                engine.facts = event.facts
                self._changed()
                done(event)
            else:
                done(error_of(event))

        facts = engine.facts
        assert facts is not None
        engine.send(Resize(id=self.new_id("resize"), context=context), answer)  # it is busy now, and stays
        self._make_room(max(0, context - facts.context) * facts.cache_bytes_per_token)

    def unload(self, key: str) -> None:
        """End the model's child; its memory is back as soon as the process is gone."""
        engine = self._engines.pop(key, None)
        if engine is None:
            return
        self._closing.append(engine.client)
        engine.client.close()
        self._give_up(engine, AssistantError(ErrorKind.CANCELLED))
        self._changed()

    def unload_idle(self, seconds: float) -> None:
        """Unload what nobody used for ``seconds``."""
        now = time.monotonic()
        for key, engine in list(self._engines.items()):
            if engine.idle and now - engine.last_used > seconds:
                self.unload(key)

    def keep_to_budget(self) -> None:
        """Unload what was left alone for a while, the least recently used first, as long as all models hold more than
        they may: one that was loaded beside a busy one found no room."""
        while len(self._engines) > 1 and self._held() > self._budget():
            oldest = self._oldest_idle()
            if oldest is None or time.monotonic() - oldest.last_used < LEFT_ALONE:
                return
            self.unload(oldest.plan.key)

    def close(self) -> None:
        """End all children and wait until they are gone."""
        clients = [engine.client for engine in self._engines.values()] + self._closing
        self._engines.clear()
        for client in clients:
            client.close()
        end = time.monotonic() + CLOSE_SECONDS
        for client in clients:
            client.close(max(0.1, end - time.monotonic()))
        self._closing.clear()

    # ------------------------------------------------------------ inside

    def _start(self, plan: LoadPlan) -> Engine:
        self._make_room(plan.needed)
        self.errors.pop(plan.key, None)
        engine: Engine

        def deliver(event: Event | EngineEnded) -> None:
            self._inbox.put(lambda arrived: self._handle(engine, arrived), event)

        # Keys are made of the names of files, which are nothing for a folder of logs.
        log = self._log / f"engine-{hashlib.sha256(plan.key.encode()).hexdigest()[:12]}.log" if self._log else None
        engine = Engine(plan, self._connect(deliver, log))
        engine.load_id = self.new_id("load")
        self._engines[plan.key] = engine
        engine.client.load(plan.message(engine.load_id))
        self._changed()
        return engine

    def _make_room(self, needed: int) -> None:
        budget = self._budget()
        while self._held() + needed > budget and (oldest := self._oldest_idle()) is not None:
            self.unload(oldest.plan.key)

    def _held(self) -> int:
        """Bytes of memory that all models hold."""
        return sum(engine.memory for engine in self._engines.values())

    def _oldest_idle(self) -> Engine | None:
        """The least recently used engine that may go."""
        idle = (engine for engine in self._engines.values() if engine.idle)
        return min(idle, key=lambda engine: engine.last_used, default=None)

    def _handle(self, engine: Engine, event: Event | EngineEnded) -> None:
        if isinstance(event, EngineEnded):
            self._ended(engine, event)
        elif isinstance(event, Loading):
            engine.heard = time.monotonic()
            if event.progress > engine.progress:
                engine.progress, engine.moved = event.progress, engine.heard
                self._changed()
        elif isinstance(event, Loaded):
            self._loaded(engine, event)
        elif isinstance(event, Failed) and event.id == engine.load_id and engine.loading:
            error = error_of(event)
            error.values["name"] = engine.plan.name  # the child knows only its file
            self._fail_load(engine, error)
        elif isinstance(event, Alive):
            engine.used, engine.extra = event.used, event.extra
            self._changed()
        else:
            self._route(engine, event)

    def _route(self, engine: Engine, event: Any) -> None:
        if isinstance(event, Tokens | Reading):
            handler = engine.requests.get(event.id)
        else:
            handler = engine.requests.pop(event.id, None)
            engine.last_used = time.monotonic()
            engine.proved = engine.proved or isinstance(event, Finished)
        if handler is not None:  # otherwise a late word about something that is over
            handler(event)

    def _loaded(self, engine: Engine, event: Loaded) -> None:
        engine.loading = False
        engine.facts = event.facts
        waiting, engine.waiting = engine.waiting, []
        self._changed()
        if engine.instead_of is not None:
            self._fell_back(engine.plan, engine.instead_of)
        for ready in waiting:
            ready(engine)

    def _on_processor(self, engine: Engine, error: AssistantError) -> bool:
        """Load once more without the graphics card, if that may be what failed; who waits goes on waiting."""
        plan = engine.plan
        if not plan.gpu_layers or error.kind not in _GRAPHICS_TROUBLE or not self._graphics():
            return False
        self._without[plan.key] = plan.gpu_layers
        waiting, engine.waiting = engine.waiting, []
        again = self._start(plan.without_graphics())
        again.waiting, again.instead_of = waiting, error
        return True

    def _fail_load(self, engine: Engine, error: AssistantError) -> None:
        engine.loading = False  # the child will answer the cancel: by then another engine may load the same model
        self._engines.pop(engine.plan.key, None)
        if error.kind is not ErrorKind.CANCELLED:
            self.errors[engine.plan.key] = error
        self._closing.append(engine.client)
        engine.client.cancel(engine.load_id)
        engine.client.close()
        if self._on_processor(engine, error):
            return
        self._give_up(engine, error)
        self._changed()

    def _ended(self, engine: Engine, event: EngineEnded) -> None:
        if engine.client in self._closing:
            self._closing.remove(engine.client)
        if self._engines.get(engine.plan.key) is engine:
            del self._engines[engine.plan.key]
            if not event.outcome.expected:
                error = AssistantError(event.outcome.kind, event.outcome.detail, name=engine.plan.name)
                if engine.loading and self._on_processor(engine, error):
                    return
                self.errors[engine.plan.key] = error
                if not engine.proved and engine.facts is not None and engine.facts.gpu_layers:
                    # It loaded, but the first thing it was asked for ended it: not there again.
                    self._without[engine.plan.key] = engine.plan.gpu_layers
                    self._fell_back(engine.plan, error)
                self._give_up(engine, error)
        self._changed()

    def _give_up(self, engine: Engine, error: AssistantError) -> None:
        waiting, engine.waiting = engine.waiting, []
        requests, engine.requests = engine.requests, {}
        for ready in waiting:
            ready(error)
        for request_id, handler in requests.items():
            handler(Failed.by(request_id, error))


@contextlib.contextmanager
def measured_by(facts: Facts) -> Iterator[None]:
    """What does not fit the context here is said to be too much for the model where no setting can make it larger."""
    try:
        yield
    except AssistantError as error:
        most = facts.context_trained
        if error.kind is not ErrorKind.CONTEXT_FULL or not 0 < most <= facts.context:
            raise
        raise AssistantError(error.kind, error.detail, **{**error.values, "most": most}) from error


def error_of(event: Failed) -> AssistantError:
    """A ``Failed`` as an error value."""
    return AssistantError(event.kind, event.detail, **event.values)
