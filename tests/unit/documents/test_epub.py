"""EPUB: chapters in reading order."""

from __future__ import annotations

import io
import zipfile

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Kind
from assistant.documents.readers import epub
from tests.fakes.documents import epub as make
from tests.fakes.documents import page
from tests.fakes.seen import items, notes, outline, page_of, path_of, texts

CHAPTERS = {
    "b.xhtml": page("<h1>第二章</h1><p>灯下读书。</p><ul><li>one</li><li>two</li></ul>"),
    "a.xhtml": page("<p>It begins&nbsp;here &amp; now.</p><table><tr><td>a</td><td>b</td></tr></table>"),
}


def test_chapters_in_the_order_of_the_spine() -> None:
    data = make(CHAPTERS, title="书 & book", spine=["a.xhtml", "b.xhtml"], contents={"a.xhtml": "Beginning"})
    document = epub.read(data, "a.epub")
    assert outline(document) == [(1, "Beginning"), (1, "第二章")]
    assert texts(document)[1] == "It begins here & now."
    assert texts(document, Kind.TABLE) == ["a\tb"]
    assert items(document) == [(1, "one"), (1, "two")]
    assert [page_of(document, words) for words in ("It begins", "灯下")] == [1, 2]
    assert path_of(document, "灯下") == ("第二章",)
    assert (document.title, document.pages, document.format) == ("书 & book", 2, "epub")


def test_a_missing_chapter_is_told_and_a_repeated_one_comes_once() -> None:
    data = make({**CHAPTERS, "c.xhtml": ""}, spine=["a.xhtml", "a.xhtml", "c.xhtml", "b.xhtml"])
    data = data.replace(b"OEBPS/text/a.xhtml", b"OEBPS/text/x.xhtml")
    document = epub.read(data, "a.epub")
    assert notes(document)["parts_unreadable"] == {"parts": 1}
    assert "灯下读书。" in document.text
    assert texts(epub.read(make(CHAPTERS, spine=["a.xhtml"] * 9), "a.epub")).count("It begins here & now.") == 1


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"OEBPS/content.opf": "<package/>"}, ErrorKind.DOCUMENT_EMPTY),
        ({"OEBPS/content.opf": "<pack"}, ErrorKind.DOCUMENT_DAMAGED),
        ({"META-INF/container.xml": "<container"}, ErrorKind.DOCUMENT_DAMAGED),
        (
            {"OEBPS/text/a.xhtml": page("<img src='x.png'/>"), "OEBPS/text/b.xhtml": page("")},
            ErrorKind.DOCUMENT_NO_TEXT,
        ),
    ],
)
def test_refusals(parts: dict[str, str | bytes], kind: ErrorKind) -> None:
    with pytest.raises(AssistantError) as caught:
        epub.read(make(CHAPTERS, parts=parts), "a.epub")
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("algorithm", "readable"),
    [("http://www.idpf.org/2008/embedding", True), ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", False)],
)
def test_rights_management_is_told_from_hidden_fonts(algorithm: str, readable: bool) -> None:
    secret = f'<e><EncryptionMethod xmlns="http://www.w3.org/2001/04/xmlenc#" Algorithm="{algorithm}"/></e>'
    data = make(CHAPTERS, parts={"META-INF/encryption.xml": secret})
    if readable:
        assert epub.read(data, "a.epub").pages == 2
        return
    with pytest.raises(AssistantError) as caught:
        epub.read(data, "a.epub")
    assert (caught.value.kind, caught.value.values) == (ErrorKind.DOCUMENT_ENCRYPTED, {"what": "rights"})


def test_chapters_beyond_the_most_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epub, "MAX_CHAPTERS", 1)
    assert notes(epub.read(make(CHAPTERS, spine=["a.xhtml", "a.xhtml"]), "a.epub")) == {}
    document = epub.read(make(CHAPTERS), "a.epub")
    assert document.pages == 1
    assert notes(document) == {"cut": {"characters": len(document.text)}}


NAVIGATION = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>
<nav epub:type="landmarks"><ol><li><a href="text/a.xhtml">Bodymatter</a></li></ol></nav>
<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="text/a.xhtml#top">第一章
<i>Beginning</i></a><ol><li><a href="text/a.xhtml#later">Later</a></li></ol></li></ol></nav>%s</body></html>"""


@pytest.mark.parametrize(
    ("contents", "rest", "title"),
    [({}, "", "第一章 Beginning"), ({}, "<p>&broken", ""), ({"a.xhtml": "Both"}, "", "Both")],
    ids=["without a list of the older kind", "damaged", "with one"],
)
def test_titles_of_chapters_come_from_the_navigation_of_epub_3(contents: dict[str, str], rest: str, title: str) -> None:
    plain = make(CHAPTERS, contents=contents)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        package = archive.read("OEBPS/content.opf").decode()
    item = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
    parts = {"OEBPS/content.opf": package.replace("</manifest>", item), "OEBPS/nav.xhtml": NAVIGATION % rest}
    document = epub.read(make(CHAPTERS, contents=contents, parts=parts), "a.epub")
    assert outline(document) == [(1, "第二章"), *([(1, title)] if title else [])]
    assert "Contents" not in document.text
