"""How one message is drawn."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from assistant.gui.widgets.transcript.endings import cut_words, ending_words
from assistant.gui.widgets.transcript.message_view import MessageView, Part
from assistant.storage.rows import MessageState

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript

BUBBLE_CORNER = 12
_BESIDE = 12  # between the words on a line and the line


def paint_message(painter: QPainter, transcript: Transcript, row: int, area: QRect) -> None:
    """Draw what of a message is in an area, with the message's top left corner at the painter's origin."""
    view = transcript.layout_of_text.views[row]
    if not view.loaded:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _cut(painter, view)
    if view.from_user:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(view.style.bubble)
        painter.drawRoundedRect(QRectF(view.bubble), BUBBLE_CORNER, BUBBLE_CORNER)
    if transcript.interaction.shows_current(view.id):
        _ring(painter, view)
    transcript.answers.draw_lines(view)
    transcript.answers.paint_signs(painter, view)
    _units(painter, transcript, row, area)
    _waiting(painter, view, moves=transcript.theme.moves())
    _ending(painter, view)


def _cut(painter: QPainter, view: MessageView) -> None:
    """A line across, with words in it where there is room beside them."""
    rect = view.rows.get("cut")
    if rect is None:
        return
    painter.setFont(view.style.quiet)
    painter.setPen(QPen(view.style.quiet_text))
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    words = painter.boundingRect(QRectF(rect), flags, cut_words())
    painter.drawText(QRectF(rect), flags, cut_words())
    beside = (rect.width() - words.width()) / 2 - _BESIDE
    if beside > _BESIDE:
        y = round(words.center().y())
        for left in (float(rect.left()), words.right() + _BESIDE):
            painter.fillRect(QRectF(left, y, beside, 1), view.style.hairline)


def _ring(painter: QPainter, view: MessageView) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(view.style.lamp, 2))
    area = QRectF(view.bubble) if view.from_user else QRectF(-12, 4, view.width + 24, view.height - 8)
    cut = view.rows.get("cut")
    if cut is not None and not view.from_user:
        area.setTop(cut.bottom() + 1)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), BUBBLE_CORNER, BUBBLE_CORNER)


def _units(painter: QPainter, transcript: Transcript, row: int, area: QRect) -> None:
    view = transcript.layout_of_text.views[row]
    top, bottom = area.top() - view.style.line, area.bottom() + 1 + view.style.line  # bars reach beyond their unit
    active = transcript.isActiveWindow()
    thoughts = view.units(Part.REASONING)
    if thoughts:
        painter.fillRect(
            QRectF(2, thoughts[0].y, 2, thoughts[-1].y + thoughts[-1].height - thoughts[0].y), view.style.hairline
        )
    for part, number, unit in view.units_between(top, bottom):
        painter.save()
        painter.translate(view.left_of(part), unit.y)
        clip = QRectF(-400, top - unit.y, view.width + 800, bottom - top)
        chosen = transcript.selection.range_in(row, part, number, unit.length)
        unit.paint(painter, clip, chosen, active=active)
        painter.restore()


def _waiting(painter: QPainter, view: MessageView, *, moves: bool) -> None:
    rect = view.rows.get("waiting")
    if rect is None:
        return
    style = view.style
    phase = (math.sin(time.monotonic() * 3.0) + 1) / 2 if moves else 0.5
    color = QColor(style.lamp)
    color.setAlphaF(0.35 + 0.5 * phase)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    radius = style.em * 0.32
    painter.drawEllipse(QPointF(rect.left() + radius + 1, rect.center().y() + 1), radius, radius)


def _ending(painter: QPainter, view: MessageView) -> None:
    rect = view.rows.get("ending")
    if rect is None:
        return
    painter.setFont(view.style.quiet)
    painter.setPen(QPen(view.style.danger if view.state is MessageState.FAILED else view.style.quiet_text))
    row = view.style.row
    beside = rect.height() <= row
    area = QRectF(rect.left(), rect.top(), rect.width(), row if beside else rect.height() - row)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    words = ending_words(view.state, view.message)
    painter.drawText(area, int(flags) if beside else int(flags | Qt.TextFlag.TextWordWrap), words)
