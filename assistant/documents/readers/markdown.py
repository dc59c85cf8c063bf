"""Markdown: its structure with the marks taken away. Raw HTML inside it is read as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.documents import encodings
from assistant.documents.building import Builder, clean
from assistant.documents.model import Document, Kind
from assistant.documents.readers import html, plain

_PIECE = 100_000  # characters that are parsed together: what the parser makes of a text is a hundred times as large
_PARSED = 1_000_000  # and how many are parsed at all: it takes seconds; the rest has headings and tables
_MARKED_HEADING = re.compile(r"(#{1,6})[ \t]++(.*[^ \t#])[ \t#]*+$")  # each part ends in one place
_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?")
_STROKE = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NESTING = 40  # quotations and lists inside each other
_CJK_END = re.compile("[\u2e80-\u9fff\uff00-\uffef]$")
_CJK = re.compile("[\u2e80-\u9fff\uff00-\uffef]")


def read(data: bytes, name: str) -> Document:
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_UNKNOWN (no text), DOCUMENT_EMPTY.
    """
    decoded = encodings.decode(data, name=name)
    builder = Builder("markdown")
    plain.note_encoding(builder, decoded)
    text = clean(decoded.text)
    if front := _FRONT.match(text):
        title = _FRONT_TITLE.search(front[1])
        builder.title = title[1] if title else ""
        text = text[front.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    known: dict[str, Any] = {}  # the links that were defined so far
    parsed = 0
    for piece in pieces(text):
        if parsed < _PARSED:
            _Writer(builder).write(parser.parse(piece, known))
        else:
            _plainly(builder, piece)
        parsed += len(piece)
        if builder.full:
            break
    if builder.empty:  # nested so deeply that the parser gave up
        plain.fill(builder, text)
    return builder.finish()


def _plainly(builder: Builder, text: str) -> None:
    """Add a text with its headings and tables, without looking for more of its structure."""
    lines = text.split("\n")
    done = at = 0
    while at < len(lines):
        heading = _MARKED_HEADING.match(lines[at])
        rows = 0 if heading else _rows_at(lines, at)
        if heading or rows:
            plain.fill(builder, "\n".join(lines[done:at]))
        if heading:
            builder.heading(heading[2], len(heading[1]))
        elif rows:
            builder.table(_cells(lines[row]) for row in range(at, at + rows) if row != at + 1)
        at += max(rows, 1)
        done = at if heading or rows else done
    plain.fill(builder, "\n".join(lines[done:]))


def _rows_at(lines: Sequence[str], at: int) -> int:
    """How many lines the table has that begins there, with the rule below its head; 0: none begins."""
    if "|" not in lines[at] or at + 1 == len(lines) or not _RULE.fullmatch(lines[at + 1].strip()):
        return 0
    if len(_cells(lines[at])) != len(_cells(lines[at + 1])):
        return 0
    return next((row for row in range(at + 2, len(lines)) if not _is_row(lines[row])), len(lines)) - at


def _is_row(line: str) -> bool:
    return "|" in line and not _MARKED_HEADING.match(line) and not _FENCE.match(line)


def _cells(line: str) -> list[str]:
    """The cells of a line of a table; the strokes at its ends are none of them."""
    inner = line.strip().removeprefix("|")
    inner = inner.removesuffix("|") if not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in _STROKE.split(inner)]


def pieces(text: str) -> Iterator[str]:
    """The text in pieces, cut before a line without indentation that follows an empty one, never in a fence."""
    if len(text) <= _PIECE:
        yield text
        return
    lines: list[str] = []
    size, fence, empty = 0, "", False
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if size > _PIECE and not fence and (empty or size > 4 * _PIECE) and (line[:1].strip() or size > 4 * _PIECE):
            yield "\n".join(lines)
            lines, size = [], 0
        if found and (not fence or (found[1].startswith(fence) and not line.strip().strip(fence[0]))):
            fence = "" if fence else found[1]
        lines.append(line)
        size += len(line) + 1
        empty = not line.strip()
    yield "\n".join(lines)


class _Writer:
    """Writes the tokens of a text into a document."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._lists: list[int] = []  # for each open list the number of its next item, -1: not numbered
        self._item: str | None = None  # what the next paragraph begins with, None: it is no list item
        self._quotes = 0
        self._rows: list[list[str]] | None = None

    def write(self, tokens: Sequence[Token]) -> None:
        """Add what ``tokens`` say."""
        for index, token in enumerate(tokens):
            if self._builder.full:
                return
            match token.type:
                case "heading_open":
                    self._builder.heading(_text(tokens[index + 1]), int(token.tag[1:]))
                case "inline":
                    if tokens[index - 1].type != "heading_open":
                        self._paragraph(token)
                case "fence" | "code_block":
                    self._builder.add(token.content, Kind.CODE)
                case "html_block":
                    html.fill(self._builder, token.content)
                case _:
                    self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(-1)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._item = ""
                if self._lists[-1] >= 0:
                    self._item = f"{self._lists[-1]}. "
                    self._lists[-1] += 1
            case "list_item_close":
                self._item = None
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "table_open":
                self._rows = []
            case "table_close":
                self._builder.table(self._rows or [])
                self._rows = None
            case "tr_open" if self._rows is not None:
                self._rows.append([])

    def _paragraph(self, token: Token) -> None:
        text = _text(token)
        if self._rows is not None:
            self._rows[-1].append(text)
        elif self._item is not None:
            self._builder.add(self._item + text, Kind.ITEM, level=len(self._lists))
            self._item = None
        else:
            self._builder.add(text, Kind.QUOTE if self._quotes else Kind.TEXT)


def _text(inline: Token) -> str:
    """The text of a paragraph without its marks; a line that was only broken to fit is joined to the next."""
    pieces: list[str] = []
    joint = ""
    for token in inline.children or []:
        text = ""
        match token.type:
            case "text" | "code_inline":
                text = token.content
            case "image":
                text = _text(token)
            case "softbreak":
                joint = " "
                continue
            case "hardbreak":
                text = "\n"
            case "html_inline":
                text = "\n" if _TAG.fullmatch(token.content) else ""
        if text and joint:
            eastern = pieces and _CJK_END.search(pieces[-1]) and _CJK.match(text)
            pieces.append("" if eastern else joint)
            joint = ""
        if text:
            pieces.append(text)
    return "".join(pieces)
