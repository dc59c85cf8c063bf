"""What a text about a document says that the document does not: numbers, dates, amounts, names, quotations.

A long document holds many numbers and names, and a wrong one often stands somewhere in it. So each is looked up first
in the sentences that say the rest of the statement: where they have another one in its place, it is wrong; where they
have none, it may stand anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise

import numpy as np

from assistant.documents.languages import detect
from assistant.documents.model import Mark, MarkKind, MarkState
from assistant.worker.characters import HAN_RUN, even, has_kana
from assistant.worker.counting_out import is_spelled, listed
from assistant.worker.dates import Moment, within
from assistant.worker.deriving import follows, spans
from assistant.worker.evidence import Evidence
from assistant.worker.han_names import is_slip
from assistant.worker.lexicon import stem
from assistant.worker.names import Name, Sort, names
from assistant.worker.quantities import Figure
from assistant.worker.retrieval import Index, Query, choose
from assistant.worker.terms import Reading, read
from assistant.worker.units import same_unit
from assistant.worker.wording import Wording, is_proper

_MOST = 200  # pieces of one sentence that are looked up; a sentence that people wrote has a few
_NEAR = 1  # paragraphs around a sentence in which a small number may stand
_RELEVANT = 0.6  # of the best sentence's score: so much a further one must have to bear a piece out
_SAME = 0.85  # and so much to speak of the same, so that what it has in the piece's place contradicts
_FRESH = 0.15  # of the statement, by weight: so much a further one must add to be one of its sources
_ARGUABLE = 0.5  # so much the sentence must have that says most of the whole statement
_SLIGHT = 4.0  # or so little the best one may have before it, by weight: less than a rare word
_LITTLE = 6.0  # or so little, where it says something of the rest at all
_LABEL = 6  # words of a sentence that says no more than who speaks
_LONG_SENTENCE = 1000  # characters of one that is searched for slips
_LONG_NAME = 3  # characters of a name that another one may be a slip of
_TRACE = 0.05
_CERTAIN = 0.25  # below this score no sentence is known to say the rest of the statement
_CLAUSE_END = re.compile(r"[,;:](?!\d)|[，；：]|\b(?:and|but|while|whereas)\b|而")
_COUNTED = re.compile(r" ?[^\W\d]")  # behind a number: what it counts
_HALVED = re.compile("halv\\w+", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"[ \t>*#|-]*\d{1,3}[.)、]")


@dataclass(frozen=True)
class Statement:
    """A sentence to be checked. ``reading`` is of it alone, ``query`` what it asks of the document."""

    reading: Reading
    query: Query
    language: str
    across: bool


class Passages:
    """Sentences of a document, with what they name and count."""

    def __init__(self, index: Index, sentences: Iterable[int]) -> None:
        self.sentences = frozenset(sentences)
        self._index = index

    @cached_property
    def text(self) -> str:
        spans = self._index.document.sentences
        return "\n".join(self._index.reading.even[slice(*spans[one])] for one in sorted(self.sentences))

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.text, is_chinese=self._index.is_chinese)

    @cached_property
    def numbers(self) -> list[Figure]:
        return [one for sentence in sorted(self.sentences) for one in self._index.numbers_of.get(sentence, ())]

    @cached_property
    def moments(self) -> list[Moment]:
        return [one for sentence in sorted(self.sentences) for one in self._index.moments_of.get(sentence, ())]

    def by_sentence(self) -> list[tuple[list[Figure], str]]:
        """The numbers as they stand together in sentences, each with its text."""
        even, spans = self._index.reading.even, self._index.document.sentences
        return [(self._index.numbers_of.get(one, []), even[slice(*spans[one])]) for one in sorted(self.sentences)]

    def with_labels(self) -> Passages:
        """These with what stands before them in their paragraphs and is no statement: who speaks is said once."""
        of, lengths = self._index.paragraph_of, self._index.lengths
        found = set(self.sentences)
        for sentence in self.sentences:
            place = sentence
            while place and of[place - 1] == of[place] and lengths[place - 1] <= _LABEL:
                place -= 1
                found.add(place)
        return Passages(self._index, found)

    def around(self, paragraphs: int) -> Passages:
        """These and all other sentences of their paragraphs, and of so many before and after."""
        of = self._index.paragraph_of
        found: set[int] = set()
        for one in self.sentences:
            found.update(range(bisect_left(of, of[one] - paragraphs), bisect_right(of, of[one] + paragraphs)))
        return Passages(self._index, found)


class Checker:
    """Looks up what a text about one document says."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._numbers = Evidence(index.reading.numbers)
        self._moments = index.reading.moments
        self._years = frozenset(one.year for one in self._moments if one.year is not None)
        self._language = index.document.language or detect(index.document.text)
        self._wording = Wording(index.reading.even, is_chinese=index.is_chinese)

    def is_across(self, text: str) -> bool:
        """Whether ``text`` is in another language than the document."""
        own, other = self._language.partition("-")[0], detect(text).partition("-")[0]
        plain = even(text)
        is_chinese = HAN_RUN.search(plain) is not None and not has_kana(plain)
        if is_chinese != self._index.is_chinese and (is_chinese or self._index.is_chinese):
            return True
        return bool(own and other and own != other and len(plain) > 40)

    def marks(self, text: str, span: tuple[int, int], query: Query) -> tuple[Mark, ...]:
        """What of ``text[start:end]`` is not in the document, in order. ``query`` is made of the same stretch."""
        start, end = span
        plain, language = even(text[start:end]), detect(text)
        said = Statement(read(plain, language), query, language, self.is_across(text[start:end]))
        chosen: list[Mark] = []
        taken = bytearray(end - start)
        for first, last, kind, state in self._found(said):
            if not any(taken[first:last]):
                taken[first:last] = b"\1" * (last - first)
                chosen.append(Mark(start + first, start + last, kind, state))
        return tuple(sorted(chosen, key=lambda mark: mark.start))

    def _found(self, said: Statement) -> Iterator[tuple[int, int, MarkKind, MarkState]]:
        for looked_up, piece in enumerate(chain(_pieces(said), self._misspelt(said))):
            if looked_up == _MOST:
                yield piece.start, len(said.reading.even), MarkKind.NUMBER, MarkState.UNCHECKED
                return
            if isinstance(piece, Moment):
                if not self._happened(piece, said):
                    yield piece.start, piece.end, MarkKind.DATE, MarkState.MISSING
            elif isinstance(piece, Figure):
                if not self._counted(piece, said):
                    kind = MarkKind.AMOUNT if piece.unit else MarkKind.NUMBER
                    yield piece.start, piece.end, kind, MarkState.MISSING
            elif not self._named(piece, said):
                kind = MarkKind.QUOTE if piece.sort is Sort.QUOTE else MarkKind.NAME
                yield piece.start, piece.end, kind, self._state(piece, said)

    def _rest(self, said: Statement, start: int, end: int) -> tuple[Passages, Passages]:
        """Sentences that say what the statement says beside ``start:end``: some of it, and certainly the same."""
        query = said.query.without(start, end)
        found = choose(self._index, query)
        best = found[0][1] if found else 0.0
        some = {one for one, score in found if score >= _RELEVANT * best} | set(_adding(query, found))
        # The piece itself may decide between sentences that say the rest about equally well.
        whole = choose(self._index, said.query)[:1]
        scores = self._index.scores(query)
        for one, _ in whole:
            behind = (best - float(scores[one])) * float(query.weights.sum())
            if scores[one] >= _ARGUABLE * best or behind < (_LITTLE if scores[one] > _TRACE else _SLIGHT):
                some.add(one)
        some.update(self._of_clause(said, start, end))
        same = (one for one, score in found if score >= max(_SAME * best, _CERTAIN))
        return Passages(self._index, some), Passages(self._index, same)

    def _of_clause(self, said: Statement, start: int, end: int) -> set[int]:
        """The sentences that say what the clause says in which ``start:end`` stands: each may have its own source."""
        clause = _clause(said.reading.even, start, end)
        if clause is None:
            return set()
        part = said.query.within(*clause)
        query = part.without(start, end)
        scores = self._index.scores(query)
        chosen = {one for one, _ in choose(self._index, query)[:1]}
        best = max((float(scores[one]) for one in chosen), default=0.0)
        chosen.update(one for one, _ in choose(self._index, part)[:1] if scores[one] >= _ARGUABLE * best > 0)
        return chosen

    def _misspelt(self, said: Statement) -> Iterator[Name]:
        """Stretches of a Chinese statement that differ in one character from a name of its sources, and stand nowhere.

        A person's name is often made of words, and only beside the right one it can be told to be a name.
        """
        plain = said.reading.even
        if not self._index.is_chinese or said.across or len(plain) > _LONG_SENTENCE:
            return
        sources = Passages(self._index, (one for one, _ in choose(self._index, said.query))).with_labels()
        taken = bytearray(len(plain))
        for found in names(plain, language=said.language):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
        for name in islice(sources.wording.han_names, _MOST):
            if len(name) < _LONG_NAME or name in plain:
                continue
            for start in range(len(plain) - len(name) + 1):
                other = plain[start : start + len(name)]
                if (
                    not any(taken[start : start + len(name)])
                    and is_slip(other, name)
                    and not self._wording.has_text(other)
                ):
                    yield Name(start, start + len(name), Sort.CHINESE, (other,))

    # ---------------------------------------------------------------- dates

    def _happened(self, claim: Moment, said: Statement) -> bool:
        rest, same = self._rest(said, claim.start, claim.end)
        years = self._years
        if claim.season is not None:  # there is one in every year
            years = frozenset(one.year for one in rest.moments if one.year is not None)
        if any(within(claim, known, years) for known in rest.moments):
            return True
        if claim.bare and any(known.value == claim.year for known in rest.numbers):
            return True
        others = [one for one in said.reading.moments if one is not claim]
        if any(_like(claim, known) and not _used(known, others, self._years) for known in same.moments):
            return False
        return any(within(claim, known, years) for known in self._moments) or (
            claim.bare and any(True for _ in self._numbers.between(claim.year or 0, claim.year or 0))
        )

    # ---------------------------------------------------------------- numbers

    def _counted(self, claim: Figure, said: Statement) -> bool:
        if _counts_nothing(claim, said.reading.even):
            return True
        rest, same = self._rest(said, claim.start, claim.end)
        if any(_bears(known, claim) for known in rest.numbers) or _is_of_date(claim, rest.moments):
            return True
        sentences = rest.by_sentence()
        if any(_has_unit_of(claim, numbers) for numbers, _ in sentences):
            return True
        if _is_told_otherwise(claim, said, rest):
            return True
        others = [one for one in said.reading.numbers if one is not claim]
        rivals = [one for one in same.numbers if same_unit(claim.unit, one.unit) and one.ordinal == claim.ordinal]
        if follows(claim, said.reading.even, sentences) or spans(claim, rest.moments):
            return True
        if any(not any(_bears(known, other) for other in others) for known in rivals):
            return False
        if claim.is_weak or same.sentences:
            near = rest.around(_NEAR)
            return any(_bears(known, claim) for known in near.numbers) or _is_of_date(claim, near.moments)
        return any(True for _ in self._numbers.bearing(claim)) or int(claim.value) in self._years

    # ---------------------------------------------------------------- names

    def _named(self, name: Name, said: Statement) -> bool:
        if not self._is_in(name, self._wording, said.across):
            return False
        if name.sort in (Sort.QUOTE, Sort.TITLE, Sort.CODE):
            return True
        if said.across and name.sort in (Sort.CHINESE, Sort.SURNAME):
            return True
        rest, same = self._rest(said, name.start, name.end)
        if self._is_in(name, rest.with_labels().wording, said.across):
            return True
        if name.sort is Sort.SURNAME and self._is_in(name, rest.around(_NEAR).wording, said.across):
            return True  # who is called 老王 was named in full before
        own = Wording(said.reading.even, is_chinese=not said.language.startswith("en"))
        if any(not self._is_told(other, own, said) for other in names(same.text, language=self._language)):
            return False
        return not same.sentences or self._is_in(name, same.around(_NEAR).wording, said.across)

    def _is_in(self, name: Name, wording: Wording, across: bool) -> bool:
        if name.sort is Sort.CAPITALS:
            return wording.has_words(name.words) and self._is_one(name.words)
        if name.sort is Sort.CODE:
            return wording.has_code(name.words[0])
        if name.sort is Sort.SURNAME:
            return wording.has_surname(name.words[0])
        if any(map(wording.has_text, name.words)):
            return True
        if name.sort is Sort.CHINESE and not across and any(map(wording.has_form_of, name.words)):
            return True
        return across and name.sort is Sort.CHINESE and wording.has_translation(name.words[0])

    def _is_told(self, other: Name, own: Wording, said: Statement) -> bool:
        """Whether the statement has a name of the source, if only its last part."""
        if other.sort is Sort.CAPITALS and any(own.has_word(word) for word in other.words if is_proper(word)):
            return True
        return self._is_in(other, own, said.across)

    def _is_one(self, words: tuple[str, ...]) -> bool:
        """Whether the parts of a name stand in one sentence somewhere, and are not of two different people."""
        proper = [self._index.sentences_with(stem(word)) for word in words if is_proper(word)]
        return all(not one or not other or one & other for one, other in pairwise(proper))

    def _state(self, name: Name, said: Statement) -> MarkState:
        """A name in another script may be the same name; the same letters can be looked up in any language."""
        if not said.across or name.sort is Sort.CODE:
            return MarkState.MISSING
        if name.sort is Sort.CAPITALS and not self._index.is_chinese and said.language.startswith("zh"):
            return MarkState.MISSING  # a Chinese text that leaves a name in Latin letters has it from its source
        return MarkState.UNCHECKED


def _pieces(said: Statement) -> Iterator[Moment | Figure | Name]:
    """What is to be looked up: dates, numbers, names that are neither (星期四 stands in the dictionary as a name)."""
    told = bytearray(len(said.reading.even))
    stated: list[Moment | Figure] = [*said.reading.moments, *said.reading.numbers]
    for one in stated:
        told[one.start : one.end] = b"\1" * (one.end - one.start)
        yield one
    for name in names(said.reading.even, language=said.language):
        if not all(told[name.start : name.end]):
            yield name


def _clause(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """The clause of ``plain`` that holds ``start:end``; None where there is but one."""
    ends = [match.start() for match in _CLAUSE_END.finditer(plain)]
    first = max((one for one in ends if one < start), default=0)
    last = min((one for one in ends if one >= end), default=len(plain))
    return (first, last) if (first, last) != (0, len(plain)) else None


def _adding(query: Query, found: list[tuple[int, float]]) -> Iterator[int]:
    """Sentences that say something of the statement that those before them do not: it is drawn from several."""
    total = float(query.weights.sum())
    named = np.zeros(len(query.groups), np.float32)
    for sentence, _ in found:
        own = query.found[:, sentence]
        if float(query.weights @ np.maximum(own - named, 0.0)) >= _FRESH * total:
            yield sentence
        named = np.maximum(named, own)


def _like(claim: Moment, known: Moment) -> bool:
    """Whether two dates say the same kind of thing, so that one stands in the other's place."""
    return bool(claim.says().keys() & known.says().keys())


def _used(known: Moment, others: Iterable[Moment], years: frozenset[int]) -> bool:
    return any(within(one, known, years) for one in others)


def _is_told_otherwise(claim: Figure, said: Statement, rest: Passages) -> bool:
    """A count of what the source lists, a numeral that counts nothing there, a discount for what is left to pay."""
    if claim.unit == "%":
        folded = "折" in said.reading.even or "折" in rest.text
        return folded and any(one.unit == "%" and abs(one.value + claim.value - 1) < 1e-6 for one in rest.numbers)
    if claim.unit or claim.ordinal:
        return False
    counts = _COUNTED.match(said.reading.even, claim.end) is not None
    return is_spelled(claim.value, rest.text) or (
        counts and any(claim.value in listed(text) for _, text in rest.by_sentence())
    )


def _has_unit_of(claim: Figure, numbers: Sequence[Figure]) -> bool:
    """``within two hours, on site within six``: a number without a unit has that of another in its sentence."""
    return any(
        not known.unit and not known.ordinal and known.value in (claim.count, claim.bare) for known in numbers
    ) and any(same_unit(claim.unit, known.unit) and known.unit for known in numbers)


def _counts_nothing(claim: Figure, plain: str) -> bool:
    """The number of a list item; ``two``, which is said of much that nobody has counted; ``a day``, ``by half``."""
    spelled = not plain[claim.start].isdigit()
    if claim.is_weak:
        return (spelled and claim.value <= 2) or _LIST_NUMBER.match(plain, 0, claim.end + 1) is not None
    if spelled and _HALVED.fullmatch(plain, claim.start, claim.end):
        return True
    loosely = plain[claim.start : claim.end].lower() == "half" and not plain.startswith(" of", claim.end)
    return spelled and (claim.bare == 1 or (claim.unit == "times" and claim.bare <= 2) or loosely)


def _bears(known: Figure, claim: Figure) -> bool:
    return any(True for _ in Evidence([known]).bearing(claim))


def _is_of_date(claim: Figure, moments: Iterable[Moment]) -> bool:
    return not claim.unit and any(claim.value in one.says().values() for one in moments)
