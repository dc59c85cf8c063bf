"""What can be done about a conversation that fills the context: a larger one, or fewer old messages."""

from __future__ import annotations

from collections.abc import Callable

import psutil

from assistant.base.errors import AssistantError
from assistant.core.chosen import ChosenModel
from assistant.core.conversations import Conversations
from assistant.core.engines import Engines
from assistant.core.events import NoticeAction
from assistant.core.notices import Notices
from assistant.core.usage import Usage
from assistant.engine.messages import Resized


class ContextRemedies:
    """Offers remedies in a notice, and carries them out when one is wanted.

    :param conversations: they are opened later than this is made.
    """

    def __init__(
        self, conversations: Callable[[], Conversations], chosen: ChosenModel, engines: Engines, *, notices: Notices
    ) -> None:
        self._conversations = conversations
        self._chosen = chosen
        self._engines = engines
        self._notices = notices

    def full(self, conversation: int, error: AssistantError) -> None:
        """An answer found no room.

        :param error: CONTEXT_FULL; its value ``needed`` is in tokens.
        """
        actions = self._actions(conversation, _number(error.values.get("needed")))
        self._notices.context_full(conversation, error, actions)

    def filling(self, conversation: int, usage: Usage) -> None:
        """The next answer may find no room."""
        actions = self._actions(conversation, usage.used + usage.reserved + 1)
        self._notices.context_filling(conversation, usage, actions)

    def drop_oldest(self, conversation: int, *, retry: bool) -> None:
        """Leave the oldest messages out of what the model reads, and ask again if ``retry``."""
        conversations = self._conversations()
        usage = conversations.usage(conversation)
        needed = max(usage.used, usage.context)
        conversations.drop_oldest(conversation, needed=needed, available=usage.context)
        if retry:
            conversations.retry(conversation)

    def enlarge(self, conversation: int, *, retry: bool) -> None:
        """Give the loaded model a larger context, and ask again if ``retry``."""
        usage = self._conversations().usage(conversation)
        size = self._larger_context(usage.used + usage.reserved + 1)
        engine = self._chosen.engine()
        if not size or engine is None:
            return

        def done(result: Resized | AssistantError) -> None:
            if isinstance(result, AssistantError):
                self._notices.model_trouble(engine.plan.key, result)
            elif retry:
                self._conversations().retry(conversation)

        self._engines.resize(engine, size, done)

    def _actions(self, conversation: int, needed: int) -> tuple[NoticeAction, ...]:
        """What helps a conversation that needs so many tokens; at most two."""
        actions = []
        if self._larger_context(needed):
            actions.append(NoticeAction.ENLARGE_CONTEXT)
        if self._conversations().can_drop_oldest(conversation):
            actions.append(NoticeAction.DROP_OLDEST)
        return (*actions, NoticeAction.NEW_CONVERSATION)[:2]

    def _larger_context(self, needed: int) -> int:
        """A context for at least ``needed`` tokens that this model and this machine can have, else 0."""
        facts = self._chosen.facts()
        if facts is None:
            return 0
        size = facts.context
        while size < needed * 5 // 4 or size <= facts.context:
            size *= 2
        size = min(size, facts.context_trained)
        if size < needed or size <= facts.context:
            return 0
        # While it grows, the old cache and the new one exist side by side.
        extra = size * facts.cache_bytes_per_token
        return size if extra < psutil.virtual_memory().available * 0.8 else 0


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
