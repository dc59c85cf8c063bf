"""Archives opened with limits, and links inside them."""

from __future__ import annotations

import zipfile

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import zipped
from assistant.documents.zipped import Archive, target
from tests.fakes.documents import zipped as make


def _kind(data: bytes, name: str = "a") -> tuple[ErrorKind, object]:
    with pytest.raises(AssistantError) as caught:
        Archive(data, "docx").read(name)
    return caught.value.kind, caught.value.values.get("format")


def test_what_is_in_it_is_read() -> None:
    archive = Archive(make({"a": "one", "dir/b": b"two", "c\\d": "three"}), "docx")
    assert archive.names == ["a", "dir/b", "c/d"]
    assert archive.read("dir/b") == b"two"
    assert archive.read("DIR/B") == b"two"  # Windows programs are not exact
    assert archive.read("c/d") == b"three"
    assert "a" in archive
    assert "nothing" not in archive


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\3\4", b"PK\3\4" + bytes(1000), make({"a": "x" * 1000})[:-30], make({"b": "x"})],
    ids=["nothing", "head", "zeros", "cut", "other"],
)
def test_a_damaged_one_says_its_format(data: bytes) -> None:
    assert _kind(data) == (ErrorKind.DOCUMENT_DAMAGED, "docx")


def test_a_changed_byte_is_noticed() -> None:
    data = bytearray(make({"a": "hello world, hello world"}, method=zipfile.ZIP_STORED))
    data[40] ^= 1
    assert _kind(bytes(data))[0] is ErrorKind.DOCUMENT_DAMAGED


def test_an_encrypted_entry() -> None:
    data = bytearray(make({"a": "x"}))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    assert _kind(bytes(data))[0] is ErrorKind.DOCUMENT_ENCRYPTED


def test_more_than_is_allowed_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MAX_UNPACKED", 150_000)
    archive = Archive(make({"a": bytes(100_000), "b": bytes(100_000)}), "docx")
    archive.read("a")
    with pytest.raises(AssistantError) as caught:
        archive.read("b")
    assert caught.value.kind is ErrorKind.DOCUMENT_BOMB


def test_a_ratio_no_document_has() -> None:
    assert _kind(make({"a": bytes(20 << 20)}))[0] is ErrorKind.DOCUMENT_BOMB


def test_many_small_parts_that_pack_well_are_no_bomb() -> None:
    archive = Archive(make({str(number): bytes(100_000) for number in range(20)}), "docx")
    assert sum(len(archive.read(name)) for name in archive.names) == 2_000_000


@pytest.mark.parametrize(
    ("base", "link", "found"),
    [
        ("word/document.xml", "styles.xml", "word/styles.xml"),
        ("word/document.xml", "/word/styles.xml", "word/styles.xml"),
        ("ppt/slides/slide1.xml", "../notesSlides/n.xml", "ppt/notesSlides/n.xml"),
        ("OEBPS/content.opf", "text/a%20b.xhtml#part", "OEBPS/text/a b.xhtml"),
        ("OEBPS/content.opf", "%E7%AC%AC%E4%B8%80.xhtml", "OEBPS/第一.xhtml"),
        ("word/document.xml", "media\\a.png", "word/media/a.png"),
        ("word/document.xml", "../../../etc/passwd", ""),
        ("word/document.xml", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", ""),
        ("word/document.xml", "http://a.example/x", ""),
        ("word/document.xml", "file:///etc/passwd", ""),
        ("word/document.xml", "//server/share", ""),
        ("word/document.xml", "\\\\server\\share", ""),
        ("word/document.xml", "C:\\x", ""),
        ("word/document.xml", "#here", ""),
        ("word/document.xml", "", ""),
    ],
)
def test_where_a_link_leads(base: str, link: str, found: str) -> None:
    assert target(base, link) == found
