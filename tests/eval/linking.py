"""How well sentences are linked to their sources and checked against them, on the sets of ``links.py``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.model import LinkedSentence, Mark, MarkState
from tests.eval.links import KINDS, Item, Passage

Span = tuple[int, int]

_SOURCES = 3  # of each sentence that count
_SAME = 0.5  # of the shorter of two spans that has to be in both


@dataclass(frozen=True)
class Outcome:
    """What came of one item.

    :ivar rank: of the first right source, from 1; None: none of those given is right.
    :ivar planted_rank: the same for the sentence with the error, which must not lead to a passage that happens to hold
        the wrong number.
    :ivar whole: all passages that the sentence rests on were given.
    :ivar supported: the true sentence counts as supported.
    :ivar false: pieces of the true sentence that were marked as missing in the source.
    :ivar marked: the planted piece was marked as missing; ``unchecked``: as not checked.
    """

    item: Item
    rank: int | None
    planted_rank: int | None
    whole: bool
    supported: bool
    false: tuple[str, ...]
    marked: bool
    unchecked: bool


@dataclass(frozen=True)
class LinkScore:
    """Shares of the items of a set, 0 to 1.

    :ivar planted3: as ``top3``, for the sentences with an error.
    :ivar whole: all passages of the item were found; ``supported``: the true sentence counts as resting on something.
    :ivar marked: of the planted errors; ``marked_of``: for each kind of them.
    :ivar false: of the true sentences in which something was marked.
    """

    name: str
    items: int
    top1: float
    top3: float
    planted3: float
    whole: float
    supported: float
    marked: float
    false: float
    marked_of: dict[str, float]


def places(passages: Iterable[Passage], text: str) -> dict[str, Span]:
    """Where passages stand in the text of the document that was read; they are in its order.

    :raises LookupError: one is not in it.
    """
    found: dict[str, Span] = {}
    cursor = 0
    for passage in passages:
        start = text.find(passage.text, cursor)
        if start < 0:
            raise LookupError(passage.id)
        cursor = start + len(passage.text)
        found[passage.id] = (start, cursor)
    return found


def judge(
    item: Item, true: Sequence[LinkedSentence], planted: Sequence[LinkedSentence], spans: dict[str, Span]
) -> Outcome:
    """:param true: what the program says about the item's sentence; ``planted``: about the one with the error.

    Where the program makes several sentences of one, their sources count in the order of their ranks.
    """
    wanted = [spans[id_] for id_ in item.sources]
    given = [span for spans_of_rank in _given(true) for span in spans_of_rank]
    error = (item.planted.start, item.planted.end)
    at_error = [mark for mark in _marks(planted) if mark.start < error[1] and error[0] < mark.end]
    return Outcome(
        item=item,
        rank=_rank(true, wanted),
        planted_rank=_rank(planted, wanted),
        whole=all(any(_same(one, span) for one in given) for span in wanted),
        supported=bool(true) and all(one.supported for one in true),
        false=tuple(item.text[mark.start : mark.end] for mark in _marks(true) if mark.state is MarkState.MISSING),
        marked=any(mark.state is MarkState.MISSING for mark in at_error),
        unchecked=any(mark.state is MarkState.UNCHECKED for mark in at_error),
    )


def total(name: str, outcomes: Sequence[Outcome]) -> LinkScore:
    """The shares over all items of a set."""
    return LinkScore(
        name=name,
        items=len(outcomes),
        top1=_share(one.rank == 1 for one in outcomes),
        top3=_share(one.rank is not None for one in outcomes),
        planted3=_share(one.planted_rank is not None for one in outcomes),
        whole=_share(one.whole for one in outcomes),
        supported=_share(one.supported for one in outcomes),
        marked=_share(one.marked for one in outcomes),
        false=_share(bool(one.false) for one in outcomes),
        marked_of={kind: _share(one.marked for one in outcomes if one.item.planted.kind == kind) for kind in KINDS},
    )


def _given(sentences: Sequence[LinkedSentence]) -> list[list[Span]]:
    """The best sources of all sentences, then the second best, then the third."""
    ranks = range(_SOURCES)
    return [[(one.sources[n].start, one.sources[n].end) for one in sentences if n < len(one.sources)] for n in ranks]


def _rank(sentences: Sequence[LinkedSentence], wanted: Sequence[Span]) -> int | None:
    for rank, given in enumerate(_given(sentences), start=1):
        if any(_same(one, span) for one in given for span in wanted):
            return rank
    return None


def _marks(sentences: Sequence[LinkedSentence]) -> list[Mark]:
    return [mark for sentence in sentences for mark in sentence.marks]


def _same(one: Span, other: Span) -> bool:
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both > 0 and both >= _SAME * min(one[1] - one[0], other[1] - other[0])


def _share(answers: Iterable[bool]) -> float:
    given = list(answers)
    return sum(given) / len(given) if given else 0.0
