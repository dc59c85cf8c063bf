"""Answers in a transcript whose sentences are linked with a document, drawn as those of a summary are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QTextCharFormat

from assistant.gui.widgets.doubt_lines import GRAVITY, doubt_lines, sign_token
from assistant.gui.widgets.source_words import sign_of
from assistant.gui.widgets.text_places import UnitIndex, align, stretch
from assistant.gui.widgets.transcript.message_view import MessageView, Part

if TYPE_CHECKING:
    from assistant.documents.model import LinkedSentence
    from assistant.gui.widgets.markdown.units import Unit
    from assistant.gui.widgets.transcript.view import Transcript

_SIGN = 20  # pixels at most: the room beside the column
_BESIDE = 2

Piece = tuple[int, int, int]
"""Number of a unit, and where a stretch begins and ends in it."""


@dataclass
class _Marked:
    """An answer as it was laid out: where its sentences stand, and the lines below its words."""

    sentences: Sequence[LinkedSentence]
    units: list[Unit]
    pieces: list[list[Piece]] = field(default_factory=list)  # of each sentence
    lines: dict[int, list[tuple[int, int, QTextCharFormat]]] = field(default_factory=dict)  # by unit


class LinkedAnswers:
    """Knows which words of a transcript nothing bears out.

    :ivar find: the text of a message and its linked sentences; None: it has none.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._t = transcript
        self.find: Callable[[int], tuple[str, Sequence[LinkedSentence]] | None] = lambda _message: None
        self._known: dict[int, _Marked] = {}

    def forget(self) -> None:
        """Another conversation is shown."""
        self._known.clear()

    def draw_lines(self, view: MessageView) -> None:
        """Let the units of a message know of their lines, before they are painted."""
        marked = self._marked(view)
        if marked is not None:
            for number, unit in enumerate(marked.units):
                unit.lines = marked.lines.get(number, ())

    def signs(self, view: MessageView) -> list[tuple[int, str, QRect]]:
        """Sentence, sign and place (inside the message) of what has a sign beside it."""
        marked = self._marked(view)
        places: dict[int, tuple[int, str, QRect]] = {}
        side = min(_SIGN, max(18, round(view.style.em * 1.3)))
        for index, sentence in enumerate(marked.sentences if marked is not None else ()):
            sign = sign_of(sentence)
            if not sign or marked is None or not marked.pieces[index]:
                continue
            number, start, _end = marked.pieces[index][0]
            unit = marked.units[number]
            line = unit.rect_of(start)
            top = round(unit.y + line.top() + (line.height() - side) / 2) + 1
            known = places.get(top)
            if known is None or GRAVITY[sign] > GRAVITY[known[1]]:
                places[top] = (index, sign, QRect(-side - _BESIDE, top, side, side))
        return list(places.values())

    def paint_signs(self, painter: QPainter, view: MessageView) -> None:
        """Draw the signs of a message with its top left corner at the painter's origin."""
        for _index, sign, area in self.signs(view):
            self._t.theme.icon(sign, sign_token(sign), size=area.width()).paint(painter, area)

    def at(self, point: QPoint) -> tuple[int, int] | None:
        """Message and sentence under a point of the viewport, or whose sign is there."""
        row = self._t.row_under(point)
        view = self._t.layout_of_text.views[row] if row is not None else None
        marked = self._marked(view) if view is not None else None
        if row is None or view is None or marked is None:
            return None
        inside = point - self._t.message_rect(row).topLeft()
        for index, _sign, area in self.signs(view):
            if area.contains(inside):
                return view.id, index
        under = self._t.unit_under(point)
        if under is None or under[1] is not Part.TEXT:
            return None
        _view, _part, number, x, y = under
        hit = marked.units[number].hit_at(x, y)
        for index, pieces in enumerate(marked.pieces):
            if any(number == unit and start <= hit < end for unit, start, end in pieces):
                return view.id, index
        return None

    def sentence(self, place: tuple[int, int]) -> LinkedSentence | None:
        """The sentence at such a place."""
        found = self.find(place[0])
        return found[1][place[1]] if found is not None and place[1] < len(found[1]) else None

    # -------------------------------------------------------------- inside

    def _marked(self, view: MessageView) -> _Marked | None:
        found = self.find(view.id) if view.loaded and not view.growing else None
        if found is None or not found[1]:
            return None
        text, sentences = found
        units = view.units(Part.TEXT)
        known = self._known.get(view.id)
        if known is None or known.sentences is not sentences or known.units != units:
            known = self._known[view.id] = self._mark(text, sentences, list(units))
        return known

    def _mark(self, text: str, sentences: Sequence[LinkedSentence], units: list[Unit]) -> _Marked:
        shown = [unit.ready().toPlainText() for unit in units]
        begins, at = [], 0
        for each in shown:
            begins.append(at)
            at += len(each) + 1
        places = align("\n".join(shown), text)
        indexes = [UnitIndex(each) for each in shown]

        def pieces(start: int, end: int) -> list[Piece]:
            first, last = stretch(places, start, end)
            found = []
            for number in range(max(0, bisect_right(begins, first) - 1), bisect_right(begins, max(first, last - 1))):
                one = max(first - begins[number], 0)
                two = min(last - begins[number], len(shown[number]))
                if one < two:
                    found.append((number, indexes[number].unit(one), indexes[number].unit(two)))
            return found

        marked = _Marked(sentences, units)
        for sentence in sentences:
            marked.pieces.append(pieces(sentence.start, sentence.end))
            for start, end, style, token in doubt_lines(sentence):
                form = QTextCharFormat()
                form.setUnderlineStyle(style)
                form.setUnderlineColor(self._t.theme.color(token))
                for number, one, two in pieces(start, end):
                    marked.lines.setdefault(number, []).append((one, two, form))
        return marked
