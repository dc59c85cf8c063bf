"""A desk with conversations on it: a real store, a pretended engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answers
from assistant.core.conversations import Conversations
from assistant.core.engines import Engines
from assistant.core.inbox import Inbox
from assistant.core.load_plan import LoadPlan
from assistant.core.pending_writes import PendingWrites
from assistant.core.replies import AnswerSetup
from assistant.core.usage import Usage
from assistant.engine.messages import FinishReason
from assistant.storage.rows import Conversation
from assistant.storage.store import Store, Stored, StoreFailed
from assistant.tasks.chat import AnswerOptions
from tests.fakes.engine_client import FakeClient, FakeEngines
from tests.fakes.pretended_worker import PretendedRendering


class Desk:
    """Conversations over a real store; the engine says what the test tells it to.

    :param budget: bytes that all models together may hold.
    """

    def __init__(self, folder: Path, *, budget: int = 1000, **options: Any) -> None:
        self.folder = folder
        self.inbox = Inbox(lambda: None)
        self.events: list[Any] = []
        self.on_event: Any = lambda event: None
        self.failures: list[tuple[int, AssistantError]] = []
        self.filling: list[int] = []
        self.begun: list[int] = []
        self.fakes = FakeEngines(**options)
        self.options = AnswerOptions()
        self.has_model = True
        self.keeper = PendingWrites(lambda error: None)
        self.store = Store(folder / "data.sqlite3", lambda event: self.inbox.put(self._acknowledged, event))
        self.store.open()
        self.engines = Engines(self.inbox, changed=lambda: None, budget=lambda: budget, log=None, connect=self.fakes)
        self.answers = Answers(
            self.engines,
            PretendedRendering(),  # type: ignore[arg-type]
            grew=lambda answer: self.talks.replies.grew(answer),  # noqa: PLW0108 (made below)
            changed=lambda answer: self.talks.replies.changed(answer),  # noqa: PLW0108
        )
        self.talks = Conversations(
            self.store,
            self.answers,
            self.keeper,
            emit=self._heard,
            setup=self._setup,
            begun=self.begun.append,
            failed=self.on_failed,
            filling=self.on_filling,
            facts=self._facts,
        )

    def _setup(self, row: Conversation) -> AnswerSetup:
        if not self.has_model:
            raise AssistantError(ErrorKind.NO_MODEL)
        return AnswerSetup(LoadPlan("m", Path("m"), "Model"), self.options, row.system)

    def on_failed(self, conversation: int, error: AssistantError) -> None:
        """An answer failed."""
        self.failures.append((conversation, error))

    def on_filling(self, conversation: int, usage: Usage) -> None:
        """The next answer may find no room."""
        self.filling.append(conversation)

    def _heard(self, event: Any) -> None:
        self.events.append(event)
        self.on_event(event)

    def _acknowledged(self, event: Any) -> None:
        if isinstance(event, Stored):
            self.keeper.stored(event)
        elif isinstance(event, StoreFailed):
            self.keeper.failed(event)

    def _facts(self) -> Any:
        engine = self.engines.get("m")
        return engine.facts if engine else None

    @property
    def engine(self) -> FakeClient:
        return self.fakes.last

    def pump(self) -> None:
        while self.inbox.pump(1.0):
            pass

    def say(self, text: str) -> None:
        self.engine.say(text)
        self.pump()

    def finish(self, reason: FinishReason = FinishReason.END) -> None:
        self.engine.finish(reason)
        self.pump()

    def texts(self, conversation: int) -> list[str]:
        return [self.talks.message(conversation, head.id).text for head in self.talks.path(conversation)]

    def prompt(self) -> str:
        return "".join(piece.text for piece in self.engine.generates[-1].prompt)


def talk(desk: Desk, text: str, answer: str, conversation: int | None = None) -> int:
    """A question and its answer, in a new conversation or at the end of one; its number."""
    conversation = desk.talks.create() if conversation is None else conversation
    desk.talks.send(conversation, text)
    desk.pump()
    desk.say(answer)
    desk.finish()
    return conversation
