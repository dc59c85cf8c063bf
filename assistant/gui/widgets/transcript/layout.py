"""All messages of a conversation by their heights; only those near the reader are read, split and laid out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.gui.widgets.height_index import HeightIndex
from assistant.gui.widgets.markdown.units import Unit
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.transcript.message_view import FEED, MessageView, Part, height_guesser
from assistant.gui.widgets.transcript.source import TranscriptSource
from assistant.storage.rows import MessageHead, Role

EDGE = 16  # room above the first message and below the last
KEPT_DOCUMENTS = 300
KEPT_MESSAGES = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the content that stays what it is while heights change: a unit of a message and a depth into it."""

    message: int  # id
    part: Part
    unit: int  # -1: the message's own top
    offset: float
    position: int = -1  # of the character at that depth, for when the width changes


class Views(Sequence[MessageView]):
    """The view of each row, made when it is asked for."""

    def __init__(self) -> None:
        self.heads: list[MessageHead] = []
        self.made: dict[int, MessageView] = {}
        self.make: Callable[[MessageHead], MessageView] | None = None

    def __len__(self) -> int:
        return len(self.heads)

    def __getitem__(self, row: int) -> MessageView:  # type: ignore[override]
        row = row + len(self.heads) if row < 0 else row
        view = self.made.get(row)
        if view is None:
            assert self.make is not None
            view = self.made[row] = self.make(self.heads[row])
        return view


class TranscriptLayout:
    """Heights, positions and what is held in memory. Knows no widget; ``y`` counts from the top of the content."""

    def __init__(self, style: ReadingStyle) -> None:
        self.style = style
        self.width = 400
        self.extra = 0
        self.source: TranscriptSource | None = None
        self.views = Views()
        self.views.make = self._make
        self.cut: int | None = None  # id of the first message that the model still gets, where others stand above it
        self.rows: dict[int, int] = {}  # id to row
        self.index = HeightIndex()
        self._documents: OrderedDict[Unit, None] = OrderedDict()
        self._messages: OrderedDict[int, None] = OrderedDict()
        self.unread: set[int] = set()  # rows whose text has not been taken to its end

    # ------------------------------------------------------------ which messages

    def set_heads(self, heads: Sequence[MessageHead]) -> int:
        """Show these messages; those that were shown at the same row before are kept. Returns how many were."""
        kept = 0
        for old, head in zip(self.views.heads, heads, strict=False):
            if old.id != head.id:
                break
            kept += 1
        for row in [row for row in self.views.made if row >= kept]:
            self._forget(self.views.made.pop(row))
        for row, view in self.views.made.items():
            view.head = heads[row]
        self.views.heads = list(heads)
        self.rows = {head.id: row for row, head in enumerate(heads)}
        self.unread = {row for row in self.unread if row < kept}
        self.index.assign([self.index[row] for row in range(kept)] + self._guesses(heads[kept:]))
        self._draw_cut()
        return kept

    def _make(self, head: MessageHead) -> MessageView:
        view = MessageView(head, self.style, self.width, self.extra)
        view.cut = head.id == self.cut
        return view

    def _draw_cut(self) -> None:
        """Ask again where the model begins to read."""
        self.cut = self.source.read_from() if self.source is not None else None
        for row, view in self.views.made.items():
            if view.cut != (view.id == self.cut):
                view.cut = not view.cut
                if view.loaded:
                    self.place(row)

    def clear(self) -> None:
        """No messages."""
        self.views.heads, self.rows, self.unread = [], {}, set()
        self.views.made.clear()
        self.index.assign(())
        self._documents.clear()
        self._messages.clear()

    def _guesses(self, heads: Sequence[MessageHead]) -> list[int]:
        """The heights of messages that have not been read."""
        from_user = {role: height_guesser(self.style, self.width, role) for role in Role}
        return [from_user[head.role](head.length) for head in heads]

    @property
    def height(self) -> int:
        """The height of everything, edges included."""
        return self.index.total + 2 * EDGE

    def top_of(self, row: int) -> int:
        """Where a message begins."""
        return EDGE + self.index.offset(row)

    def row_at(self, y: float) -> int:
        """The message at a height, the nearest one if there is none."""
        return self.index.row_at(int(y) - EDGE)

    def rows_between(self, top: float, bottom: float) -> Iterator[int]:
        """The messages that touch a stretch of the content, first to last."""
        if not self.views:
            return
        row = self.row_at(top)
        y = self.top_of(row)
        while row < len(self.views) and y <= bottom:
            yield row
            y += self.index[row]
            row += 1

    # ------------------------------------------------------------ laying out

    def lay_out(self, top: float, bottom: float) -> bool:
        """Measure what lies between two heights; True if anything was other than estimated."""
        changed = False
        if not self.views:
            return False
        row = self.row_at(top)
        y = self.top_of(row)
        while row < len(self.views) and y <= bottom:
            self.read(row)
            changed |= self.place(row, top - y, bottom - y)
            y += self.index[row]
            row += 1
        return changed

    def place(self, row: int, top: float = 0.0, bottom: float = -1.0) -> bool:
        """Place the parts of a message, measuring those between two of its heights; True if its height changed."""
        view = self.views[row]
        view.place(int(top), int(bottom))
        for _part, _number, unit in view.units_between(top, bottom):
            if unit.document is not None:
                self._documents[unit] = None
                self._documents.move_to_end(unit)
        return self.index.set(row, view.height) != 0

    def read(self, row: int) -> None:
        """Have the text of a message (of a long one, its beginning)."""
        view = self.views[row]
        self._messages[view.id] = None
        self._messages.move_to_end(view.id)
        if view.loaded or self.source is None:
            return
        view.load(self.source.message(view.id))
        self.unread.add(row)
        self.take(row)

    def take(self, row: int) -> bool:
        """Take the text that a message has by now, at most FEED characters of each part; True if more is waiting."""
        view = self.views[row]
        if self.source is None or not view.loaded:
            return False
        more = False
        for part, text in (
            (Part.REASONING, self.source.reasoning_from(view.id, view.fed(Part.REASONING))),
            (Part.TEXT, self.source.text_from(view.id, view.fed(Part.TEXT))),
        ):
            if text:
                view.feed(part, text[:FEED])
                more |= len(text) > FEED
        self.unread.add(row) if more else self.unread.discard(row)
        return more

    def refresh(self, row: int) -> None:
        """Ask again what state a message is in, and take the rest of its text."""
        view = self.views[row]
        if self.source is None or not view.loaded:
            return
        message = self.source.message(view.id)
        view.load(message)
        recalled = message.reasoning and view.fed(Part.TEXT) and not view.fed(Part.REASONING)
        if recalled or len(message.text) < view.fed(Part.TEXT):  # it is another text now
            view.unload()
            self.read(row)
            return
        self.take(row)
        if not view.growing:
            view.settle()

    # ------------------------------------------------------------ staying in place

    def place_at(self, y: float, *, exactly: bool = False) -> Place | None:
        """The point of the content at ``y``.

        :param exactly: also find the character there, so that the place survives another width.
        """
        if not self.views:
            return None
        row = self.row_at(y)
        view = self.views[row]
        inside = y - self.top_of(row)
        found = view.unit_at(inside)
        if found is None:
            return Place(view.id, Part.TEXT, -1, inside)
        unit = view.units(found[0])[found[1]]
        offset = inside - unit.y
        position = unit.position_at(0, offset) if exactly and unit.measured and 0 <= offset < unit.height else -1
        return Place(view.id, found[0], found[1], offset, position)

    def settled_place(self, top: float, bottom: float) -> Place | None:
        """A point near ``top`` that laying out can not move: in the first measured unit that is in sight."""
        for row in self.rows_between(top, bottom):
            view = self.views[row]
            y = self.top_of(row)
            for part, number, unit in view.units_between(top - y + 1, bottom - y):
                if unit.measured:
                    return Place(view.id, part, number, top - y - unit.y)
        return self.place_at(top)

    def y_of(self, place: Place) -> float | None:
        """Where a place is now; None if its message is gone."""
        row = self.rows.get(place.message)
        if row is None:
            return None
        view, top = self.views[row], self.top_of(row)
        units = view.units(place.part)
        if place.unit < 0 or not units:
            return top + place.offset
        unit = units[min(place.unit, len(units) - 1)]
        if place.position >= 0 and place.unit < len(units):
            if not unit.measured:
                unit.measure()
                self.place(row)
                top = self.top_of(row)
            return top + unit.y + unit.rect_of(place.position).top()
        return top + unit.y + place.offset

    # ------------------------------------------------------------ size and style

    def set_width(self, width: int, extra: int) -> None:
        """Another width of the column; heights are estimates again."""
        self.width, self.extra = width, extra
        for view in self.views.made.values():
            view.set_width(width, extra)
        self._guess_all()

    def set_style(self, style: ReadingStyle, width: int, extra: int) -> None:
        """Other fonts or colours."""
        self.style = style
        self.width, self.extra = width, extra
        self._documents.clear()
        for view in self.views.made.values():
            view.width, view.extra = width, extra
            view.set_style(style)
        self._guess_all()

    def _guess_all(self) -> None:
        heights = self._guesses(self.views.heads)
        for row, view in self.views.made.items():
            if view.loaded:
                view.place(0, -1)
                heights[row] = view.height
        self.index.assign(heights)

    # ------------------------------------------------------------ memory

    def trim(self, top: float, bottom: float) -> None:
        """Let go of what has not been seen for long and is not between two heights."""
        if len(self._documents) > KEPT_DOCUMENTS:
            seen = {unit for row in self.rows_between(top, bottom) for _, _, unit in self.views[row].all_units()}
            for unit in list(self._documents)[: len(self._documents) - KEPT_DOCUMENTS]:
                if unit not in seen:
                    unit.drop()
                    del self._documents[unit]
        if len(self._messages) > KEPT_MESSAGES:
            near = {self.views[row].id for row in self.rows_between(top, bottom)}
            for message in list(self._messages)[: len(self._messages) - KEPT_MESSAGES]:
                row = self.rows.get(message)
                if message in near or (row is not None and self.views[row].growing):
                    continue
                del self._messages[message]
                if row is not None:
                    self._forget(self.views[row])
                    self.unread.discard(row)
                    if not self.views[row].remembers:
                        del self.views.made[row]

    def _forget(self, view: MessageView) -> None:
        for body in view.bodies.values():
            for unit in body.units:
                self._documents.pop(unit, None)
        self._messages.pop(view.id, None)
        view.unload()
