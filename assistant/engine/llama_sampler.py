"""Choosing tokens with llama.cpp's samplers, without copying the whole vocabulary for each token."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.llama import L, grammar_of_schema, np
from assistant.engine.llama_lock import Choice, LlamaLock
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Generate, Sampling

_ENTRY = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
_HUGE = 131072  # a vocabulary from here on is better not copied for each token
_ALL = 1000  # a top_k above this is as slow as the whole vocabulary
_FEW, _MANY, _MORE = 2, 5, 10  # times as many candidates as are wanted: nearly too few, rather many, to be cut
_STEADY = 0.15  # share of the reach by which a floor may change from one token to the next


class Candidates:
    """An array of candidates that the library's samplers work on, allocated once for all requests."""

    def __init__(self, size: int) -> None:
        self.entries = np.zeros(size, _ENTRY)
        self._ids = np.arange(size, dtype=np.int32)
        self._array = L.llama_token_data_array()
        self._array.data = self.entries.ctypes.data_as(L.llama_token_data_p)
        self.pointer = ctypes.byref(self._array)
        self._hit = np.empty(size, np.bool_)
        self._reach = 12.0  # how far below the best logit the wanted number of candidates was found lately
        self._locked_reach = 12.0  # the same for whatever lock

    def fill_all(self, logits: Any) -> None:
        self.entries["id"] = self._ids
        self.entries["logit"] = logits
        self._ready(len(self.entries))

    def fill_best(self, logits: Any, wanted: int, also: Any = None) -> None:
        """At least the ``wanted`` best tokens, and those in the array ``also``."""
        best = float(logits[logits.argmax()])
        reach, hit = self._reach, self._hit
        while True:
            np.greater_equal(logits, best - reach, out=hit)
            if also is not None:
                hit[also] = True
            ids = hit.nonzero()[0]
            if len(ids) >= wanted + (0 if also is None else len(also)):
                break
            if reach > 200 or not np.isfinite(best):
                self.fill_all(logits)
                return
            reach *= 1.5
        self._reach = reach * 0.95 if len(ids) > 3 * wanted else reach
        self._fill(ids, logits)

    def fill_allowed(self, logits: Any, wanted: int, choice: Choice, also: Any = None) -> None:
        """Of the tokens of a ``choice`` at least the ``wanted`` best, and those in the array ``also``; 0: all."""
        ids, few = choice.ids, choice.flags is None
        if wanted and also is not None:
            wanted += len(also)
        if wanted and len(ids) > 4 * wanted:
            near = self._near(logits[ids] if few else logits, wanted, choice)
            if near is not None:
                ids = ids[near] if few else near
                if also is not None:
                    ids = np.union1d(ids, choice.among(also))
        self._fill(ids, logits)

    def _near(self, values: Any, wanted: int, choice: Choice) -> Any:
        """Places of the ``wanted`` best values or some more, None if they are too far from the best one."""
        if choice.steady:  # then the best one need not be known
            places = self._above(values, choice.floor, choice)
            if wanted <= len(places) <= _MORE * wanted:
                choice.floor -= choice.reach * (_step(len(places), wanted) - 1.0)
                return places
        best = float(values[values.argmax()])
        reach = choice.reach or self._locked_reach
        while reach < 200 and np.isfinite(best):
            places = self._above(values, best - reach, choice)
            count = len(places)
            if count < wanted:
                reach *= 1.2
                continue
            if count > _MORE * wanted:  # the library would sort them all
                found = values[places]
                least = float(np.partition(found, -_FEW * wanted)[-_FEW * wanted])
                places = places[found >= least]
                reach = max(1.0, best - least)
            choice.steady = abs(best - reach - choice.floor) < _STEADY * reach
            choice.floor = best - reach
            choice.reach = self._locked_reach = reach * _step(count, wanted)
            return places
        return None

    def _above(self, values: Any, least: float, choice: Choice) -> Any:
        """Places of the values that are ``least`` or more, of tokens that may come."""
        hit = self._hit[: len(values)]
        np.greater_equal(values, least, out=hit)
        if choice.flags is not None:
            np.logical_and(hit, choice.flags, out=hit)
        return hit.nonzero()[0]

    def fill_one(self, token: int) -> None:
        self.entries["id"][0] = token
        self.entries["logit"][0] = 0.0
        self._ready(1)

    def _fill(self, ids: Any, logits: Any) -> None:
        count = len(ids)
        entries = self.entries
        entries["id"][:count] = ids
        entries["logit"][:count] = logits[ids]
        self._ready(count)

    def _ready(self, count: int) -> None:
        array = self._array
        array.size = count
        array.selected = -1
        array.sorted = False

    @property
    def size(self) -> int:
        return int(self._array.size)

    def chosen(self) -> int:
        """The token that the last sampler selected."""
        return int(self.entries["id"][self._array.selected])

    def best(self) -> int:
        count = self.size
        return int(self.entries["id"][int(self.entries["logit"][:count].argmax(0))])

    def allows_first(self) -> bool:
        return bool(np.isfinite(self.entries["logit"][0]))

    def allows_any(self) -> bool:
        return bool(np.isfinite(self.entries["logit"][: self.size]).any())


class LlamaChooser:
    """Implements ``backend.Chooser``.

    :param sampling: resolved, no field is None.
    :param prompt: its end counts for penalties.
    :param lock: what the request's script lock allows.
    :raises AssistantError: GRAMMAR_INVALID.
    """

    def __init__(
        self,
        vocabulary: LlamaVocabulary,
        candidates: Candidates,
        request: Generate,
        sampling: Sampling,
        prompt: Sequence[int],
        lock: LlamaLock | None = None,
    ) -> None:
        self._candidates = candidates
        self._lock = lock
        self.locked = lock is not None
        self.seed = sampling.seed or 0
        self._grammar: Any = _grammar(vocabulary, request)
        self._mask = _mask(vocabulary, request)
        self._never = sorted(vocabulary.ends) if request.ignore_end else []
        self._greedy = not sampling.temperature
        self._penalties, window = _penalties(vocabulary, sampling)
        self._window: Any = None  # the last tokens, as a ring
        self._written = 0
        if self._penalties is not None:
            for token in prompt[-window:]:
                L.llama_sampler_accept(self._penalties, token)
            self._window = np.zeros(max(1, window), np.int64)
            last = prompt[-window:]
            self._window[: len(last)] = last
            self._written = len(last)
        simple = self._penalties is None and self._grammar is None and not request.allowed and lock is None
        self._whole = simple and not self._greedy and vocabulary.size <= _HUGE
        biases = _biases(vocabulary, request) if self._whole else {}
        self._chain = None if self._greedy else _chain(sampling, self.seed, vocabulary.size, biases)
        self._wanted = sampling.top_k or 0
        # Without a top_k, or with a memory as long as the context, every token is a candidate.
        self._all = not 0 < self._wanted <= _ALL or (sampling.dry_multiplier or 0) > 0
        self._plain = self._greedy and self._penalties is None and self._grammar is None and self._mask is None

    def choose(self, context: Any, row: int) -> int:
        """:param context: the ``LlamaContext`` that decoded the row."""
        if self._whole:
            token: int = context.sample(self._chain, row)
            return token
        logits = context.logits(row)
        if self._lock is not None:
            return self._choose_locked(logits, self._lock)
        return self._choose(logits)

    def _choose_locked(self, logits: Any, lock: LlamaLock) -> int:
        if not self.locked:
            lock.reset()
            return self._choose(logits)
        token = self._choose(logits, lock.next())
        lock.follow(token)
        return token

    def _choose(self, logits: Any, choice: Choice | None = None) -> int:
        if self._plain:
            token = int(logits.argmax())
            if token not in self._never and (choice is None or choice.allows(token)):
                return token
        if self._never or self._mask is not None:
            logits = self._masked(logits)
        token = self._pick(logits, choice)
        if self._grammar is not None:
            token = self._by_grammar(logits, token, choice)
        if self._penalties is not None and self._window is not None:
            L.llama_sampler_accept(self._penalties, token)
            self._window[self._written % len(self._window)] = token
            self._written += 1
        return token

    def close(self) -> None:
        for sampler in (self._chain, self._penalties, self._grammar):
            if sampler is not None:
                L.llama_sampler_free(sampler)
        self._chain = self._penalties = self._grammar = None

    def _masked(self, logits: Any) -> Any:
        if self._mask is not None:
            return logits + self._mask
        logits = logits.copy()
        logits[self._never] = -np.inf
        return logits

    def _pick(self, logits: Any, choice: Choice | None = None, grammar: Any = None) -> int:
        candidates = self._candidates
        window = self._window
        if choice is not None:
            wanted = 0 if self._all or grammar is not None else self._wanted
            candidates.fill_allowed(logits, wanted, choice, None if window is None else window[: self._written])
        elif self._all or grammar is not None:
            candidates.fill_all(logits)
        elif window is not None:
            # A penalty can push as many of the best out as it touches, and pull up others that it touches.
            candidates.fill_best(logits, self._wanted, window[: self._written])
        else:
            candidates.fill_best(logits, self._wanted)
        if grammar is not None:
            L.llama_sampler_apply(grammar, candidates.pointer)
        if self._penalties is not None:
            L.llama_sampler_apply(self._penalties, candidates.pointer)
        if self._chain is None:
            return candidates.best()
        L.llama_sampler_apply(self._chain, candidates.pointer)
        return candidates.chosen()

    def _by_grammar(self, logits: Any, token: int, choice: Choice | None) -> int:
        """Keep ``token`` if the grammar allows it, else choose again among what it allows (dear, and rare).

        What only the grammar allows (the names in an object) is right where nothing else is.
        """
        candidates, grammar = self._candidates, self._grammar
        candidates.fill_one(token)
        L.llama_sampler_apply(grammar, candidates.pointer)
        if not candidates.allows_first():
            if choice is not None:
                candidates.fill_allowed(logits, 0, choice)
                L.llama_sampler_apply(grammar, candidates.pointer)
                choice = choice if candidates.allows_any() else None
            token = self._pick(logits, choice, grammar)
            candidates.fill_one(token)
            L.llama_sampler_apply(grammar, candidates.pointer)
            if not candidates.allows_first():  # the library would end the process
                raise AssistantError(ErrorKind.GRAMMAR_INVALID, "no token that may come fits the grammar")
        L.llama_sampler_accept(self._grammar, token)
        return token


def _step(count: int, wanted: int) -> float:
    """How much farther to look next time. A look at all values in vain is dearer than a few candidates too many."""
    return 1.03 if count < _FEW * wanted else 0.98 if count > _MANY * wanted else 1.0


def _grammar(vocabulary: LlamaVocabulary, request: Generate) -> Any:
    text = request.grammar
    if request.json_schema:
        try:
            text = grammar_of_schema(request.json_schema)
        except ValueError as error:
            raise AssistantError(ErrorKind.GRAMMAR_INVALID, str(error)) from error
    if not text:
        return None
    sampler = L.llama_sampler_init_grammar(vocabulary.handle, text.encode(), b"root")
    if not sampler:
        raise AssistantError(ErrorKind.GRAMMAR_INVALID, "the library refused the grammar")
    return sampler


def _mask(vocabulary: LlamaVocabulary, request: Generate) -> Any:
    """What is added to the logits, None if nothing."""
    if not (request.logit_bias or request.banned or request.allowed):
        return None
    size = vocabulary.size

    def known(tokens: Sequence[int]) -> list[int]:
        return [token for token in tokens if 0 <= token < size]

    mask = np.zeros(size, np.float32)
    if request.allowed:
        mask[:] = -np.inf
        mask[known(request.allowed)] = 0.0
        mask[list(vocabulary.ends)] = 0.0
    for token, bias in _biases(vocabulary, request).items():
        mask[token] += bias
    return mask


def _biases(vocabulary: LlamaVocabulary, request: Generate) -> dict[int, float]:
    """What is added to the logits of single tokens; minus infinity: never."""
    biases = dict(request.logit_bias)
    biases.update(dict.fromkeys(request.banned, -np.inf))
    if request.ignore_end:
        biases.update(dict.fromkeys(vocabulary.ends, -np.inf))
    return {token: bias for token, bias in biases.items() if 0 <= token < vocabulary.size}


def _penalties(vocabulary: LlamaVocabulary, sampling: Sampling) -> tuple[Any, int]:
    """The samplers that remember tokens (None if all are off), and how many tokens they look back."""
    last = max(0, sampling.penalty_last_n or 0)
    repeat = sampling.repeat_penalty or 1.0
    frequency, presence = sampling.frequency_penalty or 0.0, sampling.presence_penalty or 0.0
    parts, window = [], 0
    if last and (repeat != 1.0 or frequency or presence):
        parts.append(L.llama_sampler_init_penalties(vocabulary.size, last, repeat, frequency, presence))
        window = last
    if (multiplier := sampling.dry_multiplier or 0.0) > 0:
        reach = sampling.dry_penalty_last_n if sampling.dry_penalty_last_n >= 0 else 4096
        breakers = [text.encode() for text in sampling.dry_breakers]
        texts = (ctypes.c_char_p * len(breakers))(*breakers)
        base, allowed = sampling.dry_base, sampling.dry_allowed_length
        dry = L.llama_sampler_init_dry(vocabulary.handle, multiplier, base, allowed, reach, texts, len(breakers))
        parts.append(dry)
        window = max(window, reach)
    if not parts:
        return None, 0
    chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
    for part in parts:
        L.llama_sampler_chain_add(chain, part)
    return chain, window


def _chain(sampling: Sampling, seed: int, size: int, biases: dict[int, float]) -> Any:
    """top_k first: everything after it works on a few dozen candidates."""
    chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
    if biases:
        pairs = (L.llama_logit_bias * len(biases))(*biases.items())
        L.llama_sampler_chain_add(chain, L.llama_sampler_init_logit_bias(size, len(biases), pairs))
    if sampling.top_k:
        L.llama_sampler_chain_add(chain, L.llama_sampler_init_top_k(sampling.top_k))
    if (sampling.top_p or 0.0) < 1.0:
        L.llama_sampler_chain_add(chain, L.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p:
        L.llama_sampler_chain_add(chain, L.llama_sampler_init_min_p(sampling.min_p, 1))
    L.llama_sampler_chain_add(chain, L.llama_sampler_init_temp(sampling.temperature))
    L.llama_sampler_chain_add(chain, L.llama_sampler_init_dist(seed))
    return chain
