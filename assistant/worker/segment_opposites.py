"""Whether a translation says the opposite of its source: a denial that is lost or new, more in the place of less.

English, Chinese and, for what is denied, German. Languages deny in many ways: with a word of its own, a prefix, a verb
that means as much. Something is found only where one text clearly has a word for *not* and nothing in the other can be
read to stand for it, so a denial that is lost beside another one is not seen. Of two opposites one has to be in the
source, and only the other one in the translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from assistant.base.assets import resources
from assistant.documents.segments import Finding, FindingKind
from assistant.worker.characters import HAN_RUN
from assistant.worker.lexicon import chinese
from assistant.worker.segment_view import View, at_source, at_target


class _Likely(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: str
    stems: str
    other: tuple[str, ...]


class _Denials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    clear: str
    idle: tuple[str, ...]
    maybe: _Likely


class _LikelyChinese(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signs: str
    other: tuple[str, ...]


class _ChineseDenials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    denials: str
    harmless: str
    maybe: _LikelyChinese


class _Opposite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    zh: str
    like: str


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``opposites.json`` says: see its comment."""

    comment: str
    denials: dict[str, _Denials]
    chinese: _ChineseDenials
    turns: tuple[str, ...]
    opposites: tuple[tuple[_Opposite, _Opposite], ...]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(pattern for pattern in patterns if pattern), re.IGNORECASE)


def _whole(words: str) -> str:
    return "|".join(words.split())


_DATA = msgspec.json.decode((resources() / "lexicon" / "opposites.json").read_bytes(), type=_Data)
_CLEAR = {language: _any(one.clear) for language, one in _DATA.denials.items()}
_IDLE = {language: _any(*one.idle) for language, one in _DATA.denials.items()}
"""Ways to say *not* that deny nothing, or that other languages put into other words."""
_MAY_DENY = {
    language: _any(*one.maybe.other, rf"\b(?:{_whole(one.maybe.words)})\b", rf"\b(?:{_whole(one.maybe.stems)})")
    for language, one in _DATA.denials.items()
} | {"zh": _any(f"[{_DATA.chinese.maybe.signs}]", *_DATA.chinese.maybe.other)}
_DENIALS = frozenset(_DATA.chinese.denials.split())
_NO_DENIAL = frozenset(_DATA.chinese.harmless)
"""What follows a sign for *not* in a word that other languages may say without it: 不一致, 不完整."""
_PAIRS = tuple(
    tuple((_any(one.en, one.zh), _any(one.en, one.zh, one.like)) for one in pair) for pair in _DATA.opposites
)
_TURNS = _any(*_DATA.turns)
"""What makes one of two opposites the other one: *not allowed* is forbidden."""
_KNOWN = frozenset(("en", "zh", "de"))
_ASKS_BOTH = re.compile(r"(\w)[不没]\1|有没有|是否|能否|可否")


def opposite_findings(source: View, target: View) -> Iterator[Finding]:
    """A denial that is missing or new, and an opposite in the place of what the source says."""
    languages = {source.primary, target.primary}
    if len(languages) < 2 or not languages <= _KNOWN:
        return
    if place := _denied(source):
        if not _may_deny(target) and source.even[slice(*place)] not in target.even:
            yield at_source(FindingKind.OPPOSITE, source, *place)
    elif (place := _denied(target)) and not _may_deny(source) and target.even[slice(*place)] not in source.even:
        yield at_target(FindingKind.OPPOSITE, target, *place)
    if "de" in languages or _TURNS.search(source.even if source.primary == "en" else target.even):
        return
    for one, other in _PAIRS:
        for (said, like), (turned, like_turned) in ((one, other), (other, one)):
            found = said.search(source.even)
            new = turned.search(target.even)
            if found and new and not like_turned.search(source.even) and not like.search(target.even):
                start, end = target.span(*new.span())
                yield Finding(
                    FindingKind.OPPOSITE, target.plain[slice(*new.span())], start, end, *source.span(*found.span())
                )


def _denied(view: View) -> tuple[int, int] | None:
    """Where something is clearly denied."""
    text = view.even
    if view.primary != "zh":
        found = None if _IDLE[view.primary].search(text) else _CLEAR[view.primary].search(text)
        return found.span() if found else None
    if _ASKS_BOTH.search(text) or text.rstrip()[-1:] in ("？", "?"):
        return None
    for run in HAN_RUN.finditer(text):
        place = run.start()
        for word in chinese().cut(run[0]):
            end = place + len(word)
            if word in _DENIALS and (len(word) > 1 or text[end : end + 1] not in _NO_DENIAL):
                return place, end
            place = end
    return None


def _may_deny(view: View) -> bool:
    """Whether anything in a text may stand for a denial."""
    return bool(_MAY_DENY[view.primary].search(view.even))
