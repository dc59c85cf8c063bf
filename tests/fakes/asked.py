"""A question about a document, followed to its end."""

from __future__ import annotations

from typing import Any

from assistant.core.asking import DocumentAnswer
from tests.fakes.summary_desk import SummaryDesk


class Asked:
    """One question and what came of it."""

    def __init__(self, desk: SummaryDesk, digest: str, question: str, **options: Any) -> None:
        self.desk = desk
        self.grown: list[DocumentAnswer] = []
        self.ends: list[DocumentAnswer] = []
        self.stop = desk.core.asking.ask(digest, question, done=self.ends.append, grew=self.grown.append, **options)

    def end(self) -> DocumentAnswer:
        self.desk.wait(lambda: self.ends)
        self.desk.pump()
        (answer,) = self.ends  # once
        return answer
