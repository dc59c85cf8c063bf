"""New words in Markdown: what they are, they stay; none of their characters becomes markup, and no markup is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from enum import Enum

from assistant.documents.segments import CLOSE, OPEN, SegmentKind
from assistant.documents.translating.blocks import Block, Item
from assistant.documents.translating.cutting import partner
from assistant.documents.translating.markdown_inline import MATH
from assistant.documents.translating.markup import ENTITY
from assistant.documents.translating.splicing import Style

_SPECIAL = re.compile(r"[\\`*_\[\]<&~$|!]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_LINK = re.compile(r"\[([^\[\]]{0,1000})\](\(|\[|:)?")
_LINE_START = re.compile(r"(?:#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|=+\s*$|-{2,}|:::|\||\d{1,9}(?=[.)](?:\s|$))|~{3,})")
_TITLED = re.compile(rf"[\"\\\n|]|{ENTITY.pattern[0]}(?={ENTITY.pattern[1:]})")
"""What would end a title, or be something else in it."""
_NEW_LINE = re.compile(r"(?:\A|[\r\n])[ \t>]*\Z")
_EDGE_BAR = re.compile(r"\A\||\|\Z")  # with a heading's underline they would be a table, behind a backslash too
_EMPHASIS = frozenset(("*", "**", "_", "__", "~~"))


class Where(Enum):
    """What a block is in: a paragraph, a cell of a table, the label of a picture, the title of a link."""

    TEXT = "text"
    CELL = "cell"
    LABEL = "label"
    TITLE = "title"


class MarkdownStyle(Style):
    """How Markdown writes what is new.

    :param references: labels of the links that the document defines.
    """

    plain = True

    def __init__(self, references: Container[str]) -> None:
        self._references = references

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        """See ``Style``. Emphasis stays emphasis: a space is put where its marks would be but characters."""
        texts: list[str] = []
        linked = 0
        tail = ""
        for number, item in enumerate(items):
            if item.raw is None:
                following = items[number + 1].raw or "" if number + 1 < len(items) else ""
                text = self._written(item.text, block, (tail, following), linked=linked > 0)
            else:
                text = item.raw
                linked += item.code and ((text == "[") - text.startswith("]"))
            texts.append(text)
            tail = (tail + text)[-200:]
        _mend_emphasis(items, texts)
        return "".join(texts)

    def _written(self, words: str, block: Block, around: tuple[str, str], *, linked: bool) -> str:
        """New words between what stands around them."""
        before, following = around
        place = block.extra
        if place is Where.TITLE:
            return _TITLED.sub(lambda found: f"&#{ord(found[0])};", words)
        text = self._escaped(words, linked=linked or place is Where.LABEL, cell=place is Where.CELL)
        if text.endswith("!") and following.startswith("["):
            text = text[:-1] + "\\!"
        if block.kind is SegmentKind.HEADING and text.endswith("#") and not following:
            text = text[:-1] + "\\#"
        if block.kind is SegmentKind.HEADING and place is Where.TEXT:
            text = _EDGE_BAR.sub("&#124;", text)
        begin = len(text) - len(text.lstrip())
        found = _LINE_START.match(text, begin) if _NEW_LINE.search(before) else None
        if found and place is not Where.LABEL:
            at = found.end() if text[begin].isdigit() else begin
            text = f"{text[:at]}\\{text[at:]}"
        return text

    def _escaped(self, text: str, *, linked: bool, cell: bool) -> str:
        pieces: list[str] = []
        at = 0
        for found in _SPECIAL.finditer(text):
            place = found.start()
            if linked and text[place] in "[]":  # behind a backslash they could be taken for a formula's
                pieces += (text[at:place], f"&#{ord(text[place])};")
                at = place + 1
            elif self._is_markup(text, place, cell=cell):
                pieces += (text[at:place], "\\")
                at = place
        return "".join([*pieces, text[at:]])

    def _is_markup(self, text: str, at: int, *, cell: bool) -> bool:
        """Would this character be taken for markup?"""
        character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
        match character:
            case "\\":
                return after in _PUNCTUATION or not after
            case "`":
                return True
            case "*":
                return not (before.isspace() and after.isspace())
            case "_":
                return not (before.isspace() and after.isspace()) and not (before.isalnum() and after.isalnum())
            case "[":
                return self._is_link(text, at)
            case "<":
                return bool(after) and (after.isalpha() or after in "/!?")
            case "&":
                return bool(ENTITY.match(text, at))
            case "~":
                return after == "~" or before == "~"
            case "$":
                return bool(MATH.match(text, at))
            case "|":
                return cell
        return False

    def _is_link(self, text: str, at: int) -> bool:
        found = _LINK.match(text, at)
        if found is None:
            return False
        label = " ".join(found[1].split()).lower().upper()
        return bool(found[2]) or found[1].startswith("^") or label in self._references


def _mend_emphasis(items: Sequence[Item], texts: list[str]) -> None:
    """See to it that the marks of each pair can begin and end it where they stand now."""
    numbers = {item.text: number for number, item in enumerate(items) if item.code}
    for code, start in numbers.items():
        end = numbers.get(partner(code), -1) if OPEN <= ord(code) < CLOSE else -1
        if end < 0 or texts[start] not in _EMPHASIS or texts[end] != texts[start]:
            continue
        if not "".join(texts[start + 1 : end]).strip():
            texts[start] = texts[end] = ""  # nothing cannot be emphasized
            continue
        before, after = "".join(texts[max(0, start - 2) : start])[-1:], "".join(texts[end + 1 : end + 3])[:1]
        opened, lead = _edge(items, texts, range(start + 1, end))
        closed, trail = _edge(items, texts, range(end - 1, start, -1))
        outside = opened and before.isalnum(), closed and after.isalnum()
        before, first = _around(texts, start)
        last, after = _around(texts, end)
        before, after = lead[-1:] or before, trail[:1] or after
        if "_" in texts[start] and (_is_of_a_word(before) or _is_of_a_word(after)):
            texts[start] = texts[end] = texts[start].replace("_", "*")
        if outside[0] or not _can_open(before, first):
            texts[start] = " " + texts[start]
        if outside[1] or not _can_open(after, last):
            texts[end] += " "
        texts[start], texts[end] = lead + texts[start], texts[end] + trail


def _edge(items: Sequence[Item], texts: list[str], inside: range) -> tuple[bool, str]:
    """Take away what stands at an inner edge of a pair and cannot: white space of new words, line breaks of two spaces.

    :param inside: what is in the pair, from this edge on.
    :returns: was there white space; the line break, which is to stand beyond the edge.
    """
    spaced, broken = False, ""
    for number in inside:
        text = texts[number]
        if items[number].raw is None:
            texts[number] = text.lstrip() if inside.step > 0 else text.rstrip()
            spaced = spaced or texts[number] != text
        elif items[number].code and text[:1].isspace() and not broken:
            texts[number], broken = "", text
        if texts[number]:
            break
    return spaced, broken


def _around(texts: Sequence[str], number: int) -> tuple[str, str]:
    """The characters before and after a piece; those of the same run of marks are passed over."""
    mark = texts[number][0]
    before = "".join(texts[max(0, number - 8) : number]).rstrip(mark)[-1:]
    after = "".join(texts[number + 1 : number + 9]).lstrip(mark)[:1]
    return before, after


def _can_open(outer: str, inner: str) -> bool:
    """Can marks between these two characters begin (or, seen from behind, end) emphasis?"""
    if not inner or inner.isspace():
        return False
    return not _is_punctuation(inner) or not outer or outer.isspace() or _is_punctuation(outer)


def _is_of_a_word(character: str) -> bool:
    """Does this character, if there is one, keep a ``_`` beside it from being a mark?"""
    return bool(character) and not character.isspace() and not _is_punctuation(character)


def _is_punctuation(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "PS"
