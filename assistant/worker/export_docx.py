"""A small writer of Word files: headings, paragraphs, lists, tables and real footnotes. Office Open XML in a zip."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from assistant.worker.exporting import Block, BlockKind, Note, Paper, Run, blocks_of

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DATE = (1980, 1, 1, 0, 0, 0)  # the same text gives the same file
_LEVELS = 4  # depths of lists
_PARTS = ("document", "styles", "numbering", "footnotes")


def as_docx(paper: Paper) -> bytes:
    """The file's bytes."""
    blocks = blocks_of(paper)
    files = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations([("rId1", "officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": _relations(
            [(f"rId{n}", name, f"{name}.xml") for n, name in enumerate(_PARTS[1:], 1)]
        ),
        "word/document.xml": _document(paper, blocks),
        "word/styles.xml": _styles(),
        "word/numbering.xml": _numbering(blocks),
        "word/footnotes.xml": _footnotes(paper),
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), _HEADER + text, zipfile.ZIP_DEFLATED)
    return data.getvalue()


# ---------------------------------------------------------------- the text


def _document(paper: Paper, blocks: list[Block]) -> str:
    body = [_paragraph(_text(paper.title), "Title")] if paper.title else []
    body += [_paragraph(_text(caveat), "Caveat") for caveat in paper.caveats]
    lists = 0
    before: Block | None = None
    for block in blocks:
        if _begins_list(block, before):
            lists += 1
        body.append(_block(block, lists))
        before = block
    body.append('<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
                '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709"'
                ' w:gutter="0"/></w:sectPr>')  # fmt: skip
    return f'<w:document xmlns:w="{_MAIN}"><w:body>{"".join(body)}</w:body></w:document>'


def _begins_list(block: Block, before: Block | None) -> bool:
    """Each list with numbers counts for itself."""
    if block.kind is not BlockKind.ITEM or block.level > 1:
        return False
    if before is None or before.kind is not BlockKind.ITEM:
        return True
    return before.level == 1 and bool(before.number) != bool(block.number)


def _block(block: Block, lists: int) -> str:
    if block.kind is BlockKind.TABLE:
        return _table(block)
    runs = _runs(block.runs)
    if block.kind is BlockKind.ITEM:
        level = min(block.level, _LEVELS) - 1
        number = lists if block.number else 0
        more = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number + 1}"/></w:numPr>'
        return _paragraph(runs, "ListParagraph", more)
    style = {
        BlockKind.HEADING: f"Heading{min(block.level, 3)}",
        BlockKind.QUOTE: "Quote",
        BlockKind.CODE: "Code",
    }.get(block.kind, "")
    return _paragraph(runs, style)


def _paragraph(runs: str, style: str = "", more: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{named}{more}</w:pPr>" if named or more else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _runs(runs: list[Run]) -> str:
    parts = []
    for run in runs:
        if run.note:
            parts.append(
                '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
                f'<w:footnoteReference w:id="{run.note}"/></w:r>'
            )
            continue
        fonts = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>' if run.code else ""
        style = fonts + ("<w:b/>" if run.bold else "") + ("<w:i/>" if run.italic else "")
        parts.append(_text(run.text, style))
    return "".join(parts)


def _text(text: str, style: str = "") -> str:
    properties = f"<w:rPr>{style}</w:rPr>" if style else ""
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")]
    return f"<w:r>{properties}{'<w:br/>'.join(lines)}</w:r>"


def _table(block: Block) -> str:
    width = max((len(row) for row in block.rows), default=0)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    column = 9070 // max(1, width)
    grid = f'<w:gridCol w:w="{column}"/>' * width
    rows = []
    for number, row in enumerate(block.rows):
        cells = [[Run(run.text, True, run.italic, run.code, run.note) for run in cell] for cell in row]
        shown = [*(cells if number == 0 else row), *([[]] * (width - len(row)))]
        filled = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/></w:tcPr>{_paragraph(_runs(cell))}</w:tc>'
            for cell in shown
        )
        head = "<w:trPr><w:tblHeader/></w:trPr>" if number == 0 else ""
        rows.append(f"<w:tr>{head}{filled}</w:tr>")
    table = (
        f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    return table + _paragraph("")  # two tables that touch would become one


# ---------------------------------------------------------------- the notes


def _footnotes(paper: Paper) -> str:
    lines = (("separator", -1), ("continuationSeparator", 0))
    parts = [
        f'<w:footnote w:type="{name}" w:id="{number}"><w:p><w:r><w:{name}/></w:r></w:p></w:footnote>'
        for name, number in lines
    ]
    parts += [f'<w:footnote w:id="{note.number}">{_note(paper, note)}</w:footnote>' for note in paper.notes]
    return f'<w:footnotes xmlns:w="{_MAIN}">{"".join(parts)}</w:footnotes>'


def _note(paper: Paper, note: Note) -> str:
    said = []
    for place in note.places:
        said.append(_text(paper.quoted(paper.where(place), place.quote)))
    said += [_text(remark, "<w:i/>") for remark in paper.remarks(note)]
    number = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>' + _text(" ")
    return "".join(_paragraph((number if index == 0 else "") + line, "FootnoteText") for index, line in enumerate(said))


# ---------------------------------------------------------------- what every such file has


def _content_types() -> str:
    kinds = {name: "document.main" if name == "document" else name for name in _PARTS}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(entries: list[tuple[str, str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _numbering(blocks: list[Block]) -> str:
    """List 1 has bullets; then one with numbers for each list, so that each begins at its own first number."""
    starts = []
    before: Block | None = None
    for block in blocks:
        if _begins_list(block, before):
            starts.append(max(1, block.number))
        before = block
    kinds = [_abstract(0, bullets=True), _abstract(1, bullets=False)]
    numbers = ['<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>']
    for index, start in enumerate(starts):
        numbers.append(
            f'<w:num w:numId="{index + 2}"><w:abstractNumId w:val="1"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        )
    return f'<w:numbering xmlns:w="{_MAIN}">{"".join(kinds)}{"".join(numbers)}</w:numbering>'


def _abstract(number: int, *, bullets: bool) -> str:
    levels = []
    for level in range(_LEVELS):
        sign, form = ("•", "bullet") if bullets else (f"%{level + 1}.", "decimal")
        levels.append(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{sign}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{360 * (level + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
        )
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>{"".join(levels)}'
        "</w:abstractNum>"
    )


def _styles() -> str:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Arial"/>'
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="22"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="140" w:line="288" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    styles = [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
        _style("Title", "Title", run='<w:b/><w:sz w:val="36"/>'),
        *(
            _style(
                f"Heading{level}",
                f"heading {level}",
                f'<w:keepNext/><w:outlineLvl w:val="{level - 1}"/>',
                f'<w:b/><w:sz w:val="{size}"/>',
            )
            for level, size in ((1, 30), (2, 26), (3, 23))
        ),
        _style("ListParagraph", "List Paragraph", '<w:spacing w:after="60"/>'),
        _style("Quote", "Quote", '<w:ind w:left="567" w:right="567"/>', "<w:i/>"),
        _style(
            "Caveat",
            "Caveat",
            '<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="C77700"/></w:pBdr><w:spacing w:after="60"/>',
            "<w:i/>",
        ),
        _style("Code", "Code", run='<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/><w:sz w:val="20"/>'),
        _style(
            "FootnoteText",
            "footnote text",
            '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>',
            '<w:sz w:val="18"/>',
        ),
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>',
    ]
    return f'<w:styles xmlns:w="{_MAIN}">{defaults}{"".join(styles)}</w:styles>'


def _style(identifier: str, name: str, paragraph: str = "", run: str = "") -> str:
    paragraph = f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""
    run = f"<w:rPr>{run}</w:rPr>" if run else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f"{paragraph}{run}</w:style>"
    )
