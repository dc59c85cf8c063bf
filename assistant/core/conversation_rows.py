"""Which conversations there are: their titles, instructions and drafts, the trash, and the search through them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from assistant.base.errors import AssistantError
from assistant.base.titles import title_from
from assistant.core.events import ConversationsChanged, CoreEvent
from assistant.core.hits import Hit, around
from assistant.core.pending_writes import PendingWrites
from assistant.storage.rows import Conversation, Message
from assistant.storage.store import Store
from assistant.tasks.presets import chat_preset

_SEARCH_SECONDS = 0.1  # the window waits for it
_WORDS_SECONDS = 0.05  # and for the words around what was found


class ConversationRows:
    """Every method runs on the pumping thread. What is said in a conversation is none of its business.

    A conversation is kept, in the list and on disk, from its first message, draft or instructions on; until then it
    is new.

    :param writes: through which everything is written.
    """

    def __init__(self, store: Store, writes: PendingWrites, *, emit: Callable[[CoreEvent], None]) -> None:
        self._store = store
        self._writes = writes
        self._emit = emit
        self._kept: dict[int, Conversation] = {row.id: row for row in store.conversations()}
        self._new: dict[int, Conversation] = {}
        self._trash: list[Conversation] = []
        self._order = max((row.changed for row in self._kept.values()), default=0)

    # ------------------------------------------------------------ what there is

    def all(self) -> list[Conversation]:
        """Those that are kept, the last changed first."""
        return sorted(self._kept.values(), key=lambda row: row.changed, reverse=True)

    def get(self, conversation: int) -> Conversation | None:
        """One that is kept or new; None: there is none."""
        return self._kept.get(conversation) or self._new.get(conversation)

    def kept(self, conversation: int) -> Conversation:
        """One that is kept.

        :raises KeyError: it is new, or there is none.
        """
        return self._kept[conversation]

    def is_kept(self, conversation: int) -> bool:
        return conversation in self._kept

    def is_new(self, conversation: int) -> bool:
        return conversation in self._new

    def search(self, text: str) -> list[Hit]:
        """Those whose title or messages hold ``text``, the last changed first, with the words around it."""
        wanted = text.strip()
        if not wanted:
            return [Hit(row) for row in self.all()]
        found: list[int] = []
        messages: dict[int, Message] = {}
        with contextlib.suppress(AssistantError):  # a damaged file: the titles are here
            found = self._store.search(wanted, seconds=_SEARCH_SECONDS)
            messages = self._store.messages_with(wanted, found, seconds=_WORDS_SECONDS)
        held, small = set(found), wanted.casefold()
        rows = [row for row in self.all() if row.id in held or small in row.title.casefold()]
        return [_hit(row, messages.get(row.id), wanted) for row in rows]

    # ------------------------------------------------------------ coming and going

    def create(self) -> int:
        """A new one, or the one that is new already."""
        for row in self._new.values():
            return row.id
        now = time.time()
        row = Conversation(id=self._store.new_id(), title="", created=now, updated=now, changed=0)
        self._new[row.id] = row
        return row.id

    def keep(self, conversation: int) -> None:
        """If it is new: keep it from now on."""
        row = self._new.pop(conversation, None)
        if row is not None:
            self._order += 1
            self._kept[conversation] = replace(row, changed=self._order)
            self._write(self._store.create_conversation, self._kept[conversation])

    def delete(self, conversation: int) -> None:
        """Into the trash, from which ``undo_delete`` brings it back until the program ends or purges."""
        row = self._kept.pop(conversation, None)
        self._new.pop(conversation, None)
        if row is not None:
            self._trash.append(row)
            self._write(self._store.trash_conversation, conversation)
        self._emit(ConversationsChanged())

    def undo_delete(self) -> int | None:
        """Bring back what was deleted last; its id, or None when nothing was."""
        if not self._trash:
            return None
        row = self._trash.pop()
        self._kept[row.id] = row
        found = partial(self._emit, ConversationsChanged())  # once more when a search of the disk finds it, too
        self._writes.write(partial(self._store.restore_conversation, row.id), found)
        self._emit(ConversationsChanged())
        return row.id

    # ------------------------------------------------------------ what is known of one

    def rename(self, conversation: int, title: str) -> None:
        """Give it a title; an empty one: from the next question on it is called by that again."""
        title = " ".join(title.split())
        self.keep(conversation)
        self._kept[conversation] = replace(self._kept[conversation], title=title, titled=bool(title))
        self._write(self._store.set_title, conversation, title, titled=bool(title))
        self._emit(ConversationsChanged())

    def call_by(self, conversation: int, text: str) -> None:
        """Give it a title made of what was said in it first."""
        title = title_from(text, chat_preset().title_width)
        self._kept[conversation] = replace(self._kept[conversation], title=title)
        self._write(self._store.set_title, conversation, title, titled=False)

    def instruct(self, conversation: int, text: str) -> None:
        """What it tells the model first, from the next answer on; empty: what the settings say."""
        if conversation in self._new:
            if not text:
                return
            self.keep(conversation)  # what was written down must not go with the program
            self._emit(ConversationsChanged())
        if conversation in self._kept:
            self._kept[conversation] = replace(self._kept[conversation], system=text)
            self._write(self._store.set_system, conversation, text)

    def draft(self, conversation: int) -> str:
        """What was typed and not sent."""
        return "" if conversation in self._new else self._store.draft(conversation)

    def set_draft(self, conversation: int, text: str) -> None:
        """Keep what is typed but not sent."""
        if conversation in self._new:
            if not text.strip():
                return
            self.keep(conversation)
            self._emit(ConversationsChanged())
        if conversation in self._kept:
            self._write(self._store.set_draft, conversation, text)

    def show_to(self, conversation: int, leaf: int) -> None:
        """The path that ends with the message ``leaf`` is the one that is shown."""
        self._kept[conversation] = replace(self._kept[conversation], leaf=leaf)
        self._write(self._store.set_leaf, conversation, leaf)

    def drop_before(self, conversation: int, message: int) -> None:
        """Leave what was said before ``message`` out of what the model gets."""
        self._kept[conversation] = replace(self._kept[conversation], context_from=message)
        self._write(self._store.set_context_from, conversation, message)

    def touch(self, conversation: int, leaf: int | None) -> None:
        """Something was said in it: it is the last changed, and ends with the message ``leaf``."""
        self._order += 1
        row = self._kept.get(conversation)
        if row is not None:  # it may have been deleted meanwhile
            self._kept[conversation] = replace(row, updated=time.time(), changed=self._order, leaf=leaf)
        self._emit(ConversationsChanged())

    def _write(self, submit: Callable[..., int], *values: object, **named: object) -> None:
        self._writes.write(partial(submit, *values, **named))


def _hit(row: Conversation, message: Message | None, wanted: str) -> Hit:
    words = around(message.text, wanted) if message is not None else None
    return Hit(row, message.id, *words) if message is not None and words is not None else Hit(row)
