"""What a script lock lets follow what: characters of the language, and the words that may be spelled in other scripts.

A token may hold half a character, or the end of one and the beginning of the next, so a lock looks at bytes: what is
half there must still be able to become a character that is allowed. A word in another script is spelled in the order
of its letters (capitals and small ones alike) and whole; digits, punctuation and white space stand around it freely.
Signs that ordinary text has not, such as emoji, are free if they are among the words. Where there have been too many
signs of any kind for the letters, only letters and white space may come (``Lock.bare``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import lru_cache
from typing import NamedTuple

from assistant.base.scripts import SYMBOL, Part, Use, parts, script_of, uses, usual_words
from assistant.engine.messages import ScriptLock

LETTERS_PER_SIGN = 24
"""Letters that allow one sign more than a lock has for any text."""

_FREE = int(Use.FREE)
_WORTH: dict[int, int] = {Part.NOTHING: 0, Part.LETTER: 1, Part.SIGN: -LETTERS_PER_SIGN}


class Node:
    """A place in a word: the letters that may come next, and whether the word may end here.

    :ivar spelled: the letters up to here, small.
    """

    __slots__ = ("children", "ends", "spelled")

    def __init__(self, spelled: str = "") -> None:
        self.children: dict[str, Node] = {}
        self.ends = False
        self.spelled = spelled

    def below(self) -> Iterator[Node]:
        """Every place that can be reached from here, this one not included."""
        waiting = list(dict.fromkeys(self.children.values()))
        while waiting:
            node = waiting.pop()
            yield node
            waiting += dict.fromkeys(node.children.values())


class State(NamedTuple):
    """Where a text stands.

    :ivar pending: the first bytes of a character.
    :ivar node: the place in a word of another script, None outside.
    """

    pending: bytes = b""
    node: Node | None = None


START = State()


class Lock:
    """The rules for one request. Knows no vocabulary.

    :ivar signs: those that its words have.
    :ivar plain: all letters that its words need have a byte each.
    """

    def __init__(self, lock: ScriptLock) -> None:
        self.language = lock.language
        self._uses = uses(lock.language)
        self._begins = beginnings(lock.language)
        self.root = Node()
        self.signs = frozenset(sign for word in lock.words for sign in word if script_of(sign) == SYMBOL)
        for word in (*lock.words, *usual_words(lock.language)):
            for run in self._runs(word):
                self._add(run)
        letters = (letter for node in (self.root, *self.root.below()) for letter in node.children)
        self.plain = not self.signs and all(letter.isascii() for letter in letters)

    def follow(self, state: State, data: bytes) -> State | None:
        """Where the text stands after these bytes, None if they are not allowed."""
        data, node = state.pending + data, state.node
        at, end = 0, len(data)
        while at < end:
            size = width(data[at])
            if at + size > end:
                break
            try:
                letter = data[at : at + size].decode()
            except UnicodeDecodeError:
                return None
            at += size
            if self._uses[ord(letter)] == _FREE or letter in self.signs:
                if node is not None and not node.ends:
                    return None
                node = None
                continue
            node = (node or self.root).children.get(letter)
            if node is None:
                return None
        rest = data[at:]
        if rest and not self.can_begin(rest, node):
            return None
        return State(rest, node)

    def bare(self) -> Lock:
        """The same rules without signs: only letters and white space."""
        bare = copy(self)
        bare._uses, bare._begins = uses(self.language, signs=False), beginnings(self.language, signs=False)
        bare.signs = frozenset()
        return bare

    def can_begin(self, part: bytes, node: Node | None) -> bool:
        """Whether a character with this beginning may come here."""
        letters: Iterable[str] = (node or self.root).children
        if node is None or node.ends:
            if part in self._begins:
                return True
            letters = (*letters, *self.signs)
        return any(letter.encode().startswith(part) for letter in letters)

    def _runs(self, word: str) -> Iterator[str]:
        """The stretches of a word that need permission: free characters stand between them."""
        run = ""
        for letter in word:
            if self._uses[ord(letter)] == Use.FOREIGN and letter not in self.signs:
                run += letter
            elif run:
                yield run
                run = ""
        if run:
            yield run

    def _add(self, run: str) -> None:
        node = self.root
        for letter in run:
            small = letter.lower()
            child = node.children.get(small) or Node(node.spelled + small)
            for form in (letter, small, letter.upper()):
                if len(form) == 1 and self._uses[ord(form)] == Use.FOREIGN:
                    node.children[form] = child
            node = child
        node.ends = True


def width(first: int) -> int:
    """How many bytes a character has that begins with this one; 1 for a byte that begins none."""
    return 1 if first < 0xC2 or first > 0xF4 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def worth(text: str) -> int:
    """What a text adds to the signs that may come, in letters: signs take away."""
    table = parts()
    return sum(_WORTH[table[ord(character)]] for character in text)


@lru_cache(maxsize=8)
def beginnings(language: str, *, signs: bool = True) -> frozenset[bytes]:
    """The first bytes, one to three of them and never all, of the characters that are free in a language."""
    return frozenset(_beginnings(uses(language, signs=signs)))


def _beginnings(table: bytes) -> Iterable[bytes]:
    for block in range(0x80, len(table), 0x40):  # what the last byte tells apart
        if _FREE in table[block : block + 0x40]:
            code = next(code for code in range(block, block + 0x40) if table[code] == _FREE)
            whole = chr(code).encode()
            for size in range(1, len(whole)):
                yield whole[:size]
