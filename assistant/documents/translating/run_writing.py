"""Runs written again with other text: whatever codes come, in whatever order, what comes of it is well formed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code
from assistant.documents.translating.runs import Anchor, Group, Piece, Shell, Stretch

_EASTERN = "\u2e80"  # from here on words are not told by spaces


class Writer:
    """Writes stretches as runs.

    :param copy: gives the bytes of a stretch of the part, with what has changed inside it.
    :param dressed: what to make of the head of a run whose text is new, for its language.
    """

    def __init__(self, copy: Callable[[int, int], bytes], dressed: Callable[[bytes], bytes]) -> None:
        self._copy, self._dressed = copy, dressed

    def written(self, stretch: Stretch, segments: Sequence[tuple[str, str]]) -> bytes:
        """A stretch with other text.

        :param segments: what its text consists of, piece by piece, and what each becomes; joined, the first ones are
            ``stretch.text``.
        """
        writing = _Writing(self, stretch)
        anchors = _places(stretch, segments)
        target = "".join(new for _, new in segments)
        next_anchor = 0
        for at, character in enumerate(target):
            while next_anchor < len(anchors) and anchors[next_anchor][0] <= at:
                writing.thing(anchors[next_anchor][1].pieces)
                next_anchor += 1
            writing.character(character)
        for _, anchor in anchors[next_anchor:]:
            writing.thing(anchor.pieces)
        return writing.finish()

    def bytes_of(self, pieces: Sequence[Piece]) -> bytes:
        """Things and ends of enclosures as they are; what comes from one run stays in one."""
        out = []
        for _, together in groupby(pieces, key=lambda one: id(one if one.shell is None or one.text else one.shell)):
            same = list(together)
            first, shell = same[0], same[0].shell
            if shell is None:
                out.append(self._copy(first.start, first.end))
            elif first.text:
                out.append(shell.filled(first.text))
            else:
                out += [shell.head, *(self._copy(one.start, one.end) for one in same), shell.tail]
        return b"".join(out)

    def run(self, shell: Shell, text: str) -> bytes:
        """A run with new text."""
        return replace(shell, head=self._dressed(shell.head)).filled(text) if shell.head else shell.filled(text)


class _Writing:
    """One stretch while it is written. Whatever codes come, in whatever order: what comes of it is well formed."""

    def __init__(self, writer: Writer, stretch: Stretch) -> None:
        self._writer, self._stretch = writer, stretch
        self._out: list[bytes] = []
        self._text: list[str] = []
        self._open: list[int] = []  # numbers of the pairs that are open, looks and enclosures
        self._seen: set[int] = set()  # things and enclosures that are written

    def character(self, character: str) -> None:
        code = ord(character)
        if not is_code(character):
            self._text.append(character)
        elif code < CLOSE:
            self._begin(code - OPEN)
        elif code < ALONE:
            self._finish(code - CLOSE)
        elif code - ALONE < len(self._stretch.things) and code not in self._seen:
            self._seen.add(code)
            self.thing(self._stretch.things[code - ALONE].pieces)

    def thing(self, pieces: Sequence[Piece]) -> None:
        self._flush()
        self._out.append(self._writer.bytes_of(pieces))

    def finish(self) -> bytes:
        """All of it. A thing that no code stood for any more is added: a picture or a footnote is never lost."""
        while self._open:
            self._finish(self._open[-1])
        for number, thing in enumerate(self._stretch.things):
            if ALONE + number not in self._seen:
                self.thing(thing.pieces)
        self._flush()
        return b"".join(self._out)

    def _begin(self, number: int) -> None:
        pairs = self._stretch.pairs
        if number >= len(pairs) or number in self._open or number in self._seen:
            return
        self._flush()
        pair = pairs[number]
        if isinstance(pair, Group):
            self._seen.add(number)
            self._out.append(self._writer.bytes_of(pair.opening))
        self._open.append(number)

    def _finish(self, number: int) -> None:
        if number not in self._open:
            return
        self._flush()
        pair = self._stretch.pairs[number]
        if isinstance(pair, Group):
            for inner in reversed(self._open[self._open.index(number) + 1 :]):
                if isinstance(self._stretch.pairs[inner], Group):  # crossed: it ends with what it began in
                    self._finish(inner)
            self._out.append(self._writer.bytes_of(pair.closing))
        self._open.remove(number)

    def _flush(self) -> None:
        if not self._text:
            return
        text = " ".join("".join(self._text).splitlines())
        self._text.clear()
        shell = self._look()
        if text and shell is not None:
            self._out.append(self._writer.run(shell, text))

    def _look(self) -> Shell | None:
        for number in reversed(self._open):
            pair = self._stretch.pairs[number]
            look = self._stretch.bases.get(number) if isinstance(pair, Group) else pair
            if look is not None:
                return look
        return self._stretch.base or next((one for one in self._looks() if one is not None), None)

    def _looks(self) -> Iterator[Shell | None]:
        yield from (pair for pair in self._stretch.pairs if isinstance(pair, Shell))
        yield from self._stretch.bases.values()


def _places(stretch: Stretch, segments: Sequence[tuple[str, str]]) -> list[tuple[int, Anchor]]:
    """Where the anchors stand in the new text, in their order."""
    if not stretch.anchors:
        return []
    marks = [(0, 0)]  # places that belong together
    for source, new in segments:
        begin = marks[-1]
        marks += _equal_places(source, new, begin)
        marks.append((begin[0] + len(source), begin[1] + len(new)))
    target = "".join(new for _, new in segments)
    placed, least, at, last = [], 0, 0, -1
    for offset, anchor in stretch.anchors:
        if offset == last:  # nothing was between the two, and nothing comes between them
            placed.append((least, anchor))
            continue
        last = offset
        while at + 1 < len(marks) - 1 and marks[at + 1][0] <= offset:
            at += 1
        begin, end = marks[at], marks[min(at + 1, len(marks) - 1)]
        share = (offset - begin[0]) / (end[0] - begin[0]) if end[0] > begin[0] else 0.0
        place = round(begin[1] + (end[1] - begin[1]) * share)
        least = max(least, _snapped(target, place, (begin[1], end[1]), begins=anchor.begins))
        placed.append((least, anchor))
    return placed


def _equal_places(source: str, new: str, begin: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Where the codes of a segment stand in both texts, if they come in the same order."""
    places = [at for at, character in enumerate(source) if is_code(character)]
    others = [at for at, character in enumerate(new) if is_code(character)]
    if [source[at] for at in places] == [new[at] for at in others]:
        for at, other in zip(places, others, strict=True):
            yield begin[0] + at, begin[1] + other
            yield begin[0] + at + 1, begin[1] + other + 1


def _snapped(text: str, place: int, limits: tuple[int, int], *, begins: bool) -> int:
    """The nearest place in front of a word, or behind one, if ``place`` is inside one."""
    low, high = limits
    step = -1 if begins else 1
    while low < place < high and _is_word(text[place - 1]) and _is_word(text[place]):
        place += step
    return place


def _is_word(character: str) -> bool:
    return character.isalnum() and character < _EASTERN
