"""What a text about a document says that the document does not: numbers, dates, amounts, names, quotations.

A long document holds many numbers and names, and a wrong one often stands somewhere in it. So each must stand near the
sentence that says most of the rest of the statement, the nearer where that has another one in its place, or follow from
what stands there. Where nothing is known to say the rest, it may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from assistant.documents.languages import detect
from assistant.documents.model import Mark, MarkKind, MarkState
from assistant.worker.characters import even
from assistant.worker.check_dates import DateCheck
from assistant.worker.check_names import NameCheck
from assistant.worker.check_numbers import NumberCheck
from assistant.worker.dates import Moment
from assistant.worker.grounds import Grounds, Statement
from assistant.worker.names import Name, Sort, names
from assistant.worker.quantities import Figure
from assistant.worker.retrieval import Index, Query
from assistant.worker.terms import read

_MOST = 200  # pieces of one sentence that are looked up; a sentence that people wrote has a few


class Checker:
    """Looks up what a text about one document says."""

    def __init__(self, index: Index) -> None:
        self._grounds = Grounds(index)
        self._dates = DateCheck(self._grounds)
        self._numbers = NumberCheck(self._grounds)
        self._names = NameCheck(self._grounds)

    def marks(self, text: str, span: tuple[int, int], query: Query) -> tuple[Mark, ...]:
        """What of ``text[start:end]`` is not in the document, in order. ``query`` is made of the same stretch."""
        start, end = span
        plain, language = even(text[start:end]), detect(text)
        scores = self._grounds.index.scores(query)
        whole = int(scores.argmax()) if len(scores) else -1
        said = Statement(read(plain, language), query, language, self._grounds.is_across(text[start:end]), whole)
        chosen: list[Mark] = []
        taken = bytearray(end - start)
        for first, last, kind, state in self._found(said):
            if not any(taken[first:last]):
                taken[first:last] = b"\1" * (last - first)
                chosen.append(Mark(start + first, start + last, kind, state))
        return tuple(sorted(chosen, key=lambda mark: mark.start))

    def _found(self, said: Statement) -> Iterator[tuple[int, int, MarkKind, MarkState]]:
        pieces = list(_pieces(said))
        if len(pieces) > _MOST:
            pieces.sort(key=lambda piece: piece.start)
            rest = pieces[_MOST].start
            yield rest, len(said.reading.even), MarkKind.REST, MarkState.UNCHECKED
            pieces = [piece for piece in pieces[:_MOST] if piece.end <= rest]
        for piece in chain(pieces, islice(self._names.misspelt(said), _MOST)):
            if isinstance(piece, Moment):
                if not self._dates.holds(piece, said):
                    yield piece.start, piece.end, MarkKind.DATE, MarkState.MISSING
            elif isinstance(piece, Figure):
                if not self._numbers.holds(piece, said):
                    kind = MarkKind.AMOUNT if piece.unit else MarkKind.NUMBER
                    yield piece.start, piece.end, kind, MarkState.MISSING
            elif not self._names.holds(piece, said):
                kind = MarkKind.QUOTE if piece.sort is Sort.QUOTE else MarkKind.NAME
                yield piece.start, piece.end, kind, self._names.state(piece, said)


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
