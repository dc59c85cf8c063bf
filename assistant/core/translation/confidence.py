"""How sure a model was of what it wrote: of a segment as a whole, and of its words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from assistant.base.words import is_ideograph, words_in
from assistant.documents.segments import is_code
from assistant.engine.messages import Step

_UNSURE = 0.5
_AHEAD = 60  # characters of an answer that a target may lack: tags, what was taken off
_LEAST = 1e-9  # a probability of nothing has no logarithm


def doubts(
    answer: str, steps: Sequence[Step], target: str, *, start: int = 0
) -> tuple[float, tuple[tuple[int, int, float], ...]]:
    """The confidence (geometric mean of the tokens' probabilities, 0: nothing is known) and the words it was unsure of:
    start and end in ``target``, and how probable each was.

    :param answer: what the model wrote, ``steps``: its tokens.
    :param target: what was made of it; ``start``: where what was written begins in it.
    """
    steps = [step for step in steps if not step.reasoning and step.text]
    if not steps:
        return 0.0, ()
    mean = math.exp(sum(math.log(max(step.probability, _LEAST)) for step in steps) / len(steps))
    owner = _owners(answer, steps)
    places = _aligned(answer, target, start)
    unsure = []
    for first, last in words_in(target):
        tokens = {owner[places[at]] for at in range(first, last) if places[at] >= 0 and owner[places[at]] >= 0}
        chances = [steps[token].probability for token in tokens]
        chance = min(chances, default=1.0) if is_ideograph(target[first]) else math.prod(chances)
        if chance < _UNSURE:
            unsure.append((first, last, round(chance, 3)))
    return round(mean, 4), tuple(_joined(unsure, target))


def _owners(answer: str, steps: Sequence[Step]) -> list[int]:
    """For each character of an answer the token that it came with; -1: none."""
    owner = [-1] * len(answer)
    for number, step in enumerate(steps):
        for at in range(step.at, min(step.at + len(step.text), len(answer))):
            owner[at] = number
    return owner


def _aligned(answer: str, target: str, start: int) -> list[int]:
    """For each character of the target its place in the answer; -1: it is not from there."""
    places = [-1] * len(target)
    at = 0
    for place in range(start, len(target)):
        character = target[place]
        if is_code(character):
            continue
        found = answer.find(character, at, at + _AHEAD)
        if found >= 0:
            places[place] = found
            at = found + 1
    return places


def _joined(unsure: Sequence[tuple[int, int, float]], text: str) -> Iterator[tuple[int, int, float]]:
    """Characters that follow one another without a space are one run, as improbable as the least of them."""
    run: tuple[int, int, float] | None = None
    for first, last, chance in unsure:
        if run is not None and run[1] == first and not text[first - 1].isascii():
            run = (run[0], last, min(run[2], chance))
            continue
        if run is not None:
            yield run
        run = (first, last, chance)
    if run is not None:
        yield run
