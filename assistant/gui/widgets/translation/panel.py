"""The right half of the Translate pane: the translation or what there is in its place, and the strip below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.actions import key_name
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Elided, IconButton, WordButton, set_role
from assistant.gui.widgets.edge_progress import EdgeProgress
from assistant.gui.widgets.pane_welcome import PaneWelcome, WelcomeWords
from assistant.gui.widgets.translation.column import TranslationColumn
from assistant.gui.widgets.translation.editing import SegmentEditor
from assistant.gui.widgets.translation.popover import AlternativesPopover
from assistant.gui.widgets.translation.strip import TranslationStrip
from assistant.gui.widgets.translation.units import Side
from assistant.texts import lists, tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation.rows import TranslationRows


class TranslationPanel(QWidget):
    """A line with buttons, the column of the translation, and the strip for the sentence at hand."""

    def __init__(self, theme: Theme, actions: Actions, rows: TranslationRows) -> None:
        super().__init__()
        self.setObjectName("translationPanel")
        self._theme = theme
        self._rows = rows
        self._place = (0, 0)  # where the reader is
        self.output = TranslationColumn(theme, rows, Side.TARGET, "translateOutput")
        self.editor = SegmentEditor(theme, self.output)
        self.popover = AlternativesPopover(theme, self)
        self.popover.closed.connect(self.output.setFocus)
        rows.moved.connect(self._moved)
        self.strip = TranslationStrip(theme, actions)
        self.output.spare = lambda: self.strip.room_to_come
        self.welcome = PaneWelcome(theme, actions, prefix="translate", words=lambda: _welcome(actions))
        self.line = Elided(role="quiet")
        self.line.setObjectName("translateLine")
        self.next = WordButton(actions["translate_next"], "translateNext")
        self.keep = IconButton(theme, actions["translate_keep"], "bookmark", name="translateKeep")
        self.shade = IconButton(theme, actions["translate_shade"], "highlighter", name="translateShade")
        self.shade.setCheckable(True)
        self.copy = IconButton(theme, actions["copy_answer"], "copy", name="translateCopy")
        self.export = IconButton(theme, actions["translate_export"], "download", name="translateExport")
        self.progress = EdgeProgress("translateProgress")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(self.output)
        self._build()

    def _build(self) -> None:
        top = self.head = QHBoxLayout()
        top.setContentsMargins(SPACE, 0, 0, 0)
        top.setSpacing(SPACE // 2)
        top.addWidget(self.line, 1)
        top.addWidget(self.next)
        for button in (self.keep, self.shade, self.copy, self.export):
            top.addWidget(button)
        card = QFrame()
        set_role(card, "translation")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.progress)
        inner.addWidget(self.stack, 1)
        inner.addWidget(self.strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(card, 1)

    def _moved(self) -> None:
        """What the popover is about may be somewhere else now; where only the strip has come, it is not."""
        place = (self._rows.row, self._rows.into)
        if place != self._place:
            self._place = place
            self.popover.close_now()

    def show_waiting(self, number: int, area: QRect) -> None:
        """The model is being asked about a word of a segment, which stands at this place of the column."""
        corner = self.output.viewport().mapTo(self, area.topLeft())
        self.popover.show_waiting(number, QRect(corner, area.size()))

    def show_welcome(self) -> None:
        """There is no translation."""
        self.popover.close_now()
        self.stack.setCurrentWidget(self.welcome)
        self.strip.show_segment(None)
        self.strip.show_line("")
        self.strip.show_there(there=False)
        self.show_line("", marked=0)
        self.progress.hide()

    def show_text(self) -> None:
        """There is one."""
        self.stack.setCurrentWidget(self.output)

    @property
    def empty(self) -> bool:
        """Whether there is no translation."""
        return self.stack.currentWidget() is self.welcome

    def show_line(self, words: str, *, marked: int) -> None:
        """What became of the sentences; ``marked`` of them are to be checked."""
        self.line.setText(words)
        self.next.show_words(tr("{n} to check", n=marked))
        self.next.setVisible(marked > 0)

    def retranslate(self) -> None:
        for part in (self.output, self.editor, self.strip, self.welcome):
            part.retranslate()
        self.progress.setAccessibleName(tr("Progress of the translation"))


def _welcome(actions: Actions) -> WelcomeWords:
    everything = tr("Everything stays on this computer.")
    return WelcomeWords(
        ask=tr("What would you like translated?"),
        ready=tr("{run} translates this", run=key_name(actions["send"])),
        chat=lists.sentences(tr("Numbers, names and formatting are checked in every sentence."), everything),
        demo=tr(
            "This is a small English demo model: enough to look around, too small for real translations. "
            "Everything stays on this computer."
        ),
        base=tr("This model only continues text. Translations need one that was made for conversation or translation."),
        keys=tr(
            "{open} opens a document, {run} translates, {keys} shows all shortcuts.",
            open=key_name(actions["summary_open"]),
            run=key_name(actions["send"]),
            keys=key_name(actions["keys"]),
        ),
    )
