"""The state machine of a translation: what is asked, what is asked again, and what is kept of the answers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import Checked, Finding, FindingKind, Pair, Segment, SegmentKind, Term, without_codes
from assistant.engine.messages import FinishReason
from assistant.tasks.placing import is_sound
from assistant.tasks.presets import translate_preset
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translate_lengths import estimated_tokens
from assistant.tasks.translation import Formality, Outcome, PromptStyle, TranslateOptions, TranslateStep, Verdict, Wish
from tests.fakes.codes import coded, spelled

OPTIONS = TranslateOptions("zh-Hans", "en")
GOOD: tuple[Finding, ...] = ()


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
    assert job.results() == ("甲", "乙", "打开", None, "")
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
    assert [one.kind for one in outcome.findings] == [FindingKind.ANSWER]
    assert outcome.step is not None
    some = answer(
        job,
        outcome.step,
        "第 7 页的内容很长，讲的是灯和门，还有窗户和那位老人的故事，以及他的灯。把这段原文翻译成简体中文。",
    )
    assert [one.kind for one in some.findings] == [FindingKind.COMMENTARY]
    quoted = task([segment("The prompt says “把这段原文翻译成简体中文”.")])
    (step,) = quoted.take(1)
    assert answer(quoted, step, "提示词说“把这段原文翻译成简体中文”。").verdict is Verdict.ACCEPTED


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
    assert (
        without_codes(outcome.text[number.start : number.end]) == without_codes("保存，看。")[1:3] or number.start >= 0
    )


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


# ---------------------------------------------------------------- long segments


LONG = " ".join(f"Sentence {n} of the long cell tells of {{1lamps}}1 and doors." if n == 30 else
                f"Sentence {n} of the long cell tells of lamps and doors." for n in range(90))  # fmt: skip


def run_pieces(job: TranslateTask, text: Callable[[TranslateStep], str]) -> tuple[list[TranslateStep], Pair]:
    steps = []
    while True:
        (step,) = job.take(9)
        steps.append(step)
        pair = job.heard(step.index, text(step))
        if pair is not None:
            return steps, pair


@pytest.mark.parametrize("context", [1024, 2048, 8192])
def test_a_long_segment_is_asked_in_pieces_and_comes_back_whole(context: int) -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=context)
    steps, pair = run_pieces(
        job, lambda step: f"第{step.piece}段{'<1>灯</1>' if '</1>' in step.turns[1].text else ''}。"
    )
    assert len(steps) == steps[0].pieces > 1
    assert [step.piece for step in steps] == list(range(len(steps)))
    assert pair.source == coded(LONG)
    assert is_sound(pair.source, pair.target)
    assert without_codes(pair.target).replace("灯", "") == "".join(f"第{n}段。" for n in range(len(steps)))
    assert job.judged(0, Checked(pair.target)).verdict is Verdict.ACCEPTED


def test_a_long_segment_with_a_fault_is_asked_again_as_a_whole() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=2048)
    steps, pair = run_pieces(job, lambda step: f"第{step.piece}段。")
    again = job.judged(0, Checked(pair.target, fault()))
    assert again.step is not None
    assert (again.step.piece, again.step.pieces, again.step.attempt) == (0, len(steps), 1)
    assert job.heard(0, "甲。") is None
    more, pair = run_pieces(job, lambda step: "乙。")
    assert len(more) == len(steps) - 1
    assert pair.target.startswith("甲。乙。")


def test_the_worst_end_of_a_piece_is_that_of_the_segment() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL)], context=2048)
    (step,) = job.take(1)
    assert job.heard(0, "甲", FinishReason.LIMIT) is None
    _, pair = run_pieces(job, lambda step: "乙。")
    assert pair.finish == "limit"
    assert step.pieces > 1


def test_a_piece_that_was_lost_begins_its_segment_anew() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL), segment("Short.")], context=2048)
    job.take(1)
    job.heard(0, "甲。")
    job.put_back(0)
    steps = job.take(2)
    assert [(step.index, step.piece) for step in steps] == [(0, 0), (1, 0)]


def test_the_next_piece_of_one_segment_is_taken_beside_those_of_others() -> None:
    job = task([segment(LONG, kind=SegmentKind.CELL), segment(LONG, kind=SegmentKind.CELL)], context=2048)
    job.take(2)
    assert job.take_of(1) is None
    job.heard(0, "甲。")
    job.heard(1, "乙。")
    step = job.take_of(1)
    assert step is not None
    assert (step.index, step.piece) == (1, 1)
    assert [(step.index, step.piece) for step in job.take(1)] == [(0, 1)]


def test_each_prompt_with_its_answer_fits_the_context() -> None:
    for context in (1024, 2048, 4096):
        for text, options in (
            (LONG, OPTIONS),
            ("灯下的长句子，讲的是门和窗。" * 120, TranslateOptions("en", "zh-Hans")),
        ):
            job = task([segment("A"), segment(text, kind=SegmentKind.TEXT)], options, context=context)
            job.take(1)
            steps, _ = run_pieces(job, lambda step: "x")
            for step in steps:
                prompt = sum(estimated_tokens(turn.text) for turn in step.turns)
                assert prompt + step.max_tokens <= context


def test_translate_gemma_never_reads_more_than_it_was_made_for() -> None:
    job = task([segment(LONG * 3, kind=SegmentKind.CELL)], style=PromptStyle.TRANSLATE_GEMMA, context=8192)
    steps, _ = run_pieces(job, lambda step: "x")
    assert all(estimated_tokens(step.turns[0].text) <= 2048 for step in steps)


def test_a_context_that_is_too_small_is_told_before_anything_is_asked() -> None:
    with pytest.raises(AssistantError) as raised:
        task(story(1), context=512)
    assert raised.value.kind is ErrorKind.CONTEXT_FULL
    needed = int(raised.value.values["needed"])
    task(story(1), context=needed)


# ---------------------------------------------------------------- wishes


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
    assert (step.wish, step.begun, step.gap) == (Wish.REFLOW, "Das <1>grüne</1>", " ")
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
