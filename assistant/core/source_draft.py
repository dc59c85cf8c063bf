"""The text that was typed or pasted and of which nothing was made yet: kept like the drafts of conversations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from assistant.core.documents import LARGEST_PASTE

if TYPE_CHECKING:
    from assistant.core.pending_writes import PendingWrites
    from assistant.core.threads import Threads
    from assistant.storage.jobs import JobStore


class SourceDraft:
    """Every method runs on the pumping thread, which waits for no disk: a text may be long.

    :param kind: of what is to be made of it: ``summary``, ``translation``.
    :param rows: where it is kept; ``writes``: through which it is written.
    """

    def __init__(self, kind: str, rows: JobStore, writes: PendingWrites, threads: Threads) -> None:
        self._kind = kind
        self._rows = rows
        self._writes = writes
        self._threads = threads

    def read(self, done: Callable[[str], None]) -> None:
        """Call ``done`` once with what was kept; an empty string if there is nothing, or nothing that can be read."""
        self._threads.run(
            "draft", lambda _: self._rows.draft(self._kind), lambda text: done(text if isinstance(text, str) else "")
        )

    def keep(self, text: str) -> None:
        """Keep ``text`` in place of what was kept; an empty one, or one too long to be read, keeps nothing."""
        self._writes.write(partial(self._rows.set_draft, text if len(text) <= LARGEST_PASTE else "", self._kind))
