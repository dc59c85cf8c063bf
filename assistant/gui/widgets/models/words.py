"""Models in words: one line for a list, a word for how well one fits, names from outside made harmless to show."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from assistant.gui.widgets.clean_text import clean
from assistant.texts import current_language, fit, tr, units

if TYPE_CHECKING:
    from assistant.library.advice import Verdict
    from assistant.library.models import InstalledModel

_LONGEST = 300
_BLANK = re.compile(r"[^\S\u2009]+")  # thin spaces stay: sentences of ours in Chinese have them
_CHINESE = ((100_000_000, "亿"), (10_000, "万"))

MARKS = {"well": "good", "tight": "lamp", "no": "danger", "unknown": "edge"}


def plain_name(text: str) -> str:
    """A name from outside on one line, without what is invisible or turns the direction of writing."""
    line = _BLANK.sub(" ", clean(text[: 4 * _LONGEST])).strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def mark(verdict: Verdict) -> str:
    """The colour of a verdict, beside its words."""
    return MARKS.get(verdict.grade.value, "edge")


def installed_line(model: InstalledModel) -> str:
    """Size and kind of a model that is here, or what is the matter with it."""
    if model.missing:
        return tr("its file is not there now")
    parts = [units.size(model.size)]
    if model.quantization:
        parts.append(plain_name(model.quantization))
    if model.problem is not None:
        parts.append(tr("cannot be used"))
    elif model.embeds:
        parts.append(fit.task("embed"))
    return " · ".join(parts)


def day(seconds: float) -> str:
    """A day as people name it: today, yesterday, or the date; empty: never."""
    if seconds <= 0:
        return ""
    when = datetime.datetime.fromtimestamp(seconds).date()
    days = (datetime.date.today() - when).days
    return {0: tr("today"), 1: tr("yesterday")}.get(days, when.isoformat())


def count(number: int) -> str:
    """A number of downloads or likes, short: ``950``, ``12k``, ``3.4M``; in Chinese by ten thousands: ``1.2 万``."""
    if current_language() == "zh_CN":
        for unit, name in _CHINESE:
            if number >= unit:
                return f"{f'{number / unit:.1f}'.removesuffix('.0')}\N{THIN SPACE}{name}"
    if number >= 1_000_000:
        return f"{number / 1e6:.1f}M"
    return f"{number / 1e3:.0f}k" if number >= 10_000 else f"{number:,}"
