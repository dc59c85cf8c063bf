"""Texts with codes, spelled so that a person can read them: ``{1bold}1``, ``@2`` for a thing without text."""

from __future__ import annotations

import re

from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code

_KINDS = {"{": OPEN, "}": CLOSE, "@": ALONE}


def coded(text: str) -> str:
    """The text that is meant; one digit for each code."""
    return re.sub(r"([{}@])(\d)", lambda found: chr(_KINDS[found[1]] + int(found[2])), text)


def spelled(text: str) -> str:
    """``text`` as it is written here."""
    signs = {start: sign for sign, start in _KINDS.items()}
    parts = []
    for character in text:
        start = max((one for one in signs if one <= ord(character)), default=OPEN)
        parts.append(f"{signs[start]}{ord(character) - start}" if is_code(character) else character)
    return "".join(parts)
