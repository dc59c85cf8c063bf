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

_SHARE, _BY_CHANCE, _MOST_ASKED = 0.2, 0.02, 0.35
"""Share of a sentence, by the weight of its words, that must stand together in the document: so much, and more the
longer the document is, as the best of many passages has some of the words by chance (as the logarithm of their number).
Found with sentences about documents and about others: of those about a document of 12, 300 and 7,000 sentences 96 of
100 rest on something, and of those about others 4, 20 and 23."""
_NAMED = 0.3  # how well a passage must name a thing to count
_KNOWN = 0.4  # how well a sentence must name a thing for the document to have it
_BESIDE, _REACH = 0.7, 2  # what is named so many sentences away counts so much
_ELSEWHERE, _FAR = 0.8, 0.9  # what another place names as well; but for what any place names by chance
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
    """Start and end of everything in ``text`` (Markdown) that states something: no headings, also of columns, no
    rules, no labels."""
    language = detect(text)
    found: list[tuple[int, int]] = []
    lines = list(_lines(text))
    for (start, end), (after, last_after) in zip(lines, [*lines[1:], (0, 0)], strict=False):
        line = text[start:end]
        if not _names_columns(line, text[after:last_after]) and not _HEADING.match(line) and not _RULE.match(line):
            found += [
                (start + first, start + last)
                for first, last in split(line, language)
                if any(map(str.isalnum, text[start + first : start + last]))
            ]
    return tuple(found)


def _names_columns(line: str, following: str) -> bool:
    """The first row of a table says nothing of the document, unless there is a figure in it."""
    ruled = "|" in following and "-" in following and _RULE.match(following) is not None
    return ruled and "|" in line and not any(map(str.isdigit, line))


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
    supported = (bool(chosen) and _rests(index, query)) or _QUESTION.search(said) is not None
    sources = tuple(index.source(sentence, score) for sentence, score in chosen)
    if supported:
        for sentence, score in chosen:
            if score >= _COVERED * chosen[0][1]:
                covered[sentence] = 1.0
    return LinkedSentence(start, end, sources, supported, checker.marks(text, span, query))


def _rests(index: Index, query: Query) -> bool:
    """Whether more of what is asked for stands together in the document than in the best of so many places by chance.

    What the document does not have counts no more than what it has once: in a short one nearly all words are common,
    and each that a summary has of its own would outweigh several.
    """
    held = np.count_nonzero(query.found >= _KNOWN, axis=1)
    worth = [min(one.weight, 1.0) * index.rarity(max(1, int(n))) for one, n in zip(query.groups, held, strict=True)]
    weights = np.array(worth, np.float32)
    total = float(weights.sum())
    own = np.where(query.found >= _NAMED, query.found, np.float32(0.0))
    found = own.copy()
    for step in range(1, min(_REACH, index.size - 1) + 1):
        np.maximum(found[:, step:], _BESIDE * own[:, :-step], out=found[:, step:])
        np.maximum(found[:, :-step], _BESIDE * own[:, step:], out=found[:, :-step])
    named = weights @ found
    best = int(named.argmax())
    chance = float(np.log(index.size))
    elsewhere = float((weights @ np.maximum(found - found[:, [best]], 0.0)).max())
    together = float(named[best]) + max(0.0, _ELSEWHERE * elsewhere - _FAR * chance)
    return 0 < min(_SHARE + _BY_CHANCE * chance, _MOST_ASKED) * total <= together


def coverage(index: Index, covered: Array) -> tuple[float, ...]:
    """Share of the characters of each paragraph that stand in covered sentences."""
    known = [0] * len(index.document.paragraphs)
    whole = [0] * len(known)
    for sentence, (start, end) in enumerate(index.document.sentences):
        paragraph = index.paragraph_of[sentence]
        whole[paragraph] += end - start
        known[paragraph] += round((end - start) * float(covered[sentence]))
    return tuple(round(part / max(1, size), 3) for part, size in zip(known, whole, strict=True))
