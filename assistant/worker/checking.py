"""What a text about a document says that the document does not: numbers, dates, amounts, names, quotations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.documents.languages import detect
from assistant.documents.model import Mark, MarkKind, MarkState
from assistant.worker import terms
from assistant.worker.characters import HAN_RUN, even, has_kana
from assistant.worker.dates import Moment, within
from assistant.worker.figures import Evidence, Figure
from assistant.worker.lexicon import chinese, english, folded, nations, stem
from assistant.worker.names import Name, Sort, names
from assistant.worker.retrieval import Index

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_PLAIN = re.compile(r"[\W_]+")
_CAPITALS = re.compile(r"\b[^\W\d_a-z][\w'-]*(?:(?: of| the| and| for| de| der| des| du| di| &)* [^\W\d_a-z][\w'-]*)+")
_NEAR = 1  # paragraphs around a linked passage in which a small number may stand
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t>*#|-]*\d{1,3}[.)、]")


class Checker:
    """Looks up what a text about one document says."""

    def __init__(self, index: Index) -> None:
        self._index = index
        reading = index.reading
        self._numbers = Evidence(reading.numbers)
        self._moments = reading.moments
        self._years = frozenset(one.year for one in reading.moments if one.year is not None)
        self._language = index.document.language or detect(index.document.text)
        self._words = {folded(match[0]) for match in _WORD.finditer(reading.even)}
        self._stems = {stem(word) for word in self._words}
        self._starts: dict[str, list[str]] = defaultdict(list)
        for word in self._stems:
            if terms.start_of(word):
                self._starts[terms.start_of(word)].append(word)
        self._codes = {terms.code(match[0]) for match in re.finditer(r"[A-Za-z\d][\w-]*\d[\w-]*", reading.even)}
        self._initials = {
            _initials(match[0].split())[first:] for match in _CAPITALS.finditer(reading.even) for first in range(3)
        }
        self._plain = _PLAIN.sub("", reading.even).lower()

    def is_across(self, text: str) -> bool:
        """Whether ``text`` is in another language than the document."""
        own, other = self._language.partition("-")[0], detect(text).partition("-")[0]
        plain = even(text)
        is_chinese = HAN_RUN.search(plain) is not None and not has_kana(plain)
        if is_chinese != self._index.is_chinese and (is_chinese or self._index.is_chinese):
            return True
        return bool(own and other and own != other and len(plain) > 40)

    def marks(self, text: str, span: tuple[int, int], sources: Sequence[int]) -> tuple[Mark, ...]:
        """What of ``text[start:end]`` is not in the document, in order.

        :param sources: the sentences of the document that it rests on; small numbers must stand near them.
        """
        start, end = span
        plain = even(text[start:end])
        reading = terms.read(plain, detect(text))
        near = self._nearby(sources)
        found = [
            *((one.start, one.end, MarkKind.DATE, MarkState.MISSING) for one in reading.moments if not self._happened(one)),
            *(
                (one.start, one.end, MarkKind.AMOUNT if one.unit else MarkKind.NUMBER, MarkState.MISSING)
                for one in reading.numbers
                if not self._counted(one, plain, near)
            ),
            *self._unnamed(plain, self.is_across(text[start:end])),
        ]
        chosen: list[Mark] = []
        for first, last, kind, state in found:
            if all(last + start <= mark.start or mark.end <= first + start for mark in chosen):
                chosen.append(Mark(start + first, start + last, kind, state))
        return tuple(sorted(chosen, key=lambda mark: mark.start))

    # ---------------------------------------------------------------- dates and numbers

    def _happened(self, claim: Moment) -> bool:
        if any(within(claim, known, self._years) for known in self._moments):
            return True
        return claim.bare and any(True for known in self._numbers.between(claim.year or 0, claim.year or 0) if not known.unit)

    def _nearby(self, sources: Sequence[int]) -> set[int]:
        paragraphs = {self._index.paragraph_of[one] + step for one in sources for step in range(-_NEAR, _NEAR + 1)}
        return {sentence for sentence, place in enumerate(self._index.paragraph_of) if place in paragraphs}

    def _counted(self, claim: Figure, plain: str, near: set[int]) -> bool:
        if claim.is_weak:
            spelled = not plain[claim.start].isdigit()
            if (spelled and claim.value <= 2) or _LIST_NUMBER.match(plain, 0, claim.end + 1):
                return True
            return any(self._index.sentence_at(known.start) in near for known in self._numbers.bearing(claim)) or any(
                self._index.sentence_at(one.start) in near for one in self._moments if claim.value in one.says().values()
            )
        if any(True for _ in self._numbers.bearing(claim)):
            return True
        return claim.value == int(claim.value) and not claim.unit and int(claim.value) in self._years

    # ---------------------------------------------------------------- names

    def _unnamed(self, plain: str, across: bool) -> Iterator[tuple[int, int, MarkKind, MarkState]]:
        for name in names(plain, language=detect(plain)):
            if not self._is_named(name, across):
                kind = MarkKind.QUOTE if name.sort is Sort.QUOTE else MarkKind.NAME
                yield name.start, name.end, kind, self._state(name, across)

    def _state(self, name: Name, across: bool) -> MarkState:
        """A name in another script may be the same name; the same letters can be looked up in any language."""
        if not across or name.sort is Sort.CODE:
            return MarkState.MISSING
        if name.sort is Sort.CAPITALS and not self._index.is_chinese and self._is_latin_in_chinese(name):
            return MarkState.MISSING
        return MarkState.UNCHECKED

    def _is_latin_in_chinese(self, name: Name) -> bool:
        """A Chinese text that leaves a name in Latin letters has taken it from its source."""
        return self._language.startswith(("en", "")) and all(word.isascii() for word in name.words)

    def _is_named(self, name: Name, across: bool) -> bool:
        if name.sort is Sort.CAPITALS:
            return self._has_capitals(name.words)
        if name.sort is Sort.CODE:
            return terms.code(name.words[0]) in self._codes
        if any(_PLAIN.sub("", form).lower() in self._plain for form in name.words):
            return True
        return across and name.sort is Sort.CHINESE and self._is_translated(name.words[0])

    def _is_translated(self, word: str) -> bool:
        """Whether one of the dictionary's meanings of a Chinese name stands in the document."""
        return any(all(self._has_word(part) for part in gloss) for gloss in chinese().meanings(word))

    def _has_capitals(self, words: tuple[str, ...]) -> bool:
        """Whether the document has all these words, and the parts of a name side by side."""
        if len(words) > 1 and _initials(words).lower() in self._words:
            return True
        if not all(self._has_word(word) for word in words):
            return False
        proper = [stem(word) for word in words if len(word) > 2 and folded(word) not in english().common]
        return all(self._together(one, other) for one, other in pairwise(proper))

    def _together(self, one: str, other: str) -> bool:
        left, right = self._index.sentences_with(one), self._index.sentences_with(other)
        return not left or not right or bool(left & right)

    def _has_word(self, word: str) -> bool:
        plain = folded(word).removesuffix("'s")
        if len(plain) == 1 or plain in self._words or stem(word) in self._stems:
            return True
        if word.isupper() and (word in self._initials or plain.replace(".", "") in self._words):
            return True
        if "-" in plain:
            return all(self._has_word(part) for part in plain.split("-") if part)
        if any(stem(nation) in self._stems for nation in nations(plain)):
            return True
        return bool(terms.related(stem(word), self._starts)) or self._is_in_chinese(stem(word))

    def _is_in_chinese(self, root: str) -> bool:
        return self._index.is_chinese and any(
            len(word) > 1 and word in self._plain for word, weight in chinese().from_english(root) if weight >= 0.5
        )


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words if word[0].isupper())
