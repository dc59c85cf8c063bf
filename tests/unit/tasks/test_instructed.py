"""Sentences of the prompt are recognized in answers, and what the source says itself is not taken for one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from assistant.documents.segments import Checked, Finding, FindingKind, Segment
from assistant.tasks.instructed import NOTHING_TOLD, Instructions
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translate_steps import Steps
from assistant.tasks.translation import Formality, PromptStyle, TranslateOptions, Verdict
from tests.fakes.translated import DIRECTIONS, good

INTO_ENGLISH = TranslateOptions(
    "en", "zh-Hans", formality=Formality.FORMAL, audience="beginners in chemistry", domain="chemistry"
)
INTO_CHINESE = TranslateOptions("zh-Hans", "en", formality=Formality.FORMAL, audience="初学者")
EVAL = Path(__file__).resolve().parents[2] / "eval" / "translations"


def told(options: TranslateOptions) -> Instructions:
    return Steps(options, style=PromptStyle.CHAT, architecture="", terms=(), texts=(), context=4096).instructions


@pytest.mark.parametrize(
    ("options", "text", "rest"),
    [
        (INTO_ENGLISH, "Translate the text into English.\nThe weather is fine.", "The weather is fine."),
        (INTO_ENGLISH, "Translate this text into English: the weather is fine.", "the weather is fine."),
        (INTO_ENGLISH, "The weather is fine.\n\nTranslate this text into English.", "The weather is fine."),
        (INTO_ENGLISH, "Use a formal tone and the formal form of address. Yes.", "Yes."),
        (INTO_ENGLISH, "Write for these readers: beginners in chemistry\nYes.", "Yes."),
        (INTO_ENGLISH, "Numbers, links, e-mail addresses, code and placeholders stay exactly as they are.", ""),
        (INTO_ENGLISH, "Break the lines where the text breaks them.", ""),
        (INTO_CHINESE, "把原文翻译成简体中文。\n天气很好。", "天气很好。"),
        (INTO_CHINESE, "天气很好。语气正式，用“您”等敬称。", "天气很好。"),
        (INTO_CHINESE, "读者是：初学者\n天气很好。", "天气很好。"),
        (INTO_CHINESE, "不要开场白，不要解释，不要注释。天气很好。", "天气很好。"),
    ],
)
def test_what_repeats_the_prompt_is_seen_and_can_be_taken_off(options: TranslateOptions, text: str, rest: str) -> None:
    source = "天气很好。" if options.target == "en" else "The weather is fine."
    assert told(options).spans(text, source)
    assert told(options).without(text, source) == rest


@pytest.mark.parametrize(
    ("options", "text", "source"),
    [
        (INTO_ENGLISH, "Translate this text into English.", "把这段文字翻译成英文。"),
        (INTO_ENGLISH, "Numbers and code stay exactly as they are.", "数字和代码都保持原样。"),
        (INTO_ENGLISH, "Translate this text into English.", "Übersetzen Sie diesen Text ins Englische."),
        (INTO_ENGLISH, "A course for beginners in chemistry.", "给化学初学者的课程。"),
        (INTO_ENGLISH, "Beginners in chemistry", "化学初学者"),
        (INTO_CHINESE, "把这段原文翻译成简体中文。", "Translate this text into Simplified Chinese."),
        (INTO_CHINESE, "本书的读者是初学者。", "The readers of this book are beginners."),
    ],
)
def test_what_the_source_says_is_no_repetition(options: TranslateOptions, text: str, source: str) -> None:
    assert told(options).spans(text, source) == []
    assert told(options).without(text, source) == text


def test_a_label_of_the_prompt_alone_is_a_repetition_unless_the_source_is_a_label_too() -> None:
    instructions = told(TranslateOptions("de", "en"))
    assert instructions.is_all("The text:", "Good morning to all of you")
    assert instructions.is_all("The text:", "Le chat est noir.")
    assert not instructions.spans("The text:", "Le texte :")
    assert not instructions.spans("The text", "Le texte")
    assert not instructions.spans("The text says:", "Dans le texte on lit")
    assert not instructions.spans(":", "Good morning to all of you")


def test_good_translations_repeat_nothing() -> None:
    for direction, source, target in (*DIRECTIONS, ("en-zh-unseen", "en", "zh-Hans"), ("zh-en-unseen", "zh", "en")):
        instructions = told(TranslateOptions(target, source))
        assert [one.after for one in good(direction) if instructions.spans(one.after, one.before)] == []
    for name, source, target in (("en-zh", "en", "zh-Hans"), ("zh-en", "zh-Hans", "en")):
        instructions = told(TranslateOptions(target, source))
        items = next(
            one
            for one in tomllib.loads((EVAL / f"{name}.toml").read_text("utf-8")).values()
            if one and isinstance(one, list)
        )
        assert len(items) > 40
        assert [one for one in items if instructions.spans(one["reference"], one["source"])] == []


def test_an_unknown_prompt_is_repeated_by_nothing() -> None:
    assert NOTHING_TOLD.spans("Translate this text into English.", "") == []


def test_an_answer_that_is_nothing_else_is_no_translation() -> None:
    task = TranslateTask([Segment(0, "天气很好。")], INTO_ENGLISH)
    task.take(1)
    for attempt in range(3):
        task.heard(0, "Translate this text into English.")
        outcome = task.judged(0, Checked("Translate this text into English."))
        assert [one.kind for one in outcome.findings] == [FindingKind.INSTRUCTION]
        assert outcome.verdict is (Verdict.AGAIN if attempt < 2 else Verdict.FLAWED)
    assert outcome.kept_source


def test_a_remark_that_repeats_the_prompt_is_told_once_and_what_is_translated_stays() -> None:
    task = TranslateTask([Segment(0, "天气很好。")], INTO_ENGLISH)
    task.take(1)
    text = "Translate this text into English. The weather is fine."
    for _ in range(3):
        task.heard(0, text)
        outcome = task.judged(0, Checked(text, (Finding(FindingKind.COMMENTARY, "Translate", 0, 32),)))
    assert [(one.kind, one.text) for one in outcome.findings] == [
        (FindingKind.INSTRUCTION, "Translate this text into English.")
    ]
    assert (outcome.verdict, outcome.text) == (Verdict.FLAWED, text)
