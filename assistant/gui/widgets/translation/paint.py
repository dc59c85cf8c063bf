"""How a row of a translation is painted: light behind the sentence at hand, shading, lines under findings, signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextCharFormat, QTextLayout

from assistant.core.translation.views import SegmentState
from assistant.gui.theme import SPACE
from assistant.gui.widgets.translation.units import Side
from assistant.gui.widgets.translation.words import sign_of

if TYPE_CHECKING:
    from assistant.core.translation.views import SegmentView
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.reading_style import ReadingStyle
    from assistant.gui.widgets.translation.row_layout import Laid
    from assistant.gui.widgets.translation.rows import TranslationRows
    from assistant.gui.widgets.translation.units import Piece

_STEPS = ((0.15, "lamp/40"), (0.3, "lamp/24"), (1.0, "lamp/12"))  # a word's probability up to this, its shade
_GRAVITY = ("triangle-alert", "pencil", "history", "refresh-cw")  # the first of these that a line has is its sign


@dataclass(frozen=True)
class Look:
    """What is to be seen besides the words.

    :ivar shaded: words that the model was unsure of. ``selected``: from row and character to row and character.
    :ivar word: start and end in the row of the current segment, of the word that the keyboard is at.
    """

    shaded: bool = False
    selected: tuple[tuple[int, int], tuple[int, int]] | None = None
    word: tuple[int, int] | None = None
    active: bool = True


@dataclass(frozen=True)
class Sign:
    """A sign in the margin: of which segment, which icon, where."""

    number: int
    icon: str
    area: QRect


def paint_row(
    painter: QPainter, rows: TranslationRows, side: Side, at: tuple[int, QPointF], *,
    style: ReadingStyle, look: Look,
) -> None:  # fmt: skip
    """Paint one side of a row.

    :param at: the row, and the place of its upper left corner.
    """
    row, corner = at
    laid = rows.laid(row, side)
    theme = style.theme
    for piece in laid.pieces:
        if side is Side.TARGET and piece.number in rows.marked:
            _underline(painter, laid, (piece.start, piece.end), corner, theme)
        token = {rows.hovered: "lamp/12", rows.current: "lamp/24"}.get(piece.number, "")
        if token:
            _fill(painter, laid, (piece.start, piece.end), corner, theme.color(token))
        if look.shaded and side is Side.TARGET:
            for start, end, probability in rows.segments[piece.number].unsure:
                shade = next(token for limit, token in _STEPS if probability <= limit)
                _fill(painter, laid, (piece.visible(start), piece.visible(end)), corner, theme.color(shade))
    chosen = selected_in(row, len(laid.text), look)
    if chosen is not None:
        _fill(painter, laid, chosen, corner, style.selection if look.active else style.selection_away)
    formats = list(_formats(rows, side, laid, theme))
    painter.setPen(style.text)
    laid.layout.draw(painter, corner, formats)
    if look.word is not None and side is Side.TARGET and any(piece.number == rows.current for piece in laid.pieces):
        painter.setPen(theme.color("lamp"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for area in laid.strips(*look.word):
            painter.drawRoundedRect(area.translated(corner).adjusted(-1, 1, 1, -1), 3, 3)


def selected_in(row: int, length: int, look: Look) -> tuple[int, int] | None:
    """The stretch of a row that is selected."""
    if look.selected is None:
        return None
    (first, start), (last, end) = look.selected
    if not first <= row <= last:
        return None
    return (start if row == first else 0, end if row == last else length)


def signs_in(rows: TranslationRows, theme: Theme, width: int) -> Iterator[Sign]:
    """The signs in the margin beside the rows in sight: in each line that of the gravest segment."""
    side = max(16, theme.px(1.15))
    for row, top in rows.visible():
        laid = rows.laid(row, Side.TARGET)
        found: dict[int, tuple[int, str]] = {}
        for piece in laid.pieces:
            icon = sign_of(rows.segments[piece.number])
            if not icon:
                continue
            line = laid.top_of(piece.start)
            known = found.get(line)
            if known is None or _GRAVITY.index(icon) < _GRAVITY.index(known[1]):
                found[line] = (piece.number, icon)
        for line, (number, icon) in found.items():
            y = top + line + (laid.line - side) // 2
            yield Sign(number, icon, QRect((width - side) // 2, y, side, side))


def _fill(painter: QPainter, laid: Laid, stretch: tuple[int, int], corner: QPointF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for area in laid.strips(*stretch):
        painter.drawRoundedRect(area.translated(corner).adjusted(-2, 1, 2, -1), SPACE // 2, SPACE // 2)


def _underline(painter: QPainter, laid: Laid, stretch: tuple[int, int], corner: QPointF, theme: Theme) -> None:
    """A tint and a line under a sentence that is to be checked: its sign stands beside the whole line of text."""
    _fill(painter, laid, stretch, corner, theme.color("danger_wash"))
    painter.setPen(QPen(theme.color("danger"), 1))
    for area in laid.strips(*stretch):
        line = area.translated(corner)
        painter.drawLine(QPointF(line.left(), line.bottom() - 1.5), QPointF(line.right(), line.bottom() - 1.5))


def _formats(rows: TranslationRows, side: Side, laid: Laid, theme: Theme) -> Iterator[QTextLayout.FormatRange]:
    if not laid.pieces or not laid.pieces[-1].end:
        quiet = QTextCharFormat()
        quiet.setForeground(theme.color("quiet"))
        yield _range(laid, 0, len(laid.text), quiet)
    yield from _around(laid, theme)
    for piece in laid.pieces:
        segment = rows.segments[piece.number]
        if side is Side.TARGET and segment.state is SegmentState.WRITING:
            growing = QTextCharFormat()
            growing.setForeground(theme.color("quiet"))
            yield _range(laid, piece.start, piece.end, growing)
        yield from _marks(segment, piece, laid, side=side, theme=theme)


def _around(laid: Laid, theme: Theme) -> Iterator[QTextLayout.FormatRange]:
    """What is not translated is quiet: bullets, code, what stands behind the last sentence."""
    quiet = QTextCharFormat()
    quiet.setForeground(theme.color("quiet"))
    for start, end in ((0, laid.pieces[0].start), (laid.pieces[-1].end, len(laid.text))) if laid.pieces else ():
        if end > start:
            yield _range(laid, start, end, quiet)


def _marks(
    segment: SegmentView, piece: Piece, laid: Laid, *, side: Side, theme: Theme
) -> Iterator[QTextLayout.FormatRange]:
    """Lines under what was found in a segment."""
    for finding in segment.findings:
        start, end = finding.start, finding.end
        if side is Side.SOURCE:
            start, end = finding.source_start, finding.source_end
        if finding.mended or start < 0 or end <= start:
            continue
        form = QTextCharFormat()
        wave = QTextCharFormat.UnderlineStyle.WaveUnderline
        form.setUnderlineStyle(wave if finding.doubtful else QTextCharFormat.UnderlineStyle.DotLine)
        form.setUnderlineColor(theme.color("danger" if finding.doubtful else "quiet"))
        yield _range(laid, piece.visible(start), piece.visible(end), form)


def _range(laid: Laid, start: int, end: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    first = laid.index.unit(start)
    found.start = first  # type: ignore[attr-defined]
    found.length = laid.index.unit(end) - first  # type: ignore[attr-defined]
    found.format = form  # type: ignore[attr-defined]
    return found
