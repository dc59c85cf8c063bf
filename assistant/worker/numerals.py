"""Numbers in words: English (``one hundred and twenty``), Chinese (``一百二十万``), Roman."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
ONES = {word: number for number, word in enumerate(_ONES.split())}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
ORDINALS = {
    **{word: number for number, word in enumerate(_ORDINALS.split(), start=1)},
    **{word[:-1] + "ieth": number for word, number in TENS.items()},
    "hundredth": 100,
    "thousandth": 1000,
}
PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
         "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100}  # fmt: skip
"""The lower number of a fraction; all but ``halves`` may end in s."""

_COUNTS = "|".join([*ONES, *TENS])
ENGLISH = re.compile(
    rf"\b(?:(?:a|{_COUNTS}|half a|several)[ -](?:(?:{'|'.join(SCALES)})\b)|(?:{_COUNTS})\b)"
    rf"(?:(?:(?:(?<=hundred)|(?<=thousand)|(?<=million)) and |[ -]| point )(?:{_COUNTS}|{'|'.join(SCALES)})\b"
    rf"| and a half\b)*",
    re.IGNORECASE,
)
"""A number in English words; ``several thousand`` as well, so that nothing of it is taken for a number."""

CHINESE_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
CHINESE_SCALES = {"万": 1e4, "亿": 1e8, "兆": 1e12, "億": 1e8, "萬": 1e4, "만": 1e4, "억": 1e8, "조": 1e12}
CHINESE_SIGNS = "".join([*CHINESE_DIGITS, *CHINESE_UNITS])

_ROMAN = {"I": 1, "V": 5, "X": 10}


def english_value(text: str) -> float | None:
    """What a match of ``ENGLISH`` says; None where it says no number (``several thousand``)."""
    words = re.split(r"[ -]+", text.lower())
    if words[0] == "several":
        return None
    if "point" in words:
        return _with_decimals(words)
    if words[:2] == ["half", "a"]:
        return 0.5 * SCALES[words[2]]
    total, group = 0.0, 0.0
    for index, word in enumerate(words):
        if word in ONES or word in TENS:
            group += ONES.get(word, TENS.get(word, 0))
        elif word == "half":
            group += 0.5
        elif word in ("hundred", "dozen"):
            group = max(group, 1.0) * SCALES[word]
        elif word in SCALES:
            total += max(group, 1.0) * SCALES[word]
            group = 0.0
        elif word == "a" and index and words[index - 1] != "and":
            return None
    return total + group


def _with_decimals(words: list[str]) -> float:
    """``one point five million``."""
    split = words.index("point")
    scale = 1.0
    digits = ""
    for word in words[split + 1 :]:
        if word in SCALES:
            scale *= SCALES[word]
        else:
            digits += str(ONES.get(word, ""))
    whole = sum(ONES.get(word, TENS.get(word, 0)) for word in words[:split])
    return float(f"{whole}.{digits or 0}") * scale


def chinese_value(text: str) -> float | None:
    """A number in Chinese characters (``一百二十``, ``三点五``, ``二〇二一``); None for anything else."""
    whole, point, decimals = text.partition("点")
    if point:
        left = chinese_value(whole)
        if left is None or not decimals or any(sign not in CHINESE_DIGITS for sign in decimals):
            return None
        return float(f"{int(left)}." + "".join(str(CHINESE_DIGITS[sign]) for sign in decimals))
    if len(text) > 1 and all(sign in CHINESE_DIGITS for sign in text):
        return float("".join(str(CHINESE_DIGITS[sign]) for sign in text))
    total, section, digit = 0.0, 0.0, -1
    unit = 1.0
    for sign in text:
        if sign in CHINESE_DIGITS:
            digit = CHINESE_DIGITS[sign]
        elif sign in CHINESE_UNITS:
            unit = CHINESE_UNITS[sign]
            section += (1 if digit < 0 else digit) * unit
            digit = -1
        elif sign in CHINESE_SCALES:
            unit = CHINESE_SCALES[sign]
            section += max(digit, 0)
            total = (total + section) * unit if total and total < unit else total + max(section, 1.0) * unit
            section, digit = 0.0, -1
        else:
            return None
    if digit > 0 and unit > 10 and text[-2:-1] != "零":
        digit = int(digit * unit / 10)  # 三百五 is 350
    return total + section + max(digit, 0)


def mixed_value(text: str) -> float:
    """A number in digits with Chinese units between them (``6万1千``, ``1亿2千万``)."""
    total = section = number = 0.0
    for piece in re.findall(r"\d+|\D", text):
        if piece.isdigit():
            number = float(piece)
        elif piece in CHINESE_UNITS:
            section, number = section + number * CHINESE_UNITS[piece], 0.0
        elif piece in CHINESE_SCALES:
            total, section, number = total + (section + number) * CHINESE_SCALES[piece], 0.0, 0.0
    return total + section + number


def roman_value(text: str) -> int:
    """``XIV`` is 14; only numbers below 40, as the longer ones are words as well."""
    numbers = [_ROMAN[sign] for sign in text]
    return sum(-one if one < after else one for one, after in zip(numbers, [*numbers[1:], 0], strict=True))
