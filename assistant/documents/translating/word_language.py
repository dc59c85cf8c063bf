"""In which language the text of a DOCX is said to be, and in which direction it, its pages and the columns of its
tables go."""

from __future__ import annotations

import re

from assistant.base.languages import right_to_left
from assistant.documents.translating import drawings
from assistant.documents.translating.located import located, raw
from assistant.documents.translating.office import said_in

_LANG = re.compile(rb"<(?:[\w.-]+:)?lang\b[^>]*>")
_RUN = re.compile(rb"<(?P<prefix>[^\s/>:]+:)?r(?:\s[^>]*)?>")
_BIDI = re.compile(rb"<(?:[\w.-]+:)?bidi\b[^<>]*/>")
_RTL = re.compile(rb"<(?:[\w.-]+:)?rtl\b[^<>]*/>")
_VISUAL = re.compile(rb"<(?:[\w.-]+:)?bidiVisual\b[^<>]*/>")
_TABLE = re.compile(
    rb"</?(?P<prefix>(?:[\w.-]+:)?)tblPr(?P<change>Change)?(?:[\s/][^<>]*)?>"
    rb"(?:\s*<(?P=prefix)(?:tblStyle|tblpPr|tblOverlap)\b[^<>]*/>)*(?P<said>\s*<(?P=prefix)bidiVisual\b[^<>]*/>)?"
)
"""What is said of a table, as far as that comes before the order of its columns."""
_SECTION = re.compile(
    rb"<(?P<prefix>(?:[\w.-]+:)?)sectPr(?P<said>\s[^<>]*?)?(?:/>|>(?P<own>.*?)(?P<rest><(?P=prefix)(?:rtlGutter|docGrid"
    rb"|printerSettings|sectPrChange)\b.*?</(?P=prefix)sectPr\s*>|</(?P=prefix)sectPr\s*>))",
    re.DOTALL,
)
"""What is said of a section, in two halves: between them stands in which direction its columns follow each other. What
it was before somebody changed it is in the second one."""
_OFF = re.compile(rb"""["'](?:0|false|off)["']""")
_BEHIND_BIDI = (
    rb"adjustRightInd|snapToGrid|spacing|ind|contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection"
    rb"|textAlignment|textboxTightWrap|outlineLvl|divId|cnfStyle|rPr|sectPr|pPrChange"
)
_BEHIND_RTL = rb"cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange"


def styles(content: bytes, language: str) -> bytes:
    """The part with styles as it is for text in ``language``: what holds where nothing else is said.

    :param content: XML in UTF-8.
    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_MEMORY.
    """
    changes: list[tuple[int, int, bytes]] = []
    for found in located(content, ["w|rPrDefault"], "docx"):
        start, end = found.root.start, found.root.end
        changes.append((start, end, _in_language(content[start:end], language)))
    new = raw(content, 0, len(content), changes)
    return new if right_to_left(language) else _VISUAL.sub(_if_off, _RTL.sub(_if_off, _BIDI.sub(_if_off, new)))


def laid_out(content: bytes, language: str) -> bytes:
    """A part whose tables and pages go in the direction of ``language``.

    :param content: XML in UTF-8.
    """
    return _sections(tables(content, language), language)


def tables(content: bytes, language: str) -> bytes:
    """A part whose tables have their first column where lines in ``language`` begin.

    :param content: XML in UTF-8.
    """
    to_left, was = right_to_left(language), False

    def ordered(table: re.Match[bytes]) -> bytes:
        nonlocal was
        head, prefix, said = table[0], table["prefix"], table["said"] or b""
        tag = head[: head.index(b">") + 1]
        opens, empty = not tag.startswith(b"</"), tag.endswith(b"/>")
        if table["change"]:
            was = opens and not empty  # inside of it is what it was before somebody changed it
        if table["change"] or was or not opens or to_left == (said != b"" and not _OFF.search(said)):
            return head
        if empty:
            return b"<%stblPr><%sbidiVisual/></%stblPr>" % ((prefix,) * 3) if to_left else head
        return head.removesuffix(said) + (b"<%sbidiVisual/>" % prefix if to_left else b"")

    return _TABLE.sub(ordered, content)


def _sections(content: bytes, language: str) -> bytes:
    """A part whose columns and pages follow each other in the direction of ``language``."""
    to_left = right_to_left(language)

    def turned_round(section: re.Match[bytes]) -> bytes:
        prefix, said, own = section["prefix"], section["said"] or b"", section["own"]
        if own is None:
            return b"<%ssectPr%s><%sbidi/></%ssectPr>" % (prefix, said, prefix, prefix) if to_left else section[0]
        start = b"<%ssectPr%s>" % (prefix, said)
        if to_left:
            return start + _BIDI.sub(b"", own) + b"<%sbidi/>" % prefix + section["rest"]
        return start + _BIDI.sub(_if_off, own) + section["rest"]

    return _SECTION.sub(turned_round, content)


def _if_off(switch: re.Match[bytes]) -> bytes:
    """What is left of a switch that must not be on."""
    return switch[0] if _OFF.search(switch[0]) else b""


def turned(properties: bytes, prefix: bytes, language: str) -> bytes:
    """What is said of a paragraph (empty: nothing) once its words are in ``language``: in which direction it goes.

    :param prefix: of the names around it.
    """
    place = re.search(rb"<%s(?:%s)\b|</%spPr\s*>" % (prefix, _BEHIND_BIDI, prefix), properties)
    if place is None:  # there are no properties, or an empty tag
        return b"<%spPr><%sbidi/></%spPr>" % ((prefix,) * 3) if right_to_left(language) else properties
    own, rest = properties[: place.start()], properties[place.start() :]
    if right_to_left(language):
        return _BIDI.sub(b"", own) + b"<%sbidi/>" % prefix + rest
    return _BIDI.sub(_if_off, own) + rest


def dressed(head: bytes, language: str) -> bytes:
    """The start of a run, said to be in ``language`` and in its direction."""
    head = _in_language(head, language)
    start = _RUN.match(head)
    if start is None or start["prefix"] == b"a:":
        return head
    if not right_to_left(language):
        return _RTL.sub(_if_off, head)
    head = _RTL.sub(b"", head)
    prefix = start["prefix"] or b""
    rtl = b"<%srtl/>" % prefix
    if b"%srPr" % prefix not in head:
        return head[: start.end()] + b"<%srPr>%s</%srPr>" % (prefix, rtl, prefix) + head[start.end() :]
    # Letters from right to left have a weight, a slope and a size of their own.
    for name in (b"b", b"i", b"sz"):
        if b"<%s%sCs" % (prefix, name) not in head:
            tag = prefix + name
            head = re.sub(rb"<%s(?=[\s/>])([^>]*/>)" % tag, rb"\g<0><%sCs\1" % tag, head, count=1)
    place = re.search(rb"<%s(?:%s)\b|</%srPr>" % (prefix, _BEHIND_RTL, prefix), head)
    return head[: place.start()] + rtl + head[place.start() :] if place else head


def _in_language(head: bytes, language: str) -> bytes:
    """Properties of a run, said to be in ``language`` where they say a language of its script."""
    if b"lang" not in head:
        return head
    kind = {"zh": b"eastAsia", "ja": b"eastAsia", "ko": b"eastAsia", "ar": b"bidi", "he": b"bidi", "fa": b"bidi"}
    name = kind.get(language.split("-", maxsplit=1)[0], b"val")
    return drawings.dressed(_LANG.sub(lambda found: said_in(found[0], name, language), head), language)
