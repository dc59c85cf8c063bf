"""Translations that are not being made: read from the disk when they are asked for, the last few kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel, Later
from assistant.core.events import CoreEvent, TranslationChanged
from assistant.core.job_history import JobHistory, error_of
from assistant.core.pending_writes import PendingWrites
from assistant.core.threads import ThreadJob, Threads
from assistant.core.translation.records import options_from_json, step_of
from assistant.core.translation.segmented import Segmented
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.snapshots import searchable, snapshot
from assistant.core.translation.views import OpenTranslation, SegmentView, TranslationView
from assistant.engine.messages import Counts
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job as Row
from assistant.storage.rows import JobState

_CAPACITY = 4  # translations in memory


@dataclass
class CachedTranslation:
    """A translation that is not being made, as it was read or as it ended.

    :ivar sheet: None: it is being read, or ``error`` says why it cannot be.
    :ivar times: seconds of loading the model, and until the first word.
    """

    row: Row
    sheet: Sheet | None = None
    error: AssistantError | None = None
    loading: bool = False
    times: tuple[float, float] = (0.0, 0.0)

    def view(self) -> TranslationView:
        """As far as it came."""
        return replace(
            snapshot(self.row, self.sheet),
            error=self.error or (self.sheet.trouble if self.sheet is not None else None),
            loading=self.loading,
            finish=self.row.finish,
            load_seconds=self.times[0],
            first_token=self.times[1],
        )


class TranslationCache:
    """Every method runs on the pumping thread.

    :param jobs: keeps them; ``writes``: through which everything is written.
    :param history: the list of all of them.
    """

    def __init__(
        self,
        jobs: JobStore,
        writes: PendingWrites,
        history: JobHistory,
        segmented: Segmented,
        threads: Threads,
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._jobs = jobs
        self._writes = writes
        self._history = history
        self._segmented = segmented
        self._threads = threads
        self._emit = emit
        self._cached: OrderedDict[int, CachedTranslation] = OrderedDict()

    def get(self, job: int) -> CachedTranslation | None:
        """One that is not being made; it is read if need be, which is told when it has come. None: there is none."""
        cached = self._cached.get(job)
        if cached is not None:
            self._cached.move_to_end(job)
            return cached
        head = self._history.head(job)
        if head is None:
            return None
        if head.state is JobState.RUNNING:
            head = replace(head, state=JobState.WAITING)
        read = CachedTranslation(head, error=error_of(head), loading=True)
        self.put(read)

        def opened(sheet: Sheet | AssistantError) -> None:
            read.loading = False
            if isinstance(sheet, Sheet):
                read.sheet = sheet
            else:
                read.error = sheet
            self._emit(TranslationChanged(job))

        self.open(job, opened)
        return read

    def sheet(self, job: int) -> Sheet | None:
        """What there is of a translation, if it is in memory."""
        cached = self._cached.get(job)
        return cached.sheet if cached is not None else None

    def put(self, cached: CachedTranslation) -> None:
        """Keep this one in memory. The least recently used give way, but for those with a segment on its way."""
        job = cached.row.id
        self._cached[job] = cached
        self._cached.move_to_end(job)
        idle = [number for number, one in self._cached.items() if one.sheet is None or not one.sheet.works]
        for number in idle[: max(0, len(self._cached) - _CAPACITY)]:
            if number != job:
                del self._cached[number]

    def discard(self, job: int) -> None:
        """Forget one, since it is being made now."""
        self._cached.pop(job, None)

    def open(self, job: int, done: Callable[[Sheet | AssistantError], None], *, fresh: bool = False) -> Cancel:
        """Read the document of a job and what there is of its translation, and call ``done`` once.

        :param fresh: nothing can be there yet.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        head = self._history.head(job)
        if head is None:
            done(AssistantError(ErrorKind.INTERNAL, "no such job"))
            return lambda: None
        options, _, _ = options_from_json(head.options)
        later = Later()

        def opened(document: OpenTranslation | AssistantError) -> None:
            if isinstance(document, AssistantError):
                done(AssistantError(document.kind, document.detail, name=head.title))
                return

            def build(_: ThreadJob) -> Sheet:
                steps = [] if fresh else self._jobs.steps(job)
                return Sheet(document, options, steps=steps, keep=self.writer(job))

            later.act = self._threads.run("translation", build, done)

        later.act = self._segmented.stored(head.document, done=opened)
        return later

    def writer(self, job: int) -> Callable[[SegmentView, Counts, float], None]:
        """What writes the segments of a job to the disk: the ``keep`` of its sheet."""

        def keep(view: SegmentView, tokens: Counts, seconds: float) -> None:
            step = step_of(job, view, tokens=tokens, seconds=seconds)
            self._writes.write(partial(self._jobs.add_step, step))
            self._found_anew(job)

        return keep

    def _found_anew(self, job: int) -> None:
        """A segment was changed after the end: a search finds the new words."""
        cached = self._cached.get(job)
        if cached is not None and cached.sheet is not None and self._history.head(job) is not None:
            cached.row = replace(cached.row, result=searchable(cached.sheet))
            self._history.keep(cached.row)
