"""Pages beside the models themselves: one that another program has, and what stands there when nothing is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.parts import Facts, column_of
from assistant.texts import lists, tr, units

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.library.elsewhere import Elsewhere

_EXTRAS = {
    "adapter": lambda: tr("an adapter"),
    "messages": lambda: tr("example messages"),
    "params": lambda: tr("sampling values"),
    "projector": lambda: tr("a part that sees pictures"),
    "system": lambda: tr("instructions"),
    "template": lambda: tr("a chat template"),
}


class FoundPage(ColumnPage):
    """A model in the folder of another program.

    Signals: ``adopt_wanted()``, ``reveal_wanted()``.
    """

    adopt_wanted = Signal()
    reveal_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._found: Elsewhere | None = None
        self._title, self._about = Label(role="h2", wrap=True), Label(wrap=True)
        self.adopt, self._reveal = QPushButton(), QPushButton()
        self.adopt.setObjectName("modelsAdopt")
        set_role(self.adopt, "main")
        self.adopt.clicked.connect(self.adopt_wanted)
        self._reveal.clicked.connect(self.reveal_wanted)
        self.facts = Facts(
            theme,
            {
                "size": lambda: tr("Size"),
                "kind": lambda: tr("Kind"),
                "context": lambda: tr("Longest context"),
                "place": lambda: tr("Location"),
            },
        )
        buttons = Flow()
        buttons.add(self.adopt, self._reveal)
        self.column.addLayout(column_of([self._title, self._about], SPACE // 2))
        self.column.addWidget(buttons)
        self.column.addWidget(self.facts)
        self.column.addStretch(1)
        self.retranslate()

    def show_found(self, found: Elsewhere) -> None:
        self._found = found
        facts = found.facts
        self._title.setText(words.plain_name(found.name))
        app = found.program
        about = tr(
            "{app} has this model on this computer. Lamplight can use it where it is, without a copy and without "
            "changing anything there.",
            app=app,
        )
        extras = lists.listed(*(words_of() for kind, words_of in _EXTRAS.items() if kind in found.extras))
        more = tr("{app} adds to it what is not used here: {extras}.", app=app, extras=extras) if extras else ""
        self._about.setText(lists.sentences(about, more))
        kind = [units.parameters(facts.parameters)] if facts.parameters else []
        kind += [words.plain_name(part) for part in (facts.architecture, facts.quantization) if part]
        self.facts.show_values(
            size=units.size(found.size),
            kind=" · ".join(kind),
            context=units.tokens(facts.context_trained) if facts.context_trained else "",
            place=words.plain_name(str(found.path)),
        )

    def retranslate(self) -> None:
        self.facts.retranslate()
        self.adopt.setText(tr("Use it here"))
        self._reveal.setText(tr("Show the file"))
        if self._found is not None:
            self.show_found(self._found)


class EmptyPage(ColumnPage):
    """A friendly line, and what can be done next.

    Signals: ``pressed()``; ``settings_wanted(key)`` of the setting that is in question.
    """

    pressed = Signal()
    settings_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._title, self._about = Label(role="h3", wrap=True), Label(role="quiet", wrap=True)
        for label in (self._title, self._about):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._setting = ""
        self.button, self.settings = QPushButton(), QPushButton()
        self.button.clicked.connect(self.pressed)
        self.settings.clicked.connect(lambda: self.settings_wanted.emit(self._setting))
        set_role(self.settings, "flat")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.button)
        buttons.addWidget(self.settings)
        buttons.addStretch(1)
        self.column.addStretch(2)
        self.column.addWidget(self._title)
        self.column.addWidget(self._about)
        self.column.addLayout(buttons)
        self.column.addStretch(3)

    def show_words(self, title: str, about: str = "", button: str = "", *, setting: str = "") -> None:
        """Say this; without words for the button there is none.

        :param setting: the key of one that may have to do with it.
        """
        self._setting = setting
        self.settings.setText(tr("Open the settings"))
        self.settings.setVisible(bool(setting))
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.button.setText(button)
        self.button.setVisible(bool(button))
