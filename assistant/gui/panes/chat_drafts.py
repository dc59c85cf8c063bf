"""What is typed but not sent in each conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.gui.soon import Soon

if TYPE_CHECKING:
    from assistant.core.core import Core

DRAFT_MS = 500


class ChatDrafts(QObject):
    """Hands drafts to the core, and knows them before the store, which writes on its own thread, has them.

    Signals: ``due()``: what is typed was touched a moment ago and is to be kept.
    """

    due = Signal()

    def __init__(self, core: Core, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._handed: dict[int, str] = {}  # by conversation
        self._timer = Soon(self, DRAFT_MS, self.due.emit)

    def touch(self) -> None:
        """Somebody types; who goes on typing has it kept all the same."""
        self._timer.touch()

    def rest(self) -> None:
        """Nothing is to be kept any more."""
        self._timer.stop()

    def of(self, conversation: int) -> str:
        """What was typed but not sent in a conversation."""
        if conversation not in self._handed:
            self._handed[conversation] = self._core.conversations.draft(conversation)
        return self._handed[conversation]

    def keep(self, conversation: int, text: str) -> None:
        """Keep what is typed in a conversation."""
        if text != self.of(conversation):
            self._handed[conversation] = text
            self._core.conversations.set_draft(conversation, text)

    def sent(self, conversation: int) -> None:
        """It is a message now; the core has emptied the draft."""
        self._handed[conversation] = ""
