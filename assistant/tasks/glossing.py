"""Which terms of a glossary a text holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.documents.segments import Term, without_codes

EAST = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
_KEY = 3  # characters at the beginning of a term by which it is found
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_ENDINGS = "es|e|en|er|em|ern|n|ns|d|ed|ing|a|i|y|o|u|ów|om|ami|ach|ov|ům|ar|or|na|et"


class Glossing:
    """Finds terms in texts, in whatever inflected form as far as that is seen from the end of a word.

    What a text needs is found by the first letters of its words, so a glossary of ten thousand terms costs no more.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_key: dict[str, list[tuple[Term, re.Pattern[str]]]] = {}
        for term in terms:
            words = " ".join(term.source.split())
            if words:
                self._by_key.setdefault(words.casefold()[:_KEY], []).append((term, _pattern(words, term.exact)))
        self._sizes = sorted({len(key) for key in self._by_key})

    def in_text(self, text: str, most: int) -> tuple[Term, ...]:
        """The terms in ``text``, in its order; a term inside of a longer one does not count."""
        if not self._by_key:
            return ()
        text = without_codes(text)
        folded = text.casefold() if len(text.casefold()) == len(text) else text.lower()
        hits: list[tuple[int, int, int, Term]] = []
        for at in range(len(folded)):
            if at and not _begins(folded, at):
                continue
            for size in self._sizes:
                for number, (term, pattern) in enumerate(self._by_key.get(folded[at : at + size], ())):
                    if found := pattern.match(text, at):
                        hits.append((at, found.end(), number, term))
        return _longest(hits, most)


def _begins(text: str, at: int) -> bool:
    """A word begins here; a Chinese one can begin anywhere."""
    return not text[at - 1].isalnum() or bool(EAST.match(text[at]))


def _pattern(words: str, exact: bool) -> re.Pattern[str]:
    spelled = []
    for word in words.split(" "):
        if EAST.match(word[-1]) or not word[-1].isalpha() or len(word) < 3:
            spelled.append(re.escape(word))
        else:
            spelled.append(_inflected(word))
    edge = "" if EAST.match(words[-1]) else r"(?!\w)"
    return re.compile(r"\s+".join(spelled) + edge, re.NOFLAG if exact else re.IGNORECASE)


def _inflected(word: str) -> str:
    """A word with the endings that it may have: only real ones in Latin script, or a lamp would be in a lampoon."""
    if not word.isascii() and not _LATIN.match(word[-1]):
        return rf"{re.escape(word)}\w{{0,3}}"
    whole = rf"{re.escape(word)}(?:['’]?s|{_ENDINGS})?"
    if len(word) > 3 and word[-1].casefold() in "aeiouy":
        return rf"(?:{whole}|{re.escape(word[:-1])}(?:ies|[aeiouyäöüąęěůý][mnsrt]?))"
    return whole


def _longest(hits: Sequence[tuple[int, int, int, Term]], most: int) -> tuple[Term, ...]:
    """Each term once; several lines for the same words all count."""
    found: dict[Term, None] = {}
    taken = (-1, -1)
    for start, end, _, term in sorted(hits, key=lambda hit: (hit[0], -hit[1], hit[2])):
        if start < taken[1] and (start, end) != taken:
            continue
        taken = (start, end)
        found[term] = None
    return tuple(found)[:most]
