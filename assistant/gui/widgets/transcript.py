"""The transcript: a conversation that is read, scrolled, selected and listened to, however long it is.

It is fed through :class:`TranscriptSource` and a few verbs: ``reset`` for another conversation, ``path_changed`` when
other messages are shown, ``message_grew`` and ``message_changed`` while an answer is written. It never asks the core
for anything itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolButton

from assistant.gui.widgets.caret import rect_of
from assistant.gui.widgets.code_unit import CodeUnit
from assistant.gui.widgets.message_controls import controls_of
from assistant.gui.widgets.message_view import MessageView, Part
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.selection import Position, Selection
from assistant.gui.widgets.transcript_access import Items, TranscriptInterface
from assistant.gui.widgets.transcript_access import install as install_access
from assistant.gui.widgets.transcript_controls import Control, ControlLayer, sheet
from assistant.gui.widgets.transcript_hands import Hands
from assistant.gui.widgets.transcript_layout import Place, TranscriptLayout
from assistant.gui.widgets.transcript_paint import paint_message
from assistant.storage.rows import MessageState
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.transcript_source import TranscriptSource

MARGIN = 24
GROW_MS = 33
COLOR_SECONDS = 0.004  # of one turn of colouring code
AHEAD_SECONDS = 0.008  # of one turn of laying out what is not yet in sight


class Transcript(QAbstractScrollArea):
    """Shows one conversation.

    Signals (message ids are Python ints that do not fit into Qt's):
        regenerate_wanted(message), edit_wanted(message), continue_wanted(message), retry_wanted(message).
        switch_wanted(message, step): the version of the message before (-1) or after (1) this one.
        link_activated(address): a link was clicked; ask before opening it.
        at_end_changed(at_end): whether the end is in sight.
    """

    regenerate_wanted = Signal(object)
    edit_wanted = Signal(object)
    continue_wanted = Signal(object)
    retry_wanted = Signal(object)
    switch_wanted = Signal(object, int)
    link_activated = Signal(str)
    at_end_changed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        install_access()
        self._items = Items(self)
        self._access: list[TranscriptInterface] = []  # Qt's to delete, ours to keep alive
        self.hands = Hands(self)  # first: events come as soon as the viewport is touched
        self.setObjectName("chatTranscript")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.theme = theme
        self.style_of_text = ReadingStyle(theme)
        self.layout_of_text = TranscriptLayout(self.style_of_text)
        self.selection = Selection(self.layout_of_text)
        self.following = True
        self.current: int | None = None  # id of the message that the keyboard is at
        self.hovered: int | None = None
        self.busy = False
        self._settling = False
        self._placing = self._place_again = False
        self._grown: set[int] = set()
        self._paint_seconds = 0.0
        self._controls = ControlLayer(theme, self.viewport(), self._pressed, self.focus_moved)
        self.to_end_button = self._make_to_end()
        self._grow_timer = self._timer(self._grow)
        self._ahead_timer = self._timer(self._look_ahead)
        self._color_timer = self._timer(self._color)
        self._pulse_timer = self._timer(self._pulse)
        self._pulse_timer.setSingleShot(False)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.restyle)
        self.viewport().setStyleSheet(sheet(theme))
        self.retranslate()

    # ------------------------------------------------------------ what is shown

    def reset(self, source: TranscriptSource | None) -> None:
        """Show another conversation, at its end."""
        self.layout_of_text.clear()
        self.layout_of_text.source = source
        self.selection.clear()
        self._grown.clear()
        self.current = self.hovered = None
        self.following = True
        self.layout_of_text.set_width(self.column(), self.extra())
        if source is not None:
            self.layout_of_text.set_heads(source.heads())
        self._items.drop_gone()
        self._settle(None)

    def path_changed(self) -> None:
        """The source has other messages now (sent, answered again, edited, another version)."""
        source = self.layout_of_text.source
        if source is None:
            return
        place = self._place()
        heads = source.heads()
        before = len(self.layout_of_text.views)
        kept = self.layout_of_text.set_heads(heads)
        self.selection.keep_rows(kept)
        self._items.drop_gone()
        if self.current not in self.layout_of_text.rows:
            self.current = None
        if len(heads) > before or (heads and heads[-1].state in (MessageState.WAITING, MessageState.WRITING)):
            self.following = True
        self._settle(place)

    def message_grew(self, message: int) -> None:
        """Text was added to a message; shown at the next frame."""
        self._grown.add(message)
        if not self._grow_timer.isActive():
            self._grow_timer.start(0)

    def message_changed(self, message: int) -> None:
        """A message is in another state, or finished."""
        row = self.layout_of_text.rows.get(message)
        if row is None:
            return
        self._grown.discard(message)
        place = self._place()
        view = self.layout_of_text.views[row]
        was_growing = view.growing
        self.layout_of_text.refresh(row)
        self._time_thoughts(view)
        self.layout_of_text.place(row)
        self._settle(place)
        if was_growing and not view.growing:
            self.hands.announce(view)

    def set_busy(self, busy: bool) -> None:
        """While an answer is being written nothing that starts another one can be pressed."""
        self.busy = busy
        self._place_controls()

    def scroll_to_end(self) -> None:
        """Go to the end and stay there while it grows."""
        self.following = True
        self._settle(None)

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
        self.to_end_button.setAccessibleName(tr("Jump to the end"))
        self.to_end_button.setToolTip(tr("Jump to the end"))
        self._controls.restyle()
        self._place_controls()
        self.viewport().update()

    def restyle(self) -> None:
        """Take the theme's colours and sizes as they are now."""
        place = self.layout_of_text.place_at(self._y, exactly=True)
        self.style_of_text = ReadingStyle(self.theme)
        self.layout_of_text.set_style(self.style_of_text, self.column(), self.extra())
        self._controls.restyle()
        self.viewport().setStyleSheet(sheet(self.theme))
        self.to_end_button.setIcon(self.theme.icon("arrow-down", "text", size=18))
        self._settle(place)

    # ------------------------------------------------------------ geometry

    def column(self) -> int:
        """The width of the column of text."""
        return max(120, min(self.style_of_text.column, self.viewport().width() - 2 * MARGIN))

    def extra(self) -> int:
        """How far code and tables may reach beyond the column."""
        beside = (self.viewport().width() - self.column()) // 2 - MARGIN
        return max(0, min(beside, self.column() // 2))

    def column_left(self) -> int:
        """Where the column begins in the viewport."""
        return (self.viewport().width() - self.layout_of_text.width) // 2

    @property
    def _y(self) -> int:
        return self.verticalScrollBar().value()

    def rows_in_sight(self) -> list[int]:
        """The messages of which something can be seen."""
        return list(self.layout_of_text.rows_between(self._y, self._y + self.viewport().height()))

    def message_rect(self, row: int) -> QRect:
        """A message in the viewport's coordinates."""
        layout = self.layout_of_text
        return QRect(self.column_left(), layout.top_of(row) - self._y, layout.width, layout.index[row])

    def position_at(self, point: QPoint) -> Position | None:
        """The position in the text nearest to a point of the viewport."""
        layout = self.layout_of_text
        if not layout.views:
            return None
        y = point.y() + self._y
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
        return self._y >= self.verticalScrollBar().maximum() - 2

    # ------------------------------------------------------------ laying out

    def _place(self) -> Place | None:
        return self.layout_of_text.settled_place(self._y, self._y + self.viewport().height())

    def _settle(self, place: Place | None) -> None:
        """Lay out what is in sight such that ``place`` stays at the top edge, or the end at the bottom one."""
        layout, screen = self.layout_of_text, self.viewport().height()
        self._settling = True
        bar = self.verticalScrollBar()
        y = self._y
        for _attempt in range(8):
            lowest = max(0, layout.height - screen)
            if self.following:
                y = lowest
            elif place is not None:
                found = layout.y_of(place)
                y = y if found is None else round(found)
            y = max(0, min(y, lowest))
            if not layout.lay_out(y, y + screen):
                break
        bar.setPageStep(max(1, screen - 40))
        bar.setSingleStep(self.style_of_text.line)
        bar.setRange(0, max(0, layout.height - screen))
        bar.setValue(y)
        self._settling = False
        layout.trim(y - screen, y + 2 * screen)
        self._place_controls()
        self._show_to_end()
        self._run_pulse()
        self._color()
        self.viewport().update()
        self._ahead_timer.start(20)

    def _color(self) -> None:
        """Colour the code that is in sight, for a few milliseconds now and the rest later."""
        layout, y = self.layout_of_text, self._y
        deadline = time.perf_counter() + COLOR_SECONDS
        more = False
        for row in layout.rows_between(y, y + self.viewport().height()):
            view = layout.views[row]
            top = y - layout.top_of(row)
            for _part, _number, unit in view.units_between(top, top + self.viewport().height()):
                if isinstance(unit, CodeUnit) and unit.box is not None:
                    more |= unit.box.advance(deadline)
                    unit.show_colors()
        if more:
            self._color_timer.start(15)
        self.viewport().update()

    def _scrolled(self, value: int) -> None:
        if self._settling:
            return
        bar = self.verticalScrollBar()
        self.following = value >= bar.maximum() - 2
        self._settle(None if bar.isSliderDown() else self._place())

    def _look_ahead(self) -> None:
        """Lay out a screen above and below, and read on in long messages, a little at a time."""
        layout, screen, y = self.layout_of_text, self.viewport().height(), self._y
        if self.verticalScrollBar().isSliderDown():
            return
        place = self._place()
        deadline = time.perf_counter() + AHEAD_SECONDS
        changed = more = False
        for row in list(layout.rows_between(y - screen, y + 2 * screen)):
            while row in layout.unread and time.perf_counter() < deadline:
                layout.take(row)
                layout.place(row)
                changed = True
            more |= row in layout.unread
        step = max(120, screen // 3)
        for top in (*range(y + screen, y + 2 * screen, step), *range(y - step, y - screen - step, -step)):
            if time.perf_counter() >= deadline:
                more = True
                break
            changed |= layout.lay_out(top, top + step)
        if changed:
            self._settle(place)
        if more:
            self._ahead_timer.start(10)
        elif changed:
            self._ahead_timer.stop()

    def _grow(self) -> None:
        """Take the text that has come for the messages that grew."""
        began = time.perf_counter()
        grown, self._grown = self._grown, set()
        place = self._place()
        for message in grown:
            row = self.layout_of_text.rows.get(message)
            if row is None or not self.layout_of_text.views[row].loaded:
                continue
            view = self.layout_of_text.views[row]
            if view.state is MessageState.WAITING:
                self.layout_of_text.refresh(row)
            self.layout_of_text.take(row)
            self._time_thoughts(view)
            self.layout_of_text.place(row)
        self._settle(place)
        spent = time.perf_counter() - began + self._paint_seconds
        self._grow_timer.start(max(GROW_MS, round(spent * 4000)))
        if not grown:
            self._grow_timer.stop()

    def _time_thoughts(self, view: MessageView) -> None:
        """Keep how long the model has thought, as far as it was seen here."""
        if not view.has_reasoning:
            return
        if view.units(Part.TEXT) or not view.growing:
            if view.thinking_since is not None and view.thought_seconds is None:
                view.thought_seconds = time.monotonic() - view.thinking_since
        elif view.thinking_since is None and view.growing:
            view.thinking_since = time.monotonic()

    # ------------------------------------------------------------ controls

    def _place_controls(self) -> None:
        """Put the buttons where the messages are. Hiding one may move the keyboard, which leads here again."""
        if self._placing:
            self._place_again = True
            return
        self._placing = True
        for _attempt in range(3):
            self._place_again = False
            self._controls.show(self._wanted_controls())
            if not self._place_again:
                break
        self._placing = False

    def _wanted_controls(self) -> list[tuple[int, Control, QRect]]:
        layout, screen = self.layout_of_text, self.viewport().rect()
        last = layout.views[-1].id if layout.views else None
        keyboard = keyboard_is_here(self)
        wanted: list[tuple[int, Control, QRect]] = []
        left, y = self.column_left(), self._y
        for row in layout.rows_between(y, y + screen.height()):
            view = layout.views[row]
            if not view.loaded:
                continue
            top = layout.top_of(row) - y
            here = view.id in (last, self.hovered) or (view.id == self.current and keyboard)
            stretch = (-top, screen.height() - top)
            for control in controls_of(view, stretch, actions=here, busy=self.busy):
                rect = control.rect.translated(left, top)
                if rect.intersects(screen):
                    wanted.append((view.id, control, rect))
        return wanted

    def buttons_of(self, message: int) -> list[QToolButton]:
        """The buttons of a message that can be pressed now, in reading order."""
        return list(self._controls.of_message(message))

    def set_hovered(self, message: int | None) -> None:
        """The pointer is over this message."""
        if message != self.hovered:
            self.hovered = message
            self._place_controls()

    def set_current(self, message: int | None) -> None:
        """The keyboard is at this message."""
        if message != self.current:
            self.current = message
            self._place_controls()
            self.viewport().update()

    def _pressed(self, message: int, key: str) -> None:
        row = self.layout_of_text.rows.get(message)
        if row is None:
            return
        signals = {
            "regenerate": self.regenerate_wanted, "edit": self.edit_wanted, "continue": self.continue_wanted,
            "retry": self.retry_wanted,
        }  # fmt: skip
        if key in signals:
            signals[key].emit(message)
        elif key in ("previous", "next"):
            self.switch_wanted.emit(message, -1 if key == "previous" else 1)
        elif key == "copy":
            QGuiApplication.clipboard().setText(self.text_of_row(row))
            self._controls.confirm(message, key)
        elif key == "fold":
            self.toggle_reasoning(row)
        elif key.startswith("code-"):
            _word, part, number = key.split("-")
            QGuiApplication.clipboard().setText(self._code(row, Part(part), int(number)))
            self._controls.confirm(message, key)

    def toggle_reasoning(self, row: int) -> None:
        """Fold or unfold what the model thought."""
        view = self.layout_of_text.views[row]
        top = self.layout_of_text.top_of(row) - self._y
        view.unfolded = not view.unfolded
        self.selection.clear()
        self.following = False
        self.layout_of_text.place(row)
        self._settle(Place(view.id, Part.TEXT, -1, -top))

    def _code(self, row: int, part: Part, number: int) -> str:
        """The text of the box of code that begins with a unit."""
        units = self.layout_of_text.views[row].units(part)
        unit = units[number] if number < len(units) else None
        return unit.box.text if isinstance(unit, CodeUnit) and unit.box is not None else ""

    def _make_to_end(self) -> QToolButton:
        button = QToolButton(self.viewport())
        button.setObjectName("transcriptToEnd")
        button.setFixedSize(36, 36)
        button.setIcon(self.theme.icon("arrow-down", "text", size=18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.clicked.connect(self.scroll_to_end)
        button.hide()
        return button

    def _show_to_end(self) -> None:
        far = self.verticalScrollBar().maximum() - self._y > self.style_of_text.line * 2
        if far != self.to_end_button.isVisible():
            self.to_end_button.setVisible(far)
            self.at_end_changed.emit(not far)
        if far:
            area = self.viewport().rect()
            self.to_end_button.move((area.width() - 36) // 2, area.height() - 36 - 12)
            self.to_end_button.raise_()

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.style_of_text.page)
        layout, y = self.layout_of_text, self._y
        for row in layout.rows_between(y + event.rect().top(), y + event.rect().bottom()):
            painter.save()
            painter.translate(self.column_left(), layout.top_of(row) - y)
            paint_message(painter, self, row)
            painter.restore()
        painter.end()
        self._paint_seconds = time.perf_counter() - began

    def _run_pulse(self) -> None:
        waiting = any(
            "waiting" in self.layout_of_text.views[row].rows
            for row in self.layout_of_text.rows_between(self._y, self._y + self.viewport().height())
        )
        if waiting and self.theme.moves():
            if not self._pulse_timer.isActive():
                self._pulse_timer.start(60)
        else:
            self._pulse_timer.stop()

    def _pulse(self) -> None:
        layout = self.layout_of_text
        for row in layout.rows_between(self._y, self._y + self.viewport().height()):
            rect = layout.views[row].rows.get("waiting")
            if rect is not None:
                self.viewport().update(rect.translated(self.column_left(), layout.top_of(row) - self._y))

    # ------------------------------------------------------------ events

    def resizeEvent(self, _event: QResizeEvent) -> None:
        layout = self.layout_of_text
        if (self.column(), self.extra()) == (layout.width, layout.extra):
            self._settle(self._place())
            return
        place = layout.place_at(self._y, exactly=True)
        layout.set_width(self.column(), self.extra())
        self._settle(place)

    def viewportEvent(self, event: QEvent) -> bool:
        if self.hands.viewport_event(event):
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QEvent) -> None:
        if not self.hands.key(event):
            event.ignore()

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)
        self.hands.focus_in(event)

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)
        self.focus_moved()

    def focus_moved(self) -> None:
        """The keyboard came or went: the actions of the current message with it."""
        self._place_controls()
        self.viewport().update()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.hands.move_focus(forward=forward)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange:
            self.viewport().update()
        super().changeEvent(event)

    def _timer(self, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        return timer


def keyboard_is_here(transcript: Transcript) -> bool:
    """Whether keys go to the transcript or one of its buttons."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is transcript or transcript.isAncestorOf(focus))
