"""A document as it is read: plain text of any length, with its headings, page numbers and highlighted passages.

The text goes in little by little, so that no document, however long, stops the window. Places are given in characters
of the document's text; Qt counts in UTF-16 units, and what may not be shown is taken out of each line.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent, QTextBlock, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from assistant.documents.model import Kind
from assistant.gui.theme import SPACE
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.text_places import units
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.documents import OpenDocument
    from assistant.documents.model import Paragraph
    from assistant.gui.theme import Theme

SLICE = 16_000  # characters that go in at once
TURN_SECONDS = 0.006  # of putting them in, between two turns of the event loop
LONGEST_LINE = 2_000  # longer ones are shown in pieces: Qt lays a line out as a whole
_BAR = 3
_BEST, _OTHER = "lamp/40", "lamp/24"


class DocumentView(QPlainTextEdit):
    """Shows one document.

    Signals: ``all_there()`` when the whole text has gone in.
    """

    all_there = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self._fed = 0  # characters that have gone in
        self._starts = array("q")  # where each line begins in the text
        self._paragraphs: Sequence[Paragraph] = ()
        self._next_paragraph = 0
        self._headings: dict[int, int] = {}  # where a heading begins, and its level
        self._page_starts: dict[int, int] = {}  # where a page begins, and its number
        self._last_page = 0
        self._page_rows, self._page_numbers = array("q"), array("q")
        self._passages: list[tuple[int, int]] = []
        self._wanted: int | None = None  # a place to be shown that has not gone in yet
        self.setObjectName("documentView")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)  # files are the page's
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(SPACE)
        self._gutter = _Gutter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self.updateRequest.connect(lambda *_: self._gutter.update())
        theme.changed.connect(self._dress)
        self._dress()

    # -------------------------------------------------------------- what is shown

    def show_document(self, document: OpenDocument | None) -> None:
        """Show this document from its beginning; None: nothing."""
        self._timer.stop()
        self.setExtraSelections([])
        self.clear()
        self._text = document.text if document is not None else ""
        self._paragraphs = document.paragraphs if document is not None else ()
        self._fed = self._next_paragraph = 0
        self._starts = array("q")
        self._headings, self._page_starts, self._last_page = {}, {}, 0
        self._page_rows, self._page_numbers = array("q"), array("q")
        self._passages, self._wanted = [], None
        self._measure(paged=document is not None and document.pages > 0)
        if self._text:
            self._turn()
            self.moveCursor(QTextCursor.MoveOperation.Start)  # what was put in pushed the caret, and keys scroll to it
            self._timer.start(0)

    @property
    def complete(self) -> bool:
        """Whether the whole text has gone in."""
        return self._fed >= len(self._text)

    def highlight(self, passages: Sequence[tuple[int, int]]) -> None:
        """Light these passages, the first one brightest; none: put the light out."""
        self._passages = list(passages)
        self._show_passages()

    def reveal(self, start: int) -> None:
        """Scroll so that a place is in the upper part of the view, without moving what is in sight already."""
        if start >= self._fed and not self.complete:
            self._wanted = start
            return
        self._wanted = None
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.position_of(start))
        area = self.cursorRect(cursor)
        if area.top() >= 0 and area.bottom() <= self.viewport().height():
            return
        block = cursor.block()
        line = block.layout().lineForTextPosition(cursor.positionInBlock())
        first = block.firstLineNumber() + (line.lineNumber() if line.isValid() else 0)
        above = self.viewport().height() // max(1, self.fontMetrics().lineSpacing()) // 4
        self.verticalScrollBar().setValue(max(0, first - above))
        self._gutter.update()

    def position_of(self, offset: int) -> int:
        """Where a character of the text stands, as Qt counts; of one that has not gone in: the end."""
        if not self._starts:
            return 0
        row = max(0, bisect_right(self._starts, offset) - 1)
        block = self.document().findBlockByNumber(row)
        inside = units(clean(self._text[self._starts[row] : min(offset, self._fed)].rstrip("\n")))
        return block.position() + min(inside, block.length() - 1)

    def page_at(self, row: int) -> int:
        """The page that a line of the view is on, 0: none."""
        at = bisect_right(self._page_rows, row) - 1
        return self._page_numbers[at] if at >= 0 else 0

    def begins_page(self, row: int) -> bool:
        at = bisect_right(self._page_rows, row) - 1
        return at >= 0 and self._page_rows[at] == row

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Text of the document"))

    # -------------------------------------------------------------- putting the text in

    def _turn(self) -> None:
        began = time.perf_counter()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        while not self.complete:
            self._put(cursor)
            if time.perf_counter() - began > TURN_SECONDS:
                break
        if self._passages:
            self._show_passages()
        if self._wanted is not None and (self._wanted < self._fed or self.complete):
            self.reveal(self._wanted)
        if self.complete:
            self._timer.stop()
            self.all_there.emit()

    def _put(self, cursor: QTextCursor) -> None:
        """Put the next slice in, which ends with a line where there is one that ends in it."""
        start, end = self._fed, self._slice_end()
        self._learn(end)
        run: list[str] = []
        for at, line in self._lines(start, end):
            row = len(self._starts)
            self._starts.append(at)
            if at in self._page_starts:
                self._page_rows.append(row)
                self._page_numbers.append(self._page_starts[at])
            level = self._headings.get(at)
            if level is None:
                run.append(line)
                continue
            self._insert(cursor, run, first=row == len(run))
            self._insert(cursor, [line], first=row == 0, form=self._heading_format(level))
            run = []
        self._insert(cursor, run, first=len(self._starts) == len(run))
        self._fed = end

    def _slice_end(self) -> int:
        """The end of the last whole line of a slice; of a line that is longer than that, as much as goes in at once."""
        text, start = self._text, self._fed
        end = start + SLICE
        if end >= len(text):
            return len(text)
        line_end = text.rfind("\n", start, end)
        if line_end < 0:
            line_end = text.find("\n", end, end + SLICE)
        return line_end + 1 if line_end >= 0 else min(end + SLICE, len(text))

    def _lines(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Where the lines of a slice begin, and what of them may be shown; long ones in pieces."""
        piece = self._text[start:end]
        at = start
        for raw in (piece[:-1] if piece.endswith("\n") else piece).split("\n"):
            if len(raw) <= LONGEST_LINE:
                yield at, clean(raw)
            else:
                for place, part in _pieces(raw):
                    yield at + place, clean(part)
            at += len(raw) + 1

    def _insert(
        self, cursor: QTextCursor, lines: list[str], *, first: bool, form: QTextCharFormat | None = None
    ) -> None:
        if not lines:
            return
        if not first:
            cursor.insertBlock()
        cursor.insertText("\n".join(lines), form or QTextCharFormat())

    def _learn(self, end: int) -> None:
        """Take note of the headings and pages that begin before ``end``."""
        paragraphs = self._paragraphs
        while self._next_paragraph < len(paragraphs) and paragraphs[self._next_paragraph].start < end:
            paragraph = paragraphs[self._next_paragraph]
            if paragraph.kind is Kind.HEADING:
                self._headings[paragraph.start] = paragraph.level
            if paragraph.page and paragraph.page != self._last_page:
                self._page_starts[paragraph.start] = self._last_page = paragraph.page
            self._next_paragraph += 1

    def _heading_format(self, level: int) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFontWeight(QFont.Weight.DemiBold)
        form.setFontPointSize(self._theme.font("h3" if level < 3 else "reading").pointSizeF())
        return form

    # -------------------------------------------------------------- light, margin, copying

    def _show_passages(self) -> None:
        selections = []
        for number, (start, end) in enumerate(self._passages):
            if start >= self._fed:
                continue
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(self.position_of(start))
            cursor.setPosition(self.position_of(end), QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor  # type: ignore[attr-defined]
            form = QTextCharFormat()
            form.setBackground(self._theme.color(_OTHER if number else _BEST))
            selection.format = form  # type: ignore[attr-defined]
            selections.append(selection)
        self.setExtraSelections(selections)
        self._gutter.update()

    def lit_stretches(self) -> list[tuple[int, int]]:
        """Top and bottom of each lit passage of which something is in sight, in the viewport."""
        rows = [block.blockNumber() for block, _area in self.visible_blocks()]
        found = []
        for start, end in self._passages:
            if start >= self._fed or not rows or self._row(start) > rows[-1] or self._row(end - 1) < rows[0]:
                continue
            top = self._rect(start).top() if self._row(start) >= rows[0] else 0
            bottom = self._rect(end).bottom() if self._row(end - 1) <= rows[-1] else self.viewport().height()
            found.append((top, bottom))
        return found

    def _row(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def _rect(self, offset: int) -> QRect:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.position_of(offset))
        return self.cursorRect(cursor)

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, QRect]]:
        """The lines in sight and where they stand in the viewport."""
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(offset).toRect()
            if area.top() > self.viewport().height():
                return
            yield block, area
            block = block.next()

    def createMimeDataFromSelection(self) -> QMimeData:
        mime = QMimeData()
        mime.setText(self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n"))
        return mime

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def _measure(self, *, paged: bool) -> None:
        metrics = self._gutter.fontMetrics()
        room = metrics.horizontalAdvance("0000") + SPACE if paged else 0
        self.setViewportMargins(room + SPACE, 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        area = self.contentsRect()
        self._gutter.setGeometry(area.left(), area.top(), self.viewportMargins().left(), area.height())

    def _dress(self) -> None:
        self.setFont(self._theme.font("reading"))
        self._gutter.setFont(self._theme.font("quiet"))
        self._measure(paged=bool(self._page_numbers))
        self._show_passages()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_gutter"):
            self._gutter.update()


class _Gutter(QWidget):
    """The margin: numbers of pages, and a bar beside what is lit."""

    def __init__(self, view: DocumentView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._view
        theme = view._theme
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("surface"))
        painter.setPen(theme.color("quiet"))
        high = self.fontMetrics().height()
        room = self.width() - SPACE - _BAR
        first = True
        for block, area in view.visible_blocks():
            row = block.blockNumber()
            if view.begins_page(row) or first:
                page = view.page_at(row)
                top = max(area.top(), 0) if first else area.top()
                next_begins = view.begins_page(row + 1) and area.bottom() < high
                if page and not next_begins:
                    words = QRect(0, top + (view.fontMetrics().height() - high) // 2, room, high)
                    painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(page))
                first = False
        for top, bottom in view.lit_stretches():
            painter.fillRect(QRect(self.width() - _BAR - 1, top, _BAR, bottom - top), theme.color("lamp"))
        painter.end()

    def wheelEvent(self, event: QEvent) -> None:
        self._view.wheelEvent(event)  # type: ignore[arg-type]


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """A long line in pieces, cut behind a space or a sentence where there is one."""
    start = 0
    while len(line) - start > LONGEST_LINE:
        end = start + LONGEST_LINE
        places = (line.rfind(mark, end - LONGEST_LINE // 4, end) for mark in (" ", "。", "，", ",", ";"))
        end = max(max(places) + 1, 0) or end
        yield start, line[start:end]
        start = end
    yield start, line[start:]
