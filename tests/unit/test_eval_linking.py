"""Linking and checking are scored on made-up results, whose scores are known."""

from __future__ import annotations

import pytest

from assistant.documents.model import LinkedSentence, Mark, MarkKind, MarkState, Source
from tests.eval import linking, links, report

ITEM = links.Item(
    id="one",
    sources=("a", "b"),
    text="Sales rose to 1.2 million in May.",
    tags=(),
    planted=links.Planted("number", "Sales rose to 1.7 million in May.", start=14, end=25, right="1.2 million"),
)
SPANS = {"a": (0, 50), "b": (51, 80), "c": (81, 150)}


def _sources(*spans: tuple[int, int]) -> tuple[Source, ...]:
    return tuple(Source(start, end, 0.9) for start, end in spans)


def _said(
    *spans: tuple[int, int], marks: tuple[tuple[int, int, MarkState], ...] = (), supported: bool = True
) -> list[LinkedSentence]:
    made = tuple(Mark(start, end, MarkKind.NUMBER, state) for start, end, state in marks)
    return [LinkedSentence(0, 33, _sources(*spans), supported, made)]


@pytest.mark.parametrize(
    ("spans", "rank", "whole"),
    [
        ([(0, 50)], 1, False),
        ([(81, 150), (51, 80)], 2, False),
        ([(81, 150), (90, 120), (51, 80)], 3, False),
        ([(51, 80), (0, 50)], 1, True),
        ([(0, 80)], 1, True),  # one source over both passages
        ([(5, 30)], 1, False),  # a clause of the passage
        ([(81, 150)], None, False),
        ([(44, 57)], None, False),  # touches both, and is neither
        ([], None, False),
    ],
)
def test_rank(spans: list[tuple[int, int]], rank: int | None, whole: bool) -> None:
    outcome = linking.judge(ITEM, _said(*spans), _said(), SPANS)
    assert (outcome.rank, outcome.planted_rank, outcome.whole) == (rank, None, whole)
    assert linking.judge(ITEM, _said(), _said(*spans), SPANS).planted_rank == rank


def test_sources_of_a_sentence_that_was_split_count_by_rank() -> None:
    halves = [
        LinkedSentence(0, 17, _sources((81, 150), (0, 50)), supported=True),
        LinkedSentence(18, 33, _sources((51, 80)), supported=False),
    ]
    outcome = linking.judge(ITEM, halves, [], SPANS)
    assert (outcome.rank, outcome.whole, outcome.supported) == (1, True, False)


@pytest.mark.parametrize(
    ("marks", "marked", "unchecked"),
    [
        (((14, 17, MarkState.MISSING),), True, False),
        (((0, 33, MarkState.MISSING),), True, False),
        (((14, 25, MarkState.UNCHECKED),), False, True),
        (((29, 32, MarkState.MISSING),), False, False),
        ((), False, False),
    ],
)
def test_planted_error(marks: tuple[tuple[int, int, MarkState], ...], marked: bool, unchecked: bool) -> None:
    outcome = linking.judge(ITEM, _said((0, 50)), _said((0, 50), marks=marks), SPANS)
    assert (outcome.marked, outcome.unchecked, outcome.false) == (marked, unchecked, ())


def test_false_marks_are_told_in_words() -> None:
    marks = ((14, 25, MarkState.MISSING), (29, 32, MarkState.UNCHECKED))
    outcome = linking.judge(ITEM, _said((0, 50), marks=marks), _said(), SPANS)
    assert outcome.false == ("1.2 million",)


def test_shares() -> None:
    right = linking.judge(ITEM, _said((0, 50)), _said(marks=((14, 25, MarkState.MISSING),)), SPANS)
    second = linking.judge(ITEM, _said((81, 150), (0, 50)), _said(marks=((14, 25, MarkState.MISSING),)), SPANS)
    wrong = linking.judge(ITEM, _said((81, 150), marks=((0, 5, MarkState.MISSING),), supported=False), _said(), SPANS)
    score = linking.total("en", [right, second, right, wrong])
    assert (score.top1, score.top3, score.supported, score.marked, score.false) == (0.5, 0.75, 0.75, 0.75, 0.25)
    assert score.marked_of == {"number": 0.75, "date": 0.0, "amount": 0.0, "name": 0.0}
    assert not report.reached(score)
    assert report.reached(linking.total("en", [right]))
    line = report.link_table([score]).splitlines()[-1]
    assert [cell.strip() for cell in line.strip("|").split("|")][:6] == [
        "en",
        "4",
        "50.0 %",
        "75.0 %",
        "0.0 %",
        "0.0 %",
    ]
    assert "NOT REACHED" in line


def test_faults_are_listed() -> None:
    wrong = linking.judge(ITEM, _said((81, 150), marks=((0, 5, MarkState.MISSING),)), _said(), SPANS)
    lines = report.faults([wrong]).splitlines()
    assert [line.split()[0] for line in lines] == ["not", "false", "not"]
    assert "Sales in: Sales rose" in lines[1]
    assert "number 1.7 million in: Sales rose to 1.7" in lines[2]


def test_passages_are_placed_in_their_order() -> None:
    passages = [links.Passage("x", "Yes."), links.Passage("y", "No."), links.Passage("z", "Yes.")]
    assert linking.places(passages, "Title\n\nYes. No. Yes.") == {"x": (7, 11), "y": (12, 15), "z": (16, 20)}
    with pytest.raises(LookupError):
        linking.places(passages, "Yes. No.")
