"""A script lock over a vocabulary: which tokens may come where, computed once per model and language, kept, and looked
up for each token.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.base.scripts import Use, lockable, uses
from assistant.engine.llama import np
from assistant.engine.llama_pieces import FOREIGN, HALF, LEAST, Pieces, classes
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Generate, Marks, ScriptLock
from assistant.engine.scriptlock import LETTERS_PER_SIGN, START, Lock, Node, State, beginnings, width, worth

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
    :ivar floor: the logit that this came to; ``steady``: lately it has hardly changed.
    """

    ids: Any
    flags: Any = None
    reach: float = 0.0
    floor: float = 0.0
    steady: bool = False

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

    :param usual: the table with digits, punctuation and the like: this is the one without them. None: this is it.
    :ivar fresh: for each token, whether it may stand alone: all its characters are free, half ones can become free.
    """

    def __init__(
        self, vocabulary: LlamaVocabulary, language: str, pieces: Pieces, *, usual: LockTable | None = None
    ) -> None:
        self.vocabulary = vocabulary
        self.ends = sorted(vocabulary.ends)
        self.pieces, self._language = pieces, language
        self._begins = beginnings(language, signs=usual is None)
        table = uses(language, signs=usual is None)
        free = np.frombuffer(table, np.uint8) == Use.FREE
        # Whether a character is free, or any of those that are the same but for the last six or twelve bits.
        self._free = {bits: free.reshape(-1, 1 << bits).any(1) for bits in (0, 6, 12)}
        self._flags: Any = self._judged(pieces, table, usual._flags if usual else None)
        self.fresh = self._flags == 0
        self.fresh[self.ends] = True
        self.start = _choice(self.fresh)
        self._others: Any = self._judged(pieces.rests.others, table, usual._others if usual else None)
        self._rests = list(self._fitting())  # for each size: tokens, bits, what follows is free, nothing does
        self._after: dict[bytes, Choice] = {}
        self._room = _ROOM
        # A word is not spelled with signs: the tokens that spell it are the same ones.
        self._spellings: _Spellings = usual._spellings if usual else _Spellings(pieces, self._flags)

    @cached_property
    def bare(self) -> LockTable:
        """The same without signs."""
        return LockTable(self.vocabulary, self._language, self.pieces, usual=self)

    def piece(self, token: int) -> bytes:
        return self.pieces.of(token)

    def _judged(self, pieces: Pieces, table: bytes, known: Any) -> Any:
        """What is wrong with each of the pieces, where half a character that can become a free one is fine.

        :param known: the same with signs.
        """
        flags = classes(pieces, table) if known is None else known | pieces.signs * np.uint8(FOREIGN)
        if pieces.tails:
            tokens = np.fromiter(pieces.tails, np.int64, len(pieces.tails))
            fine = np.fromiter((tail in self._begins for tail in pieces.tails.values()), np.bool_, len(tokens))
            flags[tokens] = flags[tokens] & (0xFF ^ HALF) | np.where(fine, 0, HALF).astype(np.uint8)
        return flags

    def _fitting(self) -> Iterable[tuple[Any, Any, Any, Any]]:
        rests, others = self.pieces.rests, self.pieces.rests.others
        bare = others.starts[1:] == others.starts[:-1]
        fits = bare | (self._others == 0)
        for size in (1, 2, 3):
            chosen = rests.sizes == size
            yield rests.tokens[chosen], rests.codes[chosen], fits[chosen], bare[chosen]

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
            first, least = code << 6 * length, int(LEAST[size]) >> left
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
        return self._spellings.of(text)


class _Spellings:
    """The tokens with letters of other scripts, found by those letters. The index is made when it is first asked for.

    :param flags: what is wrong with each token, where signs are free.
    """

    def __init__(self, pieces: Pieces, flags: Any) -> None:
        self._pieces, self._flags = pieces, flags

    def of(self, text: str) -> Sequence[int]:
        hashes, tokens = self._index
        first, last = hashes.searchsorted(hash(text), "left"), hashes.searchsorted(hash(text), "right")
        found: list[int] = tokens[first:last].tolist()
        return found

    @cached_property
    def _index(self) -> tuple[Any, Any]:
        """Hashes of the letters of all tokens in other scripts, in order, and the tokens: a dictionary is too large."""
        tokens = np.flatnonzero(self._flags == FOREIGN).astype(np.int32)
        cores = (self._pieces.of(token).decode("utf-8", "replace").strip(_AROUND).lower() for token in tokens.tolist())
        hashes = np.fromiter(map(hash, cores), np.int64, len(tokens))
        order = hashes.argsort(kind="stable")
        return hashes[order], tokens[order]


class _Follow:
    """What may follow in each state, by the rules of one request.

    :param controls: control tokens that are free.
    """

    def __init__(self, table: LockTable, rules: Lock, controls: list[int]) -> None:
        self._table, self.rules, self._controls = table, rules, controls
        self._choices: dict[State, Choice] = {}
        self._whole = table.start
        self._inside: list[int] = []  # tokens that begin inside of a word
        if rules.root.children or rules.signs or controls:
            self._with_words()

    def _with_words(self) -> None:
        table, rules = self._table, self.rules
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
            for token in table.pieces.tails:
                if not flags[token] and rules.follow(START, table.piece(token)) is not None:
                    flags[token] = True
                    self._inside.append(token)
        self._whole = _choice(flags)

    def at(self, state: State) -> Choice:
        """The tokens that may come; never none."""
        if state == START:
            return self._whole
        if state.node is None and self.rules.plain:
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
            found = list(self._allowed(state, table.pieces.rests.tokens.tolist()))
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
        if not self.rules.plain:
            found += self._allowed(state, self._table.pieces.tails)
        return found

    def _allowed(self, state: State, tokens: Iterable[int]) -> Iterable[int]:
        piece, follow = self._table.piece, self.rules.follow
        return (token for token in tokens if follow(state, piece(token)) is not None)

    def _flags_of(self, choice: Choice) -> Any:
        flags = np.zeros(self._table.vocabulary.size, np.bool_)
        flags[choice.ids] = True
        return flags


class LlamaLock:
    """The lock of one request: follows what is sampled."""

    def __init__(self, table: LockTable, lock: ScriptLock, marks: Sequence[Marks]) -> None:
        self._table = table
        self._opening = _Opening(table.vocabulary, marks)
        self._controls = _controls(table.vocabulary, marks)
        self._usual = _Follow(table, Lock(lock), self._controls)
        self._bare: _Follow | None = None
        # Made now, not in the middle of an answer. None: signs are not counted.
        self._letters = table.bare if lock.signs is not None else None
        self._worths = table.pieces.worths if lock.signs is not None else None
        self._left = (lock.signs or 0) * LETTERS_PER_SIGN  # what the signs that may come are worth, in letters
        self._state = START

    def next(self) -> Choice:
        """The tokens that may come now; never none."""
        choice = self._at(self._state)
        return self._opening.extend(choice) if self._opening.waits else choice

    def follow(self, token: int) -> None:
        """``token`` was sampled."""
        table, state = self._table, self._state
        if self._opening.waits and self._opening.follow(token, allowed=self._at(state).allows(token)):
            return
        if state == START and table.fresh[token]:
            if self._worths is not None:
                self._left += int(self._worths[token])
            tail = table.pieces.tails.get(token)
            if tail is not None:
                self._state = State(tail)
            return
        piece = table.piece(token)
        after = self._usual.rules.follow(state, piece) if piece else None
        if after is not None and self._letters is not None:
            data = state.pending + piece
            self._left += worth(data[: len(data) - len(after.pending)].decode())
        self._state = after or START  # a control token ends whatever was half

    def reset(self) -> None:
        """What comes next begins anew, after something that the lock does not count for."""
        self._state = START

    def _at(self, state: State) -> Choice:
        if self._letters is None or self._left >= LETTERS_PER_SIGN:
            return self._usual.at(state)
        if self._bare is None:
            self._bare = _Follow(self._letters, self._usual.rules.bare(), self._controls)
        # What has begun as a sign has to become one.
        begun = not state.pending or self._bare.rules.can_begin(state.pending, state.node)
        return (self._bare if begun else self._usual).at(state)


class LlamaLocks:
    """The locks on one vocabulary: what is dear about them is made when it is first asked for, and kept."""

    def __init__(self, vocabulary: LlamaVocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: Pieces | None = None
        self._tables: dict[str, LockTable] = {}

    def of(self, request: Generate) -> LlamaLock | None:
        """The lock that a request wants, None if nothing is known about its language."""
        lock = request.lock
        if lock is None or not lockable(lock.language):
            return None
        table = self._tables.pop(lock.language, None)
        if table is None:
            if self._pieces is None:
                self._pieces = Pieces(*self._vocabulary.all_pieces())
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
