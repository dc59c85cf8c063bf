"""What was asked and answered, as it is written into a file: with what one should know before relying on an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.questions import Kept, as_paper
from assistant.documents.model import LinkedSentence, Source
from assistant.worker.messages import Linked

WHOLE = Kept("Who?", "Ann was.", "end", linked=Linked("", (LinkedSentence(0, 8, (Source(0, 4, 1.0),), True),)))
UNCHECKED = "The sentences could not be checked against the document."


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (WHOLE, []),
        (replace(WHOLE, finish="limit"), ["Cut off at the length limit."]),
        (replace(WHOLE, finish="cancelled"), ["Stopped."]),
        (replace(WHOLE, finish=""), ["This answer is not finished."]),
        (replace(WHOLE, linked=None), [UNCHECKED]),
        (
            replace(WHOLE, finish="", error=AssistantError(ErrorKind.WORKER_ENDED), linked=None),
            ["A helper process ended, and its work was lost.", UNCHECKED],
        ),
    ],
)
def test_an_answer_says_what_is_wrong_with_it(kept: Kept, told: list[str]) -> None:
    text, sentences = as_paper([kept, WHOLE])
    head, _, other = text.rpartition("\n\n## Who?\n\n")
    assert head.split("\n\n") == ["## Who?", "Ann was.", *(f"> {remark}" for remark in told)]
    assert other == "Ann was."
    assert [text[one.start : one.end] for one in sentences] == ["Ann was."] * (1 + (kept.linked is not None))
