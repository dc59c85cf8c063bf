"""Places in a text: characters as Python counts them, UTF-16 units as Qt does, and what Markdown leaves of a text.

No Qt.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left

_MARKS = frozenset("*_`~#>|[]()!\\-+=: \t\n\u00a0")
_SAME = 6  # characters that must agree before a longer stretch of the source is passed over
_REACH = 400  # how far ahead they are looked for


def units(text: str) -> int:
    """How many UTF-16 units ``text`` takes: characters beyond the first plane take two."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def align(visible: str, source: str) -> array[int]:
    """Where in ``source`` each character of ``visible`` comes from; ``visible`` is ``source`` without its marks.

    The places never go back. A character that is not in the source (a bullet) has the place before the one after it.
    """
    found = array("q", bytes(8 * len(visible)))
    at, end = 0, len(source)
    for index, character in enumerate(visible):
        while at < end and source[at] != character:
            if character.isspace() or source[at] not in _MARKS:
                at = _ahead(visible, index, source, at)
                break
            at += 1
        if at < end and _agree(source[at], character):
            found[index] = at
            at += 1
        else:
            found[index] = max(0, at - 1)
    return found


def _agree(one: str, other: str) -> bool:
    return one == other or (one.isspace() and other.isspace())


def _ahead(visible: str, index: int, source: str, at: int) -> int:
    """Where the source goes on: after an address or an entity, else where it is."""
    if visible[index].isspace():
        return at
    piece = visible[index : index + _SAME]
    place = source.find(piece, at, at + _REACH)
    return place if place >= 0 else at


def stretch(places: array[int], start: int, end: int) -> tuple[int, int]:
    """The stretch of the visible text that shows the source's characters from ``start`` to ``end``."""
    return bisect_left(places, start), bisect_left(places, end)


class UnitIndex:
    """Turns characters of one text into UTF-16 units and back, also when it is asked thousands of times."""

    def __init__(self, text: str) -> None:
        self._plain = text.isascii() or max(text, default="") <= "\uffff"
        self._wide = [] if self._plain else [at for at, character in enumerate(text) if character > "\uffff"]
        self._wide_units = [at + number for number, at in enumerate(self._wide)]

    def unit(self, character: int) -> int:
        """Where a character begins in units."""
        return character + bisect_left(self._wide, character)

    def character(self, unit: int) -> int:
        """Which character holds a unit."""
        return unit - bisect_left(self._wide_units, unit)
