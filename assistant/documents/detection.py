"""Which language single sentences are in: by their letters first, then by what stands next to what in them.

Most scripts stand for one language, and Chinese is told from Japanese and Simplified from Traditional by the characters
that only one of them has. Among the languages that share a script a model of byte sequences decides (the library
py3langid). It is loaded with the first sentence that needs it: about 50 MB, so this belongs into the worker child; the
program's own process has ``languages.detect``, which is rougher.
"""

from __future__ import annotations

import io
import lzma
import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.documents import languages
from assistant.documents.segments import Guess, is_code

_SAMPLE = 1_500  # characters that are looked at
_MOST = 3  # guesses for a text
_LEAST = 0.15  # share of the best guess, below which there is none
_WORTH = 0.02  # share of a further guess that is worth naming
_PIECE, _PIECES = 300, 5  # characters and number of the pieces that a document is told by
_ENOUGH = 0.5  # share of a guess that counts for a document
_EASTERN = 3  # letters that a Chinese, Japanese or Korean character says about as much as
_TRADITIONAL, _NO_KANA, _NO_KANA_PER_CHARACTER = -1.0, -1.0, -0.4  # logarithms of how likely such a text is
_FOREIGN = -3.0  # the same for a character that is in no character set of the language
_LATIN_WORD = 5  # letters that a word counts for at most
_BRIEF = 4.0  # letters of an alphabet that have half the say of a long text
_STRANGE = 0.2  # how much less likely a letter makes a language that does not have it

_SCRIPTS = {
    "latin": "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "kana": "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d",
    "hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "arabic": "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "hebrew": "\u0590-\u05ff\ufb1d-\ufb4f",
    "devanagari": "\u0900-\u0963\u0970-\u097f",
    "bengali": "\u0980-\u09e5\u09f0-\u09ff",
    "gurmukhi": "\u0a00-\u0a65\u0a70-\u0a7f",
    "gujarati": "\u0a80-\u0ae5\u0af0-\u0aff",
    "tamil": "\u0b80-\u0be5\u0bf0-\u0bff",
    "telugu": "\u0c00-\u0c65\u0c70-\u0c7f",
    "kannada": "\u0c80-\u0ce5\u0cf0-\u0cff",
    "malayalam": "\u0d00-\u0d65\u0d70-\u0d7f",
    "sinhala": "\u0d80-\u0de5\u0df0-\u0dff",
    "thai": "\u0e01-\u0e4e",
    "lao": "\u0e80-\u0ecf\u0edc-\u0eff",
    "tibetan": "\u0f00-\u0f1f\u0f40-\u0fff",
    "myanmar": "\u1000-\u103f\u1050-\u109f",
    "georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "armenian": "\u0530-\u058f",
    "ethiopic": "\u1200-\u135f\u1380-\u139f",
    "khmer": "\u1780-\u17df",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
_LATIN_WORDS = re.compile(f"[{_SCRIPTS['latin']}]+")
_EAST = ("han", "kana", "hangul")
_ONE = {
    "greek": "el",
    "hebrew": "he",
    "bengali": "bn",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "tibetan": "bo",
    "myanmar": "my",
    "georgian": "ka",
    "armenian": "hy",
    "ethiopic": "am",
    "khmer": "km",
}
"""Scripts that stand for one language."""

_CERTAIN = frozenset({"en", "zh-Hans", "zh-Hant", "ja", "ko", "el", "th", "he"})
"""What ``languages.detect`` tells as well as the model does: languages with letters of their own, and English."""

_LATIN = (
    "en de fr es it pt nl pl cs sv da no tr vi id ro hu fi sk hr sl lt lv et ca ms tl af sq is ga eu gl cy sw mt az uz"
    " eo la"
)
_SHARED: Mapping[str, tuple[str, ...]] = {
    "latin": (*_LATIN.split(), "nn"),
    "cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "mn", "ky", "tg"),
    "arabic": ("ar", "fa", "ur", "ps", "ug"),
    "devanagari": ("hi", "mr", "ne"),
}
"""Scripts that several languages share: those among which the model chooses, as it calls them."""
_CALLED = {"no": "nb", "nn": "nb", "tl": "fil"}
_MET = {
    2.0: "en",
    0.5: "sk hr sl lt lv et ca be bg sr ms mr ne tl",
    0.2: "af sq is ga eu gl cy sw mt az uz kk mn ky tg ps ug nn mk",
    0.05: "eo la",
}
_PRIOR = {code: weight for weight, codes in _MET.items() for code in codes.split()}
"""How often a language is met, next to the most widespread ones: it decides where a text says little."""

_ALPHABETS: Mapping[str, str] = {
    "en": "",
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "it": "àèéìîòù",
    "pt": "áâãàçéêíóôõú",
    "nl": "éëïóöü",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sv": "åäöé",
    "da": "æøåé",
    "no": "æøåéòô",
    "nn": "æøåéòô",
    "tr": "çğıöşüâîû",
    "vi": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "id": "",
    "ms": "",
    "ro": "ăâîșțşţ",
    "hu": "áéíóöőúüű",
    "fi": "äöåšž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hr": "čćđšž",
    "sl": "čšž",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "et": "äöüõšž",
    "ca": "àçéèíïóòúü",
    "tl": "ñ",
    "af": "êëéïîôûáè",
    "sq": "çë",
    "is": "áðéíóúýþæö",
    "ga": "áéíóú",
    "eu": "ñ",
    "gl": "áéíñóúü",
    "cy": "âêîôûŵŷëïöá",
    "sw": "",
    "mt": "ċġħżàèìòù",
    "az": "çəğıöşü",
    "uz": "",
    "eo": "ĉĝĥĵŝŭ",
    "la": "āēīōūæœ",
    "ru": "ёъыэщ",
    "uk": "ґєіїщ",
    "be": "ёіўыэ",
    "bg": "ъщ",
    "sr": "ђјљњћџ",
    "mk": "ѓѕјљњќџ",
    "kk": "ёъыэщәғқңөұүһі",
    "mn": "ёъыэщөү",
    "ky": "ёъыэщңөү",
    "tg": "ёъэғӣқӯҳҷ",
    "ar": "كيىةأإؤئءآ",
    "fa": "پچژگکیآئأؤءكي",
    "ur": "پچژگکیےںہھٹڈڑآئأؤء",
    "ps": "پچژګکیيېۍئټډړږښڼځڅ",
    "ug": "پچژگكىېەۆۇۈۋئڭھ",
    "hi": "",
    "mr": "",
    "ne": "",
}
"""What an alphabet has of the letters that not all languages of its script have."""
_TELLING = {script: frozenset("".join(_ALPHABETS[code] for code in codes)) for script, codes in _SHARED.items()}

_NO_WORDS = re.compile(
    r"""
    (?<![A-Za-z])(?:https?|ftp|file|mailto):[^\s\u2e80-\uffef]+ | (?<![A-Za-z])www\.[^\s\u2e80-\uffef]+  # addresses
    | (?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+
    | </?[A-Za-z][^<>]*> | &\w+; | `[^`]*`                             # markup, code
    | %\(\w+\)[a-z] | %[-+ 0-9.]*[a-z] | \$?\{[^{}\s]*\}              # placeholders
    | (?<![A-Za-z0-9_])[A-Za-z_]*[0-9_][A-Za-z0-9_]*                   # numbers, names of programs
    """,
    re.VERBOSE,
)


def detect_languages(texts: Sequence[str]) -> tuple[tuple[Guess, ...], ...]:
    """For each of ``texts`` the likeliest languages, best first; none: there is too little to tell.

    A word that many languages could have gets a small share, and so does a text that is half in another script.
    """
    return tuple(_guesses(text) for text in texts)


def language_of(text: str) -> str:
    """The language of a whole document, BCP 47; empty where there is too little to tell.

    The model is only asked where words and scripts leave it open: loading it takes most of a second.
    """
    rough = languages.detect(text)
    if rough in _CERTAIN:
        return rough
    places = range(0, len(text), max(_PIECE, len(text) // _PIECES))
    (guesses,) = detect_languages(["\n".join(text[start : start + _PIECE] for start in places)])
    return guesses[0].language if guesses and guesses[0].share >= _ENOUGH else rough


def _guesses(text: str) -> tuple[Guess, ...]:
    words = _NO_WORDS.sub(" ", "".join(" " if is_code(one) else one for one in text[:_SAMPLE]))
    weights = Counter({script: len(pattern.findall(words)) for script, pattern in _LETTERS.items()})
    # Names of firms and programs are in Latin letters all over the world: a long one counts as one word.
    weights["latin"] = min(weights["latin"], _LATIN_WORD * len(_LATIN_WORDS.findall(words)))
    east = sum(weights.pop(script) for script in _EAST) * _EASTERN
    ((script, letters),) = weights.most_common(1)
    if not east and not letters:
        return ()
    dominant = max(east, letters) / (east + weights.total())
    shares = _eastern(words) if east >= letters else _of_script(script, words)
    best = sorted(shares.items(), key=lambda one: -one[1])[:_MOST]
    if not best or best[0][1] * dominant < _LEAST:
        return ()
    return tuple(Guess(language, round(share * dominant, 3)) for language, share in best if share >= _WORTH)


# ---------------------------------------------------------------- alphabets


def _of_script(script: str, words: str) -> dict[str, float]:
    if script in _ONE:
        return {_ONE[script]: 1.0}
    only = " ".join(re.findall(f"[{_SCRIPTS[script]}'’\\u0300-\\u036f-]+", words))
    ranked = dict(_identifier().rank(only))
    seen = set(only.lower()) & _TELLING[script]
    weighed = {
        code: ranked.get(code, 0.0) * _PRIOR.get(code, 1.0) * _STRANGE ** len(seen.difference(_ALPHABETS[code]))
        for code in _SHARED[script]
    }
    total = sum(weighed.values())
    if not total:
        return {}
    letters = len(_LETTERS[script].findall(only))
    shares: dict[str, float] = {}
    for code, weight in weighed.items():
        called = _CALLED.get(code, code)
        shares[called] = shares.get(called, 0.0) + weight / total * letters / (letters + _BRIEF)
    return shares


@cache
def _identifier() -> Any:
    """The model, only with the languages that are told apart by it.

    The library's own way of loading goes through a temporary file, which the worker child may not write.
    """
    import numpy  # noqa: PLC0415
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415

    data = lzma.decompress((files("py3langid") / "data" / "model.npz.xz").read_bytes())
    with numpy.load(io.BytesIO(data), allow_pickle=False) as kept:
        wanted = {code for codes in _SHARED.values() for code in codes}
        names: list[str] = kept["classes"].tolist()
        columns = [number for number, name in enumerate(names) if name in wanted]
        return LanguageIdentifier(
            numpy.ascontiguousarray(kept["ptc"][:, columns]),
            kept["pc"][columns],
            [names[number] for number in columns],
            _as_array(kept["nextmove"]),
            kept["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_as_array(kept["nextmove_row"]),
        )


def _as_array(numbers: Any) -> array[int]:
    """Python's own array of numpy's: single numbers come out of it quicker."""
    return array({2: "H", 4: "I", 8: "Q"}[numbers.dtype.itemsize], numbers.tobytes())


# ---------------------------------------------------------------- Chinese, Japanese, Korean


def _eastern(words: str) -> dict[str, float]:
    counts = {script: len(_LETTERS[script].findall(words)) for script in _EAST}
    if counts["hangul"] > counts["kana"] and counts["hangul"] * 4 > counts["han"]:
        return {"ko": 1.0}
    if counts["kana"] * 20 > counts["han"]:
        return {"ja": 1.0}
    return _chinese("".join(_LETTERS["han"].findall(words)))


def _chinese(text: str) -> dict[str, float]:
    """Characters without kana: Chinese in one of its two ways of writing, or a brief text in Japanese."""
    scores = {"zh-Hans": 0.0, "zh-Hant": _TRADITIONAL, "ja": _NO_KANA + len(text) * _NO_KANA_PER_CHARACTER}
    for character in text:
        for language, has in zip(scores, _used_in(character), strict=True):
            scores[language] += 0.0 if has else _FOREIGN
    most = max(scores.values())
    weights = {language: math.exp(score - most) for language, score in scores.items()}
    return {language: weight / sum(weights.values()) for language, weight in weights.items()}


@cache
def _used_in(character: str) -> tuple[bool, ...]:
    """Is ``character`` in the national character set of China, Taiwan, Japan? The first and the second differ in most
    of what was simplified, the third shares some of it."""
    return tuple(_has(character, encoding) for encoding in ("gb2312", "big5", "shift_jis"))


def _has(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
