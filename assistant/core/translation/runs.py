"""The translations that are being made: each is read, equipped, run, and kept as it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.events import CoreEvent, TranslationChanged, TranslationGrew, TranslationsChanged
from assistant.core.job_history import JobHistory, failed
from assistant.core.measures import Measures
from assistant.core.pending_writes import PendingWrites
from assistant.core.translation.cache import CachedTranslation, TranslationCache
from assistant.core.translation.job import TranslationRun
from assistant.core.translation.plans import Equipped, Equipping, Wanted
from assistant.core.translation.segment_work import Bench
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.snapshots import searchable, snapshot
from assistant.core.translation.views import TranslationView
from assistant.library.models import InstalledModel
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobState, JobStep


@dataclass
class RunningTranslation:
    """A translation that is being made.

    :ivar run: None while it is prepared; ``cancel`` gives that up.
    :ivar also: gets what is kept of it.
    """

    row: Job
    model: InstalledModel
    sheet: Sheet | None = None
    run: TranslationRun | None = None
    cancel: Cancel = lambda: None
    stopped: bool = False
    also: Callable[[Sequence[JobStep]], None] = lambda _: None

    def view(self) -> TranslationView:
        """As far as it is."""
        row, run = self.row, self.run
        return replace(
            snapshot(row, self.sheet),
            state=JobState.RUNNING,
            seconds_left=run.seconds_left() if run is not None else None,
            seconds=row.seconds + (run.worked if run is not None else 0.0),
            load_seconds=run.load_seconds if run is not None else 0.0,
            first_token=run.first_token if run is not None else 0.0,
        )


class TranslationRuns:
    """Every method runs on the pumping thread.

    :param jobs: keeps them; ``writes``: through which everything is written.
    :param history: the list of all of them; ``cache``: takes those that have ended.
    :param later: calls a function on the pumping thread, after what waits there.
    """

    def __init__(
        self,
        jobs: JobStore,
        writes: PendingWrites,
        history: JobHistory,
        cache: TranslationCache,
        *,
        equipping: Equipping,
        bench: Bench,
        measures: Measures,
        later: Callable[[Callable[[None], None]], None],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._jobs = jobs
        self._writes = writes
        self._history = history
        self._cache = cache
        self._equipping = equipping
        self._bench = bench
        self._measures = measures
        self._later = later
        self._emit = emit
        self._running: dict[int, RunningTranslation] = {}

    def ids(self) -> list[int]:
        """Those that are being made now."""
        return list(self._running)

    def get(self, job: int) -> RunningTranslation | None:
        """One of them; None: it is not being made."""
        return self._running.get(job)

    def begin(
        self,
        row: Job,
        model: InstalledModel,
        *,
        sheet: Sheet | None = None,
        fresh: bool = False,
        also: Callable[[Sequence[JobStep]], None] = lambda _: None,
    ) -> None:
        """Read what there is of it, make what it takes, and run.

        :param row: kept already.
        :param sheet: what there is of it, if it is in memory; ``fresh``: nothing can be there yet.
        :param also: gets what is kept of it.
        """
        self._measures.stop()  # somebody waits: each count would wait for a step of the self-test
        running = RunningTranslation(row, model, sheet, also=also)
        self._running[row.id] = running
        self._cache.discard(row.id)
        if sheet is not None:
            self._equip(running)
        else:
            running.cancel = self._cache.open(row.id, lambda found: self._was_opened(running, found), fresh=fresh)
        self._emit(TranslationsChanged())

    def stop(self, job: int) -> None:
        """Stop it, if it is being made; what there is stays."""
        running = self._running.get(job)
        if running is None or running.stopped:
            return
        running.stopped = True
        if running.run is not None:
            running.run.stop()
        else:
            running.cancel()  # ends with CANCELLED

    def interrupt_all(self) -> None:
        """The program ends: they wait until somebody goes on with them."""
        for running in list(self._running.values()):
            del self._running[running.row.id]
            row = replace(running.row, state=JobState.WAITING)
            if running.run is not None and running.sheet is not None:
                row = replace(row, seconds=row.seconds + running.run.worked, result=searchable(running.sheet))
                running.run.abandon()
            self._history.keep(row)
            running.cancel()

    # ------------------------------------------------------------ the way of a translation

    def _was_opened(self, running: RunningTranslation, sheet: Sheet | AssistantError) -> None:
        if self._running.get(running.row.id) is not running:
            return
        if isinstance(sheet, AssistantError):
            self._end(running, sheet)
            return
        running.sheet = sheet
        self._emit(TranslationChanged(running.row.id))
        self._equip(running)

    def _equip(self, running: RunningTranslation) -> None:
        sheet = running.sheet
        assert sheet is not None
        if running.stopped:
            self._end(running, AssistantError(ErrorKind.CANCELLED))
            return
        if sheet.done == sheet.total:  # nothing is left to be asked
            self._end(running, None)
            return
        wanted = Wanted(sheet.options, running.model, document=sheet.document, done=sheet.finished())
        running.cancel = self._equipping.make(wanted, lambda found: self._was_equipped(running, found))

    def _was_equipped(self, running: RunningTranslation, equipped: Equipped | AssistantError) -> None:
        if self._running.get(running.row.id) is not running:
            return
        if isinstance(equipped, AssistantError):
            self._end(running, equipped)
            return
        sheet, job = running.sheet, running.row.id
        assert sheet is not None
        sheet.equipped = equipped
        running.row = replace(running.row, fingerprint=equipped.fingerprint)
        running.run = TranslationRun(
            job,
            sheet,
            equipped,
            bench=self._bench,
            jobs=self._jobs,
            writes=self._writes,
            pace=self._measures.pace(running.model.key, equipped.pair),
            later=self._later,
            changed=lambda: self._emit(TranslationChanged(job)),
            grew=lambda index: self._emit(TranslationGrew(job, index)),
            ended=lambda error: self._end(running, error),
            also=running.also,
        )
        running.run.start()
        self._emit(TranslationChanged(job))

    def _end(self, running: RunningTranslation, error: AssistantError | None) -> None:
        """It goes no further; why not is in ``error``."""
        job = running.row.id
        if self._running.pop(job, None) is not running:
            return
        row, run, sheet = running.row, running.run, running.sheet
        if sheet is not None:
            row = replace(row, result=searchable(sheet))
            sheet.keep = self._cache.writer(job)
        if run is not None:
            row = replace(row, seconds=row.seconds + run.worked)
        if run is not None:
            self._learn(running.model.key, run, whole=error is None)
        row = replace(row, state=JobState.DONE, finish="end") if error is None else failed(row, error)
        self._history.keep(row)
        shown = None if error is None or error.kind is ErrorKind.CANCELLED else error
        times = (run.load_seconds, run.first_token) if run is not None else (0.0, 0.0)
        if sheet is not None or shown is not None:
            self._cache.put(CachedTranslation(row, sheet, shown, times=times))
        self._emit(TranslationChanged(job))
        self._emit(TranslationsChanged())

    def _learn(self, key: str, run: TranslationRun, *, whole: bool) -> None:
        """What a run has taught, ``whole``: one that was not stopped."""
        if run.happened.segments:
            self._measures.learn_segments(key, run.equipped.pair, run.happened)
        pace = self._measures.pace(key, run.equipped.pair)
        if whole and (beside := run.beside(pace)) is not None:
            self._measures.learn_job(key, beside=beside)
