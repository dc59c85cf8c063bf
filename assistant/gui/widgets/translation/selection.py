"""What is selected in a column of a translation, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.translation.units import Side, before_row, compose, copied, seen

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
        between = map(self._text, range(first + 1, last))
        return self._joined(first, [self._text(first)[start:], *between, self._text(last)[:end]])

    def of_segment(self, number: int) -> str:
        """The text of one segment."""
        segment = self._rows.segments[number]
        return copied(seen(segment.source if self._side is Side.SOURCE else segment.target, segment.things)[0])

    def whole(self) -> str:
        """The text of all rows."""
        return self._joined(0, list(map(self._text, range(len(self._rows.spans)))))

    def _joined(self, first: int, texts: list[str]) -> str:
        """The texts of rows from ``first`` on, with what stands between these."""
        parts = texts[:1]
        for row, text in enumerate(texts[1:], first + 1):
            segment = self._rows.spans[row][0]
            parts += (before_row(self._rows.segments, segment, side=self._side, languages=self._rows.languages), text)
        return copied("".join(parts))

    def _text(self, row: int) -> str:
        first, last = self._rows.spans[row]
        return compose(self._rows.segments, first, last, side=self._side, languages=self._rows.languages)[0]
