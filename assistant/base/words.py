"""Where the words of a text stand, as one would point at them, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category

_IDEOGRAPHS = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\U00020000", "\U0003ffff"))
_INSIDE = "'’-."


def words_in(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Where the words of a stretch stand; Chinese and Japanese: each character."""
    end = len(text) if end is None else end
    at = start
    while at < end:
        if not _is_letter(text[at]):
            at += 1
            continue
        stop = at + 1
        if not is_ideograph(text[at]):
            while stop < end and _goes_on(text, stop, end):
                stop += 1
        yield at, stop
        at = stop


def is_ideograph(character: str) -> bool:
    """Whether it is counted as a word by itself."""
    return any(first <= character <= last for first, last in _IDEOGRAPHS)


def may_join(character: str) -> bool:
    """Whether a word goes on behind it, if letters or digits follow."""
    return character in _INSIDE or character == ","


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def _goes_on(text: str, at: int, end: int) -> bool:
    character = text[at]
    if _is_letter(character) or category(character).startswith("M"):  # vowel signs, accents
        return not is_ideograph(character)
    before, following = text[at - 1], text[at + 1] if at + 1 < end else ""
    if character == ",":
        return before.isdigit() and following.isdigit()
    return character in _INSIDE and following.isalnum() and not is_ideograph(following)
