"""The text of a kept translation is read again, so that somebody can go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from assistant.base.errors import AssistantError
    from assistant.core.core import Core


class TakingUp(QObject):
    """Reads it, and holds what is typed meanwhile.

    Signals: ``ready(job, text, typed)``: the text that the translation was made of (None: it cannot be read any more),
    and what was typed where that stands.
    """

    ready = Signal(int, object, str)

    def __init__(self, core: Core, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._typed: dict[int, list[str]] = {}

    def type(self, job: int, text: str) -> None:
        """Somebody types ``text``, which may be empty, where the text of this translation stands."""
        waits = job in self._typed
        self._typed.setdefault(job, []).append(text)
        if not waits:
            self._core.translations.original(job, lambda found: self._read(job, found))

    def _read(self, job: int, found: str | AssistantError) -> None:
        typed = "".join(self._typed.pop(job, ()))
        self.ready.emit(job, found if isinstance(found, str) else None, typed)
