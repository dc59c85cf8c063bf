"""Resolved settings, and the stop for answers that repeat themselves for ever."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.messages import Sampling
from assistant.engine.sampling import HOUSE, LoopDetector, recommended, resolve


def test_what_is_wanted_goes_before_the_file_and_the_file_before_the_house() -> None:
    file = recommended({"general.sampling.temp": "0.6", "general.sampling.top_k": "20", "other": "x"})
    assert (file.temperature, file.top_k, file.top_p) == (0.6, 20, None)
    chosen = resolve(Sampling(top_k=7, seed=3), file)
    assert (chosen.temperature, chosen.top_k, chosen.top_p, chosen.seed) == (0.6, 7, HOUSE.top_p, 3)


@pytest.mark.parametrize("value", ["", "warm", "nan", "inf", "-inf", "1e99"])
def test_nonsense_in_a_file_counts_for_nothing(value: str) -> None:
    assert recommended({"general.sampling.temp": value, "general.sampling.top_k": value}) == Sampling()


def test_numbers_are_brought_into_their_bounds() -> None:
    chosen = resolve(
        Sampling(temperature=-1.0, top_k=-5, top_p=7.0, min_p=-3.0, repeat_penalty=0.0, seed=1 << 40), Sampling()
    )
    assert (chosen.temperature, chosen.top_k, chosen.top_p, chosen.min_p) == (0.0, 0, 1.0, 0.0)
    assert chosen.repeat_penalty == 1.0
    assert chosen.seed is not None
    assert 0 <= chosen.seed < (1 << 32) - 1


def test_without_a_seed_each_answer_gets_another_one() -> None:
    seeds = {resolve(Sampling(), Sampling()).seed for _ in range(20)}
    assert len(seeds) > 15


@given(st.builds(Sampling, temperature=st.none() | st.floats(), top_k=st.none() | st.integers(-(1 << 31), 1 << 31)))
def test_every_field_is_filled(wanted: Sampling) -> None:
    chosen = resolve(wanted, Sampling())
    assert chosen.temperature is not None
    assert chosen.temperature >= 0.0  # also where it was no number at all
    assert None not in (chosen.top_k, chosen.top_p, chosen.min_p, chosen.penalty_last_n, chosen.dry_multiplier)


def test_a_penalty_over_the_whole_context_is_one() -> None:
    file = recommended({"general.sampling.penalty_last_n": "-1", "general.sampling.penalty_repeat": "1.1"})
    chosen = resolve(Sampling(), file)
    assert chosen.repeat_penalty == 1.1
    assert (chosen.penalty_last_n or 0) > 1000


# ---------------------------------------------------------------- loops


def stops_at(ids: Sequence[int], prompt: Sequence[int] = ()) -> int | None:
    """After how many tokens the answer is stopped, None if it is not."""
    tokens = array("i", prompt)
    detector = LoopDetector()
    for number, token in enumerate(ids):
        tokens.append(token)
        if detector.looping(tokens, len(prompt)):
            return number + 1
    return None


@pytest.mark.parametrize("period", [1, 2, 3, 7, 20, 60, 130, 300, 700])
def test_endless_repetition_is_found_soon(period: int) -> None:
    dice = random.Random(period)
    unit = [dice.randrange(1000) for _ in range(period)]
    opening = [dice.randrange(1000) for _ in range(50)]
    at = stops_at(opening + unit * (6000 // period + 1))
    assert at is not None
    assert at <= 50 + max(LoopDetector.SPAN, LoopDetector.TIMES * period) + 2 * LoopDetector.EVERY


def test_a_loop_with_repetition_inside() -> None:
    unit = [1, 2, 9] * 20 + [1, 2, 8, 1, 2, 7]
    assert stops_at(unit * 40) is not None


def test_the_same_phrases_in_ever_another_order_are_found() -> None:
    dice = random.Random(5)
    also = [[20 + n for n in range(17)], [60 + n for n in range(14)]]
    opening = list(range(200, 500))
    circles = [token for _ in range(400) for token in [1, 2, *also[0] * dice.randrange(1, 6), 3, *also[1], 4]]
    at = stops_at(opening + circles)
    assert at is not None
    assert 1000 < at < 3500


def test_what_is_thought_said_and_said_again_is_no_loop() -> None:
    dice = random.Random(6)
    text = [dice.randrange(1000) for _ in range(1200)]
    assert stops_at(text * 4) is None


def test_many_judgements_of_few_kinds_are_no_loop() -> None:
    dice = random.Random(7)
    kinds = [[10, 5], [11, 12, 5], [13, 5]]
    ids = [token for kind in dice.choices(kinds, (8, 1, 1), k=1500) for token in kind]
    assert stops_at(ids) is None


def test_the_prompt_does_not_count() -> None:
    assert stops_at([5] * 100, prompt=[5] * 5000) is None


def words(text: str) -> list[int]:
    known: dict[str, int] = {}
    return [known.setdefault(word, len(known)) for word in text.replace("\n", " \n ").split(" ")]


TABLE = "| name | value | unit |\n|---|---|---|\n" + "".join(f"| row {n} | {n * 7 % 13} | mm |\n" for n in range(300))
ZEROS = "".join("0 0 0 0 0 0 0 0\n" for _ in range(8)) + "\nThat is the matrix. " + "text goes on here " * 10
CODE = "".join(f"    if x == {n}:\n        return {n}\n    else:\n        pass\n" for n in range(200))
LIST = "".join(f"{n}. Item number {n} is good.\n" for n in range(300))
REFRAIN = "".join(f"verse {n} line a{n} b{n} c{n} d{n}\n" + "oh the lamp is lit tonight\n" * 4 for n in range(40))
SEPARATORS = ("-" + " -" * 120 + "\nchapter\n") * 3


@pytest.mark.parametrize(
    "text", [TABLE, ZEROS, CODE, LIST, REFRAIN, SEPARATORS], ids=["table", "zeros", "code", "list", "refrain", "lines"]
)
def test_no_false_alarm(text: str) -> None:
    assert stops_at(words(text)) is None


@given(st.lists(st.integers(0, 3), max_size=3000))
def test_no_false_alarm_on_random_letters(ids: list[int]) -> None:
    assert stops_at(ids) is None


def test_constant_work() -> None:
    """The detector looks at a bounded tail, however long the answer is."""
    dice = random.Random(1)
    assert stops_at([dice.randrange(50_000) for _ in range(30_000)]) is None
