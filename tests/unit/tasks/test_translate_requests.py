"""What somebody may request for one segment, as the state machine has it: again, another beginning, versions, back."""

from __future__ import annotations

import pytest

from assistant.documents.segments import FindingKind, Pair
from assistant.tasks.presets import translate_preset
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import PromptStyle, Purpose, TranslateOptions, Verdict
from tests.fakes.codes import coded, spelled
from tests.fakes.translate_tasks import answer, fault, segment, story, task


def done(count: int = 2, **values: object) -> TranslateTask:
    return task(story(count), done={n: coded(f"第{n}句{{1说}}1灯。") for n in range(count)}, **values)


def test_a_segment_can_be_asked_once_more_and_what_there_is_stays_until_then() -> None:
    job = done()
    (old,) = task(story(1)).take(1)
    step = job.again(0)
    assert step.options.seed != old.options.seed
    assert job.result(0) == coded("第0句{1说}1灯。")
    assert answer(job, step, "<1>新</1>").verdict is Verdict.ACCEPTED
    assert job.result(0) == coded("{1新}1")
    assert job.again(0).options.seed not in (old.options.seed, step.options.seed)


def test_the_likeliest_answer_is_not_asked_for_a_second_time() -> None:
    job = done(style=PromptStyle.TRANSLATE_GEMMA)
    assert (job.again(0).options.temperature or 0) > 0


def test_a_wish_that_fails_leaves_what_there_was() -> None:
    job = done()
    step = job.again(0)
    for _ in range(3):
        outcome = answer(job, step, "不行。", fault(FindingKind.REFUSAL))
        step = outcome.step or step
    assert outcome.unchanged
    assert outcome.text == job.result(0) == coded("第0句{1说}1灯。")
    job.again(0)
    job.put_back(0)
    assert job.take(9) == []
    assert job.result(0) == coded("第0句{1说}1灯。")


def test_who_asks_again_frees_every_word_of_the_source() -> None:
    step = done().again(0)
    assert step.options.lock is not None
    assert "lamp" in step.options.lock.words


def test_the_rest_of_a_sentence_is_written_again_from_a_chosen_beginning() -> None:
    job = task([segment("The {1green}1 lamp.")], TranslateOptions("de", "en"), done={0: coded("Die {1grüne}1 Lampe.")})
    step = job.reflow(0, coded("Das {1grüne}1 "))
    assert (step.purpose, step.begun, step.gap) == (Purpose.REFLOW, "Das <1>grüne</1>", " ")
    assert step.prompt[-1].role == "assistant"
    assert step.prompt[-1].text == step.begun
    for written in (" Licht.", "Licht."):
        assert spelled(job.read(step, written).target) == "Das {1grüne}1 Licht."
    assert job.result(0) == coded("Die {1grüne}1 Lampe.")
    job.put(0, coded("Das {1grüne}1 Licht."))
    assert job.result(0) == coded("Das {1grüne}1 Licht.")


def test_a_beginning_inside_of_a_stretch_goes_on_there() -> None:
    job = task([segment("The {1green}1 lamp.")], TranslateOptions("de", "en"))
    step = job.reflow(0, coded("Die {1hell"))
    assert step.begun == "Die <1>hell"
    assert spelled(job.read(step, "grüne</1> Lampe.").target) == "Die {1hellgrüne}1 Lampe."


def test_a_segment_that_was_never_translated_has_no_beginning() -> None:
    step = task(story(1)).reflow(0, "")
    assert step.begun == ""
    assert step.prompt == step.turns


def test_more_versions_are_asked_beside_the_present_one() -> None:
    job = done()
    one, two = job.version(0, 1), job.version(0, 2)
    assert "第0句说灯。" in one.turns[1].text
    assert one.options.seed != two.options.seed
    assert one.options.temperature == translate_preset().sampling.version
    assert spelled(job.read(one, "灯的<1>句</1>子").target) == "灯的{1句}1子"
    assert job.result(0) == coded("第0句{1说}1灯。")


def test_the_way_back_goes_to_the_source_language_without_tags() -> None:
    job = done()
    step = job.back(0)
    assert "from Simplified Chinese into English" in step.turns[0].text
    assert "第0句说灯。" in step.turns[1].text
    assert step.options.lock is not None
    assert step.options.lock.language == "en"
    assert job.read(step, "The sentence.") == Pair("第0句说灯。", "The sentence.")
    assert "别的话" in job.back(0, "别的话").turns[1].text
    assert task(story(1), TranslateOptions("zh-Hans")).back(0, "话").options.lock is None


def test_what_somebody_wrote_counts_and_is_not_asked() -> None:
    job = task(story(2))
    job.take(1)
    job.put(0, "手写")
    assert job.result(0) == "手写"
    with pytest.raises(KeyError):
        job.heard(0, "x")
    assert [step.index for step in job.take(9)] == [1]
