"""How a context is shared out among the steps of a summary, and which steps there will be. Arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.base.errors import AssistantError, ErrorKind
from assistant.tasks.presets import summary_preset
from assistant.tasks.summary import Budget, Depth, StepKey, SummaryOptions, SummaryPlan

_BLOCK = 256  # cells


def budget(context: int, sequences: int, options: SummaryOptions, *, head: int) -> Budget:
    """The budget of a job, such that ``parallel`` parts with their answers fit the context at once.

    Parts of a useful size come before more of them side by side: each part costs an answer, and reading is not made
    faster by company.

    :param context: tokens, shared by all sequences.
    :param sequences: how many may run at once.
    :param head: tokens of the longest prompt without any text of the document (see ``prompts.measured``).
    :raises AssistantError: CONTEXT_FULL: nothing useful fits beside the instructions.
    """
    sizes = summary_preset().budget
    final = min(sizes.final[options.length] * sizes.forms[options.format] // 100, (context - head) // 3)
    alone = context - sizes.margin - head - sizes.own
    single = min(sizes.single_most, alone - final)
    for parallel in range(max(1, sequences), 0, -1):
        slot = alone if parallel == 1 else _slot(context, parallel, head)
        answer = max(sizes.answer_least, min(sizes.answer_most, slot // (sizes.answer_share + 1)))
        part = min(sizes.part_most, slot - answer, single)
        if part >= sizes.part_wanted:
            break
    # Two summaries have to fit wherever they are merged, or merging would never come to an end.
    answer = min(answer, part // 2 - sizes.source, single // 2 - sizes.source)
    if part < sizes.part_least or answer < sizes.answer_least // 2:
        needed = head + sizes.own + sizes.margin + 3 * sizes.part_least
        raise AssistantError(ErrorKind.CONTEXT_FULL, needed=max(needed, context + 1), available=context)
    return Budget(
        part=part,
        single=single,
        quick=min(single, sizes.quick_most),
        answer=answer,
        final=final,
        fan_in=part // (answer + sizes.source),
        final_fan_in=single // (answer + sizes.source),
        parallel=parallel,
        head=head,
        spare=alone - max(single + final, part + answer),
    )


def _slot(context: int, parallel: int, head: int) -> int:
    """Tokens of text and answer for each of several requests that run side by side.

    In shared cells bulk requests leave a quarter of the context alone and have the head once; in a context of their own
    each has the head for itself, and its cells are counted in whole blocks.
    """
    shared = (context * 3 // 4 - head) // parallel
    own = context // parallel // _BLOCK * _BLOCK - head
    return min(shared, own) - summary_preset().budget.own


def fitted(tokens: Sequence[int], room: Budget, *, context: int, sequences: int) -> Budget | None:
    """The budget that parts were cut with, for another context: fewer of them may go side by side.

    :param tokens: of the parts.
    :param context: and ``sequences``: as of ``budget``.
    :returns: None: a part or a merge does not fit.
    """
    sizes = summary_preset().budget
    widths = levels(len(tokens), room)
    most = max(tokens) + (room.answer if len(widths) > 1 else room.final)
    for below, width in pairwise(widths):
        merged = -(-below // width) * (room.answer + sizes.source)
        most = max(most, merged + (room.answer if width > 1 else room.final))
    spare = context - sizes.margin - room.head - sizes.own - most
    if spare < 0:
        return None
    parallel = max(1, min(room.parallel, sequences))
    while parallel > 1 and _slot(context, parallel, room.head) < max(tokens) + room.answer:
        parallel -= 1
    return replace(room, parallel=parallel, spare=min(room.spare, spare))


def part_limit(tokens: int, room: Budget, options: SummaryOptions) -> int:
    """Into parts of how many tokens a text of ``tokens`` is to be cut: it stays whole where it fits."""
    if tokens <= room.single or options.depth is Depth.QUICK:
        return room.single
    return room.part


def plan(part_tokens: Sequence[int], room: Budget) -> SummaryPlan:
    """The steps for parts of these sizes.

    :raises AssistantError: INPUT_EMPTY: no parts.
    """
    sizes = summary_preset().budget
    widths = levels(len(part_tokens), room)
    below = (0, *widths[:-1])
    reading = [sum(part_tokens) + sizes.own * widths[0]]
    reading += [
        sizes.own * width + (room.answer + sizes.source) * sources
        for width, sources in zip(widths[1:], below[1:], strict=True)
    ]
    writing = [room.answer * width for width in widths[:-1]] + [room.final]
    return SummaryPlan(widths, tuple(reading), tuple(writing), room.head)


def levels(parts: int, room: Budget) -> tuple[int, ...]:
    """How many steps each level has: the parts, then merges until one is left.

    :raises AssistantError: INPUT_EMPTY: no parts.
    """
    if parts < 1:
        raise AssistantError(ErrorKind.INPUT_EMPTY)
    widths = [parts]
    while widths[-1] > 1:
        count = widths[-1]
        widths.append(1 if count <= room.final_fan_in else max(2, -(-count // room.fan_in)))
    return tuple(widths)


def sources_of(key: StepKey, widths: Sequence[int]) -> tuple[StepKey, ...]:
    """The steps that ``key`` merges: neighbours, shared out evenly; none for a part of the document."""
    if key.level == 0:
        return ()
    below, width = widths[key.level - 1], widths[key.level]
    first, last = key.index * below // width, (key.index + 1) * below // width
    return tuple(StepKey(key.level - 1, index) for index in range(first, last))
