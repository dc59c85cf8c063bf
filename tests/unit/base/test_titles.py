"""What conversations and texts are called."""

from __future__ import annotations

import pytest

from assistant.base.titles import title_from, without_stop


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  \n\n What  is?\nmore", "What is?"),
        ("one two three four", "one two…"),
        ("一二三四五六七八九十百千", "一二三四五…"),
        ("abcdefghijklmnop", "abcdefghij…"),
        ("\n" * 100_000 + "words", "words"),
        ("", ""),
    ],
)
def test_a_title_is_as_wide_as_is_said(text: str, title: str) -> None:
    assert title_from(text, 10) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("What is the capital of France? Answer in one word please.", "What is the capital of France?"),
        ("Here is a little list of things. Sort it by the alphabet.", "Here is a little list of things"),
        ("Write a function that reverses a list, and explain how it works", "Write a function that reverses a list…"),
        ("Hi! Can you tell me about how photosynthesis works in it?", "Hi! Can you tell me about how photosynthesis…"),
        ("Compare the U.S. and E.U. policy on the import of iron", "Compare the U.S. and E.U. policy on the import…"),
        ("请用三句话解释一下为什么天空是蓝色的，并且举一个日常生活中的例子", "请用三句话解释一下为什么天空是蓝色的…"),
        ("他说：“今天天气真是很好很好。”然后就走了，再也没有回来过。", "他说：“今天天气真是很好很好。”然后就走了…"),
        ("我想知道列表推导式和生成器表达式之间到底用 Python 怎么区分", "我想知道列表推导式和生成器表达式之间到底用…"),
    ],
)
def test_a_title_is_cut_where_a_sentence_a_clause_or_a_word_ends(text: str, title: str) -> None:
    assert title_from(text, 48) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Say the sky is blue.", "Say the sky is blue"),
        ("你好。", "你好"),
        ("Trade with the U.S.", "Trade with the U.S."),
        ("Apples, nuts, etc.", "Apples, nuts, etc."),
        ("Wait...", "Wait..."),
        (".", "."),
    ],
)
def test_a_title_has_no_full_stop_at_its_end(text: str, title: str) -> None:
    assert title_from(text, 60) == without_stop(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**Hello**", "Hello"),
        ("## What is *this*?\nmore", "What is this?"),
        ("> - [ ] do **_this_** with `x`", "do this with x"),
        ("这是**重点**！", "这是重点！"),
        ("See [the page](https://example.org/a) and ![it](a.png)", "See the page and it"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("---\nNotes", "Notes"),
        ("What is 2 * 3 * 4, 2**3**4 or __init__ of a_b_c?", "What is 2 * 3 * 4, 2**3**4 or __init__ of a_b_c?"),
        ("#hashtag and *args", "#hashtag and *args"),
        ("**", "**"),
        ("👍", "👍"),
        ("*a " * 100_000, "*a " * 19 + "*a…"),
    ],
)
def test_titles_are_plain_words(text: str, title: str) -> None:
    assert title_from(text, 60) == title
