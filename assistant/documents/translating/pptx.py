"""PPTX for translation: the text of the slides, their tables and diagrams, and what the speaker noted.

Not touched: charts, formulas, fields (numbers of slides, dates), comments, and what stands on layouts and masters,
where most of the text is but a prompt to the person who makes the slides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from assistant.documents import xmltree
from assistant.documents.model import Note, NoteKind
from assistant.documents.ooxml import Package, Relationship
from assistant.documents.readers.pptx import MAX_SLIDES
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Role
from assistant.documents.translating.located import Found, Located, in_utf8, located
from assistant.documents.translating.office import Lines, Office, Part, line_of, look, said_in, texts_of
from assistant.documents.translating.runs import Item, Piece, Shell, Thing, has_letters

_TITLES = ("title", "ctrTitle")
_LISTS = ("body", "obj", "")  # placeholders whose paragraphs are points; one without a type is for objects
_UNSEEN = frozenset(("lang", "altLang", "dirty", "err", "noProof", "smtClean", "smtId", "bmk", "kumimoji"))
_AROUND = frozenset(("a|pPr", "a|endParaRPr"))


def open_pptx(data: bytes, name: str) -> Office:  # noqa: ARG001 - every format is told the name
    """The presentation in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY, DOCUMENT_TOO_LARGE or
        DOCUMENT_EMPTY.
    """
    return _Opening(Package(data, "pptx")).open(data)


class _Opening:
    """Reads one presentation."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._lines = Lines()
        self._parts: dict[str, Part] = {}
        self._missing = 0

    def open(self, data: bytes) -> Office:
        for slide in self._slides():
            if slide not in self._package.archive:
                self._missing += 1
                continue
            self._slide(slide)
        notes = (Note(NoteKind.PARTS_UNREADABLE, {"parts": self._missing}),) if self._missing else ()
        parts = list(self._parts.values())
        return Office(self._package, data, parts, self._lines, notes=notes, dressed=_dressed, beside=lambda _: {})

    def _slides(self) -> Iterator[str]:
        """The parts of the slides in the order of the show, each once."""
        main = self._package.main_part("ppt/presentation.xml")
        links = self._package.relationships(main)
        seen: set[str] = set()
        for one in xmltree.subtrees(self._package.archive.chunks(main), ["p|sldId"], "pptx"):
            link = links.get(one.get("r|id", ""))
            if link is not None and link.target and link.target not in seen and len(seen) < MAX_SLIDES:
                seen.add(link.target)
                yield link.target

    def _slide(self, name: str) -> None:
        if part := self._part(name):
            for found in located(part.content, ("p|sp", "a|tbl", "p|cxnSp"), "pptx"):
                self._shape(part, found)
            self._lines.forget()
        links = list(self._package.relationships(name).values())
        self._diagrams(links)
        for link in links:
            if link.kind == "notesSlide" and (notes := self._part(link.target)):
                for found in located(notes.content, ("p|sp",), "pptx"):
                    self._shape(notes, found)
                self._lines.forget()

    def _part(self, name: str) -> Part | None:
        """A part that is not yet read; None if it is, or is not there."""
        if not name or name in self._parts or name not in self._package.archive:
            return None
        part = self._parts[name] = Part(name, in_utf8(self._package.archive.read(name), "pptx"))
        return part

    def _shape(self, part: Part, found: Found) -> None:
        holder = found.root.find("p|nvSpPr/p|nvPr/p|ph")
        kind = None if holder is None else holder.get("type", "")
        for paragraph in found.root.iter("a|p"):
            assert isinstance(paragraph, Located)
            if found.root.tag == "a|tbl":
                role = SegmentKind.CELL
            elif kind in _TITLES:
                role = SegmentKind.HEADING
            else:
                role = SegmentKind.ITEM if kind in _LISTS or _has_bullet(paragraph) else SegmentKind.TEXT
            self._paragraph(part, paragraph, role, found.path)

    def _paragraph(self, part: Part, paragraph: Located, kind: SegmentKind, path: tuple[str, ...]) -> None:
        content = [child for child in paragraph if isinstance(child, Located) and child.tag not in _AROUND]
        items = [item for child in content for item in _items(part.content, child)]
        if not has_letters(items):
            return
        line = line_of(items, content[0].start, content[-1].end)
        if "mc|Fallback" in path and self._lines.add_again(part, line):
            return
        (self._lines.add_first if "mc|Choice" in path else self._lines.add)(part, line, kind)

    def _diagrams(self, links: list[Relationship]) -> None:
        """The texts of diagrams, and the same texts in the drawings of them that are shown until one is edited."""
        for kind in ("diagramData", "diagramDrawing"):
            for link in links:
                if link.kind != kind or not (part := self._part(link.target)):
                    continue
                for found in located(part.content, ("a|p",), "pptx"):
                    self._of_diagram(part, found.root, first=kind == "diagramData")
        self._lines.forget()

    def _of_diagram(self, part: Part, paragraph: Located, *, first: bool) -> None:
        content = [child for child in paragraph if isinstance(child, Located) and child.tag not in _AROUND]
        items = [item for child in content for item in _items(part.content, child)]
        if not has_letters(items):
            return
        line = line_of(items, content[0].start, content[-1].end)
        if first:
            self._lines.add_first(part, line, SegmentKind.ITEM)
        else:
            self._lines.add_again(part, line)


def _has_bullet(paragraph: Element) -> bool:
    properties = paragraph.find("a|pPr")
    return properties is not None and any(child.tag in ("a|buChar", "a|buAutoNum") for child in properties)


def _items(content: bytes, child: Located) -> Iterator[Item]:
    """What something in a paragraph shows."""
    text = child.find("a|t") if child.tag == "a|r" else None
    if not isinstance(text, Located):
        formula_or_field = Role.BREAK if child.tag == "a|br" else Role.WORD
        yield Thing([Piece(child.start, child.end)], formula_or_field)
        return
    tag = re.match(rb"<([^\s/>]+)", content[text.start : text.start + 200])
    key = look(child.find("a|rPr"), lambda _: False, _UNSEEN)
    name = tag[1] if tag else b"a:t"
    shell = Shell(content[child.start : text.start], content[text.end : child.end], name, key, preserving=False)
    yield from texts_of(text.text or "", text.start, text.end, shell)


def _dressed(head: bytes, language: str) -> bytes:
    """The start of a run, said to be in ``language`` where it says a language."""
    return said_in(head, b"lang", language)
