"""Passages for a question by words and meaning: how a document is divided, and how the two rankings become one."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from assistant.documents.model import Document
from assistant.documents.vectors import Vectors, pack_vectors
from assistant.worker import meaning
from assistant.worker.meaning import Fusion, divide, division, worth_knowing
from assistant.worker.retrieval import Index, retrieve
from tests.unit.worker.linked import chinese, document, english

CASES = [
    (english(), "Is it peaceful after dark?", "Trams will run", 300),
    (chinese(), "Is it peaceful after dark?", "老人们抱怨", 160),
    (chinese(), "清静吗？", "老人们抱怨", 160),
]


_WHOLE = division(Index(english()))


def row(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)


def kept(folder: Path, index: Index, near: str) -> str:
    """A file of vectors, in which the passage with the words ``near`` points to where the question (1, 0) does."""
    rows = {
        place: row(1, 0) if near in index.document.text[start:end] else row(0, 1)
        for place, start, end in worth_knowing(index, "")
    }
    path = folder / "kept.vectors"
    path.write_bytes(pack_vectors(Vectors(2, rows, division(index)), 1000))
    return str(path)


@pytest.mark.parametrize("source", [english(), chinese()], ids=["en", "zh"])
def test_the_passages_hold_every_sentence_once_and_are_short(source: Document) -> None:
    index = Index(source)
    firsts = divide(index).tolist()
    assert firsts == sorted(set(firsts))
    assert firsts[0] == 0
    assert len(firsts) > 1
    found = [(start, end) for _, start, end in sorted(worth_knowing(index, "Which?"))]
    ends = [*[source.sentences[first - 1][1] for first in firsts[1:]], source.sentences[-1][1]]
    assert found == [(source.sentences[first][0], end) for first, end in zip(firsts, ends, strict=True)]
    assert all(end - start <= 800 for start, end in found)


@pytest.mark.parametrize(("source", "question", "answer", "limit"), CASES, ids=["en", "en-zh", "zh"])
def test_meaning_finds_what_words_do_not(
    source: Document, question: str, answer: str, limit: int, tmp_path: Path
) -> None:
    index = Index(source)
    by_words = retrieve(index, question, limit)
    fusion = Fusion(index, kept(tmp_path, index, answer), row(1, 0))
    assert fusion.known == 1
    both = retrieve(index, question, limit, fuse=fusion)
    assert not any(answer in source.text[one.start : one.end] for one in by_words)
    assert any(answer in source.text[one.start : one.end] for one in both)


def test_what_is_first_by_words_and_by_meaning_is_first_of_all(tmp_path: Path) -> None:
    index = Index(english())
    path = kept(tmp_path, index, "1,240 new flats")
    found = retrieve(index, "How many flats will be built?", 300, fuse=Fusion(index, path, row(1, 0)))
    best = max(one.score for one in found)
    first = " ".join(index.document.text[one.start : one.end] for one in found if one.score > 0.9 * best)
    assert "1,240 new flats" in first


def test_where_little_is_known_the_words_count_for_more(tmp_path: Path) -> None:
    index = Index(document("\n\n".join(f"Entry {n}: " + "the town went on as always. " * 20 for n in range(400)), "en"))
    firsts = divide(index)
    words = np.zeros(index.size, np.float32)
    words[firsts[200]] = 1.0
    found = {}
    for share in (1, 50):
        rows = {place: row(0, 1) for place in range(0, len(firsts), share)} | {0: row(1, 0)}
        path = tmp_path / f"{share}.vectors"
        path.write_bytes(pack_vectors(Vectors(2, rows, division(index)), 1000))
        scores = Fusion(index, str(path), row(1, 0))(words)
        found[share] = float(scores[0] / scores[firsts[200]])
    assert found[1] > 0.8
    assert found[50] < 0.7


@pytest.mark.parametrize(
    ("damage", "queries"),
    [
        (lambda data: data[:-1], row(1, 0)),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), row(1, 0)),
        (lambda data: b"", row(1, 0)),
        (lambda data: data, row(1, 0, 0)),
        (lambda data: data, b""),
        (lambda data: pack_vectors(Vectors(2, {0: row(float("nan"), 0), 900: row(1, 0)}, _WHOLE), 9), row(1, 0)),
        (lambda data: pack_vectors(Vectors(2, {0: row(1, 0)}, _WHOLE + 1), 9), row(1, 0)),
    ],
    ids=["short", "turned", "empty", "other", "none", "odd", "divided"],
)
def test_vectors_that_are_of_no_use_leave_the_words(damage: object, queries: bytes, tmp_path: Path) -> None:
    assert callable(damage)
    index = Index(english())
    path = Path(kept(tmp_path, index, "Trams will run"))
    path.write_bytes(damage(path.read_bytes()))
    fusion = Fusion(index, str(path), queries)
    assert not fusion.known
    question = "How many flats will be built?"
    assert retrieve(index, question, 300, fuse=fusion) == retrieve(index, question, 300)


def test_no_file_of_vectors_leaves_the_words(tmp_path: Path) -> None:
    assert not Fusion(Index(english()), str(tmp_path / "none"), row(1, 0)).known


def test_the_likeliest_passages_take_turns_with_some_from_everywhere() -> None:
    count = 900
    lines = [f"In the year {number} " + "the town went on as it always had. " * 20 for number in range(count)]
    lines[777] += "A comet was seen."
    index = Index(document("\n\n".join(lines), "en"))
    total = len(divide(index))
    assert total >= count
    found = worth_knowing(index, "When was the comet seen?")
    places = [place for place, _, _ in found]
    assert sorted(places) == list(range(total))
    _, start, end = found[0]
    assert "comet" in index.document.text[start:end]
    assert {place * 10 // total for place in places[:60]} == set(range(10))  # whoever stops early has looked everywhere


def test_of_an_endless_document_a_part_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_MOST", 3)
    assert len(worth_knowing(Index(english()), "Which?")) == 3


def test_a_document_without_a_sentence_has_no_passages(tmp_path: Path) -> None:
    index = Index(Document("", ()))
    assert worth_knowing(index, "anything") == ()
    assert Fusion(index, str(tmp_path / "none"), row(1, 0)).known == 0
