"""The text of a block as Qt's Markdown reader gets it; ``tests/gui/test_markdown_documents`` tries what comes out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.gui.widgets.markdown.inline import BREAK, GUARD, SEAM, escape, prepare


def prepared(text: str, *, growing: bool = False) -> str:
    """Without the guard, seams as ``|`` and breaks as ``/``."""
    result = prepare(text, growing=growing)
    assert result.startswith(GUARD)
    return result[1:].replace(SEAM, "|").replace(BREAK, "/")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("a\nb  \nc\\\nd", "a/b/c/d"),
        ("`a\nb`", "`a b`"),
        ("**中文。**后面", "**中文。|**后面"),
        ("前面**“引号”**后面", "前面**|“引号”|**后面"),
        ("**Note:**text", "**Note:|**text"),
        ("**plain** bold", "**plain** bold"),
        ("** not ** bold", "** not ** bold"),
        ("*强调。*后", "*强调。|*后"),
        ("用**`x`。**后", "用**|`x`。|**后"),
        ("3*4*5 and 2**3**4", r"3\*4\*5 and 2\*\*3\*\*4"),
        (r"\*kept\*", r"\*kept\*"),
        ("`**x。**y`", "`**x。**y`"),
        ("$a_1*b*c$", "$a_1*b*c$".replace("_", r"\_").replace("*", r"\*").replace("$", r"\$")),
        (r"\(x_1\)", r"\\\(x\_1\\\)"),
        ("abc&#x202e;t &amp;", r"abc\&#x202e;t &amp;"),
        ("$5 and $10", "$5 and $10"),
        ("见http://a.b/c，后", "见<http://a.b/c>，后"),
        ("https://zh.wikipedia.org/wiki/递归 和", "<https://zh.wikipedia.org/wiki/递归> 和"),
        ("see https://a.b/c.", "see <https://a.b/c>."),
        ("[a](https://b.c) <https://d.e>", "[a](https://b.c) <https://d.e>"),
    ],
)
def test_examples(text: str, result: str) -> None:
    assert prepared(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("some **bold te", "some **bold te**"),
        ("some **bo", "some **bo**"),
        ("some **", "some "),
        ("some **bold*", "some **bold**"),
        ("a `code te", "a `code te`"),
        ("a `done` b", "a `done` b"),
        ("a [link", "a "),
        ("*it **both", "*it **both***"),
    ],
)
def test_what_is_open_in_a_growing_text_is_closed(text: str, result: str) -> None:
    assert prepared(text, growing=True) == result


@given(st.text(alphabet="ab*`_~$\\()[]<>|#\n 中。“”!", max_size=120), st.booleans())
def test_only_marks_are_added(text: str, growing: bool) -> None:
    result = prepare(text, growing=growing)
    assert "\n" not in result
    assert result[0] == GUARD
    if not growing:
        kept = [character for character in text if character.isalnum() or character in "中。“”"]
        assert [character for character in result if character.isalnum() or character in "中。“”"] == kept


def test_escape_covers_all_of_ascii_punctuation() -> None:
    assert escape("a*b") == r"a\*b"
    assert escape("~!@[]") == r"\~\!\@\[\]"


@pytest.mark.parametrize(
    "text",
    ["*" * 3000, "**a " * 750, "`" * 3000, "` `` ``` " * 330, "\\(" * 1500, "$a " * 1000, "[" * 3000, "~~" * 1500,
     "http://" * 430, "http://a.b/" + "a" * 2900, "https://a.b/" + "中/" * 1400, "\\" * 3000, "$" * 3000, "*`$" * 1000],
    ids=lambda text: ascii(text[:6]),
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    began = time.perf_counter()
    prepare(text)
    prepare(text, growing=True)
    assert time.perf_counter() - began < 0.5  # the slowest takes 20 ms
