"""Texts without an end to a figure or an address: where each sign is a new beginning, a check takes minutes."""

from __future__ import annotations

import pytest

from assistant.documents.model import MarkKind, MarkState
from assistant.worker.figures import figures
from assistant.worker.linking import link
from assistant.worker.names import names
from assistant.worker.segment_literals import literals
from tests.unit.worker.linked import english

MANY = 100_000


@pytest.mark.parametrize("text", ["1" * MANY, "中" + "1" * MANY, "十零" * MANY, "一点" * MANY, f"第{'1' * MANY}.1"])
def test_a_number_without_an_end_is_read_at_once(text: str) -> None:
    figures(f"{text} and 12 lamps", language="en")


@pytest.mark.parametrize("piece", ["www.", "x.", "a-b."])
def test_an_address_without_an_end_is_read_at_once(piece: str) -> None:
    literals(piece * MANY)
    names(f"{piece * MANY} Ann Lee", language="en")


@pytest.mark.parametrize(
    "piece", ["王建国李丽华公司", "王建国，李丽华、", "Ann Leigh, ", "a@b.c Ann ", "“ann”《", "A1-"]
)
def test_names_without_an_end_are_read_at_once(piece: str) -> None:
    names(piece * (MANY // 4), language="en")


@pytest.mark.parametrize("piece", ["王建国说", "3 May 2021, ", "1207 ", "Ann Leigh said, "])
def test_a_sentence_without_an_end_is_looked_up_in_part(piece: str) -> None:
    text = piece * (MANY // 20)
    found = link(english(), text)
    assert sum(len(one.marks) for one in found.sentences) < 1000
    last = found.sentences[-1].marks[-1]
    assert (last.kind, last.state, last.end) == (MarkKind.REST, MarkState.UNCHECKED, found.sentences[-1].end)
    checked = [mark for one in found.sentences for mark in one.marks if mark.kind is not MarkKind.REST]
    assert all(mark.end <= last.start for mark in checked), "and what stands before it was looked up"


def test_what_is_as_long_as_people_write_it_is_one() -> None:
    assert [one.value for one in figures("1" * 30, language="en")] == [float("1" * 30)]
    assert [one.value for one in figures("三十分之一", language="zh")] == [1 / 30]
    assert [one.value for one in figures("共一百二十三万四千五百六十七人", language="zh")] == [1_234_567]
    address = f"{'someone.' * 8}name+tag@example.org"
    text = f"Write to {address} and call a.b.c() first."
    assert [text[one.start : one.end] for one in literals(text)] == [address, "a.b.c()"]
