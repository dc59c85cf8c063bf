"""Spans between dates, dates after a span, and how often something is when it is every so often."""

from __future__ import annotations

import pytest

from assistant.worker.characters import even
from assistant.worker.dates import within
from assistant.worker.quantities import Figure
from assistant.worker.terms import read
from assistant.worker.timing import as_age, lasts_since, minute_of, minutes_of, reached, repeats, spans


def number(text: str) -> Figure:
    return read(even(text), "").numbers[0]


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("four years", "from 2019 to 2023", True),
        ("five years", "from 2019 to 2023", False),
        ("六天", "9月14日至9月20日", True),
        ("七天", "9月14日至9月20日", True),  # the first and the last one counted
        ("八天", "9月14日至9月20日", False),
        ("three days", "only on Mondays, Thursdays and Saturdays", True),
        ("four days", "only on Mondays, Thursdays and Saturdays", False),
        ("about 85 years", "It burst on 17 March 2019. The pipe was laid in 1934.", True),
        ("about 75 years", "It burst on 17 March 2019. The pipe was laid in 1934.", False),
        ("more than fifty years", "She married in 1957; he died in 2011.", True),
        ("more than seventy years", "She married in 1957; he died in 2011.", False),
        ("约两年半", "2017年9月至2020年2月", True),
        ("a week", "until 31 March, and then from 24 March", True),
        ("a month", "until 31 March, and then from 24 March", False),
        ("an hour and a quarter", "It leaves at 5:42 and arrives at 6:57.", True),
        ("an hour and a half", "It leaves at 5:42 and arrives at 6:57.", False),
        ("two weeks", "应当在首次出租十四日前登记", True),
    ],
)
def test_a_span_lies_between_two_dates(claim: str, source: str, expected: bool) -> None:
    assert spans(number(claim), read(even(source), "").moments) is expected


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("more than ten years", "he has done so since 2014", True),
        ("已有十一年", "自2014年起担任此职", True),
        ("more than twenty years", "he has done so since 2014", False),
        ("eleven years", "the show of 2014", False),
    ],
)
def test_what_goes_on_lasts_until_the_source_was_written(claim: str, source: str, expected: bool) -> None:
    moments = read(even(source), "").moments
    assert lasts_since(number(claim), source, moments, {2025}) is expected


def test_a_time_may_be_written_with_a_point() -> None:
    (time,) = read("at 8:35", "en").moments
    assert [minute_of(number(text)) for text in ("8.35", "8.75", "35.8", "8.3")] == [515, None, None, None]
    assert minute_of(number("8.35")) in minutes_of(time)
    (evening,) = read("6:15 p.m.", "en").moments
    assert minute_of(number("6.15")) in minutes_of(evening)


@pytest.mark.parametrize(
    ("text", "months"), [("at the age of about eighteen", 216), ("aged 57", 684), ("享年92", 1104), ("in 18 rooms", 18)]
)
def test_an_age_often_goes_without_its_unit(text: str, months: int) -> None:
    assert as_age(number(text), even(text)).value == months


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("until 1995", "In 1983 she became director, for twelve years.", True),
        ("until 1998", "In 1983 she became director, for twelve years.", False),
        ("by mid-2027", "It entered into force on 1 July 2022; it is reviewed within five years.", True),
        ("by early 2027", "It entered into force on 1 July 2022; it is reviewed within five years.", False),
        ("1995年卸任", "1983年出任馆长，任职十二年", True),
    ],
)
def test_a_date_follows_from_another_and_a_span(claim: str, source: str, expected: bool) -> None:
    (said,) = read(even(claim), "").moments
    known = read(even(source), "")
    found = reached(known.moments, known.numbers)
    assert any(within(said, one, frozenset()) for one in found) is expected


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("three trains an hour", "There is a train every 20 minutes.", True),
        ("four trains an hour", "There is a train every 20 minutes.", False),
        ("cleaned six times a year", "Clean it every two months.", True),
        ("每小时三班", "早晚高峰每20分钟一班", True),
        ("一年清洗九次", "每两个月清洗一次", False),
        ("three trains an hour", "It takes 20 minutes.", False),
    ],
)
def test_so_often_in_a_span(claim: str, source: str, expected: bool) -> None:
    plain = even(claim)
    counts = [one for one in read(plain, "").numbers if one.unit in ("", "times")]
    assert repeats(counts[0], plain, [(read(even(source), "").numbers, source)]) is expected
