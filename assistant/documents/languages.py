"""Which language a text is in: told by its script and by its commonest words. Small, and meant for whole paragraphs.

It decides how sentences are split and what a label says; nothing is lost where it is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_SAMPLE = 20_000  # characters that are looked at: the first half of them from the beginning, the rest from the middle
_MIN_WORDS = 3.0  # common words that a language of the Latin script must show, weighed
_WEIGHTS = (0.0, 0.25, 1.0, 1.5)  # by their letters: a single letter may be anything

_SCRIPTS = {
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "kana": re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]"),
    "hangul": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
}
_BY_SCRIPT = {"greek": "el", "arabic": "ar", "hebrew": "he", "thai": "th", "devanagari": "hi"}

# Characters that only one of the two ways of writing Chinese uses, the commonest first.
SIMPLIFIED = frozenset(
    "们这个来时会说为国对发过经学动进开问现实没还业将当让关从应该间东样书长无见车电话觉给战报员题论头观达"
    "场门变条处总难务产义别军历认结请边设计类连约备议语钱运区转爱层试传强继农资则单织众际钟红级续师济权规"
    "线华视导办费号团决选严统罗证识调质马职讲虽习节龙满读坚"
)
TRADITIONAL = frozenset(
    "們這個來時會說為國對發過經學動進開問現實沒還業將當讓與關從應該間東樣書長聽無見車電萬話覺給戰報員題論"
    "頭觀達場門氣體變條處總難務產義別軍歷認結請邊確設計類連約備議語錢運離區轉愛層試傳強繼兒農資則單織價眾"
    "際鐘紅級續師濟權規線華視導辦費號團決選嚴統羅證識調質馬職講雖習節龍滿黨讀堅"
)

_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is that for it was on with as be by this are have not which from or an at you but"
        " they we were been has had will would their there when who about over into",
        "de": "der die und das ist nicht den von zu mit sich auf für im dem ein eine als auch es an werden wie"
        " wird einer oder bei nach durch sie ich hat war wurde sind noch wir aber nur über zum zur dass man"
        " kann haben ganzen",
        "fr": "le la les de des et est une du que dans qui pour par sur pas au plus avec ce sont il elle nous"
        " vous mais cette aux ont être été était entre leur tout tous comme même aussi fait ses son sa"
        " pensez",
        "es": "el la los las de que y en un una por con no para del se es su al lo como más pero sus está son fue"
        " este ha muy sobre entre cuando todo todos durante también hasta desde donde estuvo ser usted eso"
        " ya le porque",
        "it": "il la di che e un una per non in con del della sono le dei gli nel alla si da è anche più come ma"
        " questo delle lo i al sul sulla tutto tutti quello era stato hanno essere ha sua suo perché quando"
        " fino chi",
        "pt": "o a os as de que e do da em um uma para com não por dos das no na se mais ao foi como mas é são"
        " pela pelo seu sua sobre entre quando todo todos durante também até isso você já muito ser está nos"
        " nas era foram",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als maar bij dan nog naar door"
        " deze wordt hij ze was over hele wat zich had heeft kan uit zo werd worden geen veel waren hun meer"
        " toen",
        "pl": "i w na z się do nie że to jest o jak za od po przez dla oraz są ale który która tym być może tak"
        " przy jego był była było które tego już ich czy ze także jako",
        "sv": "och i att det som en på är av för med den till inte om har ett var jag kan men så från vi",
        "da": "og i at det er en til af på som for med den de ikke der et har jeg var fra kan om vi",
        "cs": "a v se na je že to s z o do jako pro by si ale jsem za byl po tak které nebo jsou při",
        "tr": "ve bir bu için ile da de olarak olan çok daha gibi kadar sonra en ne var ama o her",
        "vi": "và của là có các cho không được một trong người những với này để đã khi từ về như",
    }.items()
}
_LETTERS = {
    "de": re.compile("ß"),
    "es": re.compile("[ñ¿¡]"),
    "pt": re.compile("[ãõ]"),
    "pl": re.compile("[łąęśżźćń]"),
    "cs": re.compile("[řěů]"),
    "tr": re.compile("[ğışİ]"),
    "vi": re.compile("[ơưạảấầẩậắằẳặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữự]"),
}
"""Letters that only one of the languages here has."""
_PER_LETTER = 0.5  # what such a letter weighs
_WORD = re.compile(r"[^\W\d_]+")
_EAST = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_COUNTED = re.compile(f"[{_EAST}]|[^\\W{_EAST}]+(?:['’.-][^\\W{_EAST}]+)*")
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)


def detect(text: str) -> str:
    """The language of ``text`` as a BCP 47 tag (``en``, ``zh-Hans``), empty where there is too little to tell."""
    sample = _sample(text)
    counts = {script: len(pattern.findall(sample)) for script, pattern in _SCRIPTS.items()}
    # A Chinese, Japanese or Korean character says about as much as three letters.
    east = counts["han"] + counts["kana"] + counts["hangul"]
    others = {script: count for script, count in counts.items() if script not in ("han", "kana", "hangul")}
    script = max(others, key=lambda one: others[one])
    if east and 3 * east >= others[script]:
        return _eastern(sample, counts)
    if not others[script]:
        return ""
    if script == "latin":
        return _latin(sample)
    if script == "cyrillic":
        return "uk" if len(_UKRAINIAN.findall(sample)) * 50 > counts["cyrillic"] else "ru"
    return _BY_SCRIPT[script]


def count_words(text: str) -> int:
    """How many words ``text`` has; in Chinese and Japanese each character counts as one."""
    return sum(1 for _ in _COUNTED.finditer(text))


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    middle = len(text) // 2
    return text[: _SAMPLE // 2] + "\n" + text[middle : middle + _SAMPLE // 2]


def _eastern(sample: str, counts: Mapping[str, int]) -> str:
    if counts["hangul"] > counts["kana"] and counts["hangul"] * 4 > counts["han"]:
        return "ko"
    if counts["kana"] * 20 > counts["han"]:
        return "ja"
    traditional = sum(1 for one in sample if one in TRADITIONAL)
    simplified = sum(1 for one in sample if one in SIMPLIFIED)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _latin(sample: str) -> str:
    words = _WORD.findall(sample.casefold())
    counts = Counter(words)
    scores = {
        language: sum(_WEIGHTS[min(len(word), 3)] * counts[word] for word in common if word in counts)
        for language, common in _WORDS.items()
    }
    for language, letters in _LETTERS.items():
        scores[language] += _PER_LETTER * len(letters.findall(sample))
    best = max(scores, key=lambda one: scores[one])
    enough = scores[best] >= _MIN_WORDS and scores[best] > 0.04 * len(words)
    return best if enough or scores[best] * 4 > len(words) > 1 else ""
