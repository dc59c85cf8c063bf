"""Sequences outside of the context: on disk (``SaveState``), and from one context into the next (``Resize``)."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.engine.backend import Backend
from assistant.engine.cache import Cache, Slot
from assistant.engine.messages import Facts

_MAGIC = b"LAMPSTA1"
_HEAD = struct.Struct("<8sII")  # magic, bytes of the header, CRC of everything behind
_SNAPSHOTS = 2  # newest snapshots that are saved with a sequence that cannot be rewound


class _Header(msgspec.Struct):
    """:ivar identity: of model, cache type and context kind; a state fits nothing else."""

    identity: str
    tokens: bytes  # int32, little endian
    state: int  # bytes
    snapshots: list[tuple[int, int]]  # (length, bytes)


def size_of(slot: Slot, facts: Facts) -> int:
    """About how many bytes ``write`` writes for a sequence."""
    snapshots = sum(len(data) for _, data in slot.snapshots[-_SNAPSHOTS:])
    return facts.state_bytes + facts.cache_bytes_per_token * len(slot.tokens) + snapshots


def size_on_disk(path: str) -> int:
    """How many bytes ``read`` reads; 0 where there is nothing to read."""
    try:
        return Path(path).stat().st_size
    except OSError:  # reading says why
        return 0


def write(path: str, backend: Backend, cache: Cache, slot: Slot) -> int:
    """Save a sequence; the size of the file in bytes.

    :raises AssistantError: DISK_FULL, READ_ONLY.
    """
    snapshots = slot.snapshots[-_SNAPSHOTS:]
    data = cache.state(slot)
    tokens, parts = _little(slot.tokens).tobytes(), [(at, len(part)) for at, part in snapshots]
    header = msgspec.msgpack.encode(_Header(backend.identity, tokens, len(data), parts))
    body = b"".join((header, data, *(part for _, part in snapshots)))
    whole = _HEAD.pack(_MAGIC, len(header), zlib.crc32(body)) + body
    try:
        write_atomic(Path(path), whole, durable=False)
    except OSError as error:
        kind = ErrorKind.DISK_FULL if error.errno == 28 else ErrorKind.READ_ONLY
        raise AssistantError(kind, type(error).__name__) from error
    return len(whole)


def read(path: str, backend: Backend, cache: Cache, key: str) -> int:
    """Take a saved sequence into a slot under ``key``; its number of tokens.

    :raises AssistantError: STATE_UNUSABLE; nothing is changed then except that old sequences may have made room.
    """
    header, data, snapshots = _parse(path)
    if header.identity != backend.identity:
        raise _unusable("it was saved by another model or with another kind of cache")
    tokens = array("i")
    tokens.frombytes(header.tokens)
    tokens = _little(tokens)
    slot = cache.place_for_state(len(tokens))
    if slot is None:
        raise _unusable("there is no room for it")
    if not slot.empty:
        cache.drop(slot)
    if not backend.load(slot.index, data) or backend.length(slot.index) != len(tokens):
        backend.truncate(slot.index, 0)
        raise _unusable("the engine refused it")
    cache.adopt(slot, key, tokens, snapshots)
    return len(tokens)


def resize(backend: Backend, cache: Cache, context: int) -> int:
    """Another context size for the same model; how many tokens were carried over.

    :raises AssistantError: MODEL_TOO_LARGE; the size is the old one then, with what was kept.
    """
    kept = sorted((slot for slot in cache.slots if slot.tokens), key=lambda slot: -slot.used_at)
    saved = [(slot, cache.state(slot)) for slot in kept]
    try:
        backend.resize(context)
    except AssistantError:
        _bring_back(saved, backend, cache)
        raise
    return _bring_back(saved, backend, cache)


def _bring_back(saved: Sequence[tuple[Slot, bytes]], backend: Backend, cache: Cache) -> int:
    """Take sequences with their states into a context that was made anew, as many as fit; their tokens."""
    cache.restart()
    total = 0
    for old, data in saved:
        slot = next((slot for slot in cache.slots if slot.empty), None)
        if slot is None:
            break
        if old.parked:
            cache.adopt_parked(slot, old.key, old.tokens, data)
        elif len(old.tokens) > cache.free or not backend.load(slot.index, data):
            continue
        else:
            cache.adopt(slot, old.key, old.tokens, old.snapshots)
        slot.interactive = old.interactive
        total += len(old.tokens)
    return total


def _parse(path: str) -> tuple[_Header, bytes, list[tuple[int, bytes]]]:
    try:
        whole = Path(path).read_bytes()
    except OSError as error:
        raise _unusable(type(error).__name__) from error
    if len(whole) < _HEAD.size:
        raise _unusable("it is too short")
    magic, size, checksum = _HEAD.unpack_from(whole)
    body = memoryview(whole)[_HEAD.size :]
    if magic != _MAGIC or zlib.crc32(body) != checksum:
        raise _unusable("it is damaged, or no saved state")
    try:
        header = msgspec.msgpack.decode(body[:size], type=_Header)
    except msgspec.DecodeError as error:
        raise _unusable("its header is damaged") from error
    at = size + header.state
    snapshots = []
    for length, count in header.snapshots:
        snapshots.append((length, bytes(body[at : at + count])))
        at += count
    return header, bytes(body[size : size + header.state]), snapshots


def _little(tokens: array[int]) -> array[int]:
    if array("H", [1]).tobytes() == b"\1\0":
        return tokens
    swapped = tokens[:]
    swapped.byteswap()
    return swapped


def _unusable(why: str) -> AssistantError:
    return AssistantError(ErrorKind.STATE_UNUSABLE, why)
