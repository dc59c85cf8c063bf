"""Which script a character belongs to, and which characters a text in a language may use.

Scripts are named by their ISO 15924 codes. The tables are data (``resources/scripts/``, made by
``packaging/scripts.py``) and are read when they are first needed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from enum import IntEnum
from functools import cache, lru_cache

from assistant.base.assets import resources

COMMON = "Zyyy"  # digits, white space, and the punctuation and signs of ordinary text
SYMBOL = "Zsym"  # all other signs: emoji, dingbats, boxes, unusual arrows
INHERITED = "Zinh"  # marks that stand on letters of more than one script
OTHER = "Qaaa"  # scripts that no language here is written in, and letters made for formulas
EAST_ASIAN = "Qaab"  # punctuation and full-width forms of East Asia
NEVER = "Zzzz"  # control characters, private use, what is not assigned

CODE_POINTS = 0x110000

EASTERN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
"""Characters and marks of Chinese and Japanese, for a class of a pattern."""
_EASTERN = re.compile(f"[{EASTERN}]")

_EAST = frozenset(("Hani", "Hira", "Kana", "Hang", "Bopo"))
_WITH_MARKS = frozenset(("Latn", "Cyrl", "Grek"))
_FULL_WIDTH = range(0xFF00, 0xFFF0)
_SOFT_HYPHEN = 0x00AD  # lines of East Asian scripts break without one
_COMPATIBILITY = (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
"""Second codes of characters, for the standards of Korea, Japan and others: nobody writes Chinese with them."""

_LANGUAGES: dict[str, str] = {
    "Latn": "af ast az bs br ca ceb co cs cy da de en eo es et eu fi fil fo fr fy ga gd gl gn gv ha haw hr ht hu id ig"
    " is it jv kl la lb ln lt lv mg mi ms mt nb nl nn no ny oc pl pt qu rm rn ro rw sc sk sl sm sn so sq sr st su sv sw"
    " tk tl tn to tr ts uz vi wo xh yo zu",
    "Cyrl": "az ba be bg ce cv kk ky mk mn os ru sr tg tk tt uk uz",
    "Arab": "ar ckb fa ps sd ug ur",
    "Hebr": "he iw yi",
    "Deva": "hi mai mr ne sa",
    "Beng": "as bn",
    "Ethi": "am ti",
    "Grek": "el", "Armn": "hy", "Geor": "ka", "Thaa": "dv", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo", "Tibt": "bo dz", "Mymr": "my",
    "Khmr": "km", "Mong": "mn", "Hani": "zh yue ja", "Hira": "ja", "Kana": "ja", "Hang": "ko",
}  # fmt: skip
"""The languages that are written in a script, by their codes; one that is written in several stands in each."""

_SEVERAL = {
    "Hans": ("Hani",),
    "Hant": ("Hani", "Bopo"),
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
}
"""What the codes for ways of writing stand for."""

_TRADITIONAL_REGIONS = frozenset(("tw", "hk", "mo"))
_ONES = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


class Use(IntEnum):
    """What a character is in a text of a language.

    FREE: its own letters, and what every script shares. FOREIGN: a letter of another script, or of the other way of
    writing Chinese, right only in a name, in code or in a term; a sign that ordinary text has not. NEVER: no text has
    it.
    """

    FREE = 0
    FOREIGN = 1
    NEVER = 2


@cache
def _ranges() -> tuple[list[int], list[int], list[str]]:
    """First code points in order, the last one and the script of each stretch."""
    found: list[tuple[int, int, str]] = []
    for line in (resources() / "scripts" / "ranges.txt").read_text("utf-8").splitlines():
        code, *stretches = line.split()
        for stretch in stretches:
            first, _, last = stretch.partition("-")
            found.append((int(first, 16), int(last or first, 16), code))
    found.sort()
    return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]


@cache
def _chinese() -> tuple[frozenset[str], frozenset[str]]:
    traditional, simplified = (resources() / "scripts" / "chinese.txt").read_text("utf-8").splitlines()
    return frozenset(traditional), frozenset(simplified)


def only_traditional() -> frozenset[str]:
    """Characters that no Simplified Chinese text uses; those that are good in both are not among them."""
    return _chinese()[0]


def only_simplified() -> frozenset[str]:
    """Characters that no Traditional Chinese text uses; those that are good in both are not among them."""
    return _chinese()[1]


def script_of(character: str) -> str:
    """The script of one character, or COMMON, SYMBOL, INHERITED, OTHER, EAST_ASIAN or NEVER."""
    code = ord(character)
    firsts, lasts, scripts = _ranges()
    at = bisect_right(firsts, code) - 1
    return scripts[at] if at >= 0 and code <= lasts[at] else NEVER


def is_dense(character: str) -> bool:
    """Of a script in which two characters say as much as three letters do, and words are not told by spaces?"""
    return "\u2e80" <= character <= "\ud7af" or character >= "\U00020000"


def is_eastern(character: str) -> bool:
    """Is this a character or a mark of Chinese or Japanese? Nothing is none."""
    return bool(_EASTERN.match(character))


def scripts_of(language: str) -> frozenset[str]:
    """The scripts that a language is written in; none if that is not known here.

    :param language: a BCP 47 tag; a script in it (``sr-Latn``) decides.
    """
    primary, script, _ = _parts(language)
    known = frozenset(code for code, languages in _table().items() if primary in languages)
    if not known:
        return known
    if primary in ("zh", "yue"):
        return frozenset(_SEVERAL["Hant" if is_traditional(language) else "Hans"])
    if not script:
        return known
    return frozenset(_SEVERAL.get(script, (script,)))


def lockable(language: str) -> bool:
    """Whether it is known which scripts a text in this language keeps to."""
    return bool(scripts_of(language))


def is_traditional(language: str) -> bool:
    """Whether this is Chinese in traditional characters: by the script, else by the region."""
    primary, script, region = _parts(language)
    if script in ("Hans", "Hant"):
        return script == "Hant"
    return primary == "yue" or (primary == "zh" and region in _TRADITIONAL_REGIONS)


def is_same_written(one: str, other: str) -> bool:
    """Are these tags of the same language, written in the same way?"""
    return (
        _parts(one)[0] == _parts(other)[0]
        and is_traditional(one) == is_traditional(other)
        and scripts_of(one) == scripts_of(other)
    )


def usual_words(language: str) -> tuple[str, ...]:
    """Foreign words that any text of the language may have: Roman numerals where dates are written with them."""
    if not scripts_of(language) & {"Cyrl", "Grek"}:
        return ()
    return tuple(tens + ones for tens in ("", "x", "xx") for ones in _ONES)


class Part(IntEnum):
    """What a character is in a text, whatever its language: white space and marks on letters are NOTHING, digits and
    punctuation that several scripts share are SIGN.
    """

    NOTHING = 0
    LETTER = 1
    SIGN = 2


@cache
def parts() -> bytes:
    """What each character is: a ``Part`` per code point, ``CODE_POINTS`` of them."""
    table = bytearray(bytes([Part.LETTER]) * CODE_POINTS)
    for first, last, script in zip(*_ranges(), strict=True):
        if script == INHERITED:
            table[first : last + 1] = bytes(last + 1 - first)
        elif script in (COMMON, SYMBOL, EAST_ASIAN):
            table[first : last + 1] = bytes(map(_part, range(first, last + 1)))
    return bytes(table)


def _part(code: int) -> Part:
    category = unicodedata.category(chr(code))[0]
    return Part.SIGN if category in "NPS" else Part.LETTER if category == "L" else Part.NOTHING


@lru_cache(maxsize=8)
def uses(language: str, *, signs: bool = True) -> bytes:
    """What each character is in this language: a ``Use`` per code point, ``CODE_POINTS`` of them.

    All that is ever written is FREE in a language that is not ``lockable``.

    :param signs: if not, they are FOREIGN, too: letters and white space are left.
    """
    if not signs:
        foreign = parts().translate(bytes([0, 0, Use.FOREIGN]) + bytes(253))
        either = int.from_bytes(uses(language), "big") | int.from_bytes(foreign, "big")
        return either.to_bytes(CODE_POINTS, "big")
    own = scripts_of(language)
    free = own | {COMMON} | ({EAST_ASIAN} if own & _EAST else set()) | ({INHERITED} if own & _WITH_MARKS else set())
    table = bytearray(bytes([Use.NEVER]) * CODE_POINTS)
    for first, last, script in zip(*_ranges(), strict=True):
        use = Use.FREE if script in free or not own else Use.FOREIGN
        table[first : last + 1] = bytes([use]) * (last + 1 - first)
    if own and not own & _EAST:
        for code in _FULL_WIDTH:
            table[code] = max(table[code], Use.FOREIGN)
    if own & _EAST:
        table[_SOFT_HYPHEN] = Use.FOREIGN
    if own & {"Hani"} and _parts(language)[0] in ("zh", "yue"):
        for character in only_simplified() if is_traditional(language) else only_traditional():
            table[ord(character)] = Use.FOREIGN
        for code in _COMPATIBILITY:
            table[code] = Use.FOREIGN
    return bytes(table)


@cache
def _table() -> dict[str, frozenset[str]]:
    return {code: frozenset(languages.split()) for code, languages in _LANGUAGES.items()}


def _parts(language: str) -> tuple[str, str, str]:
    """Language, script and region of a tag, empty where it does not say."""
    primary, *rest = language.replace("_", "-").split("-")
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next((part.lower() for part in rest if len(part) in (2, 3)), "")
    return primary.lower(), script, region
