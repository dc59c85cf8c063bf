"""What the numbers of a text count: the ``hives`` of ``two small hives``, the ``道菜`` of ``九道菜``.

In ``two hives, spread over six places`` both numbers stand in one sentence, and which of them a summary should have
can be told by what it counts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.worker.characters import HAN, LETTER
from assistant.worker.lexicon import empty_words, folded, stem
from assistant.worker.quantities import Figure

_FEW = 2  # words behind a number that may be what it counts, or say of what kind that is
_REACH = 40  # characters
_WORD = re.compile(rf"[ -]({LETTER}{{2,{_REACH}}})")
_HAN_NOUN = re.compile(f"[{HAN}]{{2}}")


def counted(text: str, end: int) -> frozenset[str]:
    """Words for what a number counts that ends at ``end``; none: it is not said right behind it."""
    han = _HAN_NOUN.match(text, end)
    if han:
        return frozenset((han[0],))
    found: list[str] = []
    place = end
    while len(found) < _FEW and (match := _WORD.match(text, place)) and folded(match[1]) not in empty_words():
        found.append(stem(match[1]))
        place = match.end()
    return frozenset(found)


def counts_something_else(
    claim: tuple[int, str], bearing: Iterable[Figure], rivals: Iterable[Figure], text: str
) -> bool:
    """Whether all of ``bearing`` count other things than the claim, and one of ``rivals`` counts its things.

    :param claim: where the number ends in which text.
    :param text: that of the source, in which the others have their places.
    """
    plain, end = claim[1], claim[0]
    things = counted(plain, end)
    if not things or not any(things & counted(text, one.end) for one in rivals):
        return False
    others = [counted(text, one.end) for one in bearing]
    return bool(others) and all(one and not one & things for one in others)
