"""Documents that want to harm their reader: bombs, loops, lies, endless nesting, links out. All of them made by code.

Each comes with what a reader may answer: the kinds of error, or ``None`` for having read it.
"""

from __future__ import annotations

import base64
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import ErrorKind
from tests.fakes import documents as make
from tests.fakes.pdf_files import Objects, Page, pdf

DAMAGED, BOMB = ErrorKind.DOCUMENT_DAMAGED, ErrorKind.DOCUMENT_BOMB
EMPTY, UNKNOWN = ErrorKind.DOCUMENT_EMPTY, ErrorKind.DOCUMENT_UNKNOWN
NO_TEXT, ENCRYPTED = ErrorKind.DOCUMENT_NO_TEXT, ErrorKind.DOCUMENT_ENCRYPTED
MEMORY, SLOW, TOO_LARGE = ErrorKind.DOCUMENT_MEMORY, ErrorKind.DOCUMENT_SLOW, ErrorKind.DOCUMENT_TOO_LARGE
OLD = ErrorKind.DOCUMENT_OLD

_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Trap:
    """What a document may try to reach: a file beside it, an address of this computer."""

    file: Path
    address: str


@dataclass(frozen=True)
class Hostile:
    """One document.

    :ivar make: its bytes.
    :ivar answers: what may come of it.
    :ivar text: what must be in the text if it is read.
    """

    name: str
    make: Callable[[Trap], bytes]
    answers: tuple[ErrorKind | None, ...]
    text: str = ""


ALL: dict[str, Hostile] = {}


def _hostile(
    name: str, *answers: ErrorKind | None, text: str = ""
) -> Callable[[Callable[[Trap], bytes]], Callable[[Trap], bytes]]:
    def keep(function: Callable[[Trap], bytes]) -> Callable[[Trap], bytes]:
        ALL[function.__name__] = Hostile(name, function, answers, text)
        return function

    return keep


def _word(document: str | bytes, **parts: str | bytes) -> bytes:
    """A DOCX whose main part is exactly ``document``."""
    return make.docx("", parts={"word/document.xml": document, **parts})


def word_body(xml: str, declarations: str = "") -> str:
    return f'<?xml version="1.0"?>{declarations}<w:document xmlns:w="{_SPACE}"><w:body>{xml}</w:body></w:document>'


def stored_word(document: str | bytes) -> bytes:
    """The same, not packed: its ratio is no warning."""
    main = "word/document.xml"
    rels = make.relationships([("r1", "officeDocument", main)])
    return make.zipped({"_rels/.rels": rels, main: document}, method=zipfile.ZIP_STORED)


# ---------------------------------------------------------------- archives


def _packed(block: bytes, times: int, head: bytes = b"") -> tuple[bytes, int, int]:
    """``head`` and then ``block`` so many times, deflated; the size and the checksum."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    out, check = bytearray(packer.compress(head)), zlib.crc32(head)
    for _ in range(times):
        out += packer.compress(block)
        check = zlib.crc32(block, check)
    return bytes(out + packer.flush()), len(head) + len(block) * times, check


def _local(name: bytes, data: bytes, size: int, check: int, method: int = 8) -> bytes:
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, method, 0, 33, check, len(data), size, len(name), 0)
    return head + name + data


def _central(name: bytes, place: int, packed: int, size: int, check: int, method: int = 8) -> bytes:
    sizes = (check, packed, size, len(name), 0, 0, 0, 0, 0, place)
    head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, method, 0, 33, *sizes)
    return head + name


def _archive(body: bytes, directory: list[bytes]) -> bytes:
    joined = b"".join(directory)
    count = min(len(directory), 0xFFFF)
    return body + joined + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(joined), len(body), 0)


@_hostile("bomb.docx", BOMB)
def zip_bomb(_: Trap) -> bytes:
    """200 MB of spaces in 200 KB."""
    head = word_body("<w:p><w:r><w:t>~</w:t></w:r></w:p>").encode().split(b"~")[0]
    data, size, check = _packed(b" " * (1 << 20), 200, head)
    name = b"word/document.xml"
    return _archive(_local(name, data, size, check), [_central(name, 0, len(data), size, check)])


@_hostile("overlap.docx", BOMB)
def zip_overlapping_entries(_: Trap) -> bytes:
    """A thousand entries that share the same packed bytes."""
    data, size, check = _packed(b"a" * (1 << 20), 8)
    names = [b"word/document.xml", *(b"word/%d.xml" % number for number in range(1000))]
    return _archive(_local(names[0], data, size, check), [_central(one, 0, len(data), size, check) for one in names])


@_hostile("entries.docx", BOMB)
def zip_with_a_hundred_thousand_entries(_: Trap) -> bytes:
    directory = [_central(b"word/%d" % number, 0, 0, 0, 0, 0) for number in range(100_000)]
    return _archive(_local(b"word/0", b"", 0, 0, 0), directory)


@_hostile("small.docx", DAMAGED)
def zip_that_says_too_small_a_size(_: Trap) -> bytes:
    data, _size, check = _packed(word_body(make.paragraph("Hello")).encode(), 1)
    name = b"word/document.xml"
    return _archive(_local(name, data, 10, check), [_central(name, 0, len(data), 10, check)])


@_hostile("large.docx", DAMAGED, None, text="Hello")
def zip_that_says_four_gigabytes(_: Trap) -> bytes:
    data, _size, check = _packed(word_body(make.paragraph("Hello")).encode(), 1)
    name = b"word/document.xml"
    return _archive(_local(name, data, 0xFFFFFFF0, check), [_central(name, 0, len(data), 0xFFFFFFF0, check)])


@_hostile("nested.zip", UNKNOWN)
def zip_of_zips_of_zips(_: Trap) -> bytes:
    data, size, check = _packed(b"0" * (1 << 20), 16)
    inner = _archive(_local(b"0.dll", data, size, check), [_central(b"0.dll", 0, len(data), size, check)])
    for _depth in range(5):
        inner = make.zipped({f"lib {number}.zip": inner for number in range(16)})
    return inner


@_hostile("inner.docx", None, text="outside")
def docx_with_archives_inside(trap: Trap) -> bytes:
    body = make.paragraph("outside") + '<w:altChunk r:id="rId9"/>'
    bomb = zip_bomb(trap)
    inner: dict[str, str | bytes] = {"word/embedded.docx": bomb, "word/embeddings/oleObject1.bin": bomb}
    return make.docx(body, links=[("rId9", "aFChunk", "embedded.docx")], parts=inner)


@_hostile("paths.docx", None, text="harmless")
def zip_with_names_that_climb_out(trap: Trap) -> bytes:
    names = ["../../../../etc/passwd", "/etc/shadow", "C:\\Windows\\win.ini", f"..{trap.file}", "a\0b", "x" * 60_000]
    return make.docx(make.paragraph("harmless"), parts=dict.fromkeys(names, "evil"))


@_hostile("method.docx", DAMAGED)
def zip_packed_with_a_greedy_method(_: Trap) -> bytes:
    return make.zipped({"word/document.xml": word_body(make.paragraph("x"))}, method=zipfile.ZIP_LZMA)


@_hostile("cut.docx", DAMAGED)
def zip_cut_off(_: Trap) -> bytes:
    whole = make.docx(make.paragraph("Hello " * 1000))
    return whole[: len(whole) * 2 // 3]


@_hostile("locked.docx", ENCRYPTED)
def office_file_with_a_password(_: Trap) -> bytes:
    return make.ole("EncryptionInfo", "EncryptedPackage")


@_hostile("old.doc", OLD)
def old_word_file(_: Trap) -> bytes:
    return make.ole("1Table", "WordDocument")


# ---------------------------------------------------------------- XML


def _laughs(levels: int) -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels)]
    return f"<!DOCTYPE lolz [{''.join(lines)}]>"


@_hostile("laughs.docx", DAMAGED)
def xml_billion_laughs(_: Trap) -> bytes:
    return _word(word_body("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", _laughs(10)))


@_hostile("quadratic.docx", DAMAGED)
def xml_quadratic_blowup(_: Trap) -> bytes:
    declared = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    return _word(word_body(f"<w:p><w:r><w:t>{'&a;' * 50_000}</w:t></w:r></w:p>", declared))


@_hostile("xxe.docx", DAMAGED)
def xml_entity_of_a_file(trap: Trap) -> bytes:
    declared = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{trap.file.as_uri()}">]>'
    return _word(word_body("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", declared))


@_hostile("dtd.docx", None, text="plain")
def xml_type_from_the_network(trap: Trap) -> bytes:
    return _word(word_body(make.paragraph("plain"), f'<!DOCTYPE x SYSTEM "{trap.address}/x.dtd">'))


@_hostile("xxe.epub", DAMAGED)
def epub_parameter_entity(trap: Trap) -> bytes:
    book = f'<!DOCTYPE package [<!ENTITY % a SYSTEM "{trap.address}/x"> %a;]><package/>'
    return make.epub({"a.xhtml": make.page("<p>x</p>")}, parts={"OEBPS/content.opf": book})


@_hostile("xxe.xhtml.epub", None, text="chapter")
def epub_chapter_with_entities(trap: Trap) -> bytes:
    page = f'<!DOCTYPE html [<!ENTITY a SYSTEM "{trap.file.as_uri()}">{_laughs(10)[15:-2]}]>'
    page += f'<html><body><p>chapter &a; &l9;</p><img src="{trap.address}/i"/></body></html>'
    return make.epub({"a.xhtml": page})


@_hostile("links.docx", None, text="linked")
def docx_that_points_outside(trap: Trap) -> bytes:
    link = '<w:hyperlink r:id="rId21"><w:r><w:t>linked</w:t></w:r></w:hyperlink>'
    body = make.paragraph(link) + '<w:altChunk r:id="rId20"/>'
    links = [("rId20", "aFChunk", trap.file.as_uri()), ("rId21", "hyperlink", f"{trap.address}/h")]
    links += [("rId22", "attachedTemplate", f"{trap.address}/t.dotm"), ("rId23", "image", "\\\\server.invalid\\x.png")]
    return make.docx(body, links=links)


@_hostile("main.docx", DAMAGED)
def docx_whose_main_part_is_elsewhere(trap: Trap) -> bytes:
    rels = make.relationships([("r1", "officeDocument", trap.file.as_uri())])
    return make.zipped({"_rels/.rels": rels, "word/other.xml": "<x/>"})


@_hostile("deep.docx", DAMAGED)
def xml_nested_a_hundred_thousand_times(_: Trap) -> bytes:
    return stored_word(word_body("<w:ins>" * 100_000 + "</w:ins>" * 100_000))


@_hostile("tables.docx", None, text="innermost")
def docx_tables_in_tables(_: Trap) -> bytes:
    inside = make.paragraph("innermost")
    for _depth in range(45):
        inside = make.word_table([[inside + make.paragraph("a"), "b"]])
    return make.docx(inside)


@_hostile("attribute.docx", DAMAGED)
def xml_endless_attribute(_: Trap) -> bytes:
    noise = base64.b64encode(random.Random(1).randbytes(12 << 20)).decode()
    return stored_word(word_body(f'<w:p w:x="{noise}"/>'))


@_hostile("attributes.docx", DAMAGED)
def xml_a_million_attributes(_: Trap) -> bytes:
    attributes = " ".join(f"a{number}=''" for number in range(1_000_000))
    return stored_word(word_body(f"<w:p {attributes}/>"))


@_hostile("elements.docx", MEMORY, SLOW)
def docx_millions_of_empty_runs(_: Trap) -> bytes:
    return stored_word(word_body(f"<w:p>{'<w:r/>' * 4_000_000}</w:p>"))


@_hostile("names.docx", EMPTY, MEMORY, SLOW)
def xml_every_element_of_another_name(_: Trap) -> bytes:
    return stored_word(word_body("".join(f"<w:p><n{number}/></w:p>" for number in range(400_000))))


@_hostile("styles.docx", None, text="styled")
def docx_styles_and_notes_in_circles(_: Trap) -> bytes:
    loop = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    return make.docx(make.paragraph("styled", loop, style="loop"), footnotes={2: make.paragraph("note", loop)})


@_hostile("bytes.docx", DAMAGED)
def xml_that_is_no_unicode(_: Trap) -> bytes:
    return _word(word_body("<w:p>\x01</w:p>").encode().replace(b"\x01", b"\xff\xfe\xc0\x80"))


@_hostile("utf7.docx", DAMAGED)
def xml_in_an_odd_encoding(_: Trap) -> bytes:
    return _word(word_body(make.paragraph("x")).replace("?>", ' encoding="utf-7"?>', 1).encode())


# ---------------------------------------------------------------- texts, sheets, slides, books


@_hostile("repeat.odt", None, text="cell")
def odt_cells_repeated_a_billion_times(_: Trap) -> bytes:
    cells = '<table:table-cell table:number-columns-repeated="999999999"><text:p>cell</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="999999999">{cells}</table:table-row>'
    return make.odt(f'<text:p>x<text:s text:c="999999999"/></text:p><table:table>{row}</table:table>')


@_hostile("lists.odt", DAMAGED)
def odt_lists_in_lists(_: Trap) -> bytes:
    opened, closed = "<text:list><text:list-item>", "</text:list-item></text:list>"
    return make.odt(opened * 20_000 + "<text:p>x</text:p>" + closed * 20_000)


@_hostile("dimension.xlsx", None, text="only")
def xlsx_that_claims_seventeen_billion_cells(_: Trap) -> bytes:
    rows = make.sheet_row(1, [make.cell("A1", "only", "inlineStr")])
    rows += make.sheet_row(1_048_576, [make.cell("XFD1048576", "far", "inlineStr")])
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension '
    sheet += f'ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
    return make.xlsx({"S": ""}, parts={"xl/worksheets/sheet1.xml": sheet})


@_hostile("sparse.xlsx", None, text="v")
def xlsx_cells_far_apart(_: Trap) -> bytes:
    letters = [a + b + c for a in "ABCDEFGHIJKLMNOPQRSTUVW" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for c in "AMZ"]
    rows = [make.sheet_row(n, [make.cell(f"{letters[n * 7 % 1500]}{n}", "v", "inlineStr")]) for n in range(1, 60_000)]
    return make.xlsx({"S": "".join(rows)})


@_hostile("shared.xlsx", None, text="share")
def xlsx_one_long_text_in_every_cell(_: Trap) -> bytes:
    cells = [make.sheet_row(n, [make.cell(f"A{n}", "0", "s")]) for n in range(1, 50_000)]
    return make.xlsx({"S": "".join(cells)}, shared=["share" * 200_000])


@_hostile("strings.xlsx", MEMORY, BOMB, SLOW)
def xlsx_millions_of_shared_texts(_: Trap) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = "".join(f"<si><t>{number:x}</t></si>" for number in range(1_500_000))
    return make.xlsx({"S": ""}, parts={"xl/sharedStrings.xml": f'<sst xmlns="{space}">{body}</sst>'})


@_hostile("rows.xlsx", BOMB, EMPTY, SLOW)
def xlsx_four_million_empty_rows(_: Trap) -> bytes:
    return make.xlsx({"S": '<row r="1"/>' * 4_000_000})


@_hostile("numbers.xlsx", None, text="1e999")
def xlsx_impossible_numbers(_: Trap) -> bytes:
    values = [("1e999", 0), ("nan", 1), ("1e300", 1), ("-5", 1), ("1" * 5000, 2), ("0x1F", 3), ("٣", 4), ("9" * 400, 1)]
    cells = [
        make.cell(f"{letter}1", value, "n", style) for letter, (value, style) in zip("ABCDEFGH", values, strict=True)
    ]
    return make.xlsx({"S": make.sheet_row(1, [*cells, make.cell("I1", "99999999999", "s")])})


@_hostile("slides.pptx", None, text="again")
def pptx_slides_in_circles(_: Trap) -> bytes:
    """The same slide fifty thousand times, and its notes are the slide itself."""
    links = [(f"rId{number}", "slide", "slides/slide1.xml") for number in range(20_000)]
    ids = "".join(f'<p:sldId id="{number}" r:id="rId{number % 20_000}"/>' for number in range(50_000))
    good = make.pptx([make.shape("again")])
    spaces = ('xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
              'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"')  # fmt: skip
    return _changed(good, {
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": make.relationships(links),
        "ppt/slides/_rels/slide1.xml.rels": make.relationships([("r1", "notesSlide", "slide1.xml")]),
    })  # fmt: skip


def _changed(data: bytes, parts: Mapping[str, str]) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        old: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return make.zipped({**old, **parts})


@_hostile("spine.epub", None, text="once")
def epub_spine_in_circles(_: Trap) -> bytes:
    return make.epub({"a.xhtml": make.page("<p>once</p>")}, spine=["a.xhtml", "missing"] * 50_000)


@_hostile("outside.epub", DAMAGED)
def epub_whose_package_is_outside(trap: Trap) -> bytes:
    container = (
        f'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfile full-path="../..{trap.file}"'
    )
    return make.zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": container + "/></container>"})


@_hostile("tags.epub", None, NO_TEXT, DAMAGED)
def epub_chapter_nested_a_hundred_thousand_times(_: Trap) -> bytes:
    return make.epub({"a.xhtml": make.page("<div>" * 100_000 + "deep" + "</div>" * 100_000)})


@_hostile("drm.epub", ENCRYPTED)
def epub_with_rights(_: Trap) -> bytes:
    secret = ('<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
              'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod '
              'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>')  # fmt: skip
    return make.epub({"a.xhtml": make.page("<p>x</p>")}, parts={"META-INF/encryption.xml": secret})


@_hostile("groups.rtf", None, text="deep")
def rtf_nested_a_hundred_thousand_times(_: Trap) -> bytes:
    return b"{\\rtf1 " + b"{\\b " * 100_000 + b"deep" + b"}" * 100_001


@_hostile("binary.rtf", None, EMPTY, DAMAGED)
def rtf_that_announces_binary_data(_: Trap) -> bytes:
    return b"{\\rtf1 before \\bin999999999 \x00\x01{\\u-99999 \\uc999999999 \\fcharset99999 after}"


@_hostile("picture.rtf", EMPTY)
def rtf_huge_picture(_: Trap) -> bytes:
    return b"{\\rtf1{\\pict\\picw999999999\\pich999999999 " + b"00ff" * (8 << 20) + b"}}"


@_hostile("words.rtf", None, EMPTY, text="x")
def rtf_millions_of_words(_: Trap) -> bytes:
    return b"{\\rtf1\\ansi" + b"\\trowd\\cell\\row{\\f1\\'b0\\u20320?}x\\par" * 150_000 + b"}"


# ---------------------------------------------------------------- texts without a container


@_hostile("quote.csv", None, text="b")
def csv_endless_quote(_: Trap) -> bytes:
    return b'a,"b\n' + b"1,2\n" * 4_000_000


@_hostile("commas.csv", None, EMPTY, MEMORY)
def csv_ten_million_columns(_: Trap) -> bytes:
    return b"," * 10_000_000 + b"x\n" + b"1,2\n"


@_hostile("tags.html", None, DAMAGED, text="")
def html_nested_a_hundred_thousand_times(_: Trap) -> bytes:
    return b"<html><body>" + b"<div><b><table><tr><td>" * 20_000 + b"deep"


@_hostile("brackets.md", None, DAMAGED)
def markdown_brackets_and_quotes(_: Trap) -> bytes:
    return b"[" * 50_000 + b"\n\n" + b"> " * 50_000 + b"x\n\n" + b"*a **b _c " * 20_000 + b"`" * 50_000


@_hostile("parts.eml", None, DAMAGED, EMPTY)
def mail_parts_in_parts(_: Trap) -> bytes:
    head = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
    levels = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(5_000)
    )
    return head + levels + b"Content-Type: text/plain\r\n\r\nHello\r\n"


@_hostile("line.txt", None, text="xxxx")
def text_of_a_single_line(_: Trap) -> bytes:
    return b"x" * 40_000_000


@_hostile("noise.bin", UNKNOWN)
def noise(_: Trap) -> bytes:
    return random.Random(5).randbytes(2 << 20)


@_hostile("nothing.pdf", EMPTY)
def nothing(_: Trap) -> bytes:
    return b""


# ---------------------------------------------------------------- PDF


def _one_page(objects: Objects, content: int, *, resources: bytes = b"<< >>", root: int, tree: int) -> None:
    page = objects.add(
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources %s /Contents %d 0 R >>"
        % (tree, resources, content)
    )
    objects.put(tree, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % page)
    objects.put(root, b"<< /Type /Catalog /Pages %d 0 R >>" % tree)


_FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def _with_content(data: bytes, resources: bytes = _FONT, *, entries: bytes = b"", pack: bool = True) -> bytes:
    objects = Objects()
    root, tree = objects.reserve(), objects.reserve()
    content = objects.stream(data, entries, pack=pack)
    _one_page(objects, content, resources=resources, root=root, tree=tree)
    return objects.file(root)


@_hostile("tree.pdf", DAMAGED, EMPTY)
def pdf_page_tree_in_a_circle(_: Trap) -> bytes:
    objects = Objects()
    root = objects.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.add(b"<< /Type /Pages /Count 1000000 /Kids [3 0 R 2 0 R] /Parent 3 0 R >>")
    objects.add(b"<< /Type /Pages /Count 1000000 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>")
    return objects.file(root)


@_hostile("fan.pdf", DAMAGED, EMPTY, NO_TEXT, None)
def pdf_page_tree_of_a_billion_pages(_: Trap) -> bytes:
    """Ten levels of ten references to the same node each."""
    objects = Objects()
    root = objects.add(b"<< /Type /Catalog /Pages 2 0 R >>")
    for level in range(9):
        kids = b"%d 0 R " % (level + 3) * 10
        objects.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (10 ** (9 - level), kids))
    objects.add(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    return objects.file(root)


@_hostile("count.pdf", None, text="one page")
def pdf_that_counts_a_billion_pages(_: Trap) -> bytes:
    return pdf([_page("one page")]).replace(b"/Count 1", b"/Count 999999999")


def _page(text: str) -> Page:
    page = Page()
    page.lines([text])
    return page


@_hostile("flate.pdf", None, EMPTY, DAMAGED, MEMORY, NO_TEXT)
def pdf_content_of_half_a_gigabyte(_: Trap) -> bytes:
    packer = zlib.compressobj(6)
    data = b"".join(packer.compress(b"0 " * (1 << 19)) for _ in range(500)) + packer.flush()
    return _with_content(data, entries=b"/Filter /FlateDecode", pack=False)


@_hostile("cascade.pdf", None, EMPTY, DAMAGED, MEMORY, NO_TEXT)
def pdf_filters_on_filters(_: Trap) -> bytes:
    data = b"q " * (32 << 20)
    for _ in range(4):
        data = zlib.compress(data, 9)
    return _with_content(data, entries=b"/Filter [" + b"/FlateDecode " * 4 + b"]", pack=False)


@_hostile("objects.pdf", DAMAGED, EMPTY, MEMORY, NO_TEXT)
def pdf_object_stream_bomb(_: Trap) -> bytes:
    """Its catalogue lies in a stream of 400 MB that extends itself."""
    packer = zlib.compressobj(6)
    data = packer.compress(b"1 0 << /Type /Catalog /Pages 1 0 R >> ")
    data += b"".join(packer.compress(b" " * (1 << 20)) for _ in range(400)) + packer.flush()
    head = b"%PDF-1.7\n2 0 obj\n<< /Type /ObjStm /N 1000000 /First 4 /Extends 2 0 R /Filter /FlateDecode "
    body = head + b"/Length %d >>\nstream\n" % len(data) + data + b"\nendstream\nendobj\n"
    table = zlib.compress(bytes((0, 0, 0, 0, 0, 0)) + bytes((2, 0, 0, 0, 2, 0)) + bytes((1, 0, 0, 0, 9, 0)))
    xref = b"<< /Type /XRef /W [1 4 1] /Size 3 /Root 1 0 R /Filter /FlateDecode /Length %d >>" % len(table)
    return (
        body + b"3 0 obj\n" + xref + b"\nstream\n" + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)
    )


@_hostile("prev.pdf", None, DAMAGED, text="kept")
def pdf_cross_references_in_a_circle(_: Trap) -> bytes:
    whole = pdf([_page("kept")])
    start = whole.index(b"xref\n0")
    return whole.replace(b"/Root", b"/Prev %d /Root" % start)


@_hostile("offsets.pdf", None, text="found")
def pdf_broken_cross_references(_: Trap) -> bytes:
    return pdf([_page("found again")]).replace(b"0000000", b"0000900")


@_hostile("cut.pdf", None, DAMAGED)
def pdf_cut_off(_: Trap) -> bytes:
    whole = pdf([_page(f"page {number}") for number in range(30)])
    return whole[: len(whole) // 2]


@_hostile("image.pdf", NO_TEXT)
def pdf_huge_image(_: Trap) -> bytes:
    objects = Objects()
    root, tree = objects.reserve(), objects.reserve()
    image = objects.stream(
        zlib.compress(b"\0" * (1 << 20)),
        b"/Type /XObject /Subtype /Image /Width 1000000 /Height 1000000 /BitsPerComponent 16 /ColorSpace /DeviceCMYK "
        b"/Filter [/FlateDecode]",
        pack=False,
    )
    content = objects.stream(b"q 500 0 0 500 0 0 cm /Im Do Q")
    _one_page(objects, content, resources=b"<< /XObject << /Im %d 0 R >> >>" % image, root=root, tree=tree)
    return objects.file(root)


@_hostile("form.pdf", None, EMPTY, NO_TEXT, MEMORY, SLOW, text="drawn")
def pdf_drawing_that_draws_itself(_: Trap) -> bytes:
    objects = Objects()
    root, tree = objects.reserve(), objects.reserve()
    number = len(objects.bodies) + 1
    objects.stream(
        b"/X Do /X Do /X Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % number,
    )
    content = objects.stream(b"/X Do BT /F1 11 Tf 72 700 Td (drawn) Tj ET")
    resources = b"<< /XObject << /X %d 0 R >> " % number + _FONT[3:]
    _one_page(objects, content, resources=resources, root=root, tree=tree)
    return objects.file(root)


@_hostile("arrays.pdf", DAMAGED, EMPTY, NO_TEXT, None)
def pdf_arrays_in_arrays(_: Trap) -> bytes:
    objects = Objects()
    root = objects.add(b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 500_000 + b"]" * 500_000 + b" >>")
    objects.add(b"<< /Type /Pages /Count 0 /Kids [] /X " + b"<</A" * 200_000 + b">>" * 200_000 + b" >>")
    return objects.file(root)


@_hostile("operators.pdf", None, EMPTY, NO_TEXT, SLOW)
def pdf_operators_in_operators(_: Trap) -> bytes:
    return _with_content(b"q BT /F1 9 Tf [" * 300_000 + b"(x) Tj ET Q " * 300_000)


@_hostile(
    "letters.pdf",
    None,
    text="ab",
)
def pdf_millions_of_letters(_: Trap) -> bytes:
    line = b"BT /F1 1 Tf %d %d Td (ab%d " + b"cd " * 20 + b") Tj ET\n"
    return _with_content(b"".join(line % (number % 19 * 30, number // 19, number) for number in range(15_000)))


@_hostile("table.pdf", None, EMPTY, NO_TEXT, text="")
def pdf_font_table_bomb(_: Trap) -> bytes:
    table = b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    table += b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\n" * 3_000
    objects = Objects()
    root, tree = objects.reserve(), objects.reserve()
    meaning = objects.stream(table)
    font = (b"<< /Font << /F1 << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode %d 0 R "
            b"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (A) "
            b"/Ordering (B) /Supplement 0 >> >>] >> >> >>" % meaning)  # fmt: skip
    _one_page(objects, objects.stream(b"BT /F1 9 Tf 72 700 Td <00410042> Tj ET"), resources=font, root=root, tree=tree)
    return objects.file(root)


@_hostile("actions.pdf", None, text="quiet")
def pdf_that_wants_to_act(trap: Trap) -> bytes:
    actions = b"/OpenAction << /S /Launch /F (%s) /Next << /S /URI /URI (%s) >> >> " % (
        str(trap.file).encode(),
        trap.address.encode(),
    )
    actions += b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (while(true){}) >>] >> >> "
    return pdf([_page("quiet")]).replace(b"/Type /Catalog", b"/Type /Catalog " + actions)


@_hostile("external.pdf", None, EMPTY, DAMAGED, NO_TEXT)
def pdf_stream_in_another_file(trap: Trap) -> bytes:
    place = str(trap.file).encode()
    return _with_content(b"", entries=b"/F (%s) /FFilter /FlateDecode" % place, pack=False)


@_hostile("outline.pdf", None, text="marked")
def pdf_bookmarks_in_a_circle(_: Trap) -> bytes:
    whole = pdf([_page("marked")], outline=[("marked", 0), ("b", 0), ("c", 0)])
    number = whole[: whole.rindex(b"/Title")].count(b" 0 obj\n")
    return whole.replace(b"/Fit]", b"/Fit] /First %d 0 R" % number).replace(b"/Next", b"/Next %d 0 R /X" % (number - 1))


@_hostile("locked.pdf", ENCRYPTED)
def pdf_with_a_password(_: Trap) -> bytes:
    return pdf([_page("secret")], password="secret")
