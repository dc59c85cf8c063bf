"""HTML: what a browser would show, without scripts, styles, navigation and what is hidden.

The markup is read as a stream of tags; no tree is built, so neither depth nor size can exhaust anything. Unclosed and
crossed tags are taken as browsers take them where that matters for the text.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Set
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from msgspec.structs import replace

from assistant.documents import encodings
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind
from assistant.documents.readers.plain import note_encoding

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})"
    rb"|^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{2,40})",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_NOT_SHOWN = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "audio", "video", "select"),
        *("datalist", "button", "textarea", "nav", "rt", "rp", "annotation", "annotation-xml", "map", "frameset"),
    )
)
_RAW = re.compile(r"<(!--|script\b|style\b)", re.IGNORECASE)
_RAW_ENDS = {
    "!--": re.compile("--!?>"),
    "script": re.compile(r"</script[^>]*>", re.IGNORECASE),
    "style": re.compile(r"</style[^>]*>", re.IGNORECASE),
}
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"),
        *("wbr", "frame", "basefont", "bgsound", "keygen"),
    )
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "ol", "optgroup", "p"),
        *("plaintext", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"),
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CLOSED_BY_NEXT: dict[str, Set[str]] = {
    "p": _BLOCKS,
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "tr": {"tr"},
    "td": {"td", "th", "tr"},
    "th": {"td", "th", "tr"},
}
_FIRST = 20  # headings, one of which may be the title
_SITE = re.compile(r"\s+[|–—·•»:-]\s+\S|\s*[|_｜]\s*\S")  # between a page's own name and the site's
_LONG_CELL = 1000  # characters from which a cell is no cell but a part of the page's layout


def read(data: bytes, name: str) -> Document:
    """The page in ``data``.

    :raises AssistantError: DOCUMENT_UNKNOWN (no text), DOCUMENT_EMPTY.
    """
    decoded = encodings.decode(data, declared(data), name=name)
    builder = Builder("html")
    note_encoding(builder, decoded)
    page = fill(builder, decoded.text)
    builder.title = page.title
    document = builder.finish()
    return replace(_with_language(document, page.language), title=_without_site(document))


def _without_site(document: Document) -> str:
    """What a page calls itself, without the name of the site, where a heading says how far its own name goes."""
    headings = (document.text[one.start : one.end] for one in document.paragraphs if one.kind is Kind.HEADING)
    for words in itertools.islice(headings, _FIRST):
        if document.title.startswith(words) and _SITE.match(document.title, len(words)):
            return words
    return document.title


def fill(builder: Builder, markup: str) -> Page:
    """Add the paragraphs of a page, or of a piece of one, to a document."""
    page = Page(builder)
    markup = _without_raw(markup)
    tags_end = markup.rfind(">") + 1  # what looks like a tag behind it is none, and is not searched for its end
    with contextlib.suppress(_FullError):
        page.feed(markup[:tags_end])
        page.close()
        page.handle_data(unescape(markup[tags_end:]))
        page.finish()
    return page


def _without_raw(markup: str) -> str:
    """``markup`` without comments, scripts and styles; one that does not end takes the rest with it, as in a browser.

    The parser would take them too, but searches the whole rest for the end of each one that has none.
    """
    kept = []
    at = 0
    while found := _RAW.search(markup, at):
        kept.append(markup[at : found.start()])
        end = _RAW_ENDS[found[1].lower()].search(markup, found.end())
        if end is None:
            return "".join(kept)
        at = end.end()
    return "".join(kept) + markup[at:]


def declared(data: bytes) -> str:
    """The encoding that a page says it is in; empty if it does not."""
    found = _DECLARED.search(data[:4096])
    return (found[1] or found[2]).decode("ascii", "replace") if found else ""


def _with_language(document: Document, language: str) -> Document:
    valid = re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language)
    return replace(document, language=language) if valid else document


class _FullError(Exception):
    """There is as much text as is kept."""


@dataclass
class _Block:
    """A paragraph that stands in a table's cell, until it is known whether the table is one."""

    text: str
    kind: Kind
    level: int
    rows: list[list[str]] | None = None


@dataclass
class _Table:
    rows: list[list[list[_Block]]] = field(default_factory=list)
    layout: bool = False

    def cell(self) -> list[_Block]:
        """Where what comes goes to: the last cell, made if there is none."""
        if not self.rows:
            self.rows.append([])
        if not self.rows[-1]:
            self.rows[-1].append([])
        return self.rows[-1][-1]

    @property
    def blocks(self) -> list[_Block]:
        """All that stands in its cells, in order."""
        return [block for row in self.rows for cell in row for block in cell]

    @property
    def is_layout(self) -> bool:
        cells = [cell for row in self.rows for cell in row]
        columns = max((len(row) for row in self.rows), default=0)
        long = any(sum(len(block.text) for block in cell) > _LONG_CELL for cell in cells)
        headed = any(block.kind is Kind.HEADING for cell in cells for block in cell)
        return self.layout or columns < 2 or long or headed


class Page(HTMLParser):
    """Reads a page into a document.

    :ivar title: what the page calls itself.
    :ivar language: what it says its language is.
    """

    def __init__(self, builder: Builder) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language = ""
        self._builder = builder
        self._text: list[str] = []
        self._skipped = ""  # the element that hides everything until it ends
        self._skipped_depth = 0
        self._in_title = False
        self._heading = 0
        self._lists: list[int] = []  # for each open list the number of its last item, -1: not numbered
        self._item = ""  # what the next paragraph of a list item begins with
        self._is_item = False
        self._quotes = 0
        self._code = 0
        self._caption = 0
        self._tables: list[_Table] = []

    # ------------------------------------------------------------ what the parser finds

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped and not self._shown_again(tag):
            return
        if tag == "br":
            self._text.append("\n")
            return
        if tag not in _VOID and (tag in _NOT_SHOWN or (attrs and _is_hidden(attrs))):
            self._skipped, self._skipped_depth = tag, 1
            return
        if tag == "html" and not self.language:
            self.language = (dict(attrs).get("lang") or dict(attrs).get("xml:lang") or "").strip()
        if tag == "title" and not self.title:
            self._in_title = True
        if tag in _BLOCKS:
            self._flush()
            self._open(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_SHOWN:
            return
        self.handle_starttag(tag, attrs)
        if not self._skipped or tag == self._skipped:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            if tag == self._skipped:
                self._skipped_depth -= 1
                if self._skipped_depth == 0:
                    self._skipped = ""
            return
        if tag == "title":
            self._in_title = False
        if tag in _BLOCKS:
            self._flush()
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._in_title:
            self.title += data
        elif data:
            self._text.append(data if self._code else _SPACE.sub(" ", data))

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self.handle_data(data[6:])

    def finish(self) -> None:
        """The page is over: add what is still open."""
        self._flush()
        while self._tables:
            self._end_table()

    # ------------------------------------------------------------ blocks

    def _shown_again(self, tag: str) -> bool:
        """Inside a hidden element: does ``tag`` end it (``<p hidden>`` needs no end tag)?"""
        if self._skipped_depth == 1 and tag in _CLOSED_BY_NEXT.get(self._skipped, ()):
            self._skipped = ""
            return True
        if tag == self._skipped:
            self._skipped_depth += 1
        return False

    def _open(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in ("pre", "listing", "xmp"):
            self._code += 1
        elif tag in ("figcaption", "caption"):
            self._caption += 1
        elif tag == "table":
            if self._tables:
                self._lay_out(self._tables[-1])
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._tables[-1].rows.append([])
        elif self._tables and tag in ("td", "th"):
            if not self._tables[-1].rows:
                self._tables[-1].rows.append([])
            self._tables[-1].rows[-1].append([])

    def _close(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in ("ul", "ol", "menu", "dir"):
            if self._lists:
                self._lists.pop()
        elif tag == "li":
            self._item, self._is_item = "", False
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag in ("pre", "listing", "xmp"):
            self._code = max(0, self._code - 1)
        elif tag in ("figcaption", "caption"):
            self._caption = max(0, self._caption - 1)
        elif tag == "table" and self._tables:
            self._end_table()

    def _begin_item(self) -> None:
        self._is_item = True
        self._item = ""
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._item = f"{self._lists[-1]}. "

    def _flush(self) -> None:
        """What was collected is a paragraph."""
        text = "".join(self._text)
        self._text.clear()
        if not text.strip():
            return
        kind, level = Kind.TEXT, 0
        if self._heading:
            kind, level = Kind.HEADING, self._heading
        elif self._code:
            kind = Kind.CODE
        elif self._caption:
            kind = Kind.CAPTION
        elif self._is_item:
            kind, level = Kind.ITEM, max(1, len(self._lists))
            text = self._item + text.lstrip()
            self._item, self._is_item = "", False
        elif self._quotes:
            kind = Kind.QUOTE
        self._put(_Block(text, kind, level))

    def _put(self, block: _Block) -> None:
        if self._tables and not self._tables[-1].layout:
            self._tables[-1].cell().append(block)
        elif block.rows is not None:
            self._builder.table(block.rows)
        elif block.kind is Kind.HEADING:
            self._builder.heading(block.text, block.level)
        else:
            self._builder.add(block.text, block.kind, level=block.level)
        if self._builder.full:
            raise _FullError

    def _lay_out(self, table: _Table) -> None:
        """The innermost table is none: what stands in its cells are paragraphs, and so is what is still to come.

        Said as soon as there is a table in it, so that all but the innermost table hold nothing.
        """
        blocks = table.blocks
        table.layout = True
        table.rows.clear()
        for block in blocks:
            self._put(block)

    def _end_table(self) -> None:
        if self._tables[-1].is_layout:
            self._lay_out(self._tables[-1])
            self._tables.pop()
            return
        table = self._tables.pop()
        for block in table.blocks:
            if block.kind is Kind.CAPTION:
                self._put(block)
        rows = [
            [" ".join(block.text for block in cell if block.kind is not Kind.CAPTION) for cell in row]
            for row in table.rows
        ]
        if any(cell.strip() for row in rows for cell in row):
            self._put(_Block("", Kind.TABLE, 0, rows))


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    for name, given in attrs:
        value = (given or "").lower()
        if name == "hidden" and value != "until-found":
            return True
        if (name == "aria-hidden" and value == "true") or (name == "role" and value == "navigation"):
            return True
        if name == "style" and _HIDDEN.search(value):
            return True
    return False
