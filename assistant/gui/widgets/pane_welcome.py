"""What stands where there is no result yet: one page for the panes that work on a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.gui.widgets.welcome_page import Kind, WelcomePage

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_WIDTH = 34  # in em


@dataclass(frozen=True)
class WelcomeWords:
    """What an empty page says.

    :ivar ask: the friendly line; ``ready``: the line once there is a text.
    :ivar chat: about a usual model; ``demo``, ``base``: about these; each with what is promised there.
    :ivar keys: the keys to begin with.
    """

    ask: str
    ready: str
    chat: str
    demo: str
    base: str
    keys: str


class PaneWelcome(WelcomePage):
    """What stands where there is no result.

    :param prefix: of the object names; ``words``: what it says, in the current language.
    """

    def __init__(
        self, theme: Theme, actions: Actions, *, prefix: str, words: Callable[[], WelcomeWords], examples: int = 3
    ) -> None:
        super().__init__(theme, actions, heading="h2", width=_WIDTH, examples=examples)
        self._words = words
        self._titles: Sequence[str] = ()
        self._has_document = False
        self._get.setObjectName(f"{prefix}GetModel")
        for number, button in enumerate(self.examples):
            button.setObjectName(f"{prefix}Example{number + 1}")
        self._fit()

    def show_kind(self, kind: Kind, titles: Sequence[str]) -> None:
        """Say what the chosen model is, and offer these examples."""
        self._kind, self._titles = kind, titles
        self.retranslate()

    def show_document(self, *, there: bool) -> None:
        """Whether there is a text: then that is what one is told, and no examples."""
        if there != self._has_document:
            self._has_document = there
            self.retranslate()

    def retranslate(self) -> None:
        words, ready = self._words(), self._has_document
        abouts = {Kind.CHAT: words.chat, Kind.DEMO: words.demo, Kind.BASE: words.base}
        self._show_words(
            words.ready if ready else words.ask,
            abouts.get(self._kind, ""),
            better=self._kind in (Kind.DEMO, Kind.BASE),
            titles=() if ready else self._titles,
        )
        self._keys.setText(words.keys)
        self._keys.setVisible(self._kind is not Kind.NONE and not ready)
