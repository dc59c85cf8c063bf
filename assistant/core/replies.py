"""Answers on their way into messages: followed while they are written, kept every moment, settled at their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant.base.errors import AssistantError
from assistant.core.answers import Answer, Answers, Stage
from assistant.core.events import CoreEvent, MessageChanged, MessageGrew
from assistant.core.load_plan import LoadPlan
from assistant.core.message_thread import MessageThread
from assistant.core.pending_writes import PendingWrites
from assistant.engine.messages import FinishReason
from assistant.storage.rows import Message, MessageState
from assistant.storage.store import Store
from assistant.tasks.chat import AnswerOptions, ChatTurn

CHECKPOINT_SECONDS = 0.8  # an answer being written is at most one second behind on disk
_DETAIL = 2000  # characters of what an engine said last
_STATES = {
    FinishReason.END: MessageState.COMPLETE,
    FinishReason.STOP: MessageState.COMPLETE,
    FinishReason.LIMIT: MessageState.CUT,
    FinishReason.LOOP: MessageState.LOOPED,
    FinishReason.CANCELLED: MessageState.STOPPED,
}


@dataclass(frozen=True)
class AnswerSetup:
    """What an answer needs from outside: which model and how. Made anew for each answer."""

    plan: LoadPlan
    options: AnswerOptions
    system: str = ""


@dataclass
class _Reply:
    """An answer on its way into a message."""

    answer: Answer
    message: Message
    prefix: str = ""  # text that was there before (an answer being continued)
    saved_at: float = 0.0
    saved_length: int = -1
    recalled: bool = False

    @property
    def text(self) -> str:
        return self.prefix + self.answer.text


class Replies:
    """Every method runs on the pumping thread.

    :param thread: the messages of a conversation.
    :param finished: called with a message and the answer that it has now, when that has ended well.
    :param failed: called with the conversation whose answer failed.
    """

    def __init__(
        self,
        store: Store,
        answers: Answers,
        writes: PendingWrites,
        *,
        emit: Callable[[CoreEvent], None],
        thread: Callable[[int], MessageThread],
        finished: Callable[[Message, Answer], None],
        failed: Callable[[int, AssistantError], None],
    ) -> None:
        self._store = store
        self._answers = answers
        self._writes = writes
        self._emit = emit
        self._thread = thread
        self._finished = finished
        self._failed = failed
        self._replies: dict[int, _Reply] = {}  # by answer id

    # ------------------------------------------------------------ what there is

    def busy(self, conversation: int) -> bool:
        """Whether an answer is being written into a conversation."""
        return self.running(conversation) is not None

    def answer_of(self, message_id: int) -> Answer | None:
        """The answer that is being written into a message."""
        reply = self._of(message_id)
        return reply.answer if reply else None

    def running(self, conversation: int) -> Answer | None:
        """The answer that is being written into a conversation."""
        found = (each.answer for each in self._replies.values() if each.message.conversation == conversation)
        return next(found, None)

    def message(self, message_id: int) -> Message | None:
        """A message that is being written, with what there is so far; None for any other."""
        reply = self._of(message_id)
        return _as_written(reply) if reply else None

    def text(self, message_id: int) -> str | None:
        """What a message that is being written says so far; None for any other."""
        reply = self._of(message_id)
        return reply.text if reply else None

    # ------------------------------------------------------------ from the first word to the last

    def start(self, message: Message, turns: Sequence[ChatTurn], setup: AnswerSetup, *, resume: bool) -> None:
        """Have ``turns`` answered into ``message``.

        :param resume: what the message says already is the beginning of the answer.
        """
        answer = self._answers.start(
            setup.plan, turns, setup.options, key=f"conversation-{message.conversation}", resume=resume
        )
        prefix = message.text if resume else ""
        self._replies[answer.id] = _Reply(answer, message, prefix=prefix, saved_at=time.monotonic())

    def settle(self, message_id: int) -> None:
        """Finish a reply that had ended before it began."""
        reply = self._of(message_id)
        if reply is not None and reply.answer.ended:
            self._finish(reply)

    def stop(self, conversation: int) -> None:
        """Stop what is being written into a conversation."""
        for reply in list(self._replies.values()):
            if reply.message.conversation == conversation:
                self._answers.stop(reply.answer)

    def fail(self, message: Message, error: AssistantError) -> None:
        """Say in ``message`` that its answer failed."""
        detail = error.detail[-_DETAIL:]
        message = replace(message, state=MessageState.FAILED, error=error.kind.value, error_detail=detail)
        self._keep(message)
        self._failed(message.conversation, error)

    # ------------------------------------------------------------ what the core tells

    def grew(self, answer: Answer) -> None:
        """Text was added to one of our answers."""
        reply = self._replies.get(answer.id)
        if reply is None:
            return
        if reply.message.state is not MessageState.WRITING:
            reply.message = replace(reply.message, state=MessageState.WRITING)
            self._thread(reply.message.conversation).update(reply.message)
            self._tell(reply)
        if answer.recalled and not reply.recalled:
            reply.recalled = True
            self._tell(reply)  # growing is all that is told of texts else
        now = time.monotonic()
        if now - reply.saved_at >= CHECKPOINT_SECONDS:
            self._checkpoint(reply, now)
        self._emit(MessageGrew(reply.message.conversation, reply.message.id))

    def changed(self, answer: Answer) -> None:
        """One of our answers reached another stage."""
        reply = self._replies.get(answer.id)
        if reply is None:
            return
        if answer.stage is Stage.ENDED:
            self._finish(reply)
        else:
            self._tell(reply)

    def tick(self) -> None:
        """Twice a second: what was written since the last checkpoint goes to disk also when the model pauses."""
        now = time.monotonic()
        for reply in self._replies.values():
            if now - reply.saved_at >= CHECKPOINT_SECONDS / 2:
                self._checkpoint(reply, now)

    def interrupt_all(self) -> None:
        """The program ends: what is there is kept as interrupted."""
        for reply in list(self._replies.values()):
            message = replace(_as_written(reply), state=MessageState.INTERRUPTED)
            self._writes.write(partial(self._store.finish_answer, message))
            self._answers.stop(reply.answer)
        self._replies.clear()

    # ------------------------------------------------------------ inside

    def _finish(self, reply: _Reply) -> None:
        answer = reply.answer
        self._replies.pop(answer.id, None)
        message = _as_written(reply)
        if answer.error is not None:
            self.fail(message, answer.error)
            return
        message = replace(message, state=_STATES[answer.finish or FinishReason.END])
        self._keep(message)
        self._finished(message, answer)

    def _keep(self, message: Message) -> None:
        self._thread(message.conversation).update(message)
        self._writes.write(partial(self._store.finish_answer, message))
        self._emit(MessageChanged(message.conversation, message.id))

    def _checkpoint(self, reply: _Reply, now: float) -> None:
        length = len(reply.prefix) + reply.answer.length + sum(map(len, reply.answer.thoughts))
        reply.saved_at = now
        if length == reply.saved_length:
            return
        reply.saved_length = length
        self._writes.write(
            partial(self._store.checkpoint_answer, reply.message.id, text=reply.text, reasoning=reply.answer.reasoning)
        )

    def _tell(self, reply: _Reply) -> None:
        self._emit(MessageChanged(reply.message.conversation, reply.message.id))

    def _of(self, message_id: int) -> _Reply | None:
        return next((reply for reply in self._replies.values() if reply.message.id == message_id), None)


def _as_written(reply: _Reply) -> Message:
    answer = reply.answer
    same = not reply.prefix
    return replace(
        reply.message,
        text=reply.text,
        reasoning=answer.reasoning or reply.message.reasoning,
        reasoning_seconds=answer.reasoning_seconds or reply.message.reasoning_seconds,
        ids=answer.ids if same else (),
        fingerprint=answer.fingerprint if same else "",
        prompt_tokens=answer.tokens.prompt,
        cached_tokens=answer.tokens.cached,
        generated_tokens=answer.tokens.generated or answer.count,
        seconds=answer.seconds.total,
        speed=answer.speed,
    )
