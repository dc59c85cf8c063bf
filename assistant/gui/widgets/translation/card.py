"""The card at the bottom of the Translate pane: choices, live mode, what it will take, and Run or Stop in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Elided, Label, action_button, even, set_role
from assistant.gui.widgets.translation.options import TranslateChoices
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme


class TranslationCard(QFrame):
    """Choices, the plan in words, Run; while a text is translated how far it is, and Stop.

    Signals: ``models_wanted()``: the chosen model is weak for these languages, and the user wants another.
    """

    models_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, *, run: QAction, stop: QAction, go_on: QAction) -> None:
        super().__init__()
        self.setObjectName("translateCard")
        set_role(self, "card")
        self._actions = actions
        self._busy = self._low = False
        self._beside = True
        self.choices = TranslateChoices(theme)
        self.unfold = QToolButton()  # where the choices have no room beside the text
        self.unfold.setObjectName("translateOptions")
        self.unfold.setCheckable(True)
        set_role(self.unfold, "tab")
        self.plan = Label(role="quiet", wrap=True)
        self.plan.setObjectName("translatePlan")
        self.hint = Label(role="quiet", wrap=True)
        self.hint.setObjectName("translateHint")
        self.short_hint = Elided(role="quiet")  # the same in one line, where there is room for no more
        self.better = QPushButton()
        self.better.setObjectName("translateGetModel")
        set_role(self.better, "word")
        self.better.clicked.connect(self.models_wanted)
        self.live = QCheckBox()
        self.live.setObjectName("translateLive")
        live = actions["translate_live"]
        self.live.clicked.connect(lambda _: live.trigger())
        self.run, self.stop = action_button(run, "translateRun", "main"), action_button(stop, "translateStop", "main")
        self.go_on = action_button(go_on, "translateGoOn")
        self._build()
        self.fold(low=False, beside=True)
        self.set_busy(busy=False)

    def _build(self) -> None:
        weak = QHBoxLayout()  # a line of its own: beside the buttons, large text leaves it a word in a line
        weak.setSpacing(SPACE // 2)
        weak.addWidget(self.hint, 1)
        weak.addWidget(self.short_hint, 1)
        weak.addWidget(self.better)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.plan, 1)
        ways = QHBoxLayout()  # in one line at the foot, however high the words beside them are
        for way in (self.go_on, self.unfold, self.live, self.run, self.stop):  # what comes and goes moves none
            ways.addWidget(way)
        below.addLayout(ways)
        below.setAlignment(ways, Qt.AlignmentFlag.AlignBottom)
        ways.setSpacing(SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.choices)
        layout.addLayout(weak)
        layout.addLayout(below)
        self.show_hint("")
        self.go_on.hide()

    def fold(self, *, low: bool, beside: bool) -> None:
        """Show the choices where there is room.

        :param low: there is so little that they are shown on demand; ``beside``: whether there is some beside what else
            is shown.
        """
        self._low, self._beside = low, beside
        above, below = (SPACE // 2, SPACE // 2) if low else (SPACE + 2, SPACE)
        self.setContentsMargins(SPACE + 4, above, SPACE, below)
        self.unfold.setVisible(low)
        self.choices.setVisible(self.unfolded if low else beside)
        self._show_hint()

    @property
    def unfolded(self) -> bool:
        """Whether the choices are shown where there is no room for them beside the text."""
        return self._low and self.unfold.isChecked()

    def set_busy(self, *, busy: bool) -> None:
        """Show Stop instead of Run. A focus on the one button goes to the other."""
        had_focus = self.run.hasFocus() or self.stop.hasFocus() or self.go_on.hasFocus()
        self._busy = busy
        self.stop.setVisible(busy)
        self.run.setVisible(not busy)
        if busy:
            self.go_on.hide()
        if had_focus:
            (self.stop if busy else self.run).setFocus()

    def show_ways(self, *, can_go_on: bool) -> None:
        """Whether the translation that is shown can go on."""
        self.go_on.setVisible(can_go_on and not self._busy)
        set_role(self.go_on, "main" if can_go_on else "")
        set_role(self.run, "" if can_go_on else "main")

    def show_live(self, *, on: bool) -> None:
        """Whether a text is translated while it is typed."""
        self.live.setChecked(on)

    def show_plan(self, words: str) -> None:
        """Show what will be done, or how far it is, or why that cannot be told."""
        self.plan.setText(words)

    def show_hint(self, words: str) -> None:
        """Say that the model is weak for these languages; empty: it is not."""
        for label in (self.hint, self.short_hint):
            label.setText(words)
        self.short_hint.setToolTip(plain(words))
        self._show_hint()

    def _show_hint(self) -> None:
        there = bool(self.hint.text()) and (self._beside or not self._low)
        self.hint.setVisible(there and not self._low)
        self.short_hint.setVisible(there and self._low)
        self.better.setVisible(there)

    def retranslate(self) -> None:
        self.choices.retranslate()
        self.unfold.setText(tr("Options"))
        self.unfold.setAccessibleName(tr("Options of the translation"))
        self.unfold.setToolTip(self.unfold.accessibleName())
        self.better.setText(tr("Choose a model…"))
        self.better.setAccessibleName(self.better.text())
        self.live.setText(tr("Live"))
        self.live.setAccessibleName(self._actions["translate_live"].text())
        self.live.setToolTip(self._actions["translate_live"].toolTip())
        even(self.run, self.stop)  # the same place, whichever is shown
