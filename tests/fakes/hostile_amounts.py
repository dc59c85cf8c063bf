"""Documents that are too much of something: what they are called, how they are made, who is to bear them.

Each can be made smaller, so that a small dose shows soon whether the time that they take grows faster than they do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.base.errors import ErrorKind

Much = Callable[[int], int]
"""Given how many of something there are in the whole dose, how many there are."""
_Make = Callable[[Much], bytes]
REFUSED = (
    *(ErrorKind.DOCUMENT_MEMORY, ErrorKind.DOCUMENT_SLOW, ErrorKind.DOCUMENT_TOO_LARGE, ErrorKind.DOCUMENT_BOMB),
    *(ErrorKind.DOCUMENT_DAMAGED, ErrorKind.DOCUMENT_EMPTY, ErrorKind.DOCUMENT_UNKNOWN, ErrorKind.DOCUMENT_NO_TEXT),
)
"""What may be said of a whole dose, each with a sentence of its own."""


@dataclass(frozen=True)
class Large:
    """One document.

    :ivar name: of its file.
    :ivar read: somebody may want a summary of it; ``translated``: a translation.
    """

    name: str
    make: _Make
    read: bool
    translated: bool


class Collection(dict[str, Large]):
    """Documents by the names of the functions that make them."""

    def add(self, name: str, *, read: bool = True, translated: bool = True) -> Callable[[_Make], _Make]:
        """Keep what a function makes as a document whose file has this name."""

        def keep(function: _Make) -> _Make:
            self[function.__name__] = Large(name, function, read, translated)
            return function

        return keep


def whole(count: int) -> int:
    """All of it."""
    return count


def small(count: int) -> int:
    """A five hundredth."""
    return max(2, count // 500)
