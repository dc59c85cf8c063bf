"""The state machine together with the checks, and a model that misbehaves: nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from assistant.documents.segments import Checked, Pair, Segment, is_code
from assistant.engine.messages import FinishReason
from assistant.tasks.markers import Markers
from assistant.tasks.placing import is_sound
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import Outcome, TranslateOptions, TranslateStep, Verdict
from assistant.worker.messages import CheckSegments
from assistant.worker.segment_checks import check
from tests.fakes.misbehaving_translator import MISBEHAVIOURS, Misbehaviour
from tests.fakes.translated import DIRECTIONS, Translated, good

EACH = 3  # translations of a direction that each way to misbehave is tried on
Model = Callable[[TranslateStep], tuple[str, str]]


def run(texts: list[Translated], model: Model) -> list[Outcome]:
    """Translate ``texts`` (of one direction) as one document. The outcome of each."""
    first = texts[0]
    segments = [Segment(number, one.before) for number, one in enumerate(texts)]
    job = TranslateTask(segments, TranslateOptions(first.target, first.source), context=4096)
    ended: dict[int, Outcome] = {}
    while steps := job.take(4):
        for step in steps:
            now: TranslateStep | None = step
            while now is not None:
                text, finish = model(now)
                pair = job.heard(now.index, text, FinishReason(finish))
                assert pair is not None
                outcome = job.judged(now.index, check_one(pair, first))
                now = outcome.step
            ended[step.index] = outcome
    return [ended[number] for number in range(len(texts))]


def check_one(pair: Pair, one: Translated) -> Checked:
    return check(CheckSegments(id="1", pairs=(pair,), source=one.source, target=one.target)).checked[0]


def tagged(one: Translated, text: str) -> str:
    """A text with codes as a model would write it; codes that the source does not have stay characters."""
    known = {sign: Markers(one.before).show(sign) for sign in one.before if is_code(sign)}
    return "".join(known.get(sign, sign) for sign in text)


def spoilt(how: Misbehaviour) -> Iterator[list[Translated]]:
    """For each direction some translations that this way to misbehave changes."""
    for name, _, _ in DIRECTIONS:
        texts = list(islice((one for one in good(name) if how.spoil(one) != one.after), EACH))
        if texts:
            yield texts


@pytest.mark.parametrize("how", MISBEHAVIOURS, ids=lambda how: how.name)
def test_what_always_goes_wrong_is_put_right_or_marked(how: Misbehaviour) -> None:
    silent = []
    for texts in spoilt(how):
        found = run(
            texts, lambda step, texts=texts: (tagged(texts[step.index], how.spoil(texts[step.index])), how.finish)
        )  # type: ignore[misc]
        for one, outcome in zip(texts, found, strict=True):
            assert is_sound(one.before, outcome.text)
            if outcome.text != one.after and not outcome.findings:
                silent.append((one, outcome))
    assert silent == []


@pytest.mark.parametrize("how", MISBEHAVIOURS, ids=lambda how: how.name)
def test_what_goes_wrong_once_is_made_good(how: Misbehaviour) -> None:
    total = wrong = 0
    for texts in spoilt(how):

        def model(step: TranslateStep, texts: list[Translated] = texts) -> tuple[str, str]:
            one = texts[step.index]
            return (tagged(one, one.after), "end") if step.attempt else (tagged(one, how.spoil(one)), how.finish)

        found = run(texts, model)
        total += len(found)
        wrong += sum(1 for one, outcome in zip(texts, found, strict=True) if outcome.verdict is Verdict.FLAWED)
        wrong += sum(1 for one, outcome in zip(texts, found, strict=True) if outcome.text != one.after)
    assert total
    assert wrong * 10 <= total


@pytest.mark.parametrize(("name", "source", "target"), DIRECTIONS)
def test_a_good_translator_is_hardly_ever_asked_twice(name: str, source: str, target: str) -> None:
    texts = list(good(name))
    found = run(texts, lambda step: (tagged(texts[step.index], texts[step.index].after), "end"))
    assert sum(outcome.attempts - 1 for outcome in found) * 50 <= len(texts)
    assert [outcome.text for outcome in found] == [one.after for one in texts]
    assert {(one.source, one.target) for one in texts} == {(source, target)}
