"""In which language the text of a DOCX is said to be, and in which direction it goes."""

from __future__ import annotations

import re

from assistant.base.languages import right_to_left
from assistant.documents.translating import drawings
from assistant.documents.translating.located import Located, located, raw
from assistant.documents.translating.office import said_in

_LANG = re.compile(rb"<(?:[\w.-]+:)?lang\b[^>]*>")
_RUN = re.compile(rb"<(?P<prefix>[^\s/>:]+:)?r(?:\s[^>]*)?>")
_BEHIND_BIDI = frozenset(
    (
        *("w|adjustRightInd", "w|snapToGrid", "w|spacing", "w|ind", "w|contextualSpacing", "w|mirrorIndents"),
        *("w|suppressOverlap", "w|jc", "w|textDirection", "w|textAlignment", "w|textboxTightWrap", "w|outlineLvl"),
        *("w|divId", "w|cnfStyle", "w|rPr", "w|sectPr", "w|pPrChange"),
    )
)
_BEHIND_RTL = rb"cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange"


def defaults(content: bytes, language: str) -> bytes:
    """The part with styles as it is for text in ``language``: what holds where nothing else is said.

    :param content: XML in UTF-8.
    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_MEMORY.
    """
    changes: list[tuple[int, int, bytes]] = []
    for found in located(content, ["w|docDefaults"], "docx"):
        runs = found.root.find("w|rPrDefault")
        if isinstance(runs, Located):
            changes.append((runs.start, runs.end, _in_language(content[runs.start : runs.end], language)))
        if right_to_left(language) and found.root.find("w|pPrDefault/w|pPr/w|bidi") is None:
            changes += _turned(content, found.root)
    return raw(content, 0, len(content), sorted(changes))


def _turned(content: bytes, defaults: Located) -> list[tuple[int, int, bytes]]:
    """What makes paragraphs go from right to left where nothing else is said of them."""
    name = re.match(rb"<([^\s/>:]+:)?", content[defaults.start : defaults.start + 200])
    prefix = (name[1] or b"") if name else b""
    paragraphs, properties = defaults.find("w|pPrDefault"), defaults.find("w|pPrDefault/w|pPr")
    bidi = b"<%sbidi/>" % prefix
    if isinstance(properties, Located) and len(properties):
        following = next((one for one in properties if one.tag in _BEHIND_BIDI), None)
        place = following.start if isinstance(following, Located) else properties.close
        return [(place, place, bidi)]
    whole = b"<%spPrDefault><%spPr>%s</%spPr></%spPrDefault>" % (prefix, prefix, bidi, prefix, prefix)
    if isinstance(paragraphs, Located):
        return [(paragraphs.start, paragraphs.end, whole)]
    return [(defaults.close, defaults.close, whole)] if defaults.close < defaults.end else []


def dressed(head: bytes, language: str) -> bytes:
    """The start of a run, said to be in ``language`` and in its direction."""
    head = _in_language(head, language)
    start = _RUN.match(head)
    if start is None or not right_to_left(language) or start["prefix"] == b"a:":
        return head
    prefix = start["prefix"] or b""
    rtl = b"<%srtl/>" % prefix
    if b"%srPr" % prefix not in head:
        return head[: start.end()] + b"<%srPr>%s</%srPr>" % (prefix, rtl, prefix) + head[start.end() :]
    if rtl in head:
        return head
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
