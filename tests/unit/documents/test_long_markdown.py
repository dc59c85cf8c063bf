"""Markdown that is too long to be parsed to its end keeps its headings and its tables there, too."""

from __future__ import annotations

import pytest

from assistant.documents.model import Kind
from assistant.documents.readers import markdown
from tests.fakes.seen import outline, path_of, texts

TABLE = "| Name | Price |\n| :--- | ---: |\n| Lamp \\| old | 30 |\n| Oil | |\n"
OTHER = "Year | Lamps\n--- | ---\n1911 | 4"
TEXT = f"# One\n\nBefore it.\n\n{TABLE}\nBehind a \\| b.\n\n# Two\n\n{OTHER}\n\nx | y\nno table\n"
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


@pytest.mark.parametrize("line", ["-" * 50_000, "|-" * 25_000 + "x", "| " * 25_000, " " * 50_000 + "x"])
def test_what_looks_like_a_table_without_an_end_is_read_at_once(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(markdown, "_PARSED", 0)
    document = markdown.read(f"a | b\n{line}\nc | d\n".encode(), "a.md")
    assert texts(document, Kind.TABLE) == []
