"""The bytes of all tokens of a vocabulary at once: which characters they have, and what those are to a script lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.base.scripts import Part, Use, parts
from assistant.engine.llama import np
from assistant.engine.scriptlock import LETTERS_PER_SIGN, width

FOREIGN, _WRONG, HALF = 1, 2, 4


@dataclass(eq=False)
class Pieces:
    """The bytes of tokens.

    :ivar data: one token after the other; ``padded``: the same as an array, with four more bytes.
    :ivar starts: where each token begins in ``data``, and the end.
    """

    data: bytes
    starts: Any
    padded: Any = field(init=False)

    def __post_init__(self) -> None:
        self.padded = np.frombuffer(self.data + bytes(4), np.uint8)

    def of(self, token: int) -> bytes:
        return self.data[self.starts[token] : self.starts[token + 1]]

    @cached_property
    def worths(self) -> Any:
        """For each token what its whole characters are worth (``scriptlock.worth``)."""
        return self._sums(_WORTHS)

    @cached_property
    def signs(self) -> Any:
        """For each token whether one of its whole characters is a sign (``base.scripts.Part``)."""
        return self._sums(np.array([0, 0, 1], np.int32)) > 0

    @cached_property
    def tails(self) -> dict[int, bytes]:
        """Of the tokens that end in half a character, which half."""
        characters = _characters(self)
        tokens = self.starts.searchsorted(characters.at[characters.half], "right") - 1
        places = zip(tokens.tolist(), characters.at[characters.half].tolist(), strict=True)
        return {token: self.data[at : self.starts[token + 1]] for token, at in places}

    @cached_property
    def rests(self) -> Rests:
        """The tokens that begin with the rest of a character."""
        data, at, ends = self.padded, self.starts[:-1], self.starts[1:]
        tokens = np.flatnonzero((data[at] & 0xC0 == 0x80) & (ends > at))
        pieces = [self.of(token) for token in tokens.tolist()]
        sizes = [next((n for n, byte in enumerate(piece) if byte & 0xC0 != 0x80), len(piece)) for piece in pieces]
        others = [piece[size:] for piece, size in zip(pieces, sizes, strict=True)]
        size = np.array(sizes, np.int64)
        codes = np.zeros(len(tokens), np.int32)
        for further in range(3):
            longer = size > further
            codes[longer] = codes[longer] << 6 | data[at[tokens[longer]] + further] & 0x3F
        behind = Pieces(b"".join(others), np.cumsum([0, *map(len, others)]))
        return Rests(tokens.astype(np.int32), size, codes, behind)

    def _sums(self, values: Any) -> Any:
        """For each token the sum of what its whole characters are worth, each as the ``Part`` that it is."""
        if len(self.starts) < 2:
            return np.zeros(0, np.int32)
        characters = _characters(self)
        found = values[np.frombuffer(parts(), np.uint8)[characters.codes]]
        found[~characters.whole] = 0
        sums = np.zeros(len(self.data) + 1, np.int32)
        sums[characters.at] = found
        whole = np.add.reduceat(sums, self.starts[:-1])
        whole[self.starts[1:] == self.starts[:-1]] = 0
        return whole


@dataclass(eq=False)
class Rests:
    """Tokens that begin with the rest of a character.

    :ivar sizes: its bytes; ``codes``: their bits; ``others``: what comes behind it.
    """

    tokens: Any
    sizes: Any
    codes: Any
    others: Pieces


@dataclass(eq=False)
class _Characters:
    """The characters of all tokens.

    :ivar at: where each begins; ``codes``: its code point, something harmless where it has none.
    :ivar whole: it is one; ``half``: it is the beginning of one, at the end of its token.
    """

    at: Any
    codes: Any
    whole: Any
    half: Any


def classes(pieces: Pieces, table: bytes) -> Any:
    """For each token what is wrong with its bytes: FOREIGN, _WRONG, HALF, several or none of them.

    :param table: what each character is (``base.scripts.uses``).
    """
    starts = pieces.starts
    if len(starts) < 2:
        return np.zeros(0, np.uint8)
    characters = _characters(pieces)
    found = _USES[np.frombuffer(table, np.uint8)[characters.codes]]
    found[~characters.whole] = _WRONG
    found[characters.half] = HALF
    flags = np.zeros(len(pieces.data) + 1, np.uint8)
    flags[characters.at] = found
    whole = np.bitwise_or.reduceat(flags, starts[:-1])
    whole[starts[1:] == starts[:-1]] = _WRONG
    return whole


def _characters(pieces: Pieces) -> _Characters:
    size, padded = len(pieces.data), pieces.padded
    begins = np.zeros(size + 1, np.bool_)
    begins[pieces.starts] = True
    token_begins = begins.copy()
    begins[:size] |= padded[:size] & 0xC0 != 0x80
    at = np.flatnonzero(begins[:size])
    have = np.diff(np.append(at, size))
    need = _WIDTHS[padded[at]]
    codes = _codes(padded, at, need)
    whole = (codes >= LEAST[need]) & (have == need)
    return _Characters(at, codes, whole, (have < need) & token_begins[at + have])


def _codes(padded: Any, at: Any, need: Any) -> Any:
    """Code points of the characters that begin ``at`` these places; something harmless where there is none."""
    codes = padded[at].astype(np.int32)
    for size in (2, 3, 4):
        of_size = np.flatnonzero(need == size)
        place = at[of_size]
        code = codes[of_size] & (0x7F >> size)
        for further in range(1, size):
            code = code << 6 | padded[place + further] & 0x3F
        codes[of_size] = code
    codes[codes > 0x10FFFF] = 0
    return codes


_WIDTHS = np.array([0 if 0x80 <= byte < 0xC2 or byte > 0xF4 else width(byte) for byte in range(256)], np.int64)
LEAST = np.array([0, 0, 0x80, 0x800, 0x10000], np.int32)
_USES = np.zeros(3, np.uint8)
_USES[[Use.FOREIGN, Use.NEVER]] = FOREIGN, _WRONG
_WORTHS = np.zeros(3, np.int32)
_WORTHS[[Part.LETTER, Part.SIGN]] = 1, -LETTERS_PER_SIGN
