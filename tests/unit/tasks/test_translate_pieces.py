"""Segments that are too long for one request: asked in pieces, and whole again in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import Checked, Pair, SegmentKind, without_codes
from assistant.engine.messages import FinishReason
from assistant.tasks.placing import is_sound
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translate_lengths import estimated_tokens
from assistant.tasks.translation import PromptStyle, TranslateOptions, TranslateStep, Verdict
from tests.fakes.codes import coded
from tests.fakes.translate_tasks import LONG, OPTIONS, fault, segment, story, task


def run_pieces(job: TranslateTask, text: Callable[[TranslateStep], str]) -> tuple[list[TranslateStep], Pair]:
    steps = []
    while True:
        (step,) = job.take(9)
        steps.append(step)
        pair = job.heard(step.index, text(step))
        if pair is not None:
            return steps, pair


@pytest.mark.parametrize("context", [1024, 2048, 8192])
def test_a_long_segment_is_asked_in_pieces_and_comes_back_whole(context: int) -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=context)
    steps, pair = run_pieces(
        job, lambda step: f"第{step.piece}段{'<1>灯</1>' if '</1>' in step.turns[1].text else ''}。"
    )
    assert len(steps) == steps[0].pieces > 1
    assert [step.piece for step in steps] == list(range(len(steps)))
    assert pair.source == coded(LONG)
    assert is_sound(pair.source, pair.target)
    assert without_codes(pair.target).replace("灯", "") == "".join(f"第{n}段。" for n in range(len(steps)))
    assert job.judged(0, Checked(pair.target)).verdict is Verdict.ACCEPTED


def test_a_long_segment_with_a_fault_is_asked_again_as_a_whole() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=2048)
    steps, pair = run_pieces(job, lambda step: f"第{step.piece}段。")
    again = job.judged(0, Checked(pair.target, fault()))
    assert again.step is not None
    assert (again.step.piece, again.step.pieces, again.step.attempt) == (0, len(steps), 1)
    assert job.heard(0, "甲。") is None
    more, pair = run_pieces(job, lambda step: "乙。")
    assert len(more) == len(steps) - 1
    assert pair.target.startswith("甲。乙。")


def test_the_worst_end_of_a_piece_is_that_of_the_segment() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=2048)
    (step,) = job.take(1)
    assert job.heard(0, "甲", FinishReason.LIMIT) is None
    _, pair = run_pieces(job, lambda step: "乙。")
    assert pair.finish == "limit"
    assert step.pieces > 1


def test_a_piece_that_was_lost_begins_its_segment_anew() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL), segment("Short.")], context=2048)
    job.take(1)
    job.heard(0, "甲。")
    job.put_back(0)
    steps = job.take(2)
    assert [(step.index, step.piece) for step in steps] == [(0, 0), (1, 0)]


def test_the_next_piece_of_one_segment_is_taken_beside_those_of_others() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL), segment(LONG, kind=SegmentKind.CELL)], context=2048)
    job.take(2)
    assert job.take_of(1) is None
    job.heard(0, "甲。")
    job.heard(1, "乙。")
    step = job.take_of(1)
    assert step is not None
    assert (step.index, step.piece) == (1, 1)
    assert [(step.index, step.piece) for step in job.take(1)] == [(0, 1)]


def test_each_prompt_with_its_answer_fits_the_context() -> None:
    for context in (1024, 2048, 4096):
        for text, options in (
            (LONG, OPTIONS),
            ("灯下的长句子，讲的是门和窗。" * 120, TranslateOptions("en", "zh-Hans")),
        ):
            job = task([segment("A"), segment(text, kind=SegmentKind.TEXT)], options, context=context)
            job.take(1)
            steps, _ = run_pieces(job, lambda step: "x")
            for step in steps:
                prompt = sum(estimated_tokens(turn.text) for turn in step.turns)
                assert prompt + step.max_tokens <= context


def test_translate_gemma_never_reads_more_than_it_was_made_for() -> None:
    job = task([segment(LONG * 3, kind=SegmentKind.CELL)], style=PromptStyle.TRANSLATE_GEMMA, context=8192)
    steps, _ = run_pieces(job, lambda step: "x")
    assert all(estimated_tokens(step.turns[0].text) <= 2048 for step in steps)


def test_a_context_that_is_too_small_is_told_before_anything_is_asked() -> None:
    with pytest.raises(AssistantError) as raised:
        task(story(1), context=512)
    assert raised.value.kind is ErrorKind.CONTEXT_FULL
    needed = int(raised.value.values["needed"])
    task(story(1), context=needed)
