"""How tokens are chosen, without the library: resolved settings and the stop for answers that repeat for ever."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Mapping

import msgspec

from assistant.engine.messages import Sampling

DEFAULT_LIMIT = 4096
"""Tokens of an answer when nobody said how many."""

HOUSE = Sampling(
    temperature=0.8,
    top_k=40,
    top_p=0.95,
    min_p=0.05,
    repeat_penalty=1.0,
    presence_penalty=0.0,
    frequency_penalty=0.0,
    penalty_last_n=64,
    dry_multiplier=0.0,
)

_FAR_BACK = 4096  # tokens that penalties look back where a file says -1: all that the context holds
_FILE_KEYS = {
    "general.sampling.temp": ("temperature", float),
    "general.sampling.top_k": ("top_k", int),
    "general.sampling.top_p": ("top_p", float),
    "general.sampling.min_p": ("min_p", float),
    "general.sampling.penalty_repeat": ("repeat_penalty", float),
    "general.sampling.penalty_last_n": ("penalty_last_n", int),
}


def recommended(metadata: Mapping[str, str]) -> Sampling:
    """What a model's file says about sampling; fields that it does not mention, or mentions as nonsense, are None."""
    found: dict[str, float | int] = {}
    for key, (name, kind) in _FILE_KEYS.items():
        if key in metadata:
            try:
                value = kind(metadata[key])
            except ValueError:
                continue
            if value == value and abs(value) < 1e6:  # not NaN, not infinite
                found[name] = value
    return msgspec.convert(found, Sampling) if found else Sampling()


def resolve(wanted: Sampling, file: Sampling) -> Sampling:
    """``wanted`` with every None filled: from the model's file, else the house default; numbers within their bounds."""
    chosen = {
        name: next(v for v in (getattr(wanted, name), getattr(file, name), getattr(HOUSE, name)) if v is not None)
        for name in _FIELDS
    }
    chosen["temperature"] = max(0.0, float(chosen["temperature"]))
    chosen["top_p"] = min(1.0, max(0.0, float(chosen["top_p"])))
    chosen["min_p"] = min(1.0, max(0.0, float(chosen["min_p"])))
    chosen["top_k"] = max(0, int(chosen["top_k"]))
    if chosen["repeat_penalty"] <= 0:
        chosen["repeat_penalty"] = 1.0
    if chosen["penalty_last_n"] < 0:
        chosen["penalty_last_n"] = _FAR_BACK
    seed = wanted.seed if wanted.seed is not None else secrets.randbelow(1 << 32)
    chosen["seed"] = seed % ((1 << 32) - 1)  # the last one means "random" to the library
    return msgspec.structs.replace(wanted, **chosen)


_FIELDS = (
    "temperature", "top_k", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty",
    "penalty_last_n", "dry_multiplier",
)  # fmt: skip


class LoopDetector:
    """Says when an answer has begun to repeat itself for ever.

    Exact repetition counts, if there is much of it: a stretch of up to 1,000 tokens, at least five times in a row, over
    at least 384 tokens. So does going round in circles, the same phrases in ever another order: 768 tokens of which
    hardly 32 in a row were not written four times before. Tables, lists, code and refrains vary sooner than that, and
    what is thought, said and said again in full is written three times.
    """

    SPAN = 384
    TIMES = 5
    EVERY = 32  # tokens between two looks, each of constant cost
    CIRCLE = 768
    _KEY = 16
    _LONGEST = 1000
    _PHRASE = 32
    _OFTEN = 4
    _WORN = 0.98  # share of the phrases

    def __init__(self) -> None:
        self._next = self.SPAN
        self._written: dict[int, int] = {}  # how often each phrase was, by its hash
        self._worn = bytearray()  # for each place where a phrase begins, whether it was written often before

    def looping(self, tokens: array[int], start: int) -> bool:
        """Whether the answer ``tokens[start:]`` repeats itself at its end."""
        length = len(tokens) - start
        if length < self._next:
            return False
        self._next = length + self.EVERY
        return self._repeats(tokens, start) or self._circles(tokens, start)

    def _repeats(self, tokens: array[int], start: int) -> bool:
        tail = tokens[max(start, len(tokens) - self._LONGEST * self.TIMES) :]
        width = tail.itemsize
        data = tail.tobytes()
        key = data[-self._KEY * width :]
        end = len(data) - width
        for _ in range(12):
            at = data.rfind(key, 0, end + 0)
            while at >= 0 and at % width:
                at = data.rfind(key, 0, at + len(key) - 1)
            if at < 0:
                return False
            period = len(data) - len(key) - at
            span = max(self.SPAN * width, self.TIMES * period)
            if span <= len(data) and data[-span:-period] == data[-span + period :]:
                return True
            end = at + len(key) - width
        return False

    def _circles(self, tokens: array[int], start: int) -> bool:
        for at in range(start + len(self._worn), len(tokens) - self._PHRASE + 1):
            phrase = hash(tokens[at : at + self._PHRASE].tobytes())
            times = self._written.get(phrase, 0)
            self._written[phrase] = times + 1
            self._worn.append(times >= self._OFTEN)
        return self._worn[-self.CIRCLE :].count(1) >= self._WORN * self.CIRCLE
