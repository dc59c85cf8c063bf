"""Where the end of a selection goes when it is moved with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCursor

from assistant.gui.widgets.transcript.selection import Position

if TYPE_CHECKING:
    from assistant.gui.widgets.markdown.units import Unit
    from assistant.gui.widgets.transcript.view import Transcript

_INSIDE = {
    (Qt.Key.Key_Left, False): QTextCursor.MoveOperation.PreviousCharacter,
    (Qt.Key.Key_Right, False): QTextCursor.MoveOperation.NextCharacter,
    (Qt.Key.Key_Left, True): QTextCursor.MoveOperation.PreviousWord,
    (Qt.Key.Key_Right, True): QTextCursor.MoveOperation.NextWord,
    (Qt.Key.Key_Home, False): QTextCursor.MoveOperation.StartOfLine,
    (Qt.Key.Key_End, False): QTextCursor.MoveOperation.EndOfLine,
}
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_PageUp)


def moved(transcript: Transcript, caret: Position, key: Qt.Key, *, far: bool) -> Position | None:
    """Where ``caret`` goes with ``key``; None if the key does not move it.

    :param far: by words, or to the ends of the conversation (Ctrl is held).
    """
    unit = unit_of(transcript, caret)
    if unit is None:
        return None
    if far and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        return _end_of_all(transcript, first=key == Qt.Key.Key_Home)
    if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        return _by_line(transcript, caret, -1 if key == Qt.Key.Key_Up else 1)
    if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        return _by_page(transcript, caret, -1 if key == Qt.Key.Key_PageUp else 1)
    operation = _INSIDE.get((key, far))
    if operation is None:
        return None
    cursor = QTextCursor(unit.ready())
    cursor.setPosition(min(caret.offset, unit.length))
    if cursor.movePosition(operation) or key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        return caret._replace(offset=cursor.position())
    return _neighbour(transcript, caret, -1 if key in _BACK else 1) or caret


def rect_of(transcript: Transcript, position: Position) -> QRect:
    """Where a position is in the viewport."""
    unit = unit_of(transcript, position)
    if unit is None:
        return QRect()
    view = transcript.layout_of_text.views[position.row]
    inside = unit.rect_of(position.offset)
    origin = transcript.message_rect(position.row).topLeft()
    return inside.translated(origin.x() + view.left_of(position.part), origin.y() + unit.y).toRect()


def unit_of(transcript: Transcript, position: Position) -> Unit | None:
    """The unit a position is in, read if need be."""
    layout = transcript.layout_of_text
    if not 0 <= position.row < len(layout.views):
        return None
    layout.read(position.row)
    units = layout.views[position.row].units(position.part)
    return units[position.unit] if position.unit < len(units) else None


def _neighbour(transcript: Transcript, caret: Position, step: int) -> Position | None:
    """The end of the unit before, or the beginning of the one after."""
    layout = transcript.layout_of_text
    row = caret.row
    here = [(part, number) for part, number, _unit in layout.views[row].all_units()]
    place = here.index((caret.part, caret.unit)) + step if (caret.part, caret.unit) in here else -1
    while not 0 <= place < len(here):
        row += step
        if not 0 <= row < len(layout.views):
            return None
        layout.read(row)
        here = [(part, number) for part, number, _unit in layout.views[row].all_units()]
        place = 0 if step > 0 else len(here) - 1
    found = Position(row, *here[place], 0)
    unit = unit_of(transcript, found)
    return found if step > 0 or unit is None else found._replace(offset=unit.length)


def _by_line(transcript: Transcript, caret: Position, step: int) -> Position:
    rect = rect_of(transcript, caret)
    line = transcript.style_of_text.line
    for distance in range(line // 2, 8 * line, line // 2):
        y = rect.bottom() + distance - line // 4 if step > 0 else rect.top() - distance + line // 4
        found = transcript.position_at(QPoint(rect.left(), y))
        if found is not None and (found > caret if step > 0 else found < caret):
            return found
    return _neighbour(transcript, caret, step) or caret


def _by_page(transcript: Transcript, caret: Position, step: int) -> Position:
    rect = rect_of(transcript, caret)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.value() + step * bar.pageStep())
    return transcript.position_at(rect.center()) or caret


def _end_of_all(transcript: Transcript, *, first: bool) -> Position | None:
    layout = transcript.layout_of_text
    row = 0 if first else len(layout.views) - 1
    layout.read(row)
    units = layout.views[row].all_units()
    if not units:
        return None
    part, number, unit = units[0 if first else -1]
    return Position(row, part, number, 0 if first else unit.length)
