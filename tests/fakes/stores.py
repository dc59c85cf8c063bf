"""Stores made quickly, for tests and measurements."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import writing
from assistant.storage.database import connect, transaction
from assistant.storage.migrations import migrate
from assistant.storage.rows import Conversation, Job, JobStep, Message, MessageState, Role, StepState
from assistant.storage.store import IntegrityReport, OpenReport, Store, Stored, StoreFailed

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


class Answers:
    """What a store delivers; hand it over as ``deliver``, and wait for what a ticket comes to."""

    def __init__(self) -> None:
        self.all: list[Stored | StoreFailed | IntegrityReport] = []
        self._news = threading.Condition()

    def __call__(self, news: Stored | StoreFailed | IntegrityReport) -> None:
        with self._news:
            self.all.append(news)
            self._news.notify_all()

    def to(self, ticket: int, seconds: float = 30.0) -> Stored | StoreFailed:
        """The one answer to ``ticket``."""
        found = self._wait(lambda: self._about(ticket), seconds)
        assert len(found) == 1, found
        return found[0]

    def first(self, ticket: int, seconds: float = 30.0) -> Stored | StoreFailed:
        """The first answer to ``ticket``, whether or not another one follows."""
        return self._wait(lambda: self._about(ticket), seconds)[0]

    def later(self, ticket: int, seconds: float = 30.0) -> Stored | StoreFailed:
        """The answer that follows a failure which the store made good."""
        found = self._wait(lambda: self._about(ticket)[1:], seconds)
        assert len(found) == 1, found
        return found[0]

    def stored(self, ticket: int, seconds: float = 30.0) -> None:
        """Wait until the ticket is stored, at once or after failures."""
        self._wait(lambda: [news for news in self._about(ticket) if isinstance(news, Stored)], seconds)

    def error(self, ticket: int) -> AssistantError:
        """Why ``ticket`` failed."""
        answer = self.first(ticket)
        assert isinstance(answer, StoreFailed)
        return answer.error

    def _about(self, ticket: int) -> list[Stored | StoreFailed]:
        return [news for news in self.all if not isinstance(news, IntegrityReport) and news.ticket == ticket]

    def check(self, seconds: float = 30.0) -> IntegrityReport:
        """The first report about the file's integrity."""
        found = self._wait(lambda: [n for n in self.all if isinstance(n, IntegrityReport)], seconds)
        assert isinstance(found[0], IntegrityReport)
        return found[0]

    def errors(self) -> list[ErrorKind]:
        return [news.error.kind for news in self.all if isinstance(news, StoreFailed)]

    def _wait(self, look: Callable[[], list[Any]], seconds: float) -> list[Any]:
        with self._news:
            assert self._news.wait_for(look, seconds), "the store did not answer"
            return look()


@contextlib.contextmanager
def opened(path: Path, **options: Any) -> Iterator[tuple[Store, Answers, OpenReport]]:
    """A store on ``path``, closed at the end, with what it delivers and what it said when it was opened."""
    answers = Answers()
    store = Store(path, answers, **options)
    report = store.open()
    try:
        yield store, answers, report
    finally:
        store.close()


def conversation(store: Store, title: str = "A title") -> int:
    """A new conversation; returns its number."""
    number = store.new_id()
    store.create_conversation(Conversation(number, title, 1_700_000_000.0, 1_700_000_000.0, 0))
    return number


def message(store: Store, place: int, text: str, parent: int | None = None, **fields: Any) -> Message:
    """A new message at the end of ``parent``, as it was handed to the store."""
    row = Message(
        id=store.new_id(),
        conversation=place,
        parent=parent,
        role=fields.pop("role", Role.USER),
        text=text,
        created=fields.pop("created", 1_700_000_000.0),
        **fields,
    )
    store.add_message(row)
    return row


def job(store: Store, title: str = "A summary", **fields: Any) -> Job:
    """A new job on a document, as it was handed to the store."""
    row = Job(
        id=store.jobs.new_id(),
        kind=fields.pop("kind", "summary"),
        title=title,
        document=fields.pop("document", "d" * 32),
        options=fields.pop("options", "{}"),
        created=fields.pop("created", 1_700_000_000.0),
        **fields,
    )
    store.jobs.create(row)
    return row


def step(number: int, index: int, text: str, **fields: Any) -> JobStep:
    """A step of job ``number`` that has ended."""
    return JobStep(number, fields.pop("level", 0), index, fields.pop("state", StepState.DONE), text, **fields)


def files_with(folder: Path, *words: str) -> list[str]:
    """The files below ``folder`` that hold one of the words, in UTF-8 or UTF-16."""
    patterns = [form for word in words for form in (word.encode("utf-8"), word.encode("utf-16-le"))]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and any(pattern in path.read_bytes() for pattern in patterns):
            found.append(path.relative_to(folder).as_posix())
    return found
