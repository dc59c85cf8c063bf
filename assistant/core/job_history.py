"""Jobs of some kinds that were begun: their list, their trash, each as kept."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.titles import title_from
from assistant.core.cancel import Cancel
from assistant.core.pending_writes import PendingWrites
from assistant.core.threads import Threads
from assistant.storage.job_reading import has_words
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobState, JobStep, StepState

ENDED = (StepState.DONE, StepState.FLAWED)
_DETAIL = 2000  # characters of what an engine said last
_BEGINNING = 2000  # characters of a text that a title is looked for in
_TITLE = 60  # width in Latin letters


class JobHistory:
    """Every method runs on the pumping thread.

    :param jobs: keeps them; ``writes``: through which everything is written; ``threads``: for looking through all.
    :param kinds: the others are somebody else's; ``told``: the one whose steps are what it tells.
    """

    def __init__(
        self, jobs: JobStore, writes: PendingWrites, threads: Threads, kinds: Collection[str], *, told: str = ""
    ) -> None:
        self._jobs = jobs
        self._writes = writes
        self._threads = threads
        self._told = told
        rows: list[Job] = []
        self._whole = False
        with contextlib.suppress(AssistantError):  # a damaged file: the rest of the program works
            rows = jobs.all()
            self._whole = True
        self._rows = {row.id: row for row in rows if row.kind in kinds}
        self._order = max((row.changed for row in rows), default=0)
        self._trash: OrderedDict[int, Job] = OrderedDict()
        self._unkept: dict[int, Job] = {}  # on their way to the disk, which cannot be asked for them yet

    def heads(self) -> list[Job]:
        """All of them, the last changed first; without their plans, results and links."""
        return sorted(self._rows.values(), key=lambda row: row.changed, reverse=True)

    def search(self, words: str, done: Callable[[set[int]], None]) -> Cancel:
        """Call ``done`` once with those of the list that have ``words`` in their title or text, in whatever case."""
        rows, unkept = tuple(self._rows.values()), tuple(self._unkept.values())

        def look(_: object) -> set[int]:
            found = {row.id for row in rows if has_words(words, row.title)}
            found |= {row.id for row in unkept if has_words(words, row.result)}
            with contextlib.suppress(AssistantError):  # a damaged file: what is in memory can be found
                found |= self._jobs.search(words, self._told)
            return self._meant(found, rows)

        return self._threads.run("history", look, lambda found: done(found if isinstance(found, set) else set()))

    def head(self, job: int) -> Job | None:
        """One of the list, without its plan, result and links."""
        return self._rows.get(job)

    def documents(self) -> set[str] | None:
        """Digests of the documents that the list refers to; None: it could not be read, so nobody knows."""
        return {row.document for row in self._rows.values()} if self._whole else None

    def new(
        self, kind: str, document: str, title: str, *, text: str, model: str, model_key: str = "", options: str = ""
    ) -> Job:
        """A job that begins now; ``create`` keeps it.

        :param document: its digest, and ``title``: what it is called; empty: made of the beginning of ``text``.
        """
        return Job(
            id=self._jobs.new_id(),
            kind=kind,
            title=title or title_from(text[:_BEGINNING], _TITLE),
            document=document,
            options=options,
            created=time.time(),
            model=model,
            model_key=model_key,
        )

    def create(self, row: Job) -> None:
        """Keep a new one."""
        self._put(row)
        self._write(row, self._jobs.create)

    def keep(self, row: Job) -> None:
        """Keep what has become of one."""
        self._put(row)
        self._write(row, self._jobs.update)

    def add_steps(self, steps: Sequence[JobStep]) -> None:
        """Keep steps of one that were made elsewhere before."""
        self._writes.write(partial(self._jobs.add_steps, steps))

    def remove(self, job: int) -> bool:
        """Into the trash; False: there is none with this id."""
        row = self._rows.pop(job, None)
        if row is None:
            return False
        self._trash[job] = row
        self._writes.write(partial(self._jobs.trash, job))
        return True

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its id, or None when nothing was."""
        if not self._trash:
            return None
        job, row = self._trash.popitem()
        self._rows[job] = row
        self._writes.write(partial(self._jobs.restore, job))
        return job

    def whole(self, job: int) -> tuple[Job, list[JobStep]]:
        """Everything that is kept of one. From any thread.

        :raises AssistantError: it cannot be read, or is not there.
        """
        row = self._unkept.get(job) or self._jobs.get(job)
        if row is None:
            raise AssistantError(ErrorKind.INTERNAL, "no such job")
        return row, self._jobs.steps(job)

    # ------------------------------------------------------------ inside

    def _meant(self, found: set[int], rows: Iterable[Job]) -> set[int]:
        """What is shown of the list for having been found. On any thread."""
        return found & {row.id for row in rows}

    def _write(self, row: Job, submit: Callable[[Job], int]) -> None:
        self._unkept[row.id] = row

        def kept() -> None:
            if self._unkept.get(row.id) is row:
                del self._unkept[row.id]

        self._writes.write(partial(submit, row), kept)

    def _put(self, row: Job) -> None:
        """In the list, at its top; without what is long. What was removed stays so."""
        self._order += 1
        head = replace(row, changed=self._order, plan="", result="", linked=b"")
        (self._trash if row.id in self._trash else self._rows)[row.id] = head


def failed(row: Job, error: AssistantError) -> Job:
    """The job that does not go on: stopped by somebody, or with what is wrong; what can be mended by waiting waits."""
    if error.kind is ErrorKind.CANCELLED:
        return replace(row, state=JobState.STOPPED, finish="cancelled")
    state = JobState.WAITING if error.kind in _PASSING else JobState.FAILED
    return replace(row, state=state, error=error.kind.value, error_detail=short(error.detail))


def error_of(row: Job) -> AssistantError | None:
    """Why a job did not go on, as ``failed`` has kept it; of one that is done: why its sentences have no links."""
    with contextlib.suppress(ValueError):
        if row.error:
            name = row.title if row.error.startswith("document") else row.model
            return AssistantError(ErrorKind(row.error), row.error_detail, name=name)
    return None


def short(detail: str) -> str:
    """The end of what an engine said, as it is kept."""
    return detail[-_DETAIL:]


_PASSING = frozenset(
    {
        ErrorKind.ENGINE_CRASHED,
        ErrorKind.ENGINE_HUNG,
        ErrorKind.ENGINE_MEMORY,
        ErrorKind.WORKER_ENDED,
        ErrorKind.TEMPLATE_SLOW,
        ErrorKind.MODEL_TOO_LARGE,
        ErrorKind.MODEL_MISSING,
        ErrorKind.NO_SUCH_MODEL,
        ErrorKind.NO_MODEL,
        ErrorKind.CONTEXT_SMALLER,
        ErrorKind.CANCELLED,
    }
)
"""Ends after which a later try may succeed: the engine or the worker ended, the disk or the memory was full."""
