"""Markdown as one document that grows at its end: what a summary is shown in.

Each block is built as the transcript builds it and copied behind the others; when the text has grown, only what
differs from the first changed block on is made anew.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from PySide6.QtGui import (
    QBrush,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocumentFragment,
    QTextFormat,
    QTextLength,
    QTextOption,
)

from assistant.gui.widgets.markdown.block_document import FIXED, build, fragments
from assistant.gui.widgets.markdown.blocks import Block, BlockKind
from assistant.gui.widgets.markdown.splitting import BlockSplitter
from assistant.gui.widgets.markdown.unit_maker import gap_above
from assistant.gui.widgets.reading_style import HEADING_LINE
from assistant.gui.widgets.text_places import UnitIndex, align, stretch

if TYPE_CHECKING:
    from assistant.gui.widgets.reading_style import ReadingStyle
    from assistant.gui.widgets.safe_text import SafeDocument


class SummaryDocument:
    """Writes Markdown into a document and knows which of its characters stand where."""

    def __init__(self, document: SafeDocument, style: ReadingStyle) -> None:
        self._document = document
        self._style = style
        self._blocks: list[tuple[Block, int]] = []  # with the position where each begins
        self.source = ""
        self._places: array[int] | None = None
        self._visible = ""
        self._index = UnitIndex("")

    def set_style(self, style: ReadingStyle) -> None:
        """Make everything anew with these fonts and colours."""
        self._style = style
        self._cut(0)
        source, self.source = self.source, ""
        self.show(source)

    def show(self, source: str, *, growing: bool = False) -> bool:
        """Show this text; whether anything changed.

        :param growing: its end is still coming.
        """
        splitter = BlockSplitter()
        splitter.append(source)
        blocks = [*splitter.committed, *splitter.tail(growing=growing)]
        same = 0
        for (old, _at), new in zip(self._blocks, blocks, strict=False):
            if old != new:
                break
            same += 1
        changed = same < max(len(self._blocks), len(blocks))
        self.source = source
        if changed or self._places is None:
            if same < len(self._blocks):
                self._cut(same)
            for block in blocks[same:]:
                self._append(block, growing=growing and block is blocks[-1])
            self._places = None
        return changed

    def positions(self, start: int, end: int) -> tuple[int, int]:
        """Where the source's characters from ``start`` to ``end`` stand in the document, as Qt counts."""
        self._align()
        assert self._places is not None
        first, last = stretch(self._places, start, end)
        return self._index.unit(first), self._index.unit(last)

    def visible(self, start: int, end: int) -> str:
        """What a reader sees between two positions, in one line."""
        self._align()
        first, last = self._index.character(start), self._index.character(end)
        return " ".join(self._visible[first:last].split())

    def _align(self) -> None:
        if self._places is None:
            self._visible = self._document.toPlainText()
            self._index = UnitIndex(self._visible)
            self._places = align(self._visible, self.source)

    # -------------------------------------------------------------- blocks

    def _cut(self, count: int) -> None:
        """Take everything from block ``count`` on out of the document."""
        if count == 0:
            self._document.clear()
            self._blocks = []
            return
        cursor = QTextCursor(self._document)
        cursor.setPosition(self._blocks[count][1] - 1)  # with the end of the line before
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        del self._blocks[count:]

    def _append(self, block: Block, *, growing: bool) -> None:
        previous = self._blocks[-1][0] if self._blocks else None
        form = self._block_format(block, previous)
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        if previous is None:
            cursor.setBlockFormat(form)
        else:
            cursor.insertBlock(form, QTextCharFormat())
        self._blocks.append((block, cursor.position()))
        if block.kind is BlockKind.TABLE:
            cursor.insertFragment(QTextDocumentFragment(build(block, self._style, growing=growing)))
        elif block.kind is not BlockKind.RULE:
            self._copy(block, cursor, form, growing=growing)
        cursor.endEditBlock()

    def _copy(self, block: Block, cursor: QTextCursor, form: QTextBlockFormat, *, growing: bool) -> None:
        document = build(block, self._style, growing=growing)
        font = document.defaultFont()
        base = QTextCharFormat()
        base.setFont(font)
        base.setForeground(QBrush(self._style.quiet_text if block.quote else self._style.text))
        if block.marker and not block.joined:
            mark = QTextCharFormat(base)
            mark.setForeground(QBrush(self._style.quiet_text))
            cursor.insertText(f"{block.marker}\t", mark)
        line = document.begin()
        first = True
        following = QTextBlockFormat(form)
        following.setTopMargin(0)
        while line.isValid():
            if not first:
                cursor.insertBlock(following, QTextCharFormat())
            first = False
            for fragment in fragments(line):
                char = QTextCharFormat(base)
                char.merge(fragment.charFormat())
                cursor.insertText(fragment.text(), char)
            line = line.next()

    def _block_format(self, block: Block, previous: Block | None) -> QTextBlockFormat:
        style = self._style
        form = QTextBlockFormat()
        form.setTopMargin(gap_above(block, previous, style))
        indent = block.quote * style.quote_indent + block.depth * style.indent
        form.setLeftMargin(indent)
        if block.marker and not block.joined:
            form.setTextIndent(-style.indent)
            form.setTabPositions([QTextOption.Tab(style.indent, QTextOption.TabType.LeftTab)])  # from the mark's left
        if block.kind is BlockKind.HEADING:
            form.setLineHeight(round(style.size_of(style.heading(block.level)) * HEADING_LINE), FIXED)
        elif block.kind is BlockKind.CODE:
            form.setLineHeight(style.code_line, FIXED)
            form.setBackground(QBrush(style.code_box))
        elif block.kind is BlockKind.RULE:
            form.setProperty(
                QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value,
                QTextLength(QTextLength.Type.PercentageLength, 100),
            )
        elif block.kind is not BlockKind.TABLE:
            form.setLineHeight(style.line, FIXED)
        return form
