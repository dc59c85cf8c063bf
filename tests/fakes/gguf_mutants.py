"""Hostile variants of a good GGUF file: one field changed, one length changed, a cut, a few random bytes in the header,
or damage to the tensors behind it.

Each is the good file with some bytes replaced in place (or cut off), so that thousands are made in seconds. The order
is shuffled by a seed: the first hundred are as mixed as the first thousand.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FORMS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_WHOLE = (0, 1, 2, 3, 7, 64, 255, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1)
_FLOATS = (0.0, float("inf"), float("-inf"), float("nan"), -1.0, 5e-324, 1e38)
_DIMENSIONS = (0, 1, 31, 2**31, 2**32, 2**40, 2**63)
_OFFSETS = (1, 31, 2**40, 2**63, 2**64 - 32)
_LENGTHS = (0, 1, 255, 2**31, 2**40, 2**63, 2**64 - 1)
_TENSORS = 12  # whose fields are changed
_RANDOM_BYTES = 16
_DAMAGE = 4096  # bytes of the tensors' data that are overwritten at most
_TEMPLATES = ("{{", "{% for x in range(10**9) %}{% endfor %}", "{{ raise_exception('no') }}", "")


@dataclass(frozen=True)
class Mutant:
    """What was changed, and the whole file."""

    name: str
    content: bytes


@dataclass(frozen=True)
class _Change:
    name: str
    at: int
    data: bytes


class Mutator:
    """The variants of one file."""

    def __init__(self, path: Path) -> None:
        self._good = path.read_bytes()
        self._changes: list[_Change] = []
        self._at = 0
        self._walk()

    def mutants(self, count: int, seed: int = 1) -> Iterator[Mutant]:
        """``count`` variants: half of them with one field changed, a tenth cut off, a tenth with damaged tensors, the
        rest with random bytes in the header."""
        rng = random.Random(seed)
        changes = list(self._changes)
        rng.shuffle(changes)
        fields = iter(changes)
        for number in range(count):
            kind = rng.random()
            change = next(fields, None) if kind < 0.6 else None
            if change is not None:
                yield Mutant(change.name, self._with(change))
            elif kind < 0.7:
                point = rng.randrange(len(self._good))
                yield Mutant(f"{number}: cut at {point}", self._good[:point])
            elif kind < 0.8:
                yield self._body(rng, number)
            else:
                yield self._random(rng, number)

    @property
    def fields(self) -> int:
        """How many single-field variants there are."""
        return len(self._changes)

    def _with(self, change: _Change) -> bytes:
        return self._good[: change.at] + change.data + self._good[change.at + len(change.data) :]

    def _random(self, rng: random.Random, number: int) -> Mutant:
        data = bytearray(self._good)
        places = [rng.randrange(self._at) for _ in range(rng.randrange(1, _RANDOM_BYTES))]
        for place in places:
            data[place] = rng.randrange(256)
        return Mutant(f"{number}: random bytes at {places}", bytes(data))

    def _body(self, rng: random.Random, number: int) -> Mutant:
        """Numbers of the tensors become noise, nothing at all, or no numbers (NaN and infinite ones)."""
        data = bytearray(self._good)
        start = rng.randrange(self._at, len(data))
        length = min(rng.randrange(1, _DAMAGE), len(data) - start)
        kind = rng.choice(("noise", "zeros", "ones"))
        data[start : start + length] = {
            "noise": rng.randbytes(length),
            "zeros": bytes(length),
            "ones": b"\xff" * length,
        }[kind]
        return Mutant(f"{number}: {length} bytes of {kind} at {start} in the tensors", bytes(data))

    # ------------------------------------------------------------ the good file's fields

    def _walk(self) -> None:
        self._numbers("version", 4, "I", (0, 1, 2, 4, 2**24, 2**32 - 1))
        tensors, pairs = struct.unpack_from("<QQ", self._good, 8)
        self._numbers("tensors", 8, "Q", _LENGTHS)
        self._numbers("pairs", 16, "Q", _LENGTHS)
        self._at = 24
        for _ in range(pairs):
            self._pair()
        for number in range(tensors):
            self._tensor(number)

    def _pair(self) -> None:
        key = self._text("key length")
        kind = self._take("I")
        self._numbers(f"{key}: type", self._at - 4, "I", (0, 6, 8, 9, 12, 13, 2**31))
        if kind == _STRING:
            start = self._at
            text = self._text(f"{key}: length")
            if key == "tokenizer.chat_template":
                for template in _TEMPLATES:
                    data = template.encode().ljust(len(text.encode()))[: len(text.encode())]
                    self._changes.append(_Change(f"{key} = {template!r}", start + 8, data))
        elif kind == _ARRAY:
            self._array(key)
        else:
            self._scalar(key, _FORMS[kind])

    def _scalar(self, key: str, form: str) -> None:
        values = _FLOATS if form in "fd" else _WHOLE
        self._numbers(key, self._at, form, values)
        self._at += struct.calcsize(form)

    def _array(self, key: str) -> None:
        kind = self._take("I")
        self._numbers(f"{key}: element type", self._at - 4, "I", (0, 6, 8, 9, 13))
        count = self._take("Q")
        self._numbers(f"{key}: count", self._at - 8, "Q", (*_LENGTHS, max(count - 1, 0), count + 1))
        if kind == _STRING:
            for index in range(count):
                self._text(f"{key}[{index}]: length" if index < 3 else "")
        else:
            form = _FORMS[kind]
            if count:
                self._numbers(f"{key}[0]", self._at, form, _FLOATS if form in "fd" else _WHOLE)
            self._at += struct.calcsize(form) * count

    def _tensor(self, number: int) -> None:
        shown = number < _TENSORS
        name = self._text(f"tensor {number}: length of name" if shown else "")
        dimensions = self._take("I")
        if shown:
            self._numbers(f"{name}: dimensions", self._at - 4, "I", (0, 1, 4, 5, 2**31))
        for index in range(dimensions):
            if shown:
                self._numbers(f"{name}: dimension {index}", self._at, "Q", _DIMENSIONS)
            self._at += 8
        if shown:
            self._numbers(f"{name}: type", self._at, "I", (1, 2, 4, 10, 30, 42, 43, 2**31))
            self._numbers(f"{name}: offset", self._at + 4, "Q", _OFFSETS)
        self._at += 12

    def _text(self, name: str) -> str:
        length = self._take("Q")
        if name:
            self._numbers(name, self._at - 8, "Q", _LENGTHS)
        text = self._good[self._at : self._at + length]
        self._at += length
        return text.decode("utf-8", "replace")

    def _take(self, form: str) -> int:
        (value,) = struct.unpack_from("<" + form, self._good, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def _numbers(self, name: str, at: int, form: str, values: tuple[float, ...]) -> None:
        size = struct.calcsize(form)
        for value in values:
            data = struct.pack("<" + form, value) if form in "fd" else (int(value) % 256**size).to_bytes(size, "little")
            if data != self._good[at : at + size]:
                self._changes.append(_Change(f"{name} = {value}", at, data))
