"""The page of the Translate pane: languages at the top, source and translation beside each other, the card below.

Where there is little room, source and translation are shown one at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.gui.panes.beside_page import BesidePage, ViewSwitch
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton
from assistant.gui.widgets.language_box import LanguageBox
from assistant.texts import languages, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation.card import TranslationCard
    from assistant.gui.widgets.translation.panel import TranslationPanel
    from assistant.gui.widgets.translation.source import TranslationSource

VIEWS = ("source", "result")
_TALL = 29  # in em: in a lower page the text has the room of the choices, unless a button gives it to them
_TALL_WITH_LANGUAGES = 22  # the same where a translation is shown alone: they are chosen beside the source
_TALL_BELOW_RESULT = 34  # the same where what is said of a sentence needs room, too, and the choices are one click away


class TranslatePage(BesidePage):
    """Where everything stands; ``view`` is source or result.

    Signals: ``arranged()`` after it was folded or unfolded, or another view was chosen.
    """

    arranged = Signal()

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        *,
        source: TranslationSource,
        result: TranslationPanel,
        card: TranslationCard,
    ) -> None:
        self._source, self._result = source, result
        self.card = card
        switch = ViewSwitch(actions, "translate", {view: f"translate_{view}" for view in VIEWS})
        super().__init__(theme, switch, (source, result), view="source")
        self.setObjectName("translatePage")
        self.bar = LanguageBar(theme, actions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.bar)
        self._gap = QWidget()  # where the texts stood, while the choices have their room
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self._gap, 1)
        layout.addWidget(card)
        card.unfold.toggled.connect(lambda _: self._show_choices())
        self._arrange()

    def retranslate(self) -> None:
        super().retranslate()
        self.bar.retranslate()

    def _fold(self) -> None:
        super()._fold()
        self._show_choices()

    def _show_choices(self) -> None:
        low = self.height() < self._theme.px(_TALL)
        alone = self.narrow and self.view == "result"
        self.card.fold(low=low, beside=not alone or self.height() >= self._theme.px(_TALL_BELOW_RESULT))
        self.bar.setVisible(not alone or self.height() >= self._theme.px(_TALL_WITH_LANGUAGES))
        self.splitter.setVisible(not self.card.unfolded)
        self._gap.setVisible(self.card.unfolded)

    def _arrange(self) -> None:
        source, result = self._source, self._result
        had_focus = self.switch.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        half = result if self.view == "result" else source
        half.head.insertWidget(0, self.switch)
        self.switch.setVisible(self.narrow)
        self.switch.show_view(self.view)
        source.show_title(there=not self.narrow)
        source.setVisible(not self.narrow or self.view == "source")
        result.setVisible(not self.narrow or self.view == "result")
        if had_focus:
            self.switch.focus_shown(self.view)
        self._show_choices()
        self.arranged.emit()


class LanguageBar(QWidget):
    """From, swap, To: each box above its column."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.source = LanguageBox("translateFrom", detects=True)
        self.target = LanguageBox("translateTo")
        self.swap = IconButton(theme, actions["translate_swap"], "arrow-left-right", name="translateSwap")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        for box in (self.source, self.target):
            half = QHBoxLayout()
            half.addWidget(box)
            half.addStretch(1)
            layout.addLayout(half, 1)
            if box is self.source:
                layout.addWidget(self.swap)
        actions["translate_from"].triggered.connect(lambda _=False: self._open(self.source))
        actions["translate_to"].triggered.connect(lambda _=False: self._open(self.target))

    def show_languages(self, first: Sequence[str]) -> None:
        """Offer all languages, these first."""
        codes = languages.offered()
        for box in (self.source, self.target):
            box.show_languages(codes, first)

    def retranslate(self) -> None:
        for box, verb, words in (
            (self.source, "translate_from", tr("Language of the text")),
            (self.target, "translate_to", tr("Translate into")),
        ):
            box.setAccessibleName(words)
            box.setToolTip(self._actions[verb].toolTip())

    def _open(self, box: LanguageBox) -> None:
        if box.isVisibleTo(self.window()):
            box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            box.showPopup()
