"""Text in drawings, as slides and documents have it: paragraphs of shapes, diagrams, the titles of charts, and what is
read out in the place of a picture.

What a chart takes from its table (the names of rows and columns) stays: it would come back with the next change of a
number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from assistant.documents.ooxml import Package
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Role
from assistant.documents.translating.cutting import has_words
from assistant.documents.translating.located import Located, in_utf8, located
from assistant.documents.translating.office import Line, Lines, Part, line_of, look, said_in, texts_of
from assistant.documents.translating.runs import AttributeShell, Item, Piece, Shell, Thing, has_letters
from assistant.documents.translating.values import is_identifier

_DIAGRAM = ("diagramData", "diagramDrawing")
_CHART = ("chart", "chartEx", "chartUserShapes")
_UNSEEN = frozenset(("lang", "altLang", "dirty", "err", "noProof", "smtClean", "smtId", "bmk", "kumimoji"))
_AROUND = frozenset(("a|pPr", "a|endParaRPr"))
_DESCRIBED = {
    **dict.fromkeys(("docPr", "cNvPr"), ("title", "descr")),
    **dict.fromkeys(("shape", "rect", "roundrect", "oval", "line", "group"), ("alt",)),  # of VML
    **dict.fromkeys(("tblCaption", "tblDescription"), ("val",)),
}
"""Elements to those of their attributes that say in words what is seen."""
_FILE = re.compile(r".*\.(?:png|jpe?g|jfif|gif|svg|webp|bmp|tiff?|emf|wmf|heic)\s*", re.IGNORECASE | re.DOTALL)
_LINE_BREAK = re.compile(rb"&#(?:x0*[aAdD]|0*1[03]);")


class Drawings:
    """Reads what stands in parts of its own beside a slide or a document.

    :ivar parts: those that were read.
    """

    def __init__(self, package: Package, lines: Lines) -> None:
        self._package, self._lines = package, lines
        self.parts: list[Part] = []
        self._seen: set[str] = set()

    def beside(self, name: str) -> None:
        """The diagrams and charts of the part ``name``."""
        links = list(self._package.relationships(name).values())
        for kind in _DIAGRAM:  # the second holds the texts of the first again, as they are shown until one is edited
            for link in links:
                if link.kind == kind and (part := self._part(link.target)):
                    for paragraph in _paragraphs(part, self._package.format):
                        self._of_diagram(part, paragraph, first=kind == _DIAGRAM[0])
        self._lines.forget()
        for link in links:
            if link.kind in _CHART and (part := self._part(link.target)):
                for paragraph in _paragraphs(part, self._package.format):
                    if line := line_in(part, paragraph):
                        self._lines.add(part, line)
                self.beside(link.target)

    def _part(self, name: str) -> Part | None:
        """A part that is not yet read; None if it is, or is not there."""
        if not name or name in self._seen or name not in self._package.archive:
            return None
        self._seen.add(name)
        part = Part(name, in_utf8(self._package.archive.read(name), self._package.format))
        self.parts.append(part)
        return part

    def _of_diagram(self, part: Part, paragraph: Located, *, first: bool) -> None:
        line = line_in(part, paragraph)
        if line is None:
            return
        if first:
            self._lines.add_first(part, line, SegmentKind.ITEM)
        else:
            self._lines.add_again(part, line)


def _paragraphs(part: Part, format: str) -> Iterator[Located]:
    for found in located(part.content, ("a|p",), format):
        yield found.root


def line_in(part: Part, paragraph: Located) -> Line | None:
    """The runs of a paragraph; None: there is nothing to translate."""
    content = [child for child in paragraph if isinstance(child, Located) and child.tag not in _AROUND]
    items = [item for child in content for item in _items(part.content, child)]
    return line_of(items, content[0].start, content[-1].end) if has_letters(items) else None


def descriptions(part: Part, element: Located) -> Iterator[Line]:
    """What ``element`` itself says of a picture, a drawing or a table for those who do not see it.

    The names of files, which programs put there when nobody writes anything, are no words.
    """
    tag = part.content[element.start : element.inside]
    for name in _DESCRIBED.get(element.tag.rpartition("|")[2], ()):
        found = re.search(rb"""\s(?:[\w.-]+:)?%s\s*=\s*(?:"([^"]*)"|'([^']*)')""" % name.encode(), tag)
        if found is None or found.lastindex is None:
            continue
        words = unescape(found[found.lastindex].decode("utf-8", "replace"))
        if has_words(words) and not is_identifier(words) and not _FILE.fullmatch(words):
            start, end = (element.start + place for place in found.span(found.lastindex))
            yield line_of(list(_described(part.content, start, end)), start, end)


def _described(content: bytes, start: int, end: int) -> Iterator[Item]:
    shell = AttributeShell()
    at = start
    for found in (*_LINE_BREAK.finditer(content, start, end), None):
        stop = found.start() if found else end
        yield from texts_of(unescape(content[at:stop].decode("utf-8", "replace")), at, stop, shell)
        if found:
            at = found.end()
            yield Thing([Piece(stop, at)], Role.BREAK)


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


def dressed(head: bytes, language: str) -> bytes:
    """The start of a run, said to be in ``language`` where it says a language."""
    return said_in(head, b"lang", language)
