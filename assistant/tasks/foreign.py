"""Words of a source that its translation may spell as they are: names, code, and what is foreign in the source itself.

The script lock keeps everything else out. An ordinary word of the source is not among them: a translation that leaves
it as it is has a word that was not translated, and that is what the lock is for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

from assistant.base import scripts
from assistant.documents.segments import Term, without_codes
from assistant.tasks.presets import translate_preset

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_CHUNK = re.compile(r"\S+")
_MARKUP = re.compile(
    r"%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z@]|%\([^)]*\)[a-zA-Z]|\$?\{[^{}]*\}|\$\w+|&#?\w+;|</?[a-zA-Z][^<>]*>|`[^`]+`"
)
_CODE_SIGNS = re.compile(r"[_/\\@#=<>{}~^|$*+]|\w[.:]\w|\w-\w*\d|(?<!\w)--?\w|\d\w|\w\(\)")
_SENTENCE = re.compile(r"(?:\A|[.!?:;\n]\s*[\"'“‘(\[]*|[。！？：；])\Z")
_MOST = 200  # words of one segment


def free_words(
    text: str, terms: Iterable[Term] = (), *, lenient: bool = False, strict: bool = False
) -> tuple[str, ...]:
    """The words that a translation of ``text`` may spell in another script than its own, each once.

    :param terms: those that occur in it: what they must become may be spelled, too.
    :param lenient: all words of the source, for somebody who was not content with the usual way.
    :param strict: a capital letter alone makes no name of the first word of a sentence, nor of one in a heading where
        most words have one: for a model that has left words as they were.
    """
    text = without_codes(text)
    # Signs that ordinary text has not (emoji, boxes) come from the source or not at all.
    found: dict[str, None] = dict.fromkeys(sign for sign in text if scripts.script_of(sign) == scripts.SYMBOL)
    for term in terms:
        if not term.forbidden:
            found.update(dict.fromkeys(_WORD.findall(term.target or term.source)))
    main = _main_script(text)
    few = _few_capitals(text)
    for markup in _MARKUP.finditer(text):
        found.update(dict.fromkeys(_WORD.findall(markup[0])))
    for chunk in _CHUNK.finditer(text):
        like_code = bool(_CODE_SIGNS.search(chunk[0]))
        for word in _WORD.finditer(chunk[0]):
            first = bool(
                _SENTENCE.search(text[max(0, chunk.start() + word.start() - 8) : chunk.start() + word.start()])
            )
            trusted = few and not first if strict else True
            if lenient or like_code or _is_free(word[0], main, first=first, trusted=trusted):
                found[word[0]] = None
    return tuple(found)[:_MOST]


def _is_free(word: str, main: str, *, first: bool, trusted: bool) -> bool:
    """Is it foreign in its own sentence, or a name?

    :param first: it begins a sentence; ``trusted``: its capital letter counts.
    """
    if _script(word[0]) != main or any(sign.isupper() for sign in word[1:]):
        return True
    if word == word.lower() or not trusted:
        return False
    return word.casefold() not in _small_words() if first else word != "I"


def _few_capitals(text: str) -> bool:
    """At most half of the words begin with a capital letter, as in a sentence and not in a heading."""
    words = _WORD.findall(text)
    return 2 * sum(1 for word in words if word[0].isupper()) <= len(words)


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
