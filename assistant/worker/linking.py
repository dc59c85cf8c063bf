"""What each sentence of a text about a document rests on, and how much of the document the text covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from assistant.documents.languages import detect
from assistant.documents.model import Document, LinkedSentence
from assistant.documents.sentences import split
from assistant.worker.checking import Checker
from assistant.worker.retrieval import Array, Index, Query, choose

SUPPORTED = 0.36
"""Share of a sentence, by the weight of its words, that the passages it rests on must name together. Found with
sentences about the document and about others: 95 of 100 of either kind fall on their side."""
SUPPORTED_CHINESE = 0.25  # pairs of characters of an unrelated text hardly ever agree
SUPPORTED_ACROSS = 0.38  # a word has many translations, and one of them is soon found
_KNOWN = 0.4  # how well a sentence must name a thing for the document to have it
_COVERED = 0.4  # what a passage must add to count as read for the bar beside the source

_LABEL = re.compile(r"[ \t]*(?:[-*+•·]|\d{1,3}[.)、]|[（(]?\d{1,2}[)）]|#{1,6}|>|\|)[ \t]+")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]|[ \t]*\*\*[^*\n]{1,80}\*\*[:：]?[ \t]*$|[^\n]{1,60}[:：][ \t]*$")
_RULE = re.compile(r"[\s|:=_*-]*$")
_QUESTION = re.compile(r"[?？][\s\"”*」』)）]*$")


class Links(NamedTuple):
    """The sentences of a text, and the share of each paragraph of the document that they cover (0 to 1)."""

    sentences: tuple[LinkedSentence, ...]
    coverage: tuple[float, ...]


def link(document: Document, text: str, index: Index | None = None) -> Links:
    """Find what each sentence of ``text`` rests on in ``document``.

    :param index: that of the document, if there is one already.
    """
    index = index or Index(document)
    checker = Checker(index)
    covered = np.zeros(index.size, np.float32)
    linked = []
    for start, end in statements(text):
        linked.append(_linked(index, checker, text, (start, end), covered))
    return Links(tuple(linked), coverage(index, covered))


def statements(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of everything in ``text`` (Markdown) that states something: no headings, no rules, no labels."""
    language = detect(text)
    found: list[tuple[int, int]] = []
    for start, end in _lines(text):
        if not _HEADING.match(text[start:end]) and not _RULE.match(text[start:end]):
            found += [
                (start + first, start + last)
                for first, last in split(text[start:end], language)
                if any(map(str.isalnum, text[start + first : start + last]))
            ]
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines without the signs that make them an item of a list."""
    place = 0
    for line in text.splitlines(keepends=True):
        label = _LABEL.match(line)
        heading = label is not None and label[0].lstrip().startswith("#")
        start = place + (label.end() if label and not heading else 0)
        yield start, place + len(line.rstrip())
        place += len(line)


def _linked(index: Index, checker: Checker, text: str, span: tuple[int, int], covered: Array) -> LinkedSentence:
    start, end = span
    said = text[start:end]
    query = index.query(said)
    chosen = choose(index, query)
    share = _together(index, query, chosen)
    least = SUPPORTED_CHINESE if index.is_chinese else SUPPORTED
    if checker.is_across(said):
        least = SUPPORTED_ACROSS
    supported = share >= least or _QUESTION.search(said) is not None
    sources = tuple(index.source(sentence, score) for sentence, score in chosen)
    if supported:
        for sentence, score in chosen:
            if score >= _COVERED * chosen[0][1]:
                covered[sentence] = 1.0
    return LinkedSentence(start, end, sources, supported, checker.marks(text, span, query))


def _together(index: Index, query: Query, chosen: list[tuple[int, float]]) -> float:
    """Share of what is asked for that the chosen sentences name between them.

    What the document does not have counts no more than what it has once: in a short one nearly all words are common,
    and each that a summary has of its own would outweigh several.
    """
    once = np.array([group.weight for group in query.groups], np.float32) * np.float32(index.rarity(1))
    weights = np.where((query.found >= _KNOWN).any(axis=1), query.weights, np.minimum(query.weights, once))
    total = float(weights.sum())
    if not total or not chosen:
        return 0.0
    named = query.found[:, [sentence for sentence, _ in chosen]].max(axis=1)
    return float(weights @ named / total)


def coverage(index: Index, covered: Array) -> tuple[float, ...]:
    """Share of the characters of each paragraph that stand in covered sentences."""
    known = [0] * len(index.document.paragraphs)
    whole = [0] * len(known)
    for sentence, (start, end) in enumerate(index.document.sentences):
        paragraph = index.paragraph_of[sentence]
        whole[paragraph] += end - start
        known[paragraph] += round((end - start) * float(covered[sentence]))
    return tuple(round(part / max(1, size), 3) for part, size in zip(known, whole, strict=True))
