"""Pieces of a prompt become tokens, without forged turns.

The pieces are joined and cut at the special tokens as llama.cpp cuts a whole string (longest spelling first), except
that a special spelling counts only where all of it is trusted text. What lies between two special tokens is tokenized
in one go, so harmless text gives exactly the tokens of the whole string. Spellings that the library would recognise in
any text although they work like marks are broken apart where a person's text holds them.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.engine.backend import Special, Vocabulary
from assistant.engine.messages import Piece

_SPACE = " \t\n\v\f\r"  # isspace() of C, which the library uses
_SHORT = 64  # characters below which a text is tokenized faster than found
_MEMO = 2_000_000  # characters of texts whose tokens are remembered
_BEFORE = 24  # characters before a cut that are tokenized along, to see how a text goes on
_MARKUP = re.compile(r"^[<\[{(].*[>\]})]$", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_HTML = re.compile(
    r"</?(a|b|i|p|s|u|br|dd|dl|dt|em|h[1-6]|hr|li|ol|td|th|tr|ul|del|div|img|ins|kbd|pre|sub|sup|var|code|span|table"
    r"|tbody|tfoot|thead|small|strong|caption|blockquote)/?>",
    re.IGNORECASE,
)


@dataclass
class Prompt:
    """Tokens ready to be read.

    :ivar checkpoints: lengths at which a piece with ``checkpoint`` begins, ascending, 0 left out.
    :ivar trusted_tail: length up to the end of the last text that is not the template's own; what follows (the prompt
        for an answer) is often rendered differently in the next turn.
    """

    tokens: array[int]
    checkpoints: list[int] = field(default_factory=list)
    trusted_tail: int = 0


class PromptBuilder:
    """Builds prompts for one vocabulary.

    :param template: the model's chat template: user-defined tokens that it writes are marks.
    """

    def __init__(self, vocabulary: Vocabulary, template: str = "") -> None:
        self._vocabulary = vocabulary
        order = sorted(vocabulary.specials, key=lambda special: -len(special.text.encode()))
        self._specials = [special for special in order if special.text]
        self._marks = frozenset(
            special.token for special in self._specials if special.control or _works_like_a_mark(special.text, template)
        )
        self._any = _any_of(special.text for special in self._specials)
        self._memo: dict[str, array[int]] = {}
        self._memo_size = 0

    def build(self, pieces: Sequence[Piece], *, raw: bool = False) -> Prompt:
        """The tokens of ``pieces``, with the vocabulary's own first token in front if it wants one.

        :param raw: a plain text to continue: nothing of it is trusted, whatever its pieces say.
        """
        out = _Out()
        group: list[Piece] = []
        for piece in pieces:
            if piece.ids is None:
                group.append(piece)
                continue
            self._text(group, out, raw)
            group.clear()
            out.begin(piece)
            out.append(piece.ids)
            out.text = (out.text + piece.text)[-_BEFORE:]
            out.after_ids = True
            out.end(piece)
        self._text(group, out, raw)
        tokens = out.tokens
        shift = 0
        bos = self._vocabulary.bos
        if self._vocabulary.adds_bos and bos >= 0 and not (tokens and tokens[0] == bos):
            tokens.insert(0, bos)
            shift = 1
        points = sorted({point + shift for point in out.checkpoints if point + shift > 0})
        return Prompt(tokens, points, out.tail + shift if out.tail else 0)

    def count(self, text: str) -> int:
        """Tokens of a text of which nothing is trusted, without the vocabulary's own first token."""
        if self._any is None or not self._any.search(text):
            return len(self._vocabulary.tokenize(text))
        out = _Out()
        self._text([Piece(text=text)], out, True)
        return len(out.tokens)

    # ------------------------------------------------------------ text between tokens that are known

    def _text(self, pieces: Sequence[Piece], out: _Out, raw: bool) -> None:
        """Tokenize neighbouring pieces of text as one string."""
        if not pieces:
            return
        whole = "".join(piece.text for piece in pieces)
        edges = [0]
        for piece in pieces:
            edges.append(edges[-1] + len(piece.text))
        trust = _Trust(pieces, edges, raw)
        cursor = _Cursor(pieces, edges, out)
        for start, end, special in self._partition(whole, trust):
            if special is not None:
                cursor.reach(start)
                out.append((special.token,))
                out.text = ""
                out.after_ids = False
                cursor.reach(end)
            else:
                self._fragment(whole, start, end, out, cursor)
        cursor.finish()

    def _partition(self, whole: str, trust: _Trust) -> list[tuple[int, int, Special | None]]:
        """Cut a string at its special tokens, in the library's order: the longest spelling first, from the left."""
        parts: list[tuple[int, int, Special | None]] = [(0, len(whole), None)] if whole else []
        if self._any is None or not self._any.search(whole):
            return parts
        for special in self._specials:
            if special.text not in whole:
                continue
            cut: list[tuple[int, int, Special | None]] = []
            for start, end, found in parts:
                if found is None:
                    _cut(whole, start, end, special, self._allowed(special, trust), cut)
                else:
                    cut.append((start, end, found))
            parts = cut
        return parts

    def _allowed(self, special: Special, trust: _Trust) -> _Trust | None:
        return trust if special.token in self._marks else None

    def _fragment(self, whole: str, start: int, end: int, out: _Out, cursor: _Cursor) -> None:
        """Tokenize ``whole[start:end]``, broken where it holds a mark that must not be recognised."""
        cuts = [start, *self._breaks(whole, start, end), end]
        for left, right in pairwise(cuts):
            text = whole[left:right]
            tokens = self._continue(out, text) if (out.text or out.after_ids) else self._tokenize(text)
            cursor.fragment(whole, left, right, tokens, self._vocabulary)
            out.append(tokens)
            out.text = (out.text + text)[-_BEFORE:]
            out.after_ids = False
            cursor.reach(right)

    def _tokenize(self, text: str) -> list[int]:
        """The tokens of a whole fragment; those of earlier turns come again with every turn, so they are remembered."""
        if len(text) < _SHORT:
            return self._vocabulary.tokenize(text)
        known = self._memo.pop(text, None)
        if known is None:
            known = array("i", self._vocabulary.tokenize(text))
            self._memo_size += len(text)
        self._memo[text] = known  # the newest is last
        while self._memo_size > _MEMO and len(self._memo) > 1:
            oldest = next(iter(self._memo))
            del self._memo[oldest]
            self._memo_size -= len(oldest)
        return known.tolist()

    def forget(self) -> None:
        """Remember no texts."""
        self._memo.clear()
        self._memo_size = 0

    def _breaks(self, whole: str, start: int, end: int) -> list[int]:
        """Places inside spellings of user-defined marks that are left in a raw text: the library would see them."""
        breaks = set()
        for special in self._specials:
            if special.control or special.token not in self._marks:
                continue
            at = whole.find(special.text, start, end)
            while at >= 0:
                breaks.add(at + 1)
                at = whole.find(special.text, at + 1, end)
        return sorted(point for point in breaks if start < point < end)

    def _continue(self, out: _Out, text: str) -> list[int]:
        """The tokens of ``text`` as it goes on after ``out.text``: no leading space comes in between."""
        if not self._vocabulary.space_prefix:
            return self._tokenize(text)
        # After a broken mark the text before it would complete the mark again: any other text will do then.
        for context in (out.text, "\n", ".", "0"):
            before = self._vocabulary.tokenize(context)
            both = self._vocabulary.tokenize(context + text)
            if both[: len(before)] == before:
                return both[len(before) :]
        return self._vocabulary.tokenize(text)


class _Out:
    """Tokens so far, and where the pieces began."""

    def __init__(self) -> None:
        self.tokens: array[int] = array("i")
        self.checkpoints: list[int] = []
        self.tail = 0
        self.text = ""  # the last characters, if the next ones go on in the same breath
        self.after_ids = False

    def append(self, tokens: Iterable[int]) -> None:
        self.tokens.extend(tokens)

    def begin(self, piece: Piece) -> None:
        if piece.checkpoint:
            self.checkpoints.append(len(self.tokens))

    def end(self, piece: Piece) -> None:
        if not piece.trusted:
            self.tail = len(self.tokens)


class _Trust:
    """Which characters of a joined string are trusted."""

    def __init__(self, pieces: Sequence[Piece], edges: Sequence[int], raw: bool) -> None:
        self._untrusted = [
            (edges[i], edges[i + 1])
            for i, piece in enumerate(pieces)
            if (raw or not piece.trusted) and edges[i + 1] > edges[i]
        ]
        self._ends = [end for _, end in self._untrusted]

    def covers(self, start: int, end: int) -> bool:
        """All characters from ``start`` to ``end`` are trusted."""
        i = bisect_left(self._ends, start + 1)
        return i == len(self._untrusted) or self._untrusted[i][0] >= end


class _Cursor:
    """Notes at how many tokens the pieces of a joined string begin and end."""

    def __init__(self, pieces: Sequence[Piece], edges: Sequence[int], out: _Out) -> None:
        self._out = out
        # (offset in characters, is it an end, the piece); only what somebody wants to know
        self._todo: list[tuple[int, bool, Piece]] = []
        for i, piece in enumerate(pieces):
            if piece.checkpoint:
                self._todo.append((edges[i], False, piece))
            if not piece.trusted:
                self._todo.append((edges[i + 1], True, piece))
        self._todo.sort(key=lambda entry: (entry[0], entry[1]))
        self._next = 0

    def reach(self, offset: int) -> None:
        """Everything before ``offset`` is tokenized."""
        while self._next < len(self._todo) and self._todo[self._next][0] <= offset:
            self._note(self._todo[self._next], len(self._out.tokens))
            self._next += 1

    def fragment(self, whole: str, start: int, end: int, tokens: Sequence[int], vocabulary: Vocabulary) -> None:
        """``tokens`` (not yet appended) are the characters from ``start`` to ``end``: find the edges inside.

        A token that crosses an edge belongs to the right side: a state taken before it is good for both.
        """
        if self._next >= len(self._todo) or self._todo[self._next][0] >= end:
            return
        base, index, at = len(self._out.tokens), 0, 0
        if vocabulary.space_prefix and len(whole[start:end].encode()) < sum(len(vocabulary.piece(t)) for t in tokens):
            at = -1  # the space that the library put in front
        while self._next < len(self._todo) and self._todo[self._next][0] < end:
            entry = self._todo[self._next]
            target = len(whole[start : entry[0]].encode())
            while index < len(tokens) and at + len(vocabulary.piece(tokens[index])) <= target:
                at += len(vocabulary.piece(tokens[index]))
                index += 1
            self._note(entry, base + index)
            self._next += 1

    def finish(self) -> None:
        while self._next < len(self._todo):
            self._note(self._todo[self._next], len(self._out.tokens))
            self._next += 1

    def _note(self, entry: tuple[int, bool, Piece], length: int) -> None:
        if entry[1]:
            self._out.tail = length
        else:
            self._out.checkpoints.append(length)


def _cut(
    whole: str, start: int, end: int, special: Special, trust: _Trust | None, out: list[tuple[int, int, Special | None]]
) -> None:
    """Cut one raw stretch at every place where ``special`` stands and may stand."""
    width = len(special.text)
    search = start
    while True:
        at = whole.find(special.text, search, end)
        while at >= 0 and trust is not None and not trust.covers(at, at + width):
            at = whole.find(special.text, at + 1, end)
        if at < 0:
            break
        left = at
        if special.strip_left:
            while left > start and whole[left - 1] in _SPACE:
                left -= 1
        if left > start:
            out.append((start, left, None))
        out.append((at, at + width, special))
        start = at + width
        if special.strip_right:
            while start < end and whole[start] in _SPACE:
                start += 1
        search = start
    if start < end:
        out.append((start, end, None))


def _any_of(spellings: Iterable[str]) -> re.Pattern[str] | None:
    texts = sorted({re.escape(text) for text in spellings}, key=len, reverse=True)
    return re.compile("|".join(texts)) if texts else None


def _works_like_a_mark(text: str, template: str) -> bool:
    """A user-defined token that a template writes, or that looks as if one could; plain HTML is only text."""
    if text.strip() and text in template:
        return True
    if "<|" in text or "|>" in text or "｜" in text:
        return True
    if not _MARKUP.match(text) or not _LETTER.search(text):
        return False
    return _HTML.fullmatch(text) is None
