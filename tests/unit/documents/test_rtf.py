"""RTF: words, code pages, lists, tables, notes."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, Kind
from assistant.documents.readers import rtf
from tests.fakes.seen import items, notes, outline, texts

FONTS = rb"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset134 SimSun;}{\f2\fcharset204 X;}{\f3\fcharset128 Y;}}"
STYLES = rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}{\s9 Title;}}"


def _read(body: bytes) -> Document:
    return rtf.read(rb"{\rtf1\ansi\ansicpg1252\uc1" + FONTS + STYLES + body + b"}", "a.rtf")


def test_characters_of_every_kind() -> None:
    document = _read(
        rb"caf\'e9 \f1\'c4\'e3\'ba\'c3\'a3\'ac\f2 \'cf\'f0\'e8 \f3\'93\'fa\f0  \u20320?\u22909?\u-10179?\u-8704? "
        rb"\{a\}\\ \ldblquote q\rdblquote\~x\emdash y\-z\par"
    )
    assert document.text == "café 你好，При 日 你好😀 {a}\\ “q” x—yz"


def test_a_document_in_a_chinese_code_page() -> None:
    data = rb"{\rtf1\ansi\ansicpg936 " + "灯下读书，一夜无话。".encode("gb18030") + rb"\par}"
    assert rtf.read(data, "a.rtf").text == "灯下读书，一夜无话。"
    escaped = "".join(f"\\'{byte:02x}" for byte in "灯下".encode("gbk")).encode()
    assert rtf.read(rb"{\rtf1\ansi\ansicpg936 " + escaped + rb"\par}", "a.rtf").text == "灯下"


def test_stand_ins_for_other_readers_are_passed_over() -> None:
    assert _read(rb"\uc2\u20320\'c4\'e3x{\uc0\u22909}y\uc3\u20320?? {z}\par").text == "你x好y你z"


def test_headings_lists_and_title() -> None:
    document = _read(
        rb"{\info{\title My \u20070?}{\author nobody}}\pard\s1 One\par\pard\s2 Two\par\pard text\par"
        rb"{\listtext\pard 1.\tab}\pard\ls1 first\par{\listtext 2.\tab}\ls1\ilvl1 second\par"
        rb"{\pntext\'b7\tab}dot\par\pard\outlinelevel3 Four\par"
    )
    assert outline(document) == [(1, "One"), (2, "Two"), (4, "Four")]
    assert items(document) == [(1, "1. first"), (2, "2. second"), (2, "dot")]
    assert document.title == "My 书"


def test_tables() -> None:
    row = rb"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    document = _read(rb"before\par" + row % (b"a", rb"b\par c") + row % (b"1", b"") + rb"\pard after\par")
    assert texts(document) == ["before", "a\tb c\n1", "after"]
    assert [one.kind for one in document.paragraphs] == [Kind.TEXT, Kind.TABLE, Kind.TEXT]


def test_notes_fields_and_what_is_not_shown() -> None:
    document = _read(
        rb"{\header running head\par}{\*\generator Writer;}One{\footnote\pard\plain {\b a} note\par more}"
        rb" two{\v hidden}{\deleted gone} {\field{\*\fldinst HYPERLINK http://x}{\fldrslt link}}"
        rb"{\*\unknown secret}{\*\annotation remark}.\par {\pict\wmetafile8 010009}\par"
    )
    assert texts(document) == ["One[1] two link.", "[1] a note\nmore"]
    assert notes(document) == {"images_ignored": {"images": 1}}


def test_text_boxes() -> None:
    shape = rb"{\*\shpinst\shpleft1{\sp{\sn name}{\sv value}}{\shptxt in the box\par}}"
    box = rb"{\shp" + shape + rb"{\shprslt{in the box}}}"
    document = _read(rb"before\par " + box + rb" after\par")
    assert document.text.count("in the box") == 1
    assert "value" not in document.text


def test_binary_data_and_broken_ends() -> None:
    assert _read(rb"a\bin3 }}}b\par").text == "ab"
    assert rtf.read(rb"{\rtf1 open {\b end", "a.rtf").text == "open end"
    assert rtf.read(rb"{\rtf1 a}}}} after", "a.rtf").text == "a"


@pytest.mark.parametrize(
    ("data", "kind"), [(b"no", ErrorKind.DOCUMENT_DAMAGED), (b"{\\rtf1 }", ErrorKind.DOCUMENT_EMPTY)]
)
def test_refusals(data: bytes, kind: ErrorKind) -> None:
    with pytest.raises(AssistantError) as caught:
        rtf.read(data, "a.rtf")
    assert caught.value.kind is kind
