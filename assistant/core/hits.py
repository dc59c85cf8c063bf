"""What a search through the conversations found, and the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.storage.rows import Conversation

_BEFORE, _AFTER = 18, 90  # characters around what was found
_MARKS = re.compile(r"\*\*+|`+|^#+ |\s#+(?=\s)")  # of Markdown, which nobody sees in the answer itself


@dataclass(frozen=True)
class Hit:
    """A conversation that holds the text.

    :ivar message: the newest message that holds it; None if only the title does, or there was no time to look.
    :ivar before: the words ahead of ``match`` in that message, beginning with an ellipsis if there are more.
    """

    row: Conversation
    message: int | None = None
    before: str = ""
    match: str = ""
    after: str = ""


def around(text: str, wanted: str) -> tuple[str, str, str] | None:
    """What stands before, at and after the first place of ``text`` that holds ``wanted`` in any case, on one line."""
    found = re.search(re.escape(wanted), text, re.IGNORECASE)
    if found is None:
        return None
    start, end = found.span()
    begin = max(0, start - _BEFORE)
    if begin and (space := text.find(" ", begin, start)) >= 0:
        begin = space + 1  # not in the middle of a word
    before = ("…" if begin else "") + _line(_MARKS.sub("", text[begin:start])).lstrip()
    return before, _line(text[start:end]), _line(_MARKS.sub("", text[end : end + _AFTER])).rstrip()


def _line(text: str) -> str:
    """Without line breaks, and white space as one blank."""
    return re.sub(r"\s+", " ", text)
