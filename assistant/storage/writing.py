"""What the storage thread does to the database. Each function is one write inside a transaction of the caller."""

from __future__ import annotations

import sqlite3
import sys
import time
from array import array

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.database import has_jobs, has_words
from assistant.storage.rows import Conversation, Message, MessageState
from assistant.storage.word_forgetting import forget_words, trashed_words


def create_conversation(db: sqlite3.Connection, row: Conversation) -> None:
    """A new conversation at the top of the list; ``row.changed`` is not used, the store counts itself."""
    db.execute(
        "INSERT INTO conversations (id, title, titled, created, updated, changed, leaf, system, context_from)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.id,
            whole(row.title),
            int(row.titled),
            row.created,
            row.updated,
            _next_change(db),
            row.leaf,
            whole(row.system),
            row.context_from,
        ),
    )


def set_title(db: sqlite3.Connection, conversation: int, title: str, titled: bool) -> None:
    """``titled``: the user has given the title."""
    cursor = db.execute(
        "UPDATE conversations SET title = ?, titled = ? WHERE id = ?", (whole(title), int(titled), conversation)
    )
    found(cursor)


def set_system(db: sqlite3.Connection, conversation: int, text: str) -> None:
    """The instructions of a conversation."""
    found(db.execute("UPDATE conversations SET system = ? WHERE id = ?", (whole(text), conversation)))


def set_context_from(db: sqlite3.Connection, conversation: int, message: int | None) -> None:
    """The first message that the model still gets; None: all of them."""
    found(db.execute("UPDATE conversations SET context_from = ? WHERE id = ?", (message, conversation)))


def set_leaf(db: sqlite3.Connection, conversation: int, message: int) -> None:
    """Show another path; the message has to be one of this conversation."""
    cursor = db.execute(
        "UPDATE conversations SET leaf = :message WHERE id = :conversation"
        " AND EXISTS (SELECT 1 FROM messages WHERE id = :message AND conversation = :conversation)",
        {"message": message, "conversation": conversation},
    )
    found(cursor)


def add_message(db: sqlite3.Connection, row: Message) -> None:
    """The message, as the new end of the path that is shown; its conversation moves to the top of the list."""
    insert_message(db, row)
    db.execute(
        "UPDATE conversations SET leaf = ?, updated = ?, changed = ? WHERE id = ?",
        (row.id, row.created, _next_change(db), row.conversation),
    )


def insert_message(db: sqlite3.Connection, row: Message) -> None:
    """The message at its place in the tree, and nothing else."""
    db.execute(
        "INSERT INTO messages (id, conversation, parent, role, state, length, created, model, fingerprint, error,"
        " error_detail, prompt_tokens, cached_tokens, generated_tokens, seconds, speed, reasoning_seconds)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row.id, row.conversation, row.parent, row.role.value, *_facts(row)),
    )
    db.execute(
        "INSERT INTO texts (id, text, reasoning, ids) VALUES (?, ?, ?, ?)",
        (row.id, whole(row.text), whole(row.reasoning), pack_ids(row.ids)),
    )


def checkpoint_answer(db: sqlite3.Connection, message: int, text: str, reasoning: str) -> None:
    """The answer as far as it is written. Its sampled ids are forgotten: they belong to the text before."""
    cursor = db.execute(
        "UPDATE messages SET state = ?, length = ?, fingerprint = '' WHERE id = ?",
        (MessageState.WRITING.value, len(text), message),
    )
    found(cursor)
    _set_text(db, message, text=text, reasoning=reasoning, ids=b"")


def finish_answer(db: sqlite3.Connection, row: Message) -> None:
    """Every field of the message but its place in the tree."""
    cursor = db.execute(
        "UPDATE messages SET state = ?, length = ?, created = ?, model = ?, fingerprint = ?, error = ?,"
        " error_detail = ?, prompt_tokens = ?, cached_tokens = ?, generated_tokens = ?, seconds = ?, speed = ?,"
        " reasoning_seconds = ? WHERE id = ?",
        (*_facts(row), row.id),
    )
    found(cursor)
    _set_text(db, row.id, text=row.text, reasoning=row.reasoning, ids=pack_ids(row.ids))


def set_draft(db: sqlite3.Connection, conversation: int, text: str) -> None:
    """``conversation`` 0 and below, which none has: texts that wait to become jobs (``jobs.StoredJobs.set_draft``)."""
    if text:
        db.execute("INSERT OR REPLACE INTO drafts (conversation, text) VALUES (?, ?)", (conversation, whole(text)))
    else:
        db.execute("DELETE FROM drafts WHERE conversation = ?", (conversation,))


def trash_conversation(db: sqlite3.Connection, conversation: int) -> None:
    """A conversation into the trash."""
    found(db.execute("UPDATE conversations SET trashed = ? WHERE id = ?", (time.time(), conversation)))


def restore_conversation(db: sqlite3.Connection, conversation: int) -> None:
    """A conversation out of the trash."""
    found(db.execute("UPDATE conversations SET trashed = NULL WHERE id = ?", (conversation,)))


def purge_trash(db: sqlite3.Connection) -> None:
    """Remove what is in the trash, and note it as still to be scrubbed out of free pages and backups."""
    trash = [row[0] for row in db.execute("SELECT id FROM conversations WHERE trashed IS NOT NULL")]
    if has_jobs(db):
        trash += [row[0] for row in db.execute("SELECT id FROM jobs WHERE trashed IS NOT NULL")]
    trash += trashed_words(db)
    if trash:
        db.executemany("INSERT OR IGNORE INTO purged VALUES (?)", [(number,) for number in trash])
        db.execute("INSERT OR REPLACE INTO facts VALUES ('id_floor', ?)", (highest_id(db),))
        forget(db, trash)


def forget(db: sqlite3.Connection, numbers: list[int]) -> None:
    """Remove the conversations, jobs, glossaries and entries with these numbers, with all that belongs to them."""
    jobs = has_jobs(db)
    for number in numbers:
        db.execute("DELETE FROM drafts WHERE conversation = ?", (number,))
        db.execute("DELETE FROM conversations WHERE id = ?", (number,))
        if jobs:
            db.execute("DELETE FROM jobs WHERE id = ?", (number,))
    forget_words(db, numbers)


def mark_interrupted(db: sqlite3.Connection) -> int:
    """Answers that nobody writes any more, after the program ended while they were being written."""
    cursor = db.execute(
        "UPDATE messages SET state = ? WHERE state IN ('waiting', 'writing')", (MessageState.INTERRUPTED.value,)
    )
    return cursor.rowcount


def highest_id(db: sqlite3.Connection) -> int:
    """The highest number ever given to anything that is kept, also to what was deleted."""
    others = ["0"]
    if has_jobs(db):
        others += ["(SELECT max(id) FROM jobs)", "(SELECT max(job) FROM job_steps)"]
    if has_words(db):
        others += ["(SELECT max(id) FROM glossaries)", "(SELECT max(id) FROM glossary_terms)"]
        others += ["(SELECT max(glossary) FROM glossary_terms)", "(SELECT max(id) FROM memory)"]
    numbers = ", ".join(f"coalesce({one}, 0)" for one in others)
    row = db.execute(
        f"SELECT max({numbers}, coalesce((SELECT max(id) FROM conversations), 0),"  # noqa: S608
        " coalesce((SELECT max(id) FROM messages), 0),"
        # Texts have the numbers of their messages, unless a damaged page swallowed the message.
        " coalesce((SELECT max(id) FROM texts), 0), coalesce((SELECT value FROM facts WHERE name = 'id_floor'), 0))"
    ).fetchone()
    return int(row[0])


def mark_changed(db: sqlite3.Connection) -> None:
    """Give what is kept another revision.

    Not a count: a file that was put back from a copy and written on must not come to the number of another copy.
    """
    db.execute("INSERT OR REPLACE INTO facts VALUES ('revision', random())")


def revision(db: sqlite3.Connection) -> int | None:
    """The same as at another time, or of a copy: nothing was written between. None: nobody has noted one yet."""
    row = db.execute("SELECT value FROM facts WHERE name = 'revision'").fetchone()
    return int(row[0]) if row else None


def whole(text: str) -> str:
    """``text`` with pairs of surrogates joined and single ones replaced: what UTF-8 can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def pack_ids(ids: tuple[int, ...]) -> bytes:
    """Token ids as little-endian 32-bit numbers."""
    packed = array("i", ids)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack_ids(data: object) -> tuple[int, ...]:
    """What :func:`pack_ids` packed; nothing when the data is not of that form."""
    packed = array("i")
    if not isinstance(data, bytes) or len(data) % packed.itemsize:
        return ()
    packed.frombytes(data)
    if sys.byteorder == "big":
        packed.byteswap()
    return tuple(packed)


def _facts(row: Message) -> tuple[object, ...]:
    """From ``state`` to ``reasoning_seconds``, in the order of the table."""
    return (
        row.state.value,
        len(row.text),
        row.created,
        whole(row.model),
        row.fingerprint,
        row.error,
        whole(row.error_detail),
        row.prompt_tokens,
        row.cached_tokens,
        row.generated_tokens,
        row.seconds,
        row.speed,
        row.reasoning_seconds,
    )


def _set_text(db: sqlite3.Connection, message: int, *, text: str, reasoning: str, ids: bytes) -> None:
    db.execute(
        "UPDATE texts SET text = ?, reasoning = ?, ids = ? WHERE id = ?",
        (whole(text), whole(reasoning), ids, message),
    )


def _next_change(db: sqlite3.Connection) -> int:
    """Order is by a counter: a clock may jump back."""
    return int(db.execute("SELECT coalesce(max(changed), 0) + 1 FROM conversations").fetchone()[0])


def found(cursor: sqlite3.Cursor) -> None:
    """:raises AssistantError: INTERNAL: what was to be changed is not there."""
    if cursor.rowcount != 1:
        raise AssistantError(ErrorKind.INTERNAL, "no such row")
