"""chrF2 after Popović (2015), with the defaults of sacreBLEU: how many sequences of characters two texts share.

Characters without white space, one to six in a row, recall counting twice as much as precision. 0 to 100.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_ORDER = 6
_BETA = 2.0


@dataclass(frozen=True)
class Counts:
    """For each length from 1: sequences in the hypothesis, in the reference, and in both."""

    hypothesis: tuple[int, ...] = (0,) * _ORDER
    reference: tuple[int, ...] = (0,) * _ORDER
    both: tuple[int, ...] = (0,) * _ORDER

    def __add__(self, other: Counts) -> Counts:
        mine, theirs = (self.hypothesis, self.reference, self.both), (other.hypothesis, other.reference, other.both)
        return Counts(*(tuple(map(sum, zip(one, two, strict=True))) for one, two in zip(mine, theirs, strict=True)))

    @property
    def score(self) -> float:
        """Over the lengths that both texts are long enough for."""
        rows = list(zip(self.hypothesis, self.reference, self.both, strict=True))
        told = [(both / mine, both / wanted) for mine, wanted, both in rows if mine and wanted]
        if not told:
            return 0.0
        precision, recall = (sum(column) / len(told) for column in zip(*told, strict=True))
        weight = _BETA * _BETA
        return 100 * (1 + weight) * precision * recall / (weight * precision + recall) if precision + recall else 0.0


def counts(hypothesis: str, reference: str) -> Counts:
    """What ``score`` is made of; the sum over many texts is scored as one."""
    mine, wanted = "".join(hypothesis.split()), "".join(reference.split())
    rows = []
    for length in range(1, _ORDER + 1):
        own, other = _sequences(mine, length), _sequences(wanted, length)
        # A sequence longer than the reference is no fault of the hypothesis.
        rows.append((own.total() if other else 0, other.total(), (own & other).total()))
    return Counts(*(tuple(column) for column in zip(*rows, strict=True)))


def chrf(pairs: Iterable[tuple[str, str]]) -> float:
    """The score of many pairs of hypothesis and reference."""
    return sum((counts(mine, wanted) for mine, wanted in pairs), Counts()).score


def _sequences(text: str, length: int) -> Counter[str]:
    return Counter(text[at : at + length] for at in range(len(text) - length + 1))
