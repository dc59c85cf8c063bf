"""The rows that both columns of a translation share: what they say, how tall they are, where the reader is.

Only rows in sight are laid out; the height of the others is estimated from their length. The reader's place is a row
and a distance inside it, so that nothing that becomes known about other rows moves what is being read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.core.translation.views import SegmentState
from assistant.documents.segments import SegmentKind
from assistant.gui.theme import SPACE
from assistant.gui.widgets.height_index import HeightIndex
from assistant.gui.widgets.translation.row_layout import Laid
from assistant.gui.widgets.translation.units import Side, compose, rows_of, to_read

if TYPE_CHECKING:
    from assistant.core.translation.views import SegmentView
    from assistant.gui.widgets.reading_style import ReadingStyle

GAP = SPACE  # below each row
_KEPT = 200  # laid out texts
_MANY = 200  # rows that change at once: then all heights are estimated anew
_WAITING = "…"
_LINE = 40  # em: about as wide as a line is


class TranslationRows(QObject):
    """Shared by the columns.

    Signals:
        changed(): something is to be painted anew. moved(): the reader is at another place, or the whole is longer.
        shown(): there are other segments. pointed(): ``hovered`` or ``current`` is another segment.

    :ivar segments: what is shown. ``current``: the segment that is worked with, ``hovered``: the one under the pointer
        (-1: none). ``row``: at the top of the view, of which ``into`` pixels are above it. ``held``: ``current`` was in
        sight when the reader last went anywhere.
    """

    changed = Signal()
    moved = Signal()
    shown = Signal()
    pointed = Signal()

    def __init__(self, style: ReadingStyle, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.segments: list[SegmentView] = []
        self.languages = ("", "")
        self.spans: list[tuple[int, int]] = []
        self._row_of: list[int] = []
        self._weights: dict[Side, list[float]] = {side: [] for side in Side}
        self._widths: dict[Side, int] = {}
        self._heights = HeightIndex()
        self._exact: set[int] = set()
        self._outside: list[int] = []  # how tall each row is at least: as tall as it is in the field beside it
        self._laid: OrderedDict[tuple[int, Side], Laid] = OrderedDict()
        self.marked: set[int] = set()  # segments to be checked
        self.view_height = 1
        self.row = self.into = 0
        self.current = self.hovered = -1
        self.held = False

    # -------------------------------------------------------------- what is shown

    def show(self, segments: Sequence[SegmentView], languages: tuple[str, str]) -> None:
        """Show these segments from the first on; nothing is worked with."""
        self._install(list(segments), languages)
        self.row = self.into = 0
        self.current = -1
        self._measure()
        self.shown.emit()
        self.pointed.emit()

    def _install(self, segments: list[SegmentView], languages: tuple[str, str]) -> None:
        self.segments = segments
        self.languages = languages
        self.spans = rows_of(segments)
        self.marked = {at for at, each in enumerate(segments) if each.doubtful}
        self._row_of = [row for row, (first, last) in enumerate(self.spans) for _ in range(first, last)]
        self._weights = {side: [self._weight(row, side) for row in range(len(self.spans))] for side in Side}
        self._outside = []
        self.hovered = -1

    def update(self, segments: Sequence[SegmentView], languages: tuple[str, str]) -> bool:
        """Show another state of the segments that are shown; whether any is another one.

        Where these are other segments (a sentence more, another text), the reader and the segment that is worked with
        stay where they are as far as that is possible.
        """
        segments = list(segments)
        same = len(segments) == len(self.segments) and languages == self.languages
        if not same or any(
            new is not old and (new.source != old.source or new.block != old.block)
            for new, old in zip(segments, self.segments, strict=True)
        ):
            self._install(segments, languages)
            self.current = self.current if self.current < len(segments) else -1
            row = min(self.row, max(0, len(self.spans) - 1))
            self.into = self.into if self.row == row else 0
            self.row = row
            self._measure()
            self.shown.emit()
            self.pointed.emit()
            return True
        others = [
            at for at, (new, old) in enumerate(zip(segments, self.segments, strict=True))
            if new is not old and new != old
        ]  # fmt: skip
        for at in others:
            self._put(at, segments[at])
        self._renew({self._row_of[at] for at in others})
        return bool(others)

    def grow(self, segment: SegmentView) -> None:
        """Show one segment as it is now."""
        if 0 <= segment.index < len(self.segments) and self.segments[segment.index] != segment:
            self._put(segment.index, segment)
            self._renew({self._row_of[segment.index]})

    def _put(self, number: int, segment: SegmentView) -> None:
        self.segments[number] = segment
        (self.marked.add if segment.doubtful else self.marked.discard)(number)

    def set_style(self, style: ReadingStyle) -> None:
        """Take other fonts and colours."""
        self._style = style
        self._measure()

    def set_width(self, side: Side, width: int) -> None:
        """Lay one side out for this width; 0: it is not shown."""
        if self._widths.get(side, 0) == width:
            return
        self._widths[side] = width
        self._measure()

    def set_outside(self, heights: Sequence[int]) -> None:
        """Have each row at least as tall as this; empty: as tall as its text."""
        if list(heights) != self._outside:
            self._outside = list(heights)
            self._measure()

    def set_view_height(self, height: int) -> None:
        """How much can be seen at once."""
        if height != self.view_height:
            self.view_height = max(1, height)
            self.settle()

    def row_of(self, number: int) -> int:
        """The row that a segment is in."""
        return self._row_of[number]

    # -------------------------------------------------------------- heights

    def laid(self, row: int, side: Side) -> Laid:
        """The text of one side of a row, laid out."""
        key = (row, side)
        width = max(1, self._widths.get(side, 0))
        found = self._laid.get(key)
        if found is not None and found.width == width:
            self._laid.move_to_end(key)
            return found
        first, last = self.spans[row]
        text, pieces = compose(self.segments, first, last, side=side, languages=self.languages)
        if not text and side is Side.TARGET and self._is_writing(first, last):
            text = _WAITING
        heading = self.segments[first].kind is SegmentKind.HEADING
        made = self._laid[key] = Laid(text, pieces, self._style, width, heading=heading)
        while len(self._laid) > _KEPT:
            self._laid.popitem(last=False)
        return made

    def height(self, row: int) -> int:
        """The height of a row as far as it is known."""
        return self._heights[row]

    @property
    def total(self) -> int:
        """The height of all rows as far as it is known."""
        return self._heights.total

    @property
    def offset(self) -> int:
        """How much is above the view, as far as that is known."""
        return self._heights.offset(self.row) + self.into if self.spans else 0

    def _is_writing(self, first: int, last: int) -> bool:
        return any(segment.state is SegmentState.WRITING for segment in self.segments[first:last])

    def _weight(self, row: int, side: Side) -> float:
        """How wide a row's text is about, in pixels."""
        first, last = self.spans[row]
        style = self._style
        total = 0.0
        for segment in self.segments[first:last]:
            text = segment.source if side is Side.SOURCE else (segment.target or segment.source)
            total += len(text) * (style.character if text.isascii() else style.em)
            if segment.lead or segment.trail:
                lines = len(to_read(segment.lead.rpartition("\n")[0])) + len(to_read(segment.trail))
                total += lines * _LINE * style.em
        return total

    def _measure(self) -> None:
        """Estimate all heights anew."""
        self._laid.clear()
        self._exact.clear()
        line, gap = self._style.line, GAP
        shown = [(self._weights[side], width) for side, width in self._widths.items() if width > 0]
        if len(shown) == 2:
            (one, first), (other, second) = shown
            heights = [
                int(max(a / first, b / second) + 1) * line + gap for a, b in zip(one, other, strict=True)
            ]  # fmt: skip
        elif shown:
            heights = [int(a / shown[0][1] + 1) * line + gap for a in shown[0][0]]
        else:
            heights = [line + gap] * len(self.spans)
        if self._outside:
            heights = [max(pair) for pair in zip_longest(heights, self._outside[: len(heights)], fillvalue=0)]
        self._heights.assign(heights)
        self.settle()
        self.changed.emit()

    def _fix(self, row: int) -> int:
        """The height of a row, laid out."""
        if row not in self._exact:
            sides = [side for side, width in self._widths.items() if width > 0]
            height = max((self.laid(row, side).height for side in sides), default=self._style.line)
            least = self._outside[row] if row < len(self._outside) else 0
            self._heights.set(row, max(height + GAP, least))
            self._exact.add(row)
        return self._heights[row]

    def _renew(self, rows: set[int]) -> None:
        """The words of these rows are others now."""
        for row in rows:
            self._laid.pop((row, Side.TARGET), None)
            self._exact.discard(row)
            self._weights[Side.TARGET][row] = self._weight(row, Side.TARGET)
        if len(rows) > _MANY:
            self._measure()
        elif rows:
            self.settle()
            self.changed.emit()

    # -------------------------------------------------------------- where the reader is

    def in_sight(self, row: int) -> bool:
        """Whether something of a row can be seen."""
        return self.row <= row and self.top(row) < self.view_height

    def visible(self, height: int = 0) -> list[tuple[int, int]]:
        """The rows in sight, laid out, and where each begins in the view.

        :param height: of a column that is taller than the one that is scrolled by.
        """
        found = []
        row, top = self.row, -self.into
        height = max(height, self.view_height + 2 * GAP)  # what shows in the margins, too
        while row < len(self.spans) and top < height:
            found.append((row, top))
            top += self._fix(row)
            row += 1
        return found

    def top(self, row: int) -> int:
        """Where a row begins in the view, as far as the heights are known."""
        return self._heights.offset(row) - self.offset

    def settle(self) -> None:
        """Lay out what is in sight, and stay at the end where there is nothing below."""
        if not self.spans:
            self.row = self.into = 0
            self.moved.emit()
            return
        self.row = min(self.row, len(self.spans) - 1)
        self.into = min(self.into, max(0, self._fix(self.row) - 1))
        self.visible()
        room = self.total - self.offset - self.view_height
        if room < 0:
            self._up(-room)
            self.visible()
        self.moved.emit()

    def scroll_by(self, pixels: int) -> None:
        """Go down, or up where ``pixels`` is negative, by what is really between."""
        if not self.spans:
            return
        if pixels < 0:
            self._up(-pixels)
        else:
            self.into += pixels
            while self.row < len(self.spans) - 1 and self.into >= self._fix(self.row):
                self.into -= self._heights[self.row]
                self.row += 1
        self._went()

    def scroll_to(self, offset: int) -> None:
        """Go to a place of the whole, as far as the heights are known."""
        if self.spans and offset != self.offset:
            self.row = self._heights.row_at(offset)
            self.into = offset - self._heights.offset(self.row)
            self._went()

    @property
    def above(self) -> float:
        """Which part of the row at the top of the view is above it."""
        return self.into / self._fix(self.row) if self.spans else 0.0

    def go_to(self, row: int, above: float) -> None:
        """Have a row at the top of the view, ``above`` as its part that is not seen any more."""
        self.row = row
        self.into = round(above * self._fix(row))
        self._went()

    def _went(self) -> None:
        """The reader is somewhere else."""
        self.settle()
        self._look()
        self.changed.emit()

    def _look(self) -> None:
        self.held = self.current >= 0 and self.in_sight(self._row_of[self.current])

    def _up(self, pixels: int) -> None:
        self.into -= pixels
        while self.into < 0 and self.row > 0:
            self.row -= 1
            self.into += self._fix(self.row)
        self.into = max(0, self.into)

    def reveal(self, number: int, side: Side = Side.TARGET) -> None:
        """Scroll so that a segment is in sight, without moving what is in sight already."""
        if not 0 <= number < len(self.segments):
            return
        row = self._row_of[number]
        inside = self.line_of(number, side)
        top = self.top(row) + inside
        if row >= self.row and top >= 0 and top + self._style.line <= self.view_height:
            return
        self.align(number, self.view_height // 4, side)

    def line_of(self, number: int, side: Side) -> int:
        """How far below the top of its row a segment begins."""
        if self._widths.get(side, 0) <= 0:
            side = Side.SOURCE if side is Side.TARGET else Side.TARGET
        laid = self.laid(self._row_of[number], side)
        piece = next(piece for piece in laid.pieces if piece.number == number)
        return laid.top_of(piece.start)

    def align(self, number: int, y: int, side: Side = Side.TARGET) -> None:
        """Scroll so that a segment begins at ``y`` of the view."""
        self.row = self._row_of[number]
        self.into = self.line_of(number, side)
        self._up(y)
        self._went()

    # -------------------------------------------------------------- the segment at hand

    def hover(self, number: int) -> None:
        """The pointer is over this segment, -1: over none."""
        if number != self.hovered:
            self.hovered = number
            self.pointed.emit()
            self.changed.emit()

    def choose(self, number: int) -> None:
        """Work with this segment, -1: with none."""
        if number != self.current and -1 <= number < len(self.segments):
            self.current = number
            self._look()
            self.pointed.emit()
            self.changed.emit()
