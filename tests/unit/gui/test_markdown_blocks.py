"""The splitter: what it makes of Markdown, and that chunks make no difference."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.gui.widgets.markdown.block_reader import CODE_LIMIT, TEXT_LIMIT
from assistant.gui.widgets.markdown.blocks import Block, BlockKind, cells, separator
from assistant.gui.widgets.markdown.splitting import BlockSplitter, PlainSplitter

K = BlockKind


def split(text: str) -> list[Block]:
    splitter = BlockSplitter()
    splitter.append(text)
    return splitter.blocks()


def short(text: str) -> list[tuple[Any, ...]]:
    """Blocks as (kind, text) and what is not as by default."""
    out = []
    for block in split(text):
        extra = {name: getattr(block, name) for name in ("level", "depth", "quote", "marker", "language", "joined")}
        out.append((block.kind, block.text, {name: value for name, value in extra.items() if value}))
    return out


# ---------------------------------------------------------------- what it makes of Markdown


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one\ntwo\n\nthree", [(K.PARAGRAPH, "one\ntwo", {}), (K.PARAGRAPH, "three", {})]),
        ("# A\n## B ##\ntext", [
            (K.HEADING, "A", {"level": 1}), (K.HEADING, "B", {"level": 2}), (K.PARAGRAPH, "text", {})]),
        ("#tag", [(K.PARAGRAPH, "#tag", {})]),
        ("Title\n=====\nSub\n---\n", [(K.HEADING, "Title", {"level": 1}), (K.HEADING, "Sub", {"level": 2})]),
        ("A sentence.\n---\nmore", [(K.PARAGRAPH, "A sentence.", {}), (K.RULE, "", {}), (K.PARAGRAPH, "more", {})]),
        ("***\n_ _ _", [(K.RULE, "", {}), (K.RULE, "", {})]),
        ("- a\n- b\n  - c\n    d\n\n  e\n\nf", [
            (K.ITEM, "a", {"depth": 1, "marker": "•"}),
            (K.ITEM, "b", {"depth": 1, "marker": "•"}),
            (K.ITEM, "c\nd", {"depth": 2, "marker": "◦"}),
            (K.PARAGRAPH, "e", {"depth": 1}),
            (K.PARAGRAPH, "f", {}),
        ]),
        ("3. a\n4. b\n\nx\n\n1) c\n1) d", [
            (K.ITEM, "a", {"depth": 1, "marker": "3."}),
            (K.ITEM, "b", {"depth": 1, "marker": "4."}),
            (K.PARAGRAPH, "x", {}),
            (K.ITEM, "c", {"depth": 1, "marker": "1)"}),
            (K.ITEM, "d", {"depth": 1, "marker": "2)"}),
        ]),
        ("- [ ] a\n- [x] b", [(K.ITEM, "a", {"depth": 1, "marker": "☐"}), (K.ITEM, "b", {"depth": 1, "marker": "☑"})]),
        ("In 1984\n1985. was not a list", [(K.PARAGRAPH, "In 1984\n1985. was not a list", {})]),
        ("```py\nx = 1\n\n  y\n```\nafter", [
            (K.CODE, "x = 1\n\n  y", {"language": "py"}), (K.PARAGRAPH, "after", {})]),
        ("~~~\n```\n~~~", [(K.CODE, "```", {})]),
        ("````md\n```\nx\n```\n````", [(K.CODE, "```\nx\n```", {"language": "md"})]),
        ("1. run\n   ```sh\n   ls\n     -l\n   ```\n2. done", [
            (K.ITEM, "run", {"depth": 1, "marker": "1."}),
            (K.CODE, "ls\n  -l", {"depth": 1, "language": "sh"}),
            (K.ITEM, "done", {"depth": 1, "marker": "2."}),
        ]),
        ("open\n\n```\nnever closed", [(K.PARAGRAPH, "open", {}), (K.CODE, "never closed", {})]),
        ("    a\n\n      b\n\nc", [(K.CODE, "a\n\n  b", {}), (K.PARAGRAPH, "c", {})]),
        ("```make\nall:\n\tcc\n```", [(K.CODE, "all:\n\tcc", {"language": "make"})]),
        ("> a\n> - b\n>> c\n\nd", [
            (K.PARAGRAPH, "a", {"quote": 1}),
            (K.ITEM, "b", {"quote": 1, "depth": 1, "marker": "•"}),
            (K.PARAGRAPH, "c", {"quote": 2}),
            (K.PARAGRAPH, "d", {}),
        ]),
        ("> ```\n> x\n> ```", [(K.CODE, "x", {"quote": 1})]),
        ("> ```\n> x\ny", [(K.CODE, "x", {"quote": 1}), (K.PARAGRAPH, "y", {})]),
        ("see\n| a | b |\n|--:|---|\n| 1 | 2 |\nafter", [
            (K.PARAGRAPH, "see", {}), (K.TABLE, "| a | b |\n|--:|---|\n| 1 | 2 |", {}), (K.PARAGRAPH, "after", {})]),
        ("a | b\nc | d", [(K.PARAGRAPH, "a | b\nc | d", {})]),
        ("$$\na_1\n$$\nx", [(K.MATH, "$$\na_1\n$$", {}), (K.PARAGRAPH, "x", {})]),
        ("\\[ a \\]\nx", [(K.MATH, "\\[ a \\]", {}), (K.PARAGRAPH, "x", {})]),
        ("- - a", [(K.ITEM, "", {"depth": 1, "marker": "•"}), (K.ITEM, "a", {"depth": 2, "marker": "◦"})]),
        ("a\r\nb\r\n", [(K.PARAGRAPH, "a\nb", {})]),
        ("\x1b[1mx\x1b[0m", [(K.PARAGRAPH, "x", {})]),
        ("", []),
        ("\n\n  \n", []),
    ],
)  # fmt: skip
def test_examples(text: str, blocks: list[tuple[Any, ...]]) -> None:
    assert short(text) == blocks


def test_cells_keep_bars_after_a_backslash() -> None:
    assert cells("| a \\| b | c |") == ["a | b", "c"]
    assert cells("a | b") == ["a", "b"]


def test_the_tail_of_a_growing_text_leaves_out_bare_marks() -> None:
    for end in ("**", "#", "-", "1.", "> -", "``", "|"):
        splitter = BlockSplitter()
        splitter.append("text\n\n" + end)
        assert splitter.tail(growing=True) == []
        assert len(splitter.tail()) <= 1


def test_committed_blocks_never_change() -> None:
    splitter = BlockSplitter()
    seen: list[Block] = []
    for character in "# A\n\npara\n- x\n- y\n\n```py\n1\n```\n| a |\n|---|\n| 1 |\n\nend\n" * 3:
        splitter.append(character)
        assert splitter.committed[: len(seen)] == seen
        seen = list(splitter.committed)
    assert seen


# ---------------------------------------------------------------- chunks make no difference

PIECES = [
    "# H\n", "text", " ", "\n", "\n\n", "- a\n", "  - b\n", "1. c\n", "```", "```py\n", "~~~\n", "> q\n", ">",
    "| a | b |\n", "|---|---|\n", "---\n", "===\n", "    code\n", "**b**", "$$\n", "\\[", "\\]", "\t", "\r\n",
    "\x1b[31m", "- [x] t\n",
    "中文，", "a" * 700, "b c " * 300, "x\n" * 70, "| 1 | 2 |\n" * 50, "\u202e", "* * *\n", "`" * 5 + "\n",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.lists(st.integers(1, 400), min_size=1, max_size=30)
)
@example("a\r\nb", [2])
def test_any_chunking_gives_the_blocks_of_one_append(text: str, sizes: list[int]) -> None:
    for make in (BlockSplitter, PlainSplitter):
        whole, chunked = make(), make()
        whole.append(text)
        place = number = 0
        while place < len(text):
            size = sizes[number % len(sizes)]
            chunked.append(text[place : place + size])
            chunked.tail(growing=True)
            place, number = place + size, number + 1
        assert chunked.blocks() == whole.blocks()


FENCE = re.compile(r"^([ \t>]*(?:`{3,}|~{3,})[ \t]*\S+).*$", re.MULTILINE)


@settings(max_examples=100, deadline=None)
@example("```text    code\n")
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_blocks_are_bounded_and_no_word_is_lost(text: str) -> None:
    blocks = split(text)
    for block in blocks:
        limit = CODE_LIMIT if block.kind is K.CODE else 5 * TEXT_LIMIT if block.kind is K.TABLE else TEXT_LIMIT
        assert len(block.text) <= limit
        assert block.depth <= 8
        assert block.quote <= 8
    shown = "".join(block.text + block.language for block in blocks)
    wanted = FENCE.sub(r"\1", text)  # what follows the language of a fence is for programs, not for readers
    for word in ("中文，", "code", "text"):
        assert shown.count(word) >= wanted.count(word)


# ---------------------------------------------------------------- long and hostile texts


def test_a_long_paragraph_is_cut_at_a_space() -> None:
    text = "word and word " * 1000
    blocks = split(text)
    assert len(blocks) > 3
    assert all(block.joined for block in blocks[1:])
    pairs = zip([None, *blocks], blocks, strict=False)
    joined = "".join(separator(block, before) + block.text for before, block in pairs)
    assert joined.strip() == text.strip()


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("The lamp, which is old, stands in a village; its oil burns. ", ". "),
        ("She said “It is late.” He went. ", (". ", ".” ")),
        ("这盏灯很旧，放在村里；它还亮着。", "。"),
        ("他说：“太晚了。”", "”"),
        ("one part, and another ", ", "),
    ],
)
def test_a_long_paragraph_is_cut_where_it_shows_least(sentence: str, end: str | tuple[str, ...]) -> None:
    blocks = split(sentence * (8000 // len(sentence)))
    assert len(blocks) > 2
    assert all(block.text.endswith(end) for block in blocks[:-1])


def test_long_code_is_cut_at_line_ends_and_joins_again() -> None:
    code = "".join(f"line {number}\n" for number in range(500))
    blocks = split(f"```\n{code}```")
    assert {block.kind for block in blocks} == {K.CODE}
    assert "".join(block.text for block in blocks) == code.removesuffix("\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one\n```py\ncode\n\nmore\n```\ntwo", [(K.PLAIN, "one"), (K.CODE, "code\n\nmore"), (K.PLAIN, "two")]),
        ("```\n# a\n```", [(K.CODE, "# a")]),
        ("a\n\n~~~\n1 < 2\n~~~\n\n\nb", [(K.PLAIN, "a"), (K.CODE, "1 < 2"), (K.PLAIN, "b")]),
        ("```\nnever closed\n*x*", [(K.CODE, "never closed\n*x*")]),
        ("# a\n- b\n> c\n    d\n`e`", [(K.PLAIN, "# a\n- b\n> c\n    d\n`e`")]),
        ("here ``` is no fence", [(K.PLAIN, "here ``` is no fence")]),
        ("    ```\n    indented", [(K.PLAIN, "    ```\n    indented")]),
        ("\n\nafter blank lines", [(K.PLAIN, "\n\nafter blank lines")]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_of_what_a_person_types_only_fences_mean_something(text: str, found: list[Any], size: int) -> None:
    splitter = PlainSplitter()
    for start in range(0, len(text), size):
        splitter.append(text[start : start + size])
        splitter.tail()
    assert [(block.kind, block.text) for block in splitter.blocks()] == found


def test_plain_text_keeps_every_line() -> None:
    text = "\n".join(f"# line {number}" for number in range(400)) + "\n" + "x" * 10_000
    splitter = PlainSplitter()
    splitter.append(text)
    blocks = splitter.blocks()
    joined = "".join(
        separator(block, before) + block.text.removesuffix("\n")
        for before, block in zip([None, *blocks], blocks, strict=False)
    )
    assert joined == text
    assert max(len(block.text) for block in blocks) <= TEXT_LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "> " * 100_000, "- " * 100_000, "x" * 1_000_000, "`" * 100_000, "[(" * 50_000, "*" * 100_000,
        "| a " * 20_000 + "\n" + "|---" * 20_000, " " * 200_000 + "- a\n", "```\n" + "y" * 500_000,
        "".join(" " * depth + "- a\n" for depth in range(600)), "1. " * 50_000, "#" * 100_000, "\t" * 100_000 + "x",
        "- [x] " * 20_000, "~" * 100_000, "$$" * 50_000, "<div>" * 20_000, "\x1b[" * 50_000, "\u202e" * 100_000,
        "\u0301" * 100_000,
    ],
    ids=lambda text: ascii(text[:6]),
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    began = time.perf_counter()
    blocks = split(text)
    spent = time.perf_counter() - began
    assert spent < 2.0  # the slowest takes 0.1 s; a quadratic one would take minutes
    assert all(block.depth <= 8 and block.quote <= 8 for block in blocks)
    assert all(len(block.text) <= max(CODE_LIMIT, 5 * TEXT_LIMIT) for block in blocks if block.kind is not K.TABLE)
