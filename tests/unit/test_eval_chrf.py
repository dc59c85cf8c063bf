"""The score of translations against the values that sacreBLEU 2.6.0 gives (chrF2, nc:6, nw:0), and some by hand."""

from __future__ import annotations

import pytest

from tests.eval.chrf import chrf

PAIRS = (
    ("The cat sat on the mat.", "The cat is on the mat.", 67.17273492330233),
    ("the the the", "The cat", 10.553728070175437),
    ("abc", "abc", 100.0),
    ("", "abc", 0.0),
    ("a", "a", 100.0),
    ("渡轮晚点了，我们在码头喝咖啡。", "渡轮晚点了，于是我们在码头上喝咖啡，看渔民补网。", 34.57412368707826),
    ("xyz", "abc", 0.0),
    ("ab", "abcdefghij", 18.71657754010695),
    ("Hello   world", "Helloworld", 100.0),
)
ALL = 46.53089050601712


@pytest.mark.parametrize(("mine", "wanted", "score"), PAIRS)
def test_single_texts(mine: str, wanted: str, score: float) -> None:
    assert chrf([(mine, wanted)]) == pytest.approx(score)


def test_many_texts_are_scored_as_one() -> None:
    assert chrf((mine, wanted) for mine, wanted, _ in PAIRS) == pytest.approx(ALL)


def test_a_score_by_hand() -> None:
    # One character of two in common, no pair: precision and recall 1/2 and 0, so 1/4 each over two lengths.
    assert chrf([("ab", "ac")]) == pytest.approx(25.0)
    assert chrf([]) == 0.0
