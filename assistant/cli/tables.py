"""Rows of text as columns, and moments as people read them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.cli.terminal import width
from assistant.texts import tr

_DAY = 86_400
_WIDEST = 60  # columns of a name: a file's may have 255 letters


def columns(rows: Sequence[Sequence[str]]) -> str:
    """``rows`` below each other, each column as wide as its widest cell; empty columns are left out."""
    if not rows:
        return ""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    shown = [column for column, wide in enumerate(widths) if wide]
    lines = []
    for row in rows:
        cells = [row[column] + " " * (widths[column] - width(row[column])) for column in shown]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def shortened(name: str) -> str:
    """``name`` in as many columns as a table has room for."""
    if width(name) <= _WIDEST:
        return name
    while width(name + "…") > _WIDEST:
        name = name[:-1]
    return name + "…"


def day(seconds: float, *, now: float | None = None) -> str:
    """The day of a moment (seconds since 1970), or how near it is; empty for 0."""
    if seconds <= 0:
        return ""
    apart = _ordinal(time.time() if now is None else now) - _ordinal(seconds)
    if apart == 0:
        return tr("today")
    if apart == 1:
        return tr("yesterday")
    return time.strftime("%Y-%m-%d", time.localtime(seconds))


def _ordinal(seconds: float) -> int:
    """The number of the day in local time."""
    local = time.localtime(seconds)
    return int(time.mktime((local.tm_year, local.tm_mon, local.tm_mday, 12, 0, 0, 0, 0, -1))) // _DAY
