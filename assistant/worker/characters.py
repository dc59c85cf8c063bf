"""Texts made even before they are compared: one spelling for each character, every place kept."""

from __future__ import annotations

import re

from assistant.worker.lexicon import chinese

HAN = "㐀-䶿一-鿿豈-﫿〇"
_KANA = "ぁ-ゖァ-ヺー"
_HANGUL = "가-힣"

LETTER = f"[^\\W\\d_{HAN}{_KANA}{_HANGUL}]"
"""A letter of a script that separates words: beside a Chinese character a Latin word ends."""
HAN_RUN = re.compile(f"[{HAN}]+")
_SOUTH_EAST = re.compile(f"[{HAN}{_KANA}{_HANGUL}]")

_CELLS = re.compile(r"(?<=\d)\t(?=\d)")
"""Between two numbers of a row: a space there would make one of them, with thousands set apart."""
_SAME = {
    # Full-width forms; Chinese commas stay apart: between two digits they are no separator of thousands.
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94) if chr(0x21 + offset) not in "!,;?"},
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u3000\t"), " "),
    **dict.fromkeys(map(ord, "‐‑‒–−﹣"), "-"),
    **dict.fromkeys(map(ord, "’‘ʼ"), "'"),
    **dict.fromkeys(map(ord, "〜∼"), "~"),
}


def even(text: str) -> str:
    """``text``, as long as it was, with one form for digits, spaces, dashes, apostrophes; Chinese simplified."""
    plain = _CELLS.sub("|", text).translate(_SAME)
    return plain.translate(chinese().simplified) if HAN_RUN.search(plain) else plain


def is_east_asian(text: str) -> bool:
    """Whether Chinese, Japanese or Korean characters carry this text (a tenth of its letters is enough)."""
    eastern = len(_SOUTH_EAST.findall(text))
    return eastern > 0 and eastern * 10 >= sum(map(str.isalpha, text))


def has_kana(text: str) -> bool:
    """Whether this is Japanese."""
    return re.search(f"[{_KANA}]", text) is not None
