"""Numbers of a benchmark: medians, spreads, rows of the table, and the file they are written to."""

from __future__ import annotations

import json
import math
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Bound = Literal["at least", "at most", ""]


@dataclass(frozen=True)
class Samples:
    """Repeated measurements of one thing."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Samples:
        return cls(tuple(float(value) for value in values))

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest."""
        return min(self.values), max(self.values)

    def quantile(self, share: float) -> float:
        """The value that ``share`` of all do not exceed (nearest rank)."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    :ivar got: the number that is held against ``reach``; None: it could not be measured, ``note`` says why.
    :ivar bound: how ``reach`` is meant; empty: for information, nothing to reach.
    :ivar unit: behind both numbers; empty for ratios.
    :ivar samples: the raw measurements by name.
    """

    measure: str
    got: float | None
    bound: Bound = ""
    reach: float = 0.0
    unit: str = ""
    note: str = ""
    samples: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def ok(self) -> bool | None:
        """Whether it is reached; None where there is nothing to reach."""
        if not self.bound:
            return None
        if self.got is None:
            return False
        return self.got >= self.reach if self.bound == "at least" else self.got <= self.reach

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "NOT REACHED", None: ""}[self.ok]


def ratio_row(measure: str, ours: Samples, theirs: Samples, *, reach: float, bound: Bound, note: str = "") -> Row:
    """Median against median of two interleaved series; the note shows the ratios of single rounds."""
    rounds = [a / b for a, b in zip(ours.values, theirs.values, strict=False)]
    spread = f"{ours.median:.4g} / {theirs.median:.4g}, rounds {min(rounds):.2f} to {max(rounds):.2f}"
    return Row(
        measure,
        ours.median / theirs.median,
        bound,
        reach,
        note="; ".join(filter(None, [spread, note])),
        samples={"ours": ours.values, "theirs": theirs.values},
    )


def number(value: float | None, unit: str = "") -> str:
    """A number for the table: three digits that count."""
    if value is None:
        return "none"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f}{' ' + unit if unit else ''}"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table with aligned columns."""
    head = ("measure", "reach", "got", "", "details")
    cells = [head, tuple("---" for _ in head)]
    for row in rows:
        reach = f"{row.bound} {number(row.reach, row.unit)}" if row.bound else ""
        cells.append((row.measure, reach, number(row.got, row.unit), row.verdict, " ".join(row.note.split())))
    widths = [max(_width(line[column]) for line in cells) for column in range(len(head) - 1)]
    lines = []
    for line in cells:
        padded = [text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=False)]
        lines.append("| " + " | ".join([*padded, line[-1]]) + " |")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def write_results(path: Path, rows: Sequence[Row], circumstances: dict[str, Any]) -> None:
    """Everything that was measured, raw samples included, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "circumstances": circumstances,
        "rows": [
            {
                "measure": row.measure,
                "bound": row.bound,
                "reach": row.reach if row.bound else None,
                "got": row.got,
                "unit": row.unit,
                "ok": row.ok,
                "note": row.note,
                "samples": {name: list(values) for name, values in row.samples.items()},
            }
            for row in rows
        ],
    }
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
