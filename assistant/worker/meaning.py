"""Passages of a document by their meaning: how it is divided for that, and how meaning and words are brought together.

A model for embeddings makes the vectors, in a process of its own; here they are only compared.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.documents.model import Document, Kind
from assistant.documents.vectors import unpack_vectors
from assistant.worker.characters import is_east_asian
from assistant.worker.retrieval import HISTORY, Array, Index, by_words

_LONG = 800  # characters of a passage; the models for this read about 500 tokens
_LONG_EAST = 300
_MOST = 4096  # passages that are looked at
_GOLDEN = 0.6180339887498949
_RANK = 60  # what makes the first places of a ranking count less (reciprocal rank fusion)

Whole = npt.NDArray[np.int64]


def divide(index: Index) -> Whole:
    """The first sentence of each passage. Shape (passages,).

    A passage ends with its section, at the end of a paragraph once it is half full, and wherever it would be too long.
    """
    document = index.document
    most = _LONG_EAST if is_east_asian(document.text) else _LONG
    firsts: list[int] = []
    for sentence, (start, end) in enumerate(document.sentences):
        if firsts:
            begun = document.sentences[firsts[-1]][0]
            here, before = (index.paragraph_of[one] for one in (sentence, sentence - 1))
            ends = here != before and (start - begun >= most // 2 or _is_heading(document, here, before))
            if end - begun <= most and not ends:
                continue
        firsts.append(sentence)
    return np.array(firsts, np.int64)


def division(index: Index) -> int:
    """Checksum of where the passages of a document begin: vectors that were kept for another one are of no use."""
    return _checksum(index, divide(index))


def _checksum(index: Index, firsts: Whole) -> int:
    starts = [index.document.sentences[first][0] for first in firsts.tolist()]
    return zlib.crc32(np.array([*starts, len(index.document.text)], "<u4").tobytes())


def _is_heading(document: Document, here: int, before: int) -> bool:
    """Whether a section begins at a paragraph; several headings above one another are one beginning."""
    kinds = document.paragraphs[here].kind, document.paragraphs[before].kind
    return kinds[0] is Kind.HEADING and kinds[1] is not Kind.HEADING


def worth_knowing(index: Index, question: str, history: Sequence[str] = ()) -> tuple[tuple[int, int, int], ...]:
    """The passages whose meaning is to be known for ``question``: place, start and end, the ones to begin with first.

    Those that are likely by their words take turns with others from all over the document: what shares no word with the
    question is to be found, too.
    """
    firsts = divide(index)
    if not len(firsts):
        return ()
    words = np.maximum.reduceat(by_words(index, question, history), firsts)
    pairs = zip(np.argsort(-words, kind="stable").tolist(), _spread(len(firsts)), strict=True)
    places = list(dict.fromkeys(one for pair in pairs for one in pair))[:_MOST]
    ends = [*(firsts[1:] - 1).tolist(), index.size - 1]
    sentences = index.document.sentences
    return tuple((place, sentences[int(firsts[place])][0], sentences[ends[place]][1]) for place in places)


def _spread(count: int) -> list[int]:
    """All places up to ``count``, in an order of which every beginning is spread over all of them."""
    order: list[int] = np.argsort(np.arange(count) * _GOLDEN % 1, kind="stable").tolist()
    return order


class Fusion:
    """Brings the ranking by words and the one by meaning together.

    :param path: file of the vectors, empty: there is none; ``queries``: vectors of the question and of those before it.
    :ivar known: share of the passages whose meaning there is to go by.
    """

    def __init__(self, index: Index, path: str, queries: bytes) -> None:
        self._size = index.size
        self._firsts = divide(index) if path else np.zeros(0, np.int64)
        self._places, self._likeness = _likeness(path, queries, index, self._firsts)
        self.known = len(self._places) / max(1, len(self._firsts))

    def __call__(self, words: Array) -> Array:
        """The sentences' scores: what their rank by words is worth, and that of their passage by meaning. Shape
        (sentences,)."""
        if not self.known:
            return words
        meaning = np.zeros(len(self._firsts), np.float32)
        _add(meaning, self._places, self._likeness, self.known)
        fused = np.repeat(meaning, np.diff(np.append(self._firsts, self._size)))
        named = np.flatnonzero(words > 0)
        _add(fused, named, words[named], 1.0)
        return fused


def _add(fused: Array, places: Whole, scores: Array, known: float) -> None:
    """Give what stands at ``places`` what its rank is worth.

    :param known: share of all that were ranked: the first of a few is not likely to be the first of all.
    """
    order = np.argsort(-scores, kind="stable")
    fused[places[order]] += 1 / (_RANK + (0.5 + np.arange(len(order), dtype=np.float32)) / known)


def _likeness(path: str, queries: bytes, index: Index, firsts: Whole) -> tuple[Whole, Array]:
    """The passages whose vectors are known, and how like the question each is; none where the file is of no use."""
    nothing = np.zeros(0, np.int64), np.zeros(0, np.float32)
    if not path or not len(firsts):
        return nothing
    try:
        vectors = unpack_vectors(Path(path).read_bytes())
    except (OSError, ValueError):
        return nothing
    width = 4 * vectors.dimensions
    if not queries or len(queries) % width or not vectors.rows or vectors.division != _checksum(index, firsts):
        return nothing
    places = np.array(list(vectors.rows), np.int64)
    rows = np.frombuffer(b"".join(vectors.rows.values()), "<f4").reshape(-1, vectors.dimensions)
    asked = np.frombuffer(queries, "<f4").reshape(-1, vectors.dimensions)
    weights = HISTORY ** np.arange(len(asked), dtype=np.float32)
    with np.errstate(all="ignore"):  # a file may hold anything
        likeness = np.asarray(rows @ (weights @ asked), np.float32)
    sound = np.isfinite(likeness) & (places < len(firsts))
    return places[sound], likeness[sound]
