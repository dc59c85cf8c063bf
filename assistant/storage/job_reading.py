"""Questions about jobs. As in :mod:`assistant.storage.reading`, a row of a wrong type becomes a harmless value."""

from __future__ import annotations

import sqlite3
from typing import Any

from assistant.storage.database import has_jobs
from assistant.storage.rows import Job, JobState, JobStep, StepState

HEAD = (
    *("id", "kind", "title", "document", "options", "created", "state", "changed", "model", "model_key"),
    *("fingerprint", "finish", "error", "error_detail", "problems", "seconds"),
)
TEXTS = ("plan", "result", "linked")
STEP = (
    *("job", "level", "place", "state", "text", "problems"),
    *("prompt_tokens", "cached_tokens", "generated_tokens", "seconds"),
)
SEARCHED = 2000
"""Jobs, the last changed first, whose results are looked through while somebody types."""

_STATES = {state.value: state for state in JobState}
_STEP_STATES = {state.value: state for state in StepState}
_KINDS: dict[str, type] = {"created": float, "seconds": float, "changed": int, "linked": bytes}


def jobs(db: sqlite3.Connection) -> list[Job]:
    """Without the trash, the one changed last first; their plan, result and links are left out."""
    if not has_jobs(db):
        return []
    rows = db.execute(f"SELECT {', '.join(HEAD)} FROM jobs WHERE trashed IS NULL ORDER BY changed DESC")  # noqa: S608
    return [job_of(row) for row in rows]


def jobs_with(db: sqlite3.Connection, words: str, told: str = "") -> set[int]:
    """Numbers of the jobs, without the trash, that have ``words`` in their title or result, in whatever case.

    :param told: the kind of jobs whose steps are what they tell: these are looked through too.
    """
    if not has_jobs(db):
        return set()
    sql = "SELECT id, title, result, kind FROM jobs WHERE trashed IS NULL ORDER BY changed DESC LIMIT ?"
    found = set()
    for number, title, result, kind in db.execute(sql, (SEARCHED,)):  # SQLite itself folds the case of ASCII only
        if has_words(words, _value(title, str), _value(result, str)):
            found.add(number)
        elif told and kind == told:
            steps = db.execute("SELECT text FROM job_steps WHERE job = ?", (number,))
            if any(has_words(words, _value(step[0], str)) for step in steps):
                found.add(number)
    return found


def has_words(words: str, *texts: str) -> bool:
    """Whether ``words`` stand in one of ``texts``, in whatever case, and however their lines are broken."""
    wanted = " ".join(words.casefold().split())
    return any(wanted in text.casefold().replace("\n", " ") for text in texts)


def job(db: sqlite3.Connection, number: int) -> Job | None:
    """With everything, also one in the trash; None: there is none with this number."""
    if not has_jobs(db):
        return None
    row = db.execute(f"SELECT {', '.join((*HEAD, *TEXTS))} FROM jobs WHERE id = ?", (number,)).fetchone()  # noqa: S608
    return job_of(row) if row else None


def job_steps(db: sqlite3.Connection, number: int) -> list[JobStep]:
    """The steps of a job that have ended, level by level."""
    if not has_jobs(db):
        return []
    sql = f"SELECT {', '.join(STEP)} FROM job_steps WHERE job = ? ORDER BY level, place"  # noqa: S608
    return [step_of(row) for row in db.execute(sql, (number,))]


def documents(db: sqlite3.Connection) -> set[str]:
    """Digests of the documents that jobs refer to, those in the trash too."""
    if not has_jobs(db):
        return set()
    return {row[0] for row in db.execute("SELECT DISTINCT document FROM jobs") if isinstance(row[0], str)}


def job_of(row: tuple[Any, ...]) -> Job:
    """From the columns ``HEAD``, and perhaps ``TEXTS``, whatever is in them."""
    values = dict(zip((*HEAD, *TEXTS), row, strict=False))
    fields = {name: _value(value, _KINDS.get(name, str)) for name, value in values.items()}
    fields["state"] = _STATES.get(values["state"], JobState.WAITING)
    return Job(**fields | {"id": row[0]})


def step_of(row: tuple[Any, ...]) -> JobStep:
    """From the columns ``STEP``, whatever is in them."""
    return JobStep(
        job=_value(row[0], int),
        level=_value(row[1], int),
        index=_value(row[2], int),
        state=_STEP_STATES.get(row[3], StepState.FLAWED),
        text=_value(row[4], str),
        problems=_value(row[5], str),
        prompt_tokens=_value(row[6], int),
        cached_tokens=_value(row[7], int),
        generated_tokens=_value(row[8], int),
        seconds=_value(row[9], float),
    )


def _value(value: Any, kind: type) -> Any:
    """The value, or the empty one of its kind."""
    if kind is float and isinstance(value, int):
        return float(value)
    return value if isinstance(value, kind) else kind()
