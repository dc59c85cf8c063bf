"""PDF, through PDFium: the text of each page, put together again as far as its places on the page tell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.building import MAX_CHARACTERS, Builder
from assistant.documents.model import Document, Kind, NoteKind
from assistant.documents.readers import pdf_page
from assistant.documents.readers.pdf_lines import (
    Block,
    Joiner,
    Line,
    blocks,
    body_size,
    rows,
    without_running,
    without_twice_drawn,
)

MAX_PAGES = 20_000
_MAX_BROKEN = 200  # pages without success after each other: the number of pages was a lie
_MAX_MARKS = 3_000  # bookmarks
_LEADERS = re.compile(r"(?:\s?[.…·]){5,}\s*")  # dots that lead the eye to a page's number
_JUNK_TITLE = re.compile(r"^(?:Microsoft (?:Word|PowerPoint|Excel) - )|^(?:untitled|无标题|未命名)$", re.IGNORECASE)

_NO_FONTS = pdfium.FPDF_SYSFONTINFO(version=1)
"""Answers every question about the system's fonts with "there are none": to draw is not needed, and PDFium would open
hundreds of files. It has to live as long as the library."""
pdfium.FPDF_SetSystemFontInfo(_NO_FONTS)


def read(data: bytes, name: str, password: str = "") -> Document:  # noqa: ARG001 - every reader is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_ENCRYPTED, DOCUMENT_DAMAGED, DOCUMENT_NO_TEXT or DOCUMENT_EMPTY.
    """
    try:
        document = pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == pdfium.FPDF_ERR_PASSWORD:
            wanted = "wrong" if password else "missing"
            raise AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, str(error), password=wanted) from error
        if code == pdfium.FPDF_ERR_SECURITY:  # no password opens it: it is for the holder of a key
            raise AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, str(error)) from error
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, str(error), format="pdf") from error
    try:
        return _Reader(document).read()
    finally:
        document.close()


class _Reader:
    """Reads one open document."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        self._builder = Builder("pdf")
        self._pages: list[list[Line]] = []
        self._heights: list[float] = []
        self._without_text = 0
        self._broken = 0

    def read(self) -> Document:
        self._load()
        self._builder.pages = len(self._pages)
        self._builder.title = _JUNK_TITLE.sub("", self._document.get_metadata_value("Title").strip())
        if not any(self._pages):
            if self._without_text:
                raise AssistantError(ErrorKind.DOCUMENT_NO_TEXT, pages=len(self._pages))
            why = ErrorKind.DOCUMENT_DAMAGED if self._broken else ErrorKind.DOCUMENT_EMPTY
            raise AssistantError(why, f"{self._broken} broken pages", format="pdf")
        pages, dropped = without_running(self._pages, self._heights)
        if not any(pages):
            pages, dropped = self._pages, 0
        pages = without_twice_drawn(pages)
        for kind, values in (
            (NoteKind.PAGES_WITHOUT_TEXT, {"pages": self._without_text}),
            (NoteKind.PARTS_UNREADABLE, {"parts": self._broken}),
            (NoteKind.LINES_LEFT_OUT, {"lines": dropped}),
        ):
            if any(values.values()):
                self._builder.note(kind, **values)
        self._build(pages)
        return self._builder.finish()

    # ------------------------------------------------------------ pages to lines

    def _load(self) -> None:
        characters = broken_here = 0
        count = len(self._document)
        self._builder.shortened = count > MAX_PAGES
        for number in range(min(count, MAX_PAGES)):
            lines, height, has_objects = self._page(number)
            if lines is None:
                self._broken += 1
                broken_here += 1
                if broken_here >= _MAX_BROKEN:
                    del self._pages[-broken_here + 1 :], self._heights[-broken_here + 1 :]
                    self._builder.shortened = number + 1 < count
                    break
            else:
                broken_here = 0
                self._without_text += has_objects and not lines
            self._pages.append(lines or [])
            self._heights.append(height)
            characters += sum(len(line.text) for line in lines or ())
            if characters > MAX_CHARACTERS:
                self._builder.shortened = number + 1 < count
                break

    def _page(self, number: int) -> tuple[list[Line] | None, float, bool]:
        """The lines of a page (None: it cannot be read), its height, and whether there is anything on it."""
        try:
            page = self._document[number]
        except pypdfium2.PdfiumError:
            return None, 0.0, False
        try:
            height = page.get_height()  # before the page is turned
            return list(pdf_page.lines(page)), height, pdfium.FPDFPage_CountObjects(page.raw) > 0
        except pypdfium2.PdfiumError:
            return None, 0.0, False
        finally:
            page.close()

    # ------------------------------------------------------------ lines to the document

    def _build(self, pages: Sequence[list[Line]]) -> None:
        body, joiner = body_size(pages), Joiner(pages)
        whole: list[Block] = []
        for number, lines in enumerate(pages, 1):
            _continue(whole, blocks(lines, number, body))
        marks = self._marks()
        sizes = sorted({_rounded(one.size) for one in whole if one.kind is Kind.HEADING}, reverse=True)
        for block in whole:
            self._add(block, joiner, marks, sizes)
            if self._builder.full:
                return

    def _add(self, block: Block, joiner: Joiner, marks: dict[tuple[str, int], int], sizes: Sequence[float]) -> None:
        if block.kind is Kind.TABLE:
            self._builder.table(rows(block.lines), page=block.page)
            return
        text = _LEADERS.sub(" … ", joiner.text(block.lines))
        level = marks.get((_plain(text), block.page), 0) if len(text) < 300 else 0
        if block.kind is Kind.HEADING or level:
            self._builder.heading(text, level or min(sizes.index(_rounded(block.size)) + 1, 6), page=block.page)
        elif block.kind is Kind.ITEM:
            self._builder.add(joiner.item(block.lines), Kind.ITEM, level=1, page=block.page)
        else:
            self._builder.add(text, page=block.page)

    def _marks(self) -> dict[tuple[str, int], int]:
        """Level of the bookmarks, by their words and page: the surest headings that a PDF has."""
        found: dict[tuple[str, int], int] = {}
        try:
            for mark in itertools.islice(self._document.get_toc(max_depth=6), _MAX_MARKS):
                target = mark.get_dest()
                page = target.get_index() if target is not None else None
                if page is not None and (title := _plain(mark.get_title())):
                    found[(title, page + 1)] = mark.level + 1
        except pypdfium2.PdfiumError:
            return found
        return found


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _continue(whole: list[Block], more: list[Block]) -> None:
    """Add the paragraphs of the next page; the first one may go on where the page before broke off."""
    if not more:
        return
    first = more[0]
    if first.kind is Kind.TEXT:
        # Footnotes at the foot of a page are set smaller: the text above them is what goes on.
        above = [one for one in whole[-12:] if one.page == first.page - 1 and abs(one.size - first.size) < 0.5]
        if above and not above[-1].done and above[-1].kind in (Kind.TEXT, Kind.ITEM):
            above[-1].lines += first.lines
            above[-1].done = first.done
            more = more[1:]
    whole += more
