"""Jobs on documents, kept in the store; or in memory, for a program that keeps nothing.

Both kinds of keeper take the same writes, each with a ticket that is acknowledged later, and answer the same questions.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from assistant.storage import job_reading, job_writing, reading, writing
from assistant.storage.answers import IntegrityReport, Stored, StoreFailed
from assistant.storage.reading import Reader
from assistant.storage.rows import Job, JobStep

_DRAFTS = {"summary": 0, "translation": -1}  # beside those of conversations, none of which has such a number
_Write = Callable[[Callable[[sqlite3.Connection], None]], int]


class JobStore(Protocol):
    """What keeps jobs. Writes return a ticket at once; reads answer from what is committed.

    Reads raise AssistantError: DATABASE_DAMAGED, DATABASE_BUSY, or what the disk says.
    """

    def new_id(self) -> int: ...

    def create(self, job: Job) -> int: ...

    def update(self, job: Job) -> int: ...

    def add_step(self, step: JobStep) -> int: ...

    def add_steps(self, steps: Sequence[JobStep]) -> int: ...

    def trash(self, job: int) -> int: ...

    def restore(self, job: int) -> int: ...

    def all(self) -> list[Job]: ...

    def search(self, words: str, told: str = "") -> set[int]: ...

    def get(self, job: int) -> Job | None: ...

    def steps(self, job: int) -> list[JobStep]: ...

    def documents(self) -> set[str]: ...

    def draft(self, kind: str = "summary") -> str: ...

    def set_draft(self, text: str, kind: str = "summary") -> int: ...


class StoredJobs:
    """The jobs of a store.

    :param write: hands a write to the storage thread and returns its ticket.
    :param read: the connection for quick questions; ``search``: for those that look through much.
    """

    def __init__(
        self, new_id: Callable[[], int], write: _Write, read: Callable[[], Reader], search: Callable[[], Reader]
    ) -> None:
        self._new_id = new_id
        self._write = write
        self._read = read
        self._search = search

    def new_id(self) -> int:
        """A number that nothing else in the store has."""
        return self._new_id()

    def create(self, job: Job) -> int:
        """``changed`` is not taken from the row: the store counts."""
        return self._write(partial(job_writing.create_job, row=job))

    def update(self, job: Job) -> int:
        """Everything about a job that its work changes; it becomes the first of the list."""
        return self._write(partial(job_writing.update_job, row=job))

    def add_step(self, step: JobStep) -> int:
        """A step that has ended; acknowledged when it is on disk."""
        return self._write(partial(job_writing.add_step, row=step))

    def add_steps(self, steps: Sequence[JobStep]) -> int:
        """Many at once: all of them or none."""
        return self._write(partial(job_writing.add_steps, rows=steps))

    def trash(self, job: int) -> int:
        """Out of the list, until it is restored or the trash is purged."""
        return self._write(partial(job_writing.trash_job, job=job))

    def restore(self, job: int) -> int:
        return self._write(partial(job_writing.restore_job, job=job))

    def all(self) -> list[Job]:
        """Without the trash, the one changed last first; without their plans and results."""
        return self._read().ask(job_reading.jobs)

    def search(self, words: str, told: str = "") -> set[int]:
        """Those of the list that have ``words`` in their title or result, in whatever case. From any thread.

        :param told: the kind of jobs whose steps are what they tell: these are looked through too.
        """
        return self._search().ask(job_reading.jobs_with, words, told)

    def get(self, job: int) -> Job | None:
        """With everything; None: there is none."""
        return self._read().ask(job_reading.job, job)

    def steps(self, job: int) -> list[JobStep]:
        """The steps of a job that have ended, level by level."""
        return self._read().ask(job_reading.job_steps, job)

    def documents(self) -> set[str]:
        """Digests of the documents that jobs refer to, those in the trash too."""
        return self._read().ask(job_reading.documents)

    def draft(self, kind: str = "summary") -> str:
        """The text that waits to become a job of this kind; empty: there is none. From any thread."""
        return self._read().ask(reading.draft, _DRAFTS[kind])

    def set_draft(self, text: str, kind: str = "summary") -> int:
        """Keep a text that waits to become a job of this kind; an empty one removes what was kept."""
        return self._write(partial(writing.set_draft, conversation=_DRAFTS[kind], text=text))


class MemoryJobs:
    """Jobs that end with the program.

    :param deliver: gets the acknowledgements, at once; it only queues them.
    """

    def __init__(self, deliver: Callable[[Stored | StoreFailed | IntegrityReport], None]) -> None:
        self._deliver = deliver
        self._ids = itertools.count(1)
        self._tickets = itertools.count(1)
        self._changes = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._trash: dict[int, Job] = {}
        self._steps: dict[int, dict[tuple[int, int], JobStep]] = {}
        self._drafts: dict[str, str] = {}

    def new_id(self) -> int:
        return next(self._ids)

    def create(self, job: Job) -> int:
        return self.update(job)

    def update(self, job: Job) -> int:
        kept = self._trash if job.id in self._trash else self._jobs
        kept[job.id] = replace(job, changed=next(self._changes))
        return self._stored()

    def add_step(self, step: JobStep) -> int:
        return self.add_steps((step,))

    def add_steps(self, steps: Sequence[JobStep]) -> int:
        for step in steps:
            self._steps.setdefault(step.job, {})[step.level, step.index] = step
        return self._stored()

    def trash(self, job: int) -> int:
        self._trash[job] = self._jobs.pop(job)
        return self._stored()

    def restore(self, job: int) -> int:
        self._jobs[job] = self._trash.pop(job)
        return self._stored()

    def all(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: job.changed, reverse=True)

    def search(self, words: str, told: str = "") -> set[int]:
        def texts(job: Job) -> list[str]:
            steps = self.steps(job.id) if told and job.kind == told else []
            return [job.title, job.result, *(step.text for step in steps)]

        return {job.id for job in tuple(self._jobs.values()) if job_reading.has_words(words, *texts(job))}

    def get(self, job: int) -> Job | None:
        return self._jobs.get(job) or self._trash.get(job)

    def steps(self, job: int) -> list[JobStep]:
        return [step for _, step in sorted(self._steps.get(job, {}).items())]

    def documents(self) -> set[str]:
        return {job.document for job in (*self._jobs.values(), *self._trash.values())}

    def draft(self, kind: str = "summary") -> str:
        return self._drafts.get(kind, "")

    def set_draft(self, text: str, kind: str = "summary") -> int:
        self._drafts[kind] = text
        return self._stored()

    def _stored(self) -> int:
        ticket = next(self._tickets)
        self._deliver(Stored(ticket))
        return ticket
