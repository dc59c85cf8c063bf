"""The transcript for screen readers: a list whose items are the messages, with their words and buttons inside.

Items are made when they are asked for; the words of a message that is not in sight are read from the source then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor
from PySide6.QtWidgets import QAccessibleWidget, QToolButton
from shiboken6 import isValid

from assistant.gui.widgets.accessible_items import HeldItems, PartInterface
from assistant.gui.widgets.transcript.endings import cut_words, ending_words
from assistant.gui.widgets.transcript.message_view import MessageView, Part
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript


def speaker(view: MessageView) -> str:
    """Who says it."""
    return tr("You") if view.from_user else tr("Lamplight")


class Items(HeldItems["MessageInterface"]):
    """The interfaces of the messages that were asked for, and of their words."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript

    def get(self, row: int) -> MessageInterface | None:
        """The item of a message."""
        views = self._t.layout_of_text.views
        if not 0 <= row < len(views):
            return None
        message = views.heads[row].id

        def make() -> tuple[MessageInterface, QAccessibleInterface]:
            item = MessageInterface(self._t, message)
            return item, item.words_item

        return self.held(message, make)

    def drop_gone(self) -> None:
        """Let go of the items of messages that are no longer shown."""
        self.drop(lambda message: message not in self._t.layout_of_text.rows)


class TranscriptInterface(QAccessibleWidget):
    """The list. There may be several for one transcript: Qt asks for another when the class gets a new meta-object."""

    def __init__(self, transcript: Transcript, items: Items) -> None:
        super().__init__(transcript, QAccessible.Role.List)
        self._t = transcript
        self.item = items.get

    def childCount(self) -> int:
        return len(self._t.layout_of_text.views) + 1

    def child(self, index: int) -> QAccessibleInterface | None:
        if index == len(self._t.layout_of_text.views):
            return QAccessible.queryAccessibleInterface(self._t.buttons.to_end)
        return self.item(index)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, MessageInterface):
            return self._t.layout_of_text.rows.get(child.message, -1)
        return len(self._t.layout_of_text.views) if child.object() is self._t.buttons.to_end else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        for row in self._t.rows_in_sight():
            item = self.item(row)
            if item is not None and item.rect().contains(x, y):
                return item
        return None

    def focusChild(self) -> QAccessibleInterface | None:
        row = self._t.layout_of_text.rows.get(self._t.current) if self._t.current is not None else None
        return self.item(row) if row is not None and self._t.hasFocus() else None


class _Inner(PartInterface):
    """What every interface inside of the list needs."""

    def __init__(self, transcript: Transcript, message: int) -> None:
        super().__init__(transcript)
        self._t = transcript
        self.message = message

    @property
    def row(self) -> int | None:
        """Where the message is now; None when it is no longer shown."""
        return self._t.layout_of_text.rows.get(self.message)

    @property
    def view(self) -> MessageView | None:
        row = self.row
        return None if row is None else self._t.layout_of_text.views[row]

    def isValid(self) -> bool:
        return isValid(self._t) and self.row is not None

    def foregroundColor(self) -> QColor:
        return self._t.style_of_text.text

    def backgroundColor(self) -> QColor:
        return self._t.style_of_text.page

    def rect(self) -> QRect:
        row = self.row
        if row is None:
            return QRect()
        area = self._t.message_rect(row)
        return QRect(self._t.viewport().mapToGlobal(area.topLeft()), area.size())

    def words(self) -> str:
        """All that the message says."""
        row, view = self.row, self.view
        if row is None or view is None:
            return ""
        whole = self._t.whole_view(row)
        cut = cut_words() if view.cut else ""
        parts = [cut, whole.plain_text(Part.REASONING) if whole.unfolded else "", whole.plain_text()]
        if whole.growing and not parts[-1]:
            parts[-1] = tr("Writing…")
        return "\n\n".join(part for part in (*parts, ending_words(whole.state, whole.message)) if part)


class MessageInterface(_Inner):
    """One message: who says it, the words as its first child, then its buttons."""

    def __init__(self, transcript: Transcript, message: int) -> None:
        super().__init__(transcript, message)
        self.words_item = WordsInterface(self, transcript, message)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._t)

    def text(self, which: QAccessible.Text) -> str:
        view = self.view
        if view is None:
            return ""
        if which == QAccessible.Text.Name:
            return speaker(view)
        return self.words() if which in (QAccessible.Text.Value, QAccessible.Text.Description) else ""

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        found.readOnly = True
        found.focusable = True
        found.focused = self._t.hasFocus() and self._t.current == self.message
        found.offscreen = (
            not self._t.viewport()
            .rect()
            .intersects(self._t.message_rect(self.row) if self.row is not None else QRect())
        )
        found.busy = self.view is not None and self.view.growing
        return found

    def _buttons(self) -> list[QToolButton]:
        return self._t.buttons.of_message(self.message)

    def childCount(self) -> int:
        return 1 + len(self._buttons())

    def child(self, index: int) -> QAccessibleInterface | None:
        if index == 0:
            return self.words_item
        buttons = self._buttons()
        return QAccessible.queryAccessibleInterface(buttons[index - 1]) if index <= len(buttons) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if child is self.words_item:
            return 0
        buttons = self._buttons()
        return 1 + buttons.index(child.object()) if child.object() in buttons else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        for button in self._buttons():
            if QRect(button.mapToGlobal(button.rect().topLeft()), button.size()).contains(x, y):
                return QAccessible.queryAccessibleInterface(button)
        return self.child(0) if self.rect().contains(x, y) else None


class WordsInterface(_Inner):
    """The words of a message."""

    def __init__(self, above: MessageInterface, transcript: Transcript, message: int) -> None:
        super().__init__(transcript, message)
        self._above = above

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.StaticText

    def parent(self) -> QAccessibleInterface:
        return self._above

    def text(self, which: QAccessible.Text) -> str:
        return self.words() if which in (QAccessible.Text.Name, QAccessible.Text.Value) else ""

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        found.readOnly = True
        return found
