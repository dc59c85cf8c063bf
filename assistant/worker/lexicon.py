"""What is known of words: which carry no content, how forms lead to their word, what Chinese words mean.

The lists are data (``resources/lexicon/``) and each is read when a text first needs it.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import msgspec

from assistant.base.assets import resources

_LONGEST = 8  # characters of a Chinese word; what is longer is a phrase
_BARE = 3  # length of an entry without meanings
_SYNONYMS = 40  # Chinese words for an English one
_UNKNOWN = -1.0  # logarithm added for a character that no word holds, below the rarest word
VOWELS = frozenset("aeiouy")


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    comment: str
    empty: dict[str, str]
    forms: dict[str, str]
    nations: dict[str, str]


@cache
def _words() -> _Words:
    return msgspec.json.decode((resources() / "lexicon" / "words.json").read_bytes(), type=_Words)


@cache
def empty_words(language: str = "") -> frozenset[str]:
    """Words without content of a language, or of all languages that are known, as :func:`folded` gives them."""
    lists = [_words().empty[language]] if language else _words().empty.values()
    return frozenset(folded(word) for words in lists for word in words.split())


def nations(word: str) -> tuple[str, ...]:
    """Countries that a people or language is named after (``dutch``), and the other way round; in lower case."""
    table = _words().nations
    found = table.get(word, "").split()
    return (*found, *(people for people, lands in table.items() if word in lands.split()))


def _lines(name: str) -> list[str]:
    return gzip.decompress((resources() / "lexicon" / name).read_bytes()).decode("utf-8").split("\n")


# ---------------------------------------------------------------- European words


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """``word`` without case and accents."""
    lower = word.lower()
    if lower.isascii():
        return lower
    bare = "".join(sign for sign in unicodedata.normalize("NFD", lower) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare).replace("ß", "ss").replace("œ", "oe").replace("æ", "ae")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What the forms of a word have in common: ``studies``, ``studied`` and ``studying`` are ``study``.

    Light: made for English, harmless elsewhere. What it leaves apart (``nation``, ``national``) a search joins again
    by common beginnings.
    """
    plain = folded(word).removesuffix("'s").replace("'", "")
    known = _words().forms.get(plain)
    plain = known or plain
    for ending, replacement in (("sses", "ss"), ("ies", "y"), ("ied", "y"), ("ily", "y")):
        if plain.endswith(ending) and len(plain) > len(ending) + 2:
            return plain[: -len(ending)] + replacement
    if not known:
        plain = _without_plural(plain)
        plain = _words().forms.get(plain, plain)
    for ending in ("ing", "ed", "ly"):
        rest = plain[: -len(ending)]
        if plain.endswith(ending) and len(rest) > 2 and VOWELS & set(rest):
            return _closed(rest) if ending != "ly" else rest.removesuffix("e")
    return plain.removesuffix("e") if len(plain) > 3 else plain


def _without_plural(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith(("xes", "zes", "ches", "shes", "oes")):
        return word[:-2]
    return word[:-1]


def _closed(rest: str) -> str:
    """``stopp`` of ``stopped`` is ``stop``; ``mak`` of ``making`` stays, as ``make`` becomes ``mak`` as well."""
    if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz":
        return rest[:-1]
    return rest.removesuffix("e") if len(rest) > 3 else rest


@dataclass(frozen=True)
class English:
    """English words that occur in a dictionary.

    :ivar common: those that are not only names.
    :ivar near: to each, others that translate the same words, the closest first.
    """

    common: frozenset[str]
    near: dict[str, tuple[str, ...]]


@cache
def english() -> English:
    """The English words that ship with the program, read once."""
    common: set[str] = set()
    near: dict[str, tuple[str, ...]] = {}
    for line in _lines("english.txt.gz"):
        word, _, rest = line.partition("\t")
        if not rest.startswith("*"):
            common.add(word)
        others = rest.removeprefix("*").split()
        if others:
            near[stem(word)] = tuple(dict.fromkeys(stem(other) for other in others))
    return English(frozenset(common), near)


# ---------------------------------------------------------------- Chinese words


class Chinese:
    """A dictionary of Chinese words in simplified characters.

    :ivar simplified: for ``str.translate``: traditional characters to simplified ones, one for one.
    """

    def __init__(self, lines: list[str]) -> None:
        """:param lines: those of ``chinese.txt``, see its README."""
        old, _, new = lines[0].partition("\t")
        self.simplified = dict(zip(map(ord, old), new, strict=True))
        self._entries: dict[str, str] = {}
        total = 0
        for line in lines[1:]:
            word, _, rest = line.partition("\t")
            self._entries[word] = rest
            total += 1 << (ord(rest[0]) - 97)
        self._total = math.log(total)
        self._weights = [number * math.log(2) - self._total for number in range(26)]
        self._from_english: dict[str, tuple[tuple[str, float], ...]] = {}  # what was asked for

    def __contains__(self, word: str) -> bool:
        return word in self._entries

    def kind(self, word: str) -> str:
        """One letter as the README of the list says; empty for an unknown word."""
        entry = self._entries.get(word)
        return entry[1] if entry else ""

    def frequency(self, word: str) -> int:
        """How often it is used: the logarithm to base 2 of its occurrences in some large body of texts."""
        entry = self._entries.get(word)
        return ord(entry[0]) - 97 if entry else 0

    def meanings(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The English content words of each meaning."""
        entry = self._entries.get(word, "")[3:]
        return tuple(tuple(gloss.split()) for gloss in entry.split(";")) if entry else ()

    def cut(self, text: str, others: Mapping[int, Sequence[tuple[int, float]]] | None = None) -> list[str]:
        """``text`` (Chinese characters only, simplified) as the most probable sequence of words.

        :param others: stretches that may be words too (names): from where, to where, the logarithm of how likely.
        """
        size = len(text)
        best = [0.0] * (size + 1)
        ends = [0] * size
        entries, weights = self._entries, self._weights
        unknown = weights[0] + _UNKNOWN
        for start in range(size - 1, -1, -1):
            top, end = best[start + 1] + unknown, start + 1
            for stop in range(start + 1, min(size, start + _LONGEST) + 1):
                entry = entries.get(text[start:stop])
                if entry is not None:
                    value = weights[ord(entry[0]) - 97] + best[stop]
                    if value > top:
                        top, end = value, stop
            for stop, weight in others.get(start, ()) if others else ():
                if weight + best[stop] > top:
                    top, end = weight + best[stop], stop
            best[start], ends[start] = top, end
        words = []
        start = 0
        while start < size:
            words.append(text[start : ends[start]])
            start = ends[start]
        return words

    def translations(self, word: str) -> dict[str, float]:
        """Stems of English words for a Chinese one, each with how much it alone says of a meaning (0 to 1)."""
        found: dict[str, float] = {}
        for gloss in self.meanings(word):
            content = [stem(part) for part in gloss if part not in empty_words()] or [stem(part) for part in gloss]
            for part in content:
                found[part] = max(found.get(part, 0.0), 1.0 / len(content))
        return found

    def from_english(self, stemmed: str) -> tuple[tuple[str, float], ...]:
        """Chinese words that an English stem translates, each with its weight (0 to 1), the commonest first."""
        found = self._from_english.get(stemmed, ())
        if not found and stemmed in self._meant:
            weights = {word: self.translations(word).get(stemmed, 0.0) for word in self._meant[stemmed]}
            likely = [(word, weight) for word, weight in weights.items() if weight >= 0.5]
            found = tuple(sorted(likely, key=lambda one: (-one[1], -self.frequency(one[0]), one[0]))[:_SYNONYMS])
            self._from_english[stemmed] = found
        return found

    @cached_property
    def _meant(self) -> dict[str, list[str]]:
        """To each English stem the words that have it in a meaning. (What it says of them is worked out when asked for:
        doing so for all of them would take two seconds.)"""
        written: dict[str, list[str]] = defaultdict(list)
        for word, entry in self._entries.items():
            if len(entry) > _BARE:
                for part in entry[_BARE:].replace(";", " ").split():
                    written[part].append(word)
        stemmed: dict[str, list[str]] = defaultdict(list)
        for part, words in written.items():
            stemmed[stem(part)] += words
        return stemmed

    def near(self, word: str) -> Iterator[str]:
        """Other Chinese words with one of this word's meanings, by way of English."""
        for gloss in self.meanings(word):
            if len(gloss) == 1:
                for other, weight in self.from_english(stem(gloss[0])):
                    if weight == 1.0 and other != word:
                        yield other


@cache
def chinese() -> Chinese:
    """The Chinese words that ship with the program, read once."""
    return Chinese(_lines("chinese.txt.gz"))
