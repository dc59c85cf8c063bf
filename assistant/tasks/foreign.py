"""Words of a source that its translation may spell as they are: names, code, and what is foreign in the source itself.

The script lock keeps everything else out. An ordinary word of the source is not among them: a translation that leaves
it as it is has a word that was not translated, and that is what the lock is for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

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


def free_words(text: str, terms: Iterable[Term] = (), *, lenient: bool = False) -> tuple[str, ...]:
    """The words that a translation of ``text`` may spell in another script than its own, each once.

    :param terms: those that occur in it: what they must become may be spelled, too.
    :param lenient: all words of the source, for somebody who was not content with the strict way.
    """
    text = without_codes(text)
    found: dict[str, None] = {}
    for term in terms:
        if not term.forbidden:
            found.update(dict.fromkeys(_WORD.findall(term.target or term.source)))
    main = _main_script(text)
    for markup in _MARKUP.finditer(text):
        found.update(dict.fromkeys(_WORD.findall(markup[0])))
    for chunk in _CHUNK.finditer(text):
        like_code = bool(_CODE_SIGNS.search(chunk[0]))
        for word in _WORD.finditer(chunk[0]):
            if lenient or like_code or _is_free(text, chunk.start() + word.start(), word[0], main):
                found[word[0]] = None
    return tuple(found)[:_MOST]


def _is_free(text: str, at: int, word: str, main: str) -> bool:
    if _script(word[0]) != main:
        return True
    if word == word.lower():
        return False
    if any(sign.isupper() for sign in word[1:]) or not _SENTENCE.search(text[max(0, at - 8) : at]):
        return len(word) > 1 or word != "I"
    return word.casefold() not in _small_words()


@cache
def _small_words() -> frozenset[str]:
    return frozenset(translate_preset().small_words.split())


def _main_script(text: str) -> str:
    scripts = Counter(_script(sign) for sign in text if sign.isalpha())
    # A sentence about a product can have more Latin letters than Chinese characters, which say more each.
    for eastern in ("CJK", "HANGUL"):
        if 4 * scripts[eastern] >= scripts.total() > 0:
            return eastern
    return scripts.most_common(1)[0][0] if scripts else ""


@lru_cache(maxsize=8192)
def _script(sign: str) -> str:
    """The script of a letter as Unicode calls it; Japanese is one, whatever it is spelled with."""
    name = unicodedata.name(sign, "").partition(" ")[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC") else name
