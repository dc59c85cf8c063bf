"""Some bytes of a file on the Hub, written where they belong in a file here: a look before the gigabytes."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.gate import Gate
from assistant.net.hub import FileFacts, file_facts
from assistant.net.messages import BytesRead, ReadBytes
from assistant.net.sources import Source, host_and_port

MAX_LENGTH = 64 << 20
"""Bytes of one request."""
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


def content_range(value: str) -> tuple[int, int, int]:
    """First byte, last byte and size of the whole file in a Content-Range; (0, -1, 0) if it is none."""
    found = _RANGE.fullmatch(value.strip())
    if not found:
        return 0, -1, 0
    first, last, size = (int(one) for one in found.groups())
    return (first, last, size) if first <= last < size else (0, -1, 0)


def read_bytes(gate: Gate, asked: ReadBytes) -> BytesRead:
    """Bring the bytes that ``asked`` names.

    :raises AssistantError: NET_*, HUB_*, OFFLINE, CANCELLED; NO_SPACE and READ_ONLY: the file cannot be written.
    """
    if asked.start < 0 or not 0 < asked.length <= MAX_LENGTH:
        raise AssistantError(ErrorKind.INTERNAL, "not a range")
    return gate.over_sources(lambda source: _read(gate, asked, source))


def _read(gate: Gate, asked: ReadBytes, source: Source) -> BytesRead:
    facts = file_facts(gate, asked.place, source, why="header")
    length = max(0, min(asked.length, facts.size - asked.start))
    if length:
        _bring(gate, asked, facts, length)
    return BytesRead(
        id=asked.id,
        start=asked.start,
        length=length,
        size=facts.size,
        sha256=facts.sha256,
        revision=facts.revision,
    )


def _bring(gate: Gate, asked: ReadBytes, facts: FileFacts, length: int) -> None:
    host = host_and_port(facts.source.url)[0]
    name = asked.place.file.rsplit("/", 1)[-1]
    wanted = {"range": f"bytes={asked.start}-{asked.start + length - 1}"}
    with gate.request("GET", facts.url, why="header", headers=wanted, to_hub=True, name=name) as response:
        if response.status_code == 206:
            first, last, size = content_range(response.headers.get("content-range", ""))
            right = first == asked.start and last == asked.start + length - 1 and size == facts.size
        else:
            right = response.status_code == 200 and asked.start == 0  # no ranges: the start of the whole file will do
        if not right:
            raise AssistantError(ErrorKind.NET_NONSENSE, "another range than asked for", host=host)
        done = 0
        try:
            # A part of the file may be there already; "r+b" neither cuts it off nor makes a missing one.
            with os.fdopen(
                os.open(asked.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b"
            ) as file:
                file.seek(asked.start)
                for piece in response.iter_raw():
                    file.write(piece[: length - done])
                    done += min(len(piece), length - done)
                    if done == length:
                        break
        except OSError as error:
            raise _of_disk(error, asked, length) from error
    if done < length:
        raise AssistantError(ErrorKind.NET_UNREACHABLE, "the answer was cut off", host=host)


def _of_disk(error: OSError, asked: ReadBytes, length: int) -> AssistantError:
    folder = Path(asked.path).parent
    if isinstance(error, PermissionError):
        return AssistantError(ErrorKind.READ_ONLY, str(error.errno))
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = 0
    return AssistantError(ErrorKind.NO_SPACE, str(error.errno), needed=length, free=free, folder=str(folder))
