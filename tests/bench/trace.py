"""Every ``llama_decode`` of an engine's child, timed: what is between two of them is overhead.

Run as the child (``python -m tests.bench.trace FILE``) it puts a timer around the call and then runs the engine's own
``main``. The times go to a memory-mapped file, so that nothing is added to the loop but two clock readings and a write.
"""

from __future__ import annotations

import itertools
import mmap
import runpy
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

_RECORD = struct.Struct("<qqqqi4x")  # the fields of Call
_HEAD = struct.Struct("<q")
CAPACITY = 100_000
"""Calls that are kept; later ones are lost."""


class Call(NamedTuple):
    """One ``llama_decode``: nanoseconds on the clock and of this thread's processor time, and the batch's tokens."""

    begin: int
    end: int
    work_begin: int
    work_end: int
    tokens: int


def command(path: Path) -> list[str]:
    """The command line of a traced child that writes to ``path``."""
    path.write_bytes(bytes(_HEAD.size + CAPACITY * _RECORD.size))
    return [sys.executable, "-P", "-m", "tests.bench.trace", str(path)]


def read(path: Path) -> list[Call]:
    """The calls so far, oldest first; also while the child runs."""
    data = path.read_bytes()
    (count,) = _HEAD.unpack_from(data)
    return [Call(*_RECORD.unpack_from(data, _HEAD.size + index * _RECORD.size)) for index in range(count)]


@dataclass(frozen=True)
class Gap:
    """Seconds between the end of one call and the begin of the next.

    :ivar wall: on the clock.
    :ivar work: of processor time of the engine's own thread, which other programs do not lengthen.
    """

    wall: float
    work: float


def gaps(calls: Sequence[Call]) -> list[Gap]:
    """The gaps along the longest run of calls with a single token: one answer that nobody else disturbed."""
    best, begin = range(0), 0
    for index in range(len(calls) + 1):
        if index == len(calls) or calls[index].tokens != 1:
            best = max(best, range(begin, index), key=len)
            begin = index + 1
    run = calls[best.start : best.stop]
    return [
        Gap((later.begin - earlier.end) / 1e9, (later.work_begin - earlier.work_end) / 1e9)
        for earlier, later in itertools.pairwise(run)
    ]


def _timed(decode: Callable[[Any, Any], int], file: mmap.mmap) -> Callable[[Any, Any], int]:
    clock, work = time.perf_counter_ns, time.thread_time_ns
    pack, pack_head = _RECORD.pack_into, _HEAD.pack_into
    size, start = _RECORD.size, _HEAD.size
    count = 0

    def timed(context: Any, batch: Any) -> int:
        nonlocal count
        work_begin, begin = work(), clock()
        result = decode(context, batch)
        end, work_end = clock(), work()
        if count < CAPACITY:
            pack(file, start + count * size, begin, end, work_begin, work_end, batch.n_tokens)
            count += 1
            pack_head(file, 0, count)
        return result

    return timed


def main() -> None:
    import llama_cpp.llama_cpp as low

    path = Path(sys.argv.pop(1))
    with path.open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    low.llama_decode = _timed(low.llama_decode, mapped)
    runpy.run_module("assistant.engine.main", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
