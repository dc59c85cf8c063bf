"""Whether a clause or a sentence of a source is missing in its translation.

Lengths alone do not tell: languages differ in how long they say a thing, and translators in how many clauses they make
of it. What tells is all of it together: there are fewer clauses, less is said, and nothing in the translation can stand
for the words of one of the source's. English and Chinese, of which there is a dictionary.

In any language a translation that has no word of its own, only the source's names, leaves out the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.lexicon import empty_words, folded
from assistant.worker.names import Sort, is_title, names
from assistant.worker.segment_extent import weight
from assistant.worker.segment_view import View, at_source
from assistant.worker.terms import groups, read, terms_of

_BETWEEN = re.compile(r"(?<=[,;:])\s+|\s+[—–-]+\s+|(?<=[，；：。！？])(?=\s*\w)|(?<=[.!?])\s+(?=[A-Z\"“(])")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…。！？][\"”’»」』）)*\s]*\Z")
_PAUSE = re.compile(r"[,;:，；：、。！？!?.…][\"”’»」』）)]*\s*\w")
_NAMED = 5.0  # letters of words that names may do without: *Mr.*, *it's*
_LONGEST = 4  # characters of a Chinese word that is looked up wherever it stands
_MOST = 4000  # characters of a source: a clause more or less is a small part of a longer one


@dataclass(frozen=True)
class _Measure:
    """When a clause is missing.

    :ivar less: the translation says less than this share of the source; ``letters``: that the clause has at least.
    :ivar words: with a meaning that it has at least;``found``: the share of them that the translation has at most.
    """

    less: float
    letters: float
    words: float
    found: float


_MEASURES = (_Measure(0.72, 14, 3, 0.05), _Measure(0.6, 30, 5, 0.3), _Measure(0.45, 20, 1.5, 0.25))
"""As measured on good translations: those of the tests, of the evaluation set, of this program and of an editor.
Phrases like *please note that* and 不管怎么说 are rightly left out, and idioms share no word with what they mean."""
_NAMES = _Measure(0.72, 14, 1.5, 0.05)  # of a clause with a name, where the translation has none


def omission_findings(source: View, target: View) -> Iterator[Finding]:
    """The first clause of the source that the translation leaves out, or what it says beside names."""
    if place := _beside_names(source, target):
        yield at_source(FindingKind.OMISSION, source, *place)
        return
    if {source.primary, target.primary} != {"en", "zh"} or len(source.plain) > _MOST:
        return
    share = weight(target.plain) / max(1.0, weight(source.plain))
    measures = [one for one in _MEASURES if share < one.less]
    lost = _lost_names(source, target) if share < _NAMES.less else []
    clauses = _clauses(source.plain)
    if not measures or len(clauses) < 2 or len(_clauses(target.plain)) >= len(clauses):
        return
    known = _known(target)
    for start, end in clauses:
        clause = source.even[start:end]
        long = weight(clause)
        words, found = _looked_up(clause, source, target, known)
        which = [*measures, _NAMES] if any(start <= place < end for place in lost) else measures
        if any(long >= one.letters and words >= one.words and found <= one.found for one in which):
            bare = source.plain[start:end].rstrip(" ,;:，；：—–-")
            yield at_source(FindingKind.OMISSION, source, start, start + len(bare))
            return


def _beside_names(source: View, target: View) -> tuple[int, int] | None:
    """What a sentence says beside the names in it, if the translation has nothing but them: *Good morning* where
    *Good morning, Tom.* became *Tom,*. A name itself may be shorter: *New York* for *New York City*.
    """
    now = {folded(word) for word in _WORDS.findall(target.plain)}
    before = list(_WORDS.finditer(source.plain))
    if source.primary == target.primary or not now <= {folded(one[0]) for one in before}:
        return None
    missing = [one for one in before if folded(one[0]) not in now]
    if any(one[0][0].islower() and folded(one[0]) in now - empty_words() for one in before):
        return None  # not names alone
    named = not _PAUSE.search(source.plain) and not any(one[0][0].islower() for one in missing)
    if named or not _SENTENCE.search(source.plain) or sum(weight(one[0]) for one in missing) < _NAMED:
        return None
    return missing[0].start(), missing[-1].end()


def _lost_names(source: View, target: View) -> list[int]:
    """Where names stand in a Chinese source whose translation has none: places and firms have no other words."""
    if source.primary != "zh" or is_title(target.plain) or names(target.even):
        return []
    return [name.start for name in names(source.even) if name.sort is Sort.CHINESE]


def _clauses(text: str) -> list[tuple[int, int]]:
    """Where clauses and sentences begin and end."""
    places = [0, *(found.end() for found in _BETWEEN.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(places) if text[start:end].strip()]


def _known(view: View) -> set[str]:
    """All terms that a translation has; of Chinese, every stretch of characters that may be a word."""
    text = view.even
    known = {term for term, _ in terms_of(read(text, view.language))}
    if view.primary == "zh":
        known.update(text[at : at + size] for size in range(1, _LONGEST + 1) for at in range(len(text) - size + 1))
    return known


def _looked_up(clause: str, source: View, target: View, known: set[str]) -> tuple[float, float]:
    """How many words with a meaning a clause has, and which share of them may stand in the translation."""
    wanted = groups(read(clause, source.language), to_chinese=target.primary == "zh", to_english=source.primary == "zh")
    words = sum(one.weight for one in wanted)
    found = sum(
        one.weight * max((much for term, much in one.terms.items() if term in known), default=0.0) for one in wanted
    )
    return words, found / words if words else 1.0
