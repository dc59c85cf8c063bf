"""Markup inside a sentence while it is edited by hand: short tags that can be moved, and codes again afterwards. No Qt.

``<1>bold</1>`` is a stretch, ``<2/>`` a thing without text. Only tags of the sentence's own markup are read back; all
else that looks like one is text.
"""

from __future__ import annotations

import re

from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, codes_of, is_code

_TAG = re.compile(r"<(/?)(\d{1,3})(/?)>")


def with_tags(text: str) -> str:
    """``text`` with its codes as tags."""
    return "".join(_tag(character) if is_code(character) else character for character in text)


def with_codes(text: str, source: str) -> str:
    """``text`` with its tags as codes, those that ``source`` has."""
    known = codes_of(source)

    def code(match: re.Match[str]) -> str:
        closes, number, alone = match.group(1), int(match.group(2)), match.group(3)
        if number >= CODES or (closes and alone):
            return match.group()
        character = chr((CLOSE if closes else ALONE if alone else OPEN) + number)
        return character if character in known else match.group()

    return _TAG.sub(code, text)


def _tag(character: str) -> str:
    place = ord(character)
    if place >= ALONE:
        return f"<{place - ALONE}/>"
    return f"</{place - CLOSE}>" if place >= CLOSE else f"<{place - OPEN}>"
