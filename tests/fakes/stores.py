"""Stores made quickly, for tests and measurements."""

from __future__ import annotations

import contextlib
from pathlib import Path

from assistant.storage import writing
from assistant.storage.database import connect, transaction
from assistant.storage.migrations import migrate
from assistant.storage.rows import Conversation, Message, MessageState, Role

_PARAGRAPH = (
    "Message {number}: the lamp by the window is lit before the guests arrive, 灯下 tea is poured, and somebody asks"
    " how the harvest went.\n\n* one point\n* another point, with `code`\n"
)


def make_big_store(path: Path, messages: int = 10_000) -> int:
    """Write one conversation of ``messages`` messages (about 170 characters each) to a new database at ``path``.

    Questions and answers take turns; each tenth answer was generated twice, so that it has a sibling. Takes about a
    third of a second for 10,000. The database is closed afterwards. Returns the conversation's number.
    """
    with contextlib.closing(connect(path)) as db:
        migrate(db)
        with transaction(db):
            writing.create_conversation(db, Conversation(1, "A long conversation", 1_700_000_000.0, 0.0, 0))
            parent, number = None, 2
            for turn in range(messages):
                role = Role.ASSISTANT if turn % 2 else Role.USER
                for _ in range(2 if turn % 20 == 19 else 1):
                    row = _message(number, parent, role)
                    writing.add_message(db, row)
                    number += 1
                parent = row.id
    return 1


def _message(number: int, parent: int | None, role: Role) -> Message:
    answer = role is Role.ASSISTANT
    return Message(
        id=number,
        conversation=1,
        parent=parent,
        role=role,
        text=_PARAGRAPH.format(number=number),
        created=1_700_000_000.0 + number,
        state=MessageState.COMPLETE,
        model="starter" if answer else "",
        ids=tuple(range(50)) if answer else (),
        fingerprint="0123456789abcdef" if answer else "",
        generated_tokens=50 if answer else 0,
        seconds=1.0 if answer else 0.0,
        speed=50.0 if answer else 0.0,
    )
