"""What is selected in a column of a translation, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.translation.units import Side, compose, copied, seen

if TYPE_CHECKING:
    from assistant.gui.widgets.translation.rows import TranslationRows

Place = tuple[int, int]
"""A row, and a character of its text."""


class Marking:
    """From where a selection was begun to where it was drawn."""

    def __init__(self, rows: TranslationRows, side: Side) -> None:
        self._rows = rows
        self._side = side
        self._from: Place | None = None
        self._to: Place | None = None

    @property
    def active(self) -> bool:
        """Whether something is selected."""
        return self._from is not None and self._to is not None and self._from != self._to

    def begin(self, row: int, character: int) -> None:
        """A selection may begin here."""
        self._from, self._to = (row, character), None

    def extend(self, row: int, character: int) -> None:
        """It reaches to here."""
        if self._from is not None:
            self._to = (row, character)

    def everything(self) -> None:
        """All is selected."""
        last = len(self._rows.spans) - 1
        self._from, self._to = (0, 0), (last, len(self._text(last)))

    def clear(self) -> None:
        """Nothing is selected."""
        self._from = self._to = None

    def stretch(self) -> tuple[Place, Place] | None:
        """The first place and the last one; None: nothing is selected."""
        if self._from is None or self._to is None or self._from == self._to:
            return None
        return (self._from, self._to) if self._from < self._to else (self._to, self._from)

    def text(self) -> str:
        """What is selected."""
        stretch = self.stretch()
        if stretch is None or stretch[1][0] >= len(self._rows.spans):
            return ""
        (first, start), (last, end) = stretch
        if first == last:
            return copied(self._text(first)[start:end])
        parts = [self._text(first)[start:], *map(self._text, range(first + 1, last)), self._text(last)[:end]]
        return copied("\n".join(parts))

    def of_segment(self, number: int) -> str:
        """The text of one segment."""
        segment = self._rows.segments[number]
        return copied(seen(segment.source if self._side is Side.SOURCE else segment.target, segment.things)[0])

    def whole(self) -> str:
        """The text of all rows."""
        return copied("\n".join(map(self._text, range(len(self._rows.spans)))))

    def _text(self, row: int) -> str:
        first, last = self._rows.spans[row]
        return compose(self._rows.segments, first, last, side=self._side, languages=self._rows.languages)[0]
