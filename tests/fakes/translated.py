"""Good translations, written for the tests: news, manuals, talk, law, strings of programs, with all that can go wrong.

The files in ``good_translations/`` hold sources and translations in turns. ``⏎`` is a line break, ``⟦1⟧…⟦/1⟧`` and
``⟦1/⟧`` are codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.documents.segments import ALONE, CLOSE, OPEN

FOLDER = Path(__file__).parent / "good_translations"
DIRECTIONS = (("en-zh", "en", "zh-Hans"), ("zh-en", "zh-Hans", "en"), ("en-de", "en", "de"))
_LANGUAGES = re.compile(r"\[(\S+) > (\S+)\] ")


@dataclass(frozen=True)
class Translated:
    """A source and its good translation; ``source`` and ``target`` are languages."""

    before: str
    after: str
    source: str
    target: str


def coded(text: str) -> str:
    """``text`` with codes and line breaks in the place of the signs for them."""
    text = re.sub(r"⟦(\d+)⟧", lambda found: chr(OPEN + int(found[1])), text.replace("⏎", "\n"))
    text = re.sub(r"⟦/(\d+)⟧", lambda found: chr(CLOSE + int(found[1])), text)
    return re.sub(r"⟦(\d+)/⟧", lambda found: chr(ALONE + int(found[1])), text)


@cache
def good(name: str) -> tuple[Translated, ...]:
    """The translations of one direction (``en-zh``), or those of ``various`` ones."""
    languages = {one: (source, target) for one, source, target in DIRECTIONS}
    return tuple(_read(name, *languages.get(name, ("", ""))))


def _read(name: str, source: str, target: str) -> Iterator[Translated]:
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("# ")]
    for before, after in zip(texts[::2], texts[1::2], strict=True):
        found = _LANGUAGES.match(before)
        own = (found[1], found[2]) if found else (source, target)
        yield Translated(coded(before[found.end() :] if found else before), coded(after), *own)
