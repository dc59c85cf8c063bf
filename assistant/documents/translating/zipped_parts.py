"""Documents that are archives, written with some of their parts replaced; all others are copied byte for byte.

Nothing that is not replaced is unpacked, so that a book full of pictures is written as fast as it can be copied, and
order, names, dates, flags, extra fields and comments of all entries stay what they were.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.documents.segments import SegmentedDocument
from assistant.documents.translating.splicing import as_many
from assistant.documents.zipped import Archive

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_ZIP64 = 1  # extra field with sizes of eight bytes; nothing that is written here needs one
_DESCRIPTOR = 8  # flag: checksum and sizes follow what is packed
_MOST = 0xFFFF


class Zipped(ABC):
    """A document that is an archive. See ``Translatable``.

    :param data: the whole file.
    :param archive: was opened on it.
    """

    long_lines = 0

    def __init__(self, data: bytes, archive: Archive, document: SegmentedDocument) -> None:
        self._data, self._archive = data, archive
        self.document = document

    def write(
        self,
        texts: Sequence[str | None],
        *,
        language: str,
        source: str,
        doubtful: Sequence[bool] = (),  # noqa: ARG002
    ) -> bytes:
        """See ``Translatable``."""
        segments = self.document.segments
        as_many(texts, segments)
        new = [None if text == one.text else text for text, one in zip(texts, segments, strict=True)]
        if all(text is None for text in new):
            return self._data
        changes = self._changes(new, language=language, source=source or self.document.language)
        return rewritten(self._archive, self._data, changes)

    @abstractmethod
    def _changes(self, texts: Sequence[str | None], *, language: str, source: str) -> dict[str, bytes]:
        """What parts are to hold, by name.

        :param texts: for each segment what is new; None: it stays. There is something new.
        """


def rewritten(archive: Archive, data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """``data`` with other parts.

    :param data: the file that ``archive`` was opened on.
    :param changes: what parts are to hold, by name; each must be in the archive.
    :returns: ``data`` itself where nothing changes.
    :raises AssistantError: DOCUMENT_DAMAGED: the archive cannot be copied.
    """
    new: dict[int, bytes] = {}
    for name, content in changes.items():
        info = archive.entry(name)
        if info is None:
            raise archive.damaged(f"{name} is missing")
        new[info.header_offset] = content
    if not new:
        return data
    try:
        return _Copy(archive, data, new).whole()
    except struct.error as error:
        raise archive.damaged("directory") from error


class _Copy:
    """One archive being written.

    :param new: what entries are to hold, by the place of their headers.
    """

    def __init__(self, archive: Archive, data: bytes, new: Mapping[int, bytes]) -> None:
        self._archive, self._data, self._new = archive, data, new
        self._begin, self._infos = archive.directory
        self._moved: dict[int, int] = {}  # where an entry's header stands now, by where it stood
        self._sizes: dict[int, tuple[int, int, int]] = {}  # checksum, packed and unpacked size of the new ones

    def whole(self) -> bytes:
        out = bytearray()
        places = sorted({info.header_offset for info in self._infos})
        kinds = {info.header_offset: info for info in self._infos}
        out += self._data[: places[0]]
        for place, following in pairwise([*places, self._begin]):
            self._moved[place] = len(out)
            if place in self._new:
                out += self._packed(kinds[place])
            else:
                out += self._data[place:following]
        begin = len(out)
        out += self._directory()
        count = len(self._infos)
        if count > _MOST or len(out) > 0xFFFFFFFE:
            raise self._archive.damaged("too large")
        comment = self._archive.comment
        out += _END.pack(b"PK\5\6", 0, 0, count, count, len(out) - begin, begin, len(comment)) + comment
        return bytes(out)

    def _packed(self, info: zipfile.ZipInfo) -> bytes:
        """A local header and what it stands for."""
        place, content = info.header_offset, self._new[info.header_offset]
        mark, version, flags, method, time, date, *_, name, extra = _LOCAL.unpack_from(self._data, place)
        if mark != b"PK\3\4":
            raise self._archive.damaged("header")
        begin = place + _LOCAL.size
        packed = content
        if info.compress_type == zipfile.ZIP_DEFLATED:
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            packed = packer.compress(content) + packer.flush()
        kept = _without_zip64(self._data[begin + name : begin + name + extra])
        sizes = self._sizes[place] = (zlib.crc32(content), len(packed), len(content))
        head = (mark, version, flags & ~_DESCRIPTOR, method, time, date, *sizes, name, len(kept))
        return _LOCAL.pack(*head) + self._data[begin : begin + name] + kept + packed

    def _directory(self) -> bytes:
        out, at = bytearray(), self._begin
        for info in self._infos:
            fields = list(_CENTRAL.unpack_from(self._data, at))
            if fields[0] != b"PK\1\2":
                raise self._archive.damaged("directory")
            name, extra, comment = fields[10:13]
            begin = at + _CENTRAL.size
            at = begin + name + extra + comment
            kept = _without_zip64(self._data[begin + name : begin + name + extra])
            if info.header_offset in self._sizes:
                fields[3] &= ~_DESCRIPTOR
                fields[7:10] = self._sizes[info.header_offset]
            else:
                fields[7:10] = info.CRC, info.compress_size, info.file_size
            fields[11], fields[16] = len(kept), self._moved[info.header_offset]
            out += _CENTRAL.pack(*fields) + self._data[begin : begin + name] + kept + self._data[at - comment : at]
        return bytes(out)


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields but that of the large sizes."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind != _ZIP64:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept + extra[at:]
