"""What is nearly the number or date of the source: two digits turned, one changed, another month.

Such a one stands somewhere else in a long document by chance as any other does. But where the sentence that says the
rest has one that differs in no more than this, that is the one that was meant.
"""

from __future__ import annotations

from collections import Counter

from assistant.worker.dates import Moment
from assistant.worker.quantities import Figure

_FIELDS = ("year", "month", "day", "quarter", "decade", "season", "minute")
_LEAST = 2  # digits of a number that another one may be a slip of


def is_slip_of_number(claim: Figure, known: Figure) -> bool:
    """Whether two numbers differ in one digit, or in the order of theirs."""
    one, other = _digits(claim), _digits(known)
    if len(one) != len(other) or len(one) < _LEAST or one == other:
        return False
    if claim.unit and known.unit and not _is_same_scale(claim, known):
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1 or Counter(one) == Counter(other)


def is_slip_of_date(claim: Moment, known: Moment) -> bool:
    """Whether two dates say the same but for one thing."""
    fields = [name for name in _FIELDS if getattr(claim, name) is not None and getattr(known, name) is not None]
    apart = [name for name in fields if getattr(claim, name) != getattr(known, name)]
    return len(fields) > 1 and len(apart) == 1


def _digits(number: Figure) -> str:
    """The digits that say something: round numbers are as near to each other as it is."""
    return f"{number.count or number.bare or number.value:.9g}".replace(".", "").strip("0")


def _is_same_scale(claim: Figure, known: Figure) -> bool:
    """Whether both are of the same unit as they are written: kilometres, not metres."""
    if not claim.count or not known.count:
        return True
    return abs(claim.value / claim.count - known.value / known.count) <= 1e-6 * abs(claim.value / claim.count)
