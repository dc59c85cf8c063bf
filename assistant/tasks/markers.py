"""The codes of a segment as a model gets to see them: ``<1>bold</1>``, ``<2/>``; and what it writes, back with codes.

The numbers are counted anew in each segment. Where the text itself holds such a tag, they begin at a higher number, so
what is written in angle brackets there stays text. Models are given what they often do to tags (spaces inside, wide
brackets, a slash that is missing or too much); what cannot be meant is left to the checks as the text that it is. No
code that a model writes as a character counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, is_code

_TAG = re.compile(
    r"(?:\\?[<＜〈⟨]|&lt;)[ \t\u3000]*(?P<close>[/／\\])?[ \t\u3000]*(?P<number>[0-9０-９]{1,4})[ \t\u3000]*"
    r"(?P<alone>[/／\\])?[ \t\u3000]*(?:\\?[>＞〉⟩]|&gt;)"
)
_CODE = re.compile(f"[{chr(OPEN)}-{chr(ALONE + CODES - 1)}]")
_ENDED = re.compile(r"[.!?。！？…][\"'”’»」』）)\]]*\Z")
_BLANK = " \t\u3000"
_STEP = 100  # numbers begin at 1, or at 101, 201 ...


class _Form(Enum):
    OPEN = "open"
    CLOSE = "close"
    ALONE = "alone"


@dataclass(frozen=True)
class Parsed:
    """What a model wrote, with codes.

    :ivar runs: which characters of the answer stand where: (start in the answer, start in the text, how many).
    :ivar forged: tags of ours that the segment does not have; they stand in the text as the model wrote them.
    """

    text: str
    runs: tuple[tuple[int, int, int], ...] = ()
    forged: tuple[str, ...] = ()

    def place(self, at: int) -> int:
        """Where the character ``at`` of the answer is in the text; -1: nowhere."""
        for start, there, length in self.runs:
            if start <= at < start + length:
                return there + at - start
        return -1

    def origin(self, at: int) -> int:
        """Where in the answer the text has got as far as ``at``."""
        best = 0
        for start, there, length in self.runs:
            if there <= at:
                best = start + min(at - there, length)
        return best


@dataclass(frozen=True)
class _Tag:
    """A number and the codes that it stands for; ``close`` is empty where the code stands alone."""

    number: int
    open: str
    close: str = ""


@dataclass
class _Piece:
    """A stretch of an answer on its way: text, or a code."""

    text: str
    at: int
    code: bool = False


class Markers:
    """The tags of one segment.

    :param text: of the segment, with codes.
    :param paired: show stretches such as bold; ``single``: show things without text. What is not shown is left out, and
        tags that a model writes nevertheless are dropped.
    """

    def __init__(self, text: str, *, paired: bool = True, single: bool = True) -> None:
        self._all = paired and single
        whole = self._chosen(text, paired, single)
        self._head, body, self._tail = _peeled(whole)
        self._literal = {_number(found) for found in _TAG.finditer(_CODE.sub("", body))}
        self._tags = self._numbered(body)
        self._by_number = {tag.number: tag for tag in self._tags}
        inner = re.findall(f"[{chr(OPEN)}-{chr(CLOSE - 1)}](?=\\s)|(?<=\\s)[{chr(CLOSE)}-{chr(ALONE - 1)}]", body)
        self._spaced = frozenset(inner)
        self.shown = self._show(body)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The tags as the model sees them, in the text's order."""
        return tuple(_TAG_SEEN.findall(self.shown)) if self._tags else ()

    def show(self, text: str) -> str:
        """A text with codes of this segment (the beginning of its translation) as the model sees it."""
        return self._show(text.removeprefix(self._head) if self._head else text)

    def parse(self, answer: str) -> Parsed:
        """What a model wrote, with the codes that its tags stand for."""
        start = len(answer) - len(answer.lstrip())
        found = [one for one in _TAG.finditer(answer, start) if _number(one) not in self._literal]
        codes = self._meant(found)
        forged = tuple(one[0] for one in found if _number(one) not in self._by_number) if self._all else ()
        pieces = [_Piece(self._head, start, True)] if self._head else []
        end = len(answer.rstrip())
        at = start
        for one, code in zip(found, codes, strict=True):
            if code is None:  # no tag of ours: text
                continue
            pieces += _texts(answer, at, one.start())
            pieces.append(_Piece(code, one.start(), True))
            at = one.end()
        pieces += _texts(answer, at, max(at, end))
        if self._tail:
            pieces.append(_Piece(self._tail, end, True))
        return _joined(_tidied(pieces, self._spaced), forged)

    # ------------------------------------------------------------ towards the model

    def _chosen(self, text: str, paired: bool, single: bool) -> str:
        if paired and single:
            return text
        pairs = _pairs(text)
        kept = [
            sign
            for at, sign in enumerate(text)
            if not is_code(sign) or (paired if at in pairs else single)
        ]  # fmt: skip
        return re.sub(r"([ \t])[ \t]+", r"\1", "".join(kept)).strip()

    def _numbered(self, body: str) -> tuple[_Tag, ...]:
        pairs = _pairs(body)
        tags: list[_Tag] = []
        first = _first_number(self._literal, sum(1 for sign in body if is_code(sign)))
        for at, sign in enumerate(body):
            if not is_code(sign):
                continue
            other = pairs.get(at)
            if other is None:
                tags.append(_Tag(first + len(tags), sign))
            elif other > at:
                tags.append(_Tag(first + len(tags), sign, body[other]))
        return tuple(tags)

    def _show(self, text: str) -> str:
        spelled = {}
        for tag in self._tags:
            spelled[tag.open] = f"<{tag.number}>" if tag.close else f"<{tag.number}/>"
            if tag.close:
                spelled[tag.close] = f"</{tag.number}>"
        return _CODE.sub(lambda found: spelled.get(found[0], ""), text)

    # ------------------------------------------------------------ and back

    def _meant(self, found: Sequence[re.Match[str]]) -> list[str | None]:
        """The code that each tag stands for; empty: nothing; None: it is no tag of ours."""
        places: dict[int, list[int]] = {}
        for place, one in enumerate(found):
            places.setdefault(_number(one), []).append(place)
        codes: list[str | None] = [None if self._all else ""] * len(found)
        for number, mine in places.items():
            tag = self._by_number.get(number)
            if tag is None:
                continue
            forms = [_form(found[place]) for place in mine]
            for place, code in zip(mine, _codes(tag, forms), strict=True):
                codes[place] = code
        return codes


def without_tags(text: str) -> Iterator[int]:
    """The places of all characters of ``text`` that are not in something like a tag."""
    at = 0
    for found in _TAG.finditer(text):
        yield from range(at, found.start())
        at = found.end()
    yield from range(at, len(text))


_TAG_SEEN = re.compile(r"</?\d{1,4}/?>")


def _codes(tag: _Tag, forms: Sequence[_Form]) -> list[str]:
    """The codes that the occurrences of one tag stand for, in their order."""
    if not tag.close:
        # <2></2> is one thing; a second <2/> is one too many, and is seen.
        return ["" if at and form is _Form.CLOSE else tag.open for at, form in enumerate(forms)]
    if len(forms) == 2:
        return [tag.open, tag.close]  # whichever slash is missing
    return [tag.close if form is _Form.CLOSE else tag.open for form in forms]


def _form(found: re.Match[str]) -> _Form:
    if found["close"]:
        return _Form.CLOSE
    return _Form.ALONE if found["alone"] else _Form.OPEN


def _number(found: re.Match[str]) -> int:
    return int(found["number"])  # wide digits are digits, too


def _first_number(taken: set[int], count: int) -> int:
    """From where to count so that nothing in the text looks like one of the tags."""
    first = 1
    while any(first <= number < first + count for number in taken):
        first += _STEP
    return first


def _pairs(text: str) -> dict[int, int]:
    """Places of codes that open and close the same stretch inside ``text``, each with the other's."""
    opened: dict[int, int] = {}
    pairs: dict[int, int] = {}
    for at, sign in enumerate(text):
        code = ord(sign)
        if OPEN <= code < OPEN + CODES:
            opened[code - OPEN] = at
        elif CLOSE <= code < CLOSE + CODES and (start := opened.pop(code - CLOSE, None)) is not None:
            pairs[start], pairs[at] = at, start
    return pairs


def _peeled(text: str) -> tuple[str, str, str]:
    """What need not be shown: stretches that are the whole text, and what stands behind its last full stop."""
    head, tail = "", ""
    while text and is_code(text[0]) and _pairs(text).get(0) == len(text) - 1:
        head, text, tail = head + text[0], text[1:-1], text[-1] + tail
    end = len(text)
    while end and is_code(text[end - 1]) and ord(text[end - 1]) >= ALONE:
        end -= 1
    if end < len(text) and _ENDED.search(_CODE.sub("", text[:end])):
        return head, text[:end], text[end:] + tail
    return head, text, tail


def _texts(answer: str, start: int, end: int) -> Iterable[_Piece]:
    """A stretch of an answer without the characters that would be codes."""
    at = start
    for found in _CODE.finditer(answer, start, end):
        if found.start() > at:
            yield _Piece(answer[at : found.start()], at)
        at = found.end()
    if end > at:
        yield _Piece(answer[at:end], at)


def _tidied(pieces: list[_Piece], spaced: frozenset[str]) -> list[_Piece]:
    """Blanks that a model put between a tag and its text go outside.

    :param spaced: codes that have a blank there in the source, too.
    """
    for number, piece in enumerate(pieces):
        if not piece.code or len(piece.text) != 1 or piece.text in spaced:
            continue
        if ord(piece.text) < CLOSE and number + 1 < len(pieces) and not pieces[number + 1].code:
            inside = pieces[number + 1]
            less = inside.text.lstrip(_BLANK)
            if less and less != inside.text:
                blank = inside.text[: len(inside.text) - len(less)]
                inside.text, inside.at = less, inside.at + len(blank)
                before = pieces[number - 1] if number and not pieces[number - 1].code else None
                if before is not None and before.text and not before.text[-1].isspace():
                    before.text += blank[0]
        elif CLOSE <= ord(piece.text) < ALONE and number and not pieces[number - 1].code:
            inside = pieces[number - 1]
            less = inside.text.rstrip(_BLANK)
            if less and less != inside.text:
                blank, inside.text = inside.text[len(less) :], less
                after = pieces[number + 1] if number + 1 < len(pieces) and not pieces[number + 1].code else None
                if after is not None and after.text and after.text[0].isalnum():
                    after.text, after.at = blank[0] + after.text, after.at - 1
    return pieces


def _joined(pieces: Sequence[_Piece], forged: tuple[str, ...]) -> Parsed:
    text, runs, length = [], [], 0
    for piece in pieces:
        if not piece.code and piece.text:
            runs.append((piece.at, length, len(piece.text)))
        text.append(piece.text)
        length += len(piece.text)
    return Parsed("".join(text), tuple(runs), forged)
