"""Answers that say the same few sentences again and again, in ever another order, noticed while they are written.

An engine sees tokens: it is sure of an exact repetition soon, and of another order only after thousands of them. By
whole sentences it shows much earlier. What repeats itself with reason is let be: between the refrains of a poem and the
items of a list there is always something that is new. In code and data there is not (the rows of a form, records with
the same text to fill them), so only whole sentences of prose count: none in a table or between fences, and none in a
line that looks like code, for an answer need not put fences around it.
"""

from __future__ import annotations

import re
from collections import Counter

from assistant.documents.repetition import END, is_eastern, is_row, sentences_of, units

_OFTEN = 4  # times that a sentence was said before
_IN_A_ROW = 16  # such sentences, with nothing between them that was not said as often
_DIFFERENT = 3  # of those, at least; fewer come in one order, and are the engine's business
_LONGEST = 4000  # characters of a sentence; one without an end is not read again and again
_LONG, _LONG_EAST = 8, 14  # words, or Chinese characters, of a sentence that counts
_PROSE = 0.85  # of its characters are letters and spaces
_FENCE = re.compile(r"[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})([^`]*)$")
_CODE = re.compile(
    r"""[{}]|</?[A-Za-z!]|[\w"']["']?\s*:\s*["']|\w\(["']|,["']\w|["'\])],\s*$|;\s*$|[=!<>]=|\s=\s|^\s*(?://|/\*|\"{3})"""
)


class Circling:
    """Listens to one answer. The work is constant for each character."""

    def __init__(self) -> None:
        self._read = 0
        self._said: Counter[str] = Counter()
        self._row: list[str] = []  # what was last said again, since something was new
        self._at_start = True  # what was read ends with a line
        self._fence = ""  # what the code began with that is being written
        self._apart = False  # the line that is being written is no prose

    def goes_on(self, text: str) -> bool:
        """Whether the answer goes in circles.

        :param text: the whole of it so far; each time it begins with what it was the last time.
        """
        new = text[self._read :]
        ends = (found.end() for found in END.finditer(new) if found.end() < len(new))
        whole = max((new.rfind("\n") + 1, *ends))
        if len(new) - whole > _LONGEST:
            whole = len(new)
        self._read += whole
        for number, line in enumerate(new[:whole].split("\n")):
            self._take(line, begins=self._at_start if number == 0 else True)
        if whole:
            self._at_start = new[whole - 1] == "\n"
        row = self._row[-_IN_A_ROW:]
        return len(row) == _IN_A_ROW and len(set(row)) >= _DIFFERENT

    def _take(self, line: str, *, begins: bool) -> None:
        """Hear a line, or more of the one before."""
        if begins:
            self._apart = self._is_fenced(line)
        self._apart = self._apart or is_row(line) or _CODE.search(line) is not None
        if self._apart:
            self._row.clear()
            return
        for sentence in sentences_of(line):
            self._hear(sentence)

    def _is_fenced(self, line: str) -> bool:
        """Whether a line is code between fences, or one of them."""
        mark = _FENCE.match(line)
        if not self._fence:
            self._fence = mark[1] if mark else ""
            return mark is not None
        if mark and mark[1].startswith(self._fence) and not mark[2].strip():
            self._fence = ""
        return True

    def _hear(self, sentence: str) -> None:
        words = units(sentence)
        if not words:
            return
        key = " ".join(words)
        self._said[key] += 1
        if self._said[key] <= _OFTEN:
            self._row.clear()
        elif _is_prose(sentence) and len(words) >= (_LONG_EAST if is_eastern(words) else _LONG):
            self._row.append(key)


def _is_prose(sentence: str) -> bool:
    """It comes to an end, and is written in letters."""
    text = sentence.strip()
    letters = sum(1 for sign in text if sign.isalpha() or sign.isspace())
    return any(found.end() == len(text) for found in END.finditer(text)) and letters >= _PROSE * len(text)
