"""PPTX: slide by slide, its title, points, tables and diagrams, then what the speaker noted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from xml.etree.ElementTree import Element

from assistant.documents import xmltree
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, NoteKind
from assistant.documents.ooxml import Package

_MAX_SLIDES = 5_000
TITLES = ("title", "ctrTitle")
"""Placeholders that hold a title."""
_LISTS = ("body", "obj", "")  # placeholders whose paragraphs are points; one without a type is for objects
_REPEATED = ("sldNum", "dt", "ftr", "hdr", "sldImg")
_SHAPES = ("p|sp", "p|graphicFrame", "p|pic")


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 - every reader is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY or DOCUMENT_EMPTY.
    """
    return _Reader(Package(data, "pptx")).read()


def slides_of(package: Package) -> Iterator[str]:
    """The names of the parts of a presentation's slides in the order of the show, each once; they may be missing."""
    main = package.main_part("ppt/presentation.xml")
    links = package.relationships(main)
    seen: set[str] = set()
    for one in xmltree.subtrees(package.archive.chunks(main), ["p|sldId"], "pptx"):
        link = links.get(one.get("r|id", ""))
        if link is not None and link.target and link.target not in seen:
            seen.add(link.target)
            yield link.target


class _Reader:
    """Reads one presentation."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._builder = Builder("pptx")

    def read(self) -> Document:
        self._builder.title = self._package.title()
        slides = list(islice(slides_of(self._package), _MAX_SLIDES + 1))
        self._builder.shortened = len(slides) > _MAX_SLIDES
        del slides[_MAX_SLIDES:]
        self._builder.pages = len(slides)
        for number, slide in enumerate(slides, 1):
            if slide in self._package.archive:
                self._slide(slide, number)
            else:
                self._builder.note(NoteKind.PARTS_UNREADABLE, parts=1)
            if self._builder.full:
                break
        return self._builder.finish()

    def _slide(self, part: str, number: int) -> None:
        self._builder.leave()
        root = xmltree.parse(self._package.archive.chunks(part), "pptx")
        # The title comes first, wherever it stands among the shapes.
        for shape in sorted(_shapes(root), key=lambda one: _placeholder(one) not in TITLES):
            self._shape(shape, number)
        for link in self._package.relationships(part).values():
            if link.target not in self._package.archive:
                continue
            if link.kind == "diagramData":
                diagram = xmltree.parse(self._package.archive.chunks(link.target), "pptx")
                for paragraph in diagram.iter("a|p"):
                    self._builder.add(_text(paragraph), Kind.ITEM, level=1, page=number)
            elif link.kind == "notesSlide":
                self._speaker_notes(link.target, number)

    def _shape(self, shape: Element, number: int) -> None:
        kind = _placeholder(shape)
        if kind in _REPEATED:
            return
        if kind in TITLES:
            title = " ".join(_text(paragraph) for paragraph in shape.iter("a|p"))
            self._builder.heading(title, 1, page=number)
            return
        if shape.tag == "p|pic" or shape.find(".//a|blip") is not None:
            self._builder.note(NoteKind.IMAGES_IGNORED, images=1)
        for table in shape.iter("a|tbl"):
            self._builder.table(_rows(table), page=number)
        for paragraph in shape.iterfind("p|txBody/a|p"):
            level = _level(paragraph)
            if is_point(kind, paragraph):
                self._builder.add(_text(paragraph), Kind.ITEM, level=level, page=number)
            else:
                self._builder.add(_text(paragraph), page=number)

    def _speaker_notes(self, part: str, number: int) -> None:
        root = xmltree.parse(self._package.archive.chunks(part), "pptx")
        for shape in _shapes(root):
            if _placeholder(shape) == "body":
                for paragraph in shape.iterfind("p|txBody/a|p"):
                    self._builder.add(_text(paragraph), page=number)


def _shapes(parent: Element) -> Iterator[Element]:
    """The shapes in ``parent``, through groups; of alternatives the first."""
    for child in parent:
        if child.tag in _SHAPES:
            yield child
        elif child.tag == "mc|AlternateContent":
            choice = child.find("mc|Choice")
            yield from _shapes(child if choice is None else choice)
        elif child.tag in ("p|cSld", "p|spTree", "p|grpSp", "mc|Fallback"):
            yield from _shapes(child)


def _placeholder(shape: Element) -> str | None:
    """What kind of placeholder it is; None: none at all."""
    found = shape.find("p|nvSpPr/p|nvPr/p|ph")
    return None if found is None else found.get("type", "")


def _level(paragraph: Element) -> int:
    properties = paragraph.find("a|pPr")
    level = properties.get("lvl", "0") if properties is not None else "0"
    return int(level) + 1 if level in tuple("012345678") else 1


def is_point(placeholder: str | None, paragraph: Element) -> bool:
    """Is it one of a list? What stands in a placeholder for points is one, unless it says that it has no bullet.

    :param placeholder: the kind of the one that it stands in; None: it stands in none.
    """
    properties = paragraph.find("a|pPr")
    own = [] if properties is None else [child.tag for child in properties]
    return "a|buNone" not in own and (placeholder in _LISTS or "a|buChar" in own or "a|buAutoNum" in own)


def _rows(table: Element) -> Iterator[list[str]]:
    for row in table.iterfind("a|tr"):
        yield [" ".join(_text(paragraph) for paragraph in cell.iter("a|p")) for cell in row.iterfind("a|tc")]


def _text(paragraph: Element) -> str:
    pieces = []
    for one in paragraph.iter():
        if one.tag in ("a|t", "m|t"):
            pieces.append(one.text or "")
        elif one.tag == "a|br":
            pieces.append("\n")
    return "".join(pieces)
