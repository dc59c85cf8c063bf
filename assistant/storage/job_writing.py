"""What the storage thread does to jobs. Each function is one write inside a transaction of the caller."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from assistant.storage.database import has_jobs
from assistant.storage.rows import Job, JobState, JobStep
from assistant.storage.writing import found, whole

_JOB = (
    "id, kind, title, document, options, created, state, changed, model, model_key, fingerprint, finish, error,"
    " error_detail, problems, seconds, plan, result, linked, trashed"
)


def create_job(db: sqlite3.Connection, row: Job) -> None:
    """A new job at the top of the list; ``row.changed`` is not used, the store counts itself."""
    put_job(db, row, changed=_next_change(db))


def put_job(db: sqlite3.Connection, row: Job, *, changed: int, trashed: float | None = None) -> None:
    """The job as it is, in the place of one with its number."""
    db.execute(
        f"INSERT INTO jobs ({_JOB}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (id) DO UPDATE SET title = excluded.title, state = excluded.state, changed = excluded.changed,"
        " model = excluded.model, model_key = excluded.model_key, fingerprint = excluded.fingerprint,"
        " finish = excluded.finish, error = excluded.error, error_detail = excluded.error_detail,"
        " problems = excluded.problems, seconds = excluded.seconds, plan = excluded.plan, result = excluded.result,"
        " linked = excluded.linked, trashed = excluded.trashed",
        (
            row.id,
            row.kind,
            whole(row.title),
            row.document,
            whole(row.options),
            row.created,
            row.state.value,
            changed,
            whole(row.model),
            whole(row.model_key),
            *_facts(row),
            trashed,
        ),
    )


def update_job(db: sqlite3.Connection, row: Job) -> None:
    """Everything about a job that its work changes. It moves to the top of the list."""
    cursor = db.execute(
        "UPDATE jobs SET state = ?, changed = ?, model = ?, model_key = ?, fingerprint = ?, finish = ?, error = ?,"
        " error_detail = ?, problems = ?, seconds = ?, plan = ?, result = ?, linked = ? WHERE id = ?",
        (row.state.value, _next_change(db), whole(row.model), whole(row.model_key), *_facts(row), row.id),
    )
    found(cursor)


def add_step(db: sqlite3.Connection, row: JobStep) -> None:
    """A step that has ended, in the place of an earlier one."""
    db.execute(
        "INSERT INTO job_steps (job, level, place, state, text, problems, prompt_tokens, cached_tokens,"
        " generated_tokens, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (job, level, place) DO UPDATE SET state = excluded.state, text = excluded.text,"
        " problems = excluded.problems, prompt_tokens = excluded.prompt_tokens,"
        " cached_tokens = excluded.cached_tokens, generated_tokens = excluded.generated_tokens,"
        " seconds = excluded.seconds",
        (
            row.job,
            row.level,
            row.index,
            row.state.value,
            whole(row.text),
            whole(row.problems),
            row.prompt_tokens,
            row.cached_tokens,
            row.generated_tokens,
            row.seconds,
        ),
    )


def add_steps(db: sqlite3.Connection, rows: Sequence[JobStep]) -> None:
    """Steps that have ended, each in the place of an earlier one."""
    for row in rows:
        add_step(db, row)


def trash_job(db: sqlite3.Connection, job: int) -> None:
    """A job into the trash."""
    found(db.execute("UPDATE jobs SET trashed = ? WHERE id = ?", (time.time(), job)))


def restore_job(db: sqlite3.Connection, job: int) -> None:
    """A job out of the trash."""
    found(db.execute("UPDATE jobs SET trashed = NULL WHERE id = ?", (job,)))


def mark_waiting(db: sqlite3.Connection) -> int:
    """Jobs that nobody works on any more, after the program ended in their middle."""
    if not has_jobs(db):
        return 0
    cursor = db.execute("UPDATE jobs SET state = ? WHERE state = ?", (JobState.WAITING.value, JobState.RUNNING.value))
    return cursor.rowcount


def _facts(row: Job) -> tuple[object, ...]:
    """From ``fingerprint`` to ``linked``, in the order of the table."""
    return (
        row.fingerprint,
        row.finish,
        row.error,
        whole(row.error_detail),
        whole(row.problems),
        row.seconds,
        whole(row.plan),
        whole(row.result),
        row.linked,
    )


def _next_change(db: sqlite3.Connection) -> int:
    """Order is by a counter: a clock may jump back."""
    return int(db.execute("SELECT coalesce(max(changed), 0) + 1 FROM jobs").fetchone()[0])
