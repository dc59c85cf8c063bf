"""Documents that want to harm their reader, in the real worker child: refused or read, soon and in little memory."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.worker.messages import DocumentRead
from tests.fakes.hostile_documents import ALL, Hostile
from tests.fakes.hostile_sizes import LIGHT
from tests.fakes.reading_bench import LONG_AGO, Bench, check_harmless


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 40


def test_a_touched_file_and_address_are_seen(bench: Bench) -> None:
    os.utime(bench.trap.file, (LONG_AGO, LONG_AGO))
    assert bench.was_touched() == []
    bench.trap.file.read_text("utf-8")
    socket.create_connection(bench.listener.getsockname()).close()
    expected = {"the network", *(["the file"] if bench.notes_reading else [])}
    deadline = time.monotonic() + 5
    touched: set[str] = set()
    while touched != expected and time.monotonic() < deadline:
        touched |= set(bench.was_touched())
    assert touched == expected


@pytest.mark.parametrize("hostile", (ALL | LIGHT).values(), ids=ALL | LIGHT)
def test_a_hostile_document_harms_nobody(bench: Bench, hostile: Hostile) -> None:
    check_harmless(bench, hostile)


def test_the_worker_reads_on_afterwards(bench: Bench) -> None:
    answer = bench.read("good.txt", b"A plain text.\n").answer
    assert isinstance(answer, DocumentRead)
    assert answer.format == "text"
