"""EPUB for translation: the chapters as the pages that they are, both tables of contents, the title of the book and
what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import right_to_left
from assistant.documents import xmltree
from assistant.documents.model import Note, NoteKind
from assistant.documents.readers.epub import PAGES, open_archive, package_part
from assistant.documents.readers.html import declared
from assistant.documents.segments import SegmentedDocument, SegmentKind, without_codes
from assistant.documents.translating.blocks import Block, Builder, Role
from assistant.documents.translating.cutting import language_of
from assistant.documents.translating.html import blocks_of, notes_of_left, read_page
from assistant.documents.translating.html_words import STYLE, add_text
from assistant.documents.translating.markup import Tag, tokens
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, check_size, segments_of
from assistant.documents.translating.zipped_parts import Zipped
from assistant.documents.zipped import Archive, target

_NO_PAGES = ("application/x-dtbook+xml",)
_CONTENTS = "application/x-dtbncx+xml"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TURNED = "page-progression-direction"
_UNKNOWN = ("und", "zxx", "mul")
_TAG = re.compile(r"&lt;/?(?P<name>[A-Za-z][A-Za-z0-9]*)(?:(?!&[lg]t;)[^<>]){0,500}&gt;")
"""A tag in what is said of a book, which is a piece of HTML with entities for its brackets where it has any."""
_VERBATIM = re.compile(r"\s*+<!\[CDATA\[(?P<words>(?:(?!\]\]>).)*+)\]\]>\s*+", re.DOTALL)
_INLINE = frozenset(("a", "abbr", "b", "cite", "em", "font", "i", "q", "small", "span", "strong", "sub", "sup", "u"))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def open_epub(data: bytes, name: str) -> Book:  # noqa: ARG001 - every format is told the name
    """The book in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY, DOCUMENT_TOO_LARGE or
        DOCUMENT_EMPTY.
    """
    return Book(data, open_archive(data))


@dataclass
class _Leaf:
    """One part of a book that is translated.

    :ivar edits: what changes besides its words when it is in another language.
    """

    name: str
    original: Original
    part: Part
    edits: Callable[[str], list[Edit]]


class Book(Zipped):
    """A book that is open for translation."""

    def __init__(self, data: bytes, archive: Archive) -> None:
        self._archive = archive
        self._package = package_part(archive)
        self._unreadable = self._left = 0
        self._said = self._language()
        pages, contents = self._named()
        self._leaves = [self._labels(self._package, "dc:title", "dc:description")]
        self._read(chain(map(self._page, pages), map(self._contents, contents)))
        named = (block for block in self._leaves[0].part.blocks if block.kind is SegmentKind.HEADING)
        title = next((without_codes(block.text) for block in named), "")
        language = self._said or language_of(block for leaf in self._leaves for block in leaf.part.blocks)
        for leaf in self._leaves:
            leaf.part.cut(language)
        damaged = [Note(NoteKind.PARTS_UNREADABLE, {"parts": self._unreadable})] if self._unreadable else []
        document = SegmentedDocument(
            segments=segments_of(leaf.part for leaf in self._leaves),
            title=title.strip(),
            format="epub",
            language=language,
            notes=(*damaged, *notes_of_left(self._left)),
        )
        super().__init__(data, archive, document)

    def _changes(self, texts: Sequence[str | None], *, language: str, source: str) -> dict[str, bytes]:
        changes = {}
        at = 0
        for leaf in self._leaves:
            own = [text and _ILLEGAL.sub("", text) for text in texts[at : at + leaf.part.count]]
            at += leaf.part.count
            if leaf.name == self._package or any(text is not None for text in own):
                text = leaf.part.written(own, language=language, source=source, edits=leaf.edits(language))
                changes[leaf.name] = leaf.original.encoded(text, lambda character: f"&#{ord(character)};")
        return changes

    # ------------------------------------------------------------ what it consists of

    def _named(self) -> tuple[list[str], list[str]]:
        """The pages, those in the order of reading first, and the tables of contents that are no pages."""
        items: dict[str, str] = {}
        contents: list[str] = []
        order: dict[str, None] = {}
        for one in xmltree.subtrees(self._archive.chunks(self._package), ("opf|item", "opf|itemref"), "epub"):
            if one.tag == "opf|itemref":
                order[items.get(one.get("idref", ""), "")] = None
                continue
            name, kind = target(self._package, one.get("href", "")), one.get("media-type", "")
            if kind == _CONTENTS and name in self._archive:
                contents.append(name)
            elif kind in PAGES and kind not in _NO_PAGES:
                items[one.get("id", "")] = name
        names = [name for name in dict.fromkeys([*order, *items.values()]) if name]
        self._unreadable += sum(name not in self._archive for name in order if name)
        return [name for name in names if name in self._archive], contents

    def _read(self, leaves: Iterable[_Leaf | None]) -> None:
        """Read all parts, as long as there is not too much to translate in them."""
        size = 0
        for leaf in leaves:
            if leaf is not None:
                self._leaves.append(leaf)
                size += sum(len(block.text) for block in leaf.part.blocks)
                check_size(size)

    def _page(self, name: str) -> _Leaf | None:
        data = self._archive.read(name)
        try:
            source = original(data, declared(data), name=name)
        except AssistantError as error:
            if error.kind is not ErrorKind.DOCUMENT_UNKNOWN:
                raise
            self._unreadable += 1
            return None
        page = read_page(source.text, xml=name.lower().endswith((".xhtml", ".xml")) or "<?xml" in source.text[:100])
        self._left += page.left
        return _Leaf(name, source, page.part(), page.edits)

    def _contents(self, name: str) -> _Leaf:
        return self._labels(name, "text")

    def _labels(self, name: str, label: str, also: str = "") -> _Leaf:
        """A part of XML of which one kind of element holds words, or another one ``also``."""
        data = self._archive.read(name)
        source = original(data, declared(data), name=name)
        part = Part(source.text, _texts(source.text, label, also), STYLE)
        places = list(_languages(source.text))

        def edits(language: str) -> list[Edit]:
            return [*((start, end, language) for start, end in places), *self._direction(source.text, language)]

        return _Leaf(name, source, part, edits)

    def _direction(self, text: str, language: str) -> Iterator[Edit]:
        """In which direction the pages are turned; only the third version of the format says it."""
        to_left = right_to_left(language)
        if to_left == right_to_left(self._said):  # a Japanese book's columns can go from right to left as well
            return
        third = False
        for token in tokens(text, xml=True):
            name = _local(token.name)
            if name == "package" and "version" in token.attributes:
                third = text[slice(*token.attributes["version"])].startswith("3")
            if name == "spine" and token.tag is Tag.OPEN and third:
                said = token.attributes.get(_TURNED)
                if said:
                    yield *said, "rtl" if to_left else "ltr"
                elif to_left:
                    behind = token.start + 1 + len(token.name)
                    yield behind, behind, f' {_TURNED}="rtl"'
                return

    def _language(self) -> str:
        """What the book says its language is, empty if it says none."""
        for one in xmltree.subtrees(self._archive.chunks(self._package), ["dc|language"], "epub"):
            said = (one.text or "").strip()
            if _LANGUAGE.fullmatch(said) and said.lower() not in _UNKNOWN:
                return said
        return ""


def _texts(text: str, label: str, also: str) -> Iterator[Block]:
    """What stands in the elements of these names."""
    kinds = {_local(label): SegmentKind.HEADING, _local(also): SegmentKind.TEXT}
    begin = -1
    for token in tokens(text, xml=True):
        name = _local(token.name)
        if token.tag is Tag.CLOSE and name in kinds and begin >= 0:
            for block in _said(text, begin, token.start):
                block.kind = kinds[name]
                yield block
            begin = -1
        elif token.tag not in (Tag.TEXT, Tag.VERBATIM):
            begin = token.end if token.tag is Tag.OPEN and name in kinds else -1  # another one holds more than words


def _said(text: str, start: int, end: int) -> Iterable[Block]:
    """What stands in one element; a stretch of CDATA is a piece of HTML as it is."""
    if verbatim := _VERBATIM.fullmatch(text, start, end):
        return blocks_of(text, *verbatim.span("words"))
    if "<![CDATA[" in text[start:end]:
        return ()
    builder = Builder(text, start)
    _add(builder, text, start, end)
    block = builder.finish()
    return [block] if block else ()


def _add(builder: Builder, text: str, start: int, end: int) -> None:
    at = start
    for found in _TAG.finditer(text, start, end):
        add_text(builder, text, at, found.start())
        at = found.end()
        name = found["name"].lower()
        if name not in _INLINE:
            builder.alone(*found.span(), Role.BREAK)
        elif found[0].startswith("&lt;/"):
            builder.close(name, *found.span())
        else:
            builder.open(name, *found.span())
    add_text(builder, text, at, end)


def _languages(text: str) -> Iterator[tuple[int, int]]:
    """Where a language is said: of the whole part, or of the book."""
    begin = -1
    for token in tokens(text, xml=True):
        whole = token.tag is Tag.OPEN and _local(token.name) in ("package", "ncx", "title", "description")
        if whole and "xml:lang" in token.attributes:
            yield token.attributes["xml:lang"]
        if _local(token.name) == "language":
            if token.tag is Tag.OPEN:
                begin = token.end
            elif token.tag is Tag.CLOSE and begin >= 0:
                inside = text[begin : token.start]
                start = begin + len(inside) - len(inside.lstrip())
                yield start, start + len(inside.strip())
                return  # a second one says what the book is also in


def _local(name: str) -> str:
    return name.rpartition(":")[2]
