"""Frames on a pipe: four bytes of length (little endian), then one MessagePack value with a type tag."""

from __future__ import annotations

from typing import IO, Any, Generic, TypeVar

import msgspec

MAX_FRAME = 64 * 1024 * 1024
"""A longer frame is refused before anything is allocated for it (bytes). What is decoded can be about eight times as
large, so this also bounds what one message of a hostile child can cost its parent."""

_CHUNK = 1024 * 1024
_LENGTH = 4
_encoder = msgspec.msgpack.Encoder()

M = TypeVar("M")


class FrameError(Exception):
    """What came through the pipe is not a message: too long, cut off, or of no known shape."""


class CutError(FrameError):
    """The pipe ended in the middle of a frame: the other side died while it was writing."""


def encode(message: msgspec.Struct) -> bytes:
    """``message`` as one frame, ready to be written.

    :raises FrameError: too long for a frame, or a text in it is not valid Unicode (half of a surrogate pair).
    """
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError as error:
        raise FrameError(f"not valid Unicode: {error.reason}") from error
    size = len(body)
    if size > MAX_FRAME:
        raise FrameError(f"a message of {size} bytes does not fit into a frame")
    return size.to_bytes(_LENGTH, "little") + body


class Reader(Generic[M]):
    """Reads messages of one union type from a blocking binary stream.

    :param stream: an open file whose ``read(n)`` blocks until n bytes or the end.
    :param types: the union of Struct classes that may come.
    :ivar size: bytes of the frame that was read last.
    """

    def __init__(self, stream: IO[bytes], types: Any) -> None:
        self._stream = stream
        self._decoder: msgspec.msgpack.Decoder[M] = msgspec.msgpack.Decoder(types)
        self.size = 0

    def read(self) -> M | None:
        """The next message, or None at a clean end of the pipe.

        :raises FrameError: the bytes are not a message of the expected types (CutError: they end too early).
        """
        head = self._stream.read(_LENGTH)
        if not head:
            return None
        if len(head) < _LENGTH:
            raise CutError("the pipe ended inside a length")
        size = int.from_bytes(head, "little")
        if size > MAX_FRAME:
            raise FrameError(f"a frame of {size} bytes is longer than allowed")
        body = self._body(size)
        self.size = _LENGTH + size
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise FrameError(str(error)) from error

    def _body(self, size: int) -> bytes | bytearray:
        """``size`` bytes; memory grows with what really comes, not with what was announced."""
        if size <= _CHUNK:
            body: bytes | bytearray = self._stream.read(size)
        else:
            body = bytearray()
            while len(body) < size and (chunk := self._stream.read(min(_CHUNK, size - len(body)))):
                body += chunk
        if len(body) < size:
            raise CutError("the pipe ended inside a frame")
        return body
