"""Words of HTML: in attributes and between tags, how they are read and how new ones are written; and elements that hold
none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from assistant.documents.translating.blocks import Block, Builder, Item, Role
from assistant.documents.translating.cutting import SHORT
from assistant.documents.translating.markup import Tag, Token, entities, tokens
from assistant.documents.translating.splicing import Style
from assistant.documents.translating.wrapping import join_between

_WORDS = ("alt", "title", "placeholder", "aria-label")
_OWN_WORDS = {"optgroup": "label", "option": "label", "track": "label", "input": "value", "meta": "content"}
_LONGEST_ATTRIBUTE = 50_000  # characters; what is longer was not written for people
_BUTTONS = frozenset(("submit", "button", "reset"))
_SHOWN_META = frozenset(
    (
        *("description", "og:title", "og:description", "og:image:alt", "og:site_name"),
        *("twitter:title", "twitter:description", "twitter:image:alt", "apple-mobile-web-app-title"),
    )
)
OPAQUE = {
    **dict.fromkeys(("code", "kbd", "samp", "var", "math", "tt", "ruby"), Role.WORD),
    **dict.fromkeys(("script", "style", "svg", "textarea", "object", "audio", "video", "canvas", "iframe"), Role.MARK),
    **dict.fromkeys(("noembed", "noframes", "pre", "listing", "xmp", "plaintext", "map"), Role.MARK),
}
"""Elements of which nothing is translated, and what they stand for in a sentence; of ruby the words without readings
are, which belong to the words that were there."""
_READINGS = frozenset(("rt", "rp", "rtc"))
_IN_RUBY = frozenset(("ruby", "rb", "span", "b", "i", "em", "strong"))
_NO_WORD = re.compile("[\x00-\x08\x0b-\x1f\ue000-\ue5ff.!?。！？]")
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
"""Elements without an end."""
SPACE = re.compile(r"[ \t\n\r\f]+")
"""White space of a page."""


def attributes_of(text: str, token: Token) -> Iterator[Block]:
    """The words in the attributes of a tag."""
    for name in _attributes_with_words(text, token):
        start, end = token.attributes.get(name, (0, 0))
        if 0 < end - start <= _LONGEST_ATTRIBUTE:
            builder = Builder(text, start)
            add_text(builder, text, start, end)
            if block := builder.finish():
                quote = text[start - 1]
                block.extra = _Attribute(quote if quote in "\"'" else "")
                block.whole = len(block.text) <= SHORT
                block.style = STYLE
                yield block


def _attributes_with_words(text: str, token: Token) -> Iterator[str]:
    """The names of the attributes of a tag that people see, if they are there."""

    def said(name: str) -> str:
        return text[slice(*token.attributes[name])].strip().lower() if name in token.attributes else ""

    name = token.name.rpartition(":")[2].lower()
    if name == "meta":
        if said("name") in _SHOWN_META or said("property") in _SHOWN_META:
            yield "content"
        return
    yield from _WORDS
    if name in _OWN_WORDS and (name != "input" or said("type") in _BUTTONS):
        yield _OWN_WORDS[name]


def add_text(builder: Builder, text: str, start: int, end: int) -> None:
    """Add a stretch of text with entities, its white space as a browser shows it."""
    at = start
    for begin, stop, meant in entities(text, start, end):
        _add_run(builder, text, at, begin)
        builder.shown(meant, begin, stop)
        at = stop
    _add_run(builder, text, at, end)


def _add_run(builder: Builder, text: str, start: int, end: int) -> None:
    at = start
    for found in SPACE.finditer(text, start, end):
        if found[0] == " ":
            continue
        builder.text(at, found.start())
        following = text[found.end()] if found.end() < end else ""
        broken = "\n" in found[0] or "\r" in found[0]
        builder.shown(join_between(builder.last, following) if broken else " ", *found.span())
        at = found.end()
    builder.text(at, end)


def add_opaque(builder: Builder, text: str, name: str, start: int, end: int) -> None:
    """Add an element ``name`` of those in OPAQUE."""
    words = _without_readings(text, start, end) if name == "ruby" else ""
    if words:
        builder.shown(words, start, end)
    else:
        builder.alone(start, end, OPAQUE.get(name, Role.WORD))


def _without_readings(text: str, start: int, end: int) -> str:
    """The words of a ruby; empty: there is more in it than words."""
    words: list[str] = []
    reading = False
    for token in tokens(text, xml=False, start=start, end=end):
        name = token.name.rpartition(":")[2]
        if name == "rb":
            reading = False  # it ends a reading whose end is left out
        if name in _READINGS:
            reading = token.tag is Tag.OPEN
        elif token.tag is Tag.TEXT and not reading:
            words.append(unescape(text[token.start : token.end]))
        elif token.tag is not Tag.TEXT and (name not in _IN_RUBY or token.attributes.keys() & {"id", "translate"}):
            return ""
    shown = " ".join("".join(words).split())
    return "" if _NO_WORD.search(shown) else shown


def escaped(text: str) -> str:
    """``text`` between two tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True)
class _Attribute:
    """A block that is an attribute's value. ``quote``: what is around it."""

    quote: str


_QUOTES = {'"': "&quot;", "'": "&#39;"}


class _Style(Style):
    def escape(self, text: str, block: Block) -> str:
        if not isinstance(block.extra, _Attribute):
            return escaped(text)
        quote = block.extra.quote or '"'
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(quote, _QUOTES[quote])

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:
        text = super().compose(block, items, language)
        return f'"{text}"' if isinstance(block.extra, _Attribute) and not block.extra.quote else text


STYLE = _Style()
"""How what is new is written in HTML, between tags and in attributes."""
