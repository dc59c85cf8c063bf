"""Whether a translation says the numbers, amounts and dates of its source, however each language writes them.

What one text claims is looked up in all that the other one can be read as: a number that is written out, said by a
word (``both``, ``a dozen``), or part of a date. Only what cannot be read there at all is found. What is written in
digits has to be there; a small number in words may be said in other ways, so alone it is only worth a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.documents.segments import Finding, FindingKind
from assistant.worker import numerals
from assistant.worker.characters import HAN_RUN
from assistant.worker.dates import MONTHS, WEEKDAYS, Moment, dates
from assistant.worker.figures import COMMA_LANGUAGES, Figure, Hedge, figures
from assistant.worker.lexicon import chinese
from assistant.worker.number_words import knows, spoken
from assistant.worker.segment_view import View, at_source, at_target, blanked
from assistant.worker.units import same_unit

_DIGITS = re.compile(r"\d+(?:[.,:/'\u2009\u202f-]\d+)*|\d+(?: \d{3})+(?!\d)")
_JOINED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+-?\d{3,}|(?<![\d.,])\d{3,}(?=[A-Za-z]+(?![a-z]*\b))")
_RUN = re.compile(rf"[{numerals.CHINESE_SIGNS}万亿点]+")
_REGULAR = re.compile(
    r"[零〇一二三四五六七八九]{2,}|[两一二三四五六七八九壹贰叁肆伍陆柒捌玖]?"
    r"(?:[十百千万亿拾佰仟]+零?[两一二三四五六七八九壹贰叁肆伍陆柒捌玖]?)*(?:点[零一二三四五六七八九]+)?[万亿]*"
)
_DISCOUNT = re.compile(rf"(?P<digits>\d(?:\.\d)?|[{numerals.CHINESE_SIGNS}]{{1,2}}|\d\d) ?折")
_PLAIN = re.compile(r"\d+(?:\.\d+)?(?![.,']\d)")
_GERMAN_TIME = re.compile(r"\b(\d{1,2})[.:h](\d\d)(?= ?(?:Uhr|h\b|heures|ore|часов|kl))")
_MEGA = re.compile(r"[ -]?(?:mega|MP\b)", re.IGNORECASE)
_WHOLE = re.compile("百分百|百分之百")
_IDIOMS = re.compile(r"\b(?:24[/x]7(?:/365)?|50[-/]50|9[- ]to[- ]5|20/20|101\b(?= course| class)|9/11|996|007)")
_CLOCK = re.compile(
    r"\b[ap]\.?m\b|上午|下午|早上|凌晨|晚上?|傍晚|中午|o'clock|\bUhr\b|heures?\b|午前|午後|오전|오후", re.IGNORECASE
)
_CLOSE = 1e-6
_UNITS = "% USD EUR GBP CNY JPY $ ¥ KRW HKD INR m kg l m2 m3 W kWh Hz ° V MB mile ft inch lb dB"
_MEASURED = frozenset(_UNITS.split())
_MONTHS_KNOWN = frozenset(("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ko", "sv", "da", "nb", "no"))
_WEEKDAYS_KNOWN = frozenset(("en", "de", "fr", "es", "zh"))
_ERAS = re.compile("令和|平成|昭和|大正|明治|民国|民國|พ\\.ศ")


def number_findings(
    source: View, target: View, literals: tuple[Iterable[tuple[int, int]], Iterable[tuple[int, int]]]
) -> Iterator[Finding]:
    """Numbers, units and dates that differ.

    :param literals: stretches of the plain texts of source and target that hold no numbers: links, code, placeholders.
    """
    known, found = _Numbers(source, literals[0]), _Numbers(target, literals[1])
    if not known.may_count and not found.may_count:
        return
    yield from _moments(known, found)
    missing = [one for one in known.claims if not found.says(one, known)]
    made_up = [one for one in found.claims if not known.says(one, found)]
    yield from _differing(known, found, missing, made_up)
    yield from _units(known, found)
    yield from _joined(known, found)


class _Numbers:
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
        if one.value <= 2 and not (one.unit in _MEASURED and one.unit != "%"):
            return True
        written = self.text[one.start : one.end]
        if one.bare <= 2 or one.unit == "times" or one.hedge is Hedge.OVER or written.lower() == "a dozen":
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
                        return len(word) >= 3 and place + len(word) > one.end - (1 if one.unit else 0)
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
                found |= _spoken_of(name, value)
        for run in _RUN.finditer(self.text):
            for part in (run[0], *re.split("[万亿点]", run[0])):
                whole = numerals.chinese_value(part) if part and part[0] not in "万亿点" else None
                found |= {whole} if whole is not None else set()
            if not _REGULAR.fullmatch(run[0]):
                found |= set(_loosely(run[0]))
        found |= {float(one) for one in _PLAIN.findall(self.text)}
        found |= {1e6 * (one.count or one.bare) for one in self._all if _MEGA.match(self.text, one.end)}
        for clock in _GERMAN_TIME.finditer(self.text):
            found |= _spoken_of("minute", int(clock[1]) * 60 + int(clock[2]))
        for cut in _DISCOUNT.finditer(self.text):
            found |= _reduced(_value(cut["digits"]))
        if _WHOLE.search(self.text):
            found.add(100.0)
        return sorted(found)

    @cached_property
    def written(self) -> set[str]:
        """Groups of digits, as they are written."""
        return set(_DIGITS.findall(self.text))

    def says(self, claim: Figure, other: _Numbers) -> bool:
        """Whether this text says what ``other`` says with ``claim``."""
        count = claim.count or claim.bare
        if self._has(count) or self._has_value(claim):
            return True
        if other.text.startswith("折", claim.end) and any(self._has(one) for one in _reduced(count)):
            return True
        scaled = count != claim.bare
        if not scaled and any(one in self.written for one in _DIGITS.findall(other.text[claim.start : claim.end])):
            return True
        if claim.unit == "%" and self._has(claim.value):
            return True
        if _MEGA.match(other.text, claim.end) and self._has(count * 1e6):
            return True
        if claim.is_weak and claim.value <= 24 and (_CLOCK.search(self.text) or _CLOCK.search(other.text)):
            return self._has(claim.value + 12) or self._has(claim.value - 12)
        return claim.ordinal and claim.value <= 1

    def _has(self, count: float) -> bool:
        return any(abs(one - count) <= _CLOSE * max(1.0, abs(count)) for one in self.counts)

    def _has_value(self, claim: Figure) -> bool:
        slack = _CLOSE * max(1e-6, abs(claim.value))
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


def _spoken_of(name: str, value: int) -> set[float]:
    """Numbers that a date says with one of its parts."""
    if name == "minute":
        hour, minute = divmod(value, 60)
        return {float(hour), float(hour % 12), float(hour % 12 + 12), float(minute), float(value)}
    if name in ("year", "decade"):
        return {float(value), float(value % 100), float(value + 543)}
    return {float(value)}


# ---------------------------------------------------------------- numbers


def _differing(known: _Numbers, found: _Numbers, missing: list[Figure], made_up: list[Figure]) -> Iterator[Finding]:
    pairs = list(zip(missing, made_up, strict=False))
    for lost, new in pairs:
        weak = known.is_spelled(lost) and found.is_spelled(new) and not same_unit(lost.unit, new.unit)
        start, end = found.view.span(new.start, new.end)
        from_, to = known.view.span(lost.start, lost.end)
        text = known.view.plain[lost.start : lost.end]
        yield Finding(FindingKind.NUMBER, text, start, end, from_, to, minor=weak)
    for lost in missing[len(pairs) :]:
        minor = not _is_strong(lost, known, found.view.primary)
        yield at_source(FindingKind.NUMBER, known.view, lost.start, lost.end, minor=minor)
    for new in made_up[len(pairs) :]:
        minor = found.is_spelled(new) or not knows(known.view.primary)
        yield at_target(FindingKind.NUMBER, found.view, new.start, new.end, minor=minor)


def _is_strong(one: Figure, known: _Numbers, language: str) -> bool:
    """Whether a number can hardly be said in another way."""
    if not known.is_spelled(one):
        return not (one.is_weak and one.value <= 20 and not knows(language))
    if language not in ("en", "zh") or one.ordinal:
        return False
    round_ = one.bare in (10.0, 100.0, 1000.0, 10000.0) or (one.unit == "%" and not one.count)
    return not round_ and (one.bare >= 13 or bool(one.unit))


def _units(known: _Numbers, found: _Numbers) -> Iterator[Finding]:
    """The same number of something else."""
    for one in known.figures:
        if one.unit not in _MEASURED or known.is_spelled(one):
            continue
        count = one.count or one.bare
        same = [it for it in found.figures if abs((it.count or it.bare) - count) <= _CLOSE * max(1.0, count)]
        if not same or any(same_unit(one.unit, other.unit) and _is_worth(one, other) for other in same):
            continue
        other = next((other for other in same if other.unit), same[0])
        known_well = found.view.primary in ("en", "zh")
        if not known_well and not (other.unit and _is_sign(found.text[other.start : other.end])):
            continue  # units of other languages are not known by all their names
        start, end = found.view.span(other.start, other.end)
        from_, to = known.view.span(one.start, one.end)
        text = known.view.plain[one.start : one.end]
        yield Finding(FindingKind.UNIT, text, start, end, from_, to, minor=not other.unit)


def _is_sign(text: str) -> bool:
    """Whether the unit is written as a sign (``kg``, ``%``, ``€``)."""
    return len(re.sub(r"[\d.,'\s]", "", text)) <= 3


def _is_worth(one: Figure, other: Figure) -> bool:
    """Kilograms and grams are one kind of unit, but not the same."""
    return not other.unit or one.value == other.value or abs(one.value - other.value) <= 1e-6 * abs(one.value)


def _joined(known: _Numbers, found: _Numbers) -> Iterator[Finding]:
    """``RTX4090``, ``A380``: digits that stand with letters."""
    for match in _JOINED.finditer(known.text):
        digits = re.sub(r"\D", "", match[0])
        if digits not in re.sub(r"[\s-]", "", found.text) and not found._has(float(digits)):
            yield at_source(FindingKind.NUMBER, known.view, *match.span())


# ---------------------------------------------------------------- dates


@dataclass(frozen=True)
class _Part:
    """One thing that a date says."""

    moment: Moment
    name: str
    value: int


def _moments(known: _Numbers, found: _Numbers) -> Iterator[Finding]:
    missing = [part for part in _parts(known) if not _is_said(part, found)]
    made_up = [part for part in _parts(found) if not _is_said(part, known)]
    told: set[int] = set()
    for moment in dict.fromkeys(part.moment for part in missing):
        lost = [one for one in missing if one.moment is moment and _is_known(one.name, found.view.primary)]
        new = next((one.moment for one in made_up if one.name in {part.name for part in lost}), None)
        if not lost or (new is None and _ERAS.search(found.text)):
            continue
        text = known.view.plain[moment.start : moment.end]
        if new:
            told.add(new.start)
            spans = *found.view.span(new.start, new.end), *known.view.span(moment.start, moment.end)
            yield Finding(FindingKind.DATE, text, *spans)
        else:
            yield at_source(FindingKind.DATE, known.view, moment.start, moment.end, minor=_is_slight(lost, known))
    for moment in dict.fromkeys(part.moment for part in made_up):
        new_parts = [one for one in made_up if one.moment is moment and _is_known(one.name, known.view.primary)]
        if new_parts and moment.start not in told and not _ERAS.search(known.text):
            minor = _is_slight(new_parts, found)
            yield at_target(FindingKind.DATE, found.view, moment.start, moment.end, minor=minor)


def _is_slight(parts: list[_Part], numbers: _Numbers) -> bool:
    """Whether what differs is said in words: a month or weekday may go without saying."""
    exact = any(one.name in ("year", "day", "minute") for one in parts)
    return not exact or not _in_digits(parts[0].moment, numbers)


def _parts(numbers: _Numbers) -> Iterator[_Part]:
    for moment in numbers.moments:
        for name, value in moment.says().items():
            yield _Part(moment, name, value)


def _in_digits(moment: Moment, numbers: _Numbers) -> bool:
    return any(sign.isdigit() for sign in numbers.text[moment.start : moment.end])


def _is_known(name: str, language: str) -> bool:
    """Whether names of months and weekdays can be told in this language."""
    return language in {"month": _MONTHS_KNOWN, "weekday": _WEEKDAYS_KNOWN}.get(name, {language})


def _is_said(part: _Part, other: _Numbers) -> bool:
    """Whether the other text says this part of a date: in a date, in a word of several, with a number."""
    names = {"month": MONTHS, "weekday": WEEKDAYS}.get(part.name, {})
    plain = other.text.casefold() if names else ""
    if any(value == part.value and len(name) > 3 and name in plain for name, value in names.items()):
        return True
    for moment in other.moments:
        said = moment.says()
        if said.get(part.name) == part.value or _follows(part, said):
            return True
        if part.name == "minute" and "minute" in said:
            open_ = moment.twelve or part.moment.twelve
            if open_ and said["minute"] % 720 == part.value % 720:
                return True
        if moment.swapped or part.moment.swapped:
            turned = {"day": "month", "month": "day"}.get(part.name, "")
            if said.get(turned) == part.value:
                return True
    if part.name == "minute":
        hour, minute = divmod(part.value, 60)
        hours = {hour % 12, hour % 12 + 12, hour, 24 if hour == 0 else hour}
        past = minute in (0, 15, 30, 45) or other._has(minute)
        return past and any(other._has(float(one)) for one in hours)
    values = _spoken_of(part.name, part.value) - ({0.0} if part.name in ("year", "decade") else set())
    return any(other._has(value) for value in values)


def _follows(part: _Part, said: dict[str, int]) -> bool:
    """A year tells its decade, a month its quarter, a decade the beginning of its years' names."""
    if part.name == "decade" and "year" in said:
        return 0 <= said["year"] - part.value < 10
    if part.name == "century":
        return (said.get("year", said.get("decade", -100)) + 99) // 100 == part.value
    month = said.get("month")
    return month is not None and (
        (part.name == "quarter" and (month + 2) // 3 == part.value)
        or (part.name == "half" and (month + 5) // 6 == part.value)
    )
