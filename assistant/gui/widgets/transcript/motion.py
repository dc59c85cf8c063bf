"""When a transcript lays out, grows, colours and moves: as little as can be seen, and never the line that is read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.transcript.message_view import MessageView, Part
from assistant.storage.rows import MessageState

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.gui.widgets.transcript.layout import Place
    from assistant.gui.widgets.transcript.view import Transcript

GROW_MS = 33
PULSE_MS = 60
COLOR_SECONDS = 0.004  # of one turn of colouring code
AHEAD_SECONDS = 0.008  # of one turn of laying out what is not yet in sight


class Motion(QObject):
    """Moves one transcript.

    :ivar following: the reader is at the end and stays there while it grows.
    :ivar paint_seconds: how long the last painting took; growing slows down accordingly.
    """

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript
        self.following = True
        self.paint_seconds = 0.0
        self._settling = False
        self._grown: set[int] = set()
        self._grow_timer = self._timer(self.grow)
        self._ahead_timer = self._timer(self._look_ahead)
        self._color_timer = self._timer(self._color)
        self._pulse_timer = self._timer(self._pulse)
        self._pulse_timer.setSingleShot(False)
        transcript.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def resting(self) -> bool:
        """Whether nothing is left to be laid out ahead, grown or coloured."""
        return not any(timer.isActive() for timer in (self._grow_timer, self._ahead_timer, self._color_timer))

    # ------------------------------------------------------------ standing still

    def place(self, below: int = 0) -> Place | None:
        """What is at the top edge now, or that many pixels below it, to come back to."""
        y = self._t.scrolled + below
        return self._t.layout_of_text.settled_place(y, y + self._t.viewport().height())

    def settle(self, place: Place | None) -> None:
        """Lay out what is in sight such that ``place`` stays at the top edge, or the end at the bottom one."""
        layout, screen, bar = self._t.layout_of_text, self._t.viewport().height(), self._t.verticalScrollBar()
        self._settling = True
        y = bar.value()
        for _attempt in range(8):  # what is laid out may move what is in sight
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
        bar.setSingleStep(self._t.style_of_text.line)
        bar.setRange(0, max(0, layout.height - screen))
        bar.setValue(y)
        self._settling = False
        layout.trim(y - screen, y + 2 * screen)
        self._t.buttons.place()
        self._run_pulse()
        self._color()
        self._t.viewport().update()
        self._ahead_timer.start(20)

    def _scrolled(self, value: int) -> None:
        if self._settling:
            return
        bar = self._t.verticalScrollBar()
        self.following = value >= bar.maximum() - 2
        self.settle(None if bar.isSliderDown() else self.place())

    def _look_ahead(self) -> None:
        """Lay out a screen above and below, and read on in long messages, a little at a time."""
        layout, screen, y = self._t.layout_of_text, self._t.viewport().height(), self._t.scrolled
        if self._t.verticalScrollBar().isSliderDown():
            return
        place = self.place()
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
            self.settle(place)
            self._ahead_timer.stop()
        if more:
            self._ahead_timer.start(10)

    # ------------------------------------------------------------ growing

    def forget(self) -> None:
        """Another conversation is shown."""
        self._grown.clear()
        self.following = True

    def grew(self, message: int) -> None:
        """A message has more text; it is taken with the next frame."""
        self._grown.add(message)
        if not self._grow_timer.isActive():
            self._grow_timer.start(0)

    def changed(self, row: int) -> MessageView:
        """A message is in another state: take it over."""
        layout = self._t.layout_of_text
        view = layout.views[row]
        self._grown.discard(view.id)
        place = self.place()
        layout.refresh(row)
        _time_thoughts(view)
        layout.place(row)
        self.settle(place)
        return view

    def grow(self) -> None:
        """Take the text that has come. The more that costs, the longer until the next time."""
        began = time.perf_counter()
        grown, self._grown = self._grown, set()
        place = self.place()
        layout = self._t.layout_of_text
        for message in grown:
            row = layout.rows.get(message)
            if row is None or not layout.views[row].loaded:
                continue
            view = layout.views[row]
            if view.state is MessageState.WAITING:
                layout.refresh(row)
            layout.take(row)
            _time_thoughts(view)
            layout.place(row)
        if grown:
            self.settle(place)
            spent = time.perf_counter() - began + self.paint_seconds
            self._grow_timer.start(max(GROW_MS, round(spent * 4000)))

    # ------------------------------------------------------------ colours and the sign of waiting

    def _color(self) -> None:
        """Colour the code that is in sight, for a few milliseconds now and the rest later."""
        layout, y, screen = self._t.layout_of_text, self._t.scrolled, self._t.viewport().height()
        deadline = time.perf_counter() + COLOR_SECONDS
        more = False
        for row in layout.rows_between(y, y + screen):
            top = y - layout.top_of(row)
            for _part, _number, unit in layout.views[row].units_between(top, top + screen):
                if isinstance(unit, CodeUnit) and unit.box is not None:
                    more |= unit.box.advance(deadline)
                    if unit.show_colors():  # all else on the screen stays as it was drawn
                        self._t.viewport().update(0, unit.y - top, self._t.viewport().width(), unit.height)
        if more:
            self._color_timer.start(15)

    def _run_pulse(self) -> None:
        views = self._t.layout_of_text.views
        waiting = any("waiting" in views[row].rows for row in self._t.rows_in_sight())
        if waiting and self._t.theme.moves():
            if not self._pulse_timer.isActive():
                self._pulse_timer.start(PULSE_MS)
        else:
            self._pulse_timer.stop()

    def _pulse(self) -> None:
        for row in self._t.rows_in_sight():
            rect = self._t.layout_of_text.views[row].rows.get("waiting")
            if rect is not None:
                self._t.viewport().update(rect.translated(self._t.message_rect(row).topLeft()))

    def _timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        return timer


def _time_thoughts(view: MessageView) -> None:
    """Keep how long the model has thought, as far as it was seen here."""
    if not view.has_reasoning:
        return
    if view.units(Part.TEXT) or not view.growing:
        if view.thinking_since is not None and view.thought_seconds is None:
            view.thought_seconds = time.monotonic() - view.thinking_since
    elif view.thinking_since is None:
        view.thinking_since = time.monotonic()
