"""Translations as state machines, and answers to what they ask."""

from __future__ import annotations

from assistant.documents.segments import Checked, Finding, FindingKind, Segment
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import Outcome, TranslateOptions, TranslateStep
from tests.fakes.codes import coded

OPTIONS = TranslateOptions("zh-Hans", "en")
GOOD: tuple[Finding, ...] = ()
LONG = " ".join(f"Sentence {n} of the long cell tells of {{1lamps}}1 and doors." if n == 30 else
                f"Sentence {n} of the long cell tells of lamps and doors." for n in range(90))  # fmt: skip


def segment(text: str, block: int = 0, **values: object) -> Segment:
    return Segment(block, coded(text), **values)  # type: ignore[arg-type]


def story(count: int) -> list[Segment]:
    return [segment(f"Sentence {n} tells {{1of}}1 the lamp.", n // 3) for n in range(count)]


def task(segments: list[Segment], options: TranslateOptions = OPTIONS, **values: object) -> TranslateTask:
    return TranslateTask(segments, options, **values)  # type: ignore[arg-type]


def answer(job: TranslateTask, step: TranslateStep, text: str, findings: tuple[Finding, ...] = GOOD) -> Outcome:
    pair = job.heard(step.index, text)
    assert pair is not None
    return job.judged(step.index, Checked(pair.target, findings))


def fault(kind: FindingKind = FindingKind.NUMBER, text: str = "7", **values: object) -> tuple[Finding, ...]:
    return (Finding(kind, text, **values),)  # type: ignore[arg-type]
