"""PPTX for translation: the text of the slides, their tables and diagrams, the titles of charts, the descriptions of
pictures, what the speaker noted, and what layouts and masters show on every slide.

Not touched: formulas, fields (numbers of slides, dates), comments, what a chart takes from its table, and the prompts
of layouts and masters to the person who makes the slides.
"""

from __future__ import annotations

from assistant.documents.model import Note, NoteKind
from assistant.documents.ooxml import Package
from assistant.documents.readers.pptx import TITLES, is_point, slides_of
from assistant.documents.segments import SegmentKind
from assistant.documents.translating import slide_direction
from assistant.documents.translating.drawings import Drawings, descriptions, dressed, line_in
from assistant.documents.translating.located import Found, Located, in_utf8, located
from assistant.documents.translating.office import Clothes, Line, Lines, Office, Part, properties_of

_PLACEHOLDER = "p|nvSpPr/p|nvPr/p|ph"
_NAMED = "p|cNvPr"  # of a shape, a picture, a table, a group


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
        self._drawings = Drawings(self._package, self._lines)
        self._missing = 0

    def open(self, data: bytes) -> Office:
        for slide in slides_of(self._package):
            if slide not in self._package.archive:
                self._missing += 1
                continue
            self._slide(slide)
        notes = (Note(NoteKind.PARTS_UNREADABLE, {"parts": self._missing}),) if self._missing else ()
        parts = [*self._parts.values(), *self._drawings.parts]
        clothes = Clothes(dressed, slide_direction.paragraph, self._beside)
        return Office(self._package, data, parts, self._lines, notes=notes, clothes=clothes)

    def _beside(self, language: str, parts: dict[str, bytes]) -> dict[str, bytes]:
        """What shapes, tables, layouts, masters and the presentation say of paragraphs, in the direction of
        ``language``."""
        changed = {}
        for name in dict.fromkeys((self._package.main_part("ppt/presentation.xml"), *self._parts)):
            read = self._parts.get(name)
            old = read.content if read else in_utf8(self._package.archive.read(name), "pptx")
            new = slide_direction.styles(slide_direction.tables(parts.get(name, old), language), language)
            if new != parts.get(name, old):
                changed[name] = new
        return changed

    def _slide(self, name: str) -> None:
        self._shapes(name)
        self._drawings.beside(name)
        for link in self._package.relationships(name).values():
            if link.kind == "notesSlide":
                self._shapes(link.target)
            elif link.kind == "slideLayout":
                self._shown_on_all(link.target)

    def _shown_on_all(self, layout: str) -> None:
        """What the layout of a slide shows on it, and what the master of the layout does."""
        if layout in self._parts:
            return
        self._shapes(layout, prompts=True)
        self._drawings.beside(layout)
        for link in self._package.relationships(layout).values():
            if link.kind == "slideMaster":
                self._shapes(link.target, prompts=True)
                self._drawings.beside(link.target)

    def _shapes(self, name: str, *, prompts: bool = False) -> None:
        """The texts of a part.

        :param prompts: what its placeholders say are prompts.
        """
        if part := self._part(name):
            for found in located(part.content, ("p|sp", "a|tbl", "p|cxnSp", _NAMED), "pptx"):
                if not (prompts and found.root.find(_PLACEHOLDER) is not None):
                    self._shape(part, found)
            self._lines.forget()

    def _part(self, name: str) -> Part | None:
        """A part that is not yet read; None if it is, or is not there."""
        if not name or name in self._parts or name not in self._package.archive:
            return None
        part = self._parts[name] = Part(name, in_utf8(self._package.archive.read(name), "pptx"))
        return part

    def _shape(self, part: Part, found: Found) -> None:
        for named in found.root.iter(_NAMED):
            assert isinstance(named, Located)
            for line in descriptions(part, named):
                self._add(part, line, SegmentKind.TEXT, found.path)
        holder = found.root.find(_PLACEHOLDER)
        kind = None if holder is None else holder.get("type", "")
        for paragraph in found.root.iter("a|p"):
            assert isinstance(paragraph, Located)
            if found.root.tag == "a|tbl":
                role = SegmentKind.CELL
            elif kind in TITLES:
                role = SegmentKind.HEADING
            else:
                role = SegmentKind.ITEM if is_point(kind, paragraph) else SegmentKind.TEXT
            self._paragraph(part, paragraph, role, found.path)

    def _paragraph(self, part: Part, paragraph: Located, kind: SegmentKind, path: tuple[str, ...]) -> None:
        line = line_in(part, paragraph)
        if line is not None:
            line.properties = properties_of(paragraph, "a|pPr")
            self._add(part, line, kind, path)

    def _add(self, part: Part, line: Line, kind: SegmentKind, path: tuple[str, ...]) -> None:
        if "mc|Fallback" in path and self._lines.add_again(part, line):
            return
        (self._lines.add_first if "mc|Choice" in path else self._lines.add)(part, line, kind)
