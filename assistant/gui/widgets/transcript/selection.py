"""What is selected in a transcript, across messages, and the plain text of it."""

from __future__ import annotations

from typing import NamedTuple

from assistant.gui.widgets.markdown.blocks import Block, separator
from assistant.gui.widgets.transcript.layout import TranscriptLayout
from assistant.gui.widgets.transcript.message_view import MessageView, Part


class Position(NamedTuple):
    """Between two characters: row of the message, its part, number of the unit, place in its text.

    Compares in reading order.
    """

    row: int
    part: Part
    unit: int
    offset: int


class Selection:
    """Two positions: where it began and where the caret is. Empty when they are the same."""

    def __init__(self, layout: TranscriptLayout) -> None:
        self._layout = layout
        self.anchor: Position | None = None
        self.caret: Position | None = None

    @property
    def empty(self) -> bool:
        return self.anchor is None or self.caret is None or self.anchor == self.caret

    @property
    def first(self) -> Position:
        """The end nearer to the beginning. Only of one that is not empty."""
        assert self.anchor is not None
        assert self.caret is not None
        return min(self.anchor, self.caret)

    @property
    def last(self) -> Position:
        assert self.anchor is not None
        assert self.caret is not None
        return max(self.anchor, self.caret)

    def set(self, anchor: Position | None, caret: Position | None) -> None:
        """Select from ``anchor`` to ``caret``."""
        self.anchor, self.caret = anchor, caret

    def extend(self, caret: Position) -> None:
        """Move the caret, keeping where the selection began."""
        if self.anchor is None:
            self.anchor = caret
        self.caret = caret

    def clear(self) -> None:
        self.anchor = self.caret = None

    def keep_rows(self, count: int) -> None:
        """Messages from row ``count`` on are others now: a selection that reaches them is gone."""
        if any(end is not None and end.row >= count for end in (self.anchor, self.caret)):
            self.clear()

    def range_in(self, row: int, part: Part, unit: int, length: int) -> tuple[int, int] | None:
        """The selected stretch of one unit's text, None if there is none."""
        if self.empty:
            return None
        first, last = self.first, self.last
        here = (row, part, unit)
        if here < first[:3] or here > last[:3]:
            return None
        start = first.offset if here == first[:3] else 0
        end = last.offset if here == last[:3] else length
        return (start, end) if start < end or (start == end == 0 and here != last[:3]) else None

    # ------------------------------------------------------------ text

    def rows(self) -> range:
        """The messages that have a part in it."""
        return range(0) if self.empty else range(self.first.row, self.last.row + 1)

    def text_of(self, view: MessageView, row: int) -> str:
        """The selected part of one message, as a reader sees it."""
        out: list[str] = []
        previous: Block | None = None
        for part, number, unit in view.all_units():
            chosen = self.range_in(row, part, number, unit.length)
            if chosen is None:
                continue
            if out:
                out.append(separator(unit.block, previous) or ("\n\n" if previous is None else ""))
            had = unit.document is not None
            out.append(unit.text(*chosen))
            previous = unit.block
            if not had:
                unit.drop()
        return "".join(out)
