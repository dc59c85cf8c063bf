"""PPTX, EPUB and archives for translation: all that is not text stays as it was packed."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Kind
from assistant.documents.readers.pptx import read
from assistant.documents.segments import SegmentedDocument, SegmentKind, is_code
from assistant.documents.translating import splicing
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.splicing import Translatable
from assistant.documents.translating.zipped_parts import rewritten
from assistant.documents.zipped import Archive
from tests.fakes import documents as make
from tests.fakes.hostile_documents import ALL, Trap
from tests.fakes.translatable_office import repacked

DGM = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'

LARGE = ("zip_bomb", "epub_spine_in_circles", "epub_chapter_nested_a_hundred_thousand_times", "pptx_slides_in_circles")
HOSTILE = [
    name
    for name, one in ALL.items()
    if one.name.endswith((".docx", ".pptx", ".epub"))
    and ErrorKind.DOCUMENT_SLOW not in one.answers
    and name not in LARGE
]
"""Those that take no seconds."""


def texts(document: SegmentedDocument) -> list[str]:
    return ["".join("~" if is_code(one) else one for one in segment.text) for segment in document.segments]


def part(opened: Translatable, new: list[str | None], name: str, language: str = "fr") -> str:
    data = opened.write(new, language=language, source="en")
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


# ---------------------------------------------------------------- archives


def test_parts_that_stay_are_copied_as_they_are_packed() -> None:
    data = make.zipped({"a": "one " * 100, "b": bytes(1000), "dir\\c": "three", "d": ""})
    for seed in range(20):
        packed = repacked(data, random.Random(seed))
        archive = Archive(packed, "docx")
        assert rewritten(archive, packed, {}) is packed
        new = zipfile.ZipFile(io.BytesIO(rewritten(archive, packed, {"b": b"new", "dir/c": b"longer " * 50})))
        old = zipfile.ZipFile(io.BytesIO(packed))
        assert new.testzip() is None
        assert new.comment == old.comment
        kept = ("filename", "date_time", "compress_type", "comment", "extra", "external_attr", "create_system")
        for before, after in zip(old.infolist(), new.infolist(), strict=True):
            assert [getattr(before, one) for one in kept] == [getattr(after, one) for one in kept]
        assert [new.read(one) for one in new.namelist()] == [old.read("a"), b"new", b"longer " * 50, b""]


def test_an_archive_with_something_in_front_stays_whole() -> None:
    packed = b"#!/bin/sh\n" + make.zipped({"a": "one", "b": "two"})
    new = rewritten(Archive(packed, "epub"), packed, {"a": b"other"})
    assert new.startswith(b"#!/bin/sh\n")
    assert zipfile.ZipFile(io.BytesIO(new)).read("b") == b"two"


def test_a_part_that_is_not_there() -> None:
    packed = make.zipped({"a": "one"})
    with pytest.raises(AssistantError) as caught:
        rewritten(Archive(packed, "epub"), packed, {"x": b""})
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_or_written_again(name: str, trap: Trap) -> None:
    hostile = ALL[name]
    data = hostile.make(trap)
    if None not in hostile.answers:
        with pytest.raises(AssistantError) as caught:
            open_translatable(data, hostile.name)
        assert caught.value.kind in hostile.answers
        return
    opened = open_translatable(data, hostile.name)
    segments = opened.document.segments
    assert not any("evil" in one.text for one in segments)
    assert opened.write([one.text for one in segments], language="de", source="en") == data
    written = opened.write([one.text.upper() for one in segments], language="de", source="en")
    assert len(open_translatable(written, hostile.name).document.segments) == len(segments)


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory) -> Trap:
    file = tmp_path_factory.mktemp("trap") / "secret.txt"
    file.write_text("evil")
    return Trap(file, "http://127.0.0.1:9")


# ---------------------------------------------------------------- PPTX


def test_slides_in_their_order_with_notes_and_kinds() -> None:
    slides = [make.shape("First", kind="title") + make.shape("Point.", kind="body"), make.slide_table([["A", "7"]])]
    document = open_translatable(make.pptx(slides, notes={0: "Say it. Twice."}), "a.pptx").document
    assert texts(document) == ["First", "Point.", "Say it.", "Twice.", "A"]
    kinds = [SegmentKind.HEADING, SegmentKind.ITEM, SegmentKind.ITEM, SegmentKind.ITEM, SegmentKind.CELL]
    assert [one.kind for one in document.segments] == kinds


def test_what_has_no_bullet_in_a_list_of_a_slide_is_no_point_whether_it_is_read_or_translated() -> None:
    plain = make.shape("Plain.", kind="body").replace('<a:pPr lvl="0"/>', "<a:pPr><a:buNone/></a:pPr>")
    dotted = make.shape("Dotted.").replace('<a:pPr lvl="0"/>', '<a:pPr><a:buChar char="•"/></a:pPr>')
    data = make.pptx([make.shape("Point.", kind="body") + plain + dotted + make.shape("Text.")])
    kinds = [one.kind for one in open_translatable(data, "a.pptx").document.segments]
    assert kinds == [SegmentKind.ITEM, SegmentKind.TEXT, SegmentKind.ITEM, SegmentKind.TEXT]
    assert [one.kind for one in read(data, "a.pptx").paragraphs] == [Kind.ITEM, Kind.TEXT, Kind.ITEM, Kind.TEXT]


def test_runs_of_a_slide() -> None:
    line = (
        '<a:p><a:r><a:rPr lang="en-US" dirty="0"/><a:t>Two </a:t></a:r>'
        '<a:r><a:rPr lang="en-GB"/><a:t>runs, </a:t></a:r>'
        '<a:r><a:rPr lang="en-US"><a:hlinkClick r:id="rId2"/></a:rPr><a:t>a link</a:t></a:r><a:br/>'
        '<a:fld id="{1}" type="slidenum"><a:t>7</a:t></a:fld><a:endParaRPr lang="en-US"/></a:p>'
    )
    shape = f"<p:sp><p:txBody>{line}</p:txBody></p:sp>"
    opened = open_translatable(make.pptx([shape]), "a.pptx")
    assert texts(opened.document) == ["Two runs, ~a link~~"]
    source = opened.document.segments[0].text
    new = part(
        opened, [source.replace("Two runs", "Deux éléments").replace("a link", "un lien")], "ppt/slides/slide1.xml"
    )
    assert '<a:rPr lang="fr-FR" dirty="0"/><a:t>Deux éléments, </a:t>' in new
    assert '<a:hlinkClick r:id="rId2"/></a:rPr><a:t>un lien</a:t></a:r><a:br/><a:fld id="{1}"' in new
    assert new.count('<a:endParaRPr lang="en-US"/>') == 1


def test_a_diagram_and_the_drawing_of_it_say_the_same() -> None:
    shape = make.shape("Slide")
    data = make.pptx([shape])
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    line = "<a:p><a:r><a:t>In the diagram</a:t></a:r></a:p>"
    parts["ppt/diagrams/data1.xml"] = (
        f"<dgm:dataModel {DGM} {A}><dgm:pt><dgm:t>{line}</dgm:t></dgm:pt></dgm:dataModel>".encode()
    )
    parts["ppt/diagrams/drawing1.xml"] = f"<d {A}><x>{line}</x><x>{line.replace('In', 'Not in')}</x></d>".encode()
    links = [("r1", "diagramData", "../diagrams/data1.xml"), ("r2", "diagramDrawing", "../diagrams/drawing1.xml")]
    parts["ppt/slides/_rels/slide1.xml.rels"] = make.relationships(links).encode()
    opened = open_translatable(make.zipped(parts), "a.pptx")
    assert texts(opened.document) == ["Slide", "In the diagram"]
    assert "<a:t>Schaubild</a:t>" in part(opened, [None, "Schaubild"], "ppt/diagrams/data1.xml")
    drawing = part(opened, [None, "Schaubild"], "ppt/diagrams/drawing1.xml")
    assert "<a:t>Schaubild</a:t>" in drawing
    assert "<a:t>Not in the diagram</a:t>" in drawing


def test_what_layouts_and_masters_show_is_translated_once_and_their_prompts_are_not() -> None:
    data = make.pptx([make.shape("First"), make.shape("Second")])
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for number in (1, 2):
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = make.relationships([("r1", "slideLayout", "../layout.xml")])
    slide = parts["ppt/slides/slide1.xml"].decode()  # type: ignore[union-attr]
    for name, words in (("layout", "Draft"), ("master", "Confidential")):
        shapes = make.shape(words) + make.shape("Click to add a title", kind="title")
        parts[f"ppt/{name}.xml"] = slide.replace(make.shape("Second"), shapes)
    parts["ppt/_rels/layout.xml.rels"] = make.relationships([("r1", "slideMaster", "master.xml")])
    opened = open_translatable(make.zipped(parts), "a.pptx")
    assert texts(opened.document) == ["First", "Draft", "Confidential", "Second"]
    master = part(opened, [None, None, "Vertraulich", None], "ppt/master.xml")
    assert "Vertraulich" in master
    assert "Click to add a title" in master


# ---------------------------------------------------------------- EPUB


def test_a_book_with_its_contents_title_and_language() -> None:
    pages = {"a.xhtml": make.page("<p>Page one &amp; more.</p>", "Head"), "b.xhtml": make.page("<p>第二页。</p>")}
    data = make.epub(pages, title="My book", contents={"a.xhtml": "One"}, spine=["b.xhtml", "a.xhtml"])
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    package = parts["OEBPS/content.opf"].replace(b"</dc:title>", b"</dc:title><dc:language> en </dc:language>")
    opened = open_translatable(make.zipped({**parts, "OEBPS/content.opf": package}), "a.epub")
    document = opened.document
    assert texts(document) == ["My book", "第二页。", "Head", "Page one & more.", "One"]
    assert (document.title, document.language) == ("My book", "en")
    new: list[str | None] = ["Mon <livre>", None, None, None, "Un"]
    assert "<dc:title>Mon &lt;livre&gt;</dc:title><dc:language> fr </dc:language>" in part(
        opened, new, "OEBPS/content.opf"
    )
    assert "<navLabel><text>Un</text></navLabel>" in part(opened, new, "OEBPS/toc.ncx")
    assert part(opened, new, "OEBPS/text/a.xhtml") == pages["a.xhtml"]
    written = zipfile.ZipFile(io.BytesIO(opened.write(new, language="fr", source="en")))
    assert written.namelist()[0] == "mimetype"


def test_what_is_said_of_a_book_is_translated_with_the_markup_in_it() -> None:
    said = (
        "&lt;p class=&quot;x&quot;&gt;A &lt;i&gt;short&lt;/i&gt; tale.&lt;/p&gt;&lt;p&gt;第二段 &amp; more.&lt;/p&gt;"
    )
    archive = zipfile.ZipFile(io.BytesIO(make.epub({"a.xhtml": make.page("<p>Words.</p>")}, title="My book")))
    parts = {name: archive.read(name) for name in archive.namelist()}
    also = (
        f'<dc:description xml:lang="en">{said}</dc:description>'
        "<dc:description><![CDATA[<p>A <b>plain</b> word</p>]]></dc:description>"
    )
    package = parts["OEBPS/content.opf"].replace(b"<dc:title>", f"{also}<dc:title>".encode())
    opened = open_translatable(make.zipped({**parts, "OEBPS/content.opf": package}), "a.epub")
    document = opened.document
    assert document.title == "My book"
    assert texts(document) == ["A ~short~ tale.", "第二段 & more.", "A ~plain~ word", "My book", "Words."]
    new = part(opened, [one.text.upper() for one in document.segments], "OEBPS/content.opf")
    written = said.replace("short", "SHORT").replace("tale", "TALE").replace("more", "MORE")
    package = package.replace(b'xml:lang="en"', b'xml:lang="fr"')
    written = package.decode().replace(said, written).replace("A <b>plain</b> word", "A <b>PLAIN</b> WORD")
    assert new == written.replace("My book", "MY BOOK")


def test_what_the_pages_of_a_book_keep_is_told() -> None:
    pages = {name: make.page("<p>Words.</p><iframe>No frames.</iframe>") for name in ("a.xhtml", "b.xhtml")}
    document = open_translatable(make.epub(pages), "a.epub").document
    assert texts(document) == ["Words.", "Words."]
    assert [(note.kind.value, note.values) for note in document.notes] == [("embedded_left", {"texts": 2})]


def test_a_book_with_a_lock_is_refused() -> None:
    lock = '<encryption><EncryptionMethod xmlns="http://www.w3.org/2001/04/xmlenc#" Algorithm="x:aes"/></encryption>'
    data = make.epub({"a.xhtml": make.page("<p>Words</p>")}, parts={"META-INF/encryption.xml": lock})
    with pytest.raises(AssistantError) as caught:
        open_translatable(data, "a.epub")
    assert caught.value.kind is ErrorKind.DOCUMENT_ENCRYPTED


def test_control_characters_of_a_model_do_not_break_a_page() -> None:
    opened = open_translatable(make.epub({"a.xhtml": make.page("<p>Words</p>")}), "a.epub")
    assert "<p>Mots</p>" in part(opened, ["Mo\x0bt\ufffes"], "OEBPS/text/a.xhtml")


_MANY = 5_010  # more than are read of a document that is summarized


def test_all_slides_and_all_chapters_are_translated_however_many_there_are() -> None:
    slides = make.pptx([make.shape(f"Slide {at}") for at in range(_MANY)])
    assert len(open_translatable(slides, "a.pptx").document.segments) == _MANY
    book = make.epub({f"{at}.xhtml": f"<p>Chapter {at}</p>" for at in range(_MANY)})
    assert len(open_translatable(book, "a.epub").document.segments) == _MANY


@pytest.mark.parametrize("name", ["a.epub", "a.docx", "a.pptx"])
def test_too_much_is_refused_before_all_of_it_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "word " * 100
    made = {
        "a.epub": make.epub({f"{at}.xhtml": make.page(f"<p>{words}</p>") for at in range(9)}),
        "a.docx": make.docx(make.paragraph(words) * 9),
        "a.pptx": make.pptx([make.shape(words)] * 9),
    }
    monkeypatch.setattr(splicing, "MAX_CHARACTERS", 1000)
    with pytest.raises(AssistantError) as caught:
        open_translatable(made[name], name)
    assert caught.value.kind is ErrorKind.DOCUMENT_TOO_LARGE
    assert caught.value.values["size"] < 2000
