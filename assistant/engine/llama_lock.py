"""A script lock over a vocabulary: which tokens may come where, computed once per model and language, kept, and looked
up for each token.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.base.scripts import Use, lockable, uses
from assistant.engine.llama import np
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Generate, Marks, ScriptLock
from assistant.engine.scriptlock import START, Lock, Node, State, beginnings, width

_FOREIGN, _WRONG, _HALF = 1, 2, 4
_AROUND = "".join(letter for letter in map(chr, range(128)) if letter not in string.ascii_letters)
_CHANNELS = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>")
_SPARSE = 16  # less than this part of the vocabulary is better gathered than filtered
_TABLES = 4  # languages of one model that are kept
_ROOM = 1 << 20  # tokens in all choices that a language keeps for beginnings of characters
_KEPT = 256  # states of one request whose tokens are kept


@dataclass(eq=False)
class Choice:
    """The tokens that may come next.

    :ivar ids: in order; ``flags``: the same as one truth value per token, None where they are few.
    :ivar reach: how far below the best logit the wanted number of them was found lately, 0: never (see ``Candidates``).
    """

    ids: Any
    flags: Any = None
    reach: float = 0.0

    def allows(self, token: int) -> bool:
        if self.flags is not None:
            return bool(self.flags[token])
        at = int(self.ids.searchsorted(token))
        return at < len(self.ids) and int(self.ids[at]) == token

    def among(self, tokens: Any) -> Any:
        """Those of an array of tokens that may come next."""
        if self.flags is not None:
            return tokens[self.flags[tokens]]
        return tokens[self.ids[self.ids.searchsorted(tokens) % len(self.ids)] == tokens]


def _choice(flags: Any) -> Choice:
    ids = np.flatnonzero(flags).astype(np.int32)
    return Choice(ids, flags if len(ids) * _SPARSE >= len(flags) else None)


class LockTable:
    """What all requests with a lock on one language share.

    :ivar fresh: for each token, whether it may stand alone: all its characters are free, half ones can become free.
    """

    def __init__(self, vocabulary: LlamaVocabulary, language: str, pieces: tuple[bytes, Any]) -> None:
        self.vocabulary = vocabulary
        self.ends = sorted(vocabulary.ends)
        self._data, self._starts = pieces
        self._begins = beginnings(language)
        table = uses(language)
        free = np.frombuffer(table, np.uint8) == Use.FREE
        # Whether a character is free, or any of those that are the same but for the last six or twelve bits.
        self._free = {bits: free.reshape(-1, 1 << bits).any(1) for bits in (0, 6, 12)}
        self._flags = _classes(self._data, self._starts, table)
        self._halves()
        self.fresh = self._flags == 0
        self.fresh[self.ends] = True
        self.start = _choice(self.fresh)
        self._rests: list[tuple[Any, Any, Any, Any]] = []  # for each size: tokens, bits, what follows, nothing does
        self._learn_rests(table)
        self._after: dict[bytes, Choice] = {}
        self._room = _ROOM
        self._cores: tuple[Any, Any] | None = None

    def piece(self, token: int) -> bytes:
        return self._data[self._starts[token] : self._starts[token + 1]]

    def _halves(self) -> None:
        """Look at the tokens that end in half a character: which half, and whether it can become a free one."""
        self.tails: dict[int, bytes] = {}
        for token in np.flatnonzero(self._flags & _HALF).tolist():
            piece = self.piece(token)
            tail = self.tails[token] = piece[_last_lead(piece) :]
            if tail in self._begins:
                self._flags[token] ^= _HALF

    def _learn_rests(self, table: bytes) -> None:
        """Look at the tokens that begin with the rest of a character: its bytes, and whether what follows is free."""
        data = np.frombuffer(self._data + bytes(4), np.uint8)
        at, ends = self._starts[:-1], self._starts[1:]
        tokens = np.flatnonzero((data[at] & 0xC0 == 0x80) & (ends > at))
        self.continuing: list[int] = tokens.tolist()
        pieces = [self.piece(token) for token in self.continuing]
        sizes = [next((n for n, byte in enumerate(piece) if byte & 0xC0 != 0x80), len(piece)) for piece in pieces]
        others = [piece[size:] for piece, size in zip(pieces, sizes, strict=True)]
        flags = np.zeros(0, np.uint8)
        if others:
            flags = _classes(b"".join(others), np.cumsum([0, *map(len, others)]), table)
        for n in np.flatnonzero(flags == _HALF).tolist():
            flags[n] = 0 if others[n][_last_lead(others[n]) :] in self._begins else _HALF
        bare = np.array([not other for other in others], np.bool_)
        size = np.array(sizes, np.int64)
        for length in (1, 2, 3):
            chosen = size == length
            codes = np.zeros(int(chosen.sum()), np.int32)
            for further in range(length):
                codes = codes << 6 | data[at[tokens[chosen]] + further] & 0x3F
            fits = bare | (flags == 0)
            self._rests.append((tokens[chosen].astype(np.int32), codes, fits[chosen], bare[chosen]))

    def after(self, pending: bytes) -> Choice:
        """What may follow the first bytes of a character, outside of words."""
        found = self._after.pop(pending, None)
        if found is None:
            found = self._find_after(pending)
            self._room -= len(found.ids)
            while self._room < 0 and self._after:
                self._room += len(self._after.pop(next(iter(self._after))).ids)
        self._after[pending] = found
        return found

    def _find_after(self, pending: bytes) -> Choice:
        size = width(pending[0])
        missing = size - len(pending)
        code = pending[0] & (0x7F >> size)
        for byte in pending[1:]:
            code = code << 6 | byte & 0x3F
        parts = [np.array(self.ends, np.int32)]
        for length, (tokens, codes, fits, bare) in enumerate(self._rests[:missing], 1):
            left = 6 * (missing - length)  # bits that are still open after the token
            first, least = code << 6 * length, int(_LEAST[size]) >> left
            free = self._free[left][first : first + (1 << 6 * length)]
            if first < least:
                free = free.copy()
                free[: least - first] = False
            parts.append(tokens[free.take(codes, mode="clip") & (bare if left else fits)])
        return Choice(np.sort(np.concatenate(parts), kind="stable"))

    def spelled(self, text: str) -> Sequence[int]:
        """Tokens with these letters (small) of another script, and nothing else but free characters around them.

        Rarely one that has others comes along: what a token may do is for the rules to say.
        """
        if self._cores is None:
            self._cores = self._index()
        hashes, tokens = self._cores
        first, last = hashes.searchsorted(hash(text), "left"), hashes.searchsorted(hash(text), "right")
        found: list[int] = tokens[first:last].tolist()
        return found

    def _index(self) -> tuple[Any, Any]:
        """Hashes of the letters of all tokens in other scripts, in order, and the tokens: a dictionary is too large."""
        tokens = np.flatnonzero(self._flags == _FOREIGN).astype(np.int32)
        cores = (self.piece(token).decode("utf-8", "replace").strip(_AROUND).lower() for token in tokens.tolist())
        hashes = np.fromiter(map(hash, cores), np.int64, len(tokens))
        order = hashes.argsort(kind="stable")
        return hashes[order], tokens[order]


class LlamaLock:
    """The lock of one request: follows what is sampled."""

    def __init__(self, table: LockTable, lock: ScriptLock, marks: Sequence[Marks]) -> None:
        self._table = table
        self._rules = Lock(lock)
        self._choices: dict[State, Choice] = {}
        self._opening = _Opening(table.vocabulary, marks)
        self._controls = _controls(table.vocabulary, marks)
        self._state = START
        self._whole = table.start
        self._inside: list[int] = []  # tokens that begin inside of a word
        if self._rules.root.children or self._rules.signs or self._controls:
            self._with_words()

    def _with_words(self) -> None:
        table, rules = self._table, self._rules
        flags = table.fresh.copy()
        flags[self._controls] = True
        for node in rules.root.below():
            for token in table.spelled(node.spelled):
                if rules.follow(START, table.piece(token)) is not None:
                    flags[token] = True
                    if table.piece(token).decode().lower().startswith(node.spelled):
                        self._inside.append(token)
        flags[[token for sign in rules.signs for token in self._allowed(START, table.spelled(sign))]] = True
        if not rules.plain:
            for token in table.tails:
                if not flags[token] and rules.follow(START, table.piece(token)) is not None:
                    flags[token] = True
                    self._inside.append(token)
        self._whole = _choice(flags)

    def next(self) -> Choice:
        """The tokens that may come now; never none."""
        state = self._state
        if self._opening.waits:
            return self._opening.extend(self._at(state))
        return self._at(state)

    def follow(self, token: int) -> None:
        """``token`` was sampled."""
        table, state = self._table, self._state
        if self._opening.waits and self._opening.follow(token, allowed=self._at(state).allows(token)):
            return
        if state == START and table.fresh[token]:
            tail = table.tails.get(token)
            if tail is not None:
                self._state = State(tail)
            return
        piece = table.piece(token)
        after = self._rules.follow(state, piece) if piece else None
        self._state = after or START  # a control token ends whatever was half

    def reset(self) -> None:
        """What comes next begins anew, after something that the lock does not count for."""
        self._state = START

    def _at(self, state: State) -> Choice:
        if state == START:
            return self._whole
        if state.node is None and self._rules.plain:
            return self._table.after(state.pending)
        found = self._choices.get(state)
        if found is None:
            if len(self._choices) >= _KEPT:
                self._choices.clear()
            found = self._choices[state] = self._find(state)
        return found

    def _find(self, state: State) -> Choice:
        """The tokens that may follow inside of a word or, where words have letters of several bytes, of a letter."""
        table = self._table
        node = state.node
        if state.pending:
            found = list(self._allowed(state, table.continuing))
        else:
            assert node is not None
            found = self._on(state, node)
            if node.ends:
                flags = self._whole.flags if self._whole.flags is not None else self._flags_of(self._whole)
                flags = flags.copy()
                flags[self._inside] = False
                flags[found] = True
                return _choice(flags)
        if not found:
            return self._whole  # the vocabulary cannot spell the rest
        return Choice(np.array(sorted({*found, *table.ends}), np.int32))

    def _on(self, state: State, node: Node) -> list[int]:
        """The tokens that go on with the word."""
        known, spelled = len(node.spelled), self._table.spelled
        found = [token for below in node.below() for token in self._allowed(state, spelled(below.spelled[known:]))]
        if not self._rules.plain:
            found += self._allowed(state, self._table.tails)
        return found

    def _allowed(self, state: State, tokens: Iterable[int]) -> Iterable[int]:
        piece, follow = self._table.piece, self._rules.follow
        return (token for token in tokens if follow(state, piece(token)) is not None)

    def _flags_of(self, choice: Choice) -> Any:
        flags = np.zeros(self._table.vocabulary.size, np.bool_)
        flags[choice.ids] = True
        return flags


class LlamaLocks:
    """The locks on one vocabulary: what is dear about them is made when it is first asked for, and kept."""

    def __init__(self, vocabulary: LlamaVocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: tuple[bytes, Any] | None = None
        self._tables: dict[str, LockTable] = {}

    def of(self, request: Generate) -> LlamaLock | None:
        """The lock that a request wants, None if nothing is known about its language."""
        lock = request.lock
        if lock is None or not lockable(lock.language):
            return None
        table = self._tables.pop(lock.language, None)
        if table is None:
            if self._pieces is None:
                self._pieces = self._vocabulary.all_pieces()
            table = LockTable(self._vocabulary, lock.language, self._pieces)
            if len(self._tables) >= _TABLES:
                self._tables.pop(next(iter(self._tables)))  # the one that was not asked for the longest time
        self._tables[lock.language] = table
        return LlamaLock(table, lock, request.marks)


class _Opening:
    """The marks of plain text that open a reasoning at the beginning of an answer: their letters are nobody's word.

    :ivar waits: no character of the answer has come yet, so that a mark may.
    """

    def __init__(self, vocabulary: LlamaVocabulary, marks: Sequence[Marks]) -> None:
        closed = [] if any(mark.opened for mark in marks) else [mark.start for mark in marks if mark.start]
        spelled = [vocabulary.tokenize(start) for start in closed]
        # A leading space is the tokenizer's own.
        spelled = [tokens[1:] if tokens and vocabulary.piece(tokens[0]) == b" " else tokens for tokens in spelled]
        self._rest = [tokens for tokens in spelled if tokens and all(vocabulary.piece(token) for token in tokens)]
        self._vocabulary = vocabulary
        self._begun = self._bound = False
        self.waits = bool(self._rest)

    def extend(self, choice: Choice) -> Choice:
        """What the lock allows, and the next token of a mark; that alone if the mark has begun with a locked one."""
        following = np.array([tokens[0] for tokens in self._rest], np.int32)
        return Choice(np.unique(following) if self._bound else np.union1d(choice.ids, following))

    def follow(self, token: int, *, allowed: bool) -> bool:
        """Whether ``token`` goes on with a mark by letters that the lock knows nothing of."""
        if not self._begun and not self._vocabulary.piece(token).strip():
            return False
        self._begun = True
        rest = [tokens[1:] for tokens in self._rest if tokens[0] == token]
        self._bound = bool(rest) and (self._bound or not allowed)
        self._rest = [] if [] in rest else rest
        self.waits = bool(self._rest)
        return self._bound


def _controls(vocabulary: LlamaVocabulary, marks: Sequence[Marks]) -> list[int]:
    """Control tokens that marks are made of."""
    spellings = {text for mark in marks for text in (mark.start, mark.end) if text}
    if any(text.startswith("<|channel|>") for text in spellings):
        spellings.update(_CHANNELS)
    found = [special for special in vocabulary.specials if vocabulary.control_text(special.token)]
    return [special.token for special in found if any(special.text in text for text in spellings)]


# ---------------------------------------------------------------- all tokens at once


def _last_lead(piece: bytes) -> int:
    """Where the last character of a piece begins."""
    at = len(piece) - 1
    while at > 0 and piece[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _classes(data: bytes, starts: Any, table: bytes) -> Any:
    """For each token what is wrong with its bytes: _FOREIGN, _WRONG, _HALF, several or none of them.

    :param starts: where each token begins in ``data``, and the end.
    :param table: what each character is (``base.scripts.uses``).
    """
    size = len(data)
    padded = np.frombuffer(data + bytes(4), np.uint8)
    begins = np.zeros(size + 1, np.bool_)
    begins[starts] = True
    token_begins = begins.copy()
    begins[:size] |= padded[:size] & 0xC0 != 0x80
    at = np.flatnonzero(begins[:size])
    have = np.diff(np.append(at, size))
    need = _WIDTHS[padded[at]]
    half = (have < need) & token_begins[at + have]
    codes = _codes(padded, at, need)
    found = _USES[np.frombuffer(table, np.uint8)[codes]]
    found[(codes < _LEAST[need]) | (have != need)] = _WRONG
    found[half] = _HALF
    flags = np.zeros(size + 1, np.uint8)
    flags[at] = found
    whole = np.bitwise_or.reduceat(flags, starts[:-1])
    whole[starts[1:] == starts[:-1]] = _WRONG
    return whole


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
_LEAST = np.array([0, 0, 0x80, 0x800, 0x10000], np.int32)
_USES = np.zeros(3, np.uint8)
_USES[[Use.FOREIGN, Use.NEVER]] = _FOREIGN, _WRONG
