"""The fixed sets of segments: large enough, consistent in themselves, and scored as they should be."""

from __future__ import annotations

import re

import pytest

from assistant.base.languages import language_name, same
from assistant.core.translation.views import JobState, SegmentState, SegmentView, TranslationView
from assistant.documents.detection import detect_languages
from assistant.documents.segments import CLOSE, OPEN, Finding, FindingKind
from assistant.tasks.translation import TranslateOptions
from tests.eval import translating
from tests.eval.translating import NAMES, Item, Scored, SetResult, judge, load


@pytest.mark.parametrize("name", NAMES)
def test_a_set_is_large_enough_and_of_every_kind(name: str) -> None:
    chosen = load(name)
    assert len(chosen.items) >= 40
    assert len({item.source for item in chosen.items}) == len(chosen.items)
    assert {item.kind for item in chosen.items} >= set(translating.KINDS) - {"traditional"}
    assert {item.kind for item in chosen.items} <= set(translating.KINDS)
    assert language_name(chosen.source)
    assert language_name(chosen.target)


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_right(name: str) -> None:
    chosen = load(name)
    for item in chosen.items:
        assert judge(item, [view(item.reference)]).right, item.source
        for term, wanted in chosen.glossary.items():
            if item.kind == "terms" and re.search(rf"\b{term}|{term}", item.source):
                assert wanted in item.reference, item.source


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_are_those_of_the_set(name: str) -> None:
    chosen = load(name)
    long = [item for item in chosen.items if item.kind in ("prose", "terms")]
    texts = [(one.source, chosen.source) for one in long] + [(one.reference, chosen.target) for one in long]
    for text, language in texts:
        (guesses,) = detect_languages([text])
        assert same(guesses[0].language, language), text


def test_the_page_has_a_paragraph_for_each_item() -> None:
    chosen = load("en-zh")
    assert chosen.page().count("<p>") == len(chosen.items)
    assert "lantern room\t灯室\n" in chosen.terms()
    assert next(item for item in chosen.items if "<b>" in item.source).plain == "Press Save to keep your changes."


def view(target: str, **more: object) -> SegmentView:
    return SegmentView(0, 0, "s", target=target, **more)  # type: ignore[arg-type]


def test_an_item_is_judged_by_its_rules() -> None:
    item = Item("numbers", "18% of them", "其中的 18%", (re.compile("18 ?%"),), (re.compile("千"),))
    assert judge(item, [view("其中的 18％")]).right
    assert not judge(item, [view("其中的 17%")]).right
    assert not judge(item, [view("一千中的 18%")]).right


def test_an_item_of_two_sentences_is_one_text() -> None:
    item = Item("prose", "One. Two.", "一。二。")
    first = view(f"{chr(OPEN)}One{chr(CLOSE)}.", confidence=0.9)
    second = view("Two.", before=" ", confidence=0.4, state=SegmentState.MARKED, findings=(Finding(FindingKind.ECHO),))
    scored = judge(item, [first, second])
    assert (scored.target, scored.marks, scored.redone, scored.confidence) == ("One. Two.", ("echo",), True, 0.4)


def test_what_was_put_right_is_no_mark() -> None:
    found = (Finding(FindingKind.COMMENTARY, mended=True), Finding(FindingKind.LENGTH, minor=True))
    assert judge(Item("prose", "a", "b"), [view("b", findings=found)]).marks == ()


def test_a_block_is_an_item() -> None:
    chosen = load("zh-en")
    segments = tuple(
        SegmentView(number, number * 2, item.plain, target=item.reference) for number, item in enumerate(chosen.items)
    )
    made = TranslationView(1, JobState.DONE, "d", "t", TranslateOptions("en"), segments)
    scored = translating.score(chosen, made)
    assert all(one.chrf == pytest.approx(100) and one.right for one in scored)
    with pytest.raises(ValueError, match="blocks"):
        translating.score(chosen, TranslationView(1, JobState.DONE, "d", "t", TranslateOptions("en"), segments[1:]))


def test_the_table_has_a_line_for_each_kind() -> None:
    item = Item("trap", "What?", "什么？", (re.compile("[?]"),))
    scored = (Scored(item, "什么？", right=True), Scored(item, "猫", right=False, marks=("answer",)))
    result = SetResult("en-zh", scored, 3.2)
    (trap, total) = translating.rows(result)
    assert trap[:5] == ("en-zh", "trap", "2", trap[3], "1/2")
    assert (trap[5], total[1], total[-1]) == ("1", "all", "3 s")
    assert "WRONG answer" in translating.shown(result)
