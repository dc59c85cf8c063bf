"""A document cut into parts that fit a budget of tokens: at headings, then between paragraphs, and inside one only if
it must be. Nothing is lost and nothing is twice: the parts hold every sentence, in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.clauses import cut_place
from assistant.documents.model import Document, Kind, Part

# What it costs to cut in front of something, in shares of a part's size: so much uneven may the parts rather be.
_AT_HEADING = 0.0
_PER_LEVEL = 0.03  # a heading of the second level is a worse place than one of the first
_AT_PARAGRAPH = 0.2
_AT_ITEM = 0.3  # between two items of a list
_AT_SENTENCE = 0.4
_AT_CLAUSE = 0.5
_ONE_MORE = 0.05  # a part more than are needed; and the share of the whole that it is
_LEAST = 0.5  # share of the even size that a part has, if it can


@dataclass(frozen=True)
class _Atom:
    """What is not cut: ``penalty`` is what it costs to begin a part with it."""

    start: int
    end: int
    cost: int
    first: int  # index of its first paragraph
    last: int
    penalty: float


@dataclass(frozen=True)
class _Sentence:
    start: int
    end: int
    cost: int
    paragraph: int


def cut(document: Document, costs: Sequence[int], budget: int) -> tuple[Part, ...]:
    """Parts of about the same size, as few as possible.

    :param costs: tokens of each of the document's sentences.
    :param budget: tokens that a part may have. It is kept unless single characters cost more.
    :raises ValueError: not one cost for each sentence, a cost below 0, or a budget below 1.
    """
    if len(costs) != len(document.sentences) or budget < 1 or min(costs, default=0) < 0:
        raise ValueError("a cost for each sentence and a budget of at least one token are needed")
    atoms = [atom for unit in _units(document, costs) for atom in _atoms(document, unit, budget)]
    parts = []
    for index, (first, last) in enumerate(_runs(atoms, budget)):
        chosen = atoms[first:last]
        parts.append(
            Part(
                index=index,
                start=chosen[0].start,
                end=chosen[-1].end,
                tokens=sum(atom.cost for atom in chosen),
                paragraphs=(chosen[0].first, chosen[-1].last + 1),
                path=document.paragraphs[chosen[0].first].path,
            )
        )
    return tuple(parts)


def _units(document: Document, costs: Sequence[int]) -> Iterator[list[_Sentence]]:
    """The sentences of each paragraph, together with those of the headings right above it."""
    paragraphs = document.paragraphs
    unit: list[_Sentence] = []
    at = 0
    for (start, end), cost in zip(document.sentences, costs, strict=True):
        before = at
        while at + 1 < len(paragraphs) and start >= paragraphs[at].end:
            at += 1
        if unit and at != before and paragraphs[unit[-1].paragraph].kind is not Kind.HEADING:
            yield unit
            unit = []
        unit.append(_Sentence(start, end, cost, at))
    if unit:
        yield unit


def _atoms(document: Document, unit: list[_Sentence], budget: int) -> Iterator[_Atom]:
    """One atom if the unit fits a part, else one for each sentence, its headings staying with the first one."""
    penalty = _penalty(document, unit[0].paragraph)
    if sum(one.cost for one in unit) <= budget:
        yield _atom(unit, penalty)
        return
    held: list[_Sentence] = []
    for one in unit:
        kind = document.paragraphs[one.paragraph].kind
        cost = sum(other.cost for other in held)
        if kind is Kind.HEADING and cost + one.cost < budget:
            held.append(one)
            continue
        if cost + one.cost <= budget:
            yield _atom([*held, one], penalty)
        else:
            pieces = list(_pieces(document.text, one, budget, budget - cost if cost < budget else budget))
            if held and cost < budget:
                yield _atom([*held, pieces.pop(0)], penalty)
            elif held:
                yield _atom(held, penalty)
            for piece in pieces:
                yield _atom([piece], _AT_CLAUSE)
        held, penalty = [], _AT_SENTENCE
    if held:
        yield _atom(held, penalty)


def _atom(sentences: Sequence[_Sentence], penalty: float) -> _Atom:
    first, last = sentences[0], sentences[-1]
    cost = sum(one.cost for one in sentences)
    return _Atom(first.start, last.end, cost, first.paragraph, last.paragraph, penalty)


def _penalty(document: Document, index: int) -> float:
    paragraph = document.paragraphs[index]
    if paragraph.kind is Kind.HEADING:
        return _AT_HEADING + _PER_LEVEL * (paragraph.level - 1)
    if index and paragraph.kind is Kind.ITEM and document.paragraphs[index - 1].kind is Kind.ITEM:
        return _AT_ITEM
    return _AT_PARAGRAPH


def _pieces(text: str, sentence: _Sentence, budget: int, first_budget: int) -> Iterator[_Sentence]:
    """A sentence that is too long for a part, in pieces: cut at clauses, else at characters.

    Its tokens are taken to be spread evenly over its characters.
    """
    start, spent = sentence.start, 0
    length = sentence.end - sentence.start
    allowed = first_budget
    while start < sentence.end:
        room = max(1, length * allowed // max(sentence.cost, 1))
        end = cut_place(text, start, min(start + room, sentence.end), sentence.end)
        done = sentence.cost * (end - sentence.start) // length
        stripped = end
        while stripped > start + 1 and text[stripped - 1].isspace():
            stripped -= 1
        yield _Sentence(start, stripped, done - spent, sentence.paragraph)
        start, spent, allowed = end, done, budget


def _runs(atoms: Sequence[_Atom], budget: int) -> Iterator[tuple[int, int]]:
    """First and last + 1 of the atoms of each part."""
    left = sum(atom.cost for atom in atoms)
    first = 0
    while first < len(atoms):
        parts = max(1, -(-left // budget))
        if parts == 1:
            yield first, len(atoms)
            return
        last, size = _best(atoms, first, left, parts, budget)
        yield first, last
        first, left = last, left - size


def _best(atoms: Sequence[_Atom], first: int, left: int, parts: int, budget: int) -> tuple[int, int]:
    """Where the part that begins with ``first`` ends best, and what it costs. ``left`` tokens and ``parts`` to go."""
    even = left / parts
    size = atoms[first].cost
    last = first + 1
    best: tuple[float, int, int] | None = None
    while last < len(atoms):
        if size >= _LEAST * even or best is None:
            score = abs(size - even) / even + atoms[last].penalty
            score += _ONE_MORE + 1 / parts if left - size > (parts - 1) * budget else 0.0
            score += 1.0 if size < _LEAST * even else 0.0
            if best is None or score <= best[0]:
                best = (score, last, size)
        if size + atoms[last].cost > budget:
            break
        size += atoms[last].cost
        last += 1
    else:
        if best is None or abs(size - even) / even < best[0]:
            best = (0.0, last, size)
    return best[1], best[2]
