"""Whether a translation says the dates and times of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.dates import MONTHS, WEEKDAYS, Moment
from assistant.worker.segment_reading import Numbers, spoken_of
from assistant.worker.segment_view import at_source, at_target

_MONTHS_KNOWN = frozenset(("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ko", "sv", "da", "nb", "no"))
_WEEKDAYS_KNOWN = frozenset(("en", "de", "fr", "es", "zh"))
_NUMBERED_MONTH = re.compile(r"\d[./-]\d")
_HOUR = re.compile(
    r"(?<![\d.第])(\d{1,2}|二十[一二三四]?|十[一二三四五六七八九]?|[一二两三四五六七八九])[点點]"
    r"(?![\d零〇]|[一二三四五六七八九](?![十刻]))"  # not 三点一四
)
_HAN_HOURS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}
_OTHERWISE = re.compile(
    "week-?end|week-?days?|work(?:ing )?days?|today|tonight|tomorrow|yesterday"
    "|周末|週末|工作日|平日|主日|[今明后昨当次][天日]"
    "|wochenend|werktag|wochentag|heute|morgen|gestern|aujourd|demain|hier|en semaine|ouvr[aé]|hoy|mañana|ayer"
    "|fin(?:es)? de semana|entre semana|laborable",
    re.IGNORECASE,
)
"""What may stand for days of the week."""
_HOLY = re.compile(r"\b(?:good|palm|easter|whit|low)\W+$", re.IGNORECASE)
_ERAS = re.compile("令和|平成|昭和|大正|明治|民国|民國|พ\\.ศ")


@dataclass(frozen=True)
class _Part:
    """One thing that a date says."""

    moment: Moment
    name: str
    value: int


def date_findings(known: Numbers, found: Numbers) -> Iterator[Finding]:
    """Dates and times that differ, are missing or new."""
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
            hour = next((one.value // 60 for one in lost if one.name == "minute" and one.value % 60 <= 30), None)
            other_hour = hour is not None and says_other_hour(hour, found)
            slight = _is_slight(lost, known) and not _is_day_left_out(lost, known, found)
            minor = slight and not other_hour and not _has_other_month(lost, found)
            yield at_source(FindingKind.DATE, known.view, moment.start, moment.end, minor=minor)
    for moment in dict.fromkeys(part.moment for part in made_up):
        new_parts = [one for one in made_up if one.moment is moment and _is_known(one.name, known.view.primary)]
        if new_parts and moment.start not in told and not _ERAS.search(known.text):
            minor = _is_slight(new_parts, found)
            yield at_target(FindingKind.DATE, found.view, moment.start, moment.end, minor=minor)


def says_other_hour(hour: int, numbers: Numbers) -> bool:
    """Whether a Chinese text says an hour (``九点``, which may be nine points as well), and not this one."""
    hours = {_hour(match[1]) % 12 for match in _HOUR.finditer(numbers.text)}
    return bool(hours) and hour % 12 not in hours


def _hour(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (10 * _HAN_HOURS.get(tens, 1) if ten else 0) + _HAN_HOURS.get(ones, 0)


def _is_slight(parts: list[_Part], numbers: Numbers) -> bool:
    """Whether what differs is said in words: a month or weekday may go without saying."""
    exact = any(one.name in ("year", "day", "minute") for one in parts)
    return not exact or not _in_digits(parts[0].moment, numbers)


def _is_day_left_out(lost: list[_Part], known: Numbers, found: Numbers) -> bool:
    """Whether a day of the week is all that is said of a day, and the translation names none: *on Thursday* is gone.

    That of a date may go without saying, and so may that of a feast: *Good Friday*.
    """
    moment = lost[0].moment
    named = _HOLY.search(known.text[: moment.start]) or known.text[moment.end :].startswith(" school")
    dated = any({"day", "month"} & one.says().keys() for one in (*known.moments, *found.moments))
    said = any("weekday" in one.says() for one in found.moments) or _OTHERWISE.search(found.text)
    return not dated and not said and not named and moment.says().keys() == {"weekday"}


def _has_other_month(lost: list[_Part], found: Numbers) -> bool:
    """Whether a date says another month: day and month have changed places."""
    return any(one.name == "month" for one in lost) and any("month" in moment.says() for moment in found.moments)


def _parts(numbers: Numbers) -> Iterator[_Part]:
    for moment in numbers.moments:
        for name, value in moment.says().items():
            if name != "season":  # other languages have words for it that are not known here
                yield _Part(moment, name, value)


def _in_digits(moment: Moment, numbers: Numbers) -> bool:
    return any(sign.isdigit() for sign in numbers.text[moment.start : moment.end])


def _is_known(name: str, language: str) -> bool:
    """Whether names of months and weekdays can be told in this language."""
    return language in {"month": _MONTHS_KNOWN, "weekday": _WEEKDAYS_KNOWN}.get(name, {language})


def _is_said(part: _Part, other: Numbers) -> bool:
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
        past = minute == 0 or other.has(minute)
        return past and any(other.has(float(one)) for one in hours)
    if part.name in ("year", "decade") and re.search(rf"(?<!\d){part.value % 100:02}(?!\d)", other.text):
        return True
    if part.name == "weekday" or (part.name == "month" and not _NUMBERED_MONTH.search(other.text)):
        return False
    return any(other.has(value) for value in spoken_of(part.name, part.value))


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
