"""What the source says of something else is marked: an old value, another thing's number, what is nearly right."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assistant.documents.model import MarkState
from assistant.documents.reading import read as read_document
from assistant.worker.characters import even
from assistant.worker.counted_things import counted, counts_something_else
from assistant.worker.dates import Moment, dates
from assistant.worker.linking import link
from assistant.worker.quantities import Figure
from assistant.worker.replaced import is_replaced
from assistant.worker.slips import is_slip_of_date, is_slip_of_number
from assistant.worker.terms import read


def number(text: str) -> Figure:
    return read(even(text)).numbers[0]


def date(text: str) -> Moment:
    return dates(even(text))[0]


def marked(text: str, source: str) -> list[str]:
    document = read_document(source.encode(), "source.txt")
    sentences = link(document, text).sentences
    return [text[one.start : one.end] for s in sentences for one in s.marks if one.state is MarkState.MISSING]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("192 tiles", "129 tiles", True),
        ("36 years", "26 years", True),
        ("36 km", "26 metres", False),
        ("192 tiles", "192 tiles", False),
        ("6 tiles", "9 tiles", False),  # of one digit any two are as near
        ("1,203 tiles", "1,455 tiles", False),
    ],
)
def test_a_slip_of_a_number(one: str, other: str, expected: bool) -> None:
    assert is_slip_of_number(number(one), number(other)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("4 July 2021", "4 June 2021", True),
        ("4 July 2021", "4 June", True),
        ("4 July 2021", "5 June 2021", False),
        ("2021", "2022", False),
        ("2021年3月2日", "2021年8月2日", True),
    ],
)
def test_a_slip_of_a_date(one: str, other: str, expected: bool) -> None:
    assert is_slip_of_date(date(one), date(other)) is expected


def test_one_end_of_a_range_is_no_slip_of_the_other() -> None:
    source = "Estimated at £60,000 to £80,000, the globes went for £145,000 to a museum.\n\nThe clock brought £4,000."
    assert marked("The globes went for more than their upper estimate of £80,000.", source) == []
    assert marked("The globes went for more than their upper estimate of £90,000.", source) == ["£90,000"]


def test_a_time_with_a_point_is_a_time_and_contradicts_another() -> None:
    source = "The gate in Mill Road opens at 8.35 instead of 8.45.\n\nThe coach to the villa leaves at 8.20 sharp."
    assert marked("The Mill Road gate opens at 8:35.", source) == []
    assert marked("The Mill Road gate opens at 8:20.", source) == ["8:20"]


def test_a_last_name_that_is_a_common_word_elsewhere_is_marked() -> None:
    source = (
        "Binoculars can be borrowed from Mrs Ragnhild Moe at the post office.\n\nThe best rooms lie by the Harbour."
    )
    assert marked("Binoculars are lent by Ragnhild Moe at the post office.", source) == []
    assert marked("Binoculars are lent by Ragnhild Lie at the post office.", source) == ["Ragnhild Lie"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("成人一周后早晨加服一片。", []),
        ("成人一个月后早晨加服一片。", ["一个月"]),
        ("每月测一次血压。", []),
    ],
)
def test_when_something_is_due_is_counted_also_where_it_is_one(text: str, expected: list[str]) -> None:
    source = "成人起始剂量为每晚一片，一周后早晨加服一片。服药期间请注意测量血压。儿童遵医嘱。"
    assert marked(text, source) == expected


TILES = (
    "Of the old roof 129 tiles were kept by the museum in Arlen. The roof was laid anew on 4 June 2021.\n\n"
    "The cellar holds 192 bottles. The fair in Corvey opens on 4 July 2021."
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The museum in Arlen kept 129 tiles of the old roof.", "The museum in Arlen kept 192 tiles of the old roof."),
        ("The roof was laid anew on 4 June 2021.", "The roof was laid anew on 4 July 2021."),
    ],
)
def test_what_is_nearly_right_is_marked_though_it_stands_elsewhere(right: str, wrong: str) -> None:
    assert marked(right, TILES) == []
    assert len(marked(wrong, TILES)) == 1


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("The crossing was cut from 46 to 31 minutes.", "46", "31 minutes", True),
        ("The crossing was cut from 46 to 31 minutes.", "31 minutes", "46", False),
        ("A ticket costs 7 euros instead of 9 euros.", "9 euros", "7 euros", True),
        ("开机时间由81秒缩短到44秒。", "81秒", "44秒", True),
        ("开机时间由81秒缩短到44秒。", "44秒", "81秒", False),
        ("今年收了30吨，去年是52吨。", "52吨", "30吨", True),
        ("It has 46 seats and 31 tables.", "46", "31", False),
    ],
)
def test_what_no_longer_holds(text: str, old: str, new: str, expected: bool) -> None:
    spans = [(text.index(one), text.index(one) + len(one)) for one in (old, new)]
    assert is_replaced(text, spans[0], spans[1:]) is expected


FERRY = (
    "With the new engine the ferry's crossing to Holm was cut from 46 to 31 minutes.\n\n"
    "The captain has been at sea for eleven years."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry's crossing to Holm takes 31 minutes.", []),
        ("The ferry's crossing to Holm takes 46 minutes.", ["46 minutes"]),
        ("The ferry's crossing to Holm was cut from 46 minutes.", []),
    ],
)
def test_the_old_value_is_marked_for_the_new_one(text: str, expected: list[str]) -> None:
    assert marked(text, FERRY) == expected


def test_what_a_number_counts() -> None:
    assert counted("three small boats lay", 5) == {"small", "boat"}
    assert counted("84, spread over", 2) == frozenset()
    assert counted("九道菜和十一处疏漏", 1) == {"道菜"}


@pytest.mark.parametrize(
    ("claim", "expected"), [("She began with six boats.", True), ("She has boats in six harbours.", False)]
)
def test_a_number_of_something_else(claim: str, expected: bool) -> None:
    source = "She began with two boats and now has them in six harbours."
    numbers = read(source).numbers
    bearing = [one for one in numbers if one.value == 6]
    rivals = [one for one in numbers if one.value == 2]
    assert counts_something_else((number(claim).end, claim), bearing, rivals, source) is expected


BOATS = (
    "Mrs Tolland's hire in Farrow began with two boats from her aunt, and now has 84, kept in six harbours.\n\n"
    "Beneath the yard lay the remains of three stone ovens."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The hire in Farrow began with six boats from an aunt.", ["six"]),
        ("The hire in Farrow keeps its boats in six harbours.", []),
        ("The remains of two stone ovens lay beneath the yard.", ["two"]),
        ("The remains of three stone ovens lay beneath the yard.", []),
    ],
)
def test_what_counts_something_else_is_marked(text: str, expected: list[str]) -> None:
    assert marked(text, BOATS) == expected


def test_a_number_at_the_beginning_excuses_no_other() -> None:
    source = "Version 5.3 mends a fault with more than 64 lamps.\n\nThe hall seats 46."
    assert marked("5.3 mends a fault with more than 46 lamps.", source) == ["46"]


@pytest.mark.parametrize(
    "check",
    [
        lambda text: is_replaced(text, (len(text), len(text)), [(0, 1)]),
        lambda text: counted(text, 0),
    ],
)
@pytest.mark.parametrize("text", ["from " * 2000, "由" * 10_000, " a" * 5000, " word" * 2000])
def test_endless_texts_take_no_time(check: Callable[[str], object], text: str) -> None:
    before = time.process_time()
    check(text)
    assert time.process_time() - before < 0.1
