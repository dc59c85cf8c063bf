"""How long a job takes: reading one after the other, writing side by side, and what jobs teach about the next ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.estimates import Work, answer_length, company, seconds, works_of
from assistant.core.speeds import Circumstances, Pace, Speeds
from assistant.core.timing import Line, Observation
from assistant.library.models import InstalledModel
from assistant.tasks.summary import SummaryOptions
from assistant.tasks.summary_plan import budget, plan

FLAT = Pace(reading=Line(0.01, 0.0), writing=Line(0.1, 0.0), beginning=0.0, company=0.5, filled=1.0, final=1.0)
MODEL = InstalledModel(key="m", name="m", path=Path("m"), size=1, has_template=True)


def test_one_step_is_read_and_written() -> None:
    # 300 tokens read at a hundredth of a second, 50 written at a tenth; the first one comes out of reading.
    assert seconds(FLAT, [Work(1, 1, read=200, written=50, head=100)]) == pytest.approx(3.0 + 4.9)


def test_reading_is_not_made_faster_by_company_and_the_head_is_read_once() -> None:
    works = [Work(8, 8, read=200, written=1, head=100)]
    assert seconds(FLAT, works) == pytest.approx(0.01 * (100 + 8 * 200))


def test_writing_side_by_side_takes_less_than_one_after_the_other() -> None:
    together = seconds(FLAT, [Work(8, 8, read=0, written=101)])
    alone = seconds(FLAT, [Work(8, 1, read=0, written=101)])
    assert alone == pytest.approx(80)
    assert together == pytest.approx(10 * (1 + 7 * 0.5))
    # Nine: a round of eight, and one that is alone.
    assert seconds(FLAT, [Work(9, 8, read=0, written=101)]) == pytest.approx(together + 10)


@given(
    share=st.floats(0.0, 1.0),
    steps=st.integers(2, 60),
    together=st.integers(2, 8),
    read=st.integers(1, 3000),
    written=st.integers(20, 400),
)
def test_what_a_job_took_tells_what_company_costs(
    share: float, steps: int, together: int, read: int, written: int
) -> None:
    pace = Pace(Line(0.001, 1e-6), Line(0.05, 1e-5), company=share)
    works = [Work(steps, min(steps, together), read, written, 100), Work(1, 1, 500, 200, 100)]
    took = seconds(pace, works)
    found = company(replace(pace, company=0.9), works, took)
    assert found is None or found == pytest.approx(share, abs=0.01)


def test_a_job_of_one_step_tells_nothing_about_company() -> None:
    assert company(FLAT, [Work(1, 1, 200, 50)], 100.0) is None


def test_the_levels_of_a_plan() -> None:
    room = budget(8192, 8, SummaryOptions(), head=200)
    made = plan([1000] * 20, room)
    works = works_of(made, room, FLAT)
    assert [work.steps for work in works] == list(made.widths)
    assert sum(work.steps * work.read for work in works) == pytest.approx(sum(made.reading))
    assert sum(work.steps * work.written for work in works) == pytest.approx(made.answer_tokens)
    assert all(work.head == 200 and work.together <= room.parallel for work in works)
    brief = works_of(plan([60], room), room, FLAT)  # nothing is summed up in more words than it has
    assert [work.written for work in brief] == [work.read for work in brief]
    short = works_of(made, room, replace(FLAT, filled=0.5, final=0.25))
    assert short[0].written == pytest.approx(works[0].written / 2)
    assert short[0].read == works[0].read
    assert short[1].read == pytest.approx(works[1].read / 2)  # shorter answers are less to merge
    assert short[-1].written == pytest.approx(works[-1].written / 4)


def test_what_is_asked_again_is_written_again_but_not_read_again() -> None:
    once = [Work(9, 4, read=200, written=51, head=300)]
    half_again = [replace(once[0], asked=1.5)]
    reading = (300 + 9 * 200) * 0.01
    assert seconds(FLAT, half_again) - reading == pytest.approx(1.5 * (seconds(FLAT, once) - reading))
    room = budget(8192, 8, SummaryOptions(), head=200)
    longer = works_of(plan([1000] * 20, room), room, replace(FLAT, filled=1.5, final=1.5))
    assert [work.written for work in longer[1:]] == pytest.approx([room.answer] * (len(longer) - 2) + [room.final])
    works = works_of(plan([1000] * 20, room), room, replace(FLAT, asked=1.2))
    assert {work.asked for work in works} == {1.2}


# ---------------------------------------------------------------- what is learned


def speeds(path: Path) -> Speeds:
    return Speeds(path, lambda _: Circumstances())


def measured(path: Path) -> Speeds:
    found = speeds(path)
    found.learn(MODEL, read=Observation(100, 1.0, 0), written=Observation(50, 5.0, 100), beginning=0.01)
    return found


def test_nothing_is_known_of_a_model_that_was_never_measured(tmp_path: Path) -> None:
    assert speeds(tmp_path / "m.json").pace(MODEL) is None


def test_jobs_teach_and_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    one = measured(path)
    before = one.pace(MODEL)
    assert before is not None
    assert before.measured
    for value in (0.2, 0.9, 0.3):
        one.learn_job(MODEL, company=value, filled=0.4, endless=0.5, asked=1 + value)
    one.learn_job(MODEL, final=0.6)
    one.flush()
    after = speeds(path).pace(MODEL)
    assert after is not None
    assert after.company == 0.3  # the middle one: one bad hour does not count
    # The mean: jobs differ. What was expected beforehand counts as much as one of them.
    assert after.asked == pytest.approx((3 + 1.4 + before.asked) / 4)
    assert after.endless == pytest.approx((3 * 0.5 + before.endless) / 4)
    assert after.filled == pytest.approx((3 * 0.4 + before.filled) / 4)
    assert after.final == pytest.approx((0.6 + before.final) / 2)


def test_a_small_model_is_expected_to_ramble(tmp_path: Path) -> None:
    def pace(parameters: int) -> Pace:
        model = replace(MODEL, parameters=parameters)
        one = speeds(tmp_path / f"{parameters}.json")
        one.learn(model, read=Observation(100, 1.0, 0), written=Observation(50, 5.0, 100), beginning=0.01)
        found = one.pace(model)
        assert found is not None
        return found

    small, large = pace(135_000_000), pace(7_000_000_000)
    assert small.endless > 0.4
    assert small.asked > 1.4
    assert large.endless < 0.1
    assert large.asked < 1.1


def test_an_answer_that_goes_on_has_nothing_to_do_with_what_it_sums_up() -> None:
    def length(of: float, filled: float, endless: float, rambled: float = 1.0) -> float:
        return answer_length(replace(FLAT, filled=filled, endless=endless, rambled=rambled), 360, of)

    assert length(100, 0.5, endless=0.0) == 50
    assert length(100, 0.5, endless=1.0) == 360
    assert length(100, 0.5, endless=1.0, rambled=0.5) == 180
    assert length(100, 0.5, endless=0.5) == pytest.approx(205)
    assert length(1000, 1.5, endless=0.0) == 360


def test_wild_values_are_cut(tmp_path: Path) -> None:
    one = measured(tmp_path / "m.json")
    for _ in range(9):
        one.learn_job(MODEL, company=17.0, endless=40.0)
    pace = one.pace(MODEL)
    assert pace is not None
    assert pace.company == 1.0
    assert pace.endless <= 1.0


@pytest.mark.parametrize("jobs", [None, [], {"company": "x"}, {"company": [None]}, 7])
def test_a_file_of_before_or_with_nonsense_in_it_does_no_harm(tmp_path: Path, jobs: object) -> None:
    path = tmp_path / "m.json"
    measured(path).flush()
    content = json.loads(path.read_text("ascii"))
    if jobs is None:
        del content["models"]["m"]["jobs"]
    else:
        content["models"]["m"]["jobs"] = jobs
    path.write_text(json.dumps(content), "ascii")
    pace = speeds(path).pace(MODEL)
    assert (pace is None) is (jobs is not None)
