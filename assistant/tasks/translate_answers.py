"""What of an answer is the answer: not the lines around the text in the prompt."""

from __future__ import annotations

import re

_LABEL = re.compile(r"\A[^\n]{0,40}[:：][ \t]*\Z")


def between_lines(text: str, fence: str) -> tuple[str, bool]:
    """The answer in what a model wrote, and whether it had ended before the model did.

    Small models go on with the form of the prompt: a label, the line, the translation, the line, and then something
    else. What comes after a line that closes the answer is none of it.
    """
    parts = re.split(rf"^[ \t]*{re.escape(fence)}[ \t]*$\n?", text, flags=re.MULTILINE)
    if len(parts) == 1:
        return text, False
    first = parts[0].strip()
    if first and not (_LABEL.fullmatch(first) and parts[1].strip()):
        return parts[0], True
    return parts[1], len(parts) > 2
