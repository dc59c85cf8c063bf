"""The codes of a segment as a model gets to see them: ``<1>bold</1>``, ``<2/>``; and what it writes, back with codes.

The numbers are counted anew in each segment. Where the text itself holds such a tag, they begin at a higher number, so
what is written in angle brackets there stays text. Models are given what they often do to tags (spaces inside, wide
brackets, a slash that is missing or too much); what cannot be meant is left to the checks as the text that it is. No
code that a model writes as a character counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, is_code

_TAG = re.compile(
    r"(?:\\?[<＜〈⟨]|&lt;)[ \t\u3000]*(?P<close>[/／\\])?[ \t\u3000]*(?P<number>[0-9０-９]{1,4})[ \t\u3000]*"
    r"(?P<alone>[/／\\])?[ \t\u3000]*(?:\\?[>＞〉⟩]|&gt;)"
)
_CODE = re.compile(f"[{chr(OPEN)}-{chr(ALONE + CODES - 1)}]")
_ENDED = re.compile(r"[.!?。！？…][\"'”’»」』）)\]]*\Z")
_BLANK_AFTER = re.compile(f"(?P<before>.?)(?P<code>[{chr(OPEN)}-{chr(CLOSE - 1)}])(?P<blank>[ \t\u3000]+)(?=\\S)")
_BLANK_BEFORE = re.compile(f"(?<=\\S)(?P<blank>[ \t\u3000]+)(?P<code>[{chr(CLOSE)}-{chr(ALONE - 1)}])(?P<after>.?)")
_SINGLES = "".join(map(chr, range(ALONE, ALONE + CODES)))
_EAST = 0x2E80
_STEP = 100  # numbers begin at 1, or at 101, 201 ...


class _Form(Enum):
    OPEN = "open"
    CLOSE = "close"
    ALONE = "alone"


@dataclass(frozen=True)
class Parsed:
    """What a model wrote, with codes.

    :ivar forged: tags of ours that the segment does not have; they stand in the text as the model wrote them.
    """

    text: str
    forged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Tag:
    """A number and the codes that it stands for; ``close`` is empty where the code stands alone."""

    number: int
    open: str
    close: str = ""


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
        parts = [self._head]
        end = len(answer.rstrip())
        at = start
        for one, code in zip(found, codes, strict=True):
            if code is None:  # no tag of ours: text
                continue
            parts += (_CODE.sub("", answer[at : one.start()]), code)
            at = one.end()
        parts += (_CODE.sub("", answer[at : max(at, end)]), self._tail)
        return Parsed(self._tidied("".join(parts)), forged)

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

    def _tidied(self, text: str) -> str:
        """Blanks that a model put between a tag and what it is around go outside, unless the source has some there."""

        def opened(found: re.Match[str]) -> str:
            before, code, blank = found["before"], found["code"], found["blank"]
            if code in self._spaced:
                return found[0]
            return f"{before}{blank[0] if _is_spaced(before) else ''}{code}"

        def closed(found: re.Match[str]) -> str:
            blank, code, after = found["blank"], found["code"], found["after"]
            if code in self._spaced:
                return found[0]
            return f"{code}{blank[0] if after.isalnum() and _is_spaced(after) else ''}{after}"

        return _BLANK_BEFORE.sub(closed, _BLANK_AFTER.sub(opened, text))

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


def _is_spaced(sign: str) -> bool:
    """A blank may stand beside this character: it is no blank itself, and none of those that are written without."""
    return bool(sign.strip()) and ord(sign) < _EAST


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
    while text:
        end = len(text.rstrip(_SINGLES))
        if is_code(text[0]) and _pairs(text).get(0) == len(text) - 1:
            head, text, tail = head + text[0], text[1:-1], text[-1] + tail
        elif end < len(text) and _ENDED.search(_CODE.sub("", text[:end])):
            text, tail = text[:end], text[end:] + tail
        else:
            break
    return head, text, tail
