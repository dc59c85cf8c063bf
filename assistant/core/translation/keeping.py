"""How the translation of what was typed goes into the history: on request, and once for the same text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel, Later
from assistant.core.events import CoreEvent, TranslationsChanged
from assistant.core.job_history import JobHistory
from assistant.core.threads import Threads
from assistant.core.translation.cache import CachedTranslation, TranslationCache
from assistant.core.translation.live import Live
from assistant.core.translation.records import new_row, plain, step_of
from assistant.core.translation.segmented import Segmented
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, JobState, OpenTranslation, SegmentView
from assistant.engine.messages import Counts
from assistant.library.models import InstalledModel
from assistant.storage.rows import Job, JobStep
from assistant.tasks.translation import TranslateOptions


@dataclass(frozen=True)
class _Kept:
    """What goes into the history of it."""

    row: Job
    steps: list[JobStep]
    sheet: Sheet


class LiveKeeping:
    """Every method runs on the pumping thread.

    :param history: the list of all of them; ``cache``: takes what was kept; ``running``: whether one is being made.
    """

    def __init__(
        self,
        history: JobHistory,
        cache: TranslationCache,
        *,
        live: Live,
        segmented: Segmented,
        threads: Threads,
        running: Callable[[int], bool],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._history = history
        self._cache = cache
        self._live = live
        self._segmented = segmented
        self._threads = threads
        self._running = running
        self._emit = emit
        self._last: tuple[int, tuple[str, str, str]] = (0, ("", "", ""))  # what was kept last
        self._making: set[int] = set()  # is on its way into the history

    def keep(self, done: Callable[[int | AssistantError], None]) -> Cancel:
        """Put it into the history as it is, and call ``done`` with its id there."""
        typed = self._live.current()
        if typed is None:
            done(AssistantError(ErrorKind.INPUT_EMPTY))
            return lambda: None
        text, options, sheet, model = typed
        views, later = sheet.kept_views(), Later()  # without what is being written anew

        def read(document: OpenTranslation | AssistantError) -> None:
            if isinstance(document, AssistantError):
                done(document)
                return
            row = self._row_of(document, options, model)
            self._making.add(row.id)
            keep = self._cache.writer(row.id)
            later.act = self._threads.run(
                "translation",
                lambda _: _made(row, document, options, views, keep),
                lambda kept: made(row.id, kept),
            )

        def made(job: int, kept: _Kept | AssistantError) -> None:
            self._making.discard(job)
            if isinstance(kept, AssistantError):
                done(kept)
                return
            self._take(kept)
            done(job)

        later.act = self._segmented.read(text=text, done=read)
        return later

    def _take(self, kept: _Kept) -> None:
        if self._history.head(kept.row.id) is None:
            self._history.create(kept.row)
        else:
            self._history.keep(kept.row)
        self._history.add_steps(kept.steps)
        self._cache.put(CachedTranslation(kept.row, kept.sheet))
        self._emit(TranslationsChanged())

    def _row_of(self, document: OpenTranslation, options: TranslateOptions, model: InstalledModel) -> Job:
        """A new row of the history, or the one that the same text has there, or is about to have."""
        row = new_row(self._history, document, options, model)
        wanted = (row.document, row.options, row.model_key)
        job, kept = self._last
        head = self._history.head(job)
        if kept == wanted and (head is not None or job in self._making) and not self._running(job):
            return replace(row, id=job, created=head.created if head is not None else row.created)
        self._last = (row.id, wanted)
        return row


def _made(
    row: Job,
    document: OpenTranslation,
    options: TranslateOptions,
    views: Sequence[SegmentView],
    keep: Callable[[SegmentView, Counts, float], None],
) -> _Kept:
    """What goes into the history, made on another thread: there may be much of it.

    :param row: without its state; ``keep``: what writes segments of it to the disk from then on.
    """
    ended = [view for view in views if view.state in ENDED]
    whole = len(ended) == len(document.segments)
    state, finish = (JobState.DONE, "end") if whole else (JobState.STOPPED, "cancelled")
    row = replace(row, state=state, finish=finish, result=plain(view.target for view in ended))
    steps = [step_of(row.id, view, tokens=Counts(), seconds=0.0) for view in ended]
    return _Kept(row, steps, Sheet(document, options, steps=steps, keep=keep))
