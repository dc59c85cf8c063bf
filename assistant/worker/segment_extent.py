"""Whether a translation is whole: not empty, not cut off, not in circles, about as long as it has to be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.repetition import without_loops
from assistant.documents.segments import Finding, FindingKind, without_codes
from assistant.documents.sentences import split
from assistant.worker.characters import HAN_RUN
from assistant.worker.lexicon import chinese, empty_words, folded
from assistant.worker.segment_view import View

_WIDE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3041-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W_]")
_MEANT = re.compile(r"(?<!['\w])[^\W\d_]+(?=(?:'s)?(?!['\w]))")  # not "couldn't", which says no more than "could"
_OVER_AND_OVER = re.compile(r"(\w.{0,60}?)(?:\W*\1){3,}\W*", re.DOTALL)
_LONG = 120.0  # letters of a text whose translations differ less in their length
_LIMITS = ((0.42, 2.4), (0.52, 1.95))
_RUN = re.compile(r"([。！？!?.,，、;；:：~*#=_-])\1{3,}")
_JOINING = frozenset("和与及或把被将从对向")
_MORE = 1.7  # of the length to be expected: a text with more clauses, too, says what its source does not
_WHOLE = 0.82  # of the length to be expected: a text with fewer sentences that is shorter lacks one
_HAN, _SYLLABLE, _BLOCK = 3.3, 1.9, 2.3  # letters that a character says as much as
_SCRAP = 0.3  # of the length of a sentence
_TOLD = 20.0  # letters of a sentence that says more than yes or no
_BRIEF = 24.0  # letters of a text whose end tells little
_SAID = 8.0  # letters of a sentence that nobody says twice in a row
_WORD = 2  # Chinese characters
_NAMES_LITTLE = 2  # words with a meaning of their own
_SHORT = 14.0  # letters: texts of about so many may become three times as long

_ENDED = re.compile("[.。!！?？…:：;；,，)）\\]】\"”’'»」』›*`>\ufffc\U0001f300-\U0001faff\u2600-\u27bf~～|—%]\\s*\\Z")
_PAUSED = re.compile("[:：;；|—,，、-]\\s*\\Z")
STOPPED = re.compile(r"[.。!！?？…][\"”’'»」』)）*\]\ufffc]*\s*\Z")
_HANGING = re.compile(
    r"(?:[,，、;；:：(（\[【「『/-]|\b(?:and|or|but|the|a|an|because|und|oder|der|die|das|den|dem|ein|eine|et|ou|le|la"
    r"|les|du|des|y|o|el|los|las|и)|[^\W\d_]-)\s*\Z",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!\b[Mm]r)(?<!\b[Dd]r)(?<!\b[Mm]s)(?<!\bNo)(?<!\d)(?<!\b[Ss]t)[.!?]+[\"”’)»]*(?=\s+\S)"
    r"|[。！？!?…]+[”’」』）]*(?=\s*[^\s。！？!?.…”’」』）])"
)


def weight(text: str) -> float:
    """How much a text says, in letters of an alphabet."""
    han, kana, hangul = (len(pattern.findall(text)) for pattern in (_WIDE, _KANA, _HANGUL))
    signs = sum(1 for sign in text if not sign.isspace())
    return (signs - han - kana - hangul) + han * _HAN + kana * _SYLLABLE + hangul * _BLOCK


def ratio(source: View, target: View) -> float:
    """How long a translation is, in parts of what is to be expected; near 1 also for short texts that differ much."""
    return (weight(target.plain) + _SHORT) / (weight(source.plain) + _SHORT)


def is_empty(text: str) -> bool:
    """Whether a translation says nothing: a source always has a letter."""
    return not _LETTER.search(without_codes(text))


def extent_findings(source: View, target: View, finish: str) -> Iterator[Finding]:
    """A translation that is cut off, far too long or far too short, or that lacks a sentence."""
    size = ratio(source, target)
    start, end = target.span(0, len(target.plain))
    tail = target.span(max(0, len(target.plain) - 12), len(target.plain))
    long = weight(source.plain) > _BRIEF
    ended = _ENDED.search(target.plain) and not _PAUSED.search(target.plain)
    if finish == "limit" or (long and _hangs(target.plain) and not _hangs(source.plain)):
        yield Finding(FindingKind.CUT, target.plain[-12:], *tail)
    elif long and STOPPED.search(source.plain) and not ended:
        minor = weight(target.plain) > _WHOLE * weight(source.plain)
        yield Finding(FindingKind.CUT, target.plain[-12:], *tail, minor=minor)
    values: dict[str, str | int] = {"percent": round(100 * size)}
    low, high = _LIMITS[weight(source.plain) > _LONG]
    goes_on = size > _MORE and _pauses(target) > _pauses(source) + 1
    if not low < size < high or goes_on or _lacks_sentence(source, target):
        yield Finding(FindingKind.LENGTH, start=start, end=end, values=values)
    elif _says_nothing(source, target):
        yield Finding(FindingKind.LENGTH, start=start, end=end, minor=_may_be_formula(source, target), values=values)
    if (run := _RUN.search(target.plain)) and not re.search(r"(\W)\1\1", source.plain):
        yield Finding(FindingKind.LOOP, run[0][:60], *target.span(*run.span()))
    if (doubled := _doubled(target)) and not _doubled(source):
        yield Finding(FindingKind.LOOP, target.plain[slice(*doubled)][:60], *target.span(*doubled))


def _says_nothing(source: View, target: View) -> bool:
    """Whether of a short sentence, which may well become a third as long, not even that is left. A number or a date
    that is written out in the source may be as short as that in figures.
    """
    brief = weight(target.plain) < _SCRAP * weight(source.plain)
    figures = any(sign.isdigit() for sign in target.plain)
    return brief and weight(source.plain) >= _TOLD and bool(STOPPED.search(source.plain)) and not figures


def _may_be_formula(source: View, target: View) -> bool:
    """Whether an English sentence hardly names anything, as what people say to each other does, and became a word of
    two or more Chinese characters: 没错 for *I couldn't agree with you more*.
    """
    if source.primary != "en" or len(_WIDE.findall(target.plain)) < _WORD:
        return False
    words = (folded(word) for word in _MEANT.findall(source.even))
    return sum(1 for word in words if word not in empty_words("en")) <= _NAMES_LITTLE


def _pauses(view: View) -> int:
    """How many clauses and sentences begin after others."""
    return len(re.findall(r"[,，;；:：.。!！?？](?=\s*\w)", view.plain))


def _doubled(view: View) -> tuple[int, int] | None:
    """A sentence that is said twice in a row: where it stands the second time."""
    before = ""
    for start, end in split(view.plain, view.language):
        said = "".join(sign for sign in view.plain[start:end].casefold() if sign.isalnum())
        if said == before and weight(said) >= _SAID:
            return start, end
        before = said
    return None


def _hangs(text: str) -> bool:
    """Whether something has to follow."""
    if _HANGING.search(text):
        return True
    last = HAN_RUN.search(text[-8:].rstrip())
    return last is not None and text.rstrip().endswith(last[0]) and chinese().cut(last[0])[-1] in _JOINING


def _lacks_sentence(source: View, target: View) -> bool:
    """Fewer sentences, and less is said."""
    before = len(_SENTENCE_END.findall(source.plain)) + 1
    now = len(_SENTENCE_END.findall(target.plain)) + 1
    if before < 2 or now >= before:
        return False
    return weight(target.plain) / weight(source.plain) < _WHOLE


def loops(source: View, target: str, finish: str) -> tuple[str, bool]:
    """``target`` with each thing said once, and whether it goes in circles where its source does not."""
    if (found := _OVER_AND_OVER.fullmatch(target[:400])) and not _repeats(source.plain):
        return found[1].strip(), True
    shorter, bad = without_loops(target, source.plain)
    if finish == "loop":
        return shorter or target, True
    if not bad:
        return target, False
    if without_loops(source.plain)[1] or _repeats(source.plain):
        longer = weight(target) > 2.2 * weight(source.plain) + _SHORT
        return (shorter, True) if longer else (target, False)
    return shorter or target, True


def _repeats(text: str) -> bool:
    """Whether a text says something several times in a row: ``No! No! No!``."""
    return re.search(r"(.{1,40}?)\W*(?:\1\W*){2,}", text[:2000]) is not None
