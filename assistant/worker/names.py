"""Names in a text, of people, places, organisations, works: told by capitals, surnames, endings, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.worker.characters import HAN_RUN, LETTER
from assistant.worker.dates import MONTHS, WEEKDAYS
from assistant.worker.han_names import SIGNS, han_names
from assistant.worker.lexicon import empty_words, english, folded, stem
from assistant.worker.numerals import ONES, ORDINALS, PARTS, SCALES, TENS

TITLES = frozenset(SIGNS.titles.split())
"""Capitalised words that name nobody."""


class Sort(StrEnum):
    """What shows that a stretch of text is a name."""

    CAPITALS = "capitals"
    CODE = "code"  # letters and digits: F-35
    SURNAME = "surname"  # a Chinese surname before a title
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


_WORD = re.compile(rf"{LETTER}+(?:['-]{LETTER}+)*")
_CODE = re.compile(r"(?<![\w.@/])(?:[A-Z]+[A-Za-z]*-?\d+[A-Za-z]*|\d+[A-Z]+\d\w*)(?![\w@])", re.ASCII)
_BEGINS = re.compile(r"(?:^|[.!?:;。！？：；|\n\"“”‘(\[>•*#—]|\d[.)])[\s\"“‘'(\[*_]*$")
_BETWEEN = re.compile(r" | & |-|\.(?=[A-Z])")
_SHORTENED = re.compile(r"(?:\b[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Gen|Sen|Rep|Gov|Lt|Col|Capt|Mt)\. $")
_OF = re.compile(r"\b[A-Z]\w+ of (?:the )?$")
_LONG = 40  # characters of a word and what joins it to a name
_ROMAN = re.compile("[IVX]+")  # numbers, and looked up as such
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|https?://\S+|www\.\S+")
_QUOTED = re.compile(r"《([^《》\n]{1,60})》|[“「『]([^“”「」『』\n]{2,300})[”」』]|(?<!\w)\"([^\"\n]{2,300})\"(?!\w)")

_NUMBER_WORDS = {*ONES, *TENS, *SCALES, *ORDINALS, *PARTS}
_PREFIXES = frozenset(("anti", "bi", "co", "de", "ex", "inter", "mid", "multi", "non", "post", "pre", "pro", "re",
                       "semi", "sub", "un"))  # fmt: skip
_LOOSE_CAPITALS = frozenset(("de", "lb"))  # every noun has a capital


def names(text: str, *, language: str = "") -> list[Name]:
    """Names in ``text`` (as ``characters.even`` gives it), none inside another.

    :param language: BCP 47; in German only what stands in two capitalised words together is taken for a name.
    """
    found = [*_quoted(text), *_codes(text), *_capitals(text, language.partition("-")[0]), *_chinese(text)]
    chosen: list[Name] = []
    taken = bytearray(len(text))
    for name in found:
        if not any(taken[name.start : name.end]):
            chosen.append(name)
            taken[name.start : name.end] = b"\1" * (name.end - name.start)
    return sorted(chosen, key=lambda name: name.start)


def _quoted(text: str) -> Iterator[Name]:
    for match in _QUOTED.finditer(text):
        inner = match[1] or match[2] or match[3]
        start = match.start(match.lastindex or 0)
        if any(map(str.isalpha, inner)):
            yield Name(start, start + len(inner), Sort.TITLE if match[1] else Sort.QUOTE, (inner,))


def _codes(text: str) -> Iterator[Name]:
    for match in _CODE.finditer(text):
        begins = _BEGINS.search(text[max(0, match.start() - 8) : match.start()]) is not None
        if begins and "-" in match[0] and _is_common(match[0].partition("-")[0]):
            continue  # Over-75s
        if not re.fullmatch(r"[QHT][1-4]|[1-4][QH]|FY\d+|[A-Z]{3}\d+|(?:CO|H)\d\w?", match[0]):
            yield Name(*match.span(), Sort.CODE, (match[0],))


# ---------------------------------------------------------------- capitals


def _capitals(text: str, language: str) -> Iterator[Name]:
    if is_title(text):
        return
    sentences = not HAN_RUN.search(text)
    addressed = bytearray(len(text))
    for match in _ADDRESS.finditer(text):
        addressed[slice(*match.span())] = b"\1" * (match.end() - match.start())
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if addressed[match.start()]:
            continue
        if run and not _is_near(text, run[-1], match):
            yield from _run(text, run, language, sentences=sentences)
            run = []
        if _is_capital(match[0]):
            run.append(match)
        elif run:
            yield from _run(text, run, language, sentences=sentences)
            run = []
    if run:
        yield from _run(text, run, language, sentences=sentences)


def _is_near(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two words may be parts of one name; behind ``Dr.`` and ``J.`` no sentence ends."""
    if _BETWEEN.fullmatch(text, one.end(), other.start()):
        return True
    return _SHORTENED.search(text[one.start() : other.start()]) is not None


def _is_capital(word: str) -> bool:
    return word[0].isupper() and (len(word) > 1 or word != "I")


def is_title(text: str) -> bool:
    """Whether all words that say something have a capital, so that capitals say nothing."""
    if text.rstrip().endswith("."):
        return False
    long = [match[0] for match in _WORD.finditer(text) if len(match[0]) > 3]
    small = [word for word in long if not word[0].isupper()]
    most = len(long) > 3 and len(small) < 0.3 * len(long)
    return most and all(folded(word) in empty_words() for word in small)


def _run(text: str, run: list[re.Match[str]], language: str, *, sentences: bool) -> Iterator[Name]:
    """:param sentences: begin with a capital; in a Chinese text what has one has it from its name."""
    is_first = sentences and _BEGINS.search(text[max(0, run[0].start() - 8) : run[0].start()]) is not None
    if is_first and text.startswith(":", run[-1].end()) and all(_is_common(match[0]) for match in run):
        return  # a label: "Key Takeaway:"
    if _OF.search(text[max(0, run[0].start() - _LONG) : run[0].start()]) and all(_is_common(match[0]) for match in run):
        return  # Court of Appeal
    if is_first and _is_common(run[0][0]):
        run = run[1:]
    run = [match for match in run if not _says_nothing(match[0]) and not _ROMAN.fullmatch(match[0])]
    if run and (language not in _LOOSE_CAPITALS or len(run) > 1 or run[0][0].isupper()):
        yield Name(run[0].start(), run[-1].end(), Sort.CAPITALS, tuple(match[0] for match in run))


def _is_common(word: str) -> bool:
    """Whether a word at the start of a sentence needs its capital only there."""
    plain = folded(word).removesuffix("'s")
    first, _, rest = word.partition("-")
    if rest and rest.islower():  # Follow-up, Pre-tax
        return first.lower() in _PREFIXES or _is_common(first)
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
    return plain in TITLES or plain in _NUMBER_WORDS or (folded(plain) in empty_words() and not word.isupper())


# ---------------------------------------------------------------- Chinese characters


def _chinese(text: str) -> Iterator[Name]:
    for start, end, forms, title in han_names(text):
        yield Name(start, end, Sort.SURNAME if title else Sort.CHINESE, forms)
