"""Between Chinese and Latin stands a thin space; a value of a sentence may end in either."""

from __future__ import annotations

import pytest

from assistant.texts import set_language, tr, trn, units


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Qwen3", "Qwen3\N{THIN SPACE}的选项"),
        ("Qwen3（新）", "Qwen3（新）的选项"),
        ("千问", "千问的选项"),
        ("千问 4B", "千问 4B\N{THIN SPACE}的选项"),
    ],
)
def test_a_name_has_a_thin_space_only_where_it_ends_in_latin(name: str, said: str) -> None:
    set_language("zh_CN")
    assert tr("Options of {name}", name=name) == said


def test_a_span_of_time_ends_in_chinese() -> None:
    set_language("zh_CN")
    assert tr("Next try in {time}.", time=units.duration(5)) == "5\N{THIN SPACE}秒后重试。"


def test_the_thin_spaces_of_a_sentence_stay() -> None:
    set_language("zh_CN")
    assert "\N{THIN SPACE}" in trn("{count} token", "{count} tokens", 3, count="3")
