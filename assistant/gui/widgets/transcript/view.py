"""The transcript: a conversation that is read, scrolled, selected and listened to, however long it is.

It is fed through :class:`TranscriptSource` and a few verbs: ``reset`` for another conversation, ``path_changed`` when
other messages are shown, ``message_grew`` and ``message_changed`` while an answer is written. It never asks the core
for anything itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from assistant.gui.widgets.accessible_items import install as install_access
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.transcript.accessibility import Items, TranscriptInterface
from assistant.gui.widgets.transcript.buttons import Buttons
from assistant.gui.widgets.transcript.caret import rect_of
from assistant.gui.widgets.transcript.interaction import Interaction
from assistant.gui.widgets.transcript.layout import Place, TranscriptLayout
from assistant.gui.widgets.transcript.linked_answers import LinkedAnswers
from assistant.gui.widgets.transcript.message_view import OPEN_STATES, MessageView, Part
from assistant.gui.widgets.transcript.motion import Motion
from assistant.gui.widgets.transcript.paint import paint_message
from assistant.gui.widgets.transcript.preparing import Preparing
from assistant.gui.widgets.transcript.selection import Position, Selection
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.transcript.source import TranscriptSource

MARGIN = 24


class Transcript(QAbstractScrollArea):
    """Shows one conversation.

    Signals (message ids are Python ints that do not fit into Qt's):
        regenerate_wanted(message), edit_wanted(message), continue_wanted(message), retry_wanted(message).
        switch_wanted(message, step): the version of the message before (-1) or after (1) this one.
        link_activated(address): a link was clicked; ask before opening it.
        at_end_changed(at_end): whether the end is in sight.
        sentence_pointed(place): the pointer is over another linked sentence (message and its number; None: over none);
        sentence_chosen(place): one was clicked.
    """

    regenerate_wanted = Signal(object)
    edit_wanted = Signal(object)
    continue_wanted = Signal(object)
    retry_wanted = Signal(object)
    switch_wanted = Signal(object, int)
    link_activated = Signal(str)
    at_end_changed = Signal(bool)
    sentence_pointed = Signal(object)
    sentence_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        install_access()
        self.theme = theme
        self.style_of_text = ReadingStyle(theme)
        self.layout_of_text = TranscriptLayout(self.style_of_text)
        self.selection = Selection(self.layout_of_text)
        self.current: int | None = None  # id of the message that the keyboard is at
        self.hovered: int | None = None
        self._top = 0  # of this widget in its window
        self.answers = LinkedAnswers(self)
        self._items = Items(self)
        self._access: list[TranscriptInterface] = []  # Qt's to delete, ours to keep alive
        self.interaction = Interaction(self)  # before the viewport is touched, which sends events
        self.setObjectName("chatTranscript")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.buttons = Buttons(self)
        self.motion = Motion(self)
        self.preparing = Preparing(self)
        theme.changed.connect(self.restyle)
        self.retranslate()

    # ------------------------------------------------------------ what is shown

    def reset(self, source: TranscriptSource | None) -> None:
        """Show another conversation, at its end."""
        self.layout_of_text.clear()
        self.layout_of_text.source = source
        self.selection.clear()
        self.motion.forget()
        self.answers.forget()
        self.current = self.hovered = None
        self.layout_of_text.set_width(self.column(), self.extra())
        if source is not None:
            self.layout_of_text.set_heads(source.heads())
        self._items.drop_gone()
        self.motion.settle(None)

    def path_changed(self) -> None:
        """The source has other messages now (sent, answered again, edited, another version)."""
        source = self.layout_of_text.source
        if source is None:
            return
        place = self.motion.place()
        heads = source.heads()
        before = len(self.layout_of_text.views)
        kept = self.layout_of_text.set_heads(heads)
        self.selection.keep_rows(kept)
        self._items.drop_gone()
        if self.current not in self.layout_of_text.rows:
            self.current = None
        if heads and (heads[-1].state in OPEN_STATES or kept == before < len(heads)):
            self.motion.following = True
        elif kept < before:  # another version: what it replaces was where it is
            self.motion.following = False
        self.motion.settle(place)
        self.motion.following = self.at_end()

    def message_grew(self, message: int) -> None:
        """Text was added to a message; shown at the next frame."""
        self.motion.grew(message)

    def message_changed(self, message: int) -> None:
        """A message is in another state, or finished."""
        row = self.layout_of_text.rows.get(message)
        if row is None:
            return
        was_growing = self.layout_of_text.views[row].growing
        view = self.motion.changed(row)
        if was_growing and not view.growing:
            self.interaction.announce(view)

    def set_busy(self, busy: bool) -> None:
        """While an answer is being written nothing that starts another one can be pressed."""
        self.buttons.busy = busy
        self.buttons.place()

    def scroll_to_end(self) -> None:
        """Go to the end and stay there while it grows."""
        self.motion.following = True
        self.motion.settle(None)

    def toggle_reasoning(self, row: int) -> None:
        """Fold or unfold what the model thought."""
        view = self.layout_of_text.views[row]
        top = self.layout_of_text.top_of(row) - self.scrolled
        view.unfolded = not view.unfolded
        self.selection.clear()
        self.motion.following = False
        self.layout_of_text.place(row)
        self.motion.settle(Place(view.id, Part.TEXT, -1, -top))

    def set_hovered(self, message: int | None) -> None:
        """The pointer is over this message."""
        if message != self.hovered:
            self.hovered = message
            self.buttons.place()

    def set_current(self, message: int | None) -> None:
        """The keyboard is at this message."""
        if message != self.current:
            self.current = message
            self.buttons.focus_moved()

    def plain_text(self) -> str:
        """Everything in the conversation as a reader sees it, a blank line between messages."""
        return "\n\n".join(self.text_of_row(row) for row in range(len(self.layout_of_text.views)))

    def text_of_row(self, row: int) -> str:
        """All of one message's visible text, also where it is not laid out."""
        return self.whole_view(row).plain_text()

    def whole_view(self, row: int) -> MessageView:
        """The view of a message with all of its text: the one shown, or one made for this."""
        layout = self.layout_of_text
        view = layout.views[row]
        if view.loaded and row not in layout.unread:
            return view
        assert layout.source is not None
        whole = MessageView(view.head, self.style_of_text, layout.width)
        whole.load(layout.source.message(view.id))
        whole.unfolded = view.unfolded
        whole.feed(Part.REASONING, layout.source.reasoning_from(view.id, 0))
        whole.feed(Part.TEXT, layout.source.text_from(view.id, 0))
        return whole

    def accessible_interface(self) -> TranscriptInterface:
        """What screen readers see; a new one each time.

        Qt asks again when the binding has given this class another meta-object (a new connection is enough), and
        deletes everything that it was ever given: the same one twice would be deleted twice.
        """
        self._access.append(TranscriptInterface(self, self._items))
        return self._access[-1]

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self.setAccessibleName(tr("Conversation"))
        self.buttons.restyle()
        self.motion.settle(self.motion.place())

    def restyle(self) -> None:
        """Take the theme's colours and sizes as they are now."""
        place = self.layout_of_text.place_at(self.scrolled, exactly=True)
        self.style_of_text = ReadingStyle(self.theme)
        self.layout_of_text.set_style(self.style_of_text, self.column(), self.extra())
        self.buttons.restyle()
        self.motion.settle(place)

    # ------------------------------------------------------------ geometry

    def column(self) -> int:
        """The width of the column of text."""
        return max(120, min(self.style_of_text.column, self.viewport().width() - 2 * MARGIN))

    def extra(self) -> int:
        """How far code and tables may reach beyond the column."""
        beside = self.viewport().width() - self.column_left() - self.column() - MARGIN
        return max(0, min(beside, self.column() // 2))

    def column_left(self) -> int:
        """Where the column begins in the viewport: in the middle of the page, with and without a scroll bar."""
        width, room = self.column(), self.viewport().width()
        return max(0, min((self.width() - width) // 2, room - width - MARGIN))

    @property
    def scrolled(self) -> int:
        """How much of the conversation is above the viewport."""
        return self.verticalScrollBar().value()

    def rows_in_sight(self) -> list[int]:
        """The messages of which something can be seen."""
        return list(self.layout_of_text.rows_between(self.scrolled, self.scrolled + self.viewport().height()))

    def message_rect(self, row: int) -> QRect:
        """A message in the viewport's coordinates."""
        layout = self.layout_of_text
        return QRect(self.column_left(), layout.top_of(row) - self.scrolled, layout.width, layout.index[row])

    def position_at(self, point: QPoint) -> Position | None:
        """The position in the text nearest to a point of the viewport."""
        layout = self.layout_of_text
        if not layout.views:
            return None
        y = point.y() + self.scrolled
        row = layout.row_at(y)
        view = layout.views[row]
        found = view.unit_at(y - layout.top_of(row))
        if found is None:
            return Position(row, Part.TEXT, 0, 0)
        unit = view.units(found[0])[found[1]]
        inside = y - layout.top_of(row) - unit.y
        if inside < -unit.gap:
            return Position(row, *found, 0)
        x = point.x() - self.column_left() - view.left_of(found[0])
        return Position(row, *found, unit.position_at(x, min(inside, unit.height - 1)))

    def row_under(self, point: QPoint) -> int | None:
        """The message at a point of the viewport."""
        layout = self.layout_of_text
        return layout.row_at(point.y() + self.scrolled) if layout.views else None

    def unit_under(self, point: QPoint) -> tuple[MessageView, Part, int, float, float] | None:
        """The message, part and number of the unit nearest to a point of the viewport, and where the point is in it."""
        row = self.row_under(point)
        if row is None:
            return None
        view = self.layout_of_text.views[row]
        inside = point - self.message_rect(row).topLeft()
        found = view.unit_at(inside.y())
        if found is None:
            return None
        unit = view.units(found[0])[found[1]]
        return view, *found, inside.x() - view.left_of(found[0]), inside.y() - unit.y

    def show_position(self, position: Position) -> None:
        """Scroll so that a position is in sight."""
        rect, bar, screen = rect_of(self, position), self.verticalScrollBar(), self.viewport().height()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top() - 8)
        elif rect.bottom() > screen:
            bar.setValue(bar.value() + rect.bottom() - screen + 8)
        self.viewport().update()

    def at_end(self) -> bool:
        """Whether the end of the conversation is in sight."""
        return self.scrolled >= self.verticalScrollBar().maximum() - 2

    # ------------------------------------------------------------ events

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.style_of_text.page)
        y = self.scrolled + event.rect().top()
        for row in self.layout_of_text.rows_between(y, y + event.rect().height()):
            painter.save()
            corner = self.message_rect(row).topLeft()
            painter.translate(corner)
            paint_message(painter, self, row, event.rect().translated(-corner))
            painter.restore()
        painter.end()
        self.motion.paint_seconds = time.perf_counter() - began

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * MARGIN, self.style_of_text.line)  # large text in a small window leaves little room

    def resizeEvent(self, _event: QResizeEvent) -> None:
        layout = self.layout_of_text
        top = self.mapTo(self.window(), QPoint()).y()
        pushed, self._top = top - self._top, top
        if (self.column(), self.extra()) == (layout.width, layout.extra):
            # What is read stays where it is on the screen when a notice above comes or goes.
            self.motion.settle(self.motion.place(pushed if self.scrolled else 0))
            return
        place = layout.place_at(self.scrolled, exactly=True)
        layout.set_width(self.column(), self.extra())
        self.motion.settle(place)

    def viewportEvent(self, event: QEvent) -> bool:
        return self.interaction.viewport_event(event) or super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.interaction.key(event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.interaction.focus_in(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.buttons.focus_moved()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.interaction.move_focus(forward=forward)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange:
            self.viewport().update()
        super().changeEvent(event)
