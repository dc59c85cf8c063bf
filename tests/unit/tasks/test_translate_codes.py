"""What becomes of tags in a translation, also where the model and the checks do whatever they like."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from assistant.documents.segments import Checked, Finding, FindingKind, Pair, Segment, SegmentKind, Term, without_codes
from assistant.engine.messages import FinishReason
from assistant.tasks.placing import is_sound
from assistant.tasks.translation import Formality, Outcome, PromptStyle, TranslateOptions, TranslateStep, Verdict
from tests.fakes.translate_tasks import LONG, answer, fault, segment, story, task

# ---------------------------------------------------------------- tags


TAGS = fault(FindingKind.TAG, "of")


def test_tags_that_fail_twice_are_left_out_and_put_back_by_place() -> None:
    job = task(story(1))
    (step,) = job.take(1)
    second = answer(job, step, "零号句说的是灯。", TAGS).step
    assert second is not None
    assert second.tagged
    third = answer(job, second, "零号句说的是灯。", TAGS).step
    assert third is not None
    assert not third.tagged
    assert "<1>" not in third.turns[1].text
    pair = job.heard(0, "零号句说的是灯。")
    assert pair is not None
    assert is_sound(pair.source, pair.target)
    outcome = job.judged(0, Checked(pair.target))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(one.kind, one.minor, one.values) for one in outcome.findings] == [
        (FindingKind.TAG, True, {"by_position": 1})
    ]


def test_things_without_text_stay_in_sight_if_they_came_through() -> None:
    for written, shown in (("按 保存，看 <2/>。", "<1/>"), ("按 保存，看。", "look at now")):
        job = task([segment("Press {1Save}1 and look at @2 now.")])
        (step,) = job.take(1)
        for _ in range(2):
            step = answer(job, step, written, TAGS).step or step
        assert shown in step.turns[1].text
        assert "</" not in step.turns[1].text


def test_codes_are_complete_also_where_the_best_answer_has_lost_some() -> None:
    job = task([segment("Press {1Save}1 and look at @2 now.")])
    (step,) = job.take(1)
    for _ in range(3):
        outcome = answer(job, step, "按 <1>保存，看。", (*TAGS, Finding(FindingKind.NUMBER, "9", 4, 6)))
        step = outcome.step or step
    assert is_sound(job._segments[0].text, outcome.text)
    number = next(one for one in outcome.findings if one.kind is FindingKind.NUMBER)
    assert without_codes(outcome.text[number.start : number.end]) == "存，"


def test_tags_that_were_made_up_do_not_stay() -> None:
    job = task([segment("Press Save.")])
    (step,) = job.take(1)
    for _ in range(3):
        outcome = answer(job, step, "按<7>保存</7>键 9。", (Finding(FindingKind.NUMBER, "9", 12, 13),))
        step = outcome.step or step
    assert outcome.text == "按保存键 9。"
    assert {one.text for one in outcome.findings if one.kind is FindingKind.FORGED and one.mended} == {"<7>", "</7>"}
    (number,) = (one for one in outcome.findings if one.kind is FindingKind.NUMBER)
    assert outcome.text[number.start : number.end] == "9"


def test_tags_that_were_made_up_are_a_fault() -> None:
    job = task([segment("Press Save.")])
    (step,) = job.take(1)
    outcome = answer(job, step, "按<7>保存</7>键。")
    assert outcome.verdict is Verdict.AGAIN
    assert outcome.step is not None
    assert "不要添加原文没有的标签" in outcome.step.turns[1].text


# ---------------------------------------------------------------- a few hundred segments, and models that misbehave


def _loses_tags(text: str, _: random.Random) -> str:
    return text.replace("</", "").replace("<", "").replace(">", "")


BAD: dict[str, Callable[[str, random.Random], str]] = {
    "nothing": lambda text, dice: "",
    "blanks": lambda text, dice: " \n ",
    "loses tags": _loses_tags,
    "doubles tags": lambda text, dice: text.replace("<", "<1><"),
    "forges tags": lambda text, dice: f"<9>{text}</9><77/>",
    "forges codes": lambda text, dice: "\ue000" + text + "\ue201\ue403",
    "crosses tags": lambda text, dice: text.replace("<1>", "<#>").replace("</1>", "<1>").replace("<#>", "</1>"),
    "half a tag": lambda text, dice: text[: text.find("<") + 2] if "<" in text else text[:3],
    "echoes the lines": lambda text, dice: f"=====\n{text}\n=====\nGern geschehen.",
    "only the line": lambda text, dice: "=====",
    "spaces": lambda text, dice: text.replace("<", "< ").replace(">", " >"),
    "wide": lambda text, dice: text.replace("<", "＜").replace(">", "＞"),
    "shuffles": lambda text, dice: "".join(dice.sample(text, len(text))),
    "good": lambda text, dice: text,
}
KINDS = [kind for kind in FindingKind if kind is not FindingKind.UNCHECKED]


def book(count: int) -> list[Segment]:
    kinds = list(SegmentKind)
    shapes = ["The {1green}1 lamp number N.", "@3 stands N.", "{1{2All}2 of N}1 is bold.", "N is plain.",
              "It ends}4 here and {5there N.", LONG.replace("90", "N")]  # fmt: skip
    return [
        segment(shapes[n % 5 if n % 61 else 5].replace("N", str(n)), n // 4, kind=kinds[n % len(kinds)])
        for n in range(count)
    ]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("style", list(PromptStyle))
def test_every_segment_ends_with_its_codes_whatever_the_model_and_the_checks_do(seed: int, style: PromptStyle) -> None:
    dice = random.Random(seed)
    segments = book(220)
    options = TranslateOptions("de", "en", Formality.FORMAL, "Leute", "Lampen")
    job = task(segments, options, style=style, terms=[Term("lamp", "Lampe")], context=2048)
    asked: Counter[int] = Counter()
    running: list[TranslateStep] = []
    checking: list[tuple[int, Pair]] = []
    ended: dict[int, Outcome] = {}
    while running or checking or job.done < job.total:
        running += job.take(6 - len(running))
        chance = dice.random()
        if running and chance < 0.05:
            job.put_back(running.pop(dice.randrange(len(running))).index)
        elif running and chance < 0.6:
            step = running.pop(dice.randrange(len(running)))
            asked[step.index] += step.piece == 0
            shown = job._works[step.index].markers(step.piece).shown
            text = BAD[dice.choice(list(BAD))](shown, dice)
            pair = job.heard(step.index, text, dice.choice(list(FinishReason)))
            if pair is not None:
                checking.append((step.index, pair))
        elif checking:
            index, pair = checking.pop(0)
            found = tuple(
                Finding(dice.choice(KINDS), "x", minor=dice.random() < 0.3, mended=dice.random() < 0.3)
                for _ in range(dice.choice((0, 0, 1, 3)))
            )
            empty = () if without_codes(pair.target).strip() else (Finding(FindingKind.EMPTY),)
            outcome = job.judged(index, Checked(pair.target, (*found, *empty)))
            if outcome.step is not None:
                running.append(outcome.step)
            else:
                assert index not in ended
                ended[index] = outcome
    assert sorted(ended) == list(range(job.total))
    assert job.take(9) == []
    for index, outcome in ended.items():
        assert outcome.text == job.result(index)
        assert outcome.text.strip()
        assert is_sound(segments[index].text, outcome.text)
        assert not any(forged in outcome.text for forged in ("<9>", "</9>", "<77/>"))
        assert outcome.attempts <= 3
        grave = [one for one in outcome.findings if not one.minor and not one.mended]
        assert bool(grave) == (outcome.verdict is Verdict.FLAWED)
