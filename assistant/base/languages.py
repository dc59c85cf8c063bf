"""Languages by their tags (BCP 47) and names: what a person or a file calls a language, and what it is called.

The names are CLDR's (see ``packaging/languages.py``). The tags that the program works with have a script only where a
language is written in several (``zh-Hans``, ``sr-Latn``), and a region only where that is a variety with a name of its
own (``pt-BR``).
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.base.assets import resources
from assistant.base.scripts import is_eastern

_OFFERED = (
    "en zh-Hans zh-Hant yue ja ko de fr es it pt pt-BR nl pl ru uk cs sv da nb fi tr vi id ms fil ar he fa ur hi th el"
    " ro hu bg hr sr sk sl lt lv et ca gl eu is ga cy af sq mk be ka hy az kk uz mn ug bo bn mr gu pa ta te kn ml si"
    " ne my km lo sw zu am la eo"
)
OFFERED = tuple(_OFFERED.split())
"""The languages that the program offers, those asked for most first: what translation models are made for, and more."""

_SPOKEN = {
    **dict.fromkeys(("cn", "chs", "chinese", "mandarin", "中文", "汉语", "漢語", "华语", "華語"), "zh-Hans"),
    **dict.fromkeys(("普通话", "普通話", "国语", "國語", "简体", "简中", "简体中文"), "zh-Hans"),
    **dict.fromkeys(("cht", "繁体", "繁體", "繁中", "正體中文", "正体中文", "繁体中文", "繁體中文"), "zh-Hant"),
    **dict.fromkeys(("no", "norwegian", "norsk", "挪威语"), "nb"),
    **dict.fromkeys(("tl", "tagalog"), "fil"),
    "jp": "ja",
    "kr": "ko",
    "cz": "cs",
    "ua": "uk",
    "vn": "vi",
    "farsi": "fa",
    "brazilian": "pt-BR",
    "广东话": "yue",
}
"""What people say that is no code and no name of CLDR's, or one that several languages have."""
_REPLACED = {"no": "nb", "tl": "fil", "in": "id", "iw": "he", "ji": "yi", "cmn": "zh", "sh": "sr-Latn"}
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-[0-9a-z]{1,8})*")
_WITH_CAPITALS = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
_UNSPACED = frozenset({"zh", "ja", "yue", "wuu", "lzh"})
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"})
_ACCENTS = re.compile("([a-z])[\u0300-\u036f]+")
_NONE = frozenset({"und", "mul", "zxx", "mis"})  # what CLDR calls no language, several, or an unknown one
_CLOSE = 0.6  # of a name that somebody meant another by, 1: equal


@dataclass(frozen=True)
class LanguageName:
    """What a language is called in English, in Chinese and by those who speak it; what is not known is empty."""

    english: str
    chinese: str
    own: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.english, self.chinese, self.own))


def normalize(words: str) -> str:
    """The tag of a language from a tag in any spelling ("zh_CN"), an old or a long code ("iw", "deu"), or a name
    ("German", "Deutsch", "德语"); empty: nobody knows it. Chinese without a script is Simplified Chinese.
    """
    asked = _plain(words)
    if tag := _SPOKEN.get(asked):
        return tag
    return _normal_tag(asked) or _by_name().get(asked, "") or _by_name().get(_ended_otherwise(asked), "")


def language_name(tag: str) -> LanguageName | None:
    """What the language of ``tag`` is called, or that of its shorter forms (``de-LI``: German); None: nobody knows."""
    parts = (normalize(tag) or tag.replace("_", "-")).split("-")
    for length in range(len(parts), 0, -1):
        if called := _data().names.get("-".join(parts[:length])):
            return LanguageName(*called)
    return None


def own_name(tag: str) -> str:
    """What those who speak a language call it, as the beginning of a line; where nobody knows, its English name, and an
    unknown tag stands for itself."""
    known = language_name(tag)
    if known is None:
        return tag
    own = known.own or known.english
    return own[:1].upper() + own[1:] if script(tag) in _WITH_CAPITALS else own


def primary(tag: str) -> str:
    """The language of a tag, without script and region."""
    return tag.replace("_", "-").split("-", maxsplit=1)[0].lower()


KNOWN = frozenset(map(primary, OFFERED))
"""Those that are offered, without script and region."""


def unspaced(tag: str) -> bool:
    """Does this language put no space between two sentences?"""
    return primary(tag) in _UNSPACED


def right_to_left(tag: str) -> bool:
    """Is this language written from right to left?"""
    return script(tag) in _RIGHT_TO_LEFT


def between_sentences(shown: str, last: str, *, source: str, target: str) -> str:
    """What stands between two sentences of a translation: what stands there in the source, but that spaces go, or one
    comes, where only one of the two languages has them.

    :param shown: what is seen there in the source.
    :param last: the character before it in the source: a paragraph can be in another language than its document.
    """
    if unspaced(target):
        return "" if not unspaced(source) and not shown.strip(" ") else shown
    comes = (unspaced(source) or is_eastern(last)) and not any(map(str.isspace, shown))
    return f"{shown} " if comes else shown


def same(one: str, other: str) -> bool:
    """Do two tags mean the same language in the same script? Regions do not count, and an empty tag is like none."""
    first, second = (normalize(tag) or tag for tag in (one, other))
    return bool(first and second) and primary(first) == primary(second) and script(first) == script(second)


def script(tag: str) -> str:
    """The script that a language is usually written in, as ISO 15924 calls it (``Latn``); empty: nobody knows."""
    parts = (normalize(tag) or tag).split("-")
    said = [part for part in parts[1:] if len(part) == 4]
    return said[0] if said else _data().scripts.get(parts[0], "")


def found(words: str) -> list[str]:
    """Those of OFFERED that ``words`` could mean, the likeliest first: by tag and by their names in English, in Chinese
    and in themselves. Nothing typed: all of them.
    """
    asked = _plain(words)
    if not asked:
        return list(OFFERED)
    exact, ranked = normalize(asked), []
    for place, tag in enumerate(OFFERED):
        rank = 0 if tag == exact else _rank(asked, _spellings(tag))
        if rank < 3:
            ranked.append((rank, place, tag))
    return [tag for _, _, tag in sorted(ranked)]


def nearest(words: str) -> str:
    """The offered language that a mistyped name or tag most likely means; empty: none is like it."""
    spellings = _SPOKEN | {name: tag for tag in OFFERED for name in _spellings(tag)}
    close = difflib.get_close_matches(_plain(words), spellings, n=1, cutoff=_CLOSE)
    return spellings[close[0]] if close else ""


# ---------------------------------------------------------------- the data


@dataclass(frozen=True)
class _Data:
    names: dict[str, list[str]]
    aliases: dict[str, str]
    scripts: dict[str, str]


@cache
def _data() -> _Data:
    whole = json.loads((resources() / "languages" / "names.json").read_text("utf-8"))
    names = {tag: called for tag, called in whole["names"].items() if tag not in _NONE}
    return _Data(names, whole["aliases"] | _REPLACED, whole["scripts"])


@cache
def _by_name() -> dict[str, str]:
    """Plain names to tags; the first of two languages with one name has it."""
    known: dict[str, str] = {}
    for tag, called in _data().names.items():
        normal = _normal_tag(tag.casefold()) or tag
        for name in called:
            known.setdefault(_plain(name), normal)
    known.pop("", None)
    return known


def _spellings(tag: str) -> tuple[str, ...]:
    """The tag and the names of a language, plain."""
    return tuple(filter(None, map(_plain, (tag, *_data().names.get(tag, ())))))


def _plain(words: str) -> str:
    """``words`` without what people leave out: capitals, the accents of Latin letters, double spaces."""
    folded = " ".join(words.split()).casefold().replace("_", "-")
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _ACCENTS.sub(r"\1", unicodedata.normalize("NFD", folded)))


def _normal_tag(asked: str) -> str:
    matched = _TAG.fullmatch(asked)
    if matched is None:
        return ""
    data = _data()
    language, own_script, region = matched[1], (matched[2] or "").title(), (matched[3] or "").upper()
    language, _, implied = data.aliases.get(language, language).partition("-")
    if language not in data.names:
        return ""
    own_script = own_script or (implied if len(implied) == 4 else "")
    usual = data.scripts.get(language, "")
    own_script = own_script or data.scripts.get(f"{language}-{region}", "") or usual
    if language == "zh":
        return f"zh-{own_script if own_script in ('Hans', 'Hant') else 'Hans'}"
    tag = language if own_script == usual else f"{language}-{own_script}"
    named = f"{language}-{region}"
    return named if region and own_script == usual and named in data.names else tag


def _ended_otherwise(asked: str) -> str:
    """Chinese has two words for a language: 德文 is 德语."""
    return f"{asked[:-1]}语" if asked.endswith(("文", "語")) else asked


def _rank(asked: str, names: tuple[str, ...]) -> int:
    if any(name.startswith(asked) for name in names):
        return 1
    return 2 if any(asked in name for name in names) else 3
