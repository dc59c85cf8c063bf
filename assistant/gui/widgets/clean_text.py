"""Text from a model made safe to show: what is invisible or acts on a terminal is taken out or made visible. No Qt.

Escape sequences and control characters are removed; controls of writing direction, with which a line can be made to
read other than it is stored, are shown by name. Works line by line, so that a text cleaned in pieces at line ends is
the same as one cleaned at once.
"""

from __future__ import annotations

import re
import unicodedata

DIRECTION_NAMES = {
    0x061C: "ALM", 0x200E: "LRM", 0x200F: "RLM", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO",
    0x202E: "RLO", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip

# Terminal sequences: CSI with its parameters, OSC up to its end (or the line's), and the two-character ones.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]?")
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
# What rendering uses itself, or Qt gives a meaning.
_OURS = "\u205f\u2028\u2029\u2063\ufeff\ufffc\ufdd0-\ufdef\ufffe\uffff"
_ODD = re.compile(f"[{_CONTROLS}{_OURS}\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{6})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def clean(text: str) -> str:
    """``text`` without what should not be shown. Line feeds and tabs stay."""
    if "\x1b" in text or "\x9b" in text:
        text = _ANSI.sub("", text)
    if _ODD.search(text):
        text = _ODD.sub(_replace, text)
    if not text.isascii():
        text = _MARKS.sub(r"\1", text)
    return text


def isolated(text: str) -> str:
    """``text`` as a part of other words: one that is written from right to left keeps its direction, and its full stop
    its place.
    """
    if not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"\u2068{text}\u2069"
    return text


def _replace(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if code in DIRECTION_NAMES:
        return f"⟦{DIRECTION_NAMES[code]}⟧"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return " " if character in "\u205f\u2028\u2029\x0b\x0c" else ""
