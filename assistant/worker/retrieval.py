"""A document as something to be searched by words: which sentences are about a text, which passages a question wants.

No model is needed. A sentence counts the more of a query's things it names, each by its rarity in the document (as in
BM25); its headings and its neighbours in the paragraph help, since a sentence seldom repeats what it is about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.documents.model import Document, Source
from assistant.worker import terms
from assistant.worker.characters import HAN_RUN, even, has_kana, is_east_asian
from assistant.worker.dates import Moment
from assistant.worker.quantities import Figure

Array = npt.NDArray[np.float32]

HEADING = 0.3  # what a word is worth that stands in a heading above the sentence
NEIGHBOUR = 0.35  # and one in the sentence before or after it, in the same paragraph
_LENGTH = 0.25  # how strongly a long sentence, which names many things, is held back
SOURCES = 3
_CANDIDATES = 50
_STEPS = (0.7, 0.5)  # what a sentence has of what the next one has to do with a statement, and the one after it
_FAINT = 0.12  # below this share a sentence has nothing to do with the statement
_AGAIN = 0.5  # what another source already names counts so much less for the next one
HISTORY = 0.3  # what was said before a question counts so much less than the question
_LEAST_ASKED, _MOST_ASKED = 40, 500  # things that a query asks for: a row of words without an end asks for no more
_CELLS = 10_000_000  # things asked for times sentences
_LIKE = 0.6  # a passage that has so much in common with a better one is left out


@dataclass(frozen=True)
class Query:
    """What is searched for, ready for one document.

    :ivar groups: the things asked for.
    :ivar weights: how much each counts: its own weight times its rarity. Shape (groups,).
    :ivar found: how well each sentence itself names each thing, 0 to 1. Shape (groups, sentences).
    """

    groups: list[terms.Group]
    weights: Array
    found: Array

    def without(self, start: int, end: int) -> Query:
        """The query without what stands in ``start:end`` of its text."""
        kept = np.array([not start <= group.start < end for group in self.groups], np.float32)
        return Query(self.groups, self.weights * kept, self.found)

    def towards(self, start: int, end: int, reach: float) -> Query:
        """The query in which what stands near ``start:end`` of its text counts most: a clause has its own source.

        :param reach: characters by which a word counts half as much.
        """
        away = np.array([max(0, start - group.start, group.start - end) for group in self.groups], np.float32)
        return Query(self.groups, self.weights / (1 + away / reach), self.found)


class Index:
    """The sentences of one document by their terms.

    :ivar reading: the document's text made even, with its numbers and dates.
    :ivar is_chinese: it is written in Chinese.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        text = even(document.text)
        self.reading = terms.read(text, document.language)
        self.is_chinese = is_east_asian(text) and not has_kana(text) and HAN_RUN.search(text) is not None
        self._starts = [start for start, _ in document.sentences]
        self._around: tuple[Array, Array] | None = None
        self.size = len(document.sentences)
        self.paragraph_of = self._paragraphs()
        self.lengths = np.ones(self.size, np.float32)
        self._postings: dict[str, tuple[npt.NDArray[np.int32], Array]] = {}
        self.counts: list[Counter[str]] = []  # the terms of each sentence
        self._frequency: dict[str, int] = {}
        self._fill()
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for term in self._postings:
            start = terms.start_of(term)
            if start:
                self._by_start[start].append(term)
        self._paragraphs_of = np.array(self.paragraph_of, np.int32)
        self._same_paragraph = self._paragraphs_of[1:] == self._paragraphs_of[:-1] if self.size else np.zeros(0, bool)

    def sentence_at(self, place: int) -> int:
        """Index of the sentence that holds ``place``, or of the last one before it."""
        return max(0, bisect_right(self._starts, place) - 1)

    @cached_property
    def numbers_of(self) -> dict[int, list[Figure]]:
        """The numbers of each sentence that has some."""
        found: dict[int, list[Figure]] = defaultdict(list)
        for one in self.reading.numbers:
            found[self.sentence_at(one.start)].append(one)
        return dict(found)

    @cached_property
    def moments_of(self) -> dict[int, list[Moment]]:
        """The dates of each sentence that has some."""
        found: dict[int, list[Moment]] = defaultdict(list)
        for one in self.reading.moments:
            found[self.sentence_at(one.start)].append(one)
        return dict(found)

    def _paragraphs(self) -> list[int]:
        starts = [paragraph.start for paragraph in self.document.paragraphs]
        return [max(0, bisect_right(starts, start) - 1) for start in self._starts]

    def _fill(self) -> None:
        counts: list[Counter[str]] = [Counter() for _ in range(self.size)]
        if not self.size:
            return
        for term, place in terms.terms_of(self.reading):
            counts[self.sentence_at(place)][term] += 1
        self.counts = counts
        places: dict[str, list[int]] = defaultdict(list)
        values: dict[str, list[float]] = defaultdict(list)
        for sentence, found in enumerate(counts):
            self.lengths[sentence] = max(1, found.total())
            for term in found:
                places[term].append(sentence)
                values[term].append(1.0)
        self._frequency = {term: len(held) for term, held in places.items()}
        self._add_headings(counts, places, values)
        self._postings = {
            term: (np.array(held, np.int32), np.array(values[term], np.float32)) for term, held in places.items()
        }

    def _add_headings(
        self, counts: list[Counter[str]], places: dict[str, list[int]], values: dict[str, list[float]]
    ) -> None:
        known: dict[tuple[str, ...], frozenset[str]] = {(): frozenset()}
        for sentence, found in enumerate(counts):
            path = self.document.paragraphs[self.paragraph_of[sentence]].path
            if path not in known:
                reading = terms.read(even("\n".join(path)), self.document.language)
                known[path] = frozenset(term for term, _ in terms.terms_of(reading))
            for term in known[path]:
                if term not in found:
                    places[term].append(sentence)
                    values[term].append(HEADING)

    def rarity(self, sentences: int) -> float:
        """Weight of a term that occurs in so many sentences."""
        return float(np.log1p((self.size - sentences + 0.5) / (sentences + 0.5)))

    def rarity_of(self, term: str) -> float:
        return self.rarity(self._frequency.get(term, 0))

    def common_terms(self, limit: int) -> list[str]:
        """The terms that occur in most sentences, but in no more than a fifth of them, and in two at least."""
        shared = [(count, term) for term, count in self._frequency.items() if 1 < count <= max(2, self.size // 5)]
        return [term for _, term in sorted(shared, reverse=True)[:limit]]

    def sentences_with(self, term: str) -> set[int]:
        """Indexes of the sentences that hold ``term``, or stand under a heading that does."""
        held = self._postings.get(term)
        return set(held[0].tolist()) if held is not None else set()

    # ---------------------------------------------------------------- queries

    def query(self, text: str) -> Query:
        """What ``text`` asks of this document."""
        plain = even(text)
        east = HAN_RUN.search(plain) is not None and not has_kana(plain)
        asked = terms.groups(
            terms.read(plain, self.document.language if not east else ""),
            to_chinese=self.is_chinese,
            to_english=east and not self.is_chinese,
        )
        asked = asked[: max(_LEAST_ASKED, min(_MOST_ASKED, _CELLS // max(1, self.size)))]
        found = np.zeros((len(asked), self.size), np.float32)
        weights = np.zeros(len(asked), np.float32)
        for row, group in enumerate(asked):
            self._find(group, found[row])
            weights[row] = group.weight * self.rarity(int(np.count_nonzero(found[row] >= 0.4)))
        return Query(asked, weights, found)

    def _find(self, group: terms.Group, row: Array) -> None:
        for term, weight in group.terms.items():
            self._raise(row, term, weight)
            if weight >= 0.9:
                for other, share in terms.related(term, self._by_start):
                    self._raise(row, other, share)

    def _raise(self, row: Array, term: str, weight: float) -> None:
        held = self._postings.get(term)
        if held is not None:
            places, values = held
            row[places] = np.maximum(row[places], weight * values)

    def with_neighbours(self, query: Query) -> Array:
        """How well each sentence names each thing, if not itself then through a neighbour. As ``query.found``."""
        found = query.found
        if self.size < 2:
            return found
        if self._around and self._around[0] is found:  # each piece of a statement asks with other weights
            return self._around[1]
        around = np.zeros_like(found)
        link = NEIGHBOUR * self._same_paragraph
        np.maximum(around[:, 1:], found[:, :-1] * link, out=around[:, 1:])
        np.maximum(around[:, :-1], found[:, 1:] * link, out=around[:, :-1])
        self._around = (found, np.maximum(found, around))
        return self._around[1]

    def scores(self, query: Query) -> Array:
        """For each sentence the share of what is asked for that it names, long ones held back. Shape (sentences,)."""
        total = float(query.weights.sum())
        if not total or not self.size:
            return np.zeros(self.size, np.float32)
        named = query.weights @ self.with_neighbours(query) / total
        mean = float(self.lengths.mean())
        return np.asarray(named / (1 - _LENGTH + _LENGTH * self.lengths / mean) ** 0.5, np.float32)

    def spread(self, scores: Array) -> Array:
        """The scores, each sentence with a share of those beside it in its paragraph. Shape (sentences,)."""
        spread = scores.copy()
        paragraphs = self._paragraphs_of
        for step, share in enumerate(_STEPS, start=1):
            if self.size > step:
                link = share * (paragraphs[step:] == paragraphs[:-step])
                np.maximum(spread[step:], scores[:-step] * link, out=spread[step:])
                np.maximum(spread[:-step], scores[step:] * link, out=spread[:-step])
        return spread

    def certainty(self, query: Query, sentence: int) -> float:
        """How much a sentence names of what is asked for, as a multiple of what the best of all names by chance.

        A word that one sentence in a hundred has is worth the logarithm of 100; among so many sentences as there are,
        one has words worth the logarithm of their number by chance.
        """
        caps = np.array([1 / max(1.0, group.weight) for group in query.groups], np.float32)
        named = float((query.weights * caps) @ self.with_neighbours(query)[:, sentence])
        return named / max(1.0, float(np.log(max(1, self.size))))

    def source(self, sentence: int, score: float) -> Source:
        """The sentence as a passage."""
        start, end = self.document.sentences[sentence]
        paragraph = self.document.paragraphs[self.paragraph_of[sentence]]
        return Source(start=start, end=end, score=round(min(1.0, score), 3), page=paragraph.page, path=paragraph.path)


# ---------------------------------------------------------------- sources of a statement


def choose(index: Index, query: Query) -> list[tuple[int, float]]:
    """The sentences of the document that say most of what is asked for, the best first, each with its score.

    Each next one is judged rather by what the ones before it do not name: a statement may be drawn from several places.
    """
    total = float(query.weights.sum())
    if not total or not index.size:
        return []
    scores = index.scores(query)
    found = index.with_neighbours(query)
    chosen: list[tuple[int, float]] = []
    named = np.zeros(len(query.groups), np.float32)
    candidates = np.argsort(-scores, kind="stable")[:_CANDIDATES]
    while len(chosen) < SOURCES:
        fresh = np.maximum(found[:, candidates] - named[:, None], 0.0)
        gain = scores[candidates]
        if chosen:
            gain = (1 - _AGAIN) * (query.weights @ fresh / total) + _AGAIN * gain
        order = [place for place in np.argsort(-gain, kind="stable") if candidates[place] not in dict(chosen)]
        if not order or scores[candidates[order[0]]] < _FAINT:
            break
        best = int(candidates[order[0]])
        chosen.append((best, float(scores[best])))
        named = np.maximum(named, query.found[:, best])
    return chosen


# ---------------------------------------------------------------- passages for a question


def by_words(index: Index, question: str, history: Sequence[str] = ()) -> Array:
    """How much each sentence has to do with ``question``, going by its words. Shape (sentences,)."""
    scores = index.scores(index.query(question))
    for back, said in enumerate(reversed(history[-4:]), start=1):
        scores = scores + index.scores(index.query(said)) * HISTORY**back
    return scores


def retrieve(
    index: Index,
    question: str,
    limit: int,
    *,
    history: Sequence[str] = (),
    fuse: Callable[[Array], Array] = lambda words: words,
) -> tuple[Source, ...]:
    """The passages that ``question`` is about, in the order of the document.

    :param limit: characters that they may have together.
    :param history: what was said before, the oldest first.
    :param fuse: adds what else is known to what ``by_words`` found.
    """
    if not index.size:
        return ()
    scores = fuse(by_words(index, question, history))
    best = float(scores.max())
    if best <= 0:
        scores = np.linspace(1.0, 0.5, index.size, dtype=np.float32)  # nothing fits: what a document begins with
        best = 1.0
    chosen: dict[int, float] = {}
    room = limit
    for sentence in map(int, np.argsort(-scores, kind="stable")):
        if scores[sentence] <= 0 or room <= 0:
            break
        if sentence in chosen or _repeats(index, sentence, chosen):
            continue
        for one in _with_context(index, sentence):
            start, end = index.document.sentences[one]
            if one not in chosen and end - start <= room:
                chosen[one] = float(scores[sentence] if one == sentence else max(scores[one], scores[sentence] / 2))
                room -= end - start
    return _joined(index, chosen, best)


def _with_context(index: Index, sentence: int) -> list[int]:
    """The sentence, then those beside it in its paragraph."""
    paragraph = index.paragraph_of[sentence]
    near = [sentence - 1, sentence + 1]
    return [sentence, *(one for one in near if 0 <= one < index.size and index.paragraph_of[one] == paragraph)]


def _repeats(index: Index, sentence: int, chosen: dict[int, float]) -> bool:
    own = index.counts[sentence].keys()
    return len(own) > 3 and any(likeness(own, index.counts[one].keys()) > _LIKE for one in list(chosen)[:40])


def likeness(one: Set[str], other: Set[str]) -> float:
    """Share of the terms of two sentences that both have."""
    return len(one & other) / max(1, len(one | other))


def _joined(index: Index, chosen: dict[int, float], best: float) -> tuple[Source, ...]:
    """Neighbouring sentences of one paragraph as one passage."""
    passages: list[Source] = []
    last = -2
    for sentence in sorted(chosen):
        source = index.source(sentence, chosen[sentence] / best)
        if sentence == last + 1 and index.paragraph_of[sentence] == index.paragraph_of[last]:
            before = passages.pop()
            source = Source(before.start, source.end, max(before.score, source.score), source.page, source.path)
        passages.append(source)
        last = sentence
    return tuple(passages)
