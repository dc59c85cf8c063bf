"""A text in Markdown, with what its sentences rest on, taken apart for a file: blocks of runs, and numbered notes.

Where a sentence ends, a mark goes into the Markdown before it is parsed; so the notes stand where they belong, whatever
the parser makes of the text around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.documents.model import Document, LinkedSentence, MarkState, Source

_BRACKETS = (("⸢", "⸣"), ("⸤", "⸥"), ("⦋", "⦌"), ("⟬", "⟭"))  # punctuation, so that emphasis around it still works
_LONGEST_QUOTE = 400  # characters of a passage that are quoted
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LABELS: Mapping[str, str] = {
    "sources": "Sources",
    "page": "page {page}",
    "placed": "{page}, {headings}",
    "quoted": "{place}: {quote}",
    "listed": "{words}, {word}",
    "no_source": "No passage of the document supports this.",
    "missing": "Not supported: {words}",
    "unchecked": "Not checked: {words}",
    "back": "Back to the text",
}
"""Words of an exported file, for whoever gives none."""


@dataclass(frozen=True)
class Place:
    """A passage of the document: its words on one line, and where it stands."""

    quote: str
    page: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """What a sentence rests on.

    :ivar missing: words of it that are not in the document; ``unchecked``: those that could not be looked up there.
    """

    number: int
    places: tuple[Place, ...]
    missing: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """Text in one style, or (``note`` > 0) the reference to a note."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False
    note: int = 0


class BlockKind(StrEnum):
    """What a block of an exported text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"


@dataclass
class Block:
    """A paragraph, or a table.

    :ivar level: of a heading from 1; depth of a list item from 1.
    :ivar number: of an item in a numbered list, 0: a bullet.
    :ivar rows: cells of runs; the first row is the head.
    """

    kind: BlockKind
    level: int = 0
    number: int = 0
    runs: list[Run] = field(default_factory=list)
    rows: list[list[list[Run]]] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """Everything that goes into a file.

    :ivar marked: the Markdown with ``opening`` number ``closing`` where a note is referred to.
    :ivar labels: words of the file, all of them.
    :ivar caveats: sentences about the text, which stand under the title: plain text, each in one line.
    """

    title: str
    marked: str
    notes: tuple[Note, ...]
    labels: Mapping[str, str]
    opening: str
    closing: str
    caveats: tuple[str, ...] = ()

    def references(self) -> re.Pattern[str]:
        return re.compile(f"{re.escape(self.opening)}(\\d+){re.escape(self.closing)}")

    def where(self, place: Place) -> str:
        """Page and headings of a passage, empty if neither is known."""
        parts = [self.labels["page"].format(page=place.page)] if place.page else []
        if place.path:
            parts.append(" › ".join(place.path))
        return self.labels["placed"].format(page=parts[0], headings=parts[1]) if len(parts) > 1 else "".join(parts)

    def quoted(self, where: str, quote: str) -> str:
        """A passage behind its place, if that is known."""
        return self.labels["quoted"].format(place=where, quote=f"“{quote}”") if where else f"“{quote}”"

    def remarks(self, note: Note) -> list[str]:
        """What a note says besides its passages."""
        found = [self.labels["no_source"]] if not note.places else []
        for label, told in (("missing", note.missing), ("unchecked", note.unchecked)):
            if told:
                words = reduce(lambda words, word: self.labels["listed"].format(words=words, word=word), told)
                found.append(self.labels[label].format(words=words))
        return found


def paper(
    title: str,
    text: str,
    sentences: Sequence[LinkedSentence],
    document: Document | None,
    labels: Mapping[str, str],
    caveats: Sequence[str] = (),
) -> Paper:
    """Title, text and notes, ready to be written.

    :param sentences: places in ``text``; those that lie outside of it are passed over.
    :param document: what the sources are places in; None: no notes.
    :param caveats: what one should know before relying on the text, in sentences.
    """
    opening, closing = next((pair for pair in _BRACKETS if pair[0] not in text), _BRACKETS[0])
    notes: dict[tuple[tuple[Place, ...], tuple[str, ...], tuple[str, ...]], Note] = {}
    marks: list[tuple[int, int]] = []
    for sentence in sentences if document is not None else ():
        if not 0 <= sentence.start < sentence.end <= len(text) or _is_heading(text, sentence.start):
            continue
        assert document is not None
        places = tuple(_place(source, document.text) for source in sentence.sources) if sentence.supported else ()
        missing = _marked(text, sentence, MarkState.MISSING)
        unchecked = _marked(text, sentence, MarkState.UNCHECKED)
        note = notes.setdefault((places, missing, unchecked), Note(len(notes) + 1, places, missing, unchecked))
        marks.append((_spot(text, sentence.start, sentence.end), note.number))
    marked = text
    for spot, number in sorted(marks, reverse=True):
        marked = f"{marked[:spot]}{opening}{number}{closing}{marked[spot:]}"
    words = dict(LABELS) | {name: word for name, word in labels.items() if name in LABELS}
    said = tuple(_clean(" ".join(caveat.splitlines())) for caveat in caveats)  # their thin spaces stay
    return Paper(_clean(_one_line(title)), _clean(marked), tuple(notes.values()), words, opening, closing, said)


def blocks_of(paper: Paper) -> list[Block]:
    """The text of a paper, block by block."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").parse(paper.marked)
    return list(_Reader(paper).blocks(tokens))


# ---------------------------------------------------------------- places


def _marked(text: str, sentence: LinkedSentence, state: MarkState) -> tuple[str, ...]:
    """The words of a sentence that are marked so, each once."""
    marks = (mark for mark in sentence.marks if mark.state is state)
    return tuple(dict.fromkeys(_quote(text[mark.start : mark.end]) for mark in marks))


def _place(source: Source, text: str) -> Place:
    quote = _quote(text[max(0, source.start) : source.end])
    return Place(_clean(quote), source.page, tuple(_clean(_one_line(part)) for part in source.path))


def _is_heading(text: str, start: int) -> bool:
    line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].lstrip()
    return bool(re.match(r"#{1,6}\s|\|?[\s:|-]+$", line))


def _spot(text: str, start: int, end: int) -> int:
    """Where the mark of a sentence goes: behind its last sign, in a table into its last cell."""
    while end > start and text[end - 1].isspace():
        end -= 1
    begin = text.rfind("\n", 0, end) + 1
    line = text[begin:].partition("\n")[0]
    if line.lstrip().startswith("|") and not line[end - begin :].strip(" |\t"):
        inner = line.rstrip()
        return begin + len(inner.removesuffix("|").rstrip())
    return end


def _quote(text: str) -> str:
    quote = _one_line(text)
    return quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clean(text: str) -> str:
    """Without characters that XML and HTML cannot hold."""
    return _CONTROLS.sub("", text)


# ---------------------------------------------------------------- blocks


class _Reader:
    """Turns the parser's tokens into blocks."""

    def __init__(self, paper: Paper) -> None:
        self._references = paper.references()
        self._lists: list[int] = []  # next number of each open list, 0: bullets
        self._quotes = 0
        self._fresh = False  # an item was opened and has no paragraph yet

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        table: Block | None = None
        heading = 0
        for token in tokens:
            kind = token.type
            if kind in ("bullet_list_open", "ordered_list_open"):
                self._lists.append(int(token.attrs.get("start", 1)) if kind[0] == "o" else 0)
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self._lists.pop()
            elif kind == "list_item_open":
                self._fresh = True
            elif kind in ("blockquote_open", "blockquote_close"):
                self._quotes += 1 if kind.endswith("open") else -1
            elif kind in ("heading_open", "heading_close"):
                heading = int(token.tag[1]) if kind.endswith("open") else 0
            elif kind == "table_open":
                table = Block(BlockKind.TABLE)
            elif kind == "table_close" and table is not None:
                yield table
                table = None
            elif kind == "tr_open" and table is not None:
                table.rows.append([])
            elif kind == "inline":
                runs = self._runs(token.children or [])
                if table is not None:
                    table.rows[-1].append(runs)
                else:
                    yield self._block(runs, heading)
            elif kind in ("fence", "code_block"):
                yield Block(BlockKind.CODE, runs=[Run(self._references.sub("", token.content.rstrip("\n")), code=True)])

    def _block(self, runs: list[Run], heading: int) -> Block:
        if heading:
            return Block(BlockKind.HEADING, heading, runs=runs)
        if self._lists and self._fresh:
            self._fresh = False
            number = self._lists[-1]
            if number:
                self._lists[-1] += 1
            return Block(BlockKind.ITEM, len(self._lists), number, runs)
        return Block(BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH, runs=runs)

    def _runs(self, children: Sequence[Token]) -> list[Run]:
        runs: list[Run] = []
        bold = italic = 0
        for token in children:
            if token.type in ("strong_open", "strong_close"):
                bold += 1 if token.nesting > 0 else -1
            elif token.type in ("em_open", "em_close"):
                italic += 1 if token.nesting > 0 else -1
            elif token.type in ("softbreak", "hardbreak"):
                runs.append(Run("\n"))
            elif token.content:
                runs += self._split(token.content, bold > 0, italic > 0, token.type == "code_inline")
        return runs

    def _split(self, text: str, bold: bool, italic: bool, code: bool) -> Iterator[Run]:
        """Text and references, in turns."""
        for index, piece in enumerate(self._references.split(text)):
            if index % 2:
                yield Run(note=int(piece))
            elif piece:
                yield Run(piece, bold, italic, code)
