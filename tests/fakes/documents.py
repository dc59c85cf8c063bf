"""Small real documents of each format, made by code: what programs write, cut down to what a reader has to know."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *(("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing")),
        *(("svg", "svg-compatible"), ("manifest", "manifest")),
    )
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def relationships(links: Sequence[tuple[str, str, str]]) -> str:
    """A part with relationships: id, kind and target of each; a target with a scheme is an external one."""
    lines = []
    for key, kind, target in links:
        mode = ' TargetMode="External"' if "://" in target else ""
        lines.append(f'<Relationship Id="{key}" Type="{_TYPES}/{kind}" Target={quoteattr(target)}{mode}/>')
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{"".join(lines)}</Relationships>'


def _properties(title: str) -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    )


def _package(main: str, parts: Mapping[str, str | bytes], title: str) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships([("rId1", "officeDocument", main)]),
        "docProps/core.xml": _properties(title),
        **parts,
    }


# ---------------------------------------------------------------- DOCX


def run(text: str, properties: str = "") -> str:
    """A run of text, with the XML of its properties."""
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str, style: str = "", item: tuple[int, int] | None = None, properties: str = "") -> str:
    """A paragraph of XML pieces; plain words become a run.

    :param item: the list it belongs to, and how deep (from 0).
    """
    inside = f'<w:pStyle w:val="{style}"/>' if style else ""
    if item is not None:
        inside += f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    body = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    return f"<w:p><w:pPr>{inside}{properties}</w:pPr>{body}</w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    """A table; a cell that begins with ``<`` is XML."""
    lines = []
    for row in rows:
        cells = (cell if cell.startswith("<") else paragraph(cell) for cell in row)
        lines.append("<w:tr>" + "".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in cells) + "</w:tr>")
    return f"<w:tbl><w:tblPr/>{''.join(lines)}</w:tbl>"


STYLES = "".join(
    [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>',
        # as a German Word writes them: the id is translated, the name is not
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>',
        '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/>'
        '<w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>',
        '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style>',
        '<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="一级标题"/>'
        '<w:basedOn w:val="berschrift1"/></w:style>',
        '<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="x"/><w:basedOn w:val="loop2"/></w:style>',
        '<w:style w:type="paragraph" w:styleId="loop2"><w:name w:val="y"/><w:basedOn w:val="loop"/></w:style>',
        '<w:style w:type="paragraph" w:styleId="cap"><w:name w:val="caption"/></w:style>',
        '<w:style w:type="paragraph" w:styleId="toc1"><w:name w:val="toc 1"/></w:style>',
    ]
)


def _level(number: int, form: str, text: str) -> str:
    return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    + _level(0, "decimal", "%1.")
    + _level(1, "lowerLetter", "%1.%2)")
    + "</w:abstractNum>"
    + '<w:abstractNum w:abstractNumId="8">'
    + _level(0, "bullet", "•")
    + _level(1, "bullet", "o")
    + "</w:abstractNum>"
    + '<w:abstractNum w:abstractNumId="9">'
    + _level(0, "chineseCountingThousand", "第%1条")
    + "</w:abstractNum>"
    + '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    + '<w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num>'
    + '<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    + "</w:lvlOverride></w:num>"
)
"""Lists: 1 and 4 are numbered (4 starts again), 2 has bullets, 3 counts in Chinese."""


def docx(
    body: str,
    *,
    title: str = "",
    footnotes: Mapping[int, str] | None = None,
    links: Sequence[tuple[str, str, str]] = (),
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A document with this XML in its body.

    :param footnotes: XML of paragraphs by id.
    :param links: further relationships of the main part.
    """
    spaces = f"{_W} {_MC} {_M} {_A} {_R}"
    notes = "".join(f'<w:footnote w:id="{key}">{xml}</w:footnote>' for key, xml in (footnotes or {}).items())
    wanted = [("rId1", "styles", "styles.xml"), ("rId2", "numbering", "numbering.xml")]
    wanted += [("rId3", "footnotes", "footnotes.xml")] if notes else []
    return zipped(
        _package(
            "word/document.xml",
            {
                "word/document.xml": f"{HEAD}<w:document {spaces}><w:body>{body}</w:body></w:document>",
                "word/styles.xml": f"{HEAD}<w:styles {_W}>{STYLES}</w:styles>",
                "word/numbering.xml": f"{HEAD}<w:numbering {_W}>{NUMBERING}</w:numbering>",
                "word/footnotes.xml": f'{HEAD}<w:footnotes {_W}><w:footnote w:id="-1" w:type="separator">'
                f"{paragraph('never shown')}</w:footnote>{notes}</w:footnotes>",
                "word/_rels/document.xml.rels": relationships([*wanted, *links]),
                **(parts or {}),
            },
            title,
        )
    )


# ---------------------------------------------------------------- PPTX


def shape(*texts: str, kind: str | None = None, level: int = 0) -> str:
    """A shape with a paragraph for each text; ``kind`` makes it a placeholder."""
    holder = "" if kind is None else f'<p:ph type="{kind}"/>' if kind else "<p:ph/>"
    lines = "".join(f'<a:p><a:pPr lvl="{level}"/><a:r><a:t>{escape(text)}</a:t></a:r></a:p>' for text in texts)
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr id='1' name='x'/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>"
        f"<p:txBody>{lines}</p:txBody></p:sp>"
    )


def slide_table(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join(
        "<a:tr>" + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{escape(cell)}</a:t></a:r></a:p></a:txBody></a:tc>"
                           for cell in row) + "</a:tr>"
        for row in rows
    )  # fmt: skip
    return (
        f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def pptx(slides: Sequence[str], *, notes: Mapping[int, str] | None = None, title: str = "") -> bytes:
    """A presentation with the XML of the shapes of each slide.

    :param notes: what the speaker noted, by slide from 0.
    """
    parts: dict[str, str | bytes] = {}
    links, ids = [], []
    for at, shapes in enumerate(slides):
        # Numbered backwards: the order of the show is not that of the names.
        name = f"slide{len(slides) - at}.xml"
        parts[f"ppt/slides/{name}"] = _slide("sld", shapes)
        links.append((f"rId{at}", "slide", f"slides/{name}"))
        ids.append(f'<p:sldId id="{256 + at}" r:id="rId{at}"/>')
        if notes and at in notes:
            parts[f"ppt/slides/_rels/{name}.rels"] = relationships([("r1", "notesSlide", f"../notesSlides/n{at}.xml")])
            inside = shape(notes[at], kind="body") + shape("7", kind="sldNum")
            parts[f"ppt/notesSlides/n{at}.xml"] = _slide("notes", inside)
    main = f"{HEAD}<p:presentation {_P} {_R}><p:sldIdLst>{''.join(ids)}</p:sldIdLst></p:presentation>"
    parts |= {"ppt/presentation.xml": main, "ppt/_rels/presentation.xml.rels": relationships(links)}
    return zipped(_package("ppt/presentation.xml", parts, title))


def _slide(kind: str, shapes: str) -> str:
    return f"{HEAD}<p:{kind} {_P} {_A} {_R} {_MC}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{kind}>"


# ---------------------------------------------------------------- XLSX


def sheet_row(number: int, cells: Sequence[str]) -> str:
    """A row of the XML of cells, see ``cell``."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(reference: str, value: str, kind: str = "n", style: int = 0) -> str:
    if kind == "inlineStr":
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{reference}" t="{kind}" s="{style}"><v>{escape(value)}</v></c>'


def xlsx(
    sheets: Mapping[str, str],
    *,
    shared: Sequence[str] = (),
    title: str = "",
    date1904: bool = False,
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook with the XML of the rows of each sheet.

    Styles of cells: 1 date, 2 percent, 3 date and time, 4 a date of its own, 5 hours.
    """
    links, listed = [], []
    files: dict[str, str | bytes] = {}
    for at, (name, rows) in enumerate(sheets.items(), 1):
        files[f"xl/worksheets/sheet{at}.xml"] = f"{HEAD}<worksheet {_X}><sheetData>{rows}</sheetData></worksheet>"
        links.append((f"rId{at}", "worksheet", f"/xl/worksheets/sheet{at}.xml"))
        listed.append(f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>')
    links += [("rId98", "sharedStrings", "sharedStrings.xml"), ("rId99", "styles", "styles.xml")]
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 9, 22, 164, 46))
    files |= {
        "xl/workbook.xml": f'{HEAD}<workbook {_X} {_R}><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{''.join(listed)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(links),
        "xl/sharedStrings.xml": f"{HEAD}<sst {_X}>{items}</sst>",
        "xl/styles.xml": f'{HEAD}<styleSheet {_X}><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m'
        f'&quot;月&quot;d&quot;日&quot;"/></numFmts><cellXfs>{formats}</cellXfs></styleSheet>',
    }
    return zipped(_package("xl/workbook.xml", {**files, **(parts or {})}, title))


# ---------------------------------------------------------------- ODT


def odt(body: str, *, title: str = "", automatic: str = "", encrypted: bool = False) -> bytes:
    """A document with this XML in its body. Lists: style ``N`` is numbered, others have bullets."""
    lists = (
        '<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/></text:list-style>'
    )
    secret = '<manifest:encryption-data manifest:checksum="x"/>' if encrypted else ""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": f"{HEAD}<manifest:manifest {_ODF}><manifest:file-entry "
            f'manifest:full-path="content.xml">{secret}</manifest:file-entry></manifest:manifest>',
            "meta.xml": f'{HEAD}<office:document-meta {_ODF} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
            f"<dc:title>{escape(title)}</dc:title></office:meta></office:document-meta>",
            "styles.xml": f'{HEAD}<office:document-styles {_ODF}><office:styles><style:style style:name="Title"/>'
            f"</office:styles></office:document-styles>",
            "content.xml": f"{HEAD}<office:document-content {_ODF}><office:automatic-styles>{lists}{automatic}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            f"</office:document-content>",
        }
    )


# ---------------------------------------------------------------- EPUB


def page(body: str, title: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"<title>{escape(title)}</title></head><body>{body}</body></html>"
    )


def epub(
    chapters: Mapping[str, str],
    *,
    title: str = "",
    spine: Sequence[str] | None = None,
    contents: Mapping[str, str] | None = None,
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A book with the pages of its chapters by name.

    :param spine: names in reading order; a name may come more than once.
    :param contents: titles of chapters in the table of contents, by name.
    """
    items = "".join(
        f'<item id="i{at}" href="text/{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(chapters)
    )
    ids = {name: f"i{at}" for at, name in enumerate(chapters)}
    order = "".join(f'<itemref idref="{ids.get(name, name)}"/>' for name in (chapters if spine is None else spine))
    points = "".join(
        f"<navPoint><navLabel><text>{escape(label)}</text></navLabel><content src='text/{name}#top'/></navPoint>"
        for name, label in (contents or {}).items()
    )
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles>'
            "</container>",
            "OEBPS/content.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><metadata '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></metadata><manifest>{items}'
            f'<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
            f'<spine toc="ncx">{order}</spine></package>',
            "OEBPS/toc.ncx": '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx.dtd">'
            f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>',
            **{f"OEBPS/text/{name}": text for name, text in chapters.items()},
            **(parts or {}),
        }
    )


# ---------------------------------------------------------------- what came before zip


def ole(*streams: str) -> bytes:
    """The beginning of a compound file and a directory with streams of these names, as old Office formats have."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[24:34] = b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00"
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return bytes(header) + entries.ljust(1024, b"\0")
