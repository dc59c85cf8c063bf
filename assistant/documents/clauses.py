"""Where a stretch in which no sentence ends is cut: behind a clause, else between words, else between characters."""

from __future__ import annotations

import re
import unicodedata

_CLAUSE = re.compile(r"[，、；：,;:—–][\"'”’」』)）]*\s*|\s+")
_JOINED = re.compile("[\u1160-\u11ff\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_BACK = 32  # characters that a cut may move back so as not to divide what belongs together


def cut_place(text: str, start: int, end: int, last: int) -> int:
    """Where to cut at or before ``end``: behind the last clause in the second half, else before ``end`` itself.

    :param last: where the stretch that began before or at ``start`` ends; the answer if it is not after ``end``.
    """
    if end >= last:
        return last
    place = 0
    for found in _CLAUSE.finditer(text, start + (end - start) // 2, end):
        place = found.end()
    if place > start:
        return place
    for place in range(end, max(start, end - _BACK), -1):
        if not _inside(text, place):
            return place
    return end


def _inside(text: str, at: int) -> bool:
    """Do the characters before and at ``at`` belong together: a letter and its signs, an emoji, a word or a number?"""
    before, after = text[at - 1], text[at]
    if before == "\u200d" or _JOINED.match(after) or unicodedata.category(after).startswith("M"):
        return True
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
