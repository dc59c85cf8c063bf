"""DOCX for translation: the paragraphs of the text, its notes, headers and footers; tables, text boxes, links in them;
the table of contents, the texts of diagrams, the titles of charts, the descriptions of pictures and tables.

Not translated and not touched: deleted text of tracked changes, hidden text, what other fields show (page numbers,
references: Word makes them anew), formulas, code (styles that are called so), what a chart takes from its table, and
comments, which are about the text and no part of it. In paragraphs that are written anew the marks of the spelling
check and of old page breaks go, and so do the readings above words (ruby), which belong to the words that were there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from assistant.documents import xmltree
from assistant.documents.model import Note, NoteKind
from assistant.documents.ooxml import Package
from assistant.documents.readers.docx_styles import Styles
from assistant.documents.segments import SegmentKind
from assistant.documents.translating import drawings, word_language
from assistant.documents.translating.blocks import Role
from assistant.documents.translating.located import Located, in_utf8, located
from assistant.documents.translating.office import Clothes, Lines, Office, Part, line_of, look, properties_of, texts_of
from assistant.documents.translating.runs import Anchor, Group, Item, Piece, Shell, Text, Thing, has_letters, pieces_of
from assistant.documents.translating.word_fields import Fields

_OF_TABLES = ("w|tblCaption", "w|tblDescription")
_FURTHER = ("footnotes", "endnotes", "header", "footer")
_PROPERTIES = frozenset(("w|pPr", "w|rPr", "w|sdtPr", "w|sdtEndPr", "w|smartTagPr", "w|customXmlPr"))
_ENCLOSING = frozenset(("w|hyperlink", "w|ins", "w|moveTo", "w|smartTag", "w|customXml", "w|dir", "w|bdo", "w|sdt"))
_DELETED = frozenset(("w|del", "w|moveFrom"))
_DROPPED = frozenset(("w|proofErr", "w|lastRenderedPageBreak", "w|softHyphen", "w|rPr"))
_INVISIBLE = re.compile(
    r"w\|(?:bookmark|commentRange|perm|moveFromRange|moveToRange|customXml\w+Range)(?P<half>Start|End)"
    r"|w\|(?:commentReference|annotationRef|delText|delInstrText)"
)
_BREAKS = frozenset(("w|br", "w|cr", "w|tab", "w|ptab"))
_FORMULAS = frozenset(("m|oMath", "m|oMathPara"))
_CHOSEN = ("w|comboBox", "w|dropDownList", "w|date", "?|checkbox")  # content controls whose text is no text
_SAME_LOOK = frozenset(("w|lang", "w|noProof", "w|rPrChange", "w|kern", "w|w"))
_NARROW = 10  # twentieths of a point between letters that nobody sees
_CODE = re.compile(
    r"(?:^|[^a-z])code(?:$|[^a-z])|(?:source|program|html|inline)code|codeblock|verbatim|preformatted"
    r"|source ?text|^html (?:sample|typewriter)|quell(?:code|text)|代码|代碼|コード"
)
_CHAIN = 20


def open_docx(data: bytes, name: str) -> Office:  # noqa: ARG001 - every format is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY, DOCUMENT_TOO_LARGE or
        DOCUMENT_EMPTY.
    """
    return _Opening(Package(data, "docx")).open(data)


class _Opening:
    """Reads one document."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main_part("word/document.xml")
        self._styles_part = package.part_of(self._main, "styles")
        root = xmltree.parse(package.archive.chunks(self._styles_part), "docx") if self._styles_part else None
        self._styles, self._code = Styles(root), _code_styles(root)
        self._lines = Lines()
        self._unreadable = 0

    def open(self, data: bytes) -> Office:
        names = self._names()
        parts = [self._part(name) for name in names]
        drawn = drawings.Drawings(self._package, self._lines)
        for name in names:
            drawn.beside(name)
        parts += drawn.parts
        notes = (Note(NoteKind.PARTS_UNREADABLE, {"parts": self._unreadable}),) if self._unreadable else ()
        clothes = Clothes(word_language.dressed, word_language.turned, self._beside)
        return Office(self._package, data, parts, self._lines, notes=notes, clothes=clothes)

    def _names(self) -> list[str]:
        """The parts with text: the document itself, then its notes, headers and footers, each once."""
        links = self._package.relationships(self._main).values()
        names = {self._main: None}
        for kind in _FURTHER:
            for link in links:
                if link.kind == kind and link.target in self._package.archive:
                    names[link.target] = None
        return list(names)

    def _part(self, name: str) -> Part:
        part = Part(name, in_utf8(self._package.archive.read(name), "docx"))
        reader = _PartReader(part, self._lines, self._styles, self._code)
        for found in located(part.content, ("w|p", "w|altChunk", "w|footnote", "w|endnote", *_OF_TABLES), "docx"):
            if found.root.tag == "w|altChunk":
                self._unreadable += 1
            elif found.root.get("w|type", "normal") == "normal":
                reader.paragraphs(found.root, found.path)
        self._lines.forget()
        return part

    def _beside(self, language: str, parts: dict[str, bytes]) -> dict[str, bytes]:
        """What is said of tables and pages, and in the part with styles of all text, once there are words in
        ``language``."""
        changed = {name: new for name, old in parts.items() if (new := word_language.laid_out(old, language)) != old}
        if self._styles_part:
            content = in_utf8(self._package.archive.read(self._styles_part), "docx")
            new = word_language.styles(content, language)
            if new != content:
                changed[self._styles_part] = new
        return changed


def _code_styles(root: Element | None) -> frozenset[str]:
    """The ids of the styles for code, and of those that stand on them."""
    names: dict[str, str] = {}
    based: dict[str, str] = {}
    for style in root.iter("w|style") if root is not None else ():
        key = style.get("w|styleId", "")
        names[key] = " ".join(one.get("w|val", "").lower() for one in style.findall("w|name"))
        based[key] = "".join(one.get("w|val", "") for one in style.findall("w|basedOn"))
    found = set()
    for key in names:
        at = key
        for _ in range(_CHAIN):
            if _CODE.search(names.get(at, "")) or _CODE.search(at.lower()):
                found.add(key)
                break
            at = based.get(at, "")
    return frozenset(found)


class _PartReader:
    """Reads the paragraphs of one part."""

    def __init__(self, part: Part, lines: Lines, styles: Styles, code: frozenset[str]) -> None:
        self._part, self._lines, self._styles, self._code = part, lines, styles, code
        self._fields = Fields(part.content)

    def paragraphs(self, parent: Located, path: Iterable[str]) -> None:
        """Every paragraph in ``parent``, which is in elements of these names; those in text boxes come after theirs."""
        inside = {*path}
        if parent.tag == "w|p":
            self._paragraph(parent, inside)
            inside = inside - {"w|tc"}
        for line in drawings.descriptions(self._part, parent):  # a picture's and its frame's are often the same
            if not self._lines.add_again(self._part, line):
                self._lines.add_first(self._part, line)
        for child in _children(parent):
            if child.tag not in _DELETED and child.tag not in _PROPERTIES:
                self.paragraphs(child, inside | {parent.tag} if parent.tag in _TOLD else inside)

    def _paragraph(self, paragraph: Located, inside: set[str]) -> None:
        properties = paragraph.find("w|pPr")
        named = properties.find("w|pStyle") if properties is not None else None
        if named is not None and named.get("w|val", "") in self._code:
            return
        items = self._items(paragraph)
        listed = self._fields.lists(paragraph.start, paragraph.end)
        if listed:
            items = _entry(items)
        if not has_letters(items):
            return
        content = [child for child in _children(paragraph) if child.tag != "w|pPr"]
        line = line_of(items, content[0].start, content[-1].end)
        line.properties = properties_of(paragraph, "w|pPr")
        style = self._styles.of(properties)
        if "mc|Fallback" in inside and self._lines.add_again(self._part, line):
            return
        place = style.list_of(properties)
        if "w|tc" in inside:
            kind = SegmentKind.CELL
        elif style.outline or listed:
            kind = SegmentKind.HEADING
        else:
            kind = SegmentKind.ITEM if place is not None and place.list != "0" else SegmentKind.TEXT
        (self._lines.add_first if "mc|Choice" in inside else self._lines.add)(self._part, line, kind)

    # ------------------------------------------------------------ what a paragraph consists of

    def _items(self, parent: Located) -> list[Item]:
        items: list[Item] = []
        marks: dict[int, int] = {}  # where marks of links stand, to their index in items
        for child in _children(parent):
            for item in self._of_child(child):
                start = next(pieces_of([item])).start if not isinstance(item, Text) else -1
                marks[start] = len(items)
                items.append(item)
        return self._with_links(items, marks)

    def _of_child(self, child: Located) -> Iterator[Item]:
        tag, whole = child.tag, [Piece(child.start, child.end)]
        if tag in _PROPERTIES or tag in _DROPPED:
            return
        if tag == "w|r":
            yield from self._run(child)
        elif tag in _DELETED:
            yield Anchor(whole)
        elif found := _INVISIBLE.fullmatch(tag):
            yield Anchor(whole, begins=found["half"] == "Start")
        elif tag in _ENCLOSING or (tag == "w|fldSimple" and _is_link(child)):
            yield self._group(child)
        else:
            yield Thing(whole, Role.WORD if tag in _FORMULAS or tag == "w|fldSimple" else Role.MARK)

    def _group(self, element: Located) -> Item:
        content = element
        if element.tag == "w|sdt":
            inside, properties = element.find("w|sdtContent"), element.find("w|sdtPr")
            chosen = properties is not None and any(properties.find(name) is not None for name in _CHOSEN)
            if not isinstance(inside, Located) or chosen:
                return Thing([Piece(element.start, element.end)], Role.WORD)
            content = inside
        children = [child for child in _children(content) if child.tag not in _PROPERTIES]
        if not children:
            return Thing([Piece(element.start, element.end)])
        opening = [Piece(element.start, children[0].start)]
        return Group(opening, [Piece(children[-1].end, element.end)], self._items_in(children))

    def _items_in(self, children: Iterable[Located]) -> list[Item]:
        parent = Located("group")
        parent.extend(children)
        return self._items(parent)

    def _run(self, run: Located) -> Iterator[Item]:
        properties = run.find("w|rPr")
        shell = self._shell(run, properties)
        if shell is None:
            return
        hidden = properties is not None and _is_on(properties.find("w|vanish"))
        style = properties.find("w|rStyle") if properties is not None else None
        code = style is not None and style.get("w|val", "") in self._code
        for child in _children(run):
            piece = Piece(child.start, child.end, shell)
            if child.tag in _DROPPED:
                continue
            if self._fields.holds(child.start):
                yield Anchor([piece]) if self._fields.unseen(child.start) else Thing([piece], Role.WORD)
            elif hidden or _INVISIBLE.fullmatch(child.tag):
                yield Anchor([piece])
            elif code:
                yield Thing([piece], Role.WORD)
            else:
                yield from _in_run(child, piece, shell)

    def _shell(self, run: Located, properties: Element | None) -> Shell | None:
        content = self._part.content
        if run.inside == run.end:
            return None
        start = properties.end if isinstance(properties, Located) else run.inside
        name = re.match(rb"<([^\s/>:]+:)?", content[run.start : run.start + 200])
        prefix = (name[1] or b"") if name else b""
        key = look(properties, _is_unseen, frozenset(("w|hint",)))
        return Shell(content[run.start : start], content[run.close : run.end], prefix + b"t", key, preserving=True)

    def _with_links(self, items: list[Item], marks: dict[int, int]) -> list[Item]:
        """The items, those together that are the text of a link made of a field."""
        links = self._fields.links
        for begin in sorted(marks.keys() & links.keys(), reverse=True):
            first, second, third = (marks.get(at, -1) for at in (begin, *links[begin]))
            if -1 < first < second < third:
                opening, closing = pieces_of(items[first : second + 1]), pieces_of(items[third : third + 1])
                items[first : third + 1] = [Group(list(opening), list(closing), items[second + 1 : third])]
        return items


_TOLD = frozenset(("w|tc", "mc|Choice", "mc|Fallback"))


def _children(element: Element) -> Iterator[Located]:
    for child in element:
        assert isinstance(child, Located)
        yield child


def _in_run(child: Located, piece: Piece, shell: Shell) -> Iterator[Item]:
    """What something in a run shows."""
    tag = child.tag
    if tag == "w|t":
        text = child.text or ""
        if child.get("xml|space") != "preserve":
            text = text.strip(" \t\r\n")
        yield from texts_of(text, child.start, child.end, shell)
    elif tag == "w|noBreakHyphen":
        yield Text("\u2011", child.start, child.end, shell)
    elif tag == "w|ruby":
        yield Text("".join(one.text or "" for one in child.iterfind("w|rubyBase//w|t")), child.start, child.end, shell)
    else:
        yield Thing([piece], Role.BREAK if tag in _BREAKS else Role.MARK)


def _entry(items: Iterable[Item]) -> list[Item]:
    """A line of a table of contents: its number, its tabs and its page are no part of its words."""
    out: list[Item] = []
    words = False  # whether there were letters before
    for item in items:
        if isinstance(item, Group):
            out.append(Group(item.opening, item.closing, _entry(item.items)))
        elif isinstance(item, Thing):
            out.append(Thing(item.pieces))
        elif isinstance(item, Text) and not words and not has_letters([item]):
            out.append(Thing([Piece(item.start, item.end, item.shell)]))
        else:
            out.append(item)
        words = words or has_letters(out[-1:])
    return out


def _is_link(field: Element) -> bool:
    return field.get("w|instr", "").strip().upper().startswith("HYPERLINK")


def _is_on(switch: Element | None) -> bool:
    return switch is not None and switch.get("w|val", "1") not in ("0", "false", "off")


def _is_unseen(property: Element) -> bool:
    """Does this property of a run change nothing that a reader sees?"""
    if property.tag == "w|spacing":
        value = property.get("w|val", "").removeprefix("-")
        return value.isascii() and value.isdigit() and len(value) < 4 and int(value) <= _NARROW
    return property.tag in _SAME_LOOK
