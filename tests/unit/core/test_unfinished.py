"""What is left of a summary or a translation that a program without a history did not finish."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from assistant.core.translation.views import JobState, SegmentState
from assistant.core.unfinished import Unfinished
from assistant.storage.rows import JobStep, StepState
from assistant.tasks.translation import TranslateOptions
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import sentence, story, text_of

CHINESE = TranslateOptions(target="zh-Hans")
STEPS = (
    JobStep(0, 0, 3, StepState.DONE, "灯\n", prompt_tokens=5, generated_tokens=2, seconds=0.5),
    JobStep(0, 0, 1, StepState.FLAWED, "桥", problems='{"state": "marked"}'),
)


def test_what_was_added_is_there_the_next_time(tmp_path: Path) -> None:
    folder = tmp_path / "unfinished"
    with Unfinished(folder, ("a", "b")) as first:
        assert (first.steps, first.kept) == ((), True)
        first.add(STEPS[:1])
        first.add(STEPS[1:])
        with Unfinished(folder, ("a", "b")) as beside:  # by another program: it neither reads nor writes
            assert (beside.steps, beside.kept) == ((), False)
            beside.add(STEPS)
            beside.forget()
    with Unfinished(folder, ("a", "c")) as other:
        assert other.steps == ()
    with Unfinished(folder, ("a", "b")) as again:
        assert again.steps == STEPS
        again.forget()
    assert not folder.exists()


def test_a_job_of_several_levels_and_its_plan(tmp_path: Path) -> None:
    merged = JobStep(0, 1, 3, StepState.DONE, "both")
    with Unfinished(tmp_path, ("a",)) as first:
        first.begin("the plan")
        first.add(STEPS[:1])
        first.add((merged,))
    with Unfinished(tmp_path, ("a",)) as second:
        assert (second.steps, second.plan) == ((STEPS[0], merged), "the plan")
        second.add(STEPS[1:])
    with Unfinished(tmp_path, ("a",)) as third:
        third.begin("the plan")
        assert (len(third.steps), third.plan) == (3, "the plan")
        third.begin("another")
        assert third.steps == ()
    with Unfinished(tmp_path, ("a",)) as fourth:
        assert (fourth.steps, fourth.plan) == ((), "")  # nothing was finished of that one


def test_a_file_of_an_older_version(tmp_path: Path) -> None:
    with Unfinished(tmp_path, ("a",)) as first:
        first.add(STEPS)
    (path,) = tmp_path.glob("*.unfinished")
    path.write_bytes(b'\n[3, "done", "x", "", 5, 0, 2, 0.5]\n')
    with Unfinished(tmp_path, ("a",)) as second:
        (step,) = second.steps
        assert step == JobStep(0, 0, 3, StepState.DONE, "x", prompt_tokens=5, generated_tokens=2, seconds=0.5)


def test_beginning_afresh(tmp_path: Path) -> None:
    with Unfinished(tmp_path / "x", ("a",)) as first:
        first.add(STEPS)
    with Unfinished(tmp_path / "x", ("a",), afresh=True) as second:
        assert second.steps == ()
    with Unfinished(tmp_path / "x", ("a",)) as third:
        assert third.steps == ()


def test_a_file_that_was_cut_off_or_damaged(tmp_path: Path) -> None:
    with Unfinished(tmp_path, ("a",)) as first:
        first.add(STEPS)
    (path,) = tmp_path.glob("*.unfinished")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    with Unfinished(tmp_path, ("a",)) as second:
        assert second.steps == STEPS[:1]
        second.add(STEPS[1:])
    with Unfinished(tmp_path, ("a",)) as third:
        assert third.steps == STEPS
    path.write_bytes(b'\xff\x00{"a": 1}\n[1, 2]\n[0, "?", "", "", 0, 0, 0, 0]\n' + whole)
    with Unfinished(tmp_path, ("a",)) as fourth:
        assert fourth.steps == STEPS


def test_nobody_else_reads_it_and_what_is_old_goes(tmp_path: Path) -> None:
    with Unfinished(tmp_path, ("a",)) as first:
        first.add(STEPS)
    (path,) = tmp_path.glob("*.unfinished")
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0
    long_ago = time.time() - 40 * 86400
    os.utime(path, (long_ago, long_ago))
    with Unfinished(tmp_path, ("b",)):
        assert not path.exists()


def test_a_disk_that_does_not_take_it_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with Unfinished(blocked / "x", ("a",)) as none:
        assert not none.kept
        none.add(STEPS)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with Unfinished(tmp_path / "y", ("a",)) as first:
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", full)
            first.add(STEPS)
        assert not first.kept
        first.add(STEPS)


def test_a_translation_goes_on_in_the_next_program(tmp_path: Path) -> None:
    text = story(6)
    desk = TranslationDesk(keep=False)
    try:
        digest = desk.read(text).digest
        with Unfinished(tmp_path / "u", ("a",)) as first:
            job = desk.translations.start(digest, CHINESE, unfinished=first)
            desk.wait(lambda: (view := desk.translations.view(job)) and view.done >= 2)
            desk.translations.stop(job)
            done = desk.made(job).done
    finally:
        desk.close()
    desk = TranslationDesk(keep=False)
    try:
        digest = desk.read(text).digest
        with Unfinished(tmp_path / "u", ("a",)) as second:
            assert len(second.steps) == done
            plan = desk.result(lambda got: desk.translations.plan(digest, CHINESE, got, unfinished=second))
            assert (plan.segments, plan.made) == (6, done)
            view = desk.made(desk.translations.start(digest, CHINESE, unfinished=second))
            second.forget()
        assert view.state is JobState.DONE
        assert [one.target for one in view.segments] == [sentence(number, "zh") for number in range(6)]
        assert {one.state for one in view.segments} == {SegmentState.DONE}
        first_ones = {sentence(step.index) for step in second.steps}
        assert first_ones.isdisjoint(text_of(turns) for turns in desk.engines.asked)
    finally:
        desk.close()
