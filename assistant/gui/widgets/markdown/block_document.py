"""One block of text as a document that Qt can lay out, and what a reader sees of it as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from PySide6.QtGui import (
    QBrush,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
)

from assistant.gui.widgets.markdown.blocks import Block, BlockKind, cells
from assistant.gui.widgets.markdown.inline import GUARD, SEAM, SPACER, prepare
from assistant.gui.widgets.reading_style import CODE_LINE, HEADING_LINE, ReadingStyle
from assistant.gui.widgets.safe_text import MARKDOWN, SafeDocument, safe_document, safe_link
from assistant.texts import lists, tr

MAY_WRAP = 40  # columns of code that fit into any window
_TAKEN_OUT = (ord(SEAM), ord(SPACER))
FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value


def build(block: Block, style: ReadingStyle, *, growing: bool = False) -> SafeDocument:
    """A document for ``block`` (not for a rule, which has none), not yet laid out."""
    document = safe_document()
    document.setDefaultTextOption(style.wrap)
    if block.kind is BlockKind.CODE:
        _plain(document, block.text, style.code, style.code_line)
        hang_lines(document, 0, style.code_character)
    elif block.kind in (BlockKind.PLAIN, BlockKind.MATH):
        _plain(document, block.text, style.reading, style.line)
    elif block.kind is BlockKind.TABLE:
        _table(document, block.text, style)
    else:
        _prose(document, block, style, growing=growing)
    return document


def visible_text(document: SafeDocument, start: int, end: int) -> str:
    """What stands between two positions of ``document``, as plain text. Cells of a table are parted by tabs."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    if document.rootFrame().childFrames():
        return _table_text(document, start, end)
    return cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n").replace("\u00a0", " ")


def link_at(document: SafeDocument, position: int) -> str:
    """The address of the link that covers ``position``, or an empty string."""
    block = document.findBlock(position)
    for fragment in fragments(block):
        if fragment.position() <= position < fragment.position() + fragment.length():
            return fragment.charFormat().anchorHref()
    return ""


def fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    """The runs of one format in ``block``."""
    iterator = block.begin()
    while not iterator.atEnd():
        yield iterator.fragment()
        iterator += 1


def _plain(document: SafeDocument, text: str, font: QFont, line: int) -> None:
    document.setDefaultFont(font)
    document.setPlainText(text.removesuffix("\n"))
    _set_lines(document, line)


def hang_lines(document: SafeDocument, start: int, character: float) -> None:
    """Let the lines of code from block number ``start`` on that may wrap go on a little right of where they begin."""
    cursor = QTextCursor(document)
    line = document.findBlockByNumber(start)
    while line.isValid():
        text = line.text()
        if len(text) > MAY_WRAP:
            columns = len(text) - len(text.lstrip()) + text[:MAY_WRAP].count("\t") * 3 + 2
            form = QTextBlockFormat()
            form.setLeftMargin(min(columns, MAY_WRAP) * character)
            form.setTextIndent(-form.leftMargin())
            cursor.setPosition(line.position())
            cursor.mergeBlockFormat(form)
        line = line.next()


def _set_lines(document: SafeDocument, line: int) -> None:
    form = QTextBlockFormat()
    form.setLineHeight(line, FIXED)
    form.setTopMargin(0)
    form.setBottomMargin(0)
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(form)


def _prose(document: SafeDocument, block: Block, style: ReadingStyle, *, growing: bool) -> None:
    heading = block.kind is BlockKind.HEADING
    font = style.heading(block.level) if heading else style.reading
    document.setDefaultFont(font)
    document.setMarkdown(prepare(block.text.removesuffix("\n"), growing=growing), MARKDOWN)
    first = QTextCursor(document)
    first.deleteChar()  # the guard
    _remove_seams(document)
    _set_lines(document, round(style.size_of(font) * (HEADING_LINE if heading else 1)) if heading else style.line)
    _dress(document, style, font)


def _remove_seams(document: SafeDocument) -> None:
    text = document.toPlainText()
    if SEAM not in text and SPACER not in text:
        return
    units = memoryview(text.encode("utf-16-le")).cast("H")  # in which Qt counts
    cursor = QTextCursor(document)
    for place in range(len(units) - 1, -1, -1):
        if units[place] in _TAKEN_OUT:
            cursor.setPosition(place)
            cursor.deleteChar()


def _dress(document: SafeDocument, style: ReadingStyle, font: QFont) -> None:
    """Give code, links and pictures inside the text their look; a link that may not be followed becomes text."""
    changes: list[tuple[int, int, QTextCharFormat | None, str]] = []
    block = document.begin()
    while block.isValid():
        for fragment in fragments(block):
            form = fragment.charFormat()
            start, end = fragment.position(), fragment.position() + fragment.length()
            if form.isImageFormat():
                changes.append((start, end, None, _picture_name(form.toImageFormat())))
            elif form.isAnchor():
                changes.append((start, end, _link_format(form, style), ""))
            elif form.fontFixedPitch():
                changes.append((start, end, _code_format(form, style, font), ""))
        block = block.next()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for start, end, new, text in reversed(changes):
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        if new is None:
            quiet = QTextCharFormat()
            quiet.setForeground(QBrush(style.quiet_text))
            cursor.insertText(text * (end - start), quiet)
        else:
            cursor.setCharFormat(new)
    cursor.endEditBlock()


def _picture_name(picture: QTextImageFormat) -> str:
    """What stands for a picture, none of which is loaded: what it shows, and where it is."""
    try:
        host = urlsplit(picture.name()).hostname or ""
    except ValueError:
        host = ""
    words = str(picture.property(QTextFormat.Property.ImageAltText) or "").translate(dict.fromkeys(_TAKEN_OUT))
    shows = " ".join(words.split())
    what = lists.clauses(shows, host)
    return tr("[image: {what}]", what=what) if what else tr("[image]")


def _link_format(form: QTextCharFormat, style: ReadingStyle) -> QTextCharFormat:
    new = QTextCharFormat()
    new.setFontWeight(form.fontWeight())
    new.setFontItalic(form.fontItalic())
    address = safe_link(form.anchorHref())
    if address:
        new.setAnchor(True)
        new.setAnchorHref(address)
        new.setForeground(QBrush(style.lamp))
        new.setFontUnderline(True)
    return new


def _code_format(form: QTextCharFormat, style: ReadingStyle, font: QFont) -> QTextCharFormat:
    new = QTextCharFormat()
    new.setFontFamilies(style.code.families())
    new.setFontFixedPitch(True)
    new.setFontPointSize(font.pointSizeF() * 0.92)
    new.setFontWeight(form.fontWeight())
    new.setFontItalic(form.fontItalic())
    new.setBackground(QBrush(style.code_box))
    return new


# ---------------------------------------------------------------- tables


def _table(document: SafeDocument, text: str, style: ReadingStyle) -> None:
    rows = [cells(line) for line in text.removesuffix("\n").split("\n")]
    width = min(len(rows[0]), 40)
    lines = []
    for number, row in enumerate(rows):
        shown = [*row[:width], *[""] * (width - len(row))]
        if number != 1:
            shown = [prepare(cell).removeprefix(GUARD).replace("|", "\\|") for cell in shown]
        lines.append("| " + " | ".join(shown) + " |")
    document.setDefaultFont(style.reading)
    document.setMarkdown("\n".join(lines), MARKDOWN)
    frames = document.rootFrame().childFrames()
    if not frames or not isinstance(frames[0], QTextTable):  # a piece without its head
        _plain(document, text, style.reading, style.line)
        return
    _remove_seams(document)
    _set_lines(document, round(style.em * CODE_LINE))
    _dress(document, style, style.reading)
    for position in (0, document.characterCount() - 1):  # the empty lines that Qt keeps around a table
        cursor = QTextCursor(document.findBlock(position))
        form = QTextBlockFormat()
        form.setLineHeight(1, FIXED)
        cursor.setBlockFormat(form)
        tiny = QTextCharFormat()
        tiny.setFontPointSize(1)
        cursor.setBlockCharFormat(tiny)
    _dress_table(frames[0], style)


def _dress_table(table: QTextTable, style: ReadingStyle) -> None:
    form = table.format()
    form.setBorderCollapse(True)
    form.setBorder(0)
    form.setCellPadding(round(style.em * 0.4))
    form.setCellSpacing(0)
    form.setMargin(0)
    form.setWidth(QTextLength())
    table.setFormat(form)
    either = (True, False)
    forms = {(head, first): _cell_format(style, head=head, first=first) for head in either for first in either}
    cursor = table.firstCursorPosition()
    cursor.beginEditBlock()
    for row in range(table.rows()):
        for column in range(table.columns()):
            table.cellAt(row, column).setFormat(forms[row == 0, column == 0])
    if table.rows() > 1:
        for column in range(table.columns()):  # Qt aligns only what stands below the head
            place = table.cellAt(0, column).firstCursorPosition()
            aligned = place.blockFormat()
            aligned.setAlignment(table.cellAt(1, column).firstCursorPosition().blockFormat().alignment())
            place.setBlockFormat(aligned)
    cursor.endEditBlock()


def _cell_format(style: ReadingStyle, *, head: bool, first: bool) -> QTextTableCellFormat:
    """A line below each row, a stronger one below the head; the first column begins where the text does."""
    form = QTextTableCellFormat()
    form.setBottomBorder(1)
    form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBottomBorderBrush(QBrush(style.edge if head else style.hairline))
    form.setLeftPadding(0 if first else round(style.em * 0.9))
    form.setRightPadding(round(style.em * 0.4))
    form.setTopPadding(round(style.em * 0.35))
    form.setBottomPadding(round(style.em * 0.35))
    return form


def _table_text(document: SafeDocument, start: int, end: int) -> str:
    table = document.rootFrame().childFrames()[0]
    assert isinstance(table, QTextTable)
    lines: list[str] = []
    for row in range(table.rows()):
        parts: list[str] = []
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            first, last = cell.firstPosition(), cell.lastPosition()
            if last < start or first > end:
                continue
            cursor = QTextCursor(document)
            cursor.setPosition(max(first, start))
            cursor.setPosition(min(last, end), QTextCursor.MoveMode.KeepAnchor)
            parts.append(cursor.selectedText().replace("\u2028", " ").replace("\u2029", " "))
        if parts:
            lines.append("\t".join(parts))
    return "\n".join(lines)
