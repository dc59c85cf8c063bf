"""Frames on a pipe: four bytes of length (little endian), then one MessagePack value with a type tag."""

from __future__ import annotations

import struct
from typing import IO, Any, Generic, TypeVar

import msgspec

MAX_FRAME = 256 * 1024 * 1024
"""A longer frame is refused before anything is allocated for it (bytes)."""

_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()

M = TypeVar("M")


class FrameError(Exception):
    """What came through the pipe is not a message: too long, cut off, or of no known shape."""


def encode(message: msgspec.Struct) -> bytes:
    """``message`` as one frame, ready to be written."""
    buffer = bytearray(_LENGTH.size)
    _encoder.encode_into(message, buffer, _LENGTH.size)
    size = len(buffer) - _LENGTH.size
    if size > MAX_FRAME:
        raise FrameError(f"a message of {size} bytes does not fit into a frame")
    _LENGTH.pack_into(buffer, 0, size)
    return bytes(buffer)


class Reader(Generic[M]):
    """Reads messages of one union type from a blocking binary stream.

    :param stream: an open file whose ``read(n)`` blocks until n bytes or the end.
    :param types: the union of Struct classes that may come.
    """

    def __init__(self, stream: IO[bytes], types: Any) -> None:
        self._stream = stream
        self._decoder: msgspec.msgpack.Decoder[M] = msgspec.msgpack.Decoder(types)

    def read(self) -> M | None:
        """The next message, or None at a clean end of the pipe.

        :raises FrameError: the bytes are not a message of the expected types.
        """
        head = self._stream.read(_LENGTH.size)
        if not head:
            return None
        if len(head) < _LENGTH.size:
            raise FrameError("the pipe ended inside a length")
        (size,) = _LENGTH.unpack(head)
        if size > MAX_FRAME:
            raise FrameError(f"a frame of {size} bytes is longer than allowed")
        body = self._stream.read(size)
        if len(body) < size:
            raise FrameError("the pipe ended inside a frame")
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise FrameError(str(error)) from error
