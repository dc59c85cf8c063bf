"""Words of a source that its translation may spell as they are: names, code, and what is foreign in the source itself.

The script lock keeps everything else out. An ordinary word of the source is not among them: a translation that leaves
it as it is has a word that was not translated, and that is what the lock is for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import groupby

from assistant.base import scripts
from assistant.base.languages import primary
from assistant.documents.segments import Term, without_codes
from assistant.tasks.presets import translate_preset

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_CHUNK = re.compile(r"\S+")
_MARKUP = re.compile(
    r"%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z@]|%\([^)]*\)[a-zA-Z]|\$?\{[^{}]*\}|\$\w+|&#?\w+;|</?[a-zA-Z][^<>]*>|`[^`]+`"
)
_CODE_SIGNS = re.compile(r"[_/\\@#=<>{}~^|$*+]|\w[.:]\w|\w-\w*\d|(?<!\w)--?\w|\d\w|\w\(\)")
_FILE_NAME = re.compile(r"\w+(?:[_\\]\w+)+(?:\.\w+)*|\w+\.[A-Za-z][A-Za-z0-9]{0,4}(?![A-Za-z0-9])")
_UNSPACED = ("Hani", "Hang")  # scripts whose words stand together, with numbers too: a digit beside a word is no code
_SENTENCE = re.compile(r"(?:\A|[.!?:;\n]\s*[\"'“‘(\[]*|[。！？：；])\Z")
_NUMBER = re.compile(r"\d[ \u00a0\u202f]?\Z")
_LONGEST_UNIT = 3
_NOUNS = ("de", "lb", "nds", "gsw")  # languages that write nouns with a capital letter
_MOST = 200  # words of one segment
_SIGNS, _SIGNS_EACH = 12, 2  # signs that any translation may have, and for each that its source has


def free_words(
    text: str, terms: Iterable[Term] = (), *, language: str = "", lenient: bool = False, strict: bool = False
) -> tuple[str, ...]:
    """The words that a translation of ``text`` may spell in another script than its own, each once.

    :param terms: those that occur in it: what they must become may be spelled, too.
    :param language: of the text, BCP 47, where it is known.
    :param lenient: all words of the source, for somebody who was not content with the usual way.
    :param strict: for a model that has left words as they were: a capital letter alone makes no name of the first word
        of a sentence, of one in a heading where most words have one, or of one in German, where all nouns do.
    """
    text = without_codes(text)
    # Signs that ordinary text has not (emoji, boxes) come from the source or not at all.
    found: dict[str, None] = dict.fromkeys(sign for sign in text if scripts.script_of(sign) == scripts.SYMBOL)
    for term in terms:
        if not term.forbidden:
            found.update(dict.fromkeys(_WORD.findall(term.target or term.source)))
    for markup in _MARKUP.finditer(text):
        found.update(dict.fromkeys(_WORD.findall(markup[0])))
    main = _main_script(text)
    if main in _UNSPACED and not lenient:
        found.update(dict.fromkeys(_free_of_unspaced(text, main)))
        return tuple(found)[:_MOST]
    capitals = _Capitals(text, strict=strict, nouns=primary(language) in _NOUNS)
    for chunk in _CHUNK.finditer(text):
        like_code = bool(_CODE_SIGNS.search(chunk[0]))
        for word in _WORD.finditer(chunk[0]):
            place = chunk.start() + word.start()
            foreign = _script(word[0][0]) != main
            if lenient or like_code or foreign or _is_unit(text, place, word[0]) or capitals.name(place, word[0]):
                found[word[0]] = None
    return tuple(found)[:_MOST]


def _free_of_unspaced(text: str, main: str) -> Iterable[str]:
    """What is in another script than the text itself, and the names of files."""
    for name in _FILE_NAME.finditer(text):
        yield from _WORD.findall(name[0])
    for word in _WORD.finditer(text):
        for script, signs in groupby(word[0], key=_script):
            run = "".join(signs)
            if script != main and run[0].isalpha():
                yield run


def free_signs(text: str, *, lenient: bool = False) -> int:
    """Digits, punctuation and other signs that a translation of ``text`` may have, whatever its length.

    :param text: as the model is shown it. A number in words counts for nothing here, and may become digits.
    """
    table = scripts.parts()
    signs = sum(table[ord(sign)] == scripts.Part.SIGN for sign in text)
    return (_SIGNS + _SIGNS_EACH * signs) * (2 if lenient else 1)


class _Capitals:
    """Which words of a text are names, by their capital letters.

    :param nouns: they are also on every noun.
    """

    def __init__(self, text: str, *, strict: bool, nouns: bool) -> None:
        words = [word for word in _WORD.findall(text) if len(word) > 1]
        self._text = text
        self._strict = strict
        self._shouted = 2 * sum(map(str.isupper, words)) > len(words) > 2
        titled = 2 * sum(1 for word in words if word[0].isupper()) > len(words)
        self._usual = nouns or titled

    def name(self, place: int, word: str) -> bool:
        """The word at ``place`` is one."""
        if any(sign.isupper() for sign in word[1:]):
            return not (self._shouted and word.isupper())
        if word == word.lower() or (self._strict and self._usual):
            return False
        if _SENTENCE.search(self._text[max(0, place - 8) : place]):
            return not self._strict and word.casefold() not in _small_words()
        return word != "I"


def _is_unit(text: str, place: int, word: str) -> bool:
    """A short word right behind a number: 12 cm, 5 px."""
    behind = _NUMBER.search(text[max(0, place - 8) : place])
    return behind is not None and len(word) <= _LONGEST_UNIT and word.casefold() not in _small_words()


@cache
def _small_words() -> frozenset[str]:
    return frozenset(translate_preset().small_words.split())


def _main_script(text: str) -> str:
    counts = Counter(_script(sign) for sign in text if sign.isalpha())
    # A sentence about a product can have more Latin letters than Chinese characters, which say more each.
    for eastern in ("Hani", "Hang"):
        if 4 * counts[eastern] >= counts.total() > 0:
            return eastern
    return counts.most_common(1)[0][0] if counts else ""


@lru_cache(maxsize=8192)
def _script(sign: str) -> str:
    """The script of a letter; Japanese is one, whatever it is spelled with."""
    script = scripts.script_of(sign)
    return "Hani" if script in ("Hira", "Kana") else script
