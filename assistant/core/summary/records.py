"""What of a summary is kept as JSON: its options, and what is wrong with a text."""

from __future__ import annotations

import json

from assistant.tasks.summary import Depth, Format, Length, Problem, ProblemKind, SummaryOptions


def options_to_json(options: SummaryOptions) -> str:
    """The options as they are kept."""
    return json.dumps(
        {
            "depth": options.depth.value,
            "length": options.length.value,
            "format": options.format.value,
            "language": options.language,
            "audience": options.audience,
            "focus": options.focus,
        }
    )


def options_from_json(text: str) -> SummaryOptions:
    """What ``options_to_json`` wrote; the usual ones where that was damaged."""
    try:
        values = json.loads(text)
        return SummaryOptions(
            depth=Depth(values["depth"]),
            length=Length(values["length"]),
            format=Format(values["format"]),
            language=str(values["language"]),
            audience=str(values["audience"]),
            focus=str(values["focus"]),
        )
    except (ValueError, KeyError, TypeError):
        return SummaryOptions()


def problems_to_json(problems: tuple[Problem, ...]) -> str:
    """Those that were not mended, as they are kept."""
    rows = [[problem.kind.value, dict(problem.values)] for problem in problems if not problem.mended]
    return json.dumps(rows) if rows else ""


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """What ``problems_to_json`` wrote; nothing where that was damaged."""
    try:
        return tuple(Problem(ProblemKind(kind), values=dict(values)) for kind, values in json.loads(text or "[]"))
    except (ValueError, TypeError):
        return ()
