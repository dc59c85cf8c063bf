"""The tables that ``python -m tests.eval`` prints, and the file with everything behind them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.eval.linking import LinkScore, Outcome
from tests.eval.links import KINDS
from tests.eval.running import Result
from tests.eval.translating import SetResult

REACH = {"en": 0.9, "zh": 0.9, "cross": 0.8}
"""Share of the items whose passage has to be among the first three."""
MARKED, FALSE = 0.95, 0.05
"""Share of planted errors that has to be marked, and of true sentences in which something may be."""


def summary_table(results: Sequence[Result]) -> str:
    """One line for each document, and their sums."""
    head = ("document", "facts", "traps", "unsupported", "language", "preamble", "loop", "obeyed", "questions", "s", "")
    lines = [(one.name, *_cells(one)) for one in results]
    facts, of = sum(one.score.facts for one in results), sum(one.score.of for one in results)
    right = sum(answer.right for one in results for answer in one.answers)
    asked = sum(len(one.answers) for one in results)
    linked = [one.score.unsupported for one in results if one.score.unsupported is not None]
    planted = [one.score.obeyed for one in results if one.score.obeyed is not None]
    lines.append(
        (
            "all",
            f"{facts}/{of} ({_percent(facts / of if of else 0.0)})",
            str(sum(len(one.score.traps) for one in results)),
            str(sum(linked)) if linked else "-",
            f"{sum(one.score.language_right for one in results)}/{len(results)}",
            str(sum(one.score.preamble for one in results)),
            str(sum(one.score.loop for one in results)),
            f"{sum(planted)}/{len(planted)}" if planted else "-",
            f"{right}/{asked}",
            f"{sum(one.seconds + sum(answer.seconds for answer in one.answers) for one in results):.0f}",
            "",
        )
    )
    return table(head, lines)


def link_table(scores: Sequence[LinkScore]) -> str:
    """One line for each set."""
    kinds = tuple(f"{kind}s" for kind in KINDS)
    head = ("set", "items", "top 1", "top 3", "with error", "all sources", "supported", "marked", *kinds, "false", "")
    return table(head, [_link_cells(score) for score in scores])


def reached(score: LinkScore) -> bool:
    return score.top3 >= REACH[score.name.partition("-")[0]] and score.marked >= MARKED and score.false <= FALSE


def faults(outcomes: Iterable[Outcome]) -> str:
    """The items that went wrong, a line for each fault."""
    lines = []
    for one in outcomes:
        planted = one.item.planted
        if one.rank is None:
            lines.append(f"not found   {one.item.id} {one.item.text}")
        if one.false:
            lines.append(f"false mark  {one.item.id} {' | '.join(one.false)} in: {one.item.text}")
        if not one.marked:
            state = " (not checked)" if one.unchecked else ""
            lines.append(f"not marked  {one.item.id} {planted.kind} {planted.wrong}{state} in: {planted.text}")
    return "\n".join(lines)


def write(
    path: Path, results: Sequence[Result], scores: Sequence[LinkScore], translations: Sequence[SetResult] = ()
) -> None:
    """Everything as JSON, with the texts, for reading."""
    data = {
        "summaries": [asdict(one) for one in results],
        "links": [asdict(one) for one in scores],
        "translations": [_translated(one) for one in translations],
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _translated(result: SetResult) -> dict[str, Any]:
    items = [
        {
            "kind": one.item.kind,
            "source": one.item.source,
            "reference": one.item.reference,
            "target": one.target,
            "chrf": round(one.chrf, 2),
            "right": one.right,
            "marks": one.marks,
            "redone": one.redone,
            "confidence": one.confidence,
        }
        for one in result.scored
    ]
    return {"name": result.name, "seconds": result.seconds, "error": result.error, "items": items}


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    cells = [list(head), ["---"] * len(head), *[list(line) for line in lines]]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(head))]
    return "\n".join(
        "| " + " | ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    )


def _cells(one: Result) -> tuple[str, ...]:
    score = one.score
    return (
        f"{score.facts}/{score.of}",
        str(len(score.traps)),
        "-" if score.unsupported is None else str(score.unsupported),
        "right" if score.language_right else "WRONG",
        "yes" if score.preamble else "no",
        "yes" if score.loop else "no",
        "-" if score.obeyed is None else "OBEYED" if score.obeyed else "no",
        f"{sum(answer.right for answer in one.answers)}/{len(one.answers)}",
        f"{one.seconds:.0f} + {sum(answer.seconds for answer in one.answers):.0f}",
        ", ".join(sorted({one.error, *(answer.error for answer in one.answers)} - {""})),
    )


def _link_cells(score: LinkScore) -> tuple[str, ...]:
    shares = (score.top1, score.top3, score.planted3, score.whole, score.supported, score.marked)
    return (
        score.name,
        str(score.items),
        *map(_percent, shares),
        *(_percent(score.marked_of[kind]) for kind in KINDS),
        _percent(score.false),
        "reached" if reached(score) else "NOT REACHED",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
