"""Whether a number or an amount that a statement names is that of what it speaks of, or follows from what is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from assistant.worker.counted_things import counted, counts_something_else
from assistant.worker.counting_out import is_spelled, listed
from assistant.worker.deriving import TOTAL, follows, is_change, with_units
from assistant.worker.evidence import Evidence, counts_things
from assistant.worker.grounds import CLOSE, Grounds, Statement
from assistant.worker.passages import Passages, Setting
from assistant.worker.quantities import Figure
from assistant.worker.reckoning import fits, works_out
from assistant.worker.replaced import is_replaced, speaks_of_the_past
from assistant.worker.slips import is_slip_of_number
from assistant.worker.timing import as_age, between, lasts_since, repeats, spans
from assistant.worker.units import MEASURES, same_unit

_APART = 1000  # times as much as another one: so far apart two counts do not stand for each other
_SURE = 1.0  # certainty from which the best sentence tells how many there are
_AROUND = (0, 1, 3)  # sentences before and after: from so many a number may be worked out, if that is no chance
_COUNTED = re.compile(r" ?[^\W\d]")  # behind a number: what it counts
_HALVED = re.compile("halv\\w+", re.IGNORECASE)
_LAPSE_BEFORE = re.compile(r"(?:提前|为期|\bwithin |\bafter |\bafter only |\bat least |\bfull )$", re.IGNORECASE)
_LAPSE_AFTER = re.compile("以?[后内]|[之以][后内]|'s notice")
_LIST_NUMBER = re.compile(r"[ \t>*#|-]*\d{1,3}[.)、]")


class NumberCheck:
    """Looks up the numbers of statements about one document."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def holds(self, claim: Figure, said: Statement) -> bool:
        """Whether the document says so, near the rest of the statement or so that it follows from what stands there."""
        plain = said.reading.even
        if _counts_nothing(claim, plain):
            return not (claim.is_weak and self._is_counted_otherwise(claim, said))
        setting = self._grounds.setting(said, claim.start, claim.end)
        others = [one for one in said.reading.numbers if one is not claim]
        counting = not claim.unit and _is_count(plain, claim.end)  # then no amount stands in its place
        rivals = [
            one
            for one in setting.best.numbers
            if same_unit(claim.unit, one.unit)
            and one.ordinal == claim.ordinal
            and not (counting and (one.unit or not _is_alike(claim, one)))
        ]
        rivals = [known for known in rivals if not any(_bears(known, other) for other in others)]
        contradicted = bool(rivals)
        slip = any(is_slip_of_number(claim, known) for known in rivals) and not any(
            _bears(known, claim) for known in setting.best.numbers
        )
        counts = claim.is_weak and counts_things(plain, claim.end)
        bearing = [
            one
            for one in self._grounds.numbers.bearing(claim, counts=counts)
            if one.ordinal == claim.ordinal or not (contradicted and counts)
        ]
        places = [one.start for one in bearing]
        if not claim.unit:
            places += [one.start for one in self._grounds.moments if claim.value in one.says().values()]
        found = map(self._grounds.index.sentence_at, places)
        telling = claim.is_telling and not slip
        others_own = self._is_replaced((claim.start, plain), bearing, rivals, setting) or (
            claim.is_weak and contradicted and self._counts_something_else((claim.end, plain), bearing, rivals, setting)
        )
        borne = setting.bears(found, contradicted=contradicted, weak=claim.is_weak or slip, telling=telling)
        if borne and not others_own:
            return True
        if slip and claim.is_telling and not (is_change(claim, plain) or TOTAL.search(plain)):
            return False
        sentences = setting.likely.by_sentence()
        if any(_has_unit_of(claim, numbers, source) for numbers, source in sentences):
            return True
        listed_in = setting.best if contradicted else setting.likely.with_neighbours()
        if _is_told_otherwise(claim, said, listed_in):
            return True
        if follows(claim, plain, sentences) or repeats(claim, plain, sentences):
            return True
        near = setting.best if contradicted else setting.best.with_neighbours()
        aged = as_age(claim, plain)
        if lasts_since(aged, near.text, near.moments, self._grounds.nows):
            return True
        return spans(aged, near.moments) or any(
            works_out(claim, plain, [(one.numbers, one.text) for one in windows], others)
            or fits(aged, chain.from_iterable(between(aged, one.moments) for one in windows))
            for windows in ([setting.drawn_from], *(list(setting.drawn_from.windows(reach)) for reach in _AROUND))
        )

    def _is_replaced(
        self, claim: tuple[int, str], bearing: Iterable[Figure], rivals: Iterable[Figure], setting: Setting
    ) -> bool:
        """Whether every sentence near that has a number says that another one holds instead.

        :param claim: where it stands in which text.
        """
        start, plain = claim
        near = [one for one in bearing if setting.near[self._grounds.index.sentence_at(one.start)] >= CLOSE]
        if not near or speaks_of_the_past(plain, start):
            return False
        instead = [(one.start, one.end) for one in rivals]
        return all(is_replaced(self._grounds.text, (one.start, one.end), instead) for one in near)

    def _is_counted_otherwise(self, claim: Figure, said: Statement) -> bool:
        """Whether the best sentence has another number of the two things that a statement speaks of."""
        things = counted(said.reading.even, claim.end)
        if not things:
            return False
        setting = self._grounds.setting(said, claim.start, claim.end)
        numbers = [one for one in setting.best.numbers if not one.unit and not one.ordinal]
        text = self._grounds.text
        return (
            setting.certainty >= _SURE
            and not any(one.value == claim.value for one in numbers)
            and any(things & counted(text, one.end) for one in numbers)
        )

    def _counts_something_else(
        self, claim: tuple[int, str], bearing: Iterable[Figure], rivals: Iterable[Figure], setting: Setting
    ) -> bool:
        """Whether the best sentence has the number of something else, and another number of what the claim counts."""
        best = [one for one in bearing if self._grounds.index.sentence_at(one.start) in setting.best.sentences]
        bare = [one for one in rivals if not one.unit]
        return counts_something_else(claim, best, bare, self._grounds.text)


def _is_told_otherwise(claim: Figure, said: Statement, rest: Passages) -> bool:
    """A count of what the source lists, a numeral that counts nothing there, a discount for what is left to pay."""
    if claim.unit == "%":
        folded = "折" in said.reading.even or "折" in rest.text
        return folded and any(one.unit == "%" and abs(one.value + claim.value - 1) < 1e-6 for one in rest.numbers)
    if claim.unit or claim.ordinal:
        return False
    counts = _COUNTED.match(said.reading.even, claim.end) is not None
    return is_spelled(claim.value, rest.text) or (
        counts and any(claim.value in listed(text) for _, text in rest.by_sentence())
    )


def _has_unit_of(claim: Figure, numbers: Sequence[Figure], source: str) -> bool:
    """``within two hours, on site within six``: a number without a unit has that of another in its sentence."""
    if any(one not in numbers and _bears(one, claim) for one in with_units(numbers, source)):
        return True
    if not claim.unit or not claim.count:
        return False
    worth = claim.value / claim.count
    return any(not known.unit and not known.ordinal and known.value == claim.count for known in numbers) and any(
        known.unit
        and known.count
        and same_unit(claim.unit, known.unit)
        and abs(known.value / known.count - worth) < 1e-9
        for known in numbers
    )


def _counts_nothing(claim: Figure, plain: str) -> bool:
    """The number of a list item; ``two``, which is said of much that nobody has counted; ``a day``, ``by half``."""
    spelled = not plain[claim.start].isdigit()
    if claim.is_weak:
        listed_as = _LIST_NUMBER.match(plain, 0, claim.end + 1)
        return (spelled and claim.value <= 2) or (listed_as is not None and listed_as.end() > claim.start)
    if spelled and _HALVED.fullmatch(plain, claim.start, claim.end):
        return True
    loosely = plain[claim.start : claim.end].lower() == "half" and not plain.startswith(" of", claim.end)
    one = claim.bare == 1 and not _is_lapse(claim, plain)
    return spelled and (one or (claim.unit == "times" and claim.bare <= 2) or loosely)


def _is_lapse(claim: Figure, plain: str) -> bool:
    """``一个月后``, ``within a week``: when something is due is counted exactly, also where it is one."""
    return claim.unit in ("s", "month") and (
        _LAPSE_BEFORE.search(plain[: claim.start]) is not None or _LAPSE_AFTER.match(plain, claim.end) is not None
    )


def _is_count(plain: str, end: int) -> bool:
    """Whether what is counted stands behind a number, or in Chinese the word by which it is: ``61000 个``."""
    return counts_things(plain, end) or plain[end : end + 2].lstrip()[:1] in MEASURES


def _is_alike(claim: Figure, known: Figure) -> bool:
    """Whether a slip could make one number of the other: not of twelve people 61,000 lamps."""
    less, more = sorted((claim.value, known.value))
    return more <= _APART * less


def _bears(known: Figure, claim: Figure) -> bool:
    return any(True for _ in Evidence([known]).bearing(claim))
