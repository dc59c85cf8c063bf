"""Sizes, spans of time and tokens as people read them."""

from __future__ import annotations

import pytest

from assistant.texts import set_language, units


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (98_362_432, "98.4 MB"),
        (999_999, "1.0 MB"), (532_517_120, "533 MB"), (999_940_000, "1.0 GB"), (6_100_000_000, "6.1 GB"),
        (2e12, "2.0 TB"), (5e15, "5000 TB"), (-4, "0 bytes"),
    ],
)  # fmt: skip
def test_size(count: float, words: str) -> None:
    assert units.size(count) == words


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It needs 22.7 GB of memory.", "It needs 22.7_GB of memory."), ("还有 98.4 MB 可用", "还有 98.4_MB 可用"),
        ("loading 100 %", "loading 100_%"), ("3 min 20 s left", "3_min 20_s left"), ("2 samples, 4 hours", ""),
        ("Take 3 GBs", ""),
    ],
)  # fmt: skip
def test_a_number_stays_beside_its_unit(text: str, whole: str) -> None:
    assert units.unbroken(text) == (whole or text).replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"), (0.44, "0.4 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"),
        (200, "3 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min"), (-1.0, "0 s"),
        (1, "1 s"), (5, "5 s"), (-1, "0 s"),
    ],
)  # fmt: skip
def test_duration(seconds: float, words: str) -> None:
    assert units.duration(seconds) == words


def test_tokens() -> None:
    assert [units.tokens(count) for count in (0, 1, 1234)] == ["0 tokens", "1 token", "1,234 tokens"]


def test_speed() -> None:
    assert [units.speed(value) for value in (7.42, 99.9, 123.4)] == ["7.4 tokens/s", "99.9 tokens/s", "123 tokens/s"]


def test_a_unit_in_a_field_has_the_space_before_it_that_its_language_has() -> None:
    assert [units.behind_number(unit) for unit in ("%", "tokens")] == [" %", " tokens"]
    set_language("zh_CN")
    assert [units.behind_number(unit) for unit in ("%", "词元")] == ["%", "\u2009词元"]


def test_parameters() -> None:
    assert [units.parameters(n) for n in (134_515_008, 999_600_000, 4_022_468_096)] == ["135M", "1.0B", "4.0B"]
