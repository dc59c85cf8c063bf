"""What texts are compared by: words without their endings, pairs of Chinese characters, numbers and dates by value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.worker.characters import HAN, HAN_RUN
from assistant.worker.dates import Moment, dates
from assistant.worker.figures import figures
from assistant.worker.lexicon import chinese, empty_words, english, folded, stem
from assistant.worker.quantities import Figure

_KANA_RUN = re.compile("[ァ-ヺー]{2,}")
_PAIRED_RUN = re.compile("[ぁ-ゖァ-ヺー々一-鿿]+|[가-힣]+")
_WORD = re.compile(rf"[^\W\d_{HAN}ぁ-ゖァ-ヺー가-힣]+(?:'[^\W\d_{HAN}]+)?")
_CODE = re.compile(r"(?<![\w.])(?:[A-Za-z]+-?\d+\w*|\d+[A-Za-z]+\d\w*)(?!\w)", re.ASCII)

FIGURE = 2.0
"""How much more a number says about a passage than a word that is as rare."""
NAME = 1.5
_SINGLE = 0.5  # one Chinese character has too many meanings to say much
_SYNONYM = 0.45
_RELATED = 0.7  # words with a common beginning: ``nation`` and ``national``
_COMMON_START = 5
_ENDING = 5  # letters by which two related words may differ in length


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its numbers and dates. ``even`` is the text as ``characters.even`` gives it."""

    even: str
    moments: list[Moment]
    numbers: list[Figure]


def read(even: str, language: str = "") -> Reading:
    """What a text says of dates, times and numbers. ``even``: with one form for digits, spaces and dashes."""
    moments = dates(even)
    taken = [(one.start, one.end) for one in moments if not one.bare]
    numbers = figures(even, language=language, taken=taken)
    # "1998 people" and "$2000": what looks like a year is none where a unit shows it.
    counted = {one.start: one for one in numbers}
    moments = [one for one in moments if not (one.bare and one.start in counted and counted[one.start].unit)]
    years = {one.start for one in moments if one.bare}
    return Reading(even, moments, [one for one in numbers if one.start not in years])


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that a query asks for, with the terms that stand for it and how well each does (0 to 1).

    :ivar weight: how much it says, beside its rarity.
    """

    start: int
    terms: dict[str, float]
    weight: float = 1.0


# ---------------------------------------------------------------- terms of a text


def terms_of(reading: Reading) -> Iterator[tuple[str, int]]:
    """Every term with its place in the text; not in order."""
    even = reading.even
    empty = empty_words()
    for match in _WORD.finditer(even):
        word = folded(match[0])
        if word not in empty and len(word) > 1:
            yield stem(match[0]), match.start()
    for match in _CODE.finditer(even):
        yield code(match[0]), match.start()
    for match in HAN_RUN.finditer(even):
        yield from _chinese_terms(match[0], match.start())
    for match in _PAIRED_RUN.finditer(even):
        if not HAN_RUN.fullmatch(match[0]):
            yield from _pairs(match[0], match.start())
    yield from _values(reading)


def code(text: str) -> str:
    """``F-35`` and ``f35`` are the same."""
    return "=" + text.replace("-", "").lower()


def _chinese_terms(run: str, place: int) -> Iterator[tuple[str, int]]:
    yield from _pairs(run, place)
    for word in chinese().cut(run):
        if len(word) != 2 and word not in empty_words():
            yield word, place
        place += len(word)


def _pairs(run: str, place: int) -> Iterator[tuple[str, int]]:
    for index in range(len(run) - 1):
        yield run[index : index + 2], place + index


def _values(reading: Reading) -> Iterator[tuple[str, int]]:
    for moment in reading.moments:
        for term in _moment_terms(moment):
            yield term, moment.start
    for number in reading.numbers:
        if (not number.is_weak or number.value >= 10) and number.bare != 1:
            yield _number_term(number), number.start


def _number_term(number: Figure) -> str:
    return f"#{number.value:.2e}"  # three digits: 1.2 million and 1,198,400 meet


def _moment_terms(moment: Moment) -> Iterator[str]:
    if moment.year is not None:
        yield f"@{moment.year}"
    if moment.month is not None:
        yield f"@-{moment.month}"
        if moment.day is not None:
            yield f"@-{moment.month}-{moment.day}"
    for name in ("quarter", "half", "weekday", "decade", "century", "minute"):
        value = getattr(moment, name)
        if value is not None:
            yield f"@{name}{value}"


# ---------------------------------------------------------------- what a query asks for


def groups(reading: Reading, *, to_chinese: bool = False, to_english: bool = False) -> list[Group]:
    """What ``reading`` asks for, each thing once.

    :param to_chinese: the text that is searched is Chinese: words of other languages are translated.
    :param to_english: it is not: Chinese words are.
    """
    found = [
        *_latin_groups(reading.even, to_chinese=to_chinese),
        *_han_groups(reading.even, to_english=to_english),
        *_other_groups(reading.even),
        *_value_groups(reading),
    ]
    unique: dict[frozenset[str], Group] = {}
    for group in found:
        key = frozenset(group.terms)
        if key and (key not in unique or unique[key].weight < group.weight):
            unique[key] = group
    return list(unique.values())


def _latin_groups(even: str, *, to_chinese: bool) -> Iterator[Group]:
    empty = empty_words()
    for match in _WORD.finditer(even):
        word = folded(match[0])
        if word in empty or len(word) < 2:
            continue
        root = stem(match[0])
        terms = {root: 1.0}
        for other in english().near.get(root, ()):
            terms.setdefault(other, _SYNONYM)
        if to_chinese:
            for other, weight in chinese().from_english(root):
                terms.setdefault(other, weight)
        named = match[0][0].isupper() and match.start() > 0
        yield Group(match.start(), terms, NAME if named else 1.0)
    for match in _CODE.finditer(even):
        yield Group(match.start(), {code(match[0]): 1.0}, NAME)


def _han_groups(even: str, *, to_english: bool) -> Iterator[Group]:
    for match in HAN_RUN.finditer(even):
        place = match.start()
        for word in chinese().cut(match[0]):
            if word not in empty_words() and chinese().kind(word) != "m":
                yield from _translated(word, place) if to_english else _native(word, place)
            place += len(word)


def _native(word: str, place: int) -> Iterator[Group]:
    weight = _SINGLE if len(word) == 1 else 1.0
    terms = {word: 1.0}
    for other in _near(word):
        terms.setdefault(other, _SYNONYM)
    if len(word) < 3:
        yield Group(place, terms, weight)
        return
    # A longer word is also found by its parts: 委员会 in 委员, 营业收入 in 收入.
    yield Group(place, terms, 0.5)
    for index in range(len(word) - 1):
        yield Group(place + index, {word[index : index + 2]: 1.0}, 1.0 / (len(word) - 1))


def _near(word: str) -> list[str]:
    """Chinese words that mean the same; single characters mean too much."""
    if len(word) < 2:
        return []
    return [other for other in dict.fromkeys(chinese().near(word)) if len(other) > 1][:12]


def _translated(word: str, place: int) -> Iterator[Group]:
    words = chinese()
    terms = words.translations(word)
    if len(word) > 2:
        for part in _parts(word):
            for term, weight in words.translations(part).items():
                terms[term] = max(terms.get(term, 0.0), weight * _RELATED)
    for term, weight in list(terms.items()):
        for other in english().near.get(term, ())[:4]:
            terms.setdefault(other, weight * _SYNONYM)
    if terms:
        yield Group(place, terms, _SINGLE if len(word) == 1 else 1.0)


def _parts(word: str) -> Iterable[str]:
    words = chinese()
    found = {word[start:end] for start in range(len(word)) for end in range(start + 2, len(word) + 1)}
    return [part for part in found if part != word and part in words]


def _other_groups(even: str) -> Iterator[Group]:
    """Japanese and Korean by pairs of characters; a run of katakana is mostly a word or a name."""
    for match in _PAIRED_RUN.finditer(even):
        if not HAN_RUN.fullmatch(match[0]):
            pairs = list(_pairs(match[0], match.start()))
            weight = 1.5 / max(1, len(pairs)) if _KANA_RUN.fullmatch(match[0]) else 0.5
            for pair, place in pairs:
                yield Group(place, {pair: 1.0}, weight)


def _value_groups(reading: Reading) -> Iterator[Group]:
    for term, place in _values(reading):
        yield Group(place, {term: 1.0}, 1.0 if term.startswith("@") else FIGURE)


def related(term: str, by_start: dict[str, list[str]]) -> list[tuple[str, float]]:
    """Terms that begin like ``term`` and end otherwise (``nation``: ``national``), each with how well it stands for it.

    :param by_start: the terms to choose from, by their first ``START`` letters.
    """
    found = []
    for other in by_start.get(term[:_COMMON_START], ()):
        least, most = sorted((len(term), len(other)))
        if other != term and most - least <= _ENDING and _shared(term, other) >= 0.8 * least:
            found.append((other, _RELATED))
    return found


def start_of(term: str) -> str:
    """The letters under which :func:`related` looks for a term; empty for one that has no related ones."""
    return term[:_COMMON_START] if len(term) >= _COMMON_START and term[0].isalpha() and term[0] < "ᄀ" else ""


def _shared(one: str, other: str) -> int:
    size = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        size += 1
    return size
