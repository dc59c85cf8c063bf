"""More documents that want to harm their reader: those that are too much of something, and those that lie about it."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Callable

from assistant.base.errors import ErrorKind
from tests.fakes import documents as make
from tests.fakes.hostile_documents import (
    BOMB,
    DAMAGED,
    EMPTY,
    MEMORY,
    NO_TEXT,
    SLOW,
    TOO_LARGE,
    UNKNOWN,
    Hostile,
    Trap,
    stored_word,
    word_body,
)
from tests.fakes.pdf_files import Objects

LIGHT: dict[str, Hostile] = {}
"""Those that take no seconds, or few."""
HEAVY: dict[str, Hostile] = {}
_MANY = 1_000_000
_REFUSED = (MEMORY, SLOW, TOO_LARGE, BOMB)


def _hostile(
    name: str, *answers: ErrorKind | None, text: str = "", heavy: bool = False
) -> Callable[[Callable[[Trap], bytes]], Callable[[Trap], bytes]]:
    def keep(function: Callable[[Trap], bytes]) -> Callable[[Trap], bytes]:
        (HEAVY if heavy else LIGHT)[function.__name__] = Hostile(name, function, answers, text)
        return function

    return keep


# ---------------------------------------------------------------- PDF


@_hostile("kids.pdf", None, EMPTY, DAMAGED, NO_TEXT, *_REFUSED)
def pdf_the_same_page_a_million_times(_: Trap) -> bytes:
    objects = Objects()
    root = objects.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (_MANY, b"3 0 R " * _MANY))
    objects.add(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    return objects.file(root)


@_hostile("xref.pdf", None, EMPTY, DAMAGED, NO_TEXT, *_REFUSED)
def pdf_a_table_of_two_billion_objects(_: Trap) -> bytes:
    objects = Objects()
    root = objects.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.add(b"<< /Type /Pages /Count 0 /Kids [] >>")
    whole = objects.file(root).replace(b"/Size 3", b"/Size 2147483647")
    return whole.replace(b"xref\n0 3\n", b"xref\n0 2147483647\n")


@_hostile("loop.pdf", None, EMPTY, DAMAGED, NO_TEXT)
def pdf_streams_of_references_in_a_circle(_: Trap) -> bytes:
    """Two streams of cross-references, each of which comes before the other."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n"
    places = len(body), len(body) + 400
    for own, other in (places, places[::-1]):
        table = zlib.compress(bytes((0, 0, 0, 0, 0, 0)))
        head = b"<< /Type /XRef /W [1 4 1] /Size 1 /Index [0 99999999] /Root 1 0 R /Prev %d " % other
        head += b"/Filter /FlateDecode /Length %d >>" % len(table)
        body = body.ljust(own) + b"5 0 obj\n" + head + b"\nstream\n" + table + b"\nendstream\nendobj\n"
    return body + b"startxref\n%d\n%%%%EOF" % places[0]


# ---------------------------------------------------------------- Office


@_hostile("paragraphs.docx", EMPTY, *_REFUSED, heavy=True)
def docx_a_million_empty_paragraphs(_: Trap) -> bytes:
    return stored_word(word_body("<w:p/>" * _MANY))


@_hostile("controls.docx", None, DAMAGED, text="innermost")
def docx_tables_in_controls_in_tables(_: Trap) -> bytes:
    inside = make.paragraph("innermost")
    for _depth in range(20):
        control = f"<w:sdt><w:sdtContent>{inside}{make.paragraph('a')}</w:sdtContent></w:sdt>"
        inside = make.word_table([[control, "b"], ["c", "d"]])
    return make.docx(inside)


@_hostile("rows.xlsx", None, *_REFUSED, text="v", heavy=True)
def xlsx_as_many_rows_as_there_can_be(_: Trap) -> bytes:
    rows = "".join(f'<row r="{number}"><c r="A{number}" t="str"><v>v</v></c></row>' for number in range(1, 2**20 + 1))
    return make.xlsx({"S": rows})


@_hostile("columns.xlsx", None, *_REFUSED, text="v", heavy=True)
def xlsx_every_column_of_many_rows(_: Trap) -> bytes:
    row = "".join(make.cell(f"{column}~", "v", "str") for column in ("A", "XFD")) + '<c r="B~" t="str"/>' * 400
    return make.xlsx({"S": "".join(make.sheet_row(at, [row.replace("~", str(at))]) for at in range(1, 2001))})


@_hostile("share.xlsx", None, *_REFUSED, text="share", heavy=True)
def xlsx_a_shared_text_of_a_hundred_million_letters(_: Trap) -> bytes:
    cells = [make.sheet_row(at, [make.cell(f"A{at}", "0", "s")]) for at in range(1, 200)]
    return make.xlsx({"S": "".join(cells)}, shared=["share " * 17_000_000])


@_hostile("twice.docx", None, DAMAGED, BOMB, text="Hello")
def zip_the_same_name_twice(_: Trap) -> bytes:
    out = io.BytesIO(make.docx(make.paragraph("Hello first")))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("word/document.xml")
        archive.NameToInfo.pop("word/document.xml")  # else it would warn of what is meant
        archive.writestr(info, word_body(make.paragraph("Hello second")))
    return out.getvalue()


@_hostile("link.docx", DAMAGED)
def zip_whose_main_part_is_a_symbolic_link(trap: Trap) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("_rels/.rels", make.relationships([("r1", "officeDocument", "word/document.xml")]))
        info = zipfile.ZipInfo("word/document.xml")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, str(trap.file))
    return out.getvalue()


@_hostile("outside.pptx", None, text="inside")
def pptx_slides_and_notes_elsewhere(trap: Trap) -> bytes:
    with zipfile.ZipFile(io.BytesIO(make.pptx([make.shape("inside")]))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    links = [("r1", "notesSlide", trap.file.as_uri()), ("r2", "slideLayout", f"{trap.address}/l.xml")]
    links += [("r3", "diagramData", "../../../../" + str(trap.file)), ("r4", "image", f"{trap.address}/i.png")]
    return make.zipped({**parts, "ppt/slides/_rels/slide1.xml.rels": make.relationships(links)})


@_hostile("chapters.epub", None, *_REFUSED, text="word", heavy=True)
def epub_of_chapters_that_unpack_to_gigabytes(_: Trap) -> bytes:
    """A hundred chapters of 3 MB: none of them is large, or packed suspiciously well."""
    page = make.page("".join(f"<p>{at} {'word ' * 20}</p>" for at in range(27_000)))
    return make.epub({f"c{at}.xhtml": page for at in range(100)})


@_hostile("rooms.odt", None, DAMAGED, *_REFUSED, text="innermost")
def odt_tables_in_tables(_: Trap) -> bytes:
    inside = "<text:p>innermost</text:p>"
    for _depth in range(45):
        cell = '<table:table-cell table:number-columns-repeated="100">'
        inside = f"<table:table><table:table-row>{cell}{inside}</table:table-cell></table:table-row></table:table>"
    return make.odt(inside)


# ---------------------------------------------------------------- mail and RTF


_MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


@_hostile("wide.eml", None, *_REFUSED, text="first", heavy=True)
def mail_of_a_hundred_thousand_parts(_: Trap) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n"
    head = _MAIL + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return head + part % b"first" + part % b"more" * 100_000 + b"--b--\r\n"


@_hostile("letters.eml", None, *_REFUSED, text="hahaha", heavy=True)
def mail_of_forty_million_letters_in_base64(_: Trap) -> bytes:
    body = base64.encodebytes(b"hahaha " * 5_000_000)
    return _MAIL + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


@_hostile("fields.eml", None, DAMAGED, *_REFUSED, text="body", heavy=True)
def mail_with_endless_fields(_: Trap) -> bytes:
    words = b" =?utf-8?B?aGFoYQ==?=\r\n" * 50_000
    names = b"".join(b"X-%d: y\r\n" % number for number in range(100_000))
    addresses = b"Cc: " + b'"a, b" <c@d.example>,\r\n ' * 20_000 + b"e@f.example\r\n"
    return b"Subject: s\r\n" + words + _MAIL.replace(b"Subject: s\r\n", b"") + names + addresses + b"\r\nbody\r\n"


@_hostile("unknown.rtf", None, DAMAGED, *_REFUSED, text="after", heavy=True)
def rtf_a_million_unknown_groups(_: Trap) -> bytes:
    return b"{\\rtf1\\ansi " + b"{\\*\\x{\\y\\bin2 {}}}" * 500_000 + b"\\bin-5 after}"


# ---------------------------------------------------------------- texts


@_hostile("cues.srt", None, *_REFUSED, text="cue", heavy=True)
def srt_a_million_cues(_: Trap) -> bytes:
    return b"".join(b"%d\n00:00:01,000 --> 00:00:02,000\ncue\n\n" % number for number in range(_MANY))


@_hostile("tags.vtt", None, *_REFUSED, text="deep")
def vtt_tags_in_tags(_: Trap) -> bytes:
    return b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<c.x><i>" * 200_000 + b"deep" + b"<" * 200_000 + b"\n"


@_hostile("line.csv", None, *_REFUSED, text="word", heavy=True)
def csv_one_line_of_fifty_million_letters(_: Trap) -> bytes:
    return b"a,b\n" + b"word " * 10_000_000 + b",2\n"


@_hostile("lines.csv", None, *_REFUSED, text="word", heavy=True)
def csv_cells_of_many_lines(_: Trap) -> bytes:
    return b'a,b\n"' + b'word\n""' * 2_000_000 + b'",2\n'


@_hostile("plain.txt", None, text="The lamp was lit.")
def text_in_utf_16_that_does_not_say_so(_: Trap) -> bytes:
    return ("The lamp was lit.\r\n" * 1000).encode("utf-16-le")


@_hostile("mixed.txt", None, text="The lamp was lit.")
def text_in_several_encodings(_: Trap) -> bytes:
    lines = [b"The lamp was lit.\n", "灯亮了。\n".encode("gb18030"), "Überall Lärm.\n".encode("cp1252")]
    return b"".join(lines) * 300 + "灯亮了。\n".encode() * 300


@_hostile("zeros.txt", None, UNKNOWN, text="")
def text_with_zeros_in_it(_: Trap) -> bytes:
    return b"The lamp\0was lit.\n\0\0\0" * 1000


@_hostile("attribute.html", None, text="shown")
def html_an_attribute_of_ten_megabytes(_: Trap) -> bytes:
    return b"<html><body><p title='" + b"x < > & \n" * 1_200_000 + b"'>shown</p></body></html>"


@_hostile("open.html", None, *_REFUSED, text="shown")
def html_that_opens_and_never_closes(_: Trap) -> bytes:
    return b"<html><body><p>shown" + b"<a href='x'><ul><li><!-- " * 50_000 + b"<a b=" * 200_000 + b"&" * 500_000


@_hostile("quotes.md", None, DAMAGED, *_REFUSED, heavy=True)
def markdown_a_hundred_thousand_quotations(_: Trap) -> bytes:
    lines = b"> " * 100_000 + b"x\n\n" + b"- " * 50_000 + b"y\n\n" + b"[a](" * 50_000 + b"\n\n" + b"![" * 50_000
    return lines + b"\n\n" + b"| a " * 50_000 + b"|\n" + b"|---" * 50_000 + b"|\n"
