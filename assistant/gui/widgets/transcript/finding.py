"""Where a text stands in a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.transcript.layout import Place
from assistant.gui.widgets.transcript.message_view import Part
from assistant.gui.widgets.transcript.selection import Position

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript

_FROM_TOP = 3  # what was found stands a third of the height below the top


def show_found(transcript: Transcript, message: int, text: str) -> None:
    """Select the first place of a message that holds ``text``, in any case, and bring it into sight.

    A place that only the Markdown of the answer holds (an address behind a link) is not seen; then the message is.
    """
    layout, bar = transcript.layout_of_text, transcript.verticalScrollBar()
    row = layout.rows.get(message)
    if row is None:
        return
    layout.read(row)
    while layout.take(row):  # all of a long message
        pass
    layout.place(row)
    found = _find(transcript, row, text)
    transcript.set_current(message)
    transcript.motion.following = False
    if found is None:
        transcript.selection.clear()
        transcript.motion.settle(Place(message, Part.TEXT, -1, 0))
        return
    transcript.selection.set(*found)
    transcript.motion.settle(Place(message, Part.TEXT, found[0].unit, 0, found[0].offset))
    bar.setValue(bar.value() - transcript.viewport().height() // _FROM_TOP)
    transcript.show_position(found[1])


def _find(transcript: Transcript, row: int, text: str) -> tuple[Position, Position] | None:
    small = text.casefold()
    for number, unit in enumerate(transcript.layout_of_text.views[row].units(Part.TEXT)):
        if small not in unit.block.text.casefold():
            continue
        cursor = unit.ready().find(text)
        if not cursor.isNull():
            ends = (cursor.selectionStart(), cursor.selectionEnd())
            return Position(row, Part.TEXT, number, ends[0]), Position(row, Part.TEXT, number, ends[1])
    return None
