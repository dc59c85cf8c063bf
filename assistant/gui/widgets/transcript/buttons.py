"""The buttons over a transcript: where they stand at the moment, and what pressing one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QToolButton
from shiboken6 import isValid

from assistant.gui.theme import SPACE
from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.transcript.controls import Control, ControlLayer
from assistant.gui.widgets.transcript.message_controls import controls_of
from assistant.gui.widgets.transcript.message_view import Part
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript

SIDE = 36  # of the button that leads to the end
FAR = 2  # lines from the end at which it appears


class Buttons(QObject):
    """The buttons of one transcript.

    :ivar busy: an answer is being written, so nothing that starts another one can be pressed.
    :ivar rewrites: answers can be edited.
    """

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript
        self.busy = self.rewrites = False
        self._placing = self._again = False
        self.layer = ControlLayer(transcript.theme, transcript, self._pressed, self.focus_moved, self._reached)
        self.to_end = QToolButton(transcript.viewport())
        self.to_end.setObjectName("transcriptToEnd")
        self.to_end.setFixedSize(SIDE, SIDE)
        self.to_end.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.to_end.setCursor(Qt.CursorShape.ArrowCursor)
        self.to_end.clicked.connect(transcript.scroll_to_end)
        self.to_end.hide()
        self.restyle()

    def restyle(self) -> None:
        """Take the colours and words as they are now."""
        self.layer.restyle()
        self.to_end.setIcon(self._t.theme.icon("arrow-down", "text", size=18))
        self.to_end.setAccessibleName(tr("Jump to the end"))
        self.to_end.setToolTip(tr("Jump to the end"))

    def of_message(self, message: int) -> list[QToolButton]:
        """The buttons of a message that can be pressed now, in reading order."""
        return list(self.layer.of_message(message))

    def place(self) -> None:
        """Put the buttons where the messages are. Hiding one may move the keyboard, which leads here again."""
        if self._placing:
            self._again = True
            return
        self._placing = True
        for _attempt in range(3):
            self._again = False
            self.layer.show(self._wanted())
            if not self._again:
                break
        self._placing = False
        self._place_to_end()

    def focus_moved(self) -> None:
        """The keyboard came or went: the actions of the current message with it."""
        if isValid(self._t):  # a button that is taken apart with the transcript loses the keyboard as well
            self.place()
            self._t.viewport().update()

    def _wanted(self) -> list[tuple[int, Control, QRect]]:
        layout, screen = self._t.layout_of_text, self._t.viewport().rect()
        focus = QApplication.focusWidget()
        keyboard = focus is not None and (focus is self._t or self._t.isAncestorOf(focus))
        shown = {layout.views.heads[-1].id if layout.views else None, self._t.hovered}
        shown.add(self._t.current if keyboard else None)
        wanted: list[tuple[int, Control, QRect]] = []
        for row in self._t.rows_in_sight():
            view = layout.views[row]
            if not view.loaded:
                continue
            origin = self._t.message_rect(row).topLeft()
            stretch = (-origin.y(), screen.height() - origin.y())
            near = view.id in shown
            for control in controls_of(view, stretch, actions=near, busy=self.busy, rewrites=self.rewrites):
                rect = control.rect.translated(origin)
                if rect.intersects(screen):
                    wanted.append((view.id, control, rect))
        return wanted

    def _place_to_end(self) -> None:
        rest = self._t.verticalScrollBar().maximum() - self._t.scrolled
        far = rest > self._t.style_of_text.line * FAR
        if far == self.to_end.isHidden():
            self.to_end.setVisible(far)
            self._t.at_end_changed.emit(not far)
        if far:
            area = self._t.viewport().rect()
            self.to_end.move((area.width() - SIDE) // 2, area.height() - SIDE - 12)
            self.to_end.raise_()

    def _reached(self, button: QToolButton) -> None:
        """The keyboard came to a button: it is seen as a whole."""
        bar, rect, screen = self._t.verticalScrollBar(), button.geometry(), self._t.viewport().rect()
        if rect.top() < screen.top():
            bar.setValue(bar.value() + rect.top() - SPACE)
        elif rect.bottom() > screen.bottom():
            bar.setValue(bar.value() + rect.bottom() - screen.bottom() + SPACE)

    # ------------------------------------------------------------ pressing

    def _pressed(self, message: int, key: str) -> None:
        row = self._t.layout_of_text.rows.get(message)
        if row is None:
            return
        signals = {
            "regenerate": self._t.regenerate_wanted, "edit": self._t.edit_wanted,
            "continue": self._t.continue_wanted, "retry": self._t.retry_wanted,
        }  # fmt: skip
        if key in signals:
            signals[key].emit(message)
        elif key in ("previous", "next"):
            self._t.switch_wanted.emit(message, -1 if key == "previous" else 1)
        elif key == "fold":
            self._t.toggle_reasoning(row)
        else:
            text = self._t.interaction.copying.text_of(row) if key == "copy" else self._code(row, key)
            QGuiApplication.clipboard().setText(text)
            self.layer.confirm(message, key)

    def _code(self, row: int, key: str) -> str:
        """The text of the box of code that the button ``code-<part>-<number of its first unit>`` belongs to."""
        _word, part, number = key.split("-")
        units = self._t.layout_of_text.views[row].units(Part(part))
        unit = units[int(number)] if int(number) < len(units) else None
        return unit.box.text if isinstance(unit, CodeUnit) and unit.box is not None else ""
