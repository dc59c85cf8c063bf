"""What is kept of the meaning of a document's passages: a vector for each passage that was looked at, in one file."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

_HEAD = struct.Struct("<8sIIII")  # what it is, division, dimensions, how many vectors, checksum of the rest
_MAGIC = b"vectors2"
_PLACE = 4  # bytes of a place
_NUMBER = 4  # bytes of a number
_WIDEST = 1 << 16


@dataclass
class Vectors:
    """Little-endian float32 vectors of unit length.

    :ivar dimensions: numbers in a vector; 0: there is none yet.
    :ivar rows: by the place of the passage in its document, the oldest first.
    :ivar division: checksum of how the document was divided into passages: in another one a place is another passage.
    """

    dimensions: int = 0
    rows: dict[int, bytes] = field(default_factory=dict)
    division: int = 0


def pack_vectors(vectors: Vectors, most: int) -> bytes:
    """The file of ``vectors``; of more than ``most`` the newest."""
    places = list(vectors.rows)[-most:]
    body = struct.pack(f"<{len(places)}I", *places) + b"".join(map(vectors.rows.__getitem__, places))
    return _HEAD.pack(_MAGIC, vectors.division, vectors.dimensions, len(places), zlib.crc32(body)) + body


def unpack_vectors(data: bytes) -> Vectors:
    """The vectors that ``pack_vectors`` made ``data`` of.

    :raises ValueError: it is damaged, or something else.
    """
    if len(data) < _HEAD.size:
        raise ValueError("too short")
    magic, division, dimensions, count, checksum = _HEAD.unpack_from(data)
    width = _NUMBER * dimensions
    body = memoryview(data)[_HEAD.size :]
    if magic != _MAGIC or not 0 < dimensions <= _WIDEST or len(body) != count * (_PLACE + width):
        raise ValueError("not what it says")
    if zlib.crc32(body) != checksum:
        raise ValueError("damaged")
    places = struct.unpack_from(f"<{count}I", body)
    first = count * _PLACE
    rows = {place: bytes(body[first + at * width : first + (at + 1) * width]) for at, place in enumerate(places)}
    return Vectors(dimensions, rows, division)
