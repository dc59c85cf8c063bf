"""Whether a translation keeps to a glossary: what has to be there, in any of its forms, and what must not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.base.scripts import scripts_of
from assistant.documents.segments import Finding, FindingKind, Term
from assistant.worker.characters import HAN_RUN, even
from assistant.worker.inflection import is_form, is_part, words
from assistant.worker.lexicon import chinese, folded
from assistant.worker.segment_view import View

_RUNNING = frozenset(("Hani", "Hang", "Thai", "Laoo", "Khmr", "Mymr", "Arab", "Hebr", "Tibt"))
"""Scripts whose words are not told apart by spaces, or take others onto themselves."""
_HEAD = 3  # letters by which terms are looked up
_GAP = 1  # words that may stand between those of a term in a translation


@dataclass(frozen=True)
class _Use:
    """Where terms with one source are used in a source segment. ``sure``: it is no piece of other words."""

    start: int
    end: int
    terms: tuple[Term, ...]
    sure: bool


def _runs(language: str) -> bool:
    return bool(scripts_of(language) & _RUNNING)


class TermBook:
    """A glossary, ready to be asked what of it a text uses."""

    def __init__(self, terms: tuple[Term, ...], source: str, target: str) -> None:
        self._source, self._target = source, target
        self.foreign = frozenset((one.target or one.source).casefold() for one in terms if not one.forbidden)
        self._by_head: dict[str, list[tuple[str, list[Term]]]] = defaultdict(list)
        grouped: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            if term.source.strip():
                grouped[term.source if term.exact else term.source.casefold()].append(term)
        for group in grouped.values():
            self._by_head[self._head(group[0].source)].append((group[0].source.strip(), group))

    def _head(self, text: str) -> str:
        if _runs(self._source) and not text[:1].isascii():
            return even(text)[:1].casefold()
        found = words(text)
        return folded(found[0][0])[:_HEAD] if found else text[:1].casefold()

    def uses(self, view: View) -> list[_Use]:
        """The terms that ``view`` uses, in order; one within a longer one is not used by itself."""
        found = [*self._by_words(view), *(self._by_characters(view) if _runs(self._source) else ())]
        if not _runs(self._source):
            found += self._by_signs(view)
        longest: list[_Use] = []
        for use in sorted(found, key=lambda one: one.start - one.end):
            if not any(other.start <= use.start and use.end <= other.end for other in longest):
                longest.append(use)
        return sorted(longest, key=lambda one: one.start)

    def _by_words(self, view: View) -> Iterator[_Use]:
        there = words(view.plain)
        for place, word in enumerate(there):
            for source, group in self._by_head.get(folded(word[0])[:_HEAD], ()):
                wanted = words(source)
                row = there[place : place + len(wanted)]
                if not wanted or len(row) < len(wanted):
                    continue
                if all(self._is_word(one[0], other[0], group[0]) for one, other in zip(row, wanted, strict=True)):
                    yield _Use(word.start(), row[-1].end(), tuple(group), sure=True)

    def _is_word(self, word: str, wanted: str, term: Term) -> bool:
        language = self._source.partition("-")[0].lower()
        if term.exact:
            return word == wanted or (word.startswith(wanted) and len(wanted) > 1 and is_form(word, wanted, language))
        if wanted.isupper() and len(wanted) <= 3 and not word.isupper():
            return False  # IT and it
        return is_form(word, wanted, language)

    def _by_characters(self, view: View) -> Iterator[_Use]:
        text = view.even
        cut: dict[int, set[int]] = {}
        for head in set(text.casefold()):
            for source, group in self._by_head.get(head, ()):
                wanted = even(source)
                haystack, needle = (text, wanted) if group[0].exact else (text.casefold(), wanted.casefold())
                place = haystack.find(needle)
                while place >= 0:
                    end = place + len(needle)
                    yield _Use(place, end, tuple(group), sure=_is_whole(text, place, end, cut))
                    place = haystack.find(needle, end)

    def _by_signs(self, view: View) -> Iterator[_Use]:
        """Terms that begin with no letter: ``.NET``, ``@app``."""
        signs = [group for head, group in self._by_head.items() if head and not head[0].isalnum()]
        for source, group in (one for some in signs for one in some):
            if (place := view.plain.casefold().find(source.casefold())) >= 0:
                yield _Use(place, place + len(source), tuple(group), sure=True)

    def findings(self, source: View, target: View, literals: Sequence[tuple[int, int]] = ()) -> Iterator[Finding]:
        """Required terms that are missing and forbidden ones that are there.

        :param literals: stretches of the source that stay to the letter: what is a part of them is no term.
        """
        if not self._by_head:
            return
        allowed: list[tuple[int, int]] = []
        used = [use for use in self.uses(source) if not _is_part(use, literals)]
        for use in used:
            required = [term for term in use.terms if not term.forbidden]
            places = [place for term in required for place in _places(target, term.target or term.source, self._target)]
            allowed += places
            if required and not places:
                yield _finding(source, use, required[0])
        for use in used:
            for term in use.terms:
                if not term.forbidden:
                    continue
                for start, end in _places(target, term.target or term.source, self._target):
                    if not any(first <= start and end <= last for first, last in allowed):
                        yield _finding(source, use, term, target.span(start, end))


def _is_part(use: _Use, literals: Sequence[tuple[int, int]]) -> bool:
    """Whether a term stands inside something longer that stays as it is: an address, a link, code."""
    return any(start <= use.start and use.end <= end and end - start > use.end - use.start for start, end in literals)


def _finding(source: View, use: _Use, term: Term, span: tuple[int, int] = (-1, -1)) -> Finding:
    values: dict[str, str | int] = {"source": term.source, "target": term.target or term.source}
    if term.forbidden:
        values["forbidden"] = 1
    from_, to = source.span(use.start, use.end)
    text = source.plain[use.start : use.end]
    return Finding(FindingKind.TERM, text, *span, from_, to, minor=not use.sure, values=values)


def _is_whole(text: str, start: int, end: int, cut: dict[int, set[int]]) -> bool:
    """Whether a piece of Chinese text is made of whole words, as far as a dictionary tells."""
    for run in HAN_RUN.finditer(text):
        if run.start() <= start and end <= run.end():
            if run.start() not in cut:
                borders, place = {run.start()}, run.start()
                for word in chinese().cut(run[0]):
                    place += len(word)
                    borders.add(place)
                cut[run.start()] = borders
            borders = cut[run.start()]
            return start in borders and end in borders
    return True


def _places(view: View, wanted: str, language: str) -> list[tuple[int, int]]:
    """Where ``wanted`` stands in a translation, in any form."""
    found = _spelled(view.plain, wanted)
    if not found and "Hani" in scripts_of(language):
        found = _spelled(view.even, even(wanted))
    if found or (_runs(language) and not wanted.isascii()):
        return found
    return _worded(view, wanted, language.partition("-")[0].lower())


def _spelled(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where ``wanted`` stands to the letter; spaces do not count, nor do upper and lower case. A word that is written
    with letters and spaces stands alone."""
    pattern = r"\s*".join(re.escape(sign) for sign in wanted.strip() if not sign.isspace())
    first, last = wanted.strip()[:1], wanted.strip()[-1:]
    before = r"(?<![A-Za-z0-9])" if first.isascii() and first.isalnum() else ""
    after = r"(?![A-Za-z0-9])" if last.isascii() and last.isalnum() else ""
    return [one.span() for one in re.finditer(before + pattern + after, text, re.IGNORECASE)] if pattern else []


def _worded(view: View, wanted: str, language: str) -> list[tuple[int, int]]:
    there, parts = words(view.plain), words(wanted)
    found = []
    for place in range(len(there)):
        at, row = place, list[re.Match[str]]()
        for part in parts:
            limit = at + 1 + (_GAP if row else 0)
            step = next(
                (
                    one
                    for one in range(at, min(limit, len(there)))
                    if is_form(there[one][0], part[0], language) or is_part(there[one][0], part[0], language)
                ),
                -1,
            )
            if step < 0:
                break
            row.append(there[step])
            at = step + 1
        if parts and len(row) == len(parts):
            found.append((row[0].start(), row[-1].end()))
    return found


@lru_cache(maxsize=4)
def term_book(terms: tuple[Term, ...], source: str, target: str) -> TermBook:
    """The glossary of a request; the same one comes with each, and is made ready once."""
    return TermBook(terms, source, target)
