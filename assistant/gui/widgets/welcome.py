"""What an empty conversation shows: a friendly line, what this model is, examples that work when clicked, the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from assistant.gui.actions import key_name
from assistant.gui.widgets.welcome_page import Kind, WelcomePage
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_LAMP = 56
_WIDTH, _TALL = 36, 30  # in em; a lower page shows no lamp

# The demo model reads English only, whatever the language of the window.
_DEMO_EXAMPLES = (
    "Write a short poem about a lamp in the evening.",
    "Give me three ideas for a rainy Sunday.",
    "Explain in two sentences why the sky is blue.",
)


class Welcome(WelcomePage):
    """The page of an empty conversation, below a lamp."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, actions, heading="h1", width=_WIDTH)
        self._lamp = QLabel()
        self._lamp.setTextFormat(Qt.TextFormat.PlainText)
        self._lamp.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lamp.setMinimumHeight(_LAMP)
        self._parts.insertWidget(0, self._lamp)
        theme.changed.connect(self._dress)
        self._dress()
        self._fit()

    def show_kind(self, kind: Kind) -> None:
        """Say what the chosen model is and what can be tried with it."""
        self._kind = kind
        self.retranslate()

    def retranslate(self) -> None:
        lines = {
            Kind.CHAT: (tr("What is on your mind?"), tr("Everything stays on this computer.")),
            Kind.DEMO: (
                tr("Try it out"),
                tr(
                    "This is a small English demo model: enough to look around, too small for real work. "
                    "Everything stays on this computer."
                ),
            ),
            Kind.BASE: (
                tr("This model continues text"),
                tr("It was not made for conversation. Write a beginning, and it continues from there."),
            ),
        }
        line, about = lines.get(self._kind, (tr("What is on your mind?"), ""))
        self._show_words(line, about, better=self._kind is Kind.DEMO, titles=self._examples())
        self._keys.setText(
            tr("{new} starts anew, {keys} shows all shortcuts.", new=self._key("new"), keys=self._key("keys"))
        )
        self._fit()

    def _examples(self) -> tuple[str, ...]:
        if self._kind is Kind.DEMO:
            return _DEMO_EXAMPLES
        if self._kind is Kind.CHAT:
            return (
                tr("Explain how tides work to a ten-year-old."),
                tr("Write a friendly note that declines an invitation."),
                tr("Give me five ideas for a rainy Sunday."),
            )
        if self._kind is Kind.BASE:
            return (tr("The lighthouse keeper opened the door and saw"), tr("A simple recipe for bread:"))
        return ()

    def _key(self, verb: str) -> str:
        return key_name(self._actions[verb])

    def _dress(self) -> None:
        self._lamp.setPixmap(self._theme.lamp(_LAMP))

    def _fit(self) -> None:
        super()._fit()
        tall = self.height() >= self._theme.px(_TALL)
        self._lamp.setVisible(tall)
        self._keys.setVisible(tall and self._kind is not Kind.NONE)
