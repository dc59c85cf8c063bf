"""Translators that say nothing by themselves: each does one thing to every segment, so that it can be found again."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code

Translator = Callable[[str, int], str]
"""Given a segment's text and its number, what it becomes."""

_CODES = re.compile("[\ue000-\ue5ff]")
_STRETCH = re.compile("[^\ue000-\ue5ff]+")
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile("[^\\s\ue000-\ue5ff。]*[。.!?！？؟ \u202f]*[\ue200-\ue5ff]*$")  # the last word, and all behind it


def identity(text: str, number: int) -> str:
    return text


def upper(text: str, number: int) -> str:
    return text.upper()


def reversed_words(text: str, number: int) -> str:
    """The words between two codes in the other order; what ends the sentence stays at its end."""
    end = _END.search(text)
    assert end is not None

    def turned(found: re.Match[str]) -> str:
        words = found[0]
        left, right = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        return left + " ".join(reversed(words.split())) + right

    return _begun(_STRETCH.sub(turned, text[: end.start()])) + end[0]


def _begun(text: str) -> str:
    """With a capital letter, as a sentence begins."""
    return _WORD.sub(lambda word: word[0][0].upper() + word[0][1:], text, count=1)


def chinese(text: str, number: int) -> str:
    """The same few words for everything, the number of the segment among them, and all of its codes."""
    end = "。" if text.rstrip()[-1:] in tuple("。.!?！？؟") else ""
    return f"第{number}段" + "".join(f"{code}文" for code in _CODES.findall(text)) + "译文" + end


def longer(text: str, number: int) -> str:
    return _WORD.sub(lambda word: word[0] * 3, text)


def shorter(text: str, number: int) -> str:
    return _WORD.sub(lambda word: word[0][:4], text)


def moved_codes(text: str, number: int) -> str:
    """What is marked up goes to other places, with its words, and whole."""
    end = _END.search(text)
    assert end is not None
    units, depth, unit = [], 0, ""
    for character in text[: end.start()]:
        code = ord(character) if is_code(character) else 0
        if unit and not depth and (OPEN <= code < CLOSE or code >= ALONE):
            units.append(unit)
            unit = ""
        unit += character
        depth += (OPEN <= code < CLOSE) - (CLOSE <= code < ALONE)
        if not depth and code >= CLOSE:
            units.append(unit)
            unit = ""
    if (
        depth or not (units or unit) or "{{" in text
    ):  # the end of the sentence is marked up as well: nothing can go around it
        return text
    moved = (" " if " " in text else "").join(one.strip() for one in reversed([*units, unit]) if one.strip())
    if ord(moved[0]) >= ALONE and is_code(moved[0]):  # a sentence that begins without a word may be none
        return text
    gap = " " if text[: end.start()][-1:].isspace() else ""
    return _begun(moved) + gap + end[0]


TRANSLATORS: dict[str, tuple[Translator, str]] = {
    "identity": (identity, "de"),
    "upper": (upper, "de"),
    "reversed": (reversed_words, "de"),
    "chinese": (chinese, "zh-Hans"),
    "longer": (longer, "de"),
    "shorter": (shorter, "de"),
    "moved": (moved_codes, "de"),
}
"""Name to a translator and the language that it says to write."""
