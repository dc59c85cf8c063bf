"""Texts are checked like code: complete in both languages, in step with the sources, and written as people expect."""

from __future__ import annotations

import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.texts import current_language, set_language, tr, trn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))

import i18n  # noqa: E402


@pytest.fixture(scope="module")
def messages() -> list[Any]:
    """All that the sources say; looking for it takes seconds, which who only collects the tests need not spend."""
    return [message for message in i18n.merged() if message.id]


@pytest.fixture
def chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("en")


def test_the_catalogue_is_complete_and_in_step(messages: list[Any]) -> None:
    assert len(messages) > 300
    faults = list(i18n.faults())
    assert not faults, "\n".join(["packaging/i18n.py names what is missing:", *faults])


def test_every_sentence_can_be_filled_in_both_languages(chinese: None, messages: list[Any]) -> None:
    """With the catalogue that the program reads, not with the one that was just merged."""
    for message in messages:
        one = message.id if isinstance(message.id, str) else message.id[0]
        names = {name for text in _texts(message.id) for _, name, _, _ in string.Formatter().parse(text) if name}
        values = dict.fromkeys(names, 3)
        if isinstance(message.id, str):
            text = tr(one, **values)
        else:
            values.pop("n", None)
            text = trn(*message.id, 3, **values)
        assert text.strip()
        assert "{" not in text or not names


def _texts(ids: str | tuple[str, ...] | list[str]) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids)


def test_the_program_speaks_it(chinese: None) -> None:
    assert current_language() == "zh_CN"
    assert tr("Copy") == "复制"
    assert trn("Thought for {n} second", "Thought for {n} seconds", 5) == "思考了\u20095\u2009秒"
    set_language("en")
    assert trn("Thought for {n} second", "Thought for {n} seconds", 1) == "Thought for 1 second"


def test_messages_are_found_wherever_they_stand() -> None:
    source = """
title = f"{tr('Models')} (*{SUFFIX});;{tr('All files')}"
texts.tr("By attribute")
trn("{n} word", "{n} words", count)
DATA = mark("As data"), "not a text", tr(variable)
tr("Split over "
   "two lines", name=tr("Within"))
"""
    assert [message for _, message in i18n.messages(source)] == [
        "Models",
        "All files",
        "By attribute",
        ("{n} word", "{n} words"),
        "As data",
        "Split over two lines",
        "Within",
    ]
    assert i18n.computed('tr("right")\ntr(f"{name} is gone")\ntr("not " + "here")\ntr(variable)') == [2, 3]


@pytest.mark.parametrize(
    ("english", "text", "fault"),
    [
        ("Copy.", "复制.", "half-width"),
        ("Copy", "复制,好", "half-width"),
        ("Copy (all)", "复制(全部)", "half-width"),
        ("GPU layers", "GPU层数", "no thin space"),
        ("8 bits", "8位", "no thin space"),
        ("8 bits", "8 位", "ordinary space"),
        ("{n} bits", "{n} 位", "ordinary space"),
        ("Wait…", "等待...", None),
        ("Wait", "wait...", "dots"),
        ("Copied.", "已复制！", "exclamation"),
        ("Copied.", "已复制", "at the end"),
        ("Copied", "已复制。", "at the end"),
        ("Copied {name}", "已复制 {nome}", "other names"),
        ("Copied {name}", "已复制", "other names"),
        ("Copied {name", "已复制 {name", "expected"),
        ("Copied “{name}”.", '已复制"名字"。', "straight quotes"),
        ("Copied.", "已复制\u2009。", "thin space beside"),
        ("Copied.", " 已复制。", "space at an end"),
        ("One\ntwo", "一 二", "number of lines"),
    ],
)
def test_the_rules_find_what_they_should(english: str, text: str, fault: str | None) -> None:
    found = list(i18n.chinese_faults((english,), text))
    assert found
    assert fault is None or any(fault in words for words in found)


@pytest.mark.parametrize(
    ("english", "text"),
    [
        ("Copied.", "已复制。"),
        ("{name} is not there.", "{name}\u2009不存在。"),
        ("Model: {name}", "模型：{name}"),
        ("{n} tokens/s", "{n}\u2009词元/秒"),
        ("{word} {percent} %", "{word} {percent} %"),
        ("Enter sends · Esc stops", "Enter\u2009发送 · Esc\u2009停止"),
        ("“{name}” exists.", "“{name}”已存在。"),
        ("Dismiss (Esc)", "知道了（Esc）"),
    ],
)
def test_the_rules_let_pass_what_is_right(english: str, text: str) -> None:
    assert list(i18n.chinese_faults((english,), text)) == []


@pytest.mark.parametrize("text", ["Wait...", "Done!", "Please wait", "Oops, that failed", "Copy ", "Two  spaces"])
def test_the_rules_for_english(text: str) -> None:
    assert list(i18n.english_faults(text))
