"""The most telling sentences of a document, chosen without a model: for a quick look that reads only a part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.documents.model import Document, Kind
from assistant.worker.retrieval import Array, Index, likeness

_DAMPING = 0.85
_STEPS = 30
_TERMS = 4000  # the rarer words of a book connect next to nothing
_FOCUS = 3.0  # how much what the reader asks for outweighs what is central
_ALIKE = 0.55
_BLOCKS = 12  # stretches of a document that each may have their share
_KINDS = {Kind.CODE: 0.3, Kind.TABLE: 0.6, Kind.CAPTION: 0.5}


def rank(
    document: Document, costs: Sequence[int], budget: int, focus: str = "", *, index: Index | None = None
) -> tuple[tuple[int, ...], float]:
    """Choose sentences that cost at most ``budget`` tokens together.

    :param costs: tokens of each sentence of the document.
    :param focus: what the reader is interested in.
    :param index: that of the document, if there is one already.
    :return: indexes in the order of the document, and the share of its tokens that they have (0 to 1).
    """
    total = sum(costs)
    if total <= budget:
        return tuple(range(len(costs))), 1.0
    index = index or Index(document)
    worth = _worth(index, focus)
    chosen = _choose(index, worth, costs, budget)
    return tuple(sorted(chosen)), sum(costs[one] for one in chosen) / max(1, total)


def _worth(index: Index, focus: str) -> Array:
    """How telling each sentence is, about 0 to 1. Shape (sentences,)."""
    worth = centrality(index) * _position(index) * _form(index)
    worth /= max(float(worth.max()), 1e-9)
    if focus:
        wanted = index.scores(index.query(focus))
        worth = (worth + _FOCUS * wanted / max(float(wanted.max()), 1e-9)) / (1 + _FOCUS)
    return worth


def centrality(index: Index) -> Array:
    """How much each sentence shares with others, and they with others again (LexRank). Shape (sentences,).

    The likeness of all pairs is never written down: it is the product of a sparse matrix with its transpose.
    """
    rows, columns, values = _matrix(index)
    size = index.size
    width = int(columns.max()) + 1 if len(columns) else 1
    ones = np.ones(size, np.float32)
    reach = _likeness(rows, columns, values, ones, width)
    reach = np.maximum(reach, 1e-9)
    rank_now = ones / np.float32(size)
    for _ in range(_STEPS):
        flow = _likeness(rows, columns, values, rank_now / reach, width)
        following = np.asarray((1 - _DAMPING) / size + _DAMPING * flow, np.float32)
        change = float(np.abs(following - rank_now).sum())
        rank_now = following
        if change < 1e-5:
            break
    return np.asarray(rank_now * size, np.float32)


Whole = npt.NDArray[np.int32]


def _matrix(index: Index) -> tuple[Whole, Whole, Array]:
    """Sentence, term and weight of every entry; each sentence's weights have the length 1."""
    chosen = {term: column for column, term in enumerate(index.common_terms(_TERMS))}
    rarity = {term: index.rarity_of(term) for term in chosen}
    rows, columns, values = [], [], []
    for row, found in enumerate(index.counts):
        known = [(chosen[term], rarity[term] * count) for term, count in found.items() if term in chosen]
        length = sum(weight * weight for _, weight in known) ** 0.5
        for column, weight in known:
            rows.append(row)
            columns.append(column)
            values.append(weight / length if length else 0.0)
    return np.array(rows, np.int32), np.array(columns, np.int32), np.array(values, np.float32)


def _likeness(rows: Whole, columns: Whole, values: Array, vector: Array, width: int) -> Array:
    """Likeness of all sentences times ``vector``: through the terms and back."""
    inner = np.bincount(columns, weights=values * vector[rows], minlength=width)
    return np.bincount(rows, weights=values * inner[columns], minlength=len(vector)).astype(np.float32)


def _position(index: Index) -> Array:
    """The beginning of a document, of a section and of a paragraph says what comes."""
    weights = np.ones(index.size, np.float32)
    early = min(10, max(1, index.size // 20))
    weights[:early] += np.linspace(0.8, 0.2, early, dtype=np.float32)
    weights[-early:] += 0.2
    paragraphs = index.document.paragraphs
    for sentence in range(index.size):
        here = index.paragraph_of[sentence]
        first = sentence == 0 or index.paragraph_of[sentence - 1] != here
        if first:
            weights[sentence] += 0.15
            if here and paragraphs[here - 1].kind is Kind.HEADING:
                weights[sentence] += 0.25
    return weights


def _form(index: Index) -> Array:
    """Very short sentences say little; code and tables are not for a quick look; a heading comes with others."""
    weights = np.minimum(1.0, index.lengths / 6).astype(np.float32)
    for sentence, place in enumerate(index.paragraph_of):
        kind = index.document.paragraphs[place].kind
        weights[sentence] *= 0.0 if kind is Kind.HEADING else _KINDS.get(kind, 1.0)
    return np.asarray(weights, np.float32)


def _choose(index: Index, worth: Array, costs: Sequence[int], budget: int) -> set[int]:
    """The best of every stretch of the document first, then the best of what is left; headings come with theirs."""
    heading_of = _headings(index)
    chosen: set[int] = set()
    room = budget
    blocks = np.minimum(np.arange(index.size) * _BLOCKS // max(1, index.size), _BLOCKS - 1)
    shares = np.full(_BLOCKS, budget * 0.7 / _BLOCKS)
    order = [int(one) for one in np.argsort(-worth, kind="stable") if worth[one] > 0]
    for limited in (True, False):
        for sentence in order:
            block = blocks[sentence]
            extra = [one for one in (*heading_of[sentence], sentence) if one not in chosen]
            cost = sum(costs[one] for one in extra)
            if sentence in chosen or cost > room or (limited and cost > shares[block]):
                continue
            if _repeats(index, sentence, chosen):
                continue
            chosen.update(extra)
            room -= cost
            shares[block] -= cost
            if room <= 0:
                return chosen
    return chosen


def _headings(index: Index) -> list[tuple[int, ...]]:
    """For each sentence the sentence that is the heading above it, if there is one."""
    found: list[tuple[int, ...]] = []
    current: tuple[int, ...] = ()
    for sentence, place in enumerate(index.paragraph_of):
        if index.document.paragraphs[place].kind is Kind.HEADING:
            current = (sentence,)
        found.append(current)
    return found


def _repeats(index: Index, sentence: int, chosen: set[int]) -> bool:
    """Whether a chosen sentence that shares a rare term says nearly the same."""
    own = index.counts[sentence].keys()
    rarest = sorted(own, key=lambda term: -index.rarity_of(term))[:3]
    others = set().union(*(index.sentences_with(term) for term in rarest)) & chosen if rarest else set()
    return any(likeness(own, index.counts[other].keys()) > _ALIKE for other in others)
