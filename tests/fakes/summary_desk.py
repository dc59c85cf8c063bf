"""The whole program without a face and without a child: engines that answer by themselves, documents read in place."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import default_paths
from assistant.core.core import Core
from assistant.core.documents import OpenDocument
from assistant.core.summary.views import PlanView, SummaryView
from assistant.library.models import InstalledModel
from assistant.tasks.summary import SummaryOptions
from assistant.worker.documents import serve
from assistant.worker.messages import Refused
from tests.fakes.answering_engines import AnsweringClient, AnsweringEngines
from tests.fakes.pretended_worker import PretendedRendering

MODEL = InstalledModel(key="m", name="Model", path=Path("m"), size=1, has_template=True)
SECONDS = 20.0


class InlineWorker:
    """Stands where a ``WorkerClient`` stands and does the work of the child in its place.

    :ivar refuses: kinds of requests, by the name of their class, and what they are answered with instead.
    :ivar held: kinds that are not answered before ``release``.
    """

    def __init__(self, deliver: Callable[[Any], None], _log: Path | None = None) -> None:
        self._deliver = deliver
        self.requests: list[Any] = []
        self.refuses: dict[str, AssistantError] = {}
        self.held: set[str] = set()
        self.kept: list[Any] = []
        self.closed = False
        self.cancelled: list[str] = []

    def submit(self, request: Any) -> None:
        name = type(request).__name__
        self.requests.append(request)
        if name in self.held:
            self.kept.append(request)
            return
        error = self.refuses.get(name)
        if error is not None:
            self._deliver(Refused(id=request.id, kind=error.kind, detail=error.detail))
        else:
            self._deliver(serve(request))

    def release(self) -> None:
        """Answer what was held, and hold nothing more."""
        self.held.clear()
        kept, self.kept = self.kept, []
        for request in kept:
            if request.id not in self.cancelled:
                self._deliver(serve(request))

    def cancel(self, request_id: str) -> None:
        self.cancelled.append(request_id)

    def close(self, wait: float | None = None) -> None:
        self.closed = True


class SummaryDesk:
    """A core with one model, and what it told.

    :param keep: as of ``Core``; ``engines``: makes its engines; ``children``: documents are read and checked in real
        children. Other options are those of ``AnsweringClient``.
    """

    def __init__(
        self,
        *,
        keep: bool = True,
        engines: type[AnsweringEngines] = AnsweringEngines,
        children: bool = False,
        **options: Any,
    ) -> None:
        self.bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.events: list[Any] = []
        self.workers: list[InlineWorker] = []
        self.refuses: dict[str, AssistantError] = {}  # what each worker refuses, as it does itself
        self.engines = engines(**{"context": 2000} | options)
        self.core = Core(
            default_paths(),
            wake=lambda: self.bell.put(None),
            keep=keep,
            connect=self.engines,
            connect_worker=None if children else self._worker,  # type: ignore[arg-type]
        )
        rendering: Any = PretendedRendering()
        self.core.answers._rendering = rendering
        self.core.asking.counting._rendering = rendering
        self.core._document_services._rendering = rendering
        self.models: list[InstalledModel] = [MODEL]
        models: Any = self.core.models
        models.read = list
        models.refresh = lambda: None
        models.look = lambda: None
        models.chosen = lambda: next(iter(self.models), None)
        models.get = lambda key: next((model for model in self.models if model.key == key), None)
        self.core.listen(self.events.append)
        if self.core._store is not None:
            self.core._store._lock_seconds = 0.0  # beside another desk it is another program, which need not be awaited
        self.core.start()

    @property
    def engine(self) -> AnsweringClient:
        return self.engines.last

    @property
    def worker(self) -> InlineWorker:
        return self.workers[-1]

    @property
    def summaries(self) -> Any:
        return self.core.summaries

    def _worker(self, deliver: Callable[[Any], None], log: Path | None) -> InlineWorker:
        self.workers.append(InlineWorker(deliver, log))
        self.worker.refuses.update(self.refuses)
        return self.worker

    # ------------------------------------------------------------ driving it

    def pump(self) -> None:
        """Handle all that has arrived."""
        while self.core.pump(1.0):
            pass

    def wait(self, done: Callable[[], Any]) -> None:
        """Handle what arrives until ``done``: files and the database have threads of their own."""
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end, "it does not come to its end"
            try:
                self.bell.get(timeout=0.1)
            except queue.Empty:
                continue
            self.pump()

    def result(self, start: Callable[[Callable[[Any], None]], Any]) -> Any:
        """What a question is answered with."""
        got: list[Any] = []
        start(got.append)
        self.wait(lambda: got)
        return got[0]

    def found(self, jobs: Any, words: str) -> set[int]:
        """The numbers of the summaries or translations that have ``words``."""
        found: set[int] = self.result(lambda done: jobs.search(words, done))
        return found

    def open(self, text: str) -> OpenDocument:
        found = self.result(lambda done: self.core.documents.open(text=text, done=done))
        assert isinstance(found, OpenDocument), found
        return found

    def plan(self, digest: str, options: SummaryOptions | None = None) -> PlanView:
        found = self.result(lambda done: self.summaries.plan(digest, options or SummaryOptions(), done))
        assert isinstance(found, PlanView), found
        return found

    def start(self, digest: str, options: SummaryOptions | None = None) -> int:
        number = self.summaries.start(digest, options or SummaryOptions())
        assert isinstance(number, int)
        return number

    def end(self, job: int) -> SummaryView:
        """Wait until a summary is no longer being made."""
        self.wait(lambda: job not in self.summaries.running())
        return self.view(job)

    def view(self, job: int) -> SummaryView:
        found = self.summaries.view(job)
        assert isinstance(found, SummaryView)
        return found

    def waiting(self, count: int) -> None:
        """Wait until so many answers are held."""
        self.wait(lambda: self.engines.clients and len(self.engine.waiting) == count)

    def close(self) -> None:
        self.core.close()


@contextlib.contextmanager
def another(**options: Any) -> Iterator[SummaryDesk]:
    """The program, started again."""
    desk = SummaryDesk(**options)
    try:
        yield desk
    finally:
        desk.close()


def kind_of(found: object) -> ErrorKind:
    """The kind of an error that was told instead of an answer."""
    assert isinstance(found, AssistantError), found
    return found.kind


def story(paragraphs: int, *, start: int = 0, words: int = 40) -> str:
    """A text of so many paragraphs, none like another."""
    names = ("lamp", "harbour", "keeper", "tower", "winter", "letter", "bridge", "market", "garden", "river")
    lines = []
    for number in range(start, start + paragraphs):
        chosen = " ".join(names[(number * 7 + place * (number % 5 + 1)) % len(names)] for place in range(words))
        lines.append(f"In the year {1500 + number} the town saw fact{number}. The {chosen} came after it.")
    return "\n\n".join(lines)
