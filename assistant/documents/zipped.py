"""Documents that are zip archives, opened with limits: nothing in one is taken at its word.

What is limited is what is unpacked, not what the archive says about itself: its sizes can lie. Only the parts that a
reader asks for are unpacked, pictures never; an archive inside an archive is never opened, so bombs cannot be nested.
Nothing is written anywhere, so a name such as ``../../etc/passwd`` is nothing but a name.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from assistant.base.errors import AssistantError, ErrorKind

MAX_ENTRIES = 20_000
"""More entries than this has no document; a directory of a million costs half a gigabyte to read."""
MAX_UNPACKED = 256 << 20
"""Bytes that all parts of one document may unpack to, those counted that are asked for."""
MAX_RATIO = 150
"""How much larger than its packed form a part may be, once it is larger than ``_RATIO_FROM``. XML reaches about 60."""

_RATIO_FROM = 8 << 20
_CHUNK = 1 << 16
_DIRECTORY_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA would allocate whatever dictionary it is told to
_LOCAL_HEADER = 30  # bytes before a member's name
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, NotImplementedError, KeyError)


class Archive:
    """A zip archive in memory.

    :param data: the whole file.
    :param format: what it should be, for the sentence of an error.
    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB or DOCUMENT_ENCRYPTED.
    """

    def __init__(self, data: bytes, format: str) -> None:
        self._format = format
        self._unpacked = 0
        if data.count(_DIRECTORY_ENTRY) > MAX_ENTRIES:
            raise AssistantError(ErrorKind.DOCUMENT_BOMB, "too many entries")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._entries = {info.filename.replace("\\", "/").lstrip("/"): info for info in self._zip.infolist()}
        except (*_FAULTS, RuntimeError) as error:
            raise self.damaged(type(error).__name__) from error
        self._folded = {name.lower(): name for name in self._entries}
        self._refuse_overlaps()

    def _refuse_overlaps(self) -> None:
        """Entries that share their packed bytes make a bomb that needs no nesting."""
        end = -1
        for info in sorted(self._zip.infolist(), key=lambda one: one.header_offset):
            if info.header_offset < end:
                raise AssistantError(ErrorKind.DOCUMENT_BOMB, "overlapping entries")
            end = info.header_offset + _LOCAL_HEADER + info.compress_size

    @property
    def names(self) -> list[str]:
        """Every entry's name, in the archive's order, with slashes and none at the beginning."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return self.entry(name) is not None

    def entry(self, name: str) -> zipfile.ZipInfo | None:
        """What the archive's directory says about an entry, None: it is not there."""
        return self._entries.get(name) or self._entries.get(self._folded.get(name.lower(), ""))

    @property
    def directory(self) -> tuple[int, list[zipfile.ZipInfo]]:
        """Where the directory begins in the file, and all that stands in it, in its order."""
        return self._zip.start_dir, self._zip.infolist()

    @property
    def comment(self) -> bytes:
        return self._zip.comment

    def chunks(self, name: str) -> Iterator[bytes]:
        """What the entry holds, piece by piece.

        :raises AssistantError: it is not there, damaged, encrypted, or unpacks to too much.
        """
        info = self.entry(name)
        if info is None:
            raise self.damaged(f"{name} is missing")
        if info.flag_bits & 1:
            raise AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, "encrypted entry")
        if info.compress_type not in _METHODS:
            raise self.damaged(f"packed by method {info.compress_type}")
        size = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._count(len(chunk), size, info.compress_size)
                    yield chunk
        except (*_FAULTS, RuntimeError) as error:
            raise self.damaged(type(error).__name__) from error

    def _count(self, more: int, size: int, packed: int) -> None:
        self._unpacked += more
        if self._unpacked > MAX_UNPACKED:
            raise AssistantError(ErrorKind.DOCUMENT_BOMB, f"unpacks to more than {MAX_UNPACKED} bytes")
        if size > _RATIO_FROM and size > packed * MAX_RATIO:
            raise AssistantError(ErrorKind.DOCUMENT_BOMB, f"unpacks to more than {MAX_RATIO} times its size")

    def read(self, name: str) -> bytes:
        """All that the entry holds. Raises as ``chunks`` does."""
        return b"".join(self.chunks(name))

    def damaged(self, detail: str) -> AssistantError:
        """The error that says this document is no valid one of its format."""
        return AssistantError(ErrorKind.DOCUMENT_DAMAGED, detail, format=self._format)


def target(base: str, link: str) -> str:
    """The entry that ``link`` in the entry ``base`` points at; empty if it points out of the archive."""
    link = link.replace("\\", "/")
    path = link.split("#", 1)[0]
    if ":" in path or path.startswith("//") or not path:
        return ""
    path = unquote(path)
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(base), path)
    clean = posixpath.normpath(joined)
    return "" if clean.startswith("..") else clean
