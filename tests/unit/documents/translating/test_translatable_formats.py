"""What a file for translation is taken for."""

from __future__ import annotations

import pytest

from assistant.documents.reading import sniff as sniff_for_reading
from assistant.documents.translating.opening import open_translatable, sniff

HTML_COMMENTS = b"<!-- one line -->\n" * 200
JSON_COMMENTS = b"/* one line */\n" * 200


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b'{"title": "The lamp is lit."}', "json"),
        ('\ufeff[\n"灯亮了。"]\n'.encode("utf-16"), "json"),
        (b'{"title": "The lamp is lit."', "text"),
        (b"[The lamp] is lit.", "text"),
        (b"[" * 100_000, "text"),
    ],
)
def test_strings_on_standard_input_are_known_by_their_content(data: bytes, format: str) -> None:
    assert sniff(data, "-") == format


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (HTML_COMMENTS + b"# Hello\n", "a.md", "markdown"),
        (HTML_COMMENTS + "# 你好\n".encode(), "a.md", "markdown"),
        (HTML_COMMENTS + b"<p>Hello</p>", "a.html", "html"),
        (HTML_COMMENTS + b"<html><p>Hello</p>", "a.txt", "html"),
        (b"<?xml version='1.0'?>\n" + HTML_COMMENTS + b"<x:xliff version='1.2'>", "a.txt", "xliff"),
        (JSON_COMMENTS + b'{"a": "Hello"}', "a.json", "json"),
        (JSON_COMMENTS + b"Hello", "a.json", "text"),
        (b' // one\n/**/ /* [ */\n["Hello"]', "a.json", "json"),
    ],
)
def test_many_comments_in_front_hide_no_format(data: bytes, name: str, format: str) -> None:
    # Where every comment may end in two ways, these take longer than anybody lives.
    assert sniff(data, name) == format


def test_many_comments_in_front_of_what_is_read() -> None:
    assert sniff_for_reading(HTML_COMMENTS + b"<html><p>Hello</p>", "a.txt") == "html"
    assert sniff_for_reading(HTML_COMMENTS + b"Hello", "a.txt") == "text"


def test_a_document_that_begins_with_what_was_commented_out_is_opened() -> None:
    document = open_translatable(HTML_COMMENTS + b"Hello there.\n", "a.md").document
    assert [one.text for one in document.segments] == ["Hello there."]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "Oak tree\n\nLast line\n"),
        ("a.md", "# Oak tree\n\n- Last line\n"),
        ("a.html", "<h1>Oak tree</h1>\n<p>Last line</p>\n"),
        ("a.csv", "name,note\nOak tree,Last line\n"),
        ("a.po", 'msgid "Oak tree"\nmsgstr ""\n\nmsgid "Last line"\nmsgstr ""\n'),
        ("a.json", '{"a": "Oak tree", "b": "Last line"}\n'),
        ("a.yaml", "a: Oak tree\nb: Last line\n"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nOak tree\n\n2\n00:00:03,000 --> 00:00:04,000\nLast line\n"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", " \n\n", "\u2028", "\u2029", "\x85", "\x0b"])
def test_a_line_break_that_no_source_has_is_a_space(name: str, data: str, between: str) -> None:
    document = open_translatable(data.encode(), name)
    texts = [between.join("1234") + "x" if one.text == "Oak tree" else None for one in document.document.segments]
    written = document.write(texts, language="de", source="en").decode()
    assert "1 2 3 4x" in written
    assert len(written.splitlines()) == len(data.splitlines())
