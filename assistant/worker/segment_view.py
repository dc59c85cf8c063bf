"""A segment as a reader sees it: without its codes, its letters made even, and each place known in the segment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from assistant.documents.segments import ALONE, Finding, FindingKind, is_code
from assistant.worker.characters import even

THING = "\ufffc"
"""Stands for a code without text: something is there, but no letter."""


class View:
    """The text of a segment in one language.

    :ivar text: the segment itself, with its codes.
    :ivar plain: without codes.
    :ivar language: BCP 47, empty: unknown. ``primary``: its first part, in lower case.
    """

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.primary = language.replace("_", "-").partition("-")[0].lower()
        kept = [place for place, sign in enumerate(text) if not is_code(sign) or ord(sign) >= ALONE]
        self._places = kept
        self.plain = "".join(THING if is_code(text[place]) else text[place] for place in kept)

    @cached_property
    def even(self) -> str:
        """``plain``, as long as it is, with one form for digits, spaces and dashes; Chinese simplified."""
        return even(self.plain)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in ``text`` of ``plain[start:end]``."""
        if not self._places:
            return 0, 0
        first = self._places[start] if start < len(self._places) else len(self.text)
        return first, self._places[end - 1] + 1 if end > start else first


def at_target(kind: FindingKind, view: View, start: int, end: int, *, minor: bool = False) -> Finding:
    """A finding about ``plain[start:end]`` of a translation."""
    return Finding(kind, view.plain[start:end], *view.span(start, end), minor=minor)


def at_source(kind: FindingKind, view: View, start: int, end: int, *, minor: bool = False) -> Finding:
    """A finding about ``plain[start:end]`` of a source, which the translation does not have."""
    first, last = view.span(start, end)
    return Finding(kind, view.plain[start:end], source_start=first, source_end=last, minor=minor)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text``, as long as it was, with spaces in the place of each stretch."""
    signs = list(text)
    for start, end in spans:
        signs[start:end] = " " * (end - start)
    return "".join(signs)
