"""Blocks: stretches of a text that are translated together, with what stands where in the original.

A block's ``text`` is what a reader sees, with codes for what is markup. It is made of pieces, each of which knows its
place in the original; so whatever of it is not changed can be copied as it was, to the letter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, SegmentKind, is_code

FORMULA = re.compile(
    r"\$\$[^$\ue000-\ue5ff]{1,2000}?\$\$|\\\([^\n\ue000-\ue5ff]{1,500}?\\\)|\\\[[^\ue000-\ue5ff]{1,2000}?\\\]"
    r"|\\begin\{(?P<kind>[a-z*]{1,20})\}[^\ue000-\ue5ff]{0,4000}?\\end\{(?P=kind)\}"
)
"""Formulas of TeX that hold no code; ``$…$`` is known only where a format says so."""
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u2060\ufeff\ud800-\udfff\ue000-\ue5ff]")
_BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f]")
_SHOWN_AS_SPACE = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_NOT_SHOWN = frozenset("\xad\u200b\u2060\ufeff")
_SPECIAL = re.compile(f"(?:{_ODD.pattern})|(?:{_BLANKS.pattern})")


class Role(Enum):
    """What a code without text stands for."""

    WORD = "word"  # code, a formula: it belongs to the sentence
    MARK = "mark"  # a picture, a comment, an anchor: it can stand between sentences
    BREAK = "break"  # a line break


@dataclass(slots=True)
class Code:
    """Where the markup of a code stands in the original.

    :ivar fresh: what stands there instead when the block is written anew; None: the same.
    """

    start: int
    end: int
    role: Role = Role.MARK
    fresh: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a block that is being written.

    :ivar text: what is shown; a code: that character.
    :ivar raw: how it is written; None: it is new, and the format has to say how.
    """

    text: str
    raw: str | None = None

    @property
    def code(self) -> bool:
        """Is this markup?"""
        return len(self.text) == 1 and is_code(self.text)


@dataclass(slots=True)
class Block:
    """A stretch of a text, ``start`` to ``end`` in the original, that is translated together.

    :ivar text: what is shown, with codes.
    :ivar pieces: where each piece begins in ``text`` and in the original, and whether it is written as it is shown.
    :ivar codes: the code's character to its place.
    :ivar whole: not to be cut into sentences.
    :ivar cuts: start and end in ``text`` of stretches that are translated each by itself; empty: its sentences are.
    :ivar spans: start and end in ``text`` of each segment, once it is cut.
    :ivar extra: what the format wants to know again when it writes the block.
    :ivar style: how it is written, a ``splicing.Style``; None: as the rest of its text.
    """

    start: int
    end: int
    text: str
    pieces: list[tuple[int, int, bool]]
    codes: dict[str, Code] = field(default_factory=dict)
    kind: SegmentKind = SegmentKind.TEXT
    line: int = 0
    note: str = ""
    target: str = ""
    whole: bool = False
    cuts: list[tuple[int, int]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    extra: object = None
    style: object = None

    def place(self, at: int) -> int:
        """Where the character number ``at`` of ``text`` stands in the original."""
        if at <= 0:
            return self.start
        if at >= len(self.text):
            return self.end
        shown, raw, literal = self.pieces[bisect_right(self.pieces, at, key=lambda piece: piece[0]) - 1]
        return raw + at - shown if literal else raw

    def stretches(self, start: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
        """What is shown from ``start`` to ``end``, piece by piece: text, place in the original, written as shown?"""
        while start < end:
            index = bisect_right(self.pieces, start, key=lambda piece: piece[0])
            stop = min(end, self.pieces[index][0] if index < len(self.pieces) else len(self.text))
            yield self.text[start:stop], self.place(start), self.place(stop), self.pieces[index - 1][2]
            start = stop


class Builder:
    """Puts a block together from left to right; what is added must follow what was added before.

    :param start: where the block begins in ``source``.
    :param formulas: find formulas in the text.
    """

    def __init__(self, source: str, start: int, *, formulas: bool = False) -> None:
        self._source = source
        self._formulas = formulas
        self._start = self._end = start
        self._shown: list[str] = []
        self._size = 0
        self._pieces: list[tuple[int, int, bool]] = []
        self._codes: dict[str, Code] = {}
        self._opened: list[tuple[str, int]] = []  # name and number of each pair that is open
        self._pairs = self._alone = 0

    @property
    def full(self) -> bool:
        """There can be no more codes: the block has to end here."""
        return self._pairs >= CODES - 1 or self._alone >= CODES - 1

    @property
    def empty(self) -> bool:
        """Nothing was added."""
        return not self._pieces

    @property
    def last(self) -> str:
        """The last character that is shown, empty if there is none."""
        return self._shown[-1][-1:] if self._shown else ""

    def text(self, start: int, end: int) -> None:
        """What stands from ``start`` to ``end`` in the original is shown as it is."""
        at = start
        for found in _SPECIAL.finditer(self._source, start, end):
            self._literal(at, found.start())
            self._odd(found.start())
            at = found.end()
        self._literal(at, end)

    def shown(self, shown: str, start: int, end: int) -> None:
        """What stands there is shown as something else, a character or a word: an entity, a line break as a space."""
        if self._source[start:end] == shown:
            self.text(start, end)
            return
        if _ODD.match(shown) and shown not in _SHOWN_AS_SPACE and shown not in _NOT_SHOWN:
            self.alone(start, end)
            return
        self._add("" if shown in _NOT_SHOWN else _BLANKS.sub(" ", shown), start, end, literal=False)

    def open(self, name: str, start: int, end: int) -> None:
        """Markup that ends with the next ``close`` of the same name."""
        if self.full:
            self.alone(start, end)
            return
        self._opened.append((name, self._pairs))
        self._code(chr(OPEN + self._pairs), Code(start, end))
        self._pairs += 1

    def close(self, name: str, start: int, end: int, *, fresh: str | None = None) -> None:
        """The end of what was opened; one of something that is not open is markup without text."""
        for at in range(len(self._opened) - 1, -1, -1):
            if self._opened[at][0] == name:
                number = self._opened[at][1]
                del self._opened[at:]  # what was opened inside of it and not closed stands alone
                self._code(chr(CLOSE + number), Code(start, end, fresh=fresh))
                return
        self.alone(start, end)

    def alone(self, start: int, end: int, role: Role = Role.MARK) -> None:
        """Markup without text, or something that is not translated."""
        if self._alone >= CODES:
            self._add("", start, end, literal=False)
            return
        self._code(chr(ALONE + self._alone), Code(start, end, role))
        self._alone += 1

    def is_open(self, name: str) -> bool:
        """Is a pair of this name open?"""
        return any(opened == name for opened, _ in self._opened)

    def finish(self) -> Block | None:
        """The block; None if there is no letter in it."""
        text = "".join(self._shown)
        if not any(map(str.isalpha, text)):
            return None
        block = Block(self._start, self._end, text, self._pieces, self._codes)
        _settle(block)
        if self._formulas and ("\\" in text or "$$" in text):
            _hide_formulas(block)
        return block

    def _literal(self, start: int, end: int) -> None:
        if end > start:
            self._add(self._source[start:end], start, end, literal=True)

    def _odd(self, at: int) -> None:
        """A character that is a space, nothing to see, or one that would be taken for a code."""
        character = self._source[at]
        if character in _NOT_SHOWN:
            self._add("", at, at + 1, literal=False)
        elif character in _SHOWN_AS_SPACE or _BLANKS.match(character):
            self._add(" ", at, at + 1, literal=False)
        else:
            self.alone(at, at + 1)

    def _code(self, character: str, code: Code) -> None:
        self._codes[character] = code
        self._add(character, code.start, code.end, literal=False)

    def _add(self, shown: str, start: int, end: int, *, literal: bool) -> None:
        self._pieces.append((self._size, start, literal))
        self._shown.append(shown)
        self._size += len(shown)
        self._end = end


def _settle(block: Block) -> None:
    """Pairs of which one half is missing become things without text, as far as there is room for them."""
    text = block.text
    halves = {one for one in block.codes if OPEN <= ord(one) < ALONE and _partner(one) not in block.codes}
    free = (chr(ALONE + number) for number in range(CODES))
    for half in sorted(halves, key=text.index):
        alone = next((one for one in free if one not in block.codes), "")
        if not alone:
            break
        block.codes[alone] = block.codes.pop(half)
        text = text.replace(half, alone)
    block.text = text


def _partner(code: str) -> str:
    """The other half of a pair."""
    return chr(ord(code) + CLOSE - OPEN) if ord(code) < CLOSE else chr(ord(code) - CLOSE + OPEN)


def _hide_formulas(block: Block) -> None:
    """Each formula becomes something that is not translated."""
    free = iter([chr(ALONE + number) for number in range(CODES) if chr(ALONE + number) not in block.codes])
    shown: list[str] = []
    pieces: list[tuple[int, int, bool]] = []
    at = size = 0

    def copy(start: int, end: int) -> None:
        nonlocal size
        for text, place, _, literal in block.stretches(start, end):
            pieces.append((size, place, literal))
            shown.append(text)
            size += len(text)

    for found in FORMULA.finditer(block.text):
        code = next(free, "")
        if not code:
            break
        copy(at, found.start())
        block.codes[code] = Code(block.place(found.start()), block.place(found.end()), Role.WORD)
        pieces.append((size, block.place(found.start()), False))
        shown.append(code)
        size += 1
        at = found.end()
    if at:
        copy(at, len(block.text))
        block.text, block.pieces = "".join(shown), pieces
