"""How a document will be summarized, found out before it is done."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.summary.views import JobState, StepState
from assistant.tasks.summary import Depth, Length, SummaryOptions
from tests.fakes.summaries import marks, material, telling
from tests.fakes.summary_desk import MODEL, SummaryDesk, another, kind_of, story

FACTS = 120
LONG = story(FACTS)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk()
    yield desk
    desk.close()


def test_a_short_text_is_read_in_one_step(desk: SummaryDesk) -> None:
    document = desk.open(story(4))
    plan = desk.plan(document.digest)
    assert (plan.parts, plan.levels, plan.steps, plan.one_step, plan.share) == (1, 1, 1, True, 1.0)
    assert plan.seconds is None  # nobody has measured anything here
    job = desk.start(document.digest)
    view = desk.end(job)
    assert view.state is JobState.DONE
    assert len(marks(view.text)) == 2
    assert (view.done, view.total, view.finish, view.error) == (1, 1, "end", None)


def test_a_long_text_is_cut_and_every_part_reaches_the_result(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    plan = desk.plan(document.digest)
    assert plan.parts > 5
    assert plan.steps > plan.parts
    desk.engine.model = telling
    view = desk.end(desk.start(document.digest))
    assert view.state is JobState.DONE
    assert [f"fact{number}" in view.text for number in range(FACTS)] == [True] * FACTS
    assert len(view.parts) == plan.parts
    assert view.parts[0][0][0] == 0
    shown = "".join(document.text[start:end] for stretches in view.parts for start, end in stretches)
    assert shown.replace("\n", "") == document.text.replace("\n", "")
    assert [step.state for step in view.steps[: plan.parts]] == [StepState.DONE] * plan.parts


def test_a_chinese_text_is_summarized_in_chinese_and_in_english(desk: SummaryDesk) -> None:
    line = "第{0}年，港口的灯塔由守灯人第{0}次点亮，渔船在夜里平安归来，镇上的人都很高兴。"
    document = desk.open("灯下的故事\n\n" + "\n\n".join(line.format(number) for number in range(300)))
    assert document.language == "zh-Hans"
    assert len(document.sentences) > 300
    view = desk.end(desk.start(document.digest))
    assert view.state is JobState.DONE
    assert len(view.parts) > 1
    assert "编号" in view.text
    assert "这一部分" in view.text
    english = desk.end(desk.start(document.digest, SummaryOptions(language="en")))
    assert english.state is JobState.DONE
    assert "The part with the mark" in english.text


def test_the_plan_is_not_made_twice(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    asked, counted = len(desk.worker.requests), desk.engine.texts_counted
    assert counted == len(document.sentences)
    job = desk.start(document.digest)
    desk.end(job)
    assert [type(request).__name__ for request in desk.worker.requests[asked:]] == ["Link"]
    assert desk.engine.texts_counted == counted


def test_a_plan_holds_no_document(desk: SummaryDesk) -> None:
    first = weakref.ref(desk.open(story(3)))
    found = first()
    assert found is not None
    digest = found.digest
    del found
    desk.plan(digest)
    for number in range(4):  # more than are held open
        desk.open(story(2, start=number))
    gc.collect()
    assert first() is None
    desk.open(story(3))
    requests = len(desk.worker.requests)
    assert desk.plan(digest).parts == 1
    assert len(desk.worker.requests) == requests  # it is still known


def test_another_length_counts_nothing_again(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    desk.plan(document.digest, SummaryOptions(length=Length.LONG))
    assert desk.engine.texts_counted == len(document.sentences)


def test_a_quick_look_reads_a_share(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    options = SummaryOptions(depth=Depth.QUICK, focus="fact150")
    plan = desk.plan(document.digest, options)
    assert plan.one_step
    assert 0 < plan.share < 0.5
    view = desk.end(desk.start(document.digest, options))
    assert view.share == plan.share
    (asked,) = desk.engines.asked
    read = material(asked)
    for start, end in view.parts[0]:
        assert document.text[start:end] in read
    assert len(view.parts[0]) > 3


@pytest.mark.parametrize("words", ["and then the keeper lit lamp{0} ", "守灯人点亮了第{0}盏灯港口的人都看见了"])
def test_a_quick_look_at_a_text_without_sentence_marks_reads_a_share(desk: SummaryDesk, words: str) -> None:
    document = desk.open("".join(words.format(number) for number in range(2000)))
    assert 0.05 < desk.plan(document.digest, SummaryOptions(depth=Depth.QUICK)).share < 0.5


def test_a_quick_look_at_a_short_text_reads_all_of_it(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    assert desk.plan(document.digest, SummaryOptions(depth=Depth.QUICK)).share == 1.0


def test_what_stands_in_the_way_of_a_plan_is_said(desk: SummaryDesk) -> None:
    document = desk.open(story(3))

    def plan(digest: str) -> object:
        return desk.result(lambda done: desk.summaries.plan(digest, SummaryOptions(), done))

    desk.models.clear()
    assert kind_of(plan(document.digest)) is ErrorKind.NO_MODEL
    with pytest.raises(AssistantError) as caught:
        desk.start(document.digest)
    assert caught.value.kind is ErrorKind.NO_MODEL
    desk.models.append(MODEL)
    assert kind_of(plan("0" * 32)) is ErrorKind.DOCUMENT_UNREADABLE
    with pytest.raises(AssistantError):
        desk.start("0" * 32)


def test_a_model_without_a_template_does_not_summarize() -> None:
    with another(template="") as desk:
        document = desk.open(story(3))
        view = desk.end(desk.start(document.digest))
        assert view.state is JobState.FAILED
        assert view.error is not None
        assert view.error.kind is ErrorKind.NO_TEMPLATE


def test_a_context_that_is_too_small_is_said() -> None:
    with another(context=300) as desk:
        document = desk.open(story(30))
        error = desk.result(lambda done: desk.summaries.plan(document.digest, SummaryOptions(), done))
        assert kind_of(error) is ErrorKind.CONTEXT_FULL


def test_giving_up_ends_the_work_of_the_child_also_where_all_was_counted_before(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    for kind, options in (
        ("CutDocument", SummaryOptions(length=Length.LONG)),
        ("RankSentences", SummaryOptions(depth=Depth.QUICK)),
    ):
        desk.worker.held.add(kind)
        before = len(desk.worker.requests)
        got: list[object] = []
        cancel = desk.summaries.plan(document.digest, options, got.append)
        desk.wait(lambda: len(desk.worker.requests) > before)  # noqa: B023
        assert type(desk.worker.requests[-1]).__name__ == kind
        cancel()
        assert [kind_of(one) for one in got] == [ErrorKind.CANCELLED]
        assert desk.worker.cancelled[-1:] == [desk.worker.requests[-1].id]


def test_a_plan_can_be_given_up(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    got: list[object] = []
    desk.summaries.plan(document.digest, SummaryOptions(), got.append)()
    desk.pump()
    assert [kind_of(one) for one in got] == [ErrorKind.CANCELLED]
