"""What a file for translation is taken for."""

from __future__ import annotations

import pytest

from assistant.documents.reading import sniff as sniff_for_reading
from assistant.documents.translating.opening import open_translatable, sniff

HTML_COMMENTS = b"<!-- one line -->\n" * 200
JSON_COMMENTS = b"/* one line */\n" * 200


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
