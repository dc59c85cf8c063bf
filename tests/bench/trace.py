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
from pathlib import Path
from typing import Any

_RECORD = struct.Struct("<qqi4x")  # begin, end (nanoseconds of perf_counter), tokens in the batch
_HEAD = struct.Struct("<q")
CAPACITY = 100_000
"""Calls that are kept; later ones are lost."""

Call = tuple[int, int, int]
"""Begin and end in nanoseconds, and the tokens of the batch."""


def command(path: Path) -> list[str]:
    """The command line of a traced child that writes to ``path``."""
    path.write_bytes(bytes(_HEAD.size + CAPACITY * _RECORD.size))
    return [sys.executable, "-P", "-m", "tests.bench.trace", str(path)]


def read(path: Path) -> list[Call]:
    """The calls so far, oldest first; also while the child runs."""
    data = path.read_bytes()
    (count,) = _HEAD.unpack_from(data)
    return [_RECORD.unpack_from(data, _HEAD.size + index * _RECORD.size) for index in range(count)]


def overheads(calls: Sequence[Call]) -> list[float]:
    """Seconds between the end of a single-token call and the begin of the next, along the longest run of such calls."""
    best, begin = range(0), 0
    for index, call in enumerate([*calls, (0, 0, 0)]):
        if call[2] != 1:
            best = max(best, range(begin, index), key=len)
            begin = index + 1
    return [(later[0] - earlier[1]) / 1e9 for earlier, later in itertools.pairwise(calls[best.start : best.stop])]


def _timed(decode: Callable[[Any, Any], int], file: mmap.mmap) -> Callable[[Any, Any], int]:
    clock, pack, pack_head = time.perf_counter_ns, _RECORD.pack_into, _HEAD.pack_into
    size, start = _RECORD.size, _HEAD.size
    count = 0

    def timed(context: Any, batch: Any) -> int:
        nonlocal count
        begin = clock()
        result = decode(context, batch)
        end = clock()
        if count < CAPACITY:
            pack(file, start + count * size, begin, end, batch.n_tokens)
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
