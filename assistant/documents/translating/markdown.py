"""Markdown: paragraphs, headings, items, cells and pictures' words; code, formulas, links' targets stay."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.readers.markdown import pieces
from assistant.documents.segments import SegmentKind, without_codes
from assistant.documents.translating import html, html_words, yaml_strings
from assistant.documents.translating.blocks import Block, Builder, Role
from assistant.documents.translating.cutting import SHORT
from assistant.documents.translating.markdown_inline import Mark, Place, parser, places
from assistant.documents.translating.markdown_writing import MarkdownStyle, Where
from assistant.documents.translating.markup import ENTITY, Tag, tokens
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Part, Text
from assistant.documents.translating.wrapping import join_between

_LARGEST = 5_000_000  # characters: the parser takes seconds for each million
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_FRONT = re.compile(r"---[ \t]*(?:\r\n|\r|\n)(.{0,20000}?)(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?=\r|\n|$)", re.DOTALL)
_FRONT_KEYS = frozenset(
    (
        *("title", "subtitle", "linktitle", "description", "summary", "excerpt", "abstract", "tagline", "caption"),
        "headline",
    )
)
_HASHES = re.compile(r"#{1,6}[ \t]+")
_SEPARATE = re.compile(
    r"[ \t]*(?::::.*|\{%.*%\}|\{\{[<%].*[%>]\}\}|\[![A-Za-z]{2,20}\][+-]?"
    r"|(?:!!!|\?\?\?\+?) \S.*|\*\[[^\]]{1,200}\]:.*|\[[^\]^][^\]]{0,200}\]:[ \t]*\S.*)[ \t]*"
)
_DEFINES = re.compile(r":[ \t]+(?=\S)")  # what a term means, as several dialects have it
_BAR = re.compile(r"(?<!\\)\|")
_WRITTEN_OTHERWISE = re.compile(rf"\\[!-/:-@\[-`{{-~]|{ENTITY.pattern}")


def open_markdown(data: bytes, name: str) -> Text:
    """A Markdown document.

    :raises AssistantError: DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    source = original(data, name=name)
    if len(source.text) > _LARGEST:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=_LARGEST)
    return _Markdown(source, _Reader(source.text))


class _Markdown(Text):
    format = "markdown"

    def __init__(self, source: Original, reader: _Reader) -> None:
        blocks = list(reader.blocks())
        self._heading = next((one.text for one in blocks[:3] if one.kind is SegmentKind.HEADING), "")
        super().__init__(source, Part(source.text, blocks, MarkdownStyle(reader.references)))

    def _title(self) -> str:
        return " ".join(without_codes(self._heading).split())


@dataclass(frozen=True)
class _Inline:
    """A paragraph, a heading, a cell, or a block of HTML.

    :ivar line: number of its first line.
    :ivar cell: its place in a row of a table, -1: it is none.
    :ivar hashes: it is a heading that begins with ``#``.
    """

    token: Token
    line: int
    kind: SegmentKind
    cell: int
    hashes: bool


@dataclass(frozen=True)
class _Content:
    """The content of a paragraph, as the parser sees it, and where its lines stand in the document."""

    text: str
    starts: tuple[int, ...]
    originals: tuple[int, ...]

    def place(self, at: int) -> int:
        line = bisect_right(self.starts, at) - 1
        return self.originals[line] + at - self.starts[line]


def _apart(content: _Content) -> Iterator[_Content]:
    """The paragraphs between lines that other programs read, which stay lines of their own."""
    rows = content.text.split("\n")
    group: list[int] = []
    for number, row in enumerate([*rows, ":::"]):
        separate, defines = _SEPARATE.fullmatch(row), number and _DEFINES.match(row.lstrip())
        if group and (separate or defines):
            yield _rows_of(content, rows, group)
        if separate or defines:
            group = []
        if not separate:
            group.append(number)


def _rows_of(content: _Content, rows: Sequence[str], group: Sequence[int]) -> _Content:
    """Some rows of a paragraph as one of their own."""
    text = "\n".join(rows[one] for one in group)
    lead = len(text) - len(text.lstrip())
    mark = _DEFINES.match(text, lead) if group[0] else None
    first = content.starts[group[0]] + (mark.end() - lead if mark else 0)
    starts = tuple(max(0, content.starts[one] - first) for one in group)
    originals = [content.originals[one] for one in group]
    originals[0] += mark.end() - lead if mark else 0
    return _Content(text[mark.end() if mark else lead :].rstrip(), starts, tuple(originals))


class _Reader:
    """Finds the blocks of a document.

    :ivar references: labels of links that the document defines, as the parser spells them.
    """

    def __init__(self, text: str) -> None:
        front = _FRONT.match(text)
        self._front = front.span(1) if front else None
        self._text = text
        self._lines = [found.span(1) for found in _LINE.finditer(text, front.end() if front else 0)]
        self._parser: MarkdownIt = parser()
        self._env: dict[str, Any] = {"references": {}}
        self.references: dict[str, Any] = self._env["references"]
        self._row: tuple[int, list[tuple[int, int]]] = (-1, [])  # the last line that was asked for, and its cells

    def blocks(self) -> Iterator[Block]:
        """All blocks, each with what is inside of it before it."""
        if self._front:
            yield from yaml_strings.blocks_of(self._text, *self._front, keys=_FRONT_KEYS)
        found: list[_Inline] = []
        first = 0
        for piece in pieces("\n".join(self._text[start:end] for start, end in self._lines)):
            found += self._inlines(piece, first)
            first += piece.count("\n") + 1
        for one in found:  # now every link is defined
            if one.token.type == "html_block":
                yield from self._html(one.token, one.line)
            elif content := self._content(one):
                for own in _apart(content):
                    yield from self._paragraph(own, one)

    def _inlines(self, piece: str, first: int) -> Iterator[_Inline]:
        """Paragraphs and blocks of HTML."""
        stream: list[Token] = []
        self._parser.block.parse(piece.replace("\0", "\ufffd"), self._parser, self._env, stream)
        kind, cell, items, hashes = SegmentKind.TEXT, -1, 0, False
        for token in stream:
            match token.type:
                case "heading_open":
                    kind, hashes = SegmentKind.HEADING, token.markup.startswith("#")
                case "heading_close":
                    kind, hashes = SegmentKind.TEXT, False
                case "list_item_open" | "list_item_close":
                    items += token.nesting
                case "tr_open":
                    cell = 0
                case "tr_close":
                    cell = -1
                case "html_block" | "inline" if token.map:
                    plain = SegmentKind.ITEM if items else SegmentKind.TEXT
                    own = SegmentKind.CELL if cell >= 0 else plain if kind is SegmentKind.TEXT else kind
                    yield _Inline(token, first + token.map[0], own, cell, hashes)
                    cell += cell >= 0

    def _content(self, inline: _Inline) -> _Content | None:
        """Where the content of a paragraph stands; None: it is not to be found in the document as it is."""
        content = inline.token.content
        if inline.cell >= 0:
            return self._cell(content, inline.line, inline.cell)
        rows = content.split("\n")
        starts, originals, at = [], [], 0
        for number, row in enumerate(rows):
            begin, end = self._lines[inline.line + number]
            source, stripped = self._text[begin:end], row.strip()
            if inline.hashes and (found := _HASHES.search(source)):
                place = found.end()
            else:
                place = len(source.rstrip()) - len(stripped)
            if place < 0 or not source.startswith(stripped, place):
                return None
            starts.append(at + len(row) - len(row.lstrip()))
            originals.append(begin + place)
            at += len(row) + 1
        return _Content(content, tuple(starts), tuple(originals)) if starts[0] == 0 else None

    def _cell(self, content: str, line: int, number: int) -> _Content | None:
        """Where a cell of a table stands."""
        if self._row[0] != line:
            self._row = (line, self._cells(line))
        cells = self._row[1]
        if number >= len(cells):
            return None
        start, stop = cells[number]
        raw = self._text[start:stop].rstrip()
        written = content if content == raw.lstrip() else raw.lstrip()
        if written.replace("\\|", "|") != content and not raw.endswith(content):
            return None
        written = written if written.replace("\\|", "|") == content else content
        return _Content(written, (0,), (start + len(raw) - len(written),)) if written else None

    def _cells(self, line: int) -> list[tuple[int, int]]:
        """Where the cells of a row begin and end."""
        begin, end = self._lines[line]
        bounds = [begin, *(bar.start() + 1 for bar in _BAR.finditer(self._text, begin, end)), end + 1]
        cells = [(one, other - 1) for one, other in pairwise(bounds)]
        return cells if self._text[cells[0][0] : cells[0][1]].strip(" \t>") else cells[1:]

    def _html(self, token: Token, line: int) -> Iterator[Block]:
        count = token.content.rstrip("\n").count("\n") + 1
        start, end = self._lines[line][0], self._lines[line + count - 1][1]
        if self._text[start:end].replace("\r\n", "\n").replace("\r", "\n") == token.content.rstrip("\n"):
            yield from html.blocks_of(self._text, start, end)

    # ------------------------------------------------------------ one paragraph

    def _paragraph(self, content: _Content, inline: _Inline) -> Iterator[Block]:
        marks = places(self._parser, content.text, self._env)
        yield from self._pictures(content, marks)
        yield from self._titles(content, marks)
        filler = _Filler(self._text, content, marks)
        yield from filler.inner
        block = filler.block
        if block is not None:
            block.kind = inline.kind
            block.extra = Where.CELL if inline.cell >= 0 else Where.TEXT
            block.whole = inline.cell >= 0 and len(block.text) <= SHORT
            yield block

    def _pictures(self, content: _Content, marks: Sequence[Place]) -> Iterator[Block]:
        """The words for those who do not see a picture."""
        for mark in marks:
            if mark.label and mark.label[0] < mark.label[1]:
                start, end = mark.label
                inner = content.text[start:end]
                if "\n" in inner:
                    continue
                alt = _Content(inner, (0,), (content.place(start),))
                block = _Filler(self._text, alt, places(self._parser, inner, self._env)).block
                if block is not None:
                    block.extra = Where.LABEL
                    yield block

    def _titles(self, content: _Content, marks: Sequence[Place]) -> Iterator[Block]:
        """What links and pictures are called: words without markup."""
        for mark in marks:
            if mark.title and "\n" not in content.text[slice(*mark.title)]:
                start, end = map(content.place, mark.title)
                builder = Builder(self._text, start)
                at = start
                for found in _WRITTEN_OTHERWISE.finditer(self._text, start, end):
                    builder.text(at, found.start())
                    meant = found[0][1:] if found[0][0] == "\\" else unescape(found[0])
                    builder.shown(meant, *found.span())
                    at = found.end()
                builder.text(at, end)
                if block := builder.finish():
                    block.extra, block.whole = Where.TITLE, len(block.text) <= SHORT
                    yield block


class _Filler:
    """Makes a block of a paragraph.

    :ivar inner: blocks in the tags of HTML inside of it.
    """

    def __init__(self, text: str, content: _Content, marks: Sequence[Place]) -> None:
        self.inner: list[Block] = []
        self._text, self._content = text, content
        self._builder = Builder(text, content.place(0))
        self._hidden = ""  # an element of HTML that is not translated, and where it begins
        self._hidden_from = 0
        at = 0
        for mark in marks:
            if mark.start < at:
                continue  # inside of a picture
            self._words(at, mark.start)
            self._mark(mark)
            at = mark.end if mark.mark is not Mark.OPEN or mark.name != "link" else mark.start + 1
        self._words(at, len(content.text))
        if self._hidden:
            self._alone(self._hidden_from, len(content.text), Role.WORD)
        self.block = self._builder.finish()

    def _words(self, start: int, end: int) -> None:
        if start < end and not self._hidden:
            self._builder.text(self._content.place(start), self._end(end))

    def _end(self, at: int) -> int:
        """Where a stretch ends whose last character is before ``at``."""
        return self._content.place(at - 1) + 1

    def _alone(self, start: int, end: int, role: Role = Role.MARK) -> None:
        self._builder.alone(self._content.place(start), self._end(end), role)

    def _mark(self, mark: Place) -> None:
        if mark.mark is Mark.TAG:
            self._tag(mark)
            return
        if self._hidden:
            return
        start, end = self._content.place(mark.start), self._end(mark.end)
        match mark.mark:
            case Mark.OPEN:
                self._builder.open(mark.name, start, end)
            case Mark.CLOSE:
                self._builder.close(mark.name, start, end, fresh=mark.fresh)
            case Mark.WORD:
                self._builder.alone(start, end, Role.WORD)
            case Mark.SHOWN:
                self._builder.shown(mark.shown, start, end)
            case Mark.SOFT | Mark.HARD:
                self._line_break(mark)
            case _:
                self._builder.alone(start, end)

    def _line_break(self, mark: Place) -> None:
        start = self._content.place(mark.start)
        at_end = mark.end >= len(self._content.text)
        end = self._end(mark.end) if at_end else self._content.place(mark.end)
        if mark.mark is Mark.HARD:
            self._builder.alone(start, end, Role.BREAK)
        else:
            following = "" if at_end else self._content.text[mark.end]
            self._builder.shown(join_between(self._builder.last, following), start, end)

    def _tag(self, mark: Place) -> None:
        start, end = self._content.place(mark.start), self._end(mark.end)
        tag = next(tokens(self._text, xml=False, start=start, end=end))
        if self._hidden:
            if tag.tag is Tag.CLOSE and tag.name == self._hidden:
                self._hidden = ""
                html_words.add_opaque(self._builder, self._text, tag.name, self._content.place(self._hidden_from), end)
        elif tag.tag is Tag.CLOSE:
            self._builder.close(f"<{tag.name}", start, end)
        elif tag.tag is Tag.OPEN and tag.name in html_words.OPAQUE:
            self._hidden, self._hidden_from = tag.name, mark.start
        elif tag.tag is Tag.OPEN and tag.name not in html_words.VOID:
            self.inner += html_words.attributes_of(self._text, tag)
            self._builder.open(f"<{tag.name}", start, end)
        else:
            self.inner += html_words.attributes_of(self._text, tag)
            self._builder.alone(start, end, Role.BREAK if tag.name == "br" else Role.MARK)
