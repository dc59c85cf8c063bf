"""Tags of HTML and XML with their places in the text. One pass, no tree: neither depth nor size exhausts anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from html import unescape

_NAME = re.compile(r"[A-Za-z_:][^\s/>\ue000-\uf8ff]*")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)?))?")
_QUOTE = re.compile(r"[\s/]*[^\s/>=][^\s/>=]*\s*=\s*[\"']")
_END = re.compile(r"[\s/]*>")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_RAW = ("script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext", "textarea", "title")
"""Elements of HTML in which nothing is a tag but their own end."""


class Tag(Enum):
    """What stands at a place of the text."""

    OPEN = "open"
    CLOSE = "close"
    EMPTY = "empty"  # <br/>
    TEXT = "text"
    VERBATIM = "verbatim"  # CDATA of XML: text without entities
    OTHER = "other"  # comments, declarations, instructions


@dataclass(slots=True)
class Token:
    """A stretch of the text.

    :ivar name: of the element; in HTML in small letters.
    :ivar attributes: by name, start and end of each value in the text; those without a value are not there.
    """

    tag: Tag
    start: int
    end: int
    name: str = ""
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)


def tokens(text: str, *, xml: bool, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tags of ``text`` and what stands between them, in order and without gaps.

    :param xml: names as they are written, CDATA is text, and no element is raw.
    """
    stop = len(text) if end is None else end
    at = begun = start
    raw = ""
    while at < stop:
        found = text.find("<", at, stop)
        if found < 0:
            break
        token = _raw_end(text, found, raw, stop) if raw else _token(text, found, stop, xml=xml)
        if token is None:
            at = found + 1
            continue
        if token.start > begun:
            yield Token(Tag.TEXT, begun, token.start)
        yield token
        at = begun = token.end
        raw = token.name if not xml and token.tag is Tag.OPEN and token.name in _RAW else ""
    if begun < stop:
        yield Token(Tag.TEXT, begun, stop)


def _raw_end(text: str, at: int, name: str, stop: int) -> Token | None:
    if text[at + 1 : at + 2] != "/" or text[at + 2 : at + 2 + len(name)].lower() != name or name == "plaintext":
        return None
    after = text[at + 2 + len(name) : at + 3 + len(name)]
    if after and after not in " \t\r\n\f/>":
        return None
    return _token(text, at, stop, xml=False)


def _token(text: str, at: int, stop: int, *, xml: bool) -> Token | None:
    """What begins with the ``<`` at ``at``; None: it is but a character."""
    following = text[at + 1 : at + 2]
    if following == "!":
        return _declaration(text, at, stop, xml=xml)
    if following == "?":
        program = xml or text.startswith(("<?php", "<?="), at)
        return Token(Tag.OTHER, at, _after(text, "?>" if program else ">", at + 2, stop))
    if following == "%" and not xml:
        return Token(Tag.OTHER, at, _after(text, "%>", at + 2, stop))
    closing = following == "/"
    name = _NAME.match(text, at + 1 + closing, stop)
    if name is None:
        return Token(Tag.OTHER, at, _after(text, ">", at + 2, stop)) if closing and not xml else None
    token = Token(Tag.CLOSE if closing else Tag.OPEN, at, stop, name[0] if xml else name[0].lower())
    place = name.end()
    while place < stop:
        if ended := _END.match(text, place, stop):
            token.end = ended.end()
            if not closing and text[token.end - 2] == "/":
                token.tag = Tag.EMPTY
            return token
        found = _ATTRIBUTE.match(text, place, stop)
        if found is None or (found.lastindex == 1 and _QUOTE.match(text, place, stop)):
            break  # a value that does not end
        if found.lastindex and found.lastindex > 1:
            key = found[1] if xml else found[1].lower()
            token.attributes.setdefault(key, found.span(found.lastindex))
        place = found.end()
    return Token(Tag.OTHER, at, stop)  # a tag without an end takes the rest with it


def _declaration(text: str, at: int, stop: int, *, xml: bool) -> Token:
    if text.startswith("<!--", at):
        if not xml and text.startswith(("<!-->", "<!--->"), at):
            return Token(Tag.OTHER, at, text.index(">", at) + 1)
        return Token(Tag.OTHER, at, _after(text, "-->", at + 4, stop))
    if xml and text.startswith("<![CDATA[", at):
        return Token(Tag.VERBATIM, at, _after(text, "]]>", at + 9, stop))
    if xml and text.startswith("<!DOCTYPE", at):
        inner, end = text.find("[", at, stop), _after(text, ">", at, stop)
        return Token(Tag.OTHER, at, end if not at < inner < end else _after(text, "]>", inner, stop))
    return Token(Tag.OTHER, at, _after(text, ">", at + 2, stop))


def _after(text: str, what: str, at: int, stop: int) -> int:
    found = text.find(what, at, stop)
    return stop if found < 0 else found + len(what)


def entities(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and meaning of each entity; the meaning is empty for what is but an ``&``."""
    at = start
    while (found := text.find("&", at, end)) >= 0:
        entity = ENTITY.match(text, found, end)
        meant = unescape(entity[0]) if entity else ""
        if entity is None or meant == entity[0] or len(meant) > 2:
            at = found + 1
            continue
        yield found, entity.end(), meant
        at = entity.end()
