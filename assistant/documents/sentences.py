"""Where sentences end. Spans hold every character of a paragraph but the white space around each sentence.

Full-width marks end sentences wherever they stand; a full stop does so unless it belongs to an abbreviation, an
initial, a number, an address or a list's number. What is in short quotation marks or brackets stays together, and a
quotation with the words that say who spoke (``“Is it?” she asked``, ``“好。”他说``,
``「はい。」と答えた``) is one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.documents.abbreviations import BEFORE_NUMBERS, MONTHS_AND_THE_LIKE, NEVER, OFTEN, SELDOM, STARTERS
from assistant.documents.clauses import cut_place
from assistant.documents.model import Kind, Paragraph

_END = (
    "(?P<marks>[.!?…。！？｡；؟۔।॥‼⁇⁈⁉]+)(?P<close>(?:[ \u202f]?[»›]|[\"'”’)\\]}）」』】〕》〉｣%s])*)"
    "(?:\\[\\d{1,3}(?:[,–-] ?\\d{1,3})*\\]|[¹²³⁰⁴-⁹])*"  # the numbers of notes
)
_MARKS = re.compile(_END % "")
_MARKS_LOW = re.compile(_END % "“")  # where quotations begin „low“
_LOW = frozenset(("de", "cs", "bg", "ru", "uk", "da", "is"))
_NEXT = re.compile("\\s*(?P<opened>[\"'“”„‚«‹‘「『（(\\[—–*•-]*)\\s*(?P<word>[^\\W_]*)")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
_FULL_WIDTH = frozenset("。！？｡；؟۔।॥")
_BEFORE = re.compile(r"[^\s()\[\]{}\"“”„«»‘’（）「」]+$")
_LATIN = re.compile("[^\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+$")
_LAST = 48  # characters before a full stop that are looked at
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.[-\s]?)*[^\W\d_]$")
_LIST_NUMBER = re.compile(r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlcIVXLC]{1,5}|[A-Za-z])$")
_ADDRESS = re.compile(r"://|^www\.|@")
_PAIRS = {"”": "“", "“": "„", "’": "‘", "»": "«", "›": "‹", "」": "「", "』": "『", "｣": "｢",
          ")": "(", "）": "（", "]": "[", "】": "【", "〕": "〔", "》": "《", "〉": "〈", "}": "{"}  # fmt: skip
_OPENS = re.compile(f"[{re.escape(''.join(_PAIRS.values()))}]")
_BRACKETS = frozenset(")）]】〕》〉}")
_WITHIN_CJK = 40  # characters of a quotation or bracket whose own marks do not end sentences
_WITHIN = 100
_LOOK_BACK = 2000
_GOES_ON = frozenset("，,、：:；;。.！!？?…—–）)")
_SPOKE_ZH = re.compile(
    "(?![^，。！？]{0,8}[没沒不别別])[^\\W\\d_]{1,6}?(?:说|說|问|問|道|喊|叫|嚷|骂|罵|想|笑)(?:道|着|著)?[，。：！,.:]"
)
_SPOKE_JA = re.compile("[とっのがはをにでもやなか]")
_SPOKE_KO = re.compile(r"\s+(?:이?라고|하고|이?라며|하며|이?라는|이?란)(?!\w)")
_SPOKE_EN = re.compile(r"[A-Z]\w+ (?:said|asked|cried|replied|answered|whispered|shouted|added|says|asks)\b")
_LATIN_OF_ENGLISH = frozenset(("zh", "yue", "ja", "ko"))  # where words in Latin letters mostly come from English
_SUFFIX = re.compile(r"(?:Inc|Ltd|Corp|Co)\.")
_DUTCH = re.compile("['’][a-z] [A-Z]")
_MEASURES = frozenset(("г", "см", "м"))  # year, centimetre, metre behind a number; town, see, square before a name
_LINES = frozenset((Kind.TABLE, Kind.CODE))
_LONGEST = 600  # characters of a sentence of a document


def split(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence of ``text``, which is one paragraph.

    :param language: BCP 47, or empty: then only what all languages have in common is known.
    """
    return tuple(_sentences(text, 0, len(text), language))


def spans_of(text: str, paragraphs: Iterable[Paragraph], language: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence of a document. A heading is one; a row of a table or a line of code is one.

    What has no sentence marks (a transcript, a line of JSON, old Chinese) is cut at clauses: sentences are what is
    chosen for a question or a quick look, and one as long as the document would never fit.
    """
    spans: list[tuple[int, int]] = []
    for paragraph in paragraphs:
        if paragraph.kind is Kind.HEADING:
            spans.append((paragraph.start, paragraph.end))
        elif paragraph.kind in _LINES:
            spans += _short(text, _lines(text, paragraph.start, paragraph.end))
        else:
            spans += _short(text, _sentences(text, paragraph.start, paragraph.end, language))
    return tuple(spans)


def _short(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, those that are too long in pieces."""
    for start, end in spans:
        at = start
        while at < end:
            stop = cut_place(text, at, min(at + _LONGEST, end), end)
            if span := _trimmed(text, at, stop):
                yield span
            at = _skipped(text, stop, end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if span := _trimmed(text, start, stop):
            yield span
        start = stop + 1


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    rules = _Rules(text, end, language)
    start = _skipped(text, start, end)
    for found in (_MARKS_LOW if language in _LOW else _MARKS).finditer(text, start, end):
        after = found.start("close") if _opens(text, start, found, end) else found.end()
        if rules.ends(start, found, after):
            if span := _trimmed(text, start, after):
                yield span
            start = _skipped(text, after, end)
    if span := _trimmed(text, start, end):
        yield span


def _opens(text: str, start: int, found: re.Match[str], end: int) -> bool:
    """Does a straight quotation mark right behind the marks begin a quotation? Then none is open, and text follows."""
    if found["close"] != '"' or found.end() >= end or text[found.end()].isspace():
        return False
    return text.count('"', max(start, found.start() - _LOOK_BACK), found.start()) % 2 == 0


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return (start + left, start + len(piece.rstrip())) if left < len(piece) else None


class _Rules:
    """Decides for one paragraph, which ends at ``end``."""

    def __init__(self, text: str, end: int, language: str) -> None:
        self._text = text
        self._end = end
        self._language = language.split("-", maxsplit=1)[0]
        self._never = NEVER.get("en" if self._language in _LATIN_OF_ENGLISH else self._language, frozenset())
        self._seldom = SELDOM.get(self._language, frozenset())
        self._often = OFTEN.get(self._language, frozenset())
        self._starters = STARTERS.get(self._language, frozenset())

    def ends(self, start: int, found: re.Match[str], after: int) -> bool:
        """Does the sentence that began at ``start`` end with these marks, at ``after``?"""
        text = self._text
        if after >= self._end:
            return True
        following = text[after]
        marks, close = found["marks"], text[found.start("close") : min(after, found.end("close"))].strip()
        eastern = bool(_CJK.match(following) or _CJK.match(text, max(found.start() - 1, start)))
        full = not _FULL_WIDTH.isdisjoint(marks)
        if not full and not eastern and not following.isspace():
            return False
        if following in _GOES_ON and not following.isspace():
            return False
        if close:
            return self._ends_with_close(start, found, following, close)
        if self._within(start, found, eastern):
            return False
        if full:
            return True
        if "…" in marks or (len(marks) > 1 and not marks.strip(".")):
            return self._ends_with_dots(after, eastern)
        if marks == ".":
            return self._ends_with_stop(start, found.start(), after)
        return self._ends_with_cry(start, found.start(), after)

    def _ends_with_close(self, start: int, found: re.Match[str], following: str, close: str) -> bool:
        """A quotation or bracket closes behind the marks: is its sentence the whole one?"""
        text, after = self._text, found.end()
        opener = _PAIRS.get(close[-1], close[-1])
        opened = text.rfind(opener, max(start, found.start() - _LOOK_BACK), found.start())
        before = text[start:opened].rstrip() if 0 <= opened - start < _LOOK_BACK else ""
        if close[-1] in _BRACKETS:
            return not before and opened >= 0
        if _CJK.match(following) and not following.isspace():
            if self._language == "ko":
                return False
            if self._language == "ja":
                return not _SPOKE_JA.match(following)
            if before[-1:].isalnum():
                return False  # what is quoted is a part of the sentence
            introduced = before.endswith(("：", ":", "，", ","))
            return introduced or not _SPOKE_ZH.match(text, after, min(after + 16, self._end))
        if self._goes_on_small(after) or (self._language == "ko" and _SPOKE_KO.match(text, after, self._end)):
            return False
        if self._language == "en" and not before and _SPOKE_EN.match(text, _skipped(text, after, self._end), self._end):
            return False
        return following.isspace() or bool(_FULL_WIDTH & set(found["marks"]))

    def _within(self, start: int, found: re.Match[str], eastern: bool) -> bool:
        """Are these marks inside a short quotation or bracket that closes soon?"""
        text, at = self._text, found.end()
        reach = _WITHIN_CJK if eastern else _WITHIN
        window = text[max(start, at - reach) : at]
        if not _OPENS.search(window):
            return False
        for closer, opener in _PAIRS.items():
            opened = window.rfind(opener)
            if opened < 0 or closer in window[opened + 1 :]:
                continue
            closed = text.find(closer, at, min(self._end, at + reach - (len(window) - opened)))
            if closed >= 0 and opener not in text[at:closed]:
                return True
        return False

    def _ends_with_dots(self, after: int, eastern: bool) -> bool:
        following = self._text[after]
        if eastern and not following.isspace():
            return False
        return not self._goes_on_small(after)

    def _ends_with_cry(self, start: int, at: int, after: int) -> bool:
        """``!`` and ``?`` end a sentence but for an address, a name (``Yahoo! Inc.``) or a dash that goes on."""
        found = _NEXT.match(self._text, after, self._end)
        assert found is not None
        word = found["word"]
        if word[:1].islower():
            return not found["opened"] and not _ADDRESS.search(_word_before(self._text, start, at))
        return not _SUFFIX.match(self._text, found.start("word"), self._end)

    def _ends_with_stop(self, start: int, at: int, after: int) -> bool:
        """A full stop: an abbreviation, an initial, a number, or the end."""
        text = self._text
        if text[at - 1 : at].isspace() or (_CJK.match(text, at - 1) and self._language != "ko"):
            return not self._goes_on_small(after)
        before = _word_before(text, start, at)
        if self._goes_on_small(after) or (at - len(before) == start and _LIST_NUMBER.match(before)):
            return False
        found = _NEXT.match(text, after, self._end)
        assert found is not None
        word = found["word"]
        if before[-1:].isdigit():
            return self._ends_with_number(before, word)
        return self._ends_with_word(before, word, start, at)

    def _ends_with_number(self, before: str, word: str) -> bool:
        if self._language == "ko":
            return False
        if self._language == "de" and len(before) <= 2:
            return word.lower() not in MONTHS_AND_THE_LIKE["de"]
        return True

    def _ends_with_word(self, before: str, word: str, start: int, at: int) -> bool:
        small = before.lower().lstrip("¿¡'’-–—")
        small = small.rsplit("'", 1)[-1].rsplit("’", 1)[-1]
        begins = word.lower() in self._starters
        measure = small in _MEASURES and self._language == "ru"
        if measure and not self._after_number(start, at - len(before)):
            return False
        if measure or (small in self._often and not (len(before) == 1 and before.isupper())):
            return not word[:1].isdigit()
        if small in self._never:
            return small in BEFORE_NUMBERS and word[:1].isalpha()
        if small in self._seldom:
            return begins
        if _INITIALS.match(before) and (before[-1:].isupper() or "." in before or len(before) == 1):
            return begins and ("." in before or (before == "I" and self._language == "en"))
        return True

    def _after_number(self, start: int, at: int) -> bool:
        return self._text[max(start, at - _LAST) : at].rstrip()[-1:].isdigit()

    def _goes_on_small(self, after: int) -> bool:
        """Does the text go on with a small letter?"""
        found = _NEXT.match(self._text, after, self._end)
        assert found is not None
        if self._language == "nl" and _DUTCH.match(self._text, _skipped(self._text, after, self._end), self._end):
            return False
        return found["word"][:1].islower()


def _word_before(text: str, start: int, at: int) -> str:
    found = _BEFORE.search(text[max(start, at - _LAST) : at])
    latin = _LATIN.search(found[0]) if found else None
    return latin[0] if latin else found[0] if found else ""


def _skipped(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at
