"""The messages of one conversation as they are now: what the store has, and what it has not acknowledged yet."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.storage.rows import Message, MessageHead
from assistant.storage.store import Store


def head_of(message: Message, *, siblings: int = 1, position: int = 0) -> MessageHead:
    """What the transcript needs to know of a message before it reads its text."""
    return MessageHead(
        id=message.id,
        parent=message.parent,
        role=message.role,
        state=message.state,
        length=len(message.text),
        siblings=siblings,
        position=position,
    )


class MessageThread:
    """One open conversation's path from its root to its leaf.

    The store writes on its own thread, so a message that was just added may not be readable yet: ``recent`` holds
    every message since the conversation was opened that changed here.
    """

    def __init__(self, store: Store, conversation: int, heads: list[MessageHead]) -> None:
        self._store = store
        self.conversation = conversation
        self.recent: dict[int, Message] = {}
        self.heads = heads
        self._position = {head.id: index for index, head in enumerate(self.heads)}

    @property
    def leaf(self) -> int | None:
        return self.heads[-1].id if self.heads else None

    def append(self, message: Message) -> None:
        """Add a message behind the leaf."""
        self.recent[message.id] = message
        self._position[message.id] = len(self.heads)
        self.heads.append(head_of(message))

    def branch(self, message: Message) -> None:
        """Add a sibling of a message on the path; the path now ends with it."""
        index = next((i for i, head in enumerate(self.heads) if head.parent == message.parent), len(self.heads))
        siblings = self.heads[index].siblings if index < len(self.heads) else 0
        self._cut(index)
        self.recent[message.id] = message
        self._position[message.id] = index
        self.heads.append(head_of(message, siblings=siblings + 1, position=siblings))

    def show(self, message_id: int) -> None:
        """The path through this message and then always to the newest child."""
        heads = self._store.path(self.conversation, through=message_id, recent=list(self.recent.values()))
        self.heads = [self._fresh(head) for head in heads]
        self._position = {head.id: index for index, head in enumerate(self.heads)}

    def update(self, message: Message) -> None:
        """A message that is here has changed."""
        self.recent[message.id] = message
        index = self._position.get(message.id)
        if index is not None:
            self.heads[index] = self._fresh(self.heads[index])

    def message(self, message_id: int) -> Message | None:
        """One message; None: there is none."""
        found = self.recent.get(message_id)
        if found is None:
            rows = self._store.messages([message_id])
            found = rows[0] if rows else None
        return found

    def messages(self, ids: Sequence[int]) -> list[Message]:
        """The messages with these ids, in this order; unknown ones are left out."""
        stored = {row.id: row for row in self._store.messages([i for i in ids if i not in self.recent])}
        found = (self.recent.get(i) or stored.get(i) for i in ids)
        return [message for message in found if message is not None]

    def versions(self, message_id: int) -> list[int]:
        """Ids of all messages with the same parent, this one included, oldest first."""
        message = self.message(message_id)
        if message is None:
            return []
        recent = (other.id for other in self.recent.values() if other.parent == message.parent)
        return sorted({*self._store.children(self.conversation, message.parent), *recent})

    def before(self, message_id: int) -> list[int]:
        """Ids of the path up to, but without, ``message_id``."""
        return [head.id for head in self.heads[: self._position[message_id]]]

    def _cut(self, index: int) -> None:
        for head in self.heads[index:]:
            self._position.pop(head.id, None)
        del self.heads[index:]

    def _fresh(self, head: MessageHead) -> MessageHead:
        message = self.recent.get(head.id)
        return head._replace(state=message.state, length=len(message.text)) if message else head
