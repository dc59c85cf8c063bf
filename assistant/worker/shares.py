"""Parts and multiples in a text: ``a third``, ``四成``, ``one in five``, ``half an hour``, ``twice``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.worker import numerals
from assistant.worker.quantities import (
    HAN_NUMBER,
    MOST,
    WHOLE,
    Figure,
    Hedge,
    hedge_of,
    measured,
    of_unit,
    share,
    step_of,
    value_of,
)

_SCALE = "hundred|thousand|million|billion|trillion|dozen"
_OF_SCALE = re.compile(rf"\b(?:a )?(?P<part>quarter|three quarters) of an? (?P<scale>{_SCALE})\b", re.IGNORECASE)
_NTH = "|".join(word for word, number in numerals.ORDINALS.items() if 3 <= number <= 10)
_EVERY_NTH = re.compile(
    rf"\bevery (?P<nth>other|second|{_NTH})"
    r" (?P<unit>anniversary|birthday|year|month|week|day|hour|minute)\b",
    re.IGNORECASE,
)
_OF_ONE = {"half": 0.5, "半": 0.5, "quarter": 0.25, "three quarters": 0.75, "a half": 0.5, "a quarter": 0.25}
LOOSELY = 0.02  # a third is said of 33 % and of 34 %
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}

_PARTS = "|".join(f"{word}s?" for word in numerals.PARTS if word not in ("half", "halves"))

_PERCENT_HAN = re.compile(rf"(?P<kind>百分之|千分之|万分之)(?P<number>{HAN_NUMBER}|\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![一二两三四五六七八九十百千万\dA-Za-z])(?P<number>[一二两三四五六七八九\d])成(?P<half>半)?"
                     r"(?P<more>[一二三四五六七八九](?!个|年|月|名|家))?"
                     r"(?:(?![为立员本果功长就熟分群交都])"
                     r"|(?<=[约近超逾过达占有][一二两三四五六七八九\d]成)(?=为))")  # fmt: skip
_FRACTION_HAN = re.compile(rf"(?P<lower>{HAN_NUMBER}|{WHOLE})分之(?P<upper>{HAN_NUMBER}|{WHOLE})")
_FOLDS = re.compile(
    r"(?<![一二三四五六七八九十\d])(?P<tenths>[一二三四五六七八九1-9])(?:\.?(?P<more>[一二三四五六七八九1-9]))?折"
    r"(?![磨扣叠腾算断返合页成])"
)
_DOZENS = re.compile(
    r"(?P<number>半|[一二两三四五六七八九十\d]{1,3})打(?=[^开造破击算印扮扰断电听字工球拳水饭包折拼通动的着了过]|$)"
)
_HALF_HAN = re.compile("一半|(?<![一二三四五六七八九十上下大多过])半数|对半|减半|折半|各半|均摊|平分|(?P<over>过半数?)")
_EVERY_HAN = re.compile(
    rf"每(?P<lower>{HAN_NUMBER}|{WHOLE})[个只位名人家户件条张台辆棵株例次份](?P<between>[^，。；\d]{{0,8}}?)(?:就|便|中|里|当中)?有"
    rf"(?P<upper>{HAN_NUMBER}|{WHOLE})"
)
"""``每八只中就有一只``."""
_FRACTION = re.compile(
    r"(?<!first )(?<!second )(?<!latter )(?<!other )(?<!and a )"
    rf"\b(?:every (?P<nth>{_NTH})\b(?! (?:year|month|week|day|hour|time)s?\b)|halv(?:e|ed|es|ing)\b|"
    r"(?P<half>half)(?![- ](?:past|time|an?|hours?|years?|days?|brother|sister|term|life|way)\b|-)|"
    rf"(?P<upper>an?|one|two|three|four|five|seven|eight|nine)[ -](?P<lower>{_PARTS})\b(?= of|,|\.| |$))",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    rf"\b(?P<upper>{'|'.join(list(numerals.ONES)[1:10])}|[1-9])(?: out of| (?:[a-z]+ ){{0,2}}?in|-in)[ -](?:every )?"
    r"(?P<lower>three|four|five|six|seven|eight|nine|ten|10|[3-9])\b(?! (?:\w+ )?(?:years|months|days|weeks|hours))",
    re.IGNORECASE,
)
_ROUND = {"ten": 10, "twenty": 20, "fifty": 50, "hundred": 100, "a hundred": 100, "thousand": 1000, "a thousand": 1000}
_IN_SO_MANY = re.compile(
    rf"\b(?P<upper>{'|'.join(list(numerals.ONES)[1:10])}|[1-9]\d?)(?: out of| in|(?:(?<=one)|(?<=1)) of)(?: every)?"
    rf" (?P<lower>{'|'.join(sorted(_ROUND, key=len, reverse=True))}|[1-9]0|1,?0?00|10,?000)\b(?![.,]?\d)"
    r"(?! (?:\w+ )?(?:years|months|days|weeks|hours|minutes))",
    re.IGNORECASE,
)
"""``1 in 100 patients``, as leaflets say it."""
_PART_OF_UNIT = re.compile(
    r"\b(?P<part>half|quarter|three quarters)(?: of)? an? (?P<unit>century|decade|year|month|day|hour|minute|mile"
    r"|kilomet(?:er|re)|lit(?:er|re)|kilo(?:gram)?|ton(?:ne)?|acre|hectare|gallon|inch)\b"
    r"|(?P<part_zh>半)(?:个)?(?P<unit_zh>世纪|小时|钟头|年(?!级)|天|月|分钟|公里|升|公斤|千克|斤|吨|米|里|亩)"
    r"|\b(?P<part_ten>an?|each|every) (?P<unit_ten>century|decade|year|month|week|fortnight|day|hour|minute)\b"
    r"(?: and (?P<and_part>a half|a quarter|three quarters)\b)?",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(
    rf"(?<!\d)(?P<number>[一二两三四五六七八九十\d]{{1,{MOST}}})(?:个半(?P<unit>小时|月|钟头)|(?P<unit_before>年|天|小时|分)半钟?)"
)
_QUARTERS = re.compile(
    r"\bfirst (?P<number>two|three) quarters\b(?! of an? )|前(?P<number_zh>[二两三23])(?:个)?季度?", re.IGNORECASE
)
_TIMES = re.compile(
    r"\b(?P<two>twice|doubl(?:e|ed|es|ing)|twofold)\b|\b(?P<three>tripl(?:e|ed|es|ing)|threefold)\b"
    r"|(?P<two_zh>翻(?:了)?一?[番倍]|加倍)",
    re.IGNORECASE,
)
_SLASH = re.compile(r"(?<![\w/.,-])(?P<upper>[1-9]\d?)/(?P<lower>[1-9]\d{0,2})(?![\w/,-]|\.\d)")
_MIXED = re.compile(rf"(?:(?<!\d)(?P<whole>{WHOLE}))?[ ]?(?P<vulgar>[{''.join(_VULGAR)}])")


def shares_in_chinese(text: str) -> Iterator[Figure]:
    """Percentages, fractions and tenths as Chinese writes them."""
    for match in _PERCENT_HAN.finditer(text):
        value = value_of(match["number"])
        whole = {"百": 100.0, "千": 1000.0, "万": 10000.0}[match["kind"][0]]
        if value is not None:
            yield share(match, text, value / whole, step_of(match["number"]) / whole)
    for match in _FRACTION_HAN.finditer(text):
        upper, lower = value_of(match["upper"]), value_of(match["lower"])
        if upper is not None and lower:
            yield share(match, text, upper / lower, LOOSELY)
    for match in _EVERY_HAN.finditer(text):
        upper, lower = value_of(match["upper"]), value_of(match["lower"])
        if upper is not None and lower and upper < lower:
            yield share(match, text, upper / lower, LOOSELY)
    for match in _TENTHS.finditer(text):
        tenths = (value_of(match["number"]) or 0) + (0.5 if match["half"] else 0)
        more = numerals.CHINESE_DIGITS.get(match["more"] or "", 0) / 10
        yield share(match, text, (tenths + more) / 10, 0.01 if match["more"] or match["half"] else 2 * LOOSELY)
    for match in _FOLDS.finditer(text):
        tenths = (value_of(match["tenths"]) or 0) + (value_of(match["more"] or "零") or 0) / 10
        yield share(match, text, tenths / 10, 0.0)
    for match in _DOZENS.finditer(text):
        dozens = 0.5 if match["number"] == "半" else value_of(match["number"])
        if dozens:
            yield Figure(*match.span(), 12 * dozens, bare=12 * dozens, count=12 * dozens)
    for match in _HALF_HAN.finditer(text):
        if match["over"]:
            yield Figure(*match.span(), 0.5, "%", 0.0, Hedge.OVER, 50.0)
        else:
            yield share(match, text, 0.5, 0.0)


def fractions(text: str) -> Iterator[Figure]:
    """Halves, quarters and other fractions in words."""
    for match in _AND_A_HALF.finditer(text):
        value = value_of(match["number"])
        if value is not None:
            unit_here = match["unit"] or match["unit_before"]
            yield of_unit(match.span(), value + 0.5, unit_here, hedge_of(text, *match.span()))
    for match in _QUARTERS.finditer(text):
        word = (match["number"] or match["number_zh"]).lower()
        yield of_unit(match.span(), 3.0 * ({"two": 2, "three": 3}.get(word) or value_of(word) or 0), "months")
    for match in _PART_OF_UNIT.finditer(text):
        part = _OF_ONE.get((match["part"] or match["part_zh"] or "").lower(), 1.0)
        part += _OF_ONE.get((match["and_part"] or "").lower(), 0.0)
        unit = (match["unit"] or match["unit_zh"] or match["unit_ten"]).lower()
        part *= 100.0 if unit in ("century", "世纪") else 1.0
        yield of_unit(match.span(), part, unit, hedge_of(text, *match.span()))
    for match in _OF_SCALE.finditer(text):
        value = _OF_ONE[match["part"].lower()] * numerals.SCALES[match["scale"].lower()]
        yield measured(text, *match.span(), value, 0.0)
    for match in _EVERY_NTH.finditer(text):
        years = match["unit"].lower() in ("anniversary", "birthday")
        nth = numerals.ORDINALS.get(match["nth"].lower(), 2)
        yield of_unit(match.span(), float(nth), "year" if years else match["unit"].lower())
    for match in _TIMES.finditer(text):
        times = 3.0 if match["three"] else 2.0
        yield Figure(*match.span(), times, "times", bare=times)
    for match in _FRACTION.finditer(text):
        lower = (match["lower"] or match["nth"] or "").lower()
        below = (
            numerals.ORDINALS[lower]
            if match["nth"]
            else numerals.PARTS.get(lower) or numerals.PARTS.get(lower.removesuffix("s"), 2)
        )
        upper = {"a": 1, "an": 1}.get((match["upper"] or "a").lower()) or numerals.ONES[match["upper"].lower()]
        if upper < below:
            yield share(match, text, upper / below, 0.0 if below == 2 else LOOSELY)
    for match in _OUT_OF.finditer(text):
        upper, lower = _small(match["upper"]), _small(match["lower"])
        if upper < lower:
            yield share(match, text, upper / lower, LOOSELY)
    for match in _IN_SO_MANY.finditer(text):
        lower_word = match["lower"].lower().replace(",", "")
        upper, lower = _small(match["upper"]), _ROUND.get(lower_word) or int(lower_word)
        if upper < lower:
            yield share(match, text, upper / lower, 0.0)
    for match in _SLASH.finditer(text):
        if int(match["upper"]) < int(match["lower"]):
            yield share(match, text, int(match["upper"]) / int(match["lower"]), LOOSELY)
    for match in _MIXED.finditer(text):
        above, below = _VULGAR[match["vulgar"]]
        if match["whole"]:
            yield measured(text, *match.span(), int(match["whole"]) + above / below, 0.0)
        else:
            yield share(match, text, above / below, 0.0)


def _small(word: str) -> int:
    return int(word) if word.isdigit() else numerals.ONES[word.lower()]
