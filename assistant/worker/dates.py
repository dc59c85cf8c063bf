"""Dates and times in a text, whole or in part: ``3 March 2021``, ``2021年3月``, ``Q3``, ``half past two``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.worker.numerals import CHINESE_SIGNS, ONES, ORDINALS, TENS, chinese_value

_MONTHS = (
    "january jan januar janvier janv enero ene gennaio genn janeiro januari januar|"
    "february feb februar fevrier fevr février févr febrero febbraio febb fevereiro fev februari|"
    "march mar märz maerz mars marzo março maart mrz|"
    "april apr avril avr abril abr aprile|"
    "may mai mayo maggio maio mei|"
    "june jun juni juin junio giugno junho|"
    "july jul juli juillet juil julio luglio julho|"
    "august aug août aout agosto ago augustus|"
    "september sept sep septembre septiembre settembre setembro|"
    "october oct oktober octobre octubre ottobre outubro okt|"
    "november nov novembre noviembre novembro|"
    "december dec dezember dez décembre déc diciembre dicembre dezembro"
)
MONTHS = {name: number for number, names in enumerate(_MONTHS.split("|"), start=1) for name in names.split()}
_WEEKDAYS = (
    "monday mon montag lundi lunes|tuesday tue tues dienstag mardi martes|wednesday wed mittwoch mercredi miércoles|"
    "thursday thu thur thurs donnerstag jeudi jueves|friday fri freitag vendredi viernes|"
    "saturday sat samstag samedi sábado|sunday sun sonntag dimanche domingo"
)
WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAYS.split("|"), start=1) for name in names.split()}
_SHORT_NAMES = {"may", "june", "july", "mai", "juin", "juni", "juli", "mars", "märz", "août", "mayo", "maio", "mei"}
_ABBREVIATED = {name for name in (*MONTHS, *WEEKDAYS) if len(name) < 5} - _SHORT_NAMES


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text says of a date or time; None: it does not say. ``start`` and ``end`` are places in the text.

    :ivar decade: its first year; ``century``: 20 for 1901 to 2000.
    :ivar quarter: 1 to 4; ``half``: of a year, 1 or 2; ``weekday``: Monday is 1; ``season``: spring is 1.
    :ivar minute: of the day; ``twelve``: whether before or after noon is open.
    :ivar part: of the month, year or decade: 1 is early, 2 the middle, 3 late.
    :ivar swapped: day and month may be meant the other way round.
    :ivar bare: nothing but a number that looks like a year.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    half: int | None = None
    weekday: int | None = None
    decade: int | None = None
    century: int | None = None
    minute: int | None = None
    season: int | None = None
    part: int | None = None
    twelve: bool = False
    swapped: bool = False
    bare: bool = False

    def says(self) -> dict[str, int]:
        """What is said, by field."""
        names = ("year", "month", "day", "quarter", "half", "weekday", "decade", "century", "minute",
                 "season")  # fmt: skip
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_M = rf"(?P<month>{_alternatives(MONTHS)})\b\.?"
_D = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|°|\.)?"
_Y = r"(?P<year>1\d{3}|20\d\d|21\d\d)"
_SHORT = r"(?P<year>1\d{3}|2[01]\d\d|'\d\d)"
_ORDINAL = "first|second|third|fourth|last|1st|2nd|3rd|4th"
_N = f"[0-9{CHINESE_SIGNS}]"
_HALVES = {"am": 0, "pm": 720, "上午": 0, "早上": 0, "凌晨": 0, "清晨": 0, "中午": 720, "下午": 720, "晚上": 720,
           "傍晚": 720, "晚": 720, "夜里": 720}  # fmt: skip
_NOONS = "|".join(word for word in _HALVES if not word.isascii())
_SEASONS = {"spring": 1, "春": 1, "summer": 2, "夏": 2, "autumn": 3, "fall": 3, "秋": 3, "winter": 4, "冬": 4}
_SEASON_MONTHS = {1: (2, 3, 4, 5), 2: (5, 6, 7, 8), 3: (8, 9, 10, 11), 4: (11, 12, 1, 2, 3)}
_TO = r"(?: ?- ?| to | and | until | bis | au | al | und | et )"
_HOUR = r"[012]?\d|[一二两三四五六七八九十]{1,3}"

_BEFORE_HOUR = rf"一刻钟?|{_N}{{1,3}}分钟?"
_WORDS_TO_TWELVE = "|".join(list(ONES)[1:13])
_PAST_HOUR = "five|ten|twenty-five|twenty|[1-5]?\\d"
_SPOKEN_HOURS = {"noon": 720, "midday": 720, "正午": 720, "midnight": 0, "午夜": 0, "子夜": 0}

_EASTERN = [
    r"(?P<year>(?:1[0-9]|2[01])\d\d|[12一二][〇零一二三四五六七八九\d]{3}) ?年[)的]?(?P<season_zh>[春夏秋冬])[天季]?",
    r"(?P<season_zh>[春夏秋冬])[天季]",
    # two days of one month
    rf"(?:(?P<year>(?:1[0-9]|2[01])\d\d) ?年 ?)?(?<![{CHINESE_SIGNS}\d.])(?P<month>{_N}{{1,3}}) ?月"
    rf" ?(?P<day>{_N}{{1,3}}) ?[日号]?"
    rf"(?:周.|星期.)?(?:至|到|-|~|和)(?:周.|星期.)?(?P<second_day>{_N}{{1,3}}) ?[日号]",
    # Chinese, Japanese, Korean: year, month, day; any of them left out at the ends
    rf"(?P<year>(?:1[0-9]|2[01])\d\d|[12一二][〇零一二三四五六七八九\d]{{3}}"
    rf"|(?<!\d)\d\d(?= ?年 ?\d{{1,2}} ?月)) ?[年년]度?"
    rf"(?: ?(?P<month>{_N}{{1,3}}) ?[月월](?!球|亮)(?: ?(?P<day>{_N}{{1,3}}) ?[日号號일])?"
    rf"| ?第?(?P<quarter>[一二三四1-4]) ?季度?| ?(?P<half>[上下])半年)?",
    rf"(?<![{CHINESE_SIGNS}\d.])(?P<month>{_N}{{1,3}})月(?:初(?P<day_early>[一二三四五六七八九十])(?!步|期|级)"
    rf"|(?P<day>二?十[一二三四五六七八九]?|三十)(?=[，。、；：！？\s夜晚早晨凌清午]|$))",
    rf"(?<![{CHINESE_SIGNS}\d.])(?P<month>{_N}{{1,3}}) ?[月월](?!球|亮)(?: ?(?P<day>{_N}{{1,3}}) ?[日号號일])?",
    rf"(?<![{CHINESE_SIGNS}\d.第])(?P<day>[0-3]?\d|[一二三]?十[一二三四五六七八九]?) ?[日号]"
    r"(?![线楼院门文元本子机码召内后]|以内|之内)",
    r"(?:第(?P<quarter>[一二三四1-4])|(?<![前一二三四\d])(?P<quarter_short>[一二三四1-4]))季度",
    r"(?P<half>[上下])半年",
    r"(?:(?P<century>[12]?\d|[一二]?十[一二三四五六七八九]?) ?世纪)(?P<decade>[1-9]0|[一二三四五六七八九]十)年代",
    r"(?P<last_century>上(?:个)?世纪)(?P<decade>[1-9]0|[一二三四五六七八九]十)年代",
    r"(?<![\d一二三四五六七八九十百千])(?P<decade>[1-9]0|[一二三四五六七八九]十)年代",
    r"(?P<century>[12]?\d|[一二]?十[一二三四五六七八九]?) ?世纪",
    # ten weeks, and once a week, name no day
    rf"(?:(?<![{CHINESE_SIGNS}\d几])周|星期|礼拜)(?P<weekday_zh>[一二三四五六日天])(?![次回遍轮趟]|班(?!车))",
    rf"(?P<noon>{_NOONS})?差(?P<to>{_BEFORE_HOUR})到?(?P<hour>{_HOUR})点",
    rf"(?P<noon>{_NOONS})?(?P<hour>{_HOUR})点(?:差(?P<to>{_BEFORE_HOUR})|(?P<past>[一三]刻))",
    rf"(?P<noon>{_NOONS})?(?P<hour>{_HOUR})"
    r"(?:[时点](?P<minute>[0-5]?\d|[一二三四五]?十?[一二三四五六七八九]?(?=分))分|[点时](?P<half_hour>半)|点整)",
    r"(?P<noon_word>正午|午夜|子夜)",
    rf"(?P<noon>{_NOONS})(?P<hour>{_HOUR})[时点]",
    # of 24 hours; from one to another
    r"(?<![A-Za-z\d.])(?P<hour>1[3-9]|2[0-4])(?:时(?![期代间])|点(?![\d钟多几个些]))",
    rf"(?<![\d.])(?P<hour>{_HOUR})[时点](?=(?:至|到|-|~)(?:次日|翌日|当日|第二天)?(?:{_NOONS})?(?:{_HOUR})[时点])",
    rf"(?:(?<=[时点][至到~-])|(?<=次日)|(?<=翌日)|(?<=\d日))(?P<hour>{_HOUR})[时点](?![\d钟多几个些期代间])",
]
_WESTERN = [
    # digits only
    r"(?:(?<=\bon )|(?<=\bby )|(?<=\bfrom )|(?<=\bsince )|(?<=\buntil )|(?<=\bbefore )|(?<=\bafter ))"
    r"(?P<first>[0-3]?\d)/(?P<second>[01]?\d)(?![\d/%]|\.\d| of\b)",
    r"(?<![\d./-])(?P<year>1\d{3}|2[01]\d\d)([-/.])(?P<month>0?[1-9]|1[0-2])\2(?P<day>[0-3]?\d)(?![\d]|[-/]\d)",
    r"(?<![\d./-])(?P<first>[0-3]?\d)([-/.])(?P<second>[0-3]?\d)\2(?P<year>1\d{3}|2[01]\d\d|\d\d)(?![\d]|[-/.]\d)",
    # words of Latin script
    rf"(?<![\d.:,$€£¥]){_D}{_TO}(?:(?:{_alternatives({name: 0 for name in WEEKDAYS if len(name) > 4})}) )?"
    rf"(?P<second_day>[0-3]?\d)(?:st|nd|rd|th|\.)?(?: of)? {_M}(?:,? {_SHORT})?",
    rf"(?<![\w]){_M} (?:the )?{_D}(?: ?- ?| to | until )(?P<second_day>[0-3]?\d)(?:st|nd|rd|th)?"
    rf"(?![\d%:]|[.,]\d| ?(?:million|billion|percent|per cent))(?:,? {_SHORT})?",
    rf"\b(?P<season>spring|summer|autumn|fall|winter)(?: of|,)? {_SHORT}",
    r"(?<=\b[Ii]n )(?:the |early |late |mid-)?(?P<season>spring|summer|autumn|winter)\b",
    r"\b(?:last|next|this|since|until|by|during|before) (?:the )?(?P<season>spring|summer|autumn|winter)\b",
    rf"(?<![\d.]){_D}(?: of| de| di)? {_M},?(?: (?:of |de )?{_SHORT})?",
    rf"(?<![\w]){_M} (?:the )?{_D}(?![\d%:]|[.,]\d| ?(?:million|billion|percent|per cent))(?:,? {_SHORT})?",
    rf"(?P<day_word>{'|'.join(word for word, number in ORDINALS.items() if number <= 20)}) of {_M}(?:,? {_SHORT})?",
    rf"(?<![\w]){_M},?(?: of| de)? {_SHORT}",
    rf"(?<![\w])(?P<month>{_alternatives({name: 0 for name in MONTHS if name not in _ABBREVIATED})})(?![\w])",
    r"\b(?P<year>1\d{3}|2[01]\d\d)[ -]?(?:Q(?P<quarter>[1-4])|H(?P<half>[12]))\b",
    rf"\b(?:[QT](?P<quarter>[1-4])|(?P<quarter_before>[1-4])Q|(?P<ordinal>{_ORDINAL}) quarter|H(?P<half>[12])"
    rf"|(?P<ordinal_half>first|second) half(?= of (?:the year|fiscal|the fiscal|1|20)|,? (?:19|20)))"
    rf"(?:(?: of)?(?: the)?(?: fiscal)?(?: year)?[ ,-]*(?P<year>1[89]\d\d|2[01]\d\d|'?\d\d(?![\d%.,])))?",
    r"\b(?P<decade>(?:1\d|2[01])\d0|'?[1-9]0)'?s\b",
    r"\b(?P<century>[12]?\d)(?:st|nd|rd|th)[ -]centur(?:y|ies)",
    rf"\b(?P<century_word>{'|'.join(ORDINALS)}|twenty-first)[ -]centur(?:y|ies)",
    rf"\b(?P<weekday>{_alternatives({name: 0 for name in WEEKDAYS if name not in _ABBREVIATED})})s?\b",
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))? ?(?P<half_day>[ap])\.?m\b\.?",
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])",
    rf"\b(?P<past>half|(?:a )?quarter|(?:{_PAST_HOUR})(?: minutes?)?) past"
    rf" (?P<hour_word>{_WORDS_TO_TWELVE}|\d{{1,2}})\b",
    rf"\b(?P<to>(?:a )?quarter|(?:{_PAST_HOUR}) minutes?|(?<=at )(?:{_PAST_HOUR})) to"
    rf" (?P<hour_word>{_WORDS_TO_TWELVE}|1?\d(?=[.,;:!?)]|$))\b(?! \w+s\b)",
    rf"\b(?P<hour_word>{_WORDS_TO_TWELVE}) o'clock",
    rf"(?:(?<=\bnoon to )|(?<=\bnoon until )|(?<=\bmidday to ))(?P<hour_word>{_WORDS_TO_TWELVE}|1?\d)\b(?! \w+s\b)",
    r"\b(?:(?:12|twelve)[ -])?(?P<noon_word>noon|midday|midnight)\b",
    r"\b(?:FY|fiscal(?: year)?|fiscal) ?(?P<year>'?\d\d|1\d{3}|2[01]\d\d)(?!\d)",
    r"(?<![\w.,$€£¥])(?P<year>1\d{3}|20\d\d)[-/](?P<second_year>\d\d|1\d{3}|20\d\d)(?![\w%])",
    rf"(?<![\w.,$€£¥#/])(?<!\d-){_Y}(?![\w%]|[.,:]\d)(?P<bare>)",
]
_CUE = re.compile(
    r"\d|[年月日号季世周星礼点时上下春夏秋冬午夜년월]|\b(?:"
    + "|".join(sorted({name[:3] for name in (*MONTHS, *WEEKDAYS)}))
    + r"|first|second|third|fourth|last|quarter|half|past|noon|midday|midnight|minutes? to"
    r"|spring|summer|autumn|winter|\w+ o'clock|\w+[ -]centur)",
    re.IGNORECASE,
)
"""Where there is none of these, there is no date. Most of a book has none."""
_AROUND = 30  # characters before and after a cue that may belong to a date
_WEST = [re.compile(pattern, re.IGNORECASE) for pattern in _WESTERN]
_BOTH = [*(re.compile(pattern, re.IGNORECASE) for pattern in _EASTERN), *_WEST]
_EAST = re.compile("[ᄀ-\uffff]")
_SENTENCE_MAY = re.compile(
    r"(?:\b(?:in|since|until|by|of|from|to|last|next|this|early|mid|late|through|and|before|after|during)|,)[ -]$",
    re.IGNORECASE,
)


_PART_BEFORE = re.compile(
    r"(?:\b(?P<early>early|(?:start|beginning) of)|\b(?P<mid>mid|middle of)|\b(?:late|end of))[ -](?:the )?(?:in )?$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r"[月年]?[份代]?(?:(?P<early>上旬|初期?|早期)|(?P<mid>中旬|中期|年?中(?![国央心学]))|下旬|[底末]|后期)"
)
_LONGEST_PART = 18


def dates(text: str) -> list[Moment]:
    """All dates and times in ``text`` (as ``characters.even`` gives it), in order, none inside another."""
    taken = bytearray(len(text))
    found: list[Moment] = []
    patterns = _BOTH if _EAST.search(text) else _WEST
    for first, last in _windows(text):
        for pattern in patterns:
            for match in pattern.finditer(text, first, last):
                start, end = match.span()
                if start == end or any(taken[start:end]):
                    continue
                for moment in _moments(match, text):
                    found.append(moment)
                    taken[start:end] = b"\1" * (end - start)
    return sorted(found, key=lambda moment: moment.start)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    first, last = 0, -1
    for cue in _CUE.finditer(text):
        if cue.start() - _AROUND > last:
            if last >= 0:
                yield first, last
            first = max(0, cue.start() - _AROUND)
        last = cue.end() + _AROUND
    if last >= 0:
        yield first, min(last, len(text))


def _moments(match: re.Match[str], text: str) -> Iterator[Moment]:
    said = {name: value for name, value in match.groupdict().items() if value is not None}
    start, end = match.span()
    while end > start and text[end - 1] in " ,.":
        end -= 1
    month_word = said.get("month", "")
    if month_word.lower() in MONTHS and not _is_month(match, said, text):
        return
    values: dict[str, int] = {}
    for name, value in said.items():
        for field, number in _field(name, value, said):
            values[field] = number
    if not _possible(values):
        return
    swapped = "first" in said and values.get("day", 99) <= 12 and values["day"] != values["month"]
    moment = Moment(
        start, end, **values, part=_part(text, start, end), twelve=_open(said), swapped=swapped, bare="bare" in said
    )
    yield moment
    if "second_year" in said:
        late = said["second_year"]
        yield Moment(start, end, year=int(said["year"][: 4 - len(late)] + late))
    if "second_day" in said and 1 <= _number(said["second_day"]) <= 31:
        yield replace(moment, day=_number(said["second_day"]))


def _is_month(match: re.Match[str], said: dict[str, str], text: str) -> bool:
    """``May`` and ``March`` are words as well: alone they need a capital, and some sign that a month is meant."""
    word = said["month"]
    if not word[0].isupper() and word.lower() in ("may", "march", "mar", "sept", "dec", "ago", "nov", "mars", "mai"):
        return "day" in said and "year" in said
    if said.keys() & {"day", "day_word", "year"} or word.lower() not in ("may", "march", "mars", "mai", "august"):
        return word[0].isupper() or len(said) > 1
    return word[0].isupper() and _SENTENCE_MAY.search(text[max(0, match.start() - 12) : match.start()]) is not None


def _field(name: str, value: str, said: dict[str, str]) -> Iterator[tuple[str, int]]:
    """What one named group of a pattern says."""
    simple: dict[str, Callable[[str], int]] = {
        "month": lambda word: MONTHS.get(word.lower()) or _number(word),
        "day": _number,
        "day_word": lambda word: ORDINALS[word.lower()],
        "day_early": _number,
        "year": _year,
        "quarter": _number,
        "weekday": lambda word: WEEKDAYS[word.lower()],
        "weekday_zh": lambda word: 7 if word in "日天" else _number(word),
        "century_word": lambda word: 21 if word.lower().startswith("twenty-") else ORDINALS[word.lower()],
        "season": lambda word: _SEASONS[word.lower()],
        "season_zh": lambda word: _SEASONS[word],
        "half": lambda word: {"上": 1, "下": 2}.get(word) or int(word),
    }
    targets = {"day_word": "day", "day_early": "day", "weekday_zh": "weekday", "century_word": "century",
               "season_zh": "season"}  # fmt: skip
    if name in simple:
        yield targets.get(name, name), simple[name](value)
    elif name in ("quarter_short", "quarter_before"):
        yield "quarter", _number(value)
    elif name == "ordinal":
        yield "quarter", {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}.get(value.lower(), 4)
    elif name == "ordinal_half":
        yield "half", 1 if value.lower() == "first" else 2
    elif name == "decade":
        yield "decade", _decade(value, said)
    elif name == "century" and "decade" not in said:
        yield "century", _number(value)
    elif name in ("hour", "hour_word"):
        yield "minute", _minute(said)
    elif name == "noon_word":
        yield "minute", _SPOKEN_HOURS[value.lower()]
    elif name == "first":
        first, second = int(value), int(said["second"])
        yield "day", second if second > 12 else first
        yield "month", first if second > 12 else second


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(chinese_value(text) or 0)


def _year(text: str) -> int:
    plain = text.removeprefix("'")
    number = _number(plain)
    if len(plain) == 2 and plain.isdigit():
        return number + (2000 if number < 50 else 1900)
    return number


def _decade(value: str, said: dict[str, str]) -> int:
    number = _number(value.removeprefix("'"))
    if number >= 1000:
        return number
    if "century" in said:
        return (_number(said["century"]) - 1) * 100 + number
    return 1900 + number if number >= 30 or "last_century" in said else 2000 + number


def _minute(said: dict[str, str]) -> int:
    hour = _count(said.get("hour_word") or said["hour"])
    minutes = _number(said.get("minute") or "0")
    if "half_hour" in said:
        minutes = 30
    elif "past" in said:
        minutes = _part_of_hour(said["past"])
    elif "to" in said:
        hour, minutes = (hour or 24) - 1, 60 - _part_of_hour(said["to"])
    noon = {"a": 0, "p": 720}.get(said.get("half_day", "").lower())
    if noon is None and "noon" in said:
        noon = _HALVES[said["noon"]]
    if noon is None:
        return hour * 60 + minutes
    return (hour % 12 if noon == 0 or hour <= 12 else hour - 12) * 60 + minutes + noon


def _part_of_hour(text: str) -> int:
    """Minutes: of ``half``, ``a quarter``, ``ten minutes``, ``三刻``, ``十分``."""
    words = text.lower().removeprefix("a ")
    if words.startswith("half"):
        return 30
    if words.startswith("quarter") or "刻" in words:
        return 45 if words.startswith("三") else 15
    return sum(_count(word) for word in re.split("[- 分]", words)[:2] if not word.startswith("minute"))


def _count(word: str) -> int:
    return ONES.get(word.lower()) or TENS.get(word.lower()) or _number(word)


def _open(said: dict[str, str]) -> bool:
    """Whether ``half past two`` may be meant of the night and of the day: not so after 13:00."""
    has_time = "hour" in said or "hour_word" in said
    return has_time and not {"half_day", "noon"} & said.keys() and _minute(said) < 13 * 60


def _part(text: str, start: int, end: int) -> int | None:
    """``early``, ``mid-`` or ``late`` before a date, ``初`` or ``下旬`` behind it."""
    before = _PART_BEFORE.search(text[max(0, start - _LONGEST_PART) : start])
    after = _PART_AFTER.match(text, end)
    if before:
        return 1 if before["early"] else 2 if before["mid"] else 3
    return (1 if after["early"] else 2 if after["mid"] else 3) if after else None


def _possible(values: dict[str, int]) -> bool:
    return (
        bool(values)
        and 1 <= values.get("month", 1) <= 12
        and 1 <= values.get("day", 1) <= 31
        and values.get("minute", 0) <= 24 * 60
    )


def within(claim: Moment, evidence: Moment, years: frozenset[int]) -> bool:
    """Whether ``evidence`` says all that ``claim`` says. A year that it leaves out may stand elsewhere (``years``)."""
    said, known = claim.says(), evidence.says()
    if evidence.swapped and (claim.month, claim.day) == (evidence.day, evidence.month):
        known |= {"month": said["month"], "day": said["day"]}
    for name, value in said.items():
        if name == "year" and name not in known:
            if value not in years or len(said) == 1:
                return False
        elif name == "decade" and name not in known and "year" in known:
            if not 0 <= known["year"] - value < _years_of(value):
                return False
        elif name == "decade" and value % 100 == 0 and known.get("century") == value // 100 + 1:
            continue
        elif name == "century" and name not in known:
            if (known.get("year", known.get("decade", -100)) + 99) // 100 != value:
                return False
        elif name == "minute" and name in known:
            if not _same_time(claim, evidence):
                return False
        elif known.get(name) != value and not _follows(name, value, known):
            return False
    return claim.part is None or _is_part(claim, evidence)


_DAY = 24 * 60  # minutes
_PARTS = {1: (0.0, 0.45), 2: (0.25, 0.75), 3: (0.55, 1.0)}


def _is_part(claim: Moment, evidence: Moment) -> bool:
    """Whether ``evidence`` lies in the part of the month, year or decade that ``claim`` says, as far as it says."""
    if claim.day is not None or claim.month is not None:
        place, whole = evidence.day if claim.day is None else None, 31.0
    elif claim.year is not None:
        place, whole = evidence.month, 12.0
    else:
        place, whole = None if evidence.year is None else evidence.year % 10 + 1, 10.0
    if place is None:
        return evidence.part in (None, claim.part)
    low, high = _PARTS[claim.part or 2]
    return low <= (place - 0.5) / whole <= high


def _years_of(decade: int) -> int:
    """The 1850s have ten years; the 1800s may be all of the century."""
    return 100 if decade % 100 == 0 else 10


def _same_time(claim: Moment, evidence: Moment) -> bool:
    one, other = (claim.minute or 0) % _DAY, (evidence.minute or 0) % _DAY
    return one == other or ((claim.twelve or evidence.twelve) and one % 720 == other % 720)


def _follows(name: str, value: int, known: dict[str, int]) -> bool:
    """A month tells its quarter, its half of the year and its season."""
    month = known.get("month")
    return month is not None and (
        (name == "quarter" and (month + 2) // 3 == value)
        or (name == "half" and (month + 5) // 6 == value)
        or (name == "season" and month in _SEASON_MONTHS[value])
    )
