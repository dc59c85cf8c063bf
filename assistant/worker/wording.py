"""Whether a stretch of text names somebody or something, in whatever form: ``Ortega`` for ``Maria Ortega``, ``EU``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from assistant.worker import terms
from assistant.worker.characters import LETTER
from assistant.worker.han_names import han_names, has_short_name, is_short_for, wholes
from assistant.worker.lexicon import chinese, english, folded, nations, stem
from assistant.worker.names import TITLES

_WORD = re.compile(rf"{LETTER}+(?:'{LETTER}+)?")
_CODE = re.compile(r"[A-Za-z\d][\w-]*\d[\w-]*", re.ASCII)  # W9洗衣机 is a W9
_PLAIN = re.compile(r"[\W_]+")
_CAPITALS = re.compile(r"\b[^\W\d_a-z][\w'-]*(?:(?: of| the| and| for| de| der| des| du| di| &)* [^\W\d_a-z][\w'-]*)+")
_CAPITALS_BEFORE = re.compile(r"(?:[\"“]?[^\W\d_a-z][\w'-]*[.\"”]? ){1,4}$")
_START = 3  # letters that two forms of a name begin with
_LETTERS_OF_NAMES = frozenset("sn")  # which alone make another form of a name; others make another name
_LONGEST_ENDING = 5
_LONGEST = 60  # characters of what may stand before a last name


class Wording:
    """The words of a text.

    :ivar plain: the text without spaces, punctuation and case.
    """

    def __init__(self, even: str, *, is_chinese: bool) -> None:
        """:param even: the text as ``characters.even`` gives it."""
        self._even = even
        self._is_chinese = is_chinese
        self._words = {folded(match[0]).removesuffix("'s") for match in _WORD.finditer(even)}
        self._capitals = {
            folded(match[0]).removesuffix("'s") for match in _WORD.finditer(even) if match[0][0].isupper()
        }
        self._stems = {stem(word) for word in self._words}
        self._starts: dict[str, list[str]] = defaultdict(list)
        for word in self._stems:
            if terms.start_of(word):
                self._starts[terms.start_of(word)].append(word)
        self._codes = {terms.code(match[0]) for match in _CODE.finditer(even)}
        self._initials = {
            initials(match[0].split())[first:] for match in _CAPITALS.finditer(even) for first in range(3)
        }
        self.plain = _PLAIN.sub("", even).lower()

    def has_text(self, text: str) -> bool:
        """Whether ``text`` stands there to the letter, spaces and punctuation aside."""
        return _PLAIN.sub("", text).lower() in self.plain

    def has_code(self, code: str) -> bool:
        return terms.code(code) in self._codes

    def has_surname(self, surname: str) -> bool:
        """Whether somebody with this Chinese surname is named."""
        return surname in self._surnames or (len(surname) > 1 and surname in self.plain)

    @cached_property
    def han_names(self) -> set[str]:
        """The names in Chinese characters."""
        return {form for one in han_names(self._even) for form in one.forms}

    @cached_property
    def _surnames(self) -> set[str]:
        return {form[:size] for form in self.han_names for size in (1, 2)}

    def has_form_of(self, name: str) -> bool:
        """Whether a Chinese name stands there shortened, in full, or without a word that was taken for its end."""
        if has_short_name(name, self._even) or (len(name) > 2 and name.endswith("之") and self.has_text(name[:-1])):
            return True  # 出自凌云之手
        return any(is_short_for(name, whole) for whole in self._wholes) or (
            len(name) > 2 and any(len(short) < len(name) and is_short_for(short, name) for short in self.han_names)
        )

    @cached_property
    def _wholes(self) -> frozenset[str]:
        return frozenset(wholes(self._even))

    def has_words(self, words: Sequence[str]) -> bool:
        """Whether all words of a name stand there, or its initials do."""
        return (len(words) > 1 and initials(words).lower() in self._words) or all(map(self.has_word, words))

    def has_word(self, word: str) -> bool:
        """Whether a word stands there, in this form or another."""
        plain = folded(word).removesuffix("'s")
        if len(plain) == 1 or plain in self._words:
            return True
        root = stem(word)
        is_name = plain.isascii() and is_proper(word)
        if root in self._stems and not is_name:
            return True
        if word.isupper() and word in self._initials:
            return True
        if "-" in plain:
            return all(self.has_word(part) for part in plain.split("-") if part)
        if any(stem(nation) in self._stems for nation in _of_nation(plain)):
            return True
        if is_name:
            found = any(is_form_of(plain, other) for other in self._words if other[:_START] == plain[:_START])
        else:
            found = any(True for _ in terms.related(root, self._starts))
        return found or self._is_in_chinese(root)

    def has_capital(self, word: str) -> bool:
        """Whether a word stands there with a capital at least once."""
        return folded(word).removesuffix("'s") in self._capitals

    def has_other_bearers(self, words: Sequence[str]) -> bool:
        """Whether the last name of ``Loveday Orme`` is borne there by ``Tamsin Orme`` only, or by others like her.

        What begins with the same letter may be the same name in another form.
        """
        *given, last = words
        given = [word for word in given if is_proper(word)]
        if not given or not is_proper(last):
            return False
        ending = re.escape(last.removesuffix("'s"))
        bearers = {
            word[0]
            for match in re.finditer(rf"\b{ending}\b", self._even)
            if (run := _CAPITALS_BEFORE.search(self._even, max(0, match.start() - _LONGEST), match.start()))
            for word in _PLAIN.sub(" ", run[0]).split()
            if is_given(word)
        }
        return bool(bearers) and not bearers & {word[0] for word in given}

    def has_translation(self, word: str) -> bool:
        """Whether one of the dictionary's meanings of a Chinese name stands there."""
        return any(all(self.has_word(part) for part in gloss) for gloss in chinese().meanings(word))

    def _is_in_chinese(self, root: str) -> bool:
        return self._is_chinese and any(
            len(word) > 1 and word in self.plain for word, weight in chinese().from_english(root) if weight >= 0.5
        )


def is_form_of(one: str, other: str) -> bool:
    """Whether two names differ in an ending that makes other words of names: Paris and Parisian, not Beatrix and
    Beatrice."""
    short, long = sorted((one, other), key=len)
    ending = long[len(short) :]
    return long.startswith(short) and (1 < len(ending) <= _LONGEST_ENDING or ending in _LETTERS_OF_NAMES)


def _of_nation(word: str) -> set[str]:
    """Other names of a country and its people: ``swedes``, ``swedish``, ``sweden``."""
    found = {nation for form in (word, word.removesuffix("s")) for nation in nations(form)}
    return found | {other for nation in found for other in nations(nation)}


def initials(words: Sequence[str]) -> str:
    """The first letters of the capitalised words."""
    return "".join(word[0] for word in words if word[0].isupper())


def is_given(word: str) -> bool:
    """Whether a capitalised word before a last name may be a given name."""
    plain = word.removesuffix(".").lower()
    return plain not in TITLES and (len(plain) == 1 or is_proper(word))


def is_proper(word: str) -> bool:
    """Whether a capitalised word is no common one."""
    return len(word) > 2 and folded(word) not in english().common
