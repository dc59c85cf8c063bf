"""The translation memory: what was translated by hand, found again where the same or nearly the same is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.base.errors import AssistantError
from assistant.core.jobs import Cancel
from assistant.core.translation_views import MemoryMatch


class TranslationMemory:
    """Every method runs on the pumping thread; what looks through many entries answers later.

    What changes is told by ``MemoryChanged``.
    """

    def count(self, source: str = "", target: str = "") -> int:
        """How many entries there are for a pair of languages (BCP 47); empty: any."""
        raise NotImplementedError

    def search(
        self, words: str, done: Callable[[tuple[MemoryMatch, ...] | AssistantError], None], *, most: int = 200
    ) -> Cancel:
        """Call ``done`` once with the entries that hold ``words`` in source or target, the last edited first."""
        raise NotImplementedError

    def near(
        self, text: str, source: str, target: str, done: Callable[[tuple[MemoryMatch, ...]], None]
    ) -> Cancel:
        """Call ``done`` once with what was translated by hand and is like ``text``, the most alike first."""
        raise NotImplementedError

    def remove(self, entries: Sequence[int]) -> None:
        """Into the trash, from which ``undo_remove`` brings them back until the program ends."""
        raise NotImplementedError

    def clear(self) -> None:
        """All of it into the trash."""
        raise NotImplementedError

    def undo_remove(self) -> int:
        """Bring back what was removed last; how many entries."""
        raise NotImplementedError
