"""What becomes of Markdown on the page: emphasis, code, links, pictures, tables; and what must stay as it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextTable
from PySide6.QtWidgets import QApplication

from assistant.gui.theme import Theme
from assistant.gui.widgets.markdown.block_document import build, fragments, visible_text
from assistant.gui.widgets.markdown.blocks import Block, BlockKind, shows_itself
from assistant.gui.widgets.markdown.inline import GUARD, SEAM
from assistant.gui.widgets.markdown.splitting import BlockSplitter, PlainSplitter
from assistant.gui.widgets.markdown.unit_maker import make_unit
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.safe_text import SafeDocument


@pytest.fixture
def style(theme: Theme) -> ReadingStyle:
    return ReadingStyle(theme)


def blocks(text: str) -> list[Block]:
    splitter = BlockSplitter()
    splitter.append(text)
    return splitter.blocks()


def shown(document: SafeDocument) -> str:
    return visible_text(document, 0, document.characterCount() - 1)


def runs(document: SafeDocument) -> list[tuple[str, str]]:
    """The runs of one format as (text, what is special about it: b, i, s, c for code, and the link)."""
    out: list[tuple[str, str]] = []
    block = document.begin()
    while block.isValid():
        for fragment in fragments(block):
            form = fragment.charFormat()
            marks = "b" * (form.fontWeight() > QFont.Weight.Medium) + "i" * form.fontItalic()
            marks += "s" * form.fontStrikeOut() + "c" * form.fontFixedPitch() + form.anchorHref()
            out.append((fragment.text(), marks))
        block = block.next()
    return out


def one(text: str, style: ReadingStyle, *, growing: bool = False) -> SafeDocument:
    found = blocks(text)
    assert len(found) == 1, found
    return build(found[0], style, growing=growing)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("plain", "")]),
        ("a **b** *c* ~~d~~ `e`", [
            ("a ", ""), ("b", "b"), (" ", ""), ("c", "i"), (" ", ""), ("d", "s"), (" ", ""), ("e", "c")]),
        ("***both***", [("both", "bi")]),
        ("**中文。**后面", [("中文。", "b"), ("后面", "")]),
        ("前面**“引号”**后面", [("前面", ""), ("“引号”", "b"), ("后面", "")]),
        ("这是**重点：**`x`，*斜体。*完", [
            ("这是", ""), ("重点：", "b"), ("x", "c"), ("，", ""), ("斜体。", "i"), ("完", "")]),
        ("~~删除。~~后", [("删除。", "s"), ("后", "")]),
        ("前~~删~~后", [("前", ""), ("删", "s"), ("后", "")]),
        ("3*4*5 = 60", [("3*4*5 = 60", "")]),
        ("snake_case_name", [("snake_case_name", "")]),
        ("<b>x</b> <script>y</script> &amp;", [("<b>x</b> <script>y</script> &", "")]),
        (r"$a_1*b*c$ and \(x_{2}\) and \[ y \]", [(r"$a_1*b*c$ and \(x_{2}\) and \[ y \]", "")]),
        ("![A lamp](https://e.org/i.png)", [("[image: A lamp, e.org]", "")]),
        ("![ ](https://e.org/i.png)", [("[image: e.org]", "")]),
        ("![x](file:///etc/passwd)", [("[image: x]", "")]),
        ("![ ](file:///etc/passwd)", [("[image]", "")]),
        ("[ok](https://e.org/)", [("ok", "https://e.org/")]),
        ("[**b**](https://e.org/)", [("b", "bhttps://e.org/")]),
        ("[no](file:///x) [no](javascript:x) [no](//h/s)", [("no no no", "")]),
        ("https://e.org/a_b_c, and", [("https://e.org/a_b_c", "https://e.org/a_b_c"), (", and", "")]),
        ("见https://e.org/，后", [("见", ""), ("https://e.org/", "https://e.org/"), ("，后", "")]),
        ("[a]: http://b.c/", [("[a]: ", ""), ("http://b.c/", "http://b.c/")]),
        ("😀**中。**文", [("😀", ""), ("中。", "b"), ("文", "")]),
        ("1986\\. A year", [("1986. A year", "")]),
        ("# Head *it*", [("Head ", ""), ("it", "i")]),
    ],
)  # fmt: skip
def test_runs(text: str, expected: list[tuple[str, str]], style: ReadingStyle) -> None:
    assert merged(runs(one(text, style))) == expected


def merged(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for text, marks in found:
        if out and out[-1][1] == marks:
            out[-1] = (out[-1][0] + text, marks)
        else:
            out.append((text, marks))
    return out


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab1 中。.,:;-+=#()\n\t\"'/*_`<&😀", max_size=40), st.booleans())
def test_text_without_marks_needs_no_document(style: ReadingStyle, text: str, plain: bool) -> None:
    splitter = PlainSplitter() if plain else BlockSplitter()
    splitter.append(text)
    for block in splitter.blocks():
        if block.kind is not BlockKind.RULE and shows_itself(block):
            quick, slow = make_unit(block, style), make_unit(block, style)
            slow.ready()
            assert quick.text() == slow.text()
            assert quick.document is None


def test_headings_are_larger_by_level(style: ReadingStyle) -> None:
    sizes = [one("#" * level + " x", style).defaultFont().pointSizeF() for level in (1, 2, 3, 4)]
    assert sizes[0] > sizes[1] > sizes[2] >= sizes[3] >= style.reading.pointSizeF()
    assert one("# a **b** `c`", style).defaultFont().weight() >= QFont.Weight.Medium


def test_growing_emphasis_is_shown_before_it_is_closed(style: ReadingStyle) -> None:
    assert merged(runs(one("a **bo", style, growing=True))) == [("a ", ""), ("bo", "b")]
    assert merged(runs(one("a `co", style, growing=True))) == [("a ", ""), ("co", "c")]
    assert merged(runs(one("a **bo", style))) == [("a **bo", "")]


def test_lines_are_kept(style: ReadingStyle) -> None:
    assert shown(one("a\nb  \nc\\\nd", style)) == "a\nb\nc\nd"


def test_every_line_is_as_high_as_the_others(style: ReadingStyle) -> None:
    document = one("Latin and 中文 and **bold 粗体** and `code`\n" * 3 + "end", style)
    document.setTextWidth(2000)
    assert document.size().height() == 4 * style.line


def test_the_head_of_a_column_is_aligned_as_what_stands_below_it(style: ReadingStyle) -> None:
    text = "| a | b | c |\n|:--|--:|:-:|\n| 1 | 2 | 3 |\n"
    document = one(text, style)
    table = document.rootFrame().childFrames()[0]
    assert isinstance(table, QTextTable)
    across = Qt.AlignmentFlag.AlignHorizontal_Mask
    for column, wanted in enumerate(
        (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter)
    ):
        cells = (table.cellAt(row, column).firstCursorPosition().blockFormat() for row in range(2))
        assert [cell.alignment() & across for cell in cells] == [wanted, wanted]


def test_tables(style: ReadingStyle) -> None:
    document = one("| a | b |\n|:--|--:|\n| `x` | **2** |\n| only |\n| too | many | cells |", style)
    assert shown(document) == "a\tb\nx\t2\nonly\t\ntoo\tmany"
    document.setTextWidth(400)
    assert document.size().height() < 5 * 3 * style.line


def test_nothing_of_the_workarounds_is_left(style: ReadingStyle) -> None:
    for text in ("**中文。**后面", "| **中。**文 |\n|---|\n| **a。**b |", "- **项。**目", "# **标。**题"):
        for block in blocks(text):
            plain = build(block, style).toPlainText()
            assert SEAM not in plain
            assert not plain.startswith(GUARD)


HOSTILE = [
    "*" * 3000, "**a " * 750, "[" * 3000, "[a](" * 700, "`" * 3000, "![a" * 900, "~~" * 1500, "<!--" * 700,
    "<a " * 1000,
    "|a" * 900 + "\n" + "|-" * 900, "a@b.c " * 500, "www." * 700, "_a" * 1500, "*_" * 1500, "\U0001f600" * 3000,
    "[[[[a](b)" * 300, "&" * 3000, "&#x202e;" * 300, "x" * 3000, "中" * 3000, "\u0301" * 3000, "a\u0300" * 1500,
    "http://" * 430, "<http://a" * 300, "\\" * 3000, "[a][b]" * 500, "\u0600" * 3000, "ﷺ" * 3000, "\u0e49" * 3000,
    "[a](http://b 'c" * 200, "|" * 3000, "> " * 1000, "- " * 1000, "1. " * 1000, "$" * 3000, "\\(" * 1500,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_hostile_blocks_are_laid_out_quickly(text: str, style: ReadingStyle) -> None:
    for block in blocks(text)[:3]:
        if block.kind.value == "rule":
            continue
        began = time.perf_counter()
        document = build(block, style)
        document.setTextWidth(500)
        document.size()
        assert time.perf_counter() - began < 1.0  # the slowest takes 0.05 s here


def test_direction_marks_written_as_entities_are_visible(style: ReadingStyle) -> None:
    text = shown(one("abc&#x202e;txt.exe &#8238; &rlm;", style))
    assert not {"\u202e", "\u200f"} & set(text)


def test_a_document_knows_no_undo(style: ReadingStyle, qapp: QApplication) -> None:
    document: Any = one("x", style)
    assert not document.isUndoRedoEnabled()
    assert document.documentMargin() == 0
