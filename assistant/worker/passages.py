"""Sentences of a document with what they name and count, and where it says the rest of a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

from assistant.worker.dates import Moment
from assistant.worker.quantities import Figure
from assistant.worker.retrieval import Array, Index
from assistant.worker.wording import Wording

NEARBY = 0.34  # of what the best sentence has to do with the rest of a statement: so near a piece must stand
_SAME = 0.72  # or so near, where another stands in its place in the best one; more than a sentence beside that has
_DRAWN = 0.5  # or so near, where the statement is drawn from several sentences, and it stands in one of them
_LOST = 0.8  # below it, nobody knows where the rest of the statement stands
_LIKELY = 1.2  # below it, another piece in the best sentence says little against one that is hardly found by chance
_LABEL = 6  # words of a sentence that says no more than who speaks


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
        """The numbers as they stand together in sentences, each with its text; places are in that."""
        found = []
        for one in sorted(self.sentences):
            start, end = self._index.document.sentences[one]
            numbers = [
                replace(known, start=known.start - start, end=known.end - start)
                for known in self._index.numbers_of.get(one, ())
            ]
            found.append((numbers, self._index.reading.even[start:end]))
        return found

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

    def together_with(self, sentences: Iterable[int]) -> Passages:
        return Passages(self._index, self.sentences.union(sentences))

    def windows(self, reach: int) -> Iterator[Passages]:
        """Each of these with ``reach`` sentences before and after it, whatever paragraph; together where they meet."""
        size = self._index.size
        held = {two for one in self.sentences for two in range(max(0, one - reach), min(size, one + reach + 1))}
        for first in sorted(one for one in held if one - 1 not in held):
            last = next(one for one in count(first) if one not in held)
            yield Passages(self._index, range(first, last))

    def with_neighbours(self) -> Passages:
        """These and the sentences before and after each in its paragraph."""
        of = self._index.paragraph_of
        beside = {two for one in self.sentences for two in (one - 1, one, one + 1) if 0 <= two < len(of)}
        return Passages(self._index, (two for two in beside if any(of[two] == of[one] for one in self.sentences)))


@dataclass(frozen=True)
class Setting:
    """Where a document says the rest of a statement.

    :ivar near: how much each sentence has to do with it, its neighbours included; 1: as much as the best one.
    :ivar likely: the sentences that say most of it; ``best``: the first of them.
    :ivar sources: sentences that the statement is drawn from, if the best one does not say all of it.
    :ivar certainty: how much of it the best one names, 1: as much as one of so many sentences does by chance.
    """

    near: Array
    likely: Passages
    best: Passages
    certainty: float
    sources: frozenset[int]

    @property
    def drawn_from(self) -> Passages:
        """The best sentence, and those that the statement is drawn from beside it."""
        return self.best.together_with(self.sources)

    def bears(self, sentences: Iterable[int], *, contradicted: bool, weak: bool, telling: bool = False) -> bool:
        """Whether sentences that have a piece bear it out.

        :param contradicted: the best one has another in its place.
        :param weak: the piece occurs in any text by chance; ``telling``: hardly ever.
        """
        if telling and (self.certainty < _LIKELY or not contradicted):
            return any(True for _ in sentences)
        if self.certainty < _LOST and not contradicted and not weak:
            return any(True for _ in sentences)  # where it should stand is not known
        least = _SAME if contradicted else NEARBY
        drawn = _DRAWN if contradicted else 0.0
        return any(self.near[one] >= (drawn if one in self.sources else least) for one in sentences)
