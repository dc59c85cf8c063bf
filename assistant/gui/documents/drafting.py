"""What is typed or pasted is kept on disk until something is made of it, and is there at the next start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.gui.soon import Soon

if TYPE_CHECKING:
    from assistant.core.source_draft import SourceDraft

DRAFT_MS = 1000


class Drafting(QObject):
    """Hands the text to the core a moment after it was touched.

    Signals: ``came(text)``: this was there when the program was last closed.

    :param draft: where it is kept, once the core runs.
    :param text: the text as it is now; empty: there is none to keep.
    """

    came = Signal(object)  # not as str: it may be long

    def __init__(self, draft: Callable[[], SourceDraft], text: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._draft = draft
        self._text = text
        self._kept: str | None = None  # as last handed to the store, which writes on its own thread; None: not known
        self._started = False  # before that the core keeps nothing
        self._timer = Soon(self, DRAFT_MS, self.keep)

    def start(self) -> None:
        """The core runs: ask what was kept."""
        self._started = True
        self._draft().read(self._came)

    def touch(self) -> None:
        """The text has changed; who goes on typing has it kept every second all the same."""
        self._timer.touch()

    def keep(self) -> None:
        """Keep the text as it is now."""
        self._timer.stop()
        text = self._text()
        if self._started and text != (self._kept or ""):
            self._kept = text
            self._draft().keep(text)

    def _came(self, text: str) -> None:
        if self._kept is None:
            self._kept = text
            if text:
                self.came.emit(text)
