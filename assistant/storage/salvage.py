"""Reading a damaged database row by row, and adding what comes out to one that is whole."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.storage.database import SQL_TROUBLE
from assistant.storage.job_reading import HEAD, STEP, TEXTS, job_of, step_of
from assistant.storage.job_writing import add_step, put_job
from assistant.storage.reading import conversation_of, message_of
from assistant.storage.rows import Conversation, MessageState
from assistant.storage.word_reading import ENTRY, GLOSSARY, TERM, entry_of, glossary_of, term_of
from assistant.storage.word_writing import put_entry, put_glossary, put_terms
from assistant.storage.writing import finish_answer, forget, insert_message, set_draft

HIGHEST = 2**62
"""Numbers above it cannot be ours: soon there would be no next one."""

_STALL_SECONDS = 5.0  # without a row: the place is given up
_ALL_SECONDS = 120.0
_STEPS = 10_000
_UNFINISHED = (MessageState.WAITING.value, MessageState.WRITING.value, MessageState.INTERRUPTED.value)
_CONVERSATION = ("id", "title", "created", "updated", "changed", "leaf", "system", "titled", "context_from", "trashed")
_HEAD = ("id", "conversation", "parent", "role", "created", "state", "model", "error", "error_detail", "fingerprint")
_NUMBERS = ("prompt_tokens", "cached_tokens", "generated_tokens", "seconds", "speed", "reasoning_seconds")
_TEXT = ("text", "reasoning", "ids")


class DamagedTables:
    """Tables of a file in which some places cannot be read. No question takes for ever."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._end = time.monotonic() + _ALL_SECONDS
        self._stall = self._end
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        db.set_progress_handler(lambda: time.monotonic() > min(self._stall, self._end), _STEPS)
        try:
            db.execute("PRAGMA writable_schema=ON")  # go on when one line of the schema is broken
        except SQL_TROUBLE:
            return  # nothing will be readable, and each question says so itself

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Rows in the order of their first column, which is the table's key; places that fail are left out."""
        key = columns[0]
        sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE {key} >= ? ORDER BY {key}"  # noqa: S608
        start: int | None = 0
        while start is not None and time.monotonic() < self._end:
            self._stall = time.monotonic() + _STALL_SECONDS
            try:
                for row in self._db.execute(sql, (start,)):
                    if not isinstance(row[0], int) or not start <= row[0] < HIGHEST:
                        break  # the page leads back, or to nowhere
                    start = row[0] + 1
                    yield row
                    self._stall = time.monotonic() + _STALL_SECONDS
                else:
                    return
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
                    return  # no such table
            except SQL_TROUBLE:
                pass
            # Python reads a row ahead, so that an error also swallows the row before it.
            works, alone = self._first(sql, start)
            if works and alone is not None:
                yield alone
                start = alone[0] + 1
            elif not works:
                start = self._beyond(sql, start)

    def _beyond(self, sql: str, start: int) -> int | None:
        """After ``start`` the nearest number from which rows can be read again; None: there is none.

        Numbers come from one counter, so it is near: first in growing steps, then exactly.
        """
        fails, works = 0, 1
        while not self._first(sql, start + works)[0]:
            fails, works = works, works * 2
            if start + works >= HIGHEST:
                return None
        while works - fails > 1:
            middle = (fails + works) // 2
            if self._first(sql, start + middle)[0]:
                works = middle
            else:
                fails = middle
        return start + works

    def _first(self, sql: str, start: int) -> tuple[bool, tuple[Any, ...] | None]:
        """Whether reading from ``start`` on works, and the first row there is."""
        self._stall = time.monotonic() + _STALL_SECONDS
        try:
            row = self._db.execute(f"{sql} LIMIT 1", (start,)).fetchone()
        except SQL_TROUBLE:
            return False, None
        return row is None or (isinstance(row[0], int) and start <= row[0] < HIGHEST), row

    def heads_from_index(self, conversation: int) -> list[tuple[Any, ...]]:
        """Number, parent, role and state of a conversation's messages as an index has them, apart from the table."""
        self._stall = time.monotonic() + _STALL_SECONDS
        sql = "SELECT id, parent, role, state FROM messages INDEXED BY messages_by_place WHERE conversation = ?"
        rows: list[tuple[Any, ...]] = []
        with contextlib.suppress(*SQL_TROUBLE):
            for row in self._db.execute(sql, (conversation,)):
                rows.append(row)
        return sorted(row for row in rows if isinstance(row[0], int) and 0 < row[0] < HIGHEST)

    def one(self, table: str, columns: Sequence[str], number: int) -> tuple[Any, ...] | None:
        """The row with this ``id``, or None when it is not there or not readable."""
        self._stall = time.monotonic() + _STALL_SECONDS
        sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE id = ?"  # noqa: S608
        try:
            row: tuple[Any, ...] | None = self._db.execute(sql, (number,)).fetchone()
        except SQL_TROUBLE:
            return None
        return row


def merge(source: DamagedTables, target: sqlite3.Connection) -> bool:
    """Add every readable row to ``target``; False: there was none.

    Conversations are taken as they were last; a message that ``target`` has whole is left as it is there. A message
    whose parent is lost hangs on the one before it, so that the rest of the conversation stays one path.
    """
    purged = {row[0] for row in source.rows("purged", ("conversation",))}
    forget(target, sorted(purged))
    target.executemany("INSERT OR IGNORE INTO purged VALUES (?)", [(number,) for number in purged])
    some = False
    for row in source.rows("conversations", _CONVERSATION):
        some = True
        if row[0] not in purged:
            _take_conversation(target, conversation_of(row[:-1]), trashed=row[-1])
    heads = {row[0]: row for row in source.rows("messages", (*_HEAD, *_NUMBERS))}
    some = some or bool(heads)
    for number, created in target.execute("SELECT id, created FROM conversations").fetchall():
        for message, parent, role, state in source.heads_from_index(number):
            # Of a head that only the index has, the rest (time, model, speed) is lost.
            lost = (message, number, parent, role, created, state, "", "", "", "", *(0 for _ in _NUMBERS))
            heads.setdefault(message, lost)
    for message in sorted(heads):  # parents first
        if heads[message][1] not in purged:
            with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
                _take_message(source, target, heads[message])
    for number, text in source.rows("drafts", ("conversation", "text")):
        if number not in purged and isinstance(text, str):
            set_draft(target, number, text)
    some = _take_jobs(source, target, purged) or some
    return _take_words(source, target, purged) or some


def _take_jobs(source: DamagedTables, target: sqlite3.Connection, purged: set[Any]) -> bool:
    """Jobs as they were last, with the steps that ``target`` does not have; False: there was none."""
    some = False
    for head in source.rows("jobs", (*HEAD, "trashed")):
        some = True
        if head[0] in purged:
            continue
        texts = [source.one("jobs", (name,), head[0]) for name in TEXTS]
        job = job_of((*head[:-1], *(text[0] if text else None for text in texts)))
        trashed = _real(head[-1])
        with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
            put_job(target, job, changed=job.changed if 0 <= job.changed < HIGHEST else 0, trashed=trashed)
    for row in source.rows("job_steps", ("id", *STEP)):
        step = step_of(row[1:])
        known = "SELECT 1 FROM job_steps WHERE job = ? AND level = ? AND place = ?"
        with contextlib.suppress(sqlite3.IntegrityError, OverflowError):  # its job is lost, or a number is wild
            if not target.execute(known, (step.job, step.level, step.index)).fetchone():
                add_step(target, step)
    return some


def _take_words(source: DamagedTables, target: sqlite3.Connection, purged: set[Any]) -> bool:
    """Glossaries and the translation memory as they were last; False: there was nothing."""
    some = False
    for row in source.rows("glossaries", (*GLOSSARY, "trashed")):
        some = True
        if row[0] not in purged:
            put_glossary(target, glossary_of(row[:-1]), trashed=_real(row[-1]))
    for row in source.rows("glossary_terms", TERM):
        if row[0] not in purged:
            with contextlib.suppress(sqlite3.IntegrityError, OverflowError):  # its glossary is lost
                put_terms(target, [term_of(row)])
    for row in source.rows("memory", (*ENTRY, "trashed")):
        some = True
        if row[0] not in purged:
            with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
                put_entry(target, entry_of(row[:-1]), trashed=_real(row[-1]))
    return some


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _take_conversation(target: sqlite3.Connection, row: Conversation, *, trashed: object = None) -> None:
    values = (
        row.id,
        row.title,
        int(row.titled),
        row.created,
        row.updated,
        row.changed if 0 <= row.changed < HIGHEST else 0,
        row.leaf,
        row.system,
        row.context_from,
        _real(trashed),
    )
    target.execute(
        "INSERT INTO conversations (id, title, titled, created, updated, changed, leaf, system, context_from, trashed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
        " titled = excluded.titled, created = excluded.created, updated = excluded.updated, changed = excluded.changed,"
        " leaf = excluded.leaf, system = excluded.system,"
        " context_from = excluded.context_from, trashed = excluded.trashed",
        values,
    )


def _take_message(source: DamagedTables, target: sqlite3.Connection, row: tuple[Any, ...]) -> None:
    known = target.execute("SELECT state FROM messages WHERE id = ?", (row[0],)).fetchone()
    if known is not None and known[0] not in _UNFINISHED:
        return
    text = source.one("texts", _TEXT, row[0])
    conversation = row[1]
    if text is None or not isinstance(conversation, int) or not 0 < conversation < HIGHEST:
        return
    number, conversation, parent, role, created, state, model, error, error_detail, fingerprint = row[: len(_HEAD)]
    message = message_of(
        (
            *(number, conversation, parent, role, text[0], created, state, text[1], model, error, error_detail),
            *(text[2], fingerprint, *row[len(_HEAD) :]),
        )
    )
    if known is not None:
        finish_answer(target, message)
        return
    if not target.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone():
        _take_conversation(target, Conversation(conversation, "", message.created, message.created, 0))
    insert_message(target, replace(message, parent=_parent(target, message.conversation, message.id, message.parent)))


def _parent(target: sqlite3.Connection, conversation: int, message: int, parent: int | None) -> int | None:
    if parent is None:
        return None
    known = "SELECT 1 FROM messages WHERE conversation = ? AND id = ?"
    if parent < message and target.execute(known, (conversation, parent)).fetchone():
        return parent
    row = target.execute(
        "SELECT max(id) FROM messages WHERE conversation = ? AND id < ?", (conversation, message)
    ).fetchone()
    return int(row[0]) if row[0] is not None else None
