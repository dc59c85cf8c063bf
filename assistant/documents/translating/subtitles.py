"""Subtitles (SRT, VTT): the words of each cue, with lines of the length that the file's lines have; times stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import primary
from assistant.documents.readers.subtitles import said
from assistant.documents.segments import SegmentKind, without_codes
from assistant.documents.translating.blocks import Block, Builder, Item
from assistant.documents.translating.markup import entities
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, Style, Text, bounded
from assistant.documents.translating.wrapping import join_between, width, wrapped

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_TIMES = re.compile(
    r"[ \t]*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}[ \t]*-->[ \t]*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z0-9:]+)[^>\n]{0,200}>|\{\\[^}\n]{0,100}\}|<\d[\d:.]*>")
_SPEAKS = re.compile(r"[-–—‐]\s*\S|>>|[♪♫#]|[A-Z][A-Z .'-]{1,30}:|[^\s:：]{1,20}：")
_USUAL, _USUAL_EASTERN = 42, 16
_EASTERN = frozenset(("zh", "ja", "ko"))
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LANGUAGE = re.compile(
    r"\ufeff?WEBVTT[^\r\n]*(?:\r\n?|\n)(?:[^\r\n]+(?:\r\n?|\n))*?"
    r"Language:[ \t]*(?P<code>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)[ \t]*(?=[\r\n]|$)"
)
"""Where the head of a WebVTT file says it."""


def open_srt(data: bytes, name: str) -> Text:
    """Subtitles in SubRip's format.

    :raises AssistantError: DOCUMENT_DAMAGED (no times), DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    return _Subtitles("srt", original(data, name=name))


def open_vtt(data: bytes, name: str) -> Text:
    """Subtitles in WebVTT. Raises as ``open_srt`` does."""
    return _Subtitles("vtt", original(data, name=name))


def longest_line(own: int, source: str, target: str) -> int:
    """Characters that a line of subtitles should have at most.

    :param own: of the longest line in the file.
    :param source: the file's language, ``target``: that of the translation.
    """
    eastern = primary(target) in _EASTERN
    usual = _USUAL_EASTERN if eastern else _USUAL
    return max(usual, own) if eastern == (primary(source) in _EASTERN) else usual


class _Subtitles(Text):
    def __init__(self, format: str, source: Original) -> None:
        self.format = format
        self._said = _LANGUAGE.match(source.text) if format == "vtt" else None
        cues = list(_cues(source.text, vtt=format == "vtt"))
        if not cues:
            timed = any(_TIMES.match(source.text, *found.span(1)) for found in _LINE.finditer(source.text))
            without = timed or source.text.strip() == "WEBVTT"
            kind = ErrorKind.DOCUMENT_EMPTY if without else ErrorKind.DOCUMENT_DAMAGED
            raise AssistantError(kind, "no times", format=format)
        found = (_block(source.text, lines, vtt=format == "vtt") for lines in cues)
        blocks = list(bounded(block for block in found if block))
        self._own = max((_length(line) for block in blocks for line in _LINE_BREAK.split(_shown(block))), default=0)
        for block in blocks:
            block.line = self._own
        self._style = _Style(vtt=format == "vtt")
        super().__init__(source, Part(source.text, blocks, self._style))

    def _language(self) -> str:
        return self._said["code"] if self._said else ""

    def _edits(self, language: str) -> Iterable[Edit]:
        return [(*self._said.span("code"), language)] if self._said else []

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        self._style.longest = longest_line(self._own, source, language)
        self._style.long_lines = 0
        written = super()._written(texts, language, source)
        self.long_lines = self._style.long_lines
        return written


@dataclass(frozen=True)
class _Cue:
    """What a block was made of. ``lines``: as they are shown; ``line_end``: between two of them."""

    lines: tuple[str, ...]
    line_end: str


def _shown(block: Block) -> str:
    assert isinstance(block.extra, _Cue)
    return "\n".join(block.extra.lines)


def _length(line: str) -> int:
    """Characters of a line, as those who make subtitles count them."""
    return len(without_codes(line))


def _cues(text: str, *, vtt: bool) -> Iterator[list[tuple[int, int]]]:
    """The lines of each cue that has any. An empty line ends one of WebVTT; one of SubRip goes on to the next time."""
    lines: list[tuple[int, int]] | None = None
    for found in _LINE.finditer(text):
        start, end = found.span(1)
        if _TIMES.match(text, start, end):
            if lines and (spoken := _said(text, lines, before_time=True)):
                yield spoken
            lines = []
        elif vtt and not text[start:end].strip():
            if lines:
                yield lines
            lines = None if lines != [] else []
        elif lines is not None:
            lines.append((start, end))
    if lines and (spoken := _said(text, lines, before_time=False)):
        yield spoken


def _said(text: str, lines: list[tuple[int, int]], *, before_time: bool) -> list[tuple[int, int]]:
    return [lines[one] for one in said([text[start:end] for start, end in lines], before_time=before_time)]


def _block(text: str, lines: list[tuple[int, int]], *, vtt: bool) -> Block | None:
    builder = Builder(text, lines[0][0])
    last = lines[0][0]
    shown: list[str] = []
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        begin, stop = start + len(line) - len(line.lstrip()), start + len(line.rstrip())
        if number:
            speaks = _SPEAKS.match(_TAG.sub("", text[begin:stop]))
            builder.shown("\n" if speaks else join_between(builder.last, text[begin]), last, begin)
        _fill(builder, text, begin if number else start, stop, vtt=vtt)
        last = stop
        shown.append(_TAG.sub("", line).strip())
    block = builder.finish()
    if block is not None:
        block.kind, block.whole = SegmentKind.CUE, True
        broken = _LINE_BREAK.search(text, lines[0][1])
        block.extra = _Cue(tuple(shown), broken[0] if broken else "\n")
    return block


def _fill(builder: Builder, text: str, start: int, end: int, *, vtt: bool) -> None:
    at = start
    for found in _TAG.finditer(text, start, end):
        _words(builder, text, at, found.start(), vtt=vtt)
        name = (found["name"] or "").lower()
        if not name or name[0].isdigit():
            builder.alone(*found.span())
        elif found["close"]:
            builder.close(name, *found.span())
        else:
            builder.open(name, *found.span())
        at = found.end()
    _words(builder, text, at, end, vtt=vtt)


def _words(builder: Builder, text: str, start: int, end: int, *, vtt: bool) -> None:
    at = start
    for begin, stop, meant in entities(text, start, end) if vtt else ():
        builder.text(at, begin)
        builder.shown(meant, begin, stop)
        at = stop
    builder.text(at, end)


class _Style(Style):
    """How cues are written.

    :ivar longest: characters of a line; ``long_lines``: how many had more.
    """

    plain = True

    def __init__(self, *, vtt: bool) -> None:
        self._vtt = vtt
        self.longest = _USUAL
        self.long_lines = 0

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:
        cue = block.extra
        assert isinstance(cue, _Cue)
        codes = {one.text: one.raw or "" for one in items if one.code}
        text = "".join(one.text for one in items)
        lines: list[str] = []
        for line in text.split("\n"):
            if line.strip():
                lines += self._broken(line.strip(), eastern=primary(language) in _EASTERN)
        self.long_lines += sum(_length(line) > self.longest for line in lines)
        return cue.line_end.join("".join(codes.get(one, self._escaped(one)) for one in line) for line in lines).replace(
            "-->", "->"
        )

    def _broken(self, line: str, *, eastern: bool) -> list[str]:
        """The line in as few lines as can be, about equally long."""
        columns = self.longest * 2 if eastern else self.longest
        lines = wrapped(line, columns)
        if len(lines) < 2:
            return lines
        least = max(map(width, lines))
        for narrower in range(width(line) // len(lines), columns):
            tried = wrapped(line, narrower)
            if len(tried) <= len(lines) and max(map(width, tried)) <= least:
                return tried
        return lines

    def _escaped(self, character: str) -> str:
        return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character) if self._vtt else character
