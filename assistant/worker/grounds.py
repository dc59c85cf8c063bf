"""A statement about a document, and what the document has by which it is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assistant.documents.languages import detect
from assistant.worker.characters import HAN_RUN, even, has_kana
from assistant.worker.evidence import Evidence
from assistant.worker.passages import NEARBY, Passages, Setting
from assistant.worker.retrieval import Index, Query, choose
from assistant.worker.terms import Reading
from assistant.worker.wording import Wording

CLOSE = 0.6
"""So near the rest of a statement is what a number may be worked out from, and who is named beside it."""
_FRESH = 0.15  # of the statement, by weight: so much a further one must add to be one of its sources
_LIKELY = 5  # sentences from which a number may be worked out
_REACH, _REACH_HAN = 12.0, 6.0  # characters of a clause


@dataclass(frozen=True)
class Statement:
    """A sentence to be checked. ``reading`` is of it alone, ``query`` what it asks of the document.

    :ivar whole: the sentence of the document that says most of all of it.
    """

    reading: Reading
    query: Query
    language: str
    across: bool
    whole: int

    @property
    def is_chinese(self) -> bool:
        return is_chinese(self.reading.even)


class Grounds:
    """What a document has: its sentences, numbers, moments and words.

    :ivar years: that it names; ``nows``: which of them may be the present of what it tells.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.text = index.reading.even
        self.numbers = Evidence(index.reading.numbers, index.reading.even)
        self.moments = index.reading.moments
        years = Counter(one.year for one in self.moments if one.year is not None)
        self.years = frozenset(years)
        self.nows = frozenset((max(years), years.most_common(1)[0][0])) if years else frozenset[int]()
        self.language = index.document.language or detect(index.document.text)
        self.wording = Wording(index.reading.even, is_chinese=index.is_chinese)

    def is_across(self, text: str) -> bool:
        """Whether ``text`` is in another language than the document."""
        own, other = self.language.partition("-")[0], detect(text).partition("-")[0]
        plain = even(text)
        if is_chinese(plain) != self.index.is_chinese:
            return True
        return bool(own and other and own != other and len(plain) > 40)

    def setting(self, said: Statement, start: int, end: int) -> Setting:
        """Where the document says what the statement says beside ``start:end``, of all of it and of what is near."""
        index = self.index
        rest = said.query.without(start, end)
        near = np.zeros(index.size, np.float32)
        likely: list[int] = []
        certainty = 0.0
        for query in (rest, rest.towards(start, end, _REACH_HAN if said.is_chinese else _REACH)):
            scores = index.scores(query)
            best = float(scores.max(initial=0.0))
            if not best:
                continue
            order = [int(one) for one in np.argsort(-scores, kind="stable")[:_LIKELY] if scores[one] >= CLOSE * best]
            near = np.maximum(near, index.spread(scores) / best)
            likely += [one for one in order if one not in likely]
            certainty = max(certainty, index.certainty(query, order[0]))
        sources = set(_adding(rest, choose(index, rest)))
        if index.size and near[said.whole] >= NEARBY:
            sources.add(said.whole)  # the piece itself may decide
        if not likely:  # nothing is known of the rest: it may be anywhere
            near = np.ones(index.size, np.float32)
        return Setting(near, Passages(index, likely), Passages(index, likely[:1]), certainty, frozenset(sources))


def is_chinese(plain: str) -> bool:
    """Whether a text (as ``characters.even`` gives it) is in Chinese, whatever it has of other scripts."""
    return HAN_RUN.search(plain) is not None and not has_kana(plain)


def _adding(query: Query, found: list[tuple[int, float]]) -> Iterator[int]:
    """Sentences that say something of the statement that those before them do not: it is drawn from several."""
    total = float(query.weights.sum())
    named = np.zeros(len(query.groups), np.float32)
    for sentence, _ in found:
        own = query.found[:, sentence]
        if float(query.weights @ np.maximum(own - named, 0.0)) >= _FRESH * total:
            yield sentence
        named = np.maximum(named, own)
