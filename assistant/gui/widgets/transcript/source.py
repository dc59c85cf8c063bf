"""What a transcript asks of whoever owns the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.storage.rows import Message, MessageHead


class TranscriptSource(Protocol):
    """One conversation, as far as it is shown. Every method is called on the window's thread and should be quick."""

    def heads(self) -> Sequence[MessageHead]:
        """The messages that are shown, first to last."""

    def read_from(self) -> int | None:
        """The first message that the model still gets, where older ones were left out; None: it gets them all."""

    def message(self, message_id: int) -> Message:
        """One message with its text as it is now."""

    def text_from(self, message_id: int, start: int) -> str:
        """The text of a message from character ``start`` on; texts only grow at their end."""

    def reasoning_from(self, message_id: int, start: int) -> str:
        """The reasoning of a message from character ``start`` on."""
