"""Whether two words are forms of one: ``Modell`` and ``Modellen``, ``сеть`` and ``сети``. Generous: it decides what is
accepted as the word that a glossary asks for."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from assistant.worker.lexicon import folded, stem

_ENDINGS = {
    "en": "s es ed d ing y ies ied ier e er",
    "de": "e en er es em n s ern ens sen se nen in innen st t te ten et",
    "nl": "e en s n eren ers er es t",
    "sv": "s en et n t er ar or r erna arna orna na a e ens ets are",
    "fr": "s x e es aux al ux l er ee ees ez ent ons ait ant eux euse if ive ifs ives",
    "es": "s es o a os as e en an ces z on ones ar er ir ado ada ados adas ion iones",
    "it": "o a i e hi he ghi gli co ci ca che io ia ie are ere ire ato ata ati ate",
    "pt": "s es o a os as e ao oes aes m ns l is r ar er ir ado ada",
    "ro": "a e i le lui ul ului ilor uri urilor ii ei",
    "ru": "а я о е ы и у ю ь й ой ей ом ем ам ям ами ями ах ях ов ев ий ый ая яя ое ее ые ие ого его ому ему ым им ых"
    " их ую юю ою ею ью ия ию ии ием иях иям иями ьи ье ек ок ка",
    "uk": "а я о е и і у ю ь ий ій ої ою ею ом ем ам ям ами ями ах ях ів їв а яя є ії ію ого ому им их у ею ові еві",
    "pl": "a y i e o u ie em ami ach om ow owi ych ym ymi ej ego emu iem iom ach ia ii",
    "cs": "a e i y u o em ou u ech ich ami ach iho emu ym ych ova ove ovi um",
}  # fmt: skip
_LIKE = {"da": "sv", "nb": "sv", "nn": "sv", "no": "sv", "sk": "cs", "hr": "cs", "sr": "ru", "bg": "ru", "be": "ru",
         "mk": "ru", "ca": "es", "gl": "es", "af": "nl"}  # fmt: skip
_AGGLUTINATING = frozenset(("tr", "fi", "hu", "et", "az", "kk", "uz", "eu", "id", "ms", "sw", "ka"))
_COMPOUNDING = frozenset(("de", "nl", "sv", "da", "nb", "nn", "no", "fi", "hu", "et"))
_LEAST = 3  # letters that two forms have in common
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@cache
def _endings(language: str) -> frozenset[str]:
    found = _ENDINGS.get(_LIKE.get(language, language), "")
    return frozenset(["", *map(_plain, found.split())]) if found else frozenset()


@lru_cache(maxsize=65536)
def is_form(word: str, known: str, language: str) -> bool:
    """Whether ``word`` may be a form of ``known``.

    :param language: the first part of a BCP 47 tag; of one that is not known here, short endings may differ.
    """
    one, other = _plain(word), _plain(known)
    if one == other:
        return True
    if language == "en" and stem(word) == stem(known):
        return True
    if language in _AGGLUTINATING and one.startswith(other) and len(other) > 1:
        return len(one) <= len(other) + 10
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    if common < _LEAST or common * 2 < min(len(one), len(other)):
        return False
    rests = one[common:], other[common:]
    endings = _endings(language)
    if endings:
        # What is an ending is not where the letters part: ``studio`` and ``studios`` have ``o`` in common.
        return any(
            one[place:] in endings and other[place:] in endings for place in range(max(_LEAST, common - 3), common + 1)
        )
    if language in _AGGLUTINATING:
        return len(rests[1]) <= 1 and len(rests[0]) <= 10
    return common >= 4 and max(map(len, rests)) <= 3


def _plain(word: str) -> str:
    return folded(word).replace("’", "'").removesuffix("'s").replace("ё", "е")


def words(text: str) -> list[re.Match[str]]:
    """The words of a text."""
    return list(_WORD.finditer(text))


def is_part(word: str, known: str, language: str) -> bool:
    """Whether ``word`` is a compound with ``known``: ``Sprachmodelle`` with ``Modell``."""
    return language in _COMPOUNDING and len(known) >= 4 and folded(known) in folded(word)
