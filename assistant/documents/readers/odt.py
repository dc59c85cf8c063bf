"""ODT: the text that Writer would show, with its headings, lists, tables, notes and text boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import xmltree
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, NoteKind
from assistant.documents.numbering import spelled
from assistant.documents.zipped import Archive

_BLOCKS = ("text|h", "text|p", "text|list", "table|table")
_LEFT_OUT = (
    *("text|tracked-changes", "office|annotation", "office|annotation-end", "text|table-of-content"),
    *("text|alphabetical-index", "office|forms", "text|ruby-text", "svg|title", "svg|desc", "draw|object"),
)
_STYLES = ("style|style", "text|list-style")
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MAX_REPEATED = 64
_CHAIN = 20  # styles that stand on each other; more is a loop
_KINDS = {"quotations": Kind.QUOTE, "caption": Kind.CAPTION, "preformatted text": Kind.CODE}


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 - every reader is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY or DOCUMENT_EMPTY.
    """
    archive = Archive(data, "odt")
    manifest = "META-INF/manifest.xml"
    if manifest in archive:
        for _ in xmltree.subtrees(archive.chunks(manifest), ["manifest|encryption-data"], "odt"):
            raise AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, "encrypted parts")
    return _Reader(archive).read()


@dataclass(frozen=True)
class _List:
    """How the items of a list level are numbered; an empty form: by bullets."""

    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1


class _Reader:
    """Reads one document, block by block."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._builder = Builder("odt")
        self._styles: dict[str, tuple[str, str]] = {}  # to the style it stands on, and the name that people see
        self._lists: dict[str, dict[int, _List]] = {}
        self._noted = 0
        self._waiting: list[str] = []  # texts of the notes of the paragraph being read
        self._boxes: list[Element] = []  # text boxes anchored in it

    def read(self) -> Document:
        for part in ("meta.xml", "styles.xml"):
            if part in self._archive:
                for element in xmltree.subtrees(self._archive.chunks(part), ("dc|title", *_STYLES), "odt"):
                    if element.tag == "dc|title":
                        self._builder.title = element.text or ""
                    else:
                        self._learn(element)
        content = self._archive.chunks("content.xml")
        for element in xmltree.subtrees(content, (*_BLOCKS, *_STYLES, *_LEFT_OUT), "odt"):
            if element.tag in _STYLES:
                self._learn(element)
            else:
                self._block(element)
            if self._builder.full:
                break
        return self._builder.finish()

    def _learn(self, style: Element) -> None:
        name = style.get("style|name", "")
        if style.tag == "style|style":
            shown = style.get("style|display-name", name)
            self._styles[name] = (style.get("style|parent-style-name", ""), shown.lower())
            return
        levels = self._lists.setdefault(name, {})
        for level in style.iterfind("text|list-level-style-number"):
            number = level.get("text|level", "1")
            start = level.get("text|start-value", "1")
            levels[int(number) if number.isdigit() and len(number) < 3 else 1] = _List(
                level.get("style|num-format", ""),
                level.get("style|num-prefix", ""),
                level.get("style|num-suffix", ""),
                int(start) if start.isdigit() and len(start) < 6 else 1,
            )

    # ------------------------------------------------------------ blocks

    def _block(self, block: Element) -> None:
        if block.tag == "text|list":
            self._list(block, 1, block.get("text|style-name", ""))
        elif block.tag == "table|table":
            self._table(block)
        elif block.tag in ("text|h", "text|p"):
            self._paragraph(block)

    def _blocks(self, parent: Element) -> Iterator[Element]:
        for child in parent:
            if child.tag in _BLOCKS:
                yield child
            elif child.tag not in _LEFT_OUT:
                yield from self._blocks(child)

    def _paragraph(self, block: Element) -> None:
        text = self._text(block)
        style = self._names(block.get("text|style-name", ""))
        if block.tag == "text|h":
            level = block.get("text|outline-level", "1")
            self._builder.heading(text, int(level) if level.isdigit() and len(level) < 3 else 1)
        elif "title" in style:
            self._builder.heading(text, 1)
            self._builder.title = self._builder.title or text
        else:
            kind = next((_KINDS[name] for name in style if name in _KINDS), Kind.TEXT)
            self._builder.add(text, kind)
        self._after()

    def _names(self, style: str) -> list[str]:
        """What the style and those that it stands on are called."""
        names = []
        for _ in range(_CHAIN):
            if style not in self._styles:
                break
            style, shown = self._styles[style]
            names.append(shown)
        return names

    def _after(self) -> None:
        """What hangs at the paragraph that has just been added: its text boxes and notes."""
        boxes, self._boxes = self._boxes, []
        notes, self._waiting = self._waiting, []
        for box in boxes:
            for block in self._blocks(box):
                self._block(block)
        for text in notes:
            self._builder.add(text)

    def _list(self, element: Element, depth: int, style: str) -> None:
        shape = self._lists.get(style, {}).get(depth, _List())
        count = shape.start - 1
        for item in element:
            if item.tag not in ("text|list-item", "text|list-header"):
                continue
            count += item.tag == "text|list-item"
            mark = ""
            if shape.form and item.tag == "text|list-item":
                mark = f"{shape.prefix}{spelled(count, _FORMS.get(shape.form, 'chinese'))}{shape.suffix} "
            for block in item:
                if block.tag == "text|list":
                    self._list(block, depth + 1, block.get("text|style-name", style))
                elif block.tag == "text|h":
                    self._paragraph(block)
                elif block.tag == "text|p":
                    self._builder.add(mark + self._text(block), Kind.ITEM, level=depth)
                    self._after()
                    mark = ""

    def _table(self, table: Element) -> None:
        self._builder.table(self._rows(table))
        self._after()

    def _rows(self, table: Element) -> Iterator[list[str]]:
        for child in table:
            if child.tag == "table|table-row":
                yield self._cells(child)
            elif child.tag in ("table|table-rows", "table|table-header-rows", "table|table-row-group"):
                yield from self._rows(child)

    def _cells(self, row: Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("table|table-cell", "table|covered-table-cell"):
                continue
            text = self._inside(cell)
            times = cell.get("table|number-columns-repeated", "1")
            cells += [text] * (min(int(times), _MAX_REPEATED) if times.isdigit() and len(times) < 10 else 1)
        return cells

    def _inside(self, parent: Element) -> str:
        """Everything in a cell or a note as one stretch of text."""
        texts = []
        for block in self._blocks(parent):
            if block.tag == "table|table":
                texts.append("; ".join(" | ".join(row) for row in self._rows(block)))
            elif block.tag == "text|list":
                texts.append(self._inside(block))
            else:
                texts.append(self._text(block))
        return "\n".join(text for text in texts if text.strip())

    # ------------------------------------------------------------ text

    def _text(self, block: Element) -> str:
        pieces: list[str] = []
        self._gather(block, pieces)
        return "".join(pieces)

    def _gather(self, parent: Element, pieces: list[str]) -> None:
        pieces.append(_collapsed(parent.text))
        for child in parent:
            tag = child.tag
            if tag == "text|s":
                pieces.append(" ")
            elif tag == "text|tab":
                pieces.append("\t")
            elif tag == "text|line-break":
                pieces.append("\n")
            elif tag == "text|note":
                pieces.append(self._note(child))
            elif tag == "draw|text-box":
                self._boxes.append(child)
            elif tag == "draw|image":
                self._builder.note(NoteKind.IMAGES_IGNORED, images=1)
            elif tag not in _LEFT_OUT:
                self._gather(child, pieces)
            pieces.append(_collapsed(child.tail))

    def _note(self, note: Element) -> str:
        body = note.find("text|note-body")
        if body is None:
            return ""
        self._noted += 1
        mark = f"[{self._noted}]"
        self._waiting.append(f"{mark} {self._inside(body)}")
        return mark


def _collapsed(text: str | None) -> str:
    """White space in the file is one space; further ones have an element of their own."""
    if not text:
        return ""
    words = " ".join(text.split())
    if not words:
        return " "
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
