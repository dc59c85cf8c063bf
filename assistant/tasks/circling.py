"""Answers that say the same few sentences again and again, in ever another order, noticed while they are written.

An engine sees tokens: it is sure of an exact repetition soon, and of another order only after thousands of them. By
whole sentences it shows much earlier, and without harm to what repeats itself with reason: between the refrains of a
poem, the rows of a table, the lines of code and the items of a list there is always something that is new.
"""

from __future__ import annotations

from collections import Counter

from assistant.documents.repetition import END, is_eastern, is_row, sentences_of, units

_OFTEN = 4  # times that a sentence was said before
_IN_A_ROW = 16  # such sentences, with nothing between them that was not said as often
_DIFFERENT = 3  # of those, at least; fewer come in one order, and are the engine's business
_LONGEST = 4000  # characters of a sentence; one without an end is not read again and again
_LONG, _LONG_EAST = 8, 14  # words, or Chinese characters, of a sentence that counts


class Circling:
    """Listens to one answer. The work is constant for each character."""

    def __init__(self) -> None:
        self._read = 0
        self._said: Counter[str] = Counter()
        self._row: list[str] = []  # what was last said again, since something was new

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
        for line in new[:whole].split("\n"):
            if is_row(line):
                self._row.clear()
                continue
            for sentence in sentences_of(line):
                self._hear(units(sentence))
        row = self._row[-_IN_A_ROW:]
        return len(row) == _IN_A_ROW and len(set(row)) >= _DIFFERENT

    def _hear(self, words: list[str]) -> None:
        if not words:
            return
        key = " ".join(words)
        self._said[key] += 1
        if self._said[key] <= _OFTEN:
            self._row.clear()
        elif len(words) >= (_LONG_EAST if is_eastern(words) else _LONG):
            self._row.append(key)
