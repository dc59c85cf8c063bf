"""The state machine of a translation: what is asked, what is asked again, and what is kept of the answers."""

from __future__ import annotations

import pytest

from assistant.documents.segments import Checked, Finding, FindingKind, Pair, SegmentKind, Term
from assistant.engine.messages import FinishReason
from assistant.tasks.translation import Outcome, PromptStyle, TranslateOptions, Verdict
from tests.fakes.codes import coded
from tests.fakes.translate_tasks import GOOD, OPTIONS, answer, fault, segment, story, task

# ---------------------------------------------------------------- what is asked


def test_segments_are_asked_in_their_order_and_each_once() -> None:
    job = task(story(5))
    first = job.take(2)
    assert [step.index for step in first] == [0, 1]
    assert [step.index for step in job.take(9)] == [2, 3, 4]
    assert job.take(9) == []
    assert job.take(0) == []
    assert (job.total, job.done) == (5, 0)


def test_what_is_there_already_is_not_asked() -> None:
    segments = [*story(2), segment("Open", 1, kind=SegmentKind.STRING, target="打开"), *story(2)]
    job = task(segments, memory={0: "甲", 2: "记忆"}, done={1: "乙", 4: ""})
    assert [step.index for step in job.take(9)] == [3]
    assert job.done == 4
    assert tuple(map(job.result, range(job.total))) == ("甲", "乙", "打开", None, "")
    assert [job.expected(index).prompt > 0 for index in range(5)] == [False, False, False, True, False]


def test_a_request_that_was_lost_is_asked_again_from_its_first_attempt() -> None:
    job = task(story(3))
    first, second = job.take(2)
    job.heard(first.index, "一")
    again = job.judged(first.index, Checked("一", fault()))
    assert again.step is not None
    job.put_back(first.index)
    job.put_back(second.index)
    job.put_back(2)  # it was not asked
    steps = job.take(9)
    assert [(step.index, step.attempt) for step in steps] == [(0, 0), (1, 0), (2, 0)]
    assert steps[0] == first


def test_a_model_that_cannot_help_reasoning_gets_room_for_it_unless_it_comes_to_no_end() -> None:
    job = task(story(40))
    first, second = job.take(2)
    small = first.max_tokens
    (blank,) = job.take(1)
    job.heard(blank.index, "\n\n", FinishReason.LIMIT)  # white space is no thought
    job.put_back(blank.index)
    assert job.take(1)[0].max_tokens == blank.max_tokens
    for step in (first, second):  # side by side: neither had room
        job.heard(step.index, "", FinishReason.LIMIT)
    again = job.judged(0, Checked("", fault(FindingKind.EMPTY))).step
    assert again is not None
    assert again.max_tokens > small + 1000
    job.heard(0, "灯。", FinishReason.END)
    assert job.judged(0, Checked("灯。", GOOD)).verdict is Verdict.ACCEPTED
    steps = job.take(6)
    assert all(step.max_tokens > small + 1000 for step in steps)
    for step in steps:
        job.heard(step.index, "", FinishReason.LIMIT)
    assert job.take(1)[0].max_tokens <= small, "so much time for nothing is not spent again"


def test_an_answer_to_nothing_is_a_defect() -> None:
    job = task(story(2))
    with pytest.raises(KeyError):
        job.heard(0, "x")
    (step,) = job.take(1)
    with pytest.raises(KeyError):
        job.judged(step.index, Checked("x"))
    job.heard(0, "x")
    with pytest.raises(KeyError):
        job.heard(0, "x")


def test_reasoning_is_never_asked_for_and_each_token_comes_with_its_probability() -> None:
    (step,) = task(story(1)).take(1)
    assert step.options.thinking is False
    assert step.options.alternatives == 1
    assert step.options.stop == ()
    assert step.options.presence_penalty == 0
    assert step.options.max_tokens >= 20


def test_the_answer_is_locked_to_the_script_of_the_target() -> None:
    job = task([segment("Ask Anna about the lamp in config.yaml.")], terms=[Term("lamp", "LED 灯")])
    (step,) = job.take(1)
    assert step.options.lock is not None
    assert step.options.lock.language == "zh-Hans"
    assert set(step.options.lock.words) == {"LED", "灯", "Anna", "config", "yaml"}


def test_words_that_were_left_as_they_were_are_locked_out_the_next_time() -> None:
    job = task([segment("Yesterday we met Anna.")])
    (step,) = job.take(1)
    again = answer(job, step, "Yesterday 我们见到了 Anna。", fault(FindingKind.SCRIPT, "Yesterday")).step
    assert step.options.lock is not None
    assert again is not None
    assert again.options.lock is not None
    assert set(step.options.lock.words) == {"Yesterday", "Anna"}
    assert again.options.lock.words == ("Anna",)


def test_only_terms_that_occur_are_named() -> None:
    terms = [Term("lamp", "灯"), Term("door", "门")]
    one, two = task([segment("The lamp."), segment("The doors.")], terms=terms).take(2)
    assert "灯" in one.turns[-1].text
    assert "门" not in one.turns[-1].text
    assert "门" in two.turns[-1].text


def test_a_model_made_for_translating_gets_its_own_form_and_template() -> None:
    (step,) = task(story(1), style=PromptStyle.TRANSLATE_GEMMA).take(1)
    assert [turn.role for turn in step.turns] == ["user"]
    assert step.options.template
    assert step.options.temperature == 0


# ---------------------------------------------------------------- what stands around


def test_the_sentences_before_are_shown_in_the_source_until_all_of_them_are_translated() -> None:
    segments = [segment("The Lamp", 0, kind=SegmentKind.HEADING), *(segment(f"Sentence {n}.", 1) for n in range(3))]
    job = task(segments)
    steps = job.take(4)
    assert "Sentence 0.\nSentence 1.\n" in steps[3].turns[1].text
    assert "（标题）The Lamp" in steps[3].turns[1].text
    assert "译文如下" not in steps[3].turns[1].text
    answer(job, steps[1], "第零句。")
    job.put_back(3)
    (half,) = job.take(1)
    assert "译文如下" not in half.turns[1].text
    answer(job, steps[2], "第一句。")
    job.put_back(3)
    (whole,) = job.take(1)
    assert "第零句。\n第一句。" in whole.turns[1].text


def test_a_translation_with_faults_is_no_example() -> None:
    job = task([segment("Sentence 0."), segment("Sentence 1.")])
    first, _ = job.take(2)
    outcome = answer(job, first, "零", fault())
    while outcome.step is not None:
        outcome = answer(job, outcome.step, "零", fault())
    job.put_back(1)
    (step,) = job.take(1)
    assert "Sentence 0." in step.turns[1].text
    assert "零" not in step.turns[1].text


def test_a_cell_and_a_string_stand_alone_and_a_comment_is_always_shown() -> None:
    segments = [
        segment("Before."),
        segment("Open", 1, kind=SegmentKind.STRING, note="a verb"),
        segment("Name", 2, kind=SegmentKind.CELL),
        segment("After.", 9),
    ]
    for options in (OPTIONS, TranslateOptions("zh-Hans", "en", context=False)):
        steps = task(segments, options).take(4)
        assert "（说明）a verb" in steps[1].turns[1].text
        assert "Before." not in steps[1].turns[1].text
        assert "背景" not in steps[2].turns[1].text
        assert "背景" not in steps[3].turns[1].text  # its paragraph is far from all others


def test_without_context_no_sentence_is_shown_twice() -> None:
    steps = task(story(3), TranslateOptions("zh-Hans", "en", context=False)).take(3)
    assert "Sentence 1" not in steps[2].turns[1].text


# ---------------------------------------------------------------- what is kept


def test_a_good_answer_is_kept_with_its_codes() -> None:
    job = task(story(1))
    (step,) = job.take(1)
    pair = job.heard(0, " <1>灯的</1>句子。\n=====\n")
    assert pair == Pair(coded("Sentence 0 tells {1of}1 the lamp."), coded("{1灯的}1句子。"))
    outcome = job.judged(step.index, Checked(pair.target))
    assert outcome == Outcome(0, Verdict.ACCEPTED, pair.target)
    assert job.result(0) == pair.target
    assert job.done == 1


def test_how_the_model_ended_and_how_long_a_line_may_be_is_checked_too() -> None:
    job = task([segment("Hello", kind=SegmentKind.CUE, line=42)])
    job.take(1)
    assert job.heard(0, "你好", FinishReason.LIMIT) == Pair("Hello", "你好", "limit", 42)


def test_what_the_checks_put_right_is_kept() -> None:
    job = task([segment("Page 7.")])
    (step,) = job.take(1)
    job.heard(0, "好的！第 7 页。")
    found = (Finding(FindingKind.COMMENTARY, mended=True), Finding(FindingKind.DATE, minor=True))
    outcome = job.judged(step.index, Checked("第 7 页。", found))
    assert (outcome.verdict, outcome.text, outcome.findings) == (Verdict.ACCEPTED, "第 7 页。", found)


def test_a_fault_is_told_and_asked_again_with_another_throw() -> None:
    job = task([segment("Page 7.")])
    (step,) = job.take(1)
    outcome = answer(job, step, "页。", fault(source_start=5))
    assert outcome.verdict is Verdict.AGAIN
    assert outcome.step is not None
    assert outcome.step.attempt == 1
    assert "译文里必须有这些数字：7。" in outcome.step.turns[1].text
    assert outcome.step.turns[0] == step.turns[0]
    assert outcome.step.options.seed != step.options.seed
    assert (outcome.step.options.temperature or 0) > (step.options.temperature or 0)
    good = answer(job, outcome.step, "第 7 页。")
    assert (good.verdict, good.text, good.attempts) == (Verdict.ACCEPTED, "第 7 页。", 2)


def test_after_three_attempts_the_best_one_is_kept_and_marked() -> None:
    job = task([segment("Page 7.")])
    (step,) = job.take(1)
    answers = [("页", fault()), ("第页", fault(FindingKind.EMOJI)), ("Page", fault(FindingKind.ECHO))]
    for text, findings in answers:
        outcome = answer(job, step, text, findings)
        step = outcome.step or step
    assert (outcome.verdict, outcome.text, outcome.attempts) == (Verdict.FLAWED, "第页", 3)
    assert outcome.findings == fault(FindingKind.EMOJI)
    assert job.take(9) == []


@pytest.mark.parametrize("kind", [FindingKind.EMPTY, FindingKind.REFUSAL, FindingKind.ANSWER, FindingKind.REASONING])
def test_where_nothing_usable_comes_the_source_is_kept_and_marked(kind: FindingKind) -> None:
    job = task(story(1))
    (step,) = job.take(1)
    for _ in range(3):
        outcome = answer(job, step, "我不能翻译。", fault(kind, start=0, end=3))
        step = outcome.step or step
    assert outcome.kept_source
    assert outcome.text == story(1)[0].text
    assert outcome.findings == fault(kind)
    assert job.result(0) == outcome.text


def test_a_usable_answer_with_grave_faults_goes_before_an_unusable_one() -> None:
    job = task([segment("Page 7.")])
    (step,) = job.take(1)
    grave = [one for kind in (FindingKind.LANGUAGE, FindingKind.LOOP, FindingKind.CUT) for one in fault(kind)]
    for text, findings in (("", [Finding(FindingKind.EMPTY)]), ("第 8 页", grave), ("", [Finding(FindingKind.EMPTY)])):
        outcome = answer(job, step, text, tuple(findings))
        step = outcome.step or step
    assert outcome.text == "第 8 页"


def test_an_answer_that_was_cut_gets_twice_the_room() -> None:
    job = task(story(1))
    (step,) = job.take(1)
    again = answer(job, step, "一句", fault(FindingKind.CUT)).step
    assert again is not None
    assert again.max_tokens == 2 * step.max_tokens


def test_the_last_attempt_is_held_to_the_one_term_that_is_missing() -> None:
    term = fault(FindingKind.TERM, "lamp", values={"source": "lamp", "target": 'a "x\\'})
    job = task([segment("The lamp.")], terms=[Term("lamp", "灯")])
    (step,) = job.take(1)
    second = answer(job, step, "光。", term).step
    assert second is not None
    assert second.options.grammar == ""
    third = answer(job, second, "光。", term).step
    assert third is not None
    assert third.options.grammar == (
        'root ::= before* term any*\nterm ::= "a \\"x\\\\" | "A \\"x\\\\"\n'
        "before ::= [^.!?。！？\\n\\x00]\nany ::= [^\\n\\x00]"
    )
    assert "必须使用的译法要原样使用" in third.turns[1].text


def test_the_term_may_come_after_a_point_where_the_source_has_points_and_lines() -> None:
    term = fault(FindingKind.TERM, values={"target": "灯"})
    job = task([segment("Lamp 3.5\nis on.")])
    (step,) = job.take(1)
    for _ in range(2):
        step = answer(job, step, "光。", term).step or step
    assert step.options.grammar.endswith("before ::= [^\\x00]\nany ::= [^\\x00]")


@pytest.mark.parametrize(
    "findings",
    [
        (*fault(FindingKind.TERM, values={"target": "灯"}), *fault(FindingKind.TERM, values={"target": "门"})),
        fault(FindingKind.TERM, values={"target": "灯", "forbidden": 1}),
        fault(FindingKind.TERM, values={"target": "灯\n"}),
        fault(FindingKind.TERM),
        fault(FindingKind.NUMBER),
    ],
)
def test_no_grammar_where_it_would_not_be_sound(findings: tuple[Finding, ...]) -> None:
    job = task([segment("The lamp.")])
    (step,) = job.take(1)
    for _ in range(2):
        step = answer(job, step, "光。", findings).step or step
    assert step.attempt == 2
    assert step.options.grammar == ""


@pytest.mark.parametrize(
    ("written", "expected", "finish"),
    [
        ("第 7 页。\n=====\nGern!\n=====\nMehr", "第 7 页。", "end"),
        ("=====\n第 7 页。\n=====\n原文：\n=====\nPage 8", "第 7 页。", "end"),
        ("译文：\n=====\n第 7 页。\n=====\n原", "第 7 页。", "end"),
        ("译文：\n=====\n第 7 页", "第 7 页", "limit"),
        ("第 7 页", "第 7 页", "limit"),
        ("=====", "", "limit"),
        ("标题：\n=====\n", "标题：", "end"),
        ("甲 ===== 乙", "甲 ===== 乙", "limit"),
    ],
)
def test_a_model_that_goes_on_with_the_form_of_the_prompt(written: str, expected: str, finish: str) -> None:
    job = task([segment("Page 7.")])
    job.take(1)
    assert job.heard(0, written, FinishReason.LIMIT) == Pair("Page 7.", expected, finish)


def test_a_model_that_says_the_prompt_has_translated_nothing() -> None:
    job = task([segment("Page 7.")])
    (step,) = job.take(1)
    outcome = answer(job, step, "你是专业译者，把英语翻译成简体中文。")
    assert outcome.verdict is Verdict.AGAIN
    assert [one.kind for one in outcome.findings] == [FindingKind.INSTRUCTION]
    assert outcome.step is not None
    some = answer(
        job,
        outcome.step,
        "第 7 页的内容很长，讲的是灯和门，还有窗户和那位老人的故事，以及他的灯。把这段原文翻译成简体中文。",
    )
    assert [one.kind for one in some.findings] == [FindingKind.INSTRUCTION]
    quoted = task([segment("The prompt says “把这段原文翻译成简体中文”.")])
    (step,) = quoted.take(1)
    assert answer(quoted, step, "提示词说“把这段原文翻译成简体中文”。").verdict is Verdict.ACCEPTED
