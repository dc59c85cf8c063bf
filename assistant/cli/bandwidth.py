"""How fast this machine reads memory: what writing with a model larger than the processor's cache is limited by.

Measured with the C library's own search and comparison (``memchr``, ``memcmp``), which run at the speed of memory and
let other Python threads run meanwhile. The best of several rounds counts: anything else on the machine only makes it
slower. It is a lower bound of what the memory can do.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable

import psutil

BLOCK = 192 << 20
"""Bytes that each thread reads in one round: larger than any processor's cache."""
ROUNDS = 5
METHOD = "memchr and memcmp, best round"

_Reader = Callable[[int, int], object]
"""Reads so many bytes from an address."""


def read_speed(threads: int, *, block: int = BLOCK, rounds: int = ROUNDS) -> float:
    """Bytes per second that ``threads`` threads read together; 0 where there is too little memory to measure."""
    threads = max(1, threads)
    if psutil.virtual_memory().available < 2 * threads * block:
        return 0.0
    buffers = [ctypes.create_string_buffer(block) for _ in range(threads)]
    for buffer in buffers:
        ctypes.memset(buffer, 1, block)
    return max(_one_round(reader, buffers, block) for _ in range(rounds) for reader in _readers())


def _readers() -> tuple[_Reader, ...]:
    library = ctypes.CDLL("msvcrt") if sys.platform == "win32" else ctypes.CDLL(None)
    search, compare = library.memchr, library.memcmp
    search.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    search.restype = ctypes.c_void_p
    compare.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    return (
        lambda address, count: search(address, 0x7F, count),  # a byte that is not there
        lambda address, count: compare(address, address + count // 2, count // 2),  # halves that are equal
    )


def _one_round(reader: _Reader, buffers: list[ctypes.Array[ctypes.c_char]], block: int) -> float:
    barrier = threading.Barrier(len(buffers) + 1)

    def work(address: int) -> None:
        barrier.wait()
        reader(address, block)
        barrier.wait()

    workers = [threading.Thread(target=work, args=(ctypes.addressof(buffer),)) for buffer in buffers]
    for worker in workers:
        worker.start()
    barrier.wait()
    begin = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - begin
    for worker in workers:
        worker.join()
    return len(buffers) * block / seconds
