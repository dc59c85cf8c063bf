"""DOCX: the text that Word would show, with its headings, lists, tables, notes and text boxes.

Deleted text of tracked changes, hidden text, field codes and comments are not shown by Word either; headers, footers
and the table of contents repeat what stands elsewhere and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from assistant.documents import xmltree
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, NoteKind
from assistant.documents.ooxml import Package
from assistant.documents.readers.docx_styles import Numbering, Styles

_BLOCKS = ("w|p", "w|tbl")
_NOT_SHOWN = frozenset(
    (
        *("w|del", "w|moveFrom", "w|instrText", "w|delText", "w|delInstrText", "w|pPr", "w|rPr", "w|tblPr", "w|tcPr"),
        *("w|sdtPr", "w|sdtEndPr", "w|rt", "w|commentReference", "w|annotationRef", "m|ctrlPr", "w|trPr", "w|tblGrid"),
    )
)
_CHARACTERS = {"w|tab": "\t", "w|ptab": "\t", "w|br": "\n", "w|cr": "\n", "w|noBreakHyphen": "\u2011"}
_PICTURES = ("a|blip", "?|imagedata")
_KINDS = {"caption": Kind.CAPTION, "quote": Kind.QUOTE, "intense quote": Kind.QUOTE, "html preformatted": Kind.CODE}


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 - every reader is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY or DOCUMENT_EMPTY.
    """
    return _Reader(Package(data, "docx")).read()


class _Reader:
    """Reads one document, block by block."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._builder = Builder("docx")
        self._main = package.main_part("word/document.xml")
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._notes = {kind: self._notes_of(kind) for kind in ("footnote", "endnote")}
        self._noted = 0  # notes that the text has referred to so far
        self._waiting: list[str] = []  # texts of notes whose reference stands in the paragraph being read
        self._boxes: list[Element] = []  # text boxes anchored there
        self._held = ""  # text of a paragraph whose end was deleted: it goes on in the next

    def read(self) -> Document:
        self._builder.title = self._package.title()
        for block in xmltree.subtrees(
            self._package.archive.chunks(self._main), (*_BLOCKS, "w|altChunk"), self._package.format
        ):
            self._block(block)
            if self._builder.full:
                break
        if self._held:
            self._builder.add(self._held)
        return self._builder.finish()

    def _part(self, kind: str) -> Element | None:
        name = self._package.part_of(self._main, kind)
        return xmltree.parse(self._package.archive.chunks(name), "docx") if name else None

    def _notes_of(self, kind: str) -> dict[str, Element]:
        name = self._package.part_of(self._main, f"{kind}s")
        if not name:
            return {}
        found = xmltree.subtrees(self._package.archive.chunks(name), [f"w|{kind}"], "docx")
        return {one.get("w|id", ""): one for one in found if one.get("w|type", "normal") == "normal"}

    # ------------------------------------------------------------ blocks

    def _block(self, block: Element) -> None:
        if block.tag == "w|p":
            self._paragraph(block)
        elif block.tag == "w|tbl":
            self._table(block)
        else:
            self._builder.note(NoteKind.PARTS_UNREADABLE, parts=1)

    def _blocks(self, parent: Element) -> Iterator[Element]:
        """The paragraphs and tables in ``parent``, through whatever wraps them."""
        for child in parent:
            if child.tag in _BLOCKS:
                yield child
            elif child.tag not in _NOT_SHOWN:
                yield from self._blocks(child)

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find("w|pPr")
        text = self._held + self._text(paragraph)
        self._held = ""
        if properties is not None and properties.find("w|rPr/w|del") is not None:
            self._held = text
            return
        style = self._styles.of(properties)
        if style.name.startswith("toc "):
            return  # the table of contents says each heading once more
        number, depth = self._numbering.next(style.list_of(properties)) if text.strip() else ("", 0)
        text = f"{number} {text}" if number else text
        if style.outline:
            self._builder.heading(text, style.outline)
            self._builder.title = self._builder.title or (text if style.name == "title" else "")
        elif depth:
            self._builder.add(text, Kind.ITEM, level=depth)
        else:
            self._builder.add(text, _KINDS.get(style.name, Kind.TEXT))
        self._after()

    def _after(self) -> None:
        """What hangs at the paragraph that has just been added: its text boxes and notes."""
        boxes, self._boxes = self._boxes, []
        notes, self._waiting = self._waiting, []
        for box in boxes:
            for block in self._blocks(box):
                self._block(block)
        for text in notes:
            self._builder.add(text)

    def _table(self, table: Element) -> None:
        rows = [list(self._cells(row)) for row in _rows(table)]
        if all(len(row) <= 1 for row in rows):  # a frame around text, no table
            for cell in (cell for row in rows for cell in row):
                for block in self._blocks(cell):
                    self._block(block)
            return
        self._builder.table([self._row(row) for row in rows])
        self._after()

    def _cells(self, row: Element) -> Iterator[Element]:
        for child in row:
            if child.tag == "w|tc":
                yield child
            elif child.tag not in _NOT_SHOWN:
                yield from self._cells(child)

    def _row(self, cells: Sequence[Element]) -> list[str]:
        texts = []
        for cell in cells:
            texts.append(self._inside(cell))
            span = cell.find("w|tcPr/w|gridSpan")
            width = _number(span.get("w|val", "1")) if span is not None else 1
            texts += [""] * (min(width, 64) - 1)
        return texts

    def _inside(self, parent: Element) -> str:
        """Everything in a cell or a note as one stretch of text; a table in it keeps its rows apart."""
        texts = []
        for block in self._blocks(parent):
            if block.tag == "w|p":
                texts.append(self._text(block))
            else:
                rows = (" | ".join(self._row(list(self._cells(row)))) for row in _rows(block))
                texts.append("; ".join(rows))
        return "\n".join(text for text in texts if text.strip())

    # ------------------------------------------------------------ text

    def _text(self, paragraph: Element) -> str:
        pieces: list[str] = []
        self._gather(paragraph, pieces)
        return "".join(pieces)

    def _gather(self, parent: Element, pieces: list[str]) -> None:
        for child in parent:
            tag = child.tag
            if tag in ("w|t", "m|t"):
                pieces.append(child.text or "")
            elif tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag in ("w|footnoteReference", "w|endnoteReference"):
                pieces.append(self._note(tag[2:-9], child.get("w|id", "")))
            elif tag == "w|txbxContent":
                self._boxes.append(child)
            elif tag == "mc|AlternateContent":
                choice = child.find("mc|Choice")
                self._gather(child if choice is None else choice, pieces)
            elif tag in _PICTURES:
                self._builder.note(NoteKind.IMAGES_IGNORED, images=1)
            elif tag not in _NOT_SHOWN and not _hidden(child):
                self._gather(child, pieces)

    def _note(self, kind: str, key: str) -> str:
        note = self._notes[kind].pop(key, None)  # each once, also if notes refer to themselves
        if note is None:
            return ""
        self._noted += 1
        mark = f"[{self._noted}]"
        self._waiting.append(f"{mark} {self._inside(note).strip()}")
        return mark


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "w|tr":
            if child.find("w|trPr/w|del") is None:
                yield child
        elif child.tag not in _NOT_SHOWN:
            yield from _rows(child)


def _hidden(run: Element) -> bool:
    vanish = run.find("w|rPr/w|vanish") if run.tag == "w|r" else None
    return vanish is not None and vanish.get("w|val", "1") not in ("0", "false", "off")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
