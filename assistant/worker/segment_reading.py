"""What a text can be read to say of numbers: those that it claims, and all that may be meant beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from assistant.worker import numerals
from assistant.worker.characters import HAN_RUN
from assistant.worker.dates import Moment, dates
from assistant.worker.figures import COMMA_LANGUAGES, figures
from assistant.worker.lexicon import chinese
from assistant.worker.number_words import spoken
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.segment_view import View, blanked
from assistant.worker.units import same_unit

_DIGITS = re.compile(r"\d+(?:[.,:/'\u2009\u202f-]\d+)*|\d+(?: \d{3})+(?!\d)")
_RUN = re.compile(rf"[{numerals.CHINESE_SIGNS}万亿点]+")
_REGULAR = re.compile(
    r"[零〇一二三四五六七八九]{2,}|[两一二三四五六七八九壹贰叁肆伍陆柒捌玖]?"
    r"(?:[十百千万亿拾佰仟]+零?[两一二三四五六七八九壹贰叁肆伍陆柒捌玖]?)*(?:点[零一二三四五六七八九]+)?[万亿]*"
)
_COUNTING = re.compile(rf"[{numerals.CHINESE_SIGNS}万亿点分之成半多余]+(?P<measure>[\u3400-\u9fff])?")
_DISCOUNT = re.compile(rf"(?P<digits>\d(?:\.\d)?|[{numerals.CHINESE_SIGNS}]{{1,2}}|\d\d) ?折")
_PLAIN = re.compile(r"\d+(?:\.\d+)?(?![.,']\d)")
_GERMAN_TIME = re.compile(r"\b(\d{1,2})[.:h](\d\d)(?= ?(?:Uhr|h\b|heures|ore|часов|kl))")
_MEGA = re.compile(r"[ -]?(?:mega|MP\b)", re.IGNORECASE)
_WHOLE = re.compile("百分百|百分之百")
_IDIOMS = re.compile(r"\b(?:24[/x]7(?:/365)?|50[-/]50|9[- ]to[- ]5|20/20|101\b(?= course| class)|9/11|996|007)")
_CLOCK = re.compile(
    r"\b[ap]\.?m\b|上午|下午|早上|凌晨|晚上?|傍晚|中午|o'clock|\bUhr\b|heures?\b|午前|午後|오전|오후", re.IGNORECASE
)
CLOSE = 1e-6
"""Share of a number by which another one may differ and be the same."""
_UNITS = "% USD EUR GBP CNY JPY $ ¥ KRW HKD INR m kg l m2 m3 W kWh Hz ° V MB mile ft inch lb dB"
MEASURED = frozenset(_UNITS.split())
"""Units of measures and money."""


class Numbers:
    """All that a text says of numbers."""

    def __init__(self, view: View, literals: Iterable[tuple[int, int]]) -> None:
        self.view = view
        self.text = blanked(view.even, literals)
        self.may_count = any(sign.isdigit() for sign in self.text) or bool(self.moments or self.figures)

    @cached_property
    def moments(self) -> list[Moment]:
        """Dates and times; a bare number is a year only where it counts nothing (``1269 亿元``)."""
        found = dates(self.text)
        if not any(one.bare for one in found):
            return found
        numbers = figures(self.text, language=self.view.primary)
        counting = {one.start for one in numbers if one.unit or one.count > one.bare}
        return [one for one in found if not (one.bare and one.start in counting)]

    @cached_property
    def figures(self) -> list[Figure]:
        """Numbers outside of dates."""
        return figures(self.text, language=self.view.primary, taken=[(one.start, one.end) for one in self.moments])

    @cached_property
    def claims(self) -> list[Figure]:
        """Numbers that a translation has to say."""
        idioms = [one.span() for one in _IDIOMS.finditer(self.text)]
        return [
            one
            for one in self.figures
            if not any(start <= one.start < end for start, end in idioms) and not self._is_idle(one)
        ]

    def _is_idle(self, one: Figure) -> bool:
        """``two``, which is said in many ways; ``a day``; numerals that are part of a Chinese word."""
        if not self.is_spelled(one):
            return False
        written = self.text[one.start : one.end]
        if one.bare <= 2 and (one.unit not in MEASURED or one.unit == "%"):
            return True
        if (one.unit == "times" and not one.ordinal) or one.hedge is Hedge.OVER or written.lower() == "a dozen":
            return True
        return written[0] > "ᄀ" and (self._is_vague(one) or self._is_in_word(one))

    def _is_vague(self, one: Figure) -> bool:
        """``三四十``, ``十四五``."""
        run = _RUN.match(self.text, one.start)
        return run is not None and not _REGULAR.fullmatch(run[0])

    def _is_in_word(self, one: Figure) -> bool:
        """``三番五次``, ``四川``: the dictionary has a longer word there."""
        for run in HAN_RUN.finditer(self.text):
            if run.start() <= one.start < run.end():
                place = run.start()
                for word in chinese().cut(run[0]):
                    if place <= one.start < place + len(word):
                        return len(word) >= 3 and not _counts(word)
                    place += len(word)
        return False

    def is_spelled(self, one: Figure) -> bool:
        """Whether this number is in words."""
        return not any(sign.isdigit() for sign in self.text[one.start : one.end])

    @cached_property
    def _all(self) -> list[Figure]:
        found = [*self.figures, *figures(self.text, language=self.view.primary)]
        if not self.view.language:
            found += figures(self.text, language="de")
        elif self.view.primary in COMMA_LANGUAGES:
            found += figures(self.text, language="en")  # which translations often keep
        return found

    @cached_property
    def counts(self) -> list[float]:
        """All that it may be read to count, in any unit."""
        found: set[float] = {one.count or one.bare for one in self._all} | spoken(self.text, self.view.primary)
        found |= {one.bare for one in self._all if one.bare != one.value and not one.count}
        for moment in self.moments:
            for name, value in moment.says().items():
                found |= spoken_of(name, value) if name != "weekday" else set()
        for run in _RUN.finditer(self.text):
            for part in (run[0], *re.split("[万亿点]", run[0])):
                whole = numerals.chinese_value(part) if part and part[0] not in "万亿点" else None
                found |= {whole} if whole is not None else set()
            if not _REGULAR.fullmatch(run[0]):
                found |= set(_loosely(run[0]))
        found |= {float(one) for one in _PLAIN.findall(self.text)}
        found |= {1e6 * (one.count or one.bare) for one in self._all if _MEGA.match(self.text, one.end)}
        for clock in _GERMAN_TIME.finditer(self.text):
            found |= spoken_of("minute", int(clock[1]) * 60 + int(clock[2]))
        for cut in _DISCOUNT.finditer(self.text):
            found |= _reduced(_value(cut["digits"]))
        if _WHOLE.search(self.text):
            found.add(100.0)
        return sorted(found)

    @cached_property
    def written(self) -> set[str]:
        """Groups of digits, as they are written."""
        return set(_DIGITS.findall(self.text))

    def says(self, claim: Figure, other: Numbers) -> bool:
        """Whether this text says what ``other`` says with ``claim``."""
        count = claim.count or claim.bare
        if self.has(count) or self._has_value(claim):
            return True
        if other.text.startswith("折", claim.end) and any(self.has(one) for one in _reduced(count)):
            return True
        scaled = count != claim.bare
        if not scaled and any(one in self.written for one in _DIGITS.findall(other.text[claim.start : claim.end])):
            return True
        if claim.unit == "%" and self.has(claim.value):
            return True
        if _MEGA.match(other.text, claim.end) and self.has(count * 1e6):
            return True
        if claim.is_weak and claim.value <= 24 and (_CLOCK.search(self.text) or _CLOCK.search(other.text)):
            return self.has(claim.value + 12) or self.has(claim.value - 12)
        return claim.ordinal and claim.value <= 1

    def has(self, count: float) -> bool:
        return any(abs(one - count) <= CLOSE * max(1.0, abs(count)) for one in self.counts)

    def _has_value(self, claim: Figure) -> bool:
        slack = CLOSE * max(1e-6, abs(claim.value))
        return any(same_unit(claim.unit, one.unit) and abs(one.value - claim.value) <= slack for one in self._all)


def _value(digits: str) -> float:
    return float(digits) if digits[0].isdigit() else numerals.chinese_value(digits) or 0.0


def _reduced(value: float) -> set[float]:
    """The percentages that ``八折`` and ``85折`` speak of: what is left, and what is taken off."""
    left = value * (10 if value < 10 else 1)
    return {left, 100 - left}


def _loosely(run: str) -> Iterator[float]:
    """What may be meant within numerals that are no number together: ``十四五``, ``三四十``."""
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + 4) + 1):
            part = run[start:end]
            if part[0] not in "万亿点" and _REGULAR.fullmatch(part):
                yield numerals.chinese_value(part) or 0.0


def _counts(word: str) -> bool:
    """Whether a word of the dictionary is a number, maybe with its measure word: ``十二种``, but not ``三十六计``."""
    found = _COUNTING.fullmatch(word)
    return found is not None and (not found["measure"] or chinese().kind(word) == "m")


def spoken_of(name: str, value: int) -> set[float]:
    """Numbers that a date says with one of its parts."""
    if name == "minute":
        hour, minute = divmod(value, 60)
        return {float(hour), float(hour % 12), float(hour % 12 + 12), float(minute), float(value)}
    if name in ("year", "decade"):
        return {float(value), float(value + 543)}
    return {float(value)}
