"""One segment of a file over one connection. Every answer is checked before one of its bytes is written."""

from __future__ import annotations

import re
import threading
from contextlib import AbstractContextManager
from typing import BinaryIO

import httpx2

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.call import Call
from assistant.net.gate import Gate
from assistant.net.parts import Part
from assistant.net.plan import Segment
from assistant.net.resolve import Remote

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_STALE = (401, 403, 404, 410, 416)
"""What a store of files says to an address that is too old, or for another content."""


class DoubtError(AssistantError):
    """What came contradicts what the server had said about the file: ask about it again before the next try."""


class RangeFetcher:
    """Brings segments of ``remote`` into ``part``; several threads may do so side by side.

    :param stall: seconds without a byte after which a connection is given up.
    :ivar remote: where from; may be replaced by a newer answer about the same content.
    """

    def __init__(self, gate: Gate, part: Part, remote: Remote, *, stall: float) -> None:
        self.remote = remote
        self._gate = gate
        self._part = part
        self._stall = stall
        self._tag = ""  # what the store of files calls the content
        self._store = ""  # its address for this file: good for a while, so it is never kept
        self._whole = threading.Lock()

    @property
    def reads_whole(self) -> bool:
        """Is one connection reading everything, because the server knows no ranges? Others are of no use then."""
        return self._whole.locked()

    def renew(self, remote: Remote) -> None:
        """A newer answer about the same content: what its store said before does not count any more."""
        self.remote, self._tag, self._store = remote, "", ""

    def fetch(self, segment: Segment) -> None:
        """Bring ``segment``, or as much of it as comes.

        :raises AssistantError: what ended it early; DoubtError: see there.
        """
        remote = self.remote
        first, last = remote.start + segment.position, remote.start + segment.end - 1
        with self._part.writer() as file, self._ask(remote, first, last) as response:
            self._judge(response, remote)
            if response.status_code == 206:
                count = self._check_range(response, remote, first, last)
                self._check_tag(response, remote)
                self._take(response, segment, file, count)
            elif response.status_code == 200:
                self._check_tag(response, remote)
                self._take_whole(response, remote, file)
            else:
                raise AssistantError(ErrorKind.NET_NONSENSE, f"status {response.status_code}", host=remote.host)

    def measure(self) -> int:
        """How large the whole file is, from an answer about its first byte; 0: the server does not say."""
        remote = self.remote
        with self._ask(remote, remote.start, remote.start) as response:
            self._judge(response, remote)
            if response.status_code == 200:
                return _count(response.headers.get("content-length", ""))
            found = _RANGE.fullmatch(response.headers.get("content-range", ""))
            return _count(found[3]) if found else 0

    def _ask(self, remote: Remote, first: int, last: int) -> AbstractContextManager[httpx2.Response]:
        headers = {"range": f"bytes={first}-{last}"}
        if self._tag:
            headers["if-range"] = self._tag
        return self._gate.request(
            "GET",
            self._store or remote.url,
            why="download",
            headers=headers,
            to_hub=remote.to_hub and not self._store,
            name=remote.file,
            check=False,
            stall=self._stall,
        )

    # ------------------------------------------------------------ checks

    def _judge(self, response: httpx2.Response, remote: Remote) -> None:
        url = str(response.request.url)
        at_hub = remote.to_hub and url == remote.url
        call = Call("download", name=remote.file, to_hub=at_hub, hops=[url])
        if not at_hub and response.status_code in _STALE:
            status = response.status_code
            raise DoubtError(ErrorKind.NET_SERVER, f"status {status}", host=call.here, status=status)
        if response.status_code == 416:
            raise DoubtError(ErrorKind.NET_NONSENSE, "no such range", host=call.here)
        self._gate.judge(response, call)
        if not at_hub:
            self._store = url

    def _check_range(self, response: httpx2.Response, remote: Remote, first: int, last: int) -> int:
        """How many bytes come.

        :raises AssistantError: it is not the range that was asked for.
        """
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if not found:
            raise AssistantError(ErrorKind.NET_NONSENSE, "a range without its place", host=remote.host)
        begins, ends = int(found[1]), int(found[2])
        self._check_size(remote, _count(found[3]))
        count = ends - begins + 1
        length = response.headers.get("content-length", "")
        if begins != first or not first <= ends <= last or (length and _count(length) != count):
            words = f"asked for {first}-{last}, came {begins}-{ends}, {length or 'unknown'} bytes"
            raise AssistantError(ErrorKind.NET_NONSENSE, words, host=remote.host)
        return count

    def _check_size(self, remote: Remote, whole: int) -> None:
        expected = remote.whole or remote.size
        if whole and whole != expected:
            raise DoubtError(ErrorKind.DOWNLOAD_SIZE, name=remote.file, expected=expected, actual=whole)

    def _check_tag(self, response: httpx2.Response, remote: Remote) -> None:
        tag = response.headers.get("etag", "")
        if not tag or tag.startswith("W/") or not tag.isascii():
            return
        if self._tag and self._tag != tag:
            raise DoubtError(ErrorKind.NET_NONSENSE, "another content", host=remote.host)
        self._tag = tag

    # ------------------------------------------------------------ bytes

    def _take(self, response: httpx2.Response, segment: Segment, file: BinaryIO, count: int) -> None:
        left = count
        for piece in response.iter_raw():
            data = memoryview(piece)[: min(left, segment.end - segment.position)]
            self._part.write(file, segment.position, data)
            segment.position += len(data)
            left -= len(data)
            if segment.position >= segment.end or not left:
                return

    def _take_whole(self, response: httpx2.Response, remote: Remote, file: BinaryIO) -> None:
        """The server sends everything from its start: what is there already is let pass."""
        self._check_size(remote, _count(response.headers.get("content-length", "")))
        if not self._whole.acquire(blocking=False):
            return  # another connection reads it
        try:
            position = -remote.start
            for piece in response.iter_raw():
                data = memoryview(piece)
                for start, end in self._part.snapshot().gaps(min(position + len(data), remote.size), max(position, 0)):
                    self._part.write(file, start, data[start - position : end - position])
                position += len(data)
                if position >= remote.size:
                    return
            raise AssistantError(ErrorKind.NET_UNREACHABLE, "it ended early", host=remote.host)
        finally:
            self._whole.release()


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
