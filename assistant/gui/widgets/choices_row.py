"""A compact row of what may be chosen about a job: boxes, and behind or below them fields to write in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QWidget

from assistant.gui.theme import SPACE
from assistant.gui.widgets.flow import Flow

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.theme import Theme
    from assistant.gui.widgets.choice_box import ChoiceBox
    from assistant.gui.widgets.controls import TextLine

_TYPING_MS = 500


class ChoicesRow(QWidget):
    """Lays out the boxes and the fields, and waits for the end of typing.

    Signals: ``changed()`` when the user has chosen something else; typing is waited for.

    :param room: in em; where there is less, the fields stand in a second line.
    """

    changed = Signal()

    def __init__(self, theme: Theme, *, room: int) -> None:
        super().__init__()
        self._theme = theme
        self._room = room
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self._boxes = Flow(SPACE // 2)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves.setContentsMargins(0, 0, 0, 0)

    def _lay_out(self, boxes: Sequence[ChoiceBox], fields: Mapping[TextLine, int], *, longest: int) -> None:
        """Put these in.

        :param fields: with their shares of the room; ``longest``: characters that one takes.
        """
        self._boxes.add(*boxes)
        right = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for layout in (right, self._halves):
            layout.setSpacing(SPACE // 2)
        for field, share in fields.items():
            field.setMaxLength(longest)
            field.textEdited.connect(lambda _: self._typing.start())
            right.addWidget(field, share)
        self._halves.addWidget(self._boxes)
        self._halves.addLayout(right, 1)

    def keep_low(self, *, wanted: bool) -> None:
        """Whether the boxes are to take one line only, whatever is left of their words."""
        self._boxes.keep_to_one_line(wanted=wanted)

    @property
    def typing(self) -> bool:
        """Whether something was typed that is not told yet."""
        return self._typing.isActive()

    def flush(self) -> None:
        """Do not wait for more typing."""
        if self.typing:
            self._typing.stop()
            self.changed.emit()

    def _show_texts(self, texts: Mapping[TextLine, str]) -> None:
        """Put these into the fields, without telling anybody."""
        self._typing.stop()
        for field, text in texts.items():
            if field.text() != text:
                field.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= self._theme.px(self._room)
        self._halves.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
