"""Whether a date or a time that a statement names is that of what it speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.worker.dates import Moment, within
from assistant.worker.grounds import Grounds, Statement
from assistant.worker.slips import is_slip_of_date
from assistant.worker.timing import minute_of, minutes_of, reached


class DateCheck:
    """Looks up the dates of statements about one document."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds

    def holds(self, claim: Moment, said: Statement) -> bool:
        """Whether the document says so, near the rest of the statement or so that it follows from what stands there."""
        setting = self._grounds.setting(said, claim.start, claim.end)
        years = self._grounds.years
        if claim.season is not None:  # there is one in every year
            years = frozenset(one.year for one in setting.likely.moments if one.year is not None)
        places = [one.start for one in self._grounds.moments if within(claim, one, years)]
        if claim.bare and claim.year:
            places += [one.start for one in self._grounds.numbers.between(claim.year, claim.year)]
        if claim.minute is not None:  # at 8.35
            places += [one.start for one in self._grounds.index.reading.numbers if minute_of(one) in minutes_of(claim)]
        others = [one for one in said.reading.moments if one is not claim]
        contradicted = any(
            _like(claim, known) and not _used(known, others, self._grounds.years) for known in setting.best.moments
        )
        if claim.minute is not None:
            times = {minute for one in setting.best.numbers if (minute := minute_of(one)) is not None}
            contradicted = contradicted or (bool(times) and not times & minutes_of(claim))
        slip = any(is_slip_of_date(claim, known) and not _used(known, others, years) for known in setting.best.moments)
        whole = None not in (claim.year, claim.month, claim.day) and not slip
        found = map(self._grounds.index.sentence_at, places)
        if setting.bears(found, contradicted=contradicted, weak=slip, telling=whole):
            return True
        if slip:
            return False
        if claim.day is not None or claim.year is None:
            return False
        near = setting.best if contradicted else setting.best.with_neighbours()
        later = list(reached(near.moments, near.numbers))
        years = frozenset(one.year for one in later if one.year is not None)
        return any(within(claim, one, years) for one in (*later, *(near.moments if claim.month else ())))


def _like(claim: Moment, known: Moment) -> bool:
    """Whether two dates say the same kind of thing, so that one stands in the other's place."""
    return bool(claim.says().keys() & known.says().keys())


def _used(known: Moment, others: Iterable[Moment], years: frozenset[int]) -> bool:
    return any(within(one, known, years) for one in others)
