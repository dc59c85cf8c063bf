"""Fields of a DOCX (page numbers, references): what of a part is theirs.

What links and tables of contents show is text; Word makes the second anew, but only when somebody asks it to.

A field may begin in one paragraph and end many paragraphs later; so it is looked for in the bytes of the whole part,
before its paragraphs are read one by one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_MARK = re.compile(rb"""<(?:[\w.-]+:)?fldChar\b[^>]*?\bfldCharType\s*=\s*["'](begin|separate|end)""")
_INSTRUCTION = re.compile(rb"instrText\b[^>]*>([^<]*)<")
_UNSEEN = (b"XE", b"TC", b"TA", b"RD")  # entries of an index or of a table of contents: they show nothing
_CONTENTS = b"TOC"


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    unseen: bool


class Fields:
    """The fields of one part.

    :ivar links: where a link begins, to the marks around its text: it stands between the two.
    """

    def __init__(self, part: bytes) -> None:
        self.links: dict[int, tuple[int, int]] = {}
        self._contents: list[tuple[int, int]] = []
        self._spans: list[_Span] = []
        open_ones: list[tuple[int, int]] = []
        for found in _MARK.finditer(part):
            at, mark = found.start(), found[1]
            if mark == b"begin":
                open_ones.append((at, -1))
            elif not open_ones:
                continue
            elif mark == b"separate":
                open_ones[-1] = (open_ones[-1][0], at)
            else:
                begin, separate = open_ones.pop()
                self._field(part, begin, separate, at)
        self._spans = _outermost(self._spans)
        self._starts = [span.start for span in self._spans]
        own = {(span.start, span.end) for span in self._spans}
        self.links = {at: marks for at, marks in self.links.items() if (at, marks[0]) in own}

    def _field(self, part: bytes, begin: int, separate: int, end: int) -> None:
        instruction = b"".join(_INSTRUCTION.findall(part, begin, separate if separate >= 0 else end)).split()
        kind = instruction[0].upper() if instruction else b""
        if kind == b"HYPERLINK" and separate >= 0:
            self.links[begin] = (separate, end)
            self._spans += (_Span(begin, separate, unseen=False), _Span(end, end, unseen=False))
        elif kind == _CONTENTS and separate >= 0:
            self._contents.append((separate, end))
            self._spans += (_Span(begin, separate, unseen=True), _Span(end, end, unseen=True))
        else:
            self._spans.append(_Span(begin, end, unseen=kind in _UNSEEN))

    def holds(self, at: int) -> bool:
        """Is what begins at this place a part of a field, and so not to be translated?"""
        return self._span(at) is not None

    def lists(self, start: int, end: int) -> bool:
        """Does a table of contents show what stands from ``start`` to ``end``?"""
        return any(start < last and first < end for first, last in self._contents)

    def unseen(self, at: int) -> bool:
        """Is it a part of a field that shows nothing?"""
        span = self._span(at)
        return span is not None and span.unseen

    def _span(self, at: int) -> _Span | None:
        index = bisect_right(self._starts, at) - 1
        return self._spans[index] if index >= 0 and at <= self._spans[index].end else None


def _outermost(spans: list[_Span]) -> list[_Span]:
    out: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if not out or span.start > out[-1].end:
            out.append(span)
    return out
