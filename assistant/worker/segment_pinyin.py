"""Whether Chinese was spelled in Latin letters instead of being translated."""

from __future__ import annotations

import re
import unicodedata

from assistant.worker.lexicon import english, stem
from assistant.worker.segment_view import View

_SYLLABLE = (
    "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|üan|ai|ei|ao|ou|an|en"
    "|in|un|ün|ia|ie|iu|ua|uo|ui|ue|üe|er|a|o|e|i|u|ü))"
)
_SYLLABLES = re.compile(_SYLLABLE)
# What a syllable has taken it keeps: the rest can always be read on, and no word is tried in all its divisions.
_WORD = re.compile(rf"(?>{_SYLLABLE})++(?:['’](?>{_SYLLABLE})++)*r?[1-5]?")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*[1-5]?")
_HAN = re.compile("[\u3400-\u9fff]")
_TELLS = re.compile("[的了是在有不我你他她们这那很都也吗呢和就把被让给没会能要到说看]")
"""What sentences have and names hardly: a name is spelled like this in a good translation."""
_LEAST = 6  # Chinese characters
_APART = (0.7, 1.4)  # syllables for each of them: signs, numbers and foreign names have others
_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}


def is_spelled(source: View, target: View) -> bool:
    """``target`` is the sound of ``source``: as many syllables, every word can be Chinese, and some are not English."""
    characters = len(_HAN.findall(source.plain))
    if source.primary != "zh" or target.primary == "zh" or characters < _LEAST or not _TELLS.search(source.plain):
        return False
    words = _LETTERS.findall(_without_tones(target.plain.lower()))
    syllables = 0
    for word in words:
        if not _WORD.fullmatch(word):
            return False
        syllables += len(_SYLLABLES.findall(word))
    low, high = _APART
    if not low * characters <= syllables <= high * characters:
        return False
    return 4 * sum(1 for word in words if _is_english(word)) <= 3 * len(words)


def _is_english(word: str) -> bool:
    return len(word) > 1 and (word in english().common or stem(word) in english().near)


def _without_tones(text: str) -> str:
    """``text`` without the marks of tones; the two points of ``ü`` stay."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if sign not in _TONES)
    return unicodedata.normalize("NFC", bare)
