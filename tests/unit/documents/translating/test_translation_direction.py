"""Arabic, Hebrew and Persian go from right to left, and what is translated from them does not any more."""

from __future__ import annotations

import io
import zipfile

import pytest

from assistant.documents.translating.opening import open_translatable
from tests.fakes import documents as make
from tests.fakes.documents import paragraph, run

ARABIC = "هذه جملة قصيرة عن المدينة القديمة."
ENGLISH = "This is a short sentence about the old town."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'


def parts(data: bytes, name: str, new: str, language: str) -> dict[str, str]:
    """The parts of a document in which every segment says ``new``."""
    opened = open_translatable(data, name)
    written = opened.write([new] * len(opened.document.segments), language=language, source="")
    archive = zipfile.ZipFile(io.BytesIO(written))
    return {one: archive.read(one).decode() for one in archive.namelist()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "<w:pPr><w:bidi/></w:pPr>"),
        ("<w:pPr/>", "<w:pPr><w:bidi/></w:pPr>"),
        ('<w:pPr><w:bidi w:val="0"/></w:pPr>', "<w:pPr><w:bidi/></w:pPr>"),
        (
            '<w:pPr><w:keepNext/><w:jc w:val="both"/><w:rPr/><w:sectPr><w:bidi/></w:sectPr></w:pPr>',
            '<w:pPr><w:keepNext/><w:bidi/><w:jc w:val="both"/><w:rPr/><w:sectPr><w:bidi/></w:sectPr></w:pPr>',
        ),
    ],
)
def test_a_paragraph_of_a_document(before: str, after: str) -> None:
    body = f"<w:p>{before}{run(ENGLISH)}</w:p><w:p>{run('12')}</w:p>"
    new = parts(make.docx(body), "a.docx", ARABIC, "ar")["word/document.xml"]
    assert f"<w:p>{after}<w:r><w:rPr><w:rtl/></w:rPr>" in new
    assert new.count("<w:p><w:r>") == 1
    german = parts(make.docx(body), "a.docx", "Ein Satz.", "de")["word/document.xml"]
    assert f"<w:p>{before.replace('<w:bidi/>', '')}<w:r><w:t>Ein Satz." in german


def test_a_document_from_right_to_left_goes_from_left_to_right_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    style = '<w:style w:styleId="x"><w:pPr><w:bidi/></w:pPr><w:rPr><w:rtl/></w:rPr></w:style>'
    monkeypatch.setattr(make, "STYLES", make.STYLES + style)
    body = paragraph(run(ARABIC, "<w:b/><w:rtl/>"), properties='<w:bidi/><w:jc w:val="left"/>')
    new = parts(make.docx(body), "a.docx", ENGLISH, "en")
    assert (
        f'<w:pPr><w:jc w:val="left"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{ENGLISH}</w:t></w:r>'
        in new["word/document.xml"]
    )
    assert '<w:style w:styleId="x"><w:pPr></w:pPr><w:rPr></w:rPr></w:style>' in new["word/styles.xml"]
    assert "<w:bidi/><w:jc" in parts(make.docx(body), "a.docx", "متن", "fa")["word/document.xml"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<w:tblPr/>", "<w:tblPr><w:bidiVisual/></w:tblPr>"),
        (
            '<w:tblPr><w:tblStyle w:val="x"/> <w:tblW w:w="0"/></w:tblPr>',
            '<w:tblPr><w:tblStyle w:val="x"/><w:bidiVisual/> <w:tblW w:w="0"/></w:tblPr>',
        ),
        (
            '<w:tblPr><w:bidiVisual w:val="0"/><w:tblPrChange w:id="1"><w:tblPr/></w:tblPrChange></w:tblPr>',
            '<w:tblPr><w:bidiVisual/><w:tblPrChange w:id="1"><w:tblPr/></w:tblPrChange></w:tblPr>',
        ),
        ("<w:tblPr><w:bidiVisual/></w:tblPr>", "<w:tblPr><w:bidiVisual/></w:tblPr>"),
    ],
)
@pytest.mark.parametrize("prefix", ["w:", ""])
def test_columns_of_a_table(prefix: str, before: str, after: str) -> None:
    table = f"<w:tbl>{before}<w:tr><w:tc><w:p>{run(ENGLISH)}</w:p></w:tc></w:tr></w:tbl>"
    data = make.docx(table * 2)
    if not prefix:
        archive = zipfile.ZipFile(io.BytesIO(data))
        found: dict[str, str | bytes] = {one: archive.read(one) for one in archive.namelist()}
        main = archive.read("word/document.xml").decode().replace("xmlns:w=", "xmlns=")
        found["word/document.xml"] = main.replace("<w:", "<").replace("</w:", "</").replace(" w:", " ")
        data = make.zipped(found)
    wanted = after.replace("<w:", f"<{prefix}").replace("</w:", f"</{prefix}").replace(" w:", f" {prefix}")
    given = before.replace("<w:", f"<{prefix}").replace("</w:", f"</{prefix}").replace(" w:", f" {prefix}")
    assert parts(data, "a.docx", ARABIC, "ar")["word/document.xml"].count(f"<{prefix}tbl>{wanted}<{prefix}tr>") == 2
    german = parts(data, "a.docx", "Ein Satz.", "de")["word/document.xml"]
    same = given if wanted != given else given.replace(f"<{prefix}bidiVisual/>", "")
    assert german.count(f"<{prefix}tbl>{same}<{prefix}tr>") == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<w:sectPr/>", "<w:sectPr><w:bidi/></w:sectPr>"),
        (
            '<w:sectPr w:rsidR="1"><w:pgSz w:w="9"/><w:cols w:num="2"/><w:docGrid/></w:sectPr>',
            '<w:sectPr w:rsidR="1"><w:pgSz w:w="9"/><w:cols w:num="2"/><w:bidi/><w:docGrid/></w:sectPr>',
        ),
        (
            '<w:sectPr><w:bidi w:val="0"/><w:sectPrChange w:id="1"><w:sectPr/></w:sectPrChange></w:sectPr>',
            '<w:sectPr><w:bidi/><w:sectPrChange w:id="1"><w:sectPr/></w:sectPrChange></w:sectPr>',
        ),
        ("<w:sectPr><w:bidi/></w:sectPr>", "<w:sectPr><w:bidi/></w:sectPr>"),
    ],
)
def test_columns_of_a_section(before: str, after: str) -> None:
    data = make.docx(f"<w:p><w:pPr>{before}</w:pPr>{run(ENGLISH)}</w:p>{before}")
    assert parts(data, "a.docx", ARABIC, "ar")["word/document.xml"].count(after) == 2
    german = parts(data, "a.docx", "Ein Satz.", "de")["word/document.xml"]
    assert german.count(before.replace("<w:bidi/>", "")) == 2


def slides(line: str, style: str) -> bytes:
    """A presentation of one slide with a layout and a master, whose paragraphs are said to be so."""
    data = make.pptx([f"<p:sp><p:txBody>{line}</p:txBody></p:sp>"])
    archive = zipfile.ZipFile(io.BytesIO(data))
    found: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    found["ppt/slides/_rels/slide1.xml.rels"] = make.relationships([("r1", "slideLayout", "../layout.xml")])
    found["ppt/_rels/layout.xml.rels"] = make.relationships([("r1", "slideMaster", "master.xml")])
    listed = f"<p:sp><p:txBody><a:lstStyle>{style}</a:lstStyle></p:txBody></p:sp>"
    found["ppt/layout.xml"] = f"<p:sldLayout {P} {A}>{listed}</p:sldLayout>"
    found["ppt/master.xml"] = (
        f"<p:sldMaster {P} {A}><p:txStyles><p:bodyStyle>{style}</p:bodyStyle></p:txStyles></p:sldMaster>"
    )
    main = archive.read("ppt/presentation.xml").decode()
    usual = f"<p:defaultTextStyle {A}>{style}</p:defaultTextStyle></p:presentation>"
    found["ppt/presentation.xml"] = main.replace("</p:presentation>", usual)
    return make.zipped(found)


@pytest.mark.parametrize(
    ("said", "own", "of_all", "of_some"),
    [
        ("", 'rtl="1"', 'algn="r" rtl="1"', ""),
        ('algn="l" rtl="0"', 'algn="r" rtl="1"', 'algn="r" rtl="1"', 'algn="r" rtl="1"'),
        ('algn="ctr"', 'rtl="1" algn="ctr"', 'rtl="1" algn="ctr"', 'algn="ctr"'),
    ],
)
def test_slides(said: str, own: str, of_all: str, of_some: str) -> None:
    style = f"<a:lvl1pPr{said and ' ' + said}><a:defRPr/></a:lvl1pPr>"
    line = f"<a:p><a:pPr{said and ' ' + said}/><a:r><a:t>{ENGLISH}</a:t></a:r></a:p>"
    new = parts(slides(line, style), "a.pptx", ARABIC, "he")
    assert f"<a:p><a:pPr {own}/><a:r><a:t>{ARABIC}" in new["ppt/slides/slide1.xml"]
    assert f"<a:lvl1pPr {of_all}>" in new["ppt/master.xml"]
    assert f"<a:lvl1pPr {of_all}>" in new["ppt/presentation.xml"]
    assert f"<a:lvl1pPr{of_some and ' ' + of_some}>" in new["ppt/layout.xml"]
    german = parts(slides(line, style), "a.pptx", "Ein Satz.", "de")
    assert german["ppt/slides/slide1.xml"] == new["ppt/slides/slide1.xml"].replace(ARABIC, "Ein Satz.").replace(
        f"<a:pPr {own}/>", f"<a:pPr{said and ' ' + said}/>"
    )
    assert style in german["ppt/master.xml"]


def test_a_slide_without_anything_said_of_its_paragraphs() -> None:
    data = slides(f"<a:p><a:r><a:t>{ENGLISH}</a:t></a:r></a:p>", "")
    assert '<a:p><a:pPr rtl="1"/><a:r>' in parts(data, "a.pptx", ARABIC, "fa")["ppt/slides/slide1.xml"]
    assert "<a:p><a:r>" in parts(data, "a.pptx", "一句。", "zh-Hans")["ppt/slides/slide1.xml"]


@pytest.mark.parametrize(("before", "after"), [("", ' rtl="1"'), (' rtl="0" bandRow="1"', ' rtl="1" bandRow="1"')])
def test_columns_of_a_table_on_a_slide(before: str, after: str) -> None:
    row = f"<a:tr><a:tc><a:txBody><a:p><a:r><a:t>{ENGLISH}</a:t></a:r></a:p></a:txBody></a:tc></a:tr>"
    data = make.pptx([f"<p:graphicFrame><a:tbl><a:tblPr{before}/>{row}</a:tbl></p:graphicFrame>"])
    assert f"<a:tblPr{after}/>" in parts(data, "a.pptx", ARABIC, "he")["ppt/slides/slide1.xml"]
    assert f"<a:tblPr{before}/>" in parts(data, "a.pptx", "一句。", "zh-Hans")["ppt/slides/slide1.xml"]
    turned = make.pptx(
        [f"<p:graphicFrame><a:tbl><a:tblPr{after}/>{row.replace(ENGLISH, ARABIC)}</a:tbl></p:graphicFrame>"]
    )
    new = parts(turned, "a.pptx", ENGLISH, "en")["ppt/slides/slide1.xml"]
    assert f"<a:tblPr{after.replace('1', '0', 1)}/>" in new


def test_slides_from_right_to_left() -> None:
    said = ' algn="r" rtl="1"'
    data = slides(f"<a:p><a:pPr{said}/><a:r><a:t>{ARABIC}</a:t></a:r></a:p>", f"<a:lvl1pPr{said}/>")
    new = parts(data, "a.pptx", ENGLISH, "en")
    assert '<a:pPr algn="l" rtl="0"/>' in new["ppt/slides/slide1.xml"]
    assert [
        new[f"ppt/{name}.xml"].count('<a:lvl1pPr algn="l" rtl="0"/>') for name in ("layout", "master", "presentation")
    ] == [1] * 3


def book(language: str, version: str, spine: str, page: str) -> bytes:
    data = make.epub({"a.xhtml": page}, title="A")
    archive = zipfile.ZipFile(io.BytesIO(data))
    found: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    package = archive.read("OEBPS/content.opf").decode().replace("<package ", f'<package version="{version}" ')
    package = package.replace("</dc:title>", f"</dc:title><dc:language>{language}</dc:language>")
    found["OEBPS/content.opf"] = package.replace('<spine toc="ncx">', spine)
    return make.zipped(found)


@pytest.mark.parametrize(
    ("language", "version", "spine", "target", "after"),
    [
        ("en", "3.0", '<spine toc="ncx">', "ar", '<spine page-progression-direction="rtl" toc="ncx">'),
        ("en", "2.0", '<spine toc="ncx">', "ar", '<spine toc="ncx">'),
        ("en", "3.0", '<spine page-progression-direction="ltr">', "ar", '<spine page-progression-direction="rtl">'),
        ("ar", "3.0", '<spine page-progression-direction="rtl">', "en", '<spine page-progression-direction="ltr">'),
        ("ja", "3.0", '<spine page-progression-direction="rtl">', "en", '<spine page-progression-direction="rtl">'),
    ],
)
def test_the_pages_of_a_book_are_turned(language: str, version: str, spine: str, target: str, after: str) -> None:
    data = book(language, version, spine, make.page("<p>Words</p>"))
    assert after in parts(data, "a.epub", "Mots", target)["OEBPS/content.opf"]


def test_a_page_that_says_it_of_its_body() -> None:
    page = f'<html lang="ar"><body class="x" dir="rtl"><p>{ARABIC}</p></body></html>'
    opened = open_translatable(page.encode(), "a.html")
    new = opened.write([ENGLISH], language="en", source="ar").decode()
    assert new == f'<html lang="en"><body class="x" dir="ltr"><p>{ENGLISH}</p></body></html>'
    assert 'dir="rtl"' in opened.write(["متن"], language="fa", source="ar").decode()
