"""How doubts about a sentence are drawn, in summaries as in answers: lines below words, and a sign in the margin."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextCharFormat

from assistant.documents.model import LinkedSentence, MarkState

Line = tuple[int, int, QTextCharFormat.UnderlineStyle, str]
"""Start and end in the text, the kind of line, and the token of its colour."""

GRAVITY = {"info": 0, "circle-question-mark": 1, "triangle-alert": 2}
"""Of the signs (``source_words.sign_of``): where several would stand in one line, the gravest does."""


def doubt_lines(sentence: LinkedSentence) -> Iterator[Line]:
    """A line below a sentence that nothing bears out, and below each of its words that are not in the document."""
    line = QTextCharFormat.UnderlineStyle
    if not sentence.supported:
        yield sentence.start, sentence.end, line.DotLine, "danger"
    for mark in sentence.marks:
        if mark.state is MarkState.MISSING:
            yield mark.start, mark.end, line.WaveUnderline, "danger"
        else:
            yield mark.start, mark.end, line.DashUnderline, "quiet"


def sign_token(sign: str) -> str:
    """The colour of a sign."""
    return "quiet" if sign == "info" else "danger"
