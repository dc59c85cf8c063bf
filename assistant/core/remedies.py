"""What can be done about a conversation that fills the context: a larger one, or fewer old messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.conversations import Conversations
from assistant.core.engines import Engine, Engines
from assistant.core.events import NoticeAction
from assistant.core.notices import Notices
from assistant.core.usage import Usage
from assistant.engine.messages import Resized
from assistant.library import fit
from assistant.tasks.presets import chat_preset

_SPARED = 0.8  # of the free memory that a larger context may take
_STEP = 256  # cells by which the library counts


@dataclass(frozen=True)
class _Need:
    """Tokens that the next answer of a conversation needs, and the context that it found."""

    tokens: int
    context: int


@dataclass(frozen=True)
class _Larger:
    """A context of ``size`` tokens that a loaded model can have."""

    engine: Engine
    size: int


class ContextRemedies:
    """Offers remedies in a notice, with the reason where there is none, and carries them out when one is wanted.

    :param conversations: they are opened later than this is made.
    :param engine: that of the model that chats, while it is loaded.
    """

    def __init__(
        self,
        conversations: Callable[[], Conversations],
        engine: Callable[[], Engine | None],
        engines: Engines,
        *,
        notices: Notices,
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._engines = engines
        self._notices = notices
        self._needs: dict[int, _Need] = {}  # of each conversation, when a notice was last about it

    def full(self, conversation: int, error: AssistantError) -> None:
        """An answer found no room.

        :param error: CONTEXT_FULL; its values ``needed`` and ``available`` are in tokens.
        """
        need = _Need(_number(error.values.get("needed")), _number(error.values.get("available")))
        self._needs[conversation] = need
        larger = self._larger(need.tokens)
        self._notices.context_full(conversation, error, self._actions(conversation, larger), stays=_why_not(larger))

    def filling(self, conversation: int, usage: Usage) -> None:
        """The next answer may find no room."""
        need = self._needs[conversation] = _Need(usage.used + usage.reserved + 1, usage.context)
        larger = self._larger(need.tokens)
        self._notices.context_filling(conversation, usage, self._actions(conversation, larger), stays=_why_not(larger))

    def drop_oldest(self, conversation: int, *, retry: bool) -> None:
        """Leave the oldest messages out of what the model reads, and ask again if ``retry``.

        A notice says so where there are none.
        """
        conversations = self._conversations()
        if not conversations.can_drop_oldest(conversation):
            actions = self._actions(conversation, self._larger(self._need(conversation).tokens))
            self._notices.nothing_to_drop(conversation, actions, asked=retry)
            return
        need = self._need(conversation)
        conversations.drop_oldest(conversation, needed=max(need.tokens, need.context), available=need.context)
        if retry:
            conversations.retry(conversation)

    def enlarge(self, conversation: int, *, retry: bool) -> None:
        """Give the loaded model a larger context, and ask again if ``retry``.

        Where that cannot be or does not succeed, a notice says why, and the conversation goes on as it was.
        """
        larger = self._larger(self._need(conversation).tokens)
        if isinstance(larger, AssistantError):
            self._notices.context_stays(conversation, larger, self._actions(conversation, larger), asked=retry)
            return

        def done(result: Resized | AssistantError) -> None:
            if isinstance(result, AssistantError):
                self._notices.context_stays(conversation, result, self._actions(conversation, result), asked=retry)
            elif retry:
                self._conversations().retry(conversation)

        self._engines.resize(larger.engine, larger.size, done)

    def _need(self, conversation: int) -> _Need:
        """What was told of it, or more if it has grown since. The model may have been unloaded meanwhile."""
        told = self._needs.get(conversation, _Need(0, 0))
        usage = self._conversations().usage(conversation)
        return _Need(max(told.tokens, usage.used + usage.reserved + 1), usage.context or told.context)

    def _actions(self, conversation: int, larger: _Larger | AssistantError) -> tuple[NoticeAction, ...]:
        """What helps a conversation; at most two."""
        actions = []
        if isinstance(larger, _Larger):
            actions.append(NoticeAction.ENLARGE_CONTEXT)
        if self._conversations().can_drop_oldest(conversation):
            actions.append(NoticeAction.DROP_OLDEST)
        if isinstance(larger, AssistantError) and larger.values.get("budget"):
            actions.append(NoticeAction.OPEN_SETTINGS)
        return (*actions, NoticeAction.NEW_CONVERSATION)[:2]

    def _larger(self, needed: int) -> _Larger | AssistantError:
        """A larger context for at least ``needed`` tokens that this model and this machine can have.

        It is twice as large or more where that can be had. Else CONTEXT_STAYS, with the reason.
        """
        engine = self._engine()
        if engine is None or engine.facts is None:
            return AssistantError(ErrorKind.CONTEXT_STAYS)
        now, most, token = engine.facts.context, engine.facts.context_trained, engine.facts.cache_bytes_per_token
        least = _least(needed, now)
        if 0 < most < least:
            return AssistantError(ErrorKind.CONTEXT_STAYS, most=most)
        size = now * 2
        while size < needed * 5 // 4:
            size *= 2
        size = min(size, most or size)
        allowed = max(0, self._engines.room_beside(engine.plan.key))
        # While it grows, what was read and the new cache exist side by side.
        free = int(fit.free_memory() * _SPARED)
        fits = min(now + allowed // token, free // token) if token else size
        if fits < size:
            size = max(least, fits // _STEP * _STEP)
        if fits >= size:
            return _Larger(engine, size)
        if (size - now) * token > allowed:
            return AssistantError(ErrorKind.CONTEXT_STAYS, needed=(size - now) * token, free=allowed, budget=True)
        return AssistantError(ErrorKind.CONTEXT_STAYS, needed=size * token, free=free)


def _least(needed: int, now: int) -> int:
    """The smallest context that helps where one of ``now`` tokens is not enough, or soon will not be."""
    if needed <= now:
        return now * 5 // 4
    # A larger context keeps more free for the answer: a quarter of it, up to the most that is reserved.
    reserve = chat_preset().reserve
    prompt = needed - min(reserve, now // 4)
    return max(needed, min(prompt + reserve, -(-prompt * 4 // 3)))


def _why_not(larger: _Larger | AssistantError) -> AssistantError | None:
    return larger if isinstance(larger, AssistantError) else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
