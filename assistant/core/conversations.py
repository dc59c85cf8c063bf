"""Conversations: what the user sees and says in them, and the answers that are being written into them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers
from assistant.core.conversation_rows import ConversationRows
from assistant.core.events import CoreEvent, MessageChanged, MessageKept, PathChanged, UsageChanged
from assistant.core.hits import Hit
from assistant.core.message_thread import MessageThread
from assistant.core.pending_writes import PendingWrites
from assistant.core.replies import AnswerSetup, Replies
from assistant.core.turns import first_kept, turns_of
from assistant.core.usage import Usage, estimate_tokens
from assistant.engine.messages import Facts
from assistant.storage.rows import Conversation, Message, MessageHead, MessageState, Role
from assistant.storage.store import Store
from assistant.tasks.chat import ChatTurn
from assistant.tasks.presets import chat_preset

_OPEN_THREADS = 8


class Conversations:
    """Every method runs on the pumping thread.

    :param writes: through which everything is written.
    :param setup: which model and options the next answer gets; raises AssistantError when there is no model.
    :param begun: called with the conversation in which an answer begins.
    :param failed: called with the conversation whose answer failed.
    :param filling: called when a conversation's context is nearly full.
    :param facts: of the model that answers, while it is loaded.
    :ivar replies: the answers that are being written; the core tells them what becomes of each.
    """

    def __init__(
        self,
        store: Store,
        answers: Answers,
        writes: PendingWrites,
        *,
        emit: Callable[[CoreEvent], None],
        setup: Callable[[Conversation], AnswerSetup],
        begun: Callable[[int], None],
        failed: Callable[[int, AssistantError], None],
        filling: Callable[[int, Usage], None],
        facts: Callable[[], Facts | None],
    ) -> None:
        self._store = store
        self._writes = writes
        self._emit = emit
        self._setup = setup
        self._begun = begun
        self._failed = failed
        self._filling = filling
        self._facts = facts
        self._rows = ConversationRows(store, writes, emit=emit)
        self._threads: OrderedDict[int, MessageThread] = OrderedDict()
        self.replies = Replies(
            store, answers, writes, emit=emit, thread=self._thread, finished=self._finished, failed=failed
        )
        self._usage: dict[int, Usage] = {}
        self._unanswered: list[int] = []  # for want of a model

    # ------------------------------------------------------------ the list

    def rows(self) -> list[Conversation]:
        """All conversations, the last changed first. One without a message is not in it."""
        return self._rows.all()

    def get(self, conversation: int) -> Conversation | None:
        """One of the list, or a new one that is not kept yet; None: there is none."""
        return self._rows.get(conversation)

    def create(self) -> int:
        """A new conversation; it is kept from its first message, draft or instructions on."""
        return self._rows.create()

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation a title of one's own."""
        self._rows.rename(conversation, title)

    def instruct(self, conversation: int, text: str) -> None:
        """What this conversation tells the model first, from the next answer on; empty: what the settings say."""
        self._rows.instruct(conversation, text)

    def delete(self, conversation: int) -> None:
        """Into the trash, from which ``undo_delete`` brings it back until the program ends or purges."""
        self._rows.delete(conversation)
        self.replies.stop(conversation)

    def undo_delete(self) -> int | None:
        """Bring back what was deleted last; its id, or None when nothing was."""
        return self._rows.undo_delete()

    def search(self, text: str) -> list[Hit]:
        """Conversations whose title or messages hold ``text``, the last changed first, with the words around it."""
        return self._rows.search(text)

    def draft(self, conversation: int) -> str:
        """What was typed and not sent."""
        return self._rows.draft(conversation)

    def set_draft(self, conversation: int, text: str) -> None:
        """Keep what is typed but not sent."""
        self._rows.set_draft(conversation, text)

    # ------------------------------------------------------------ reading

    def path(self, conversation: int) -> list[MessageHead]:
        """The messages that are shown, oldest first. The list belongs to the core: do not change it."""
        if self._rows.is_new(conversation):
            return []
        return self._thread(conversation).heads

    def message(self, conversation: int, message_id: int) -> Message | None:
        """One message; for an answer being written, with the text so far."""
        return self.replies.message(message_id) or self._thread(conversation).message(message_id)

    def text_from(self, conversation: int, message_id: int, start: int) -> str:
        """The text of a message from character ``start`` on."""
        written = self.replies.text(message_id)
        if written is not None:
            return written[start:]
        message = self._thread(conversation).message(message_id)
        return message.text[start:] if message else ""

    def answer_of(self, message_id: int) -> Answer | None:
        """The answer that is being written into this message."""
        return self.replies.answer_of(message_id)

    def busy(self, conversation: int) -> bool:
        """Whether an answer is being written into it."""
        return self.replies.busy(conversation)

    def read_from(self, conversation: int) -> int | None:
        """The first message that the model still gets, where older ones were dropped; else None."""
        row = self._rows.get(conversation)
        if row is None or row.context_from is None:
            return None
        heads = self._thread(conversation).heads
        return row.context_from if any(head.id == row.context_from for head in heads[1:]) else None

    def usage(self, conversation: int, draft: str = "") -> Usage:
        """How full the context is, with ``draft`` estimated from what this conversation's tokens were like."""
        facts = self._facts()
        usage = self._usage.get(conversation) or self._measure(conversation)
        running = self.replies.running(conversation)
        if running is not None and running.tokens.prompt:
            usage = replace(usage, used=running.tokens.prompt + running.count, exact=True, growing=True)
        context = facts.context if facts else usage.context
        reserved = min(chat_preset().reserve, context // 4) if context else 0
        return replace(usage, context=context, reserved=reserved, draft=estimate_tokens(draft))

    # ------------------------------------------------------------ talking

    def send(self, conversation: int, text: str) -> int:
        """Say ``text`` and have it answered; returns the id of the user's message.

        :raises AssistantError: INPUT_EMPTY; NO_MODEL and its like after the message has been kept.
        """
        if not text.strip():
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        self._rows.keep(conversation)
        thread = self._thread(conversation)
        message = self._new_message(conversation, thread.leaf, Role.USER, text)
        thread.append(message)
        self._keep_message(message)
        self._rows.set_draft(conversation, "")
        if not self._rows.kept(conversation).title:
            self._rows.call_by(conversation, text)
        self._rows.touch(conversation, thread.leaf)
        self._answer(conversation, parent=message.id)
        return message.id

    def regenerate(self, conversation: int, message_id: int) -> None:
        """Another answer beside this one (the old one stays as a branch)."""
        message = self._thread(conversation).message(message_id)
        if message is None or message.role is not Role.ASSISTANT or message.parent is None or self.busy(conversation):
            return
        if message.state is MessageState.FAILED and not message.text:
            self._take_up(conversation, message)
        else:
            self._answer(conversation, parent=message.parent, branch=True)

    def edit(self, conversation: int, message_id: int, text: str) -> None:
        """Another wording of the user's message, as a new branch, and an answer to it."""
        if not text.strip():
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        thread = self._thread(conversation)
        old = thread.message(message_id)
        if old is None or old.role is not Role.USER or self.busy(conversation):
            return
        message = self._new_message(conversation, old.parent, Role.USER, text)
        thread.branch(message)
        self._keep_message(message)
        if message.parent is None and not self._rows.kept(conversation).titled:
            self._rows.call_by(conversation, text)
        self._rows.touch(conversation, thread.leaf)
        self._answer(conversation, parent=message.id)

    def continue_(self, conversation: int, message_id: int) -> None:
        """Write on at the end of an answer that was stopped or cut."""
        thread = self._thread(conversation)
        message = thread.message(message_id)
        if message is None or message.role is not Role.ASSISTANT or self.busy(conversation):
            return
        self._take_up(conversation, message, resume=True)

    def rewrite(self, conversation: int, message_id: int, text: str) -> None:
        """The user's wording of an answer, as another version of it, at whose end the model goes on."""
        if not text.strip():
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        thread = self._thread(conversation)
        old = thread.message(message_id)
        if old is None or old.role is not Role.ASSISTANT or self.busy(conversation):
            return
        begun = text.rstrip(" ")  # which begins the next word
        message = self._new_message(conversation, old.parent, Role.ASSISTANT, begun, MessageState.WAITING)
        message = replace(message, reasoning=old.reasoning, reasoning_seconds=old.reasoning_seconds)
        thread.branch(message)
        self._writes.write(partial(self._store.add_message, message))
        self._begin(conversation, message, resume=True)

    def switch(self, conversation: int, message_id: int) -> None:
        """Show the branch that goes through ``message_id``."""
        if self.busy(conversation):
            return
        thread = self._thread(conversation)
        thread.show(message_id)
        if thread.leaf is not None:
            self._rows.show_to(conversation, thread.leaf)
        self._usage.pop(conversation, None)
        self._emit(PathChanged(conversation))
        self._emit(UsageChanged(conversation))

    def siblings(self, conversation: int, message_id: int) -> Sequence[int]:
        """Ids of all versions of a message, oldest first."""
        return self._thread(conversation).versions(message_id)

    def stop(self, conversation: int) -> None:
        """Stop the answer that is being written into it; what there is stays."""
        self.replies.stop(conversation)

    def can_drop_oldest(self, conversation: int) -> bool:
        """Whether there are turns before the last question that could be left out."""
        thread = self._thread(conversation)
        messages = self._context_messages(conversation, [head.id for head in thread.heads])
        return sum(1 for message in messages if message.role is Role.USER) > 1

    def drop_oldest(self, conversation: int, *, needed: int, available: int) -> None:
        """Leave the oldest turns out of what the model gets, so that about 60 % of the context are used.

        They stay in the conversation; the transcript goes on showing them.
        """
        messages = self._context_messages(conversation, [head.id for head in self._thread(conversation).heads])
        first = first_kept(messages, needed=needed, available=available)
        if first is None:
            return
        self._rows.drop_before(conversation, first)
        self._usage.pop(conversation, None)
        self._emit(PathChanged(conversation))
        self._emit(UsageChanged(conversation))

    def retry(self, conversation: int) -> None:
        """Answer the last message again in place of an answer that failed."""
        thread = self._thread(conversation)
        if not thread.heads or self.busy(conversation):
            return
        last = thread.message(thread.heads[-1].id)
        if last is None:
            return
        if last.role is Role.USER:
            self._answer(conversation, parent=last.id)
        else:
            self.regenerate(conversation, last.id)

    def model_came(self) -> None:
        """There is a model now: what was said last while there was none is answered."""
        waiting, self._unanswered = self._unanswered, []
        for conversation in waiting:
            thread = self._thread(conversation)
            last = thread.message(thread.leaf) if thread.leaf is not None else None
            if self._rows.is_kept(conversation) and last is not None and last.error == ErrorKind.NO_MODEL:
                self.retry(conversation)

    # ------------------------------------------------------------ inside

    def _answer(self, conversation: int, *, parent: int | None, branch: bool = False) -> None:
        message = self._new_message(conversation, parent, Role.ASSISTANT, "", MessageState.WAITING)
        thread = self._thread(conversation)
        if branch:
            thread.branch(message)
        else:
            thread.append(message)
        self._writes.write(partial(self._store.add_message, message))
        self._begin(conversation, message)

    def _take_up(self, conversation: int, message: Message, *, resume: bool = False) -> None:
        """Have an answer that had ended be written as if it had not."""
        message = replace(message, state=MessageState.WAITING, error="", error_detail="")
        self._begin(conversation, message, resume=resume)
        self._emit(MessageChanged(conversation, message.id))

    def _begin(self, conversation: int, message: Message, *, resume: bool = False) -> None:
        thread = self._thread(conversation)
        thread.update(message)
        self._begun(conversation)
        try:
            setup = self._setup(self._rows.kept(conversation))
            turns = turns_of(self._context_messages(conversation, thread.before(message.id)), setup.system)
        except AssistantError as error:
            self._emit(PathChanged(conversation))
            self.replies.fail(message, error)
            if error.kind is ErrorKind.NO_MODEL and conversation not in self._unanswered:
                self._unanswered.append(conversation)
            return
        if resume:
            turns.append(ChatTurn("assistant", message.text, message.reasoning, message.ids, message.fingerprint))
        message = replace(message, model=setup.plan.name)
        thread.update(message)
        self.replies.start(message, turns, setup, resume=resume)
        self._emit(PathChanged(conversation))
        self.replies.settle(message.id)  # it may have failed before it began
        self._emit(UsageChanged(conversation))

    def _context_messages(self, conversation: int, ids: Sequence[int]) -> list[Message]:
        row = self._rows.kept(conversation)
        if row.context_from is not None and row.context_from in ids:
            ids = ids[ids.index(row.context_from) :]
        return self._thread(conversation).messages(ids)

    def _finished(self, message: Message, answer: Answer) -> None:
        conversation = message.conversation
        facts = self._facts()
        used = answer.tokens.prompt + answer.tokens.generated
        if answer.tokens.prompt:
            self._usage[conversation] = Usage(used=used, context=facts.context if facts else 0)
        else:  # stopped before its prompt was counted
            self._usage.pop(conversation, None)
        self._rows.touch(conversation, self._thread(conversation).leaf)
        self._emit(UsageChanged(conversation))
        usage = self.usage(conversation)
        if usage.context and used + usage.reserved >= usage.context * chat_preset().warn_at:
            self._filling(conversation, usage)

    def _keep_message(self, message: Message) -> None:
        """Write what the user said; ``MessageKept`` follows when it is on disk."""
        kept = MessageKept(message.conversation, message.id)
        self._writes.write(partial(self._store.add_message, message), lambda: self._emit(kept))

    def _thread(self, conversation: int) -> MessageThread:
        thread = self._threads.get(conversation)
        if thread is None:
            thread = self._threads[conversation] = self._read(conversation)
            for other in list(self._threads):
                if len(self._threads) > _OPEN_THREADS and other != conversation and not self.busy(other):
                    del self._threads[other]
        self._threads.move_to_end(conversation)
        return thread

    def _read(self, conversation: int) -> MessageThread:
        try:
            return MessageThread(self._store, conversation, self._store.path(conversation))
        except AssistantError as error:  # the file was damaged while the program ran; the next start repairs it
            self._failed(conversation, error)
            return MessageThread(self._store, conversation, [])

    def _new_message(
        self,
        conversation: int,
        parent: int | None,
        role: Role,
        text: str,
        state: MessageState = MessageState.COMPLETE,
    ) -> Message:
        return Message(self._store.new_id(), conversation, parent, role, text, time.time(), state)

    def _measure(self, conversation: int) -> Usage:
        if self._rows.is_new(conversation):
            return Usage()
        thread = self._thread(conversation)
        if not thread.heads:
            return Usage()
        last = thread.message(thread.heads[-1].id)
        if last is not None and last.prompt_tokens and self._rows.is_kept(conversation):
            usage = Usage(used=last.prompt_tokens + last.generated_tokens, exact=True)
        else:
            usage = Usage(used=sum(head.length for head in thread.heads) // 4, exact=False)
        self._usage[conversation] = usage
        return usage
