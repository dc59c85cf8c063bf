"""Names in a text, of people, places, organisations, works: told by capitals, surnames, endings, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import msgspec

from assistant.base.assets import resources
from assistant.worker.characters import HAN, HAN_RUN
from assistant.worker.dates import MONTHS, WEEKDAYS
from assistant.worker.lexicon import chinese, empty_words, english, folded, stem
from assistant.worker.numerals import ONES, ORDINALS, PARTS, SCALES, TENS


class _Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shows names: see the comment of ``names.json``. Words are separated by spaces."""

    comment: str
    titles: str
    endings: str
    generic: str
    before_person: str
    after_person: str
    open_surnames: str
    given: str
    foreign: str


_SIGNS = msgspec.json.decode((resources() / "lexicon" / "names.json").read_bytes(), type=_Signs)
_TITLES = frozenset(_SIGNS.titles.split())
_ENDINGS = frozenset(_SIGNS.endings.split())
_GENERIC = frozenset(_SIGNS.generic.split())
_BEFORE_PERSON = re.compile(f"(?:{'|'.join(_SIGNS.before_person.split())})$")
_AFTER_PERSON = re.compile("|".join(map(re.escape, _SIGNS.after_person.split())))
_SELDOM = 5  # a word used so seldom is a given name behind a surname
_USUAL = 11  # one used so often is none even beside a title
_FOREIGN = frozenset(_SIGNS.foreign)


class Sort(StrEnum):
    """What shows that a stretch of text is a name."""

    CAPITALS = "capitals"
    CODE = "code"  # letters and digits: F-35
    CHINESE = "chinese"  # a person, place or organisation in Chinese characters
    TITLE = "title"  # 《 》
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text. ``start`` and ``end`` are places in it.

    :ivar words: of capitals: the words; of Chinese names: forms of which one in the source is enough.
    """

    start: int
    end: int
    sort: Sort
    words: tuple[str, ...]


_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CODE = re.compile(r"(?<![\w.@/])(?:[A-Z]+[A-Za-z]*-?\d+[A-Za-z]*|\d+[A-Z]+\d\w*)(?![\w@])", re.ASCII)
_BEGINS = re.compile(r"(?:^|[.!?:;。！？：；|\n\"“”‘(\[>•*#—]|\d[.)])[\s\"“‘'(\[*_]*$")
_BETWEEN = re.compile(r" | & |-|\.(?=[A-Z])")
_SHORTENED = re.compile(r"(?:\b[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Gen|Sen|Rep|Gov|Lt|Col|Capt|Mt)\. $")
_ROMAN = re.compile("[IVX]+")  # numbers, and looked up as such
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|https?://\S+|www\.\S+")
_QUOTED = re.compile(r"《([^《》\n]{1,60})》|[“「『]([^“”「」『』\n]{2,300})[”」』]|(?<!\w)\"([^\"\n]{2,300})\"(?!\w)")

_NUMBER_WORDS = {*ONES, *TENS, *SCALES, *ORDINALS, *PARTS}
_LOOSE_CAPITALS = frozenset(("de", "lb"))  # every noun has a capital


def names(text: str, *, language: str = "") -> list[Name]:
    """Names in ``text`` (as ``characters.even`` gives it), none inside another.

    :param language: BCP 47; in German only what stands in two capitalised words together is taken for a name.
    """
    found = [*_quoted(text), *_codes(text), *_capitals(text, language.partition("-")[0]), *_chinese(text)]
    chosen: list[Name] = []
    for name in found:
        if all(name.end <= other.start or other.end <= name.start for other in chosen):
            chosen.append(name)
    return sorted(chosen, key=lambda name: name.start)


def _quoted(text: str) -> Iterator[Name]:
    for match in _QUOTED.finditer(text):
        inner = match[1] or match[2] or match[3]
        start = match.start(match.lastindex or 0)
        if any(map(str.isalpha, inner)):
            yield Name(start, start + len(inner), Sort.TITLE if match[1] else Sort.QUOTE, (inner,))


def _codes(text: str) -> Iterator[Name]:
    for match in _CODE.finditer(text):
        if not re.fullmatch(r"[QHT][1-4]|[1-4][QH]|FY\d+|[A-Z]{3}\d+|(?:CO|H)\d\w?", match[0]):
            yield Name(*match.span(), Sort.CODE, (match[0],))


# ---------------------------------------------------------------- capitals


def _capitals(text: str, language: str) -> Iterator[Name]:
    if is_title(text):
        return
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if any(start <= match.start() < end for start, end in addresses):
            continue
        if run and not _is_near(text, run[-1], match):
            yield from _run(text, run, language)
            run = []
        if _is_capital(match[0]):
            run.append(match)
        elif run:
            yield from _run(text, run, language)
            run = []
    if run:
        yield from _run(text, run, language)


def _is_near(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two words may be parts of one name; behind ``Dr.`` and ``J.`` no sentence ends."""
    if _BETWEEN.fullmatch(text, one.end(), other.start()):
        return True
    return _SHORTENED.search(text[one.start() : other.start()]) is not None


def _is_capital(word: str) -> bool:
    return word[0].isupper() and (len(word) > 1 or word != "I")


def is_title(text: str) -> bool:
    """Whether so many words have a capital that capitals say nothing."""
    long = [match[0] for match in _WORD.finditer(text) if len(match[0]) > 3]
    return len(long) > 3 and sum(word[0].isupper() for word in long) > 0.7 * len(long)


def _run(text: str, run: list[re.Match[str]], language: str) -> Iterator[Name]:
    if _BEGINS.search(text[: run[0].start()][-8:] if run[0].start() else "") and _is_common(run[0][0]):
        run = run[1:]
    run = [match for match in run if not _says_nothing(match[0]) and not _ROMAN.fullmatch(match[0])]
    if run and (language not in _LOOSE_CAPITALS or len(run) > 1 or run[0][0].isupper()):
        yield Name(run[0].start(), run[-1].end(), Sort.CAPITALS, tuple(match[0] for match in run))


def _is_common(word: str) -> bool:
    """Whether a word at the start of a sentence needs its capital only there."""
    plain = folded(word).removesuffix("'s")
    if word.isupper() and len(word) > 1:
        return False
    known = english().common
    return plain in _NUMBER_WORDS or plain in empty_words() or plain in known or stem(word) in known or any(
        plain.endswith(ending) and (plain.removesuffix(ending) in known or plain.removesuffix(ending) + "e" in known)
        for ending in ("ing", "ed", "ly", "s", "es", "er", "est", "ness", "ment", "able", "al")
    )  # fmt: skip


def _says_nothing(word: str) -> bool:
    plain = word.lower().removesuffix("'s")
    if plain in MONTHS or plain in WEEKDAYS or plain.removesuffix("s") in WEEKDAYS:
        return len(plain) > 3 or plain == "may"
    return plain in _TITLES or (folded(plain) in empty_words() and not word.isupper())


# ---------------------------------------------------------------- Chinese characters

def _chinese(text: str) -> Iterator[Name]:
    for match in re.finditer(rf"[{HAN}]{{2,}}(?:·[{HAN}]+)+", text):
        yield Name(*match.span(), Sort.CHINESE, (match[0], match[0].split("·")[-1]))
    for run in HAN_RUN.finditer(text):
        words: list[tuple[str, int]] = []
        place = run.start()
        for word in chinese().cut(run[0]):
            words.append((word, place))
            place += len(word)
        yield from _organisations(words)
        yield from _people(text, words)
        yield from _foreign(words)
        for word, start in words:
            if len(word) > 1 and _is_name(text, word, start):
                yield Name(start, start + len(word), Sort.CHINESE, (word,))


def _is_name(text: str, word: str, start: int) -> bool:
    kind = chinese().kind(word)
    if word.endswith(("元", "语", "文")):  # currencies and languages
        return False
    if kind != "r" or chinese().meanings(word):
        return kind in ("p", "o", "r")
    # What only the frequencies call a person is often none (高水平, 别提).
    return len(word) < 4 and chinese().kind(word[0]) == "s" and (
        word[0] not in _SIGNS.open_surnames or _has_cue(text, start, start + len(word))
    )  # fmt: skip


def _has_cue(text: str, start: int, end: int) -> bool:
    """Whether a title or a verb of speech stands beside a name."""
    before = text[max(0, start - 4) : start]
    return _AFTER_PERSON.match(text, end) is not None or _BEFORE_PERSON.search(before) is not None


def _organisations(words: list[tuple[str, int]]) -> Iterator[Name]:
    """``晨光公司``, ``临川市``: an ending behind a word that is not one of the usual ones."""
    for (before, start), (ending, place) in pairwise(words):
        if ending in _ENDINGS and before not in _GENERIC and before not in empty_words():
            kind = chinese().kind(before)
            if kind not in ("v", "m", "q"):
                first = _with_single(words, before, start)
                if len(before) + start - first > 1 or len(ending) > 1:
                    yield Name(first, place + len(ending), Sort.CHINESE, _forms(words, first, place, ending))


def _with_single(words: list[tuple[str, int]], before: str, start: int) -> int:
    """Where the name begins: a single character before a single character belongs to it (``临`` ``川`` ``市``)."""
    for word, place in words:
        if place + len(word) == start and len(word) == 1 and len(before) == 1 and word not in empty_words():
            return place
    return start


def _forms(words: list[tuple[str, int]], first: int, place: int, ending: str) -> tuple[str, ...]:
    stem_text = "".join(word for word, at in words if first <= at < place)
    return (stem_text + ending, stem_text) if len(stem_text) > 1 else (stem_text + ending,)


def _people(text: str, words: list[tuple[str, int]]) -> Iterator[Name]:
    """A surname and one or two characters more, which the dictionary may have cut into words of its own."""
    for index, (word, start) in enumerate(words[:-1]):
        after = words[index + 1][0]
        third = words[index + 2][0] if index + 2 < len(words) else ""
        surname = word if chinese().kind(word) == "s" else word[:1]
        if chinese().kind(surname) != "s" or surname in empty_words():
            continue
        end = start + len(surname) + 2
        cue = _has_cue(text, start, end) or _has_cue(text, start, end - 1)
        if not cue and surname in _SIGNS.open_surnames:
            continue
        if surname != word:  # 高明 远: the surname is part of a word
            if cue and len(word) == 2 and _is_given(after) and chinese().frequency(word) < _USUAL:
                yield Name(start, end, Sort.CHINESE, (text[start:end],))
        elif len(after) == 2:
            if chinese().frequency(after) < (_USUAL if cue else _SELDOM):
                yield Name(start, end, Sort.CHINESE, (text[start:end],))
        elif _is_given(after):
            yield from _singles(text, start, surname + after, third, cue=cue)


def _singles(text: str, start: int, short: str, third: str, *, cue: bool) -> Iterator[Name]:
    """A surname and a character, and perhaps the one behind them."""
    if len(third) != 1 or not _is_given(third):
        if cue:
            yield Name(start, start + len(short), Sort.CHINESE, (short,))
        return
    whole = short + third
    acts = _AFTER_PERSON.match(text, start + len(short)) or chinese().kind(third) == "v"
    yield Name(start, start + len(whole), Sort.CHINESE, (whole, short) if acts else (whole,))


def _is_given(sign: str) -> bool:
    """Whether a character may be part of a given name."""
    return len(sign) == 1 and (sign in _SIGNS.given or sign not in empty_words())


def _foreign(words: list[tuple[str, int]]) -> Iterator[Name]:
    """Three and more characters together that foreign names are written with and that make no words."""
    run: list[tuple[str, int]] = []
    for word, place in [*words, ("", -1)]:
        if word and set(word) <= _FOREIGN and (len(word) == 1 or chinese().kind(word) in ("p", "r", "")):
            run.append((word, place))
            continue
        whole = "".join(one for one, _ in run)
        if len(whole) > 2:
            yield Name(run[0][1], run[0][1] + len(whole), Sort.CHINESE, (whole,))
        run = []
