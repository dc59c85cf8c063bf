"""A translator that misbehaves, the checks and the task together: what is wrong is redone or marked, never silent."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from assistant.documents.segments import Finding, Segment
from assistant.engine.messages import FinishReason
from assistant.tasks.markers import Markers
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import Outcome, TranslateOptions, Verdict
from assistant.worker.messages import CheckSegments
from assistant.worker.segment_checks import check
from tests.fakes.misbehaving_translator import MISBEHAVIOURS, REPEATING, MisbehavingTranslator, Misbehaviour
from tests.fakes.translated import Translated, good

EACH = 3


def spoilable(how: Misbehaviour, direction: str) -> list[Translated]:
    return list(islice((one for one in good(direction) if how.spoil(one) != one.after), EACH))


def translate(texts: list[Translated], translator: MisbehavingTranslator) -> tuple[TranslateTask, list[Outcome]]:
    """All of ``texts``, with everything that was decided on the way."""
    source, target = texts[0].source, texts[0].target
    task = TranslateTask([Segment(n, one.before) for n, one in enumerate(texts)], TranslateOptions(target, source))
    outcomes = []
    steps = task.take(len(texts))
    while steps:
        step = steps.pop()
        before = texts[step.index].before
        text, finish = translator(before)
        pair = task.heard(step.index, Markers(before).show(text), FinishReason(finish))
        assert pair is not None
        found = check(CheckSegments(id="1", pairs=(pair,), source=source, target=target)).checked[0]
        outcomes.append(task.judged(step.index, found))
        if (again := outcomes[-1].step) is not None:
            steps.append(again)
    return task, outcomes


def is_grave(finding: Finding) -> bool:
    return not finding.minor and not finding.mended


@pytest.mark.parametrize("direction", ["en-zh", "zh-en"])
@pytest.mark.parametrize("how", [*MISBEHAVIOURS, *REPEATING], ids=lambda how: how.name)
def test_what_was_wrong_once_is_right_in_the_end(how: Misbehaviour, direction: str) -> None:
    texts = spoilable(how, direction)
    if not texts:
        assert direction == "zh-en"  # no Traditional characters there
        return
    task, outcomes = translate(texts, MisbehavingTranslator(texts, how))
    for index, one in enumerate(texts):
        result = task.result(index)
        assert result == one.after, (one.before, result, outcomes)
    assert all(outcome.verdict in (Verdict.ACCEPTED, Verdict.AGAIN) for outcome in outcomes)


@pytest.mark.parametrize("direction", ["en-zh", "zh-en"])
@pytest.mark.parametrize("how", [*MISBEHAVIOURS, *REPEATING], ids=lambda how: how.name)
def test_what_stays_wrong_is_marked(how: Misbehaviour, direction: str) -> None:
    texts = spoilable(how, direction)
    if not texts:
        return
    task, outcomes = translate(texts, MisbehavingTranslator(texts, how, times=9))
    last = {outcome.index: outcome for outcome in outcomes}
    for index, one in enumerate(texts):
        if task.result(index) != one.after:
            findings = last[index].findings
            # Tags that failed twice are put back by their position, and that is said.
            placed = any("by_position" in finding.values for finding in findings)
            assert placed or last[index].verdict is Verdict.FLAWED
            assert placed or any(map(is_grave, findings)), (one.before, findings)
    asked = Counter(outcome.index for outcome in outcomes)
    assert max(asked.values()) <= 3
