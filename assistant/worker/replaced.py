"""Numbers of a source that no longer hold: ``from 48 to 72 hours``, ``64 instead of 16``, ``由95秒缩短到52秒``.

Both stand in one sentence, so that it is no question of place whether a summary that has the old one is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BACK = 28  # characters before a number that may say when it held
_NEAR = 30  # characters between the old one and the new one
_OLD = re.compile(
    r"\b(?:from|instead of|no longer|not|rather than|formerly|originally|previously)"
    r"(?: (?:an?|the|about|some|only|just|every))? $"
    r"|(?:[由从][每约近]?|不是|而非|而不是|不再是?|原[来先]?[为是有]?|(?:去年|上年|此前|以前|之前)[是为有]?)[约近]?$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\bfrom (?:\w+ )?$|[由从][每约近]?$", re.IGNORECASE)
"""Before the old one when the new one follows."""
_SAID = re.compile(
    r"\b(?:from|than|instead|before|previous\w*|former\w*|original\w*|was|were|had|until|used|earlier|last|no longer"
    r"|not|once|drop\w*|initial\w*|start\w*|began|old)\b|[由从比原曾旧]|去年|上年|此前|以前|之前|不再|不是|最初|起初|当时",
    re.IGNORECASE,
)
"""A statement that speaks of the past itself."""


def is_replaced(text: str, span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a sentence says of what stands at ``span`` that one of ``others`` holds instead.

    :param others: of the same kind, in the same sentence; all are places in ``text``.
    """
    start, end = span
    if not _OLD.search(text[max(0, start - _BACK) : start]):
        return False
    first = _FIRST.search(text[max(0, start - _BACK) : start]) is not None
    return any(
        (0 <= other_start - end < _NEAR or (not first and 0 <= start - other_end < _NEAR))
        and not _OLD.search(text[max(0, other_start - _BACK) : other_start])
        for other_start, other_end in others
    )


def speaks_of_the_past(text: str, start: int) -> bool:
    """Whether a statement says itself that what stands at ``start`` is no longer so."""
    return _SAID.search(text, max(0, start - _BACK), start) is not None
