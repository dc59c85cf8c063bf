"""The page of the chat: transcript or welcome above, the composer below, in one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE
from assistant.gui.widgets.composer import TEXT_INSIDE
from assistant.gui.widgets.transcript.view import MARGIN, Transcript

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.core.conversations import Conversations
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.composer import Composer
    from assistant.gui.widgets.welcome import Welcome
    from assistant.storage.rows import Message, MessageHead


class ConversationSource:
    """One conversation of the core, as the transcript asks for it."""

    def __init__(self, conversations: Conversations, conversation: int) -> None:
        self._conversations = conversations
        self._id = conversation

    def heads(self) -> Sequence[MessageHead]:
        return self._conversations.path(self._id)

    def read_from(self) -> int | None:
        return self._conversations.read_from(self._id)

    def message(self, message_id: int) -> Message:
        message = self._conversations.message(self._id, message_id)
        if message is None:
            raise KeyError(message_id)
        return message

    def text_from(self, message_id: int, start: int) -> str:
        return self._conversations.text_from(self._id, message_id, start)

    def reasoning_from(self, message_id: int, start: int) -> str:
        message = self._conversations.message(self._id, message_id)
        return message.reasoning[start:] if message is not None else ""


class ChatPage(QWidget):
    """Transcript or welcome above, the composer below, in one column."""

    def __init__(self, theme: Theme, transcript: Transcript, welcome: Welcome, composer: Composer) -> None:
        super().__init__()
        self._theme = theme
        self._composer = composer
        self._transcript = transcript
        self._welcome = welcome
        self._guide: QWidget | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(welcome)
        self._stack.addWidget(transcript)
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN - 2 * SPACE, 0, MARGIN - 2 * SPACE, 2 * SPACE)
        row.addStretch(1)
        row.addWidget(composer, 1000)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._stack, 1)
        layout.addLayout(row)
        theme.changed.connect(self._measure)
        self._measure()

    def show_transcript(self, there_is_one: bool) -> None:
        self._stack.setCurrentWidget(self._transcript if there_is_one else self._guide or self._welcome)

    def show_guide(self, guide: QWidget | None) -> None:
        """Have this stand in place of the welcome; None: the welcome again."""
        before, self._guide = self._guide, guide
        if guide is not None:
            self._stack.addWidget(guide)
        self.show_transcript(self._stack.currentWidget() is self._transcript)
        if before is not None:
            self._stack.removeWidget(before)
            before.hide()
            before.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._composer.set_room(self.height())

    def _measure(self) -> None:
        self._composer.setMaximumWidth(self._theme.column_width() + 2 * TEXT_INSIDE)  # its words stand in the column
