"""How often segments are redone: what is expected, what follows from what has happened, and how it is kept."""

from __future__ import annotations

import json
import random
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.core.estimates import Work, seconds
from assistant.core.redoing import Redoing, answers_in_the_end, pair_name, redoing_of, usual_answers, usual_wording
from assistant.core.speeds import Circumstances, Pace, Speeds
from assistant.core.timing import Line, Observation
from assistant.library.models import InstalledModel

SMALL = InstalledModel("m", "Some Chat", Path("some.gguf"), 1000, parameters=135_000_000, stamp="1")
EN_ZH, ZH_EN = ("en", "zh-Hans"), ("zh", "en")


def happened(segments: int, answers: int, share: float = 1.0) -> Redoing:
    return Redoing(segments, answers, answers * 30, answers * 30 * share)


def test_small_models_are_expected_to_be_asked_more_often() -> None:
    usual = [usual_answers(replace(SMALL, parameters=count)) for count in (135_000_000, 10**9, 7 * 10**9, 70 * 10**9)]
    assert usual == sorted(usual, reverse=True)
    assert usual[0] > 2.3
    assert usual[1] == pytest.approx(1.5)
    assert usual[3] < 1.1
    made_for_it = replace(SMALL, name="Hunyuan-MT-7B", architecture="hunyuan-dense")
    assert usual_answers(made_for_it) < 1.1
    assert 1 < usual_answers(replace(SMALL, parameters=0)) < 2
    wording = [usual_wording(replace(SMALL, parameters=count)) for count in (135_000_000, 10**9, 7 * 10**9)]
    assert wording == sorted(wording, reverse=True)
    assert wording[0] > 2
    assert wording[2] < 1.2
    assert usual_wording(made_for_it) == 1.0


def test_what_has_happened_outweighs_what_was_expected() -> None:
    assert Redoing().redone(2.0) == 2.0
    assert Redoing().worded(1.2) == 1.2
    assert happened(4, 4).redone(2.0) == pytest.approx(1.5)
    assert happened(100, 290, 0.5).redone(1.2) == pytest.approx(2.9, abs=0.1)
    assert happened(100, 290, 0.5).worded(1.0) == pytest.approx(0.5, abs=0.02)


def test_what_is_old_fades() -> None:
    found = Redoing()
    for _ in range(20):
        found = found.then(happened(100, 300))
    for _ in range(6):
        found = found.then(happened(100, 100))
    assert found.segments <= 301
    assert found.redone(3.0) < 1.2


@pytest.mark.parametrize(("redone", "fails"), [(1.0, 0.0), (1.75, 0.5), (3.0, 1.0)])
def test_how_many_answers_a_segment_takes_in_the_end(redone: float, fails: float) -> None:
    assert answers_in_the_end(redone, 0) == pytest.approx(redone)
    assert answers_in_the_end(redone, 1) == pytest.approx(2 + fails)
    assert answers_in_the_end(redone, 2) == 3


def test_languages_are_told_apart_by_what_they_are_written_in_only_as_a_result() -> None:
    assert pair_name("en-US", "zh") == pair_name("en", "zh-Hans") == "en>zh"
    assert pair_name("en", "zh-Hant") == "en>zh-Hant"
    assert pair_name("zh-Hans", "en") == "zh>en"


def test_each_pair_of_languages_has_its_own_and_keeps_it(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "measures.json", lambda _: Circumstances())
    for depth in (64, 1024):
        at = Observation(depth, depth * 0.01, 0, probe=True)
        speeds.learn(SMALL, read=at, written=Observation(20, 2.0, depth, probe=True))
    usual = usual_answers(SMALL)
    before = speeds.pace(SMALL, EN_ZH)
    assert before is not None
    assert (before.redone, before.worded) == (usual, usual_wording(SMALL))
    speeds.learn_segments(SMALL, ZH_EN, happened(40, 44))
    speeds.learn_segments(SMALL, EN_ZH, happened(40, 118, 1.5))
    speeds.flush()
    for one in (speeds, Speeds(tmp_path / "measures.json", lambda _: Circumstances())):
        into, back, other = (one.pace(SMALL, pair) for pair in (EN_ZH, ZH_EN, ("en", "de")))
        assert into is not None
        assert back is not None
        assert other is not None
        assert (round(into.redone, 1), round(into.worded, 1)) == (2.9, 1.5)
        assert back.redone < 1.4
        # Of languages that nobody has tried yet the others tell something: half of what is expected, and no more.
        assert back.redone < other.redone < usual
        assert other.redone == pytest.approx((usual + 162 / 80) / 2)


def test_what_a_model_did_with_one_language_is_half_expected_of_the_next(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "measures.json", lambda _: Circumstances())
    for depth in (64, 1024):
        at = Observation(depth, depth * 0.01, 0, probe=True)
        speeds.learn(SMALL, read=at, written=Observation(20, 2.0, depth, probe=True))
    fresh = speeds.pace(SMALL, EN_ZH)
    speeds.learn_segments(SMALL, ("en", "de"), happened(6, 18, 4.5))
    after = speeds.pace(SMALL, EN_ZH)
    assert fresh is not None
    assert after is not None
    assert fresh.worded + 1 < after.worded < 4.5


@pytest.mark.parametrize("values", [[1, 2], [1, 0, 1, 1], [1, 9, 1, 1], [1, 1, -1, 1], ["x", 1, 1, 1], [1, 1, 1, 1e12]])
def test_what_cannot_have_happened_is_not_believed(values: list[float]) -> None:
    with pytest.raises((TypeError, ValueError)):
        redoing_of(values)


def test_a_record_that_was_damaged_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "measures.json"
    speeds = Speeds(path, lambda _: Circumstances())
    speeds.learn_segments(SMALL, EN_ZH, happened(4, 8))
    speeds.flush()
    content = json.loads(path.read_text("utf-8"))
    content["models"]["m"]["pairs"] = {"en>zh": [8, 1, 1, 1]}
    path.write_text(json.dumps(content), "utf-8")
    assert Speeds(path, lambda _: Circumstances()).pace(SMALL, EN_ZH) is None


def errors_of_ten(seed: int) -> list[float]:
    """Of documents into two languages: into one a third of the answers are no good, into the other nearly all, and they
    are too long."""
    chance, errors = random.Random(seed), []
    known = {"de": Redoing(), "zh": Redoing()}
    pace = Pace(Line(0.002, 0.0), Line(0.02, 0.0))
    for number in range(10):
        target = ("de", "zh")[number % 2]
        fails, length = {"de": (0.35, 0.9), "zh": (0.95, 1.6)}[target]
        expected = [chance.randint(15, 60) for _ in range(chance.randint(5, 14))]
        asked = [1 if chance.random() > fails else 2 if chance.random() > fails else 3 for _ in expected]
        told = sum(one * often for one, often in zip(expected, asked, strict=True))
        written = told * length * chance.uniform(0.9, 1.1)
        work = Work(len(expected), min(8, len(expected)), 60, sum(expected) / len(expected), 120)
        found = known[target]
        before = replace(work, asked=found.redone(usual_answers(SMALL)), written=work.written * found.worded(1.0))
        after = replace(work, asked=sum(asked) / len(asked), written=written / sum(asked))
        errors.append(abs(seconds(pace, [before]) / seconds(pace, [after]) - 1))
        known[target] = found.then(Redoing(len(expected), sum(asked), told, written))
    return errors


def test_ten_documents_into_two_languages_take_about_what_was_promised() -> None:
    assert statistics.mean(statistics.median(errors_of_ten(seed)) for seed in range(20)) <= 0.2
