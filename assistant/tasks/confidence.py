"""How sure a model was of a translation, and of which words it was not: from the probabilities of its tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.segments import is_code
from assistant.engine.messages import Step
from assistant.tasks.markers import without_tags

UNSURE = 0.5
"""Words less probable than this are worth a look."""
_LEAST = 1e-6  # a probability of nothing would say that nothing is sure
_UNIT = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True)
class Confidence:
    """
    :ivar share: the geometric mean of the probabilities, 0 to 1; 0: nothing is known.
    :ivar unsure: start and end of words of the translation, and how probable the model found each.
    """

    share: float = 0.0
    unsure: tuple[tuple[int, int, float], ...] = ()


def confidence(steps: Sequence[Step], answer: str, target: str) -> Confidence:
    """How sure a model was of ``target``.

    :param steps: of the whole answer, reasoning left out; ``answer``: what the model wrote.
    :param target: what was made of it: with codes in place of tags, and without what was taken off.
    """
    steps = [step for step in steps if not step.reasoning]
    places = _places(answer, target)
    if not steps or not places:
        return Confidence()
    at_place = _steps_at(steps, answer)
    there = {place: found for origin, place in places.items() if (found := at_place.get(origin))}
    used = sorted({number for numbers in there.values() for number in numbers})
    if not used:
        return Confidence()
    logs = [math.log(max(_LEAST, steps[number].probability)) for number in used]
    words = []
    for start, end, numbers in _words(target, there):
        probability = math.prod(steps[number].probability for number in numbers)
        if probability < UNSURE:
            words.append((start, end, probability))
    return Confidence(math.exp(sum(logs) / len(logs)), tuple(words))


def _steps_at(steps: Sequence[Step], answer: str) -> dict[int, list[int]]:
    """For each character of the answer the tokens that it came from: part of one, one or several."""
    found: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        end = steps[number + 1].at if number + 1 < len(steps) else len(answer)
        # A token that is a part of a character belongs to the one that it becomes.
        for at in range(step.at, min(len(answer), max(end, step.at + 1))):
            found.setdefault(at, []).append(number)
    return found


def _places(answer: str, target: str) -> dict[int, int]:
    """Places in the answer, and where their characters are in the translation. What was taken off is in neither."""
    written, origins = _bare(answer)
    kept, places = _bare(target)
    shift = written.find(kept)
    if shift >= 0:
        return {origins[shift + at]: place for at, place in enumerate(places)}
    # Something in the middle was put right: what comes before it and what comes after it can still be told.
    before = next((at for at, (a, b) in enumerate(zip(written, kept, strict=False)) if a != b), 0)
    most = min(len(written), len(kept)) - before
    after = next((at for at in range(most) if written[-1 - at] != kept[-1 - at]), most)
    same = {origins[at]: places[at] for at in range(before)}
    return same | {origins[len(written) - at]: places[len(kept) - at] for at in range(1, after + 1)}


def _bare(text: str) -> tuple[str, list[int]]:
    """A text without tags, codes and white space, and where its characters were."""
    kept = [at for at in without_tags(text) if not text[at].isspace() and not is_code(text[at])]
    return "".join(text[at] for at in kept), kept


def _words(target: str, there: dict[int, list[int]]) -> list[tuple[int, int, list[int]]]:
    """Words and Chinese characters with the tokens they came from; characters of one token are one."""
    words: list[tuple[int, int, list[int]]] = []
    for found in _UNIT.finditer(target):
        numbers = sorted({number for at in range(found.start(), found.end()) for number in there.get(at, ())})
        if not numbers:
            continue
        if words and words[-1][1] == found.start() and set(numbers) & set(words[-1][2]):
            start, _, before = words.pop()
            words.append((start, found.end(), sorted({*before, *numbers})))
        else:
            words.append((found.start(), found.end(), numbers))
    return words
