"""A look into a model's header before the model is downloaded: a few megabytes, read by ranges.

The beginnings of its files lie in a folder of their own under the model's own names, and
:mod:`assistant.library.gguf` reads them with the sizes of the whole ones: it never looks at the tensors' data.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.base.container import MoreNeededError, read_container
from assistant.base.errors import AssistantError, ErrorKind
from assistant.library.gguf import Header, read_header
from assistant.net.messages import BytesRead, RemoteFile

FIRST = 1 << 20
"""Bytes of the first look: enough for small vocabularies."""
LATER = 128 << 10
"""Bytes of the first look into each further part: it has no vocabulary."""
MOST = 64 << 20
"""Bytes of one file's beginning at most: the header with the largest known vocabulary takes some 20 MB."""
_NAMES_OF_SYSTEMS = re.compile(r"[<>:\"|?*\\/]")


@dataclass(frozen=True)
class Wanted:
    """Bytes to read next: ``length`` from ``start`` of ``file``, to be written at ``start`` into ``path``."""

    file: RemoteFile
    start: int
    length: int
    path: Path


class RemoteHeader:
    """The header of a model in one file or in parts, on its way.

    Ask ``wanted`` what to read, have it read, hand the answer to ``feed``; until ``header`` is there. Every part's own
    header is read (small, but for the first), because the tensors are spread over the parts.

    :param files: of a ``library.hub.Variant``, in order.
    :param folder: an empty folder that belongs to this look alone.
    :raises AssistantError: MODEL_DAMAGED for names that no folder can hold.
    """

    def __init__(self, files: Sequence[RemoteFile], folder: Path) -> None:
        self._files = tuple(files)
        self._folder = folder
        names = [_NAMES_OF_SYSTEMS.sub("-", file.name.rpartition("/")[2]) for file in files]
        self._paths = tuple(folder / name for name in names)
        self._have = [0] * len(files)
        self._sizes = [file.size for file in files]
        self._at = 0
        self._header: Header | None = None
        if not files or len(set(names)) != len(files) or {"", ".", ".."} & set(names):
            raise AssistantError(ErrorKind.MODEL_DAMAGED, "impossible names of files")

    @property
    def header(self) -> Header | None:
        """What was found out; its ``path`` and ``files`` are those of the sparse files."""
        return self._header

    @property
    def read(self) -> int:
        """Bytes read so far."""
        return sum(self._have)

    @property
    def wanted(self) -> Wanted | None:
        """What to read next; None: everything is known."""
        if self._at >= len(self._files):
            return None
        have, size = self._have[self._at], self._sizes[self._at]
        upto = min(max(LATER if self._at else FIRST, have * 2), MOST, size or MOST)
        return Wanted(self._files[self._at], have, upto - have, self._paths[self._at])

    def feed(self, answer: BytesRead) -> None:
        """Take in what was read for ``wanted``.

        :raises AssistantError: what ``read_header`` raises; NET_NONSENSE when the answer does not belong to the
            question; DOWNLOAD_CHANGED when the file is no longer the one that was listed.
        """
        wanted = self.wanted
        name = self._paths[min(self._at, len(self._paths) - 1)].name
        if wanted is None or answer.start != wanted.start or not 0 < answer.length <= wanted.length or answer.size <= 0:
            raise AssistantError(ErrorKind.NET_NONSENSE, f"{answer.length} bytes from {answer.start}")
        if self._sizes[self._at] not in (0, answer.size):
            raise AssistantError(ErrorKind.DOWNLOAD_CHANGED, f"{answer.size} bytes", name=name)
        if wanted.file.sha256 and answer.sha256 and wanted.file.sha256 != answer.sha256:
            raise AssistantError(ErrorKind.DOWNLOAD_CHANGED, "another hash", name=name)
        self._sizes[self._at] = answer.size
        self._have[self._at] += answer.length
        if not self._whole():
            return
        self._at += 1
        if self._at == len(self._files):
            self._header = read_header(self._paths[0], sizes=self._sizes)

    def close(self) -> None:
        """Delete what was read."""
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _whole(self) -> bool:
        """Is the header of the current file complete?"""
        path, size, have = self._paths[self._at], self._sizes[self._at], self._have[self._at]
        try:
            read_container(path, size=size)
        except MoreNeededError as error:
            if error.upto > MOST or have >= min(MOST, size) or self.read >= 2 * MOST:
                detail = f"its header takes more than {min(MOST, size)} bytes"
                raise AssistantError(ErrorKind.MODEL_DAMAGED, detail, name=path.name) from None
            return False
        return True
