"""How a context is shared out, and that merging comes to an end in every context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.tasks.presets import summary_preset
from assistant.tasks.summary import Budget, Depth, Format, Length, StepKey, SummaryOptions
from assistant.tasks.summary_plan import budget, levels, part_limit, plan, sources_of

OPTIONS = SummaryOptions()
HEAD = 220
SIZES = summary_preset().budget
WORDS_TO_TOKENS = 1.35  # English, on a small vocabulary


@given(
    context=st.integers(1024, 200_000),
    sequences=st.integers(1, 16),
    length=st.sampled_from(Length),
    form=st.sampled_from(Format),
    head=st.integers(20, 320),
)
def test_a_batch_with_its_answers_fits_the_context(
    context: int, sequences: int, length: Length, form: Format, head: int
) -> None:
    room = budget(context, sequences, SummaryOptions(length=length, format=form), head=head)
    assert 1 <= room.parallel <= sequences
    own = SIZES.own
    together = head + room.parallel * (own + room.part + room.answer)
    assert together <= (context if room.parallel == 1 else context * 3 // 4)
    if room.parallel > 1:  # in a context of their own each has its head for itself, in blocks of 256 cells
        alone = head + own + room.part + room.answer
        assert room.parallel * -(-alone // 256) * 256 <= context
    merged = room.fan_in * (room.answer + SIZES.source)
    assert merged <= room.part
    assert room.spare >= 0
    assert head + own + room.single + room.final + room.spare <= context
    assert head + own + room.part + room.answer + room.spare <= context
    assert room.final_fan_in * (room.answer + SIZES.source) <= room.single
    assert room.part <= room.single
    assert room.quick <= room.single
    assert room.fan_in >= 2
    assert room.final_fan_in >= 2


@pytest.mark.parametrize(
    ("context", "parallel", "least"),
    [(1024, 1, 400), (2048, 1, 1000), (4096, 2, 1000), (8192, 4, 1000), (16384, 8, 1000), (131072, 8, 2400)],
)
def test_parts_are_of_a_useful_size_before_there_are_more_of_them(context: int, parallel: int, least: int) -> None:
    room = budget(context, 8, OPTIONS, head=HEAD)
    assert room.parallel == parallel
    assert room.part >= least


@pytest.mark.parametrize(("context", "most"), [(1024, 8), (2048, 5), (8192, 4), (32768, 3)])
def test_a_book_of_60000_words_does_not_explode(context: int, most: int) -> None:
    tokens = int(60_000 * WORDS_TO_TOKENS)
    room = budget(context, 8, OPTIONS, head=HEAD)
    count = -(-tokens // room.part)
    planned = plan([tokens // count] * count, room)
    assert planned.parts == count
    assert planned.levels <= most
    assert planned.steps < count * 2
    assert planned.answer_tokens < tokens
    assert planned.prompt_tokens < 2 * tokens


def test_too_small_a_context_is_said_before_anything_is_asked() -> None:
    for context, head in ((256, 100), (512, 400), (1024, 900)):
        with pytest.raises(AssistantError) as raised:
            budget(context, 8, OPTIONS, head=head)
        assert raised.value.kind is ErrorKind.CONTEXT_FULL
        assert raised.value.values["available"] == context
        needed = raised.value.values["needed"]
        assert isinstance(needed, int)
        assert needed > context


def test_a_text_that_fits_stays_whole() -> None:
    room = budget(8192, 8, OPTIONS, head=HEAD)
    assert part_limit(room.single, room, OPTIONS) == room.single
    assert part_limit(room.single + 1, room, OPTIONS) == room.part
    assert part_limit(10**6, room, SummaryOptions(depth=Depth.QUICK)) == room.single
    one = plan([room.single], room)
    assert one.one_step
    assert (one.parts, one.levels) == (1, 1)
    assert one.answer_tokens == room.final


def test_what_a_plan_counts() -> None:
    room = Budget(part=400, single=900, quick=400, answer=80, final=200, fan_in=4, final_fan_in=8, parallel=4, head=100)
    planned = plan([300] * 12, room)
    assert planned.widths == (12, 3, 1)
    assert (planned.parts, planned.levels, planned.steps) == (12, 3, 16)
    own, source = SIZES.own, SIZES.source
    assert planned.reading == (12 * (300 + own), 3 * own + 12 * (80 + source), own + 3 * (80 + source))
    assert planned.writing == (12 * 80, 3 * 80, 200)
    assert planned.prompt_tokens == sum(planned.reading) + 3 * 100


@given(parts=st.integers(1, 2000), fan_in=st.integers(2, 12), final_fan_in=st.integers(2, 40))
def test_the_tree_is_whole_and_balanced(parts: int, fan_in: int, final_fan_in: int) -> None:
    room = Budget(
        part=1, single=1, quick=1, answer=1, final=1, fan_in=fan_in, final_fan_in=final_fan_in, parallel=1, head=0
    )
    widths = levels(parts, room)
    assert widths[0] == parts
    assert widths[-1] == 1
    for level in range(1, len(widths)):
        assert widths[level] < widths[level - 1]
        groups = [sources_of(StepKey(level, index), widths) for index in range(widths[level])]
        assert [key.index for group in groups for key in group] == list(range(widths[level - 1]))
        sizes = {len(group) for group in groups}
        assert max(sizes) - min(sizes) <= 1
        assert max(sizes) <= (final_fan_in if level == len(widths) - 1 else max(fan_in, 2))
    assert sources_of(StepKey(0, 0), widths) == ()


def test_no_parts_are_an_error() -> None:
    with pytest.raises(AssistantError) as raised:
        plan([], budget(8192, 8, OPTIONS, head=HEAD))
    assert raised.value.kind is ErrorKind.INPUT_EMPTY
