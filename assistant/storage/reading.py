"""Reading on a connection of its own, on the caller's thread; another thread may interrupt it.

A file can be damaged without SQLite noticing, so what is read is checked once more: a row of a wrong type becomes a
harmless value, never an exception that the program does not expect.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby, repeat
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.database import SQL_TROUBLE, explain, has_jobs, transaction
from assistant.storage.rows import Conversation, Message, MessageHead, MessageState, Role
from assistant.storage.writing import unpack_ids

SLOW_SECONDS = 0.04
_AT_ONCE = 500  # bound values in one statement
_STEPS = 2000  # of SQLite's machine between two looks at the clock

_ROLES = {role.value: role for role in Role}
_STATES = {state.value: state for state in MessageState}
_CONVERSATION = "SELECT id, title, created, updated, changed, leaf, system, titled, context_from FROM conversations"
_MESSAGE = (
    "SELECT m.id, m.conversation, m.parent, m.role, t.text, m.created, m.state, t.reasoning, m.model, m.error,"
    " m.error_detail, t.ids, m.fingerprint, m.prompt_tokens, m.cached_tokens, m.generated_tokens, m.seconds, m.speed,"
    " m.reasoning_seconds"
    " FROM messages m JOIN texts t ON t.id = m.id"
)
# Both walk down the index of the order, so that what is found first is what was changed last.
_SEARCH = (
    "SELECT c.id FROM conversations c WHERE c.trashed IS NULL AND (TITLE OR EXISTS ("
    "SELECT 1 FROM messages m JOIN texts t ON t.id = m.id WHERE m.conversation = c.id AND TEXT"
    ")) ORDER BY c.changed DESC LIMIT :limit"
)
P = ParamSpec("P")
R = TypeVar("R")


class Reader:
    """Questions to one connection.

    :param on_damage: called when a question met a damaged place, so that the next start repairs the file.
    :param newer: the file was written by a newer program, whose tables may be others.
    :param lock: held while the connection is in use, when it is shared with the writer.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        folder: Path,
        on_damage: Callable[[], None],
        *,
        newer: bool = False,
        lock: threading.Lock | None = None,
    ) -> None:
        self.slow = 0
        self._db = db
        self._folder = folder
        self._on_damage = on_damage
        self._odd = ErrorKind.DATABASE_NEWER if newer else ErrorKind.DATABASE_DAMAGED
        self._lock = lock or threading.Lock()
        self._closed = False
        db.create_function("holds", 2, _holds, deterministic=True)

    def ask(self, question: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer to one of the questions below.

        :raises AssistantError: DATABASE_DAMAGED, DATABASE_BUSY, CANCELLED (interrupted) or what the disk says.
        """
        with self._lock:
            if self._closed:
                raise AssistantError(ErrorKind.CANCELLED, "closed")
            start = time.perf_counter()
            try:
                return self._ask(question, *args, **kwargs)
            except SQL_TROUBLE as error:
                raise self._explained(error) from error
            finally:
                if time.perf_counter() - start > SLOW_SECONDS:
                    self.slow += 1

    def interrupt(self) -> None:
        """Ends the question that is being answered now, if any. From any thread."""
        self._db.interrupt()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._db.close()

    def _ask(self, question: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with transaction(self._db, reading=True):
            try:
                return question(self._db, *args, **kwargs)
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) is not None:
                    raise
            # Python could not decode a text: damaged bytes. From now on they are replaced.
            self._on_damage()
            self._db.text_factory = _decode
            return question(self._db, *args, **kwargs)

    def _explained(self, error: Exception) -> AssistantError:
        explained = explain(error, self._folder)
        if explained.kind is ErrorKind.INTERNAL:  # "no such table": the schema is not the one we know
            explained = AssistantError(self._odd, explained.detail)
        if explained.kind is ErrorKind.DATABASE_DAMAGED:
            self._on_damage()
        return explained


def conversations(db: sqlite3.Connection) -> list[Conversation]:
    """Without the trash, the one changed last first."""
    rows = db.execute(f"{_CONVERSATION} WHERE trashed IS NULL ORDER BY changed DESC")
    return [conversation_of(row) for row in rows]


def conversation(db: sqlite3.Connection, number: int) -> Conversation | None:
    """Also one in the trash; None: there is none with this number."""
    row = db.execute(f"{_CONVERSATION} WHERE id = ?", (number,)).fetchone()
    return conversation_of(row) if row else None


def path(
    db: sqlite3.Connection,
    number: int,
    leaf: int | None = None,
    *,
    through: int | None = None,
    recent: Sequence[Message] = (),
) -> list[MessageHead]:
    """From the root to ``leaf``, by default the one that the conversation shows, else its newest message.

    ``through``: instead to the end of the path through this message and then always to the newest child; ``recent``:
    messages that are part of the tree, written yet or not.
    """
    if leaf is None and through is None:
        row = db.execute("SELECT leaf FROM conversations WHERE id = ?", (number,)).fetchone()
        if row is None:
            return []
        leaf = row[0]
    # One walk over the index gives every head of the conversation. Walking up in SQL needs three look-ups for each
    # message: 42 ms instead of 14 for a path of ten thousand. For the same reason the loops here are C's own.
    rows = db.execute(
        "SELECT id, parent, role, state, length FROM messages WHERE conversation = ? ORDER BY parent, id", (number,)
    ).fetchall()
    rows = _with_recent(rows, recent)
    heads = {row[0]: row for row in rows}
    if through is not None:
        newest = dict(map(itemgetter(1, 0), rows))  # of each family the last
        leaf = through
        while (child := newest.pop(leaf, None)) is not None:  # taken out for the same reason as below
            leaf = child
    families = Counter(map(itemgetter(1), rows))
    positions: dict[int, int] = {}
    for _, family in groupby((row for row in rows if families[row[1]] > 1), itemgetter(1)):
        positions.update({row[0]: position for position, row in enumerate(family)})
    walk = []
    if leaf not in heads:
        leaf = max(heads, default=None)
    while row := heads.pop(leaf, None):  # taken out, so that a damaged file cannot lead in a circle
        walk.append(row)
        leaf = row[1]
    if not walk:
        return []
    ids, parents, roles, states, lengths = zip(*reversed(walk), strict=True)
    return list(
        map(
            partial(tuple.__new__, MessageHead),
            zip(
                ids,
                parents,
                map(_ROLES.get, roles, repeat(Role.USER)),
                map(_STATES.get, states, repeat(MessageState.INTERRUPTED)),
                lengths,
                map(families.__getitem__, parents),
                map(positions.get, ids, repeat(0)),
                strict=True,
            ),
        )
    )


def _with_recent(rows: list[Any], recent: Sequence[Message]) -> list[Any]:
    """The heads of a conversation, family by family, with those that are not on disk yet at the end of theirs."""
    known = set(map(itemgetter(0), rows)) if recent else set()
    missing = sorted((message for message in recent if message.id not in known), key=attrgetter("id"))
    if not missing:
        return rows
    rows = rows + [(m.id, m.parent, m.role.value, m.state.value, len(m.text)) for m in missing]
    places = {parent: place for place, parent in enumerate(dict.fromkeys(map(itemgetter(1), rows)))}
    return sorted(rows, key=lambda row: places[row[1]])


def messages(db: sqlite3.Connection, ids: Sequence[int]) -> list[Message]:
    """In the order asked for; numbers that do not exist are left out."""
    found: dict[int, Message] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        for row in db.execute(f"{_MESSAGE} WHERE m.id IN ({marks})", tuple(some)):
            found[row[0]] = message_of(row)
    return [found[number] for number in ids if number in found]


def children(db: sqlite3.Connection, number: int, parent: int | None) -> list[int]:
    """The messages of a conversation with this parent (None: its beginnings), in the order they were made."""
    rows = db.execute("SELECT id FROM messages WHERE conversation = ? AND parent IS ? ORDER BY id", (number, parent))
    return [row[0] for row in rows]


def draft(db: sqlite3.Connection, number: int) -> str:
    row = db.execute("SELECT text FROM drafts WHERE conversation = ?", (number,)).fetchone()
    return _text(row[0]) if row else ""


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows there are, and how large the file is (bytes)."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM conversations WHERE trashed IS NULL),"
        " (SELECT count(*) FROM conversations WHERE trashed IS NOT NULL), (SELECT count(*) FROM messages)"
    ).fetchone()
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    jobs = db.execute("SELECT count(*) FROM jobs").fetchone()[0] if has_jobs(db) else 0
    return {"conversations": row[0], "trashed": row[1], "messages": row[2], "jobs": jobs, "bytes": pages * size}


def search(db: sqlite3.Connection, text: str, limit: int, seconds: float) -> list[int]:
    """Conversations whose title or a message holds ``text`` in any case, the one changed last first.

    Looks through the texts one by one; after ``seconds`` it gives what it has found.
    """
    text = text.strip()
    if not text or limit <= 0:
        return []
    needle, test = _test(text)
    sql = _SEARCH.replace("TITLE", test.format("c.title")).replace("TEXT", test.format("t.text"))
    found: list[int] = []
    with _deadline(db, seconds) as late:
        try:
            for row in db.execute(sql, {"needle": needle, "limit": limit}):
                found.append(row[0])
        except sqlite3.OperationalError:
            if not late():
                raise
    return found


def messages_with(
    db: sqlite3.Connection, text: str, conversations: Sequence[int], seconds: float
) -> dict[int, Message]:
    """By conversation the newest message that holds ``text`` in any case; after ``seconds`` those found so far."""
    text = text.strip()
    found: dict[int, Message] = {}
    if not text:
        return found
    needle, test = _test(text)
    sql = f"{_MESSAGE} WHERE m.conversation = :number AND {test.format('t.text')} ORDER BY m.id DESC LIMIT 1"
    with _deadline(db, seconds) as late:
        try:
            for number in conversations:
                row = db.execute(sql, {"number": number, "needle": needle}).fetchone()
                if row is not None:
                    found[number] = message_of(row)
                if late():
                    break
        except sqlite3.OperationalError:
            if not late():
                raise
    return found


@contextmanager
def _deadline(db: sqlite3.Connection, seconds: float) -> Iterator[Callable[[], bool]]:
    end = time.monotonic() + seconds

    def late() -> bool:
        return time.monotonic() > end

    db.set_progress_handler(late, _STEPS)
    try:
        yield late
    finally:
        db.set_progress_handler(None, 0)


def _test(text: str) -> tuple[str, str]:
    """What to bind and how to compare. SQLite's own LIKE knows the case of ASCII only; it is the quicker one."""
    text = text.replace("\0", "")
    if all(char.isascii() or char.lower() == char.upper() for char in text):
        for char in "\\%_":
            text = text.replace(char, "\\" + char)
        return f"%{text}%", "{} LIKE :needle ESCAPE '\\'"
    return text.casefold(), "holds({}, :needle)"


def _holds(value: object, needle: object) -> bool:
    return isinstance(value, str) and isinstance(needle, str) and needle in value.casefold()


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def conversation_of(row: tuple[Any, ...]) -> Conversation:
    """From the columns of ``_CONVERSATION``, whatever is in them."""
    number, title, created, updated, changed, leaf, system, titled, context_from = row
    return Conversation(
        id=number,
        title=_text(title),
        created=_real(created),
        updated=_real(updated),
        changed=_whole(changed),
        leaf=leaf if isinstance(leaf, int) else None,
        system=_text(system),
        titled=bool(titled),
        context_from=context_from if isinstance(context_from, int) else None,
    )


def message_of(row: tuple[Any, ...]) -> Message:
    """From the columns of ``_MESSAGE``, whatever is in them."""
    return Message(
        id=row[0],
        conversation=_whole(row[1]),
        parent=row[2] if isinstance(row[2], int) else None,
        role=_ROLES.get(row[3], Role.USER),
        text=_text(row[4]),
        created=_real(row[5]),
        state=_STATES.get(row[6], MessageState.INTERRUPTED),
        reasoning=_text(row[7]),
        model=_text(row[8]),
        error=_text(row[9]),
        error_detail=_text(row[10]),
        ids=unpack_ids(row[11]),
        fingerprint=_text(row[12]),
        prompt_tokens=_whole(row[13]),
        cached_tokens=_whole(row[14]),
        generated_tokens=_whole(row[15]),
        seconds=_real(row[16]),
        speed=_real(row[17]),
        reasoning_seconds=_real(row[18]),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
