"""What the glossaries and the translation memory are kept, read and told with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.core.cancel import Cancel
from assistant.core.documents import check_file
from assistant.core.events import CoreEvent
from assistant.core.pending_writes import PendingWrites
from assistant.core.threads import Threads
from assistant.core.worker_child import Question
from assistant.storage.words import StoredWords
from assistant.worker.messages import DocumentRequest


@dataclass(frozen=True)
class WordServices:
    """Used on the pumping thread, but for ``words``.

    :ivar request: has the worker child do something (``Documents.request``).
    """

    words: StoredWords
    writes: PendingWrites
    threads: Threads
    request: Callable[[Callable[[str], DocumentRequest], Callable[[Any], None]], Cancel]
    emit: Callable[[CoreEvent], None]

    def look_at(self, path: Path, question: Question, found: Callable[[], None]) -> None:
        """Call ``found`` when there is a file that can be read; else ``question`` gets the reason."""

        def looked(error: AssistantError | None) -> None:
            if question.over or error is not None:
                question.answer(error)
            else:
                found()

        question.cancel = self.threads.run("words", lambda _: check_file(path), looked)
