"""The word of a translation that is asked about: by a click, or with the keyboard from word to word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF

from assistant.base.words import words_in
from assistant.gui.theme import SPACE

if TYPE_CHECKING:
    from assistant.gui.widgets.translation.rows import TranslationRows
    from assistant.gui.widgets.translation.units import Piece, Side

_NARROWEST = 8  # pixels


class WordCursor:
    """Where in the rows of one side it stands.

    :ivar at: start and end of the word in the text of its row, None: at no word.
    """

    def __init__(self, rows: TranslationRows, side: Side) -> None:
        self._rows, self._side = rows, side
        self.at: tuple[int, int] | None = None

    def current(self) -> Piece:
        """The segment that is worked with; there must be one."""
        rows = self._rows
        return next(
            one for one in rows.laid(rows.row_of(rows.current), self._side).pieces if one.number == rows.current
        )

    def put(self, piece: Piece, character: int) -> bool:
        """Go to the word with this character of the row; False: there is none."""
        found = next(((start, end) for start, end in self._words(piece) if start <= character < end), None)
        if found is not None:
            self.at = found
        return found is not None

    def settle(self) -> None:
        """The text may be another: stay only at a word."""
        if self.at is not None and (self._rows.current < 0 or self.at not in self._words(self.current())):
            self.at = None

    def step(self, by: int) -> str:
        """Go on by so many words of the current segment; the word, empty where there are none."""
        piece = self.current()
        words = self._words(piece)
        if not words:
            return ""
        at = words.index(self.at) + by if self.at in words else (0 if by > 0 else len(words) - 1)
        self.at = words[max(0, min(at, len(words) - 1))]
        return self._rows.laid(self._rows.row_of(piece.number), self._side).text[slice(*self.at)]

    def area(self, piece: Piece, left: int) -> QRect:
        """Where the word stands in the viewport, whose text begins at ``left``."""
        assert self.at is not None
        row = self._rows.row_of(piece.number)
        laid = self._rows.laid(row, self._side)
        top = self._rows.top(row) + SPACE + laid.top_of(self.at[0])
        strip = next(laid.strips(*self.at), QRectF())
        return QRect(round(left + strip.left()), top, max(_NARROWEST, round(strip.width())), laid.line)

    def _words(self, piece: Piece) -> list[tuple[int, int]]:
        laid = self._rows.laid(self._rows.row_of(piece.number), self._side)
        return list(words_in(laid.text, piece.start, piece.end))
