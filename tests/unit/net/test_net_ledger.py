from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.net import ledger
from assistant.net.ledger import Entry, Ledger


def test_a_request_is_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "connections.jsonl"
    book = Ledger(path)
    meter = book.begin("huggingface.co", 443, why="download", method="GET", via="10.0.0.1:8080")
    meter.sent, meter.received = 200, 5_000_000
    book.end(meter, ledger.OK)
    (entry,) = ledger.read(path)
    assert (entry.host, entry.port, entry.why, entry.method) == ("huggingface.co", 443, "download", "GET")
    assert (entry.sent, entry.received, entry.outcome, entry.via) == (200, 5_000_000, "ok", "10.0.0.1:8080")
    assert entry.at > 1_700_000_000
    assert entry.seconds >= 0


def test_only_the_first_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "l"
    book = Ledger(path)
    meter = book.begin("h", 1, why="search", method="GET")
    book.end(meter, ledger.FAILED)
    book.end(meter, ledger.OK)
    assert [entry.outcome for entry in ledger.read(path)] == ["failed"]
    assert len(path.read_bytes().splitlines()) == 2


def test_a_beginning_without_an_end_is_shown_as_open(tmp_path: Path) -> None:
    path = tmp_path / "l"
    Ledger(path).begin("h", 443, why="download", method="GET")
    assert [entry.outcome for entry in ledger.read(path)] == ["open"]


def test_what_was_refused_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "l"
    Ledger(path).refuse("huggingface.co", 443, why="search", method="GET")
    assert [(entry.outcome, entry.sent, entry.received) for entry in ledger.read(path)] == [("refused", 0, 0)]


def test_entries_of_several_writers_lie_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "l"
    books = [Ledger(path) for _ in range(3)]
    meters = [(book, book.begin(f"h{n}", n, why="search", method="GET")) for n, book in enumerate(books)]
    for book, meter in reversed(meters):
        book.end(meter, ledger.OK)
    assert [(entry.host, entry.outcome) for entry in ledger.read(path)] == [("h0", "ok"), ("h1", "ok"), ("h2", "ok")]


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "l"
    book = Ledger(path)
    book.refuse("first", 1, why="search", method="GET")
    with path.open("ab") as file:
        file.write(b'{"key":"x","host":"torn')
    book.refuse("second", 2, why="search", method="GET")
    assert [entry.host for entry in ledger.read(path)] == ["first", "second"]


def test_it_stays_small_and_keeps_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MAX_SIZE", 4000)
    path = tmp_path / "l"
    book = Ledger(path)
    for number in range(500):
        book.refuse(f"host{number}.example", 443, why="search", method="GET")
    sizes = [file.stat().st_size for file in (path, ledger.older(path))]
    assert max(sizes) < 4000 + 300
    hosts = [entry.host for entry in ledger.read(path)]
    assert hosts[-1] == "host499.example"
    assert hosts == [f"host{number}.example" for number in range(500 - len(hosts), 500)]
    ledger.clear(path)
    assert ledger.read(path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = Ledger(tmp_path / "file" / "below")
    book.end(book.begin("h", 1, why="search", method="GET"), ledger.OK)
    assert ledger.read(tmp_path / "file" / "below") == []


def test_without_a_path_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    book = Ledger()
    meter = book.begin("h", 1, why="search", method="GET")
    book.end(meter, ledger.OK)
    assert meter.closed
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_place_for_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "l"
    book = Ledger(path)
    book.end(book.begin("h", 1, why="search", method="GET"), ledger.OK)
    fields = {key for line in path.read_text().splitlines() for key in json.loads(line)}
    assert fields <= {"key", *Entry.__dataclass_fields__}
    assert not set(Entry.__dataclass_fields__) & {"url", "path", "query", "repo", "file", "token", "headers"}


@given(st.binary(max_size=400))
def test_reading_survives_whatever_the_file_holds(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "junk-ledger"
    path.write_bytes(junk + b'\n{"key":"a","host":"h","why":"search","method":"GET"}\n')
    assert "h" in [entry.host for entry in ledger.read(path)]
