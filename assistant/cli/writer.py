"""What an answer looks like while it comes, in one shot and in a conversation."""

from __future__ import annotations

from assistant.cli.terminal import Terminal
from assistant.core.answers import Answer
from assistant.library.models import InstalledModel
from assistant.texts import tr


class Writer:
    """Passes on what an answer grew by."""

    def __init__(self, terminal: Terminal, *, show_text: bool, show_reasoning: bool) -> None:
        self._terminal = terminal
        self._show_text = show_text
        self._show_reasoning = show_reasoning
        self._text = 0
        self._reasoning = 0
        self._recalled = False

    def show(self, answer: Answer) -> None:
        """Write what is new in ``answer``.

        :raises ReaderGoneError: nobody reads it.
        """
        if answer.recalled and not self._recalled:
            self._recall(answer)
        if self._show_reasoning and len(answer.reasoning) > self._reasoning:
            self._terminal.say(answer.reasoning[self._reasoning :], dim=True, end="")
            self._reasoning = len(answer.reasoning)
        if self._show_text and answer.length > self._text:
            if not self._text and self._reasoning and not self._recalled:
                self._terminal.say("")
            self._terminal.write(answer.text[self._text :])
            self._text = answer.length

    def _recall(self, answer: Answer) -> None:
        """What was written as the answer was reasoning: it cannot be taken back, but the answer stands apart."""
        self._recalled = True
        if self._show_text and self._text:
            self._terminal.write("\n\n")
            self._reasoning = len(answer.reasoning)
        self._text = 0


def introduce(terminal: Terminal, model: InstalledModel, *, named: bool) -> None:
    """Say what the starter is, to a person who did not choose it."""
    if model.demo and not named and terminal.shows_progress:
        terminal.say(
            tr(
                "{name} is a small English demo model. “lamplight models catalogue” shows better ones.",
                name=model.name,
            ),
            dim=True,
        )
