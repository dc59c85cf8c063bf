"""HTML: paragraphs, headings, items, cells and the words in attributes; markup inside a sentence becomes codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.base.languages import primary, right_to_left
from assistant.documents.model import Note, NoteKind
from assistant.documents.readers.html import declared
from assistant.documents.segments import SegmentKind, without_codes
from assistant.documents.translating.blocks import Block, Builder, Role
from assistant.documents.translating.cutting import SHORT, has_words
from assistant.documents.translating.html_words import (
    OPAQUE,
    SPACE,
    STYLE,
    VOID,
    add_opaque,
    add_text,
    attributes_of,
)
from assistant.documents.translating.markup import Tag, Token, entities, tokens
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, Text

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "base", "blockquote", "body", "button", "caption", "center", "col"),
        *("colgroup", "datalist", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption"),
        *("figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup"),
        *("hr", "html", "legend", "li", "link", "listing", "main", "menu", "meta", "nav", "noscript", "ol"),
        *("optgroup", "option", "p", "param", "plaintext", "pre", "search", "section", "select", "summary", "table"),
        *("tbody", "td", "template", "tfoot", "th", "thead", "title", "tr", "track", "ul", "xmp"),
    )
)
_WITH_TEXTS = {"textarea": ("textarea",), "svg": ("text", "title", "desc")}
"""Those of OPAQUE that hold texts of their own, and in which elements: what is in a field, the words of a drawing."""
_IN_TEXTS = frozenset(("tspan", "textpath", "a"))
_PAGE_IN_DRAWING = "foreignobject"
_HOLDING = frozenset(("object", "audio", "video", "canvas", "map"))
"""Those of OPAQUE that hold a piece of a page: what is shown or read out where the thing itself is not."""
_NEVER_SHOWN = frozenset(("iframe", "noembed", "noframes"))
"""Those of OPAQUE whose text no browser of today shows."""
_DESCRIBED = _HOLDING | {*_WITH_TEXTS, "iframe"}
_DEEPEST = 4  # pieces of pages inside of each other
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "title"), SegmentKind.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), SegmentKind.ITEM),
    **dict.fromkeys(("td", "th"), SegmentKind.CELL),
}
_OF_KINDS = frozenset(("table", "tr", "ul", "ol", "dl"))  # what ends in them ends with them
_CLOSED_BY_NEXT = {
    "p": _BLOCKS, "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr"}, "td": {"td", "th", "tr"},
    "th": {"td", "th", "tr"}, "option": {"option", "optgroup"},
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def open_html(data: bytes, name: str) -> Text:
    """A page.

    :raises AssistantError: DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    source = original(data, declared(data), name=name)
    return _Html(source, read_page(source.text, xml=source.text.lstrip("\ufeff \r\n\t").startswith("<?xml")))


class Page:
    """What is translated of a page.

    :ivar blocks: its texts, attributes too; not in order.
    :ivar title: what it calls itself.
    :ivar language: what it says its language is, BCP 47.
    :ivar left: how many embedded texts are not among the blocks.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.title = ""
        self.language = ""
        self.left = 0
        self._languages: list[tuple[int, int]] = []
        self._inner: list[tuple[int, int]] = []
        self._directions: list[tuple[int, int]] = []

    def part(self) -> Part:
        """The page as a part of a document."""
        return Part(self.text, self.blocks, STYLE)

    def names_language(self, start: int, end: int) -> None:
        """The language of the whole page stands there."""
        self._languages.append((start, end))
        if _LANGUAGE.fullmatch(self.text, start, end):
            self.language = self.text[start:end]

    def names_inner(self, start: int, end: int) -> None:
        """The language of something on the page stands there."""
        self._inner.append((start, end))

    def names_direction(self, start: int, end: int) -> None:
        """The direction of the whole page stands there; nothing: it could be said there."""
        self._directions.append((start, end))

    def edits(self, language: str) -> list[Edit]:
        """What changes in the page besides its words when it is in another language."""
        own = primary(self.language)
        same = [place for place in self._inner if own and primary(self.text[slice(*place)]) == own]
        found = [(start, end, language) for start, end in (*self._languages, *same)]
        wanted = "rtl" if right_to_left(language) else "ltr"
        for start, end in self._directions:
            if start < end and self.text[start:end].lower() != wanted:
                found.append((start, end, wanted))
            elif start == end and wanted == "rtl":
                found.append((start, end, ' dir="rtl"'))
        return found


def notes_of_left(texts: int) -> tuple[Note, ...]:
    """That so many embedded texts stay as they are; none: nothing."""
    return (Note(NoteKind.EMBEDDED_LEFT, {"texts": texts}),) if texts else ()


def read_page(text: str, *, xml: bool = False) -> Page:
    """Find what is translated of the page in ``text``.

    :param xml: it is XHTML.
    """
    page = Page(text)
    _Reader(page, text, xml=xml).read(0, len(text))
    return page


def blocks_of(text: str, start: int, end: int) -> list[Block]:
    """What is translated of a piece of HTML inside another text."""
    page = Page(text)
    _Reader(page, text, xml=False).read(start, end)
    for block in page.blocks:
        block.style = STYLE
    return page.blocks


def _add_inside(builder: Builder, text: str, token: Token, name: str, *, as_is: bool) -> bool:
    """Add what stands in a text inside of an element of OPAQUE.

    :param as_is: white space is shown as it is written.
    :returns: False: it is no part of a text.
    """
    if token.tag is Tag.TEXT and as_is:
        at = token.start
        for begin, stop, meant in entities(text, token.start, token.end):
            builder.text(at, begin)
            builder.shown(meant, begin, stop)
            at = stop
        builder.text(at, token.end)
    elif token.tag is Tag.TEXT:
        add_text(builder, text, token.start, token.end)
    elif token.tag is Tag.OPEN and name in _IN_TEXTS:
        builder.open(name, token.start, token.end)
    elif token.tag is Tag.CLOSE and name in _IN_TEXTS:
        builder.close(name, token.start, token.end)
    else:
        return False
    return True


@dataclass
class _Skipped:
    """An element of which nothing is translated.

    :ivar inside: where what it holds begins.
    :ivar inline: it stands in a block; else it is a block itself.
    :ivar kept: the page says that it is not to be translated.
    """

    name: str
    start: int
    inside: int
    inline: bool
    kept: bool = False
    depth: int = 1
    until: frozenset[str] = field(default_factory=frozenset)


class _Reader:
    """Turns tags into blocks.

    :param depth: in how many others of its kind this piece of a page stands.
    """

    def __init__(self, page: Page, text: str, *, xml: bool, depth: int = 0) -> None:
        self._page, self._text, self._xml, self._depth = page, text, xml, depth
        self._builder: Builder | None = None
        self._skipped: _Skipped | None = None
        self._kind = SegmentKind.TEXT
        self._in_title = False

    def read(self, start: int, end: int) -> None:
        """Take all that stands there."""
        for token in tokens(self._text, xml=self._xml, start=start, end=end):
            self._take(token)
        self._flush()

    def _take(self, token: Token) -> None:
        """The next tag or text."""
        name = token.name.rpartition(":")[2].lower() if self._xml else token.name
        if self._skipped and not self._shown_again(token, name):
            return
        match token.tag:
            case Tag.TEXT:
                self._words(token)
            case Tag.OPEN | Tag.EMPTY:
                self._open(token, name, empty=token.tag is Tag.EMPTY and (self._xml or name in VOID))
            case Tag.CLOSE:
                self._close(token, name)
            case _:
                if self._builder:
                    self._builder.alone(token.start, token.end)

    def _shown_again(self, token: Token, name: str) -> bool:
        """Inside of what is not translated: does the translation go on with this tag?"""
        skipped = self._skipped
        assert skipped is not None
        if token.tag is Tag.OPEN and name == skipped.name and name not in skipped.until:
            skipped.depth += 1
        elif token.tag is Tag.CLOSE and name == skipped.name:
            skipped.depth -= 1
            if skipped.depth == 0:
                self._end_skipped(token.start, token.end)
        elif token.tag in (Tag.OPEN, Tag.CLOSE) and name in skipped.until and skipped.depth == 1:
            self._skipped = None  # it never ends: what it stands in ends before it
            self._flush()
            return True
        return False

    def _end_skipped(self, inner_end: int, end: int) -> None:
        skipped, self._skipped = self._skipped, None
        assert skipped is not None
        if not skipped.kept:
            self._inside(skipped, inner_end, end)
        if skipped.inline:
            add_opaque(self._building(skipped.start), self._text, skipped.name, skipped.start, end)

    def _inside(self, skipped: _Skipped, inner_end: int, end: int) -> None:
        """What people may get to see of what an element holds."""
        if skipped.name in _WITH_TEXTS:
            self._page.blocks += [*self._texts_inside(_WITH_TEXTS[skipped.name], skipped.start, end)]
        elif skipped.name in _HOLDING:
            self._piece(skipped.inside, inner_end)
        elif skipped.name in _NEVER_SHOWN:
            self._leave(skipped.inside, inner_end)

    def _piece(self, start: int, end: int) -> None:
        """A piece of a page that stands inside of something."""
        if self._depth < _DEEPEST:
            _Reader(self._page, self._text, xml=self._xml, depth=self._depth + 1).read(start, end)
        else:
            self._leave(start, end)

    def _leave(self, start: int, end: int) -> None:
        """What stands there is not translated."""
        self._page.left += has_words(self._text[start:end])

    def _texts_inside(self, names: Sequence[str], start: int, end: int) -> Iterator[Block]:
        """The texts of an element of which nothing else is translated; one that holds more than words stays."""
        held, depth = "", 0  # what is open that is not looked into here, and how often
        page = -1  # where the piece of a page in it begins; -1: it is not to be translated
        begun = ""
        builder: Builder | None = None
        for token in tokens(self._text, xml=self._xml, start=start, end=end):
            name = token.name.rpartition(":")[2].lower()
            if held:
                depth += ((token.tag is Tag.OPEN) - (token.tag is Tag.CLOSE)) * (name == held)
                if depth == 0:
                    held = ""
                    if page >= 0:
                        self._piece(page, token.start)
            elif token.tag is Tag.OPEN and self._untranslated(token.attributes):
                held, depth, page, builder = name, 1, -1, None
            elif token.tag is Tag.OPEN and name == _PAGE_IN_DRAWING and not begun:
                held, depth, page = name, 1, token.end
            elif token.tag is Tag.OPEN and name in names:
                begun, builder = name, Builder(self._text, token.end)
            elif token.tag is Tag.CLOSE and name == begun:
                if block := builder.finish() if builder else None:
                    block.whole = len(block.text) <= SHORT
                    yield block
                begun, builder = "", None
            elif builder and not _add_inside(builder, self._text, token, name, as_is=begun == "textarea"):
                builder = None

    def _building(self, start: int) -> Builder:
        if self._builder and self._builder.full:
            self._flush()
        if self._builder is None:
            self._builder = Builder(self._text, start, formulas=True)
        return self._builder

    def _words(self, token: Token) -> None:
        start = token.start
        if self._builder is None:
            blank = SPACE.match(self._text, start, token.end)
            start = blank.end() if blank else start
        if start < token.end:
            add_text(self._building(start), self._text, start, token.end)

    def _open(self, token: Token, name: str, *, empty: bool) -> None:
        attributes = token.attributes
        languages = [attributes[key] for key in ("lang", "xml:lang") if key in attributes]
        if name in ("html", "body"):
            for place in languages:
                self._page.names_language(*place)
        if name == "html":
            behind = token.start + 1 + len(token.name)
            self._page.names_direction(*attributes.get("dir", (behind, behind)))
        elif name == "body" and "dir" in attributes:
            self._page.names_direction(*attributes["dir"])
        block = name in _BLOCKS
        if block:
            self._flush()
        void = empty or (not self._xml and name in VOID)
        if not void and (name in OPAQUE or self._untranslated(attributes)):
            until = frozenset(_CLOSED_BY_NEXT.get(name, ())) if block else _BLOCKS
            raw = name in ("script", "style", "pre") or name in _DESCRIBED
            kept = self._untranslated(attributes)
            if name in _DESCRIBED and not kept:
                self._page.blocks += attributes_of(self._text, token)
                self._leave(*attributes.get("srcdoc", (0, 0)))
            until = frozenset() if raw else until
            self._skipped = _Skipped(name, token.start, token.end, not block, kept, until=until)
            return
        if name not in ("link", "style", "script") and not self._untranslated(attributes):
            self._page.blocks += attributes_of(self._text, token)
            for place in languages if name not in ("html", "body") else ():
                self._page.names_inner(*place)
        if block:
            self._kind = _KINDS.get(name, self._kind)
            self._in_title = name == "title"
        elif name == "br":
            self._building(token.start).alone(token.start, token.end, Role.BREAK)
        elif void:
            self._building(token.start).alone(token.start, token.end)
        else:
            self._building(token.start).open(name, token.start, token.end)

    def _untranslated(self, attributes: dict[str, tuple[int, int]]) -> bool:
        translate, named = attributes.get("translate"), attributes.get("class")
        return (translate is not None and self._text[slice(*translate)].lower() == "no") or (
            named is not None and "notranslate" in self._text[slice(*named)].split()
        )

    def _close(self, token: Token, name: str) -> None:
        if name in _BLOCKS:
            self._flush()
            if name in _KINDS or name in _OF_KINDS:
                self._kind = SegmentKind.TEXT
                self._in_title = False
        elif name == "br":
            self._building(token.start).alone(token.start, token.end, Role.BREAK)
        elif self._builder:
            self._builder.close(name, token.start, token.end)

    def _flush(self) -> None:
        """What was collected is a block."""
        builder, self._builder = self._builder, None
        block = builder.finish() if builder else None
        if block is None:
            return
        block.kind = self._kind
        block.whole = block.kind is SegmentKind.CELL and len(block.text) <= SHORT
        if self._in_title and not self._page.title:
            self._page.title = " ".join(without_codes(block.text).split())
        self._page.blocks.append(block)


class _Html(Text):
    format = "html"

    def __init__(self, source: Original, page: Page) -> None:
        self._page = page
        super().__init__(source, page.part())

    def _charref(self, character: str) -> str:
        return f"&#{ord(character)};"

    def _edits(self, language: str) -> Iterable[Edit]:
        return self._page.edits(language)

    def _title(self) -> str:
        return self._page.title

    def _notes(self) -> tuple[Note, ...]:
        return (*super()._notes(), *notes_of_left(self._page.left))

    def _language(self) -> str:
        return self._page.language
