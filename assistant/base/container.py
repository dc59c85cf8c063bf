"""The outer form of a GGUF file: key-value pairs and where the tensors lie. Bounded in time and memory.

What a header claims is hostile until it fits the file: each count and length is held against the bytes that are left
before anything is read or made for it. Long arrays (vocabularies) are walked over and never built.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from assistant.base.errors import AssistantError, ErrorKind

Scalar = int | float | bool | str
Value = Scalar | tuple[Scalar, ...]

DEFAULT_ALIGNMENT = 32
_MAGIC = b"GGUF"
_HEAD = 24  # bytes: magic, version, number of tensors, number of pairs
_CHUNK = 1 << 20
_MAX_NAME = 64  # of a tensor, with llama.cpp's closing zero
_MAX_DIMENSIONS = 4

# Far beyond every known model; a header that claims more is not believed.
_MAX_PAIRS = 1 << 16
_MAX_TENSORS = 1 << 16
_MAX_KEY = 1 << 16
_MAX_STRING = 1 << 30
_MAX_STRINGS = 1 << 22  # over all arrays of one file: this bounds the time
_MAX_ELEMENTS = 1 << 30
_MAX_BYTES = 1 << 46  # of all tensors
_LONGEST_KEPT = 4 << 20  # characters of a text that is kept (templates)
_LONGEST_ARRAY_KEPT = 2048  # numbers: one for each layer is wanted, a vocabulary's scores are not
_ARRAY_TEXTS_KEPT = 64
_KEPT = 16 << 20  # bytes of all values that are kept

_STRING, _ARRAY, _BOOL = 8, 9, 7
_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "b", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip

TENSOR_TYPES: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18),
}  # fmt: skip
"""Number in the file to name, elements in a block, bytes of a block (ggml 0.25)."""

_FUTURE_TYPES = range(43, 128)
_REMOVED_TYPES = frozenset({4, 5, 31, 32, 33, 36, 37, 38})


@dataclass(frozen=True)
class Tensor:
    """One tensor: ``offset`` and ``size`` in bytes of the file that holds it."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    size: int

    @property
    def elements(self) -> int:
        count = 1
        for length in self.shape:
            count *= length
        return count


@dataclass(frozen=True)
class Container:
    """One GGUF file.

    :ivar fields: scalars, texts and short arrays; what is longer is only known to be there (``skipped``).
    :ivar data_offset: where the tensors' data begins (bytes).
    :ivar big_endian: the numbers are in the other order than on every computer Lamplight runs on.
    """

    path: Path
    version: int
    size: int
    alignment: int
    data_offset: int
    fields: Mapping[str, Value]
    skipped: frozenset[str]
    tensors: tuple[Tensor, ...]
    big_endian: bool = False


class MoreNeededError(Exception):
    """The beginning of a file that is there is not enough: ``upto`` (bytes) is needed at least."""

    def __init__(self, upto: int) -> None:
        super().__init__(upto)
        self.upto = upto


def read_container(path: Path, *, size: int = 0) -> Container:
    """Read and check one file. Takes well under 100 ms for a hostile one, about that for the largest vocabularies.

    :param size: bytes of the whole file when only its beginning lies at ``path``; 0: it is all there.
    :raises MoreNeededError: with ``size``, when the beginning does not hold the whole header.
    :raises AssistantError: MODEL_MISSING, FILE_UNREADABLE, MODEL_NOT_A_MODEL, MODEL_TRUNCATED (``expected`` is 0 when
        the cut is in the header), MODEL_DAMAGED, MODEL_UNSUPPORTED (a version or tensor type of another time).
    """
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):  # opening a named pipe would wait for ever
            raise AssistantError(ErrorKind.MODEL_NOT_A_MODEL, "not a file", name=path.name)
        with path.open("rb") as file:
            return _Parser(path, file, info.st_size, max(size, info.st_size)).parse()
    except FileNotFoundError as error:
        raise AssistantError(ErrorKind.MODEL_MISSING, str(error), name=path.name) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no system has, with a zero in it
        raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=path.name) from error


class _Parser:
    def __init__(self, path: Path, file: IO[bytes], there: int, size: int) -> None:
        self._path = path
        self._file = file
        self._there = there  # bytes that can be read
        self._size = size  # of the whole file
        self._base = 0  # offset in the file of the buffer's first byte
        self._buffer = b""
        self._at = 0  # in the buffer
        self._order = "<"
        self._strings = 0
        self._kept = 0

    # ------------------------------------------------------------ the parts, in the file's order

    def parse(self) -> Container:
        head = self._file.read(_HEAD)
        if len(head) < _HEAD and self._there < self._size:
            raise MoreNeededError(_HEAD)
        if head[:4] != _MAGIC:
            self._fail(ErrorKind.MODEL_NOT_A_MODEL, "no GGUF magic")
        if len(head) < _HEAD:
            self._truncated("the file ends inside the first 24 bytes")
        version = self._version(head)
        tensor_count, pair_count = struct.unpack_from(f"{self._order}QQ", head, 8)
        if tensor_count > _MAX_TENSORS or pair_count > _MAX_PAIRS:
            self._damaged(f"it claims {tensor_count} tensors and {pair_count} pairs")
        self._seek(_HEAD)
        fields, skipped = self._pairs(pair_count)
        alignment = self._alignment(fields, skipped)
        tensors, data_offset = self._tensors(tensor_count, alignment)
        return Container(
            path=self._path,
            version=version,
            size=self._size,
            alignment=alignment,
            data_offset=data_offset,
            fields=fields,
            skipped=skipped,
            tensors=tensors,
            big_endian=self._order == ">",
        )

    def _version(self, head: bytes) -> int:
        (version,) = struct.unpack_from("<I", head, 4)
        if version and version & 0xFFFF == 0:  # 3 written by a big-endian machine
            self._order = ">"
            (version,) = struct.unpack_from(">I", head, 4)
        if version == 0 or version > 0xFFFF:
            self._damaged(f"GGUF version {version}")
        if version not in (2, 3):
            raise AssistantError(
                ErrorKind.MODEL_UNSUPPORTED,
                f"GGUF version {version}",
                name=self._path.name,
                architecture=f"GGUF {version}",
            )
        return int(version)

    def _pairs(self, count: int) -> tuple[dict[str, Value], frozenset[str]]:
        fields: dict[str, Value] = {}
        skipped: set[str] = set()
        for _ in range(count):
            key = self._text(_MAX_KEY)
            if not key:
                self._damaged("an empty key")
            if key in fields or key in skipped:
                self._damaged(f"the key {key!r} comes twice")
            kind = self._number("I")
            value = self._array(key) if kind == _ARRAY else self._value(kind, key)
            if key == "general.alignment" and kind != 4:
                self._damaged("the alignment is not an unsigned number of 32 bits")
            if value is None:
                skipped.add(key)
            else:
                fields[key] = value
        return fields, frozenset(skipped)

    def _value(self, kind: int, key: str) -> Value | None:
        if kind == _STRING:
            return self._long_text()
        form = _SCALARS.get(kind)
        if form is None:
            self._damaged(f"{key!r} has the unknown type {kind}")
        value = self._number(form)
        return bool(value) if kind == _BOOL else value

    def _array(self, key: str) -> Value | None:
        kind = self._number("I")
        count = self._number("Q")
        if kind == _STRING:
            return self._text_array(count)
        form = _SCALARS.get(kind)
        if form is None:
            self._damaged(f"{key!r} is an array of the unknown type {kind}")
        width = struct.calcsize(form)
        if count > _MAX_ELEMENTS:
            self._damaged(f"{key!r} claims {count} elements")
        self._need(count * width)
        if count > _LONGEST_ARRAY_KEPT or not self._keep(count * 8):
            self._skip(count * width)
            return None
        values = struct.unpack(f"{self._order}{count}{form}", self._take(count * width))
        return tuple(bool(value) for value in values) if kind == _BOOL else values

    def _text_array(self, count: int) -> Value | None:
        self._strings += count
        if self._strings > _MAX_STRINGS:
            self._damaged(f"an array claims {count} texts")
        self._need(count * 8)
        if count <= _ARRAY_TEXTS_KEPT:
            texts = [self._long_text() for _ in range(count)]
            return tuple(text for text in texts if text is not None)
        self._skip_texts(count)
        return None

    def _alignment(self, fields: Mapping[str, Value], skipped: frozenset[str]) -> int:
        value = fields.get("general.alignment", DEFAULT_ALIGNMENT)
        if "general.alignment" in skipped or not isinstance(value, int) or value <= 0 or value & (value - 1):
            self._damaged(f"the alignment {value!r} is not a power of 2")
        return value

    def _tensors(self, count: int, alignment: int) -> tuple[tuple[Tensor, ...], int]:
        found: list[Tensor] = []
        names: set[str] = set()
        expected = 0
        for _ in range(count):
            name = self._text(_MAX_NAME - 1)
            if name in names:
                self._damaged(f"the tensor {name!r} comes twice")
            names.add(name)
            shape = self._shape(name)
            kind = self._number("I")
            offset = self._number("Q")
            size = self._tensor_size(name, kind, shape)
            if offset != expected:  # llama.cpp wants them one behind the other, in this order
                self._damaged(f"the tensor {name!r} lies at {offset} instead of {expected}")
            found.append(Tensor(name, shape, kind, offset, size))
            expected += _padded(size, alignment)
            if expected > _MAX_BYTES:
                self._damaged(f"the tensors up to {name!r} claim {expected} bytes")
        start = _padded(self._position, alignment) if count else self._position
        end = max((start + tensor.offset + tensor.size for tensor in found), default=0)
        if end > self._size:
            self._truncated("the last tensors are missing", expected=end)
        return tuple(Tensor(t.name, t.shape, t.type, start + t.offset, t.size) for t in found), start

    def _shape(self, name: str) -> tuple[int, ...]:
        dimensions = self._number("I")
        if dimensions > _MAX_DIMENSIONS:
            self._damaged(f"the tensor {name!r} has {dimensions} dimensions")
        shape = struct.unpack(f"{self._order}{dimensions}q", self._take(dimensions * 8))
        elements = 1
        for length in shape:
            elements *= max(length, 1)
        if any(length < 0 for length in shape) or elements > _MAX_BYTES:
            self._damaged(f"the tensor {name!r} has the shape {shape}")
        return shape

    def _tensor_size(self, name: str, kind: int, shape: tuple[int, ...]) -> int:
        known = TENSOR_TYPES.get(kind)
        if known is None:
            if kind in _FUTURE_TYPES or kind in _REMOVED_TYPES:
                raise AssistantError(
                    ErrorKind.MODEL_UNSUPPORTED,
                    f"the tensor {name!r} has the type {kind}",
                    name=self._path.name,
                    architecture=f"type {kind}",
                )
            self._damaged(f"the tensor {name!r} has the type {kind}")
        _, block, width = known
        row = shape[0] if shape else 1
        if row % block:
            self._damaged(f"the rows of the tensor {name!r} are not whole blocks")
        size = row // block * width
        for length in shape[1:]:
            size *= length
        return size

    # ------------------------------------------------------------ bytes

    @property
    def _position(self) -> int:
        return self._base + self._at

    def _seek(self, position: int) -> None:
        self._file.seek(position)
        self._base, self._buffer, self._at = position, b"", 0

    def _need(self, count: int) -> None:
        if self._position + count > self._size:
            self._truncated("the header ends too early")

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._buffer):
            self._need(count)
            self._refill(count)
            end = count
        data = self._buffer[self._at : end]
        self._at = end
        return data

    def _refill(self, count: int) -> None:
        position = self._position
        self._file.seek(position)
        self._buffer = self._file.read(max(count, _CHUNK))
        self._base, self._at = position, 0
        if len(self._buffer) < count:
            if self._there < self._size:
                raise MoreNeededError(position + count)
            # It was cut off while we read.
            self._truncated("the header ends too early")

    def _skip(self, count: int) -> None:
        if self._at + count <= len(self._buffer):
            self._at += count
            return
        self._need(count)
        self._seek(self._position + count)

    def _number(self, form: str) -> int:
        layout = self._order + form
        value: int = struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        return value

    def _length(self, limit: int) -> int:
        count = self._number("Q")
        if count > limit:
            self._damaged(f"a text claims {count} bytes")
        self._need(count)
        return count

    def _keep(self, count: int) -> bool:
        self._kept += count
        return self._kept <= _KEPT

    def _text(self, limit: int) -> str:
        return self._take(self._length(limit)).decode("utf-8", "replace")

    def _long_text(self) -> str | None:
        count = self._length(_MAX_STRING)
        if count > _LONGEST_KEPT or not self._keep(count):
            self._skip(count)
            return None
        return self._take(count).decode("utf-8", "replace")

    def _skip_texts(self, count: int) -> None:
        """Walk over ``count`` texts: the hot loop of the whole room (a vocabulary has up to 300,000)."""
        unpack = struct.Struct(self._order + "Q").unpack_from
        buffer, at = self._buffer, self._at
        end = len(buffer)
        for _ in range(count):
            if at + 8 > end:
                self._at = at
                self._need(8)
                self._refill(8)
                buffer, at, end = self._buffer, 0, len(self._buffer)
            (length,) = unpack(buffer, at)
            at += 8 + length
            if at > end:
                self._at = at - length
                if length > _MAX_STRING:
                    self._damaged(f"a text claims {length} bytes")
                self._skip(length)
                buffer, at, end = self._buffer, self._at, len(self._buffer)
        self._at = at

    # ------------------------------------------------------------ what is wrong

    def _fail(self, kind: ErrorKind, detail: str) -> NoReturn:
        raise AssistantError(kind, detail, name=self._path.name)

    def _damaged(self, detail: str) -> NoReturn:
        self._fail(ErrorKind.MODEL_DAMAGED, detail)

    def _truncated(self, detail: str, expected: int = 0) -> NoReturn:
        raise AssistantError(
            ErrorKind.MODEL_TRUNCATED, detail, name=self._path.name, expected=expected, actual=self._size
        )


def _padded(size: int, alignment: int) -> int:
    return (size + alignment - 1) // alignment * alignment
