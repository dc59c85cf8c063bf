"""Markdown that is too long to be parsed to its end keeps its headings and its tables there, too."""

from __future__ import annotations

import time

import pytest

from assistant.documents.model import Kind
from assistant.documents.readers import markdown
from tests.fakes.seen import outline, path_of, texts

TABLE = "| Name | Price |\n| :--- | ---: |\n| Lamp \\| old | 30 |\n| Oil | |\n"
OTHER = "Year | Lamps\n--- | ---\n1911 | 4"
TEXT = f"# One\n\nBefore it.\n\n{TABLE}\nBehind a \\| b.\n\n# Two\n\n{OTHER}\n\nx | y\nno table\n"
SOON = 0.5  # seconds of the processor: a hundredth of one is taken, and several where a line is read again and again
TABLES = ["Name\tPrice\nLamp | old\t30\nOil", "Year\tLamps\n1911\t4"]


@pytest.mark.parametrize("parsed", [1_000_000, 0], ids=["parsed", "beyond"])
def test_tables_are_tables(monkeypatch: pytest.MonkeyPatch, parsed: int) -> None:
    monkeypatch.setattr(markdown, "_PARSED", parsed)
    document = markdown.read(TEXT.encode(), "a.md")
    assert texts(document, Kind.TABLE) == TABLES
    assert path_of(document, "Year") == ("Two",)
    assert outline(document) == [(1, "One"), (1, "Two")]
    assert "Before it." in texts(document)
    assert "no table" in document.text


@pytest.mark.parametrize("behind", ["# Next", "```\na | b\n```", "Words."])
def test_a_table_ends_with_its_rows(monkeypatch: pytest.MonkeyPatch, behind: str) -> None:
    monkeypatch.setattr(markdown, "_PARSED", 0)
    document = markdown.read(f"{OTHER}\n{behind}\n\nThe end.\n".encode(), "a.md")
    assert texts(document, Kind.TABLE) == [TABLES[1]]
    assert [title for _, title in outline(document)] == (["Next"] if behind.startswith("#") else [])


@pytest.mark.parametrize(
    "line",
    [
        *("-" * 50_000, "|-" * 25_000 + "x", "| " * 25_000, " " * 50_000 + "x"),
        *("# |" + " " * 50_000 + "x", "# |" + "#" * 50_000 + "x", "# " + "#" * 50_000, "#" + " " * 50_000 + "#"),
    ],
    ids=range(8),
)
def test_what_looks_like_a_table_or_a_heading_without_an_end_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(markdown, "_PARSED", 0)
    written = f"a | b\n{line}\nc | d\n".encode()
    begin = time.process_time()  # which counts only what is done here, however busy the machine is
    document = markdown.read(written, "a.md")
    assert time.process_time() - begin < SOON
    assert texts(document, Kind.TABLE) == []
    assert "d" in document.text


@pytest.mark.parametrize("line", ["# The lamp", "#\tThe lamp #", "#  The lamp  ## \t"])
def test_the_marks_of_a_heading_are_none_of_its_words(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(markdown, "_PARSED", 0)
    assert outline(markdown.read(f"{line}\n\nIt is lit.\n".encode(), "a.md")) == [(1, "The lamp")]
