"""The line through observations: what it learns, and what cannot mislead it."""

from __future__ import annotations

import random

import pytest

from assistant.core.timing import Line, Observation, fit, kept

TRUE = Line(0.002, 0.0000015)


def observed(tokens: int, depth: int, *, slower: float = 1.0, probe: bool = False) -> Observation:
    return Observation(tokens, TRUE.seconds(tokens, depth) * slower, depth, probe)


def test_two_depths_give_the_line() -> None:
    line = fit([observed(128, 0), observed(2048, 0)])
    assert line is not None
    assert line.base == pytest.approx(TRUE.base)
    assert line.slope == pytest.approx(TRUE.slope)
    assert line.seconds(500, 1000) == pytest.approx(TRUE.seconds(500, 1000))


def test_nothing_is_concluded_from_nothing() -> None:
    assert fit([]) is None
    assert fit([Observation(0, 1.0, 0), Observation(5, 0.0, 0)]) is None


def test_one_depth_gives_no_slope() -> None:
    line = fit([observed(100, 50), observed(110, 50)])
    assert line is not None
    assert line.slope == 0
    assert line.seconds(100, 50) == pytest.approx(TRUE.seconds(100, 50), rel=0.02)


def test_a_third_of_wild_observations_does_not_move_it_far() -> None:
    chance = random.Random(4)
    many = [
        observed(chance.randint(50, 1500), chance.choice([0, 0, 300]), slower=6 if n % 3 == 0 else 1) for n in range(30)
    ]
    line = fit(many)
    assert line is not None
    assert line.seconds(800, 0) == pytest.approx(TRUE.seconds(800, 0), rel=0.1)


def test_a_machine_that_became_slower_is_believed_after_some_answers() -> None:
    before = [observed(n * 40, 0, probe=True) for n in (4, 50)] + [observed(n * 10, 0) for n in range(10, 40)]
    now = [observed(n * 10, 0, slower=2) for n in range(10, 40)]
    line = fit(kept([*before, *now]))
    assert line is not None
    assert line.seconds(300, 0) == pytest.approx(2 * TRUE.seconds(300, 0), rel=0.1)


def test_what_gets_faster_with_depth_is_noise() -> None:
    line = fit([Observation(100, 1.0, 0), Observation(100, 0.5, 2000)])
    assert line is not None
    assert line.slope == 0
    assert line.base > 0


def test_probes_stay_and_old_answers_go() -> None:
    left = kept([observed(10, 0, probe=True), *(observed(n, 0) for n in range(100, 200))])
    assert left[0].probe
    assert [o.tokens for o in left[1:]] == list(range(160, 200))
