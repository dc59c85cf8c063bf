"""Why a model file could not be loaded, found out by reading its header again, slowly and safely."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assistant.base.errors import AssistantError, ErrorKind

_MAGIC = b"GGUF"
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes of gguf's scalar types
_STRING, _ARRAY = 8, 9
_MAX_STRING = 1 << 26
_MAX_DIMENSIONS = 4


class _ShortError(Exception):
    """The file ends in the middle of its header."""


class _NonsenseError(Exception):
    """The header contradicts itself."""


@dataclass
class _Header:
    architecture: str
    tensors: int
    data_start: int
    last_offset: int  # of the tensor that lies farthest back, from data_start


def diagnose(path: Path, log: str = "") -> AssistantError:
    """The error that says why the library refused ``path``.

    :param log: the library's last words; of these only the one about an unknown architecture is used, which nothing
        else can tell.
    """
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != _MAGIC:
                return AssistantError(ErrorKind.MODEL_NOT_A_MODEL, name=name)
            header = _read(file, size)
    except FileNotFoundError:
        return AssistantError(ErrorKind.MODEL_MISSING, name=name)
    except _ShortError as error:
        expected = max(error.args[0], size + 1)
        return AssistantError(ErrorKind.MODEL_TRUNCATED, log, name=name, expected=expected, actual=size)
    except _NonsenseError as error:
        return AssistantError(ErrorKind.MODEL_DAMAGED, f"{error}\n{log}", name=name)
    except OSError as error:
        return AssistantError(ErrorKind.MODEL_LOAD_FAILED, str(error), name=name)
    end = header.data_start + header.last_offset
    if header.tensors and end >= size:
        return AssistantError(ErrorKind.MODEL_TRUNCATED, log, name=name, expected=end + 1, actual=size)
    if "unknown model architecture" in log:
        return AssistantError(ErrorKind.MODEL_UNSUPPORTED, log, name=name, architecture=header.architecture)
    if "corrupted or incomplete" in log or "not within the file bounds" in log:
        return AssistantError(ErrorKind.MODEL_TRUNCATED, log, name=name, expected=size + 1, actual=size)
    return AssistantError(ErrorKind.MODEL_DAMAGED, log, name=name)


def _read(file: IO[bytes], size: int) -> _Header:
    version, tensors, pairs = struct.unpack("<IQQ", _take(file, 20))
    if not 2 <= version <= 16:
        raise _NonsenseError(f"version {version}")
    if tensors > size or pairs > size:
        raise _NonsenseError("more entries than bytes")
    architecture, alignment = "", 32
    for _ in range(pairs):
        key = _string(file)
        kind = _number(file, "<I")
        if key == "general.architecture" and kind == _STRING:
            architecture = _string(file)
        elif key == "general.alignment" and kind == 4:
            alignment = _number(file, "<I")
        else:
            _skip(file, kind)
    last = 0
    for _ in range(tensors):
        _string(file)
        dimensions = _number(file, "<I")
        if dimensions > _MAX_DIMENSIONS:
            raise _NonsenseError(f"a tensor of {dimensions} dimensions")
        _take(file, 8 * dimensions + 4)
        last = max(last, _number(file, "<Q"))
    if alignment <= 0 or alignment & (alignment - 1):
        raise _NonsenseError(f"alignment {alignment}")
    return _Header(architecture, tensors, -(-file.tell() // alignment) * alignment, last)


def _take(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise _ShortError(file.tell() + count - len(data))
    return data


def _number(file: IO[bytes], form: str) -> int:
    return int(struct.unpack(form, _take(file, struct.calcsize(form)))[0])


def _string(file: IO[bytes]) -> str:
    length = _number(file, "<Q")
    if length > _MAX_STRING:
        raise _NonsenseError(f"a string of {length} bytes")
    return _take(file, length).decode("utf-8", "replace")


def _skip(file: IO[bytes], kind: int, depth: int = 0) -> None:
    if kind in _SIZES:
        _take(file, _SIZES[kind])
    elif kind == _STRING:
        _string(file)
    elif kind == _ARRAY and depth < 4:
        element = _number(file, "<I")
        count = _number(file, "<Q")
        if element in _SIZES:
            if count > 1 << 32:
                raise _NonsenseError(f"an array of {count} elements")
            wanted = count * _SIZES[element]
            while wanted > 0:
                wanted -= len(_take(file, min(wanted, 1 << 20)))
        else:
            for _ in range(count):
                _skip(file, element, depth + 1)
    else:
        raise _NonsenseError(f"a value of type {kind}")
