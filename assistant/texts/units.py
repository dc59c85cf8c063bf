"""Quantities as people read them, in the current language."""

from __future__ import annotations

import re

from assistant.texts.catalogue import current_language, tr, trn

_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:[kMGT]B|min|s|h|%)(?![A-Za-z]))")


def unbroken(text: str) -> str:
    """``text`` for lines that are broken where there is room: a number stays beside its unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def size(count: float) -> str:
    """Bytes in decimal units, as the disk's maker counts them: ``98.4 MB``, ``6.1 GB``, ``512 bytes``."""
    count = max(0.0, float(count))
    for unit, name in _SIZES:
        if count >= unit * 0.9995:
            value = count / unit
            return f"{value:.0f} {name}" if value >= 99.95 else f"{value:.1f} {name}"
    whole = round(count)
    return trn("{n} byte", "{n} bytes", whole)


def duration(seconds: float) -> str:
    """A span of time in at most two units: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``. A whole number
    has no decimals."""
    seconds = max(0, seconds)
    if seconds < 9.95 and not isinstance(seconds, int):
        return tr("{n} s", n=f"{seconds:.1f}")
    whole = round(seconds)
    if whole < 60:
        return tr("{n} s", n=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return tr("{minutes} min {seconds} s", minutes=minutes, seconds=rest) if rest else tr("{n} min", n=minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=minutes) if minutes else tr("{n} h", n=hours)


def behind_number(unit: str) -> str:
    """A unit that is put behind a number in a field, with the space that belongs before it."""
    if current_language() == "zh_CN":
        return unit if unit == "%" else f"\N{THIN SPACE}{unit}"
    return f" {unit}"


def tokens(count: int) -> str:
    """``1 token``, ``1,234 tokens``."""
    return trn("{count} token", "{count} tokens", count, count=f"{count:,}")


def speed(per_second: float) -> str:
    """Tokens per second: ``7.4 tokens/s``, ``123 tokens/s``."""
    shown = f"{per_second:.1f}" if per_second < 99.95 else f"{per_second:.0f}"
    return tr("{n} tokens/s", n=shown)


def parameters(count: int) -> str:
    """The size of a model by its numbers: ``135M``, ``4.0B``."""
    if count >= 999_500_000:
        return f"{count / 1e9:.1f}B"
    return f"{count / 1e6:.0f}M"
