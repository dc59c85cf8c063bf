"""Subtitles (SRT, VTT): what is said, joined into paragraphs; the time of each is the end of its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings
from assistant.documents.building import Builder, clean
from assistant.documents.model import Document
from assistant.documents.readers.plain import note_encoding

_TIMES = re.compile(
    r"[ \t]*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})[ \t]*-->"
    r"[ \t]*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
)
_VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^>]{1,100})>")
_TAGS = re.compile(r"</?[A-Za-z0-9][^>\n]{0,200}>|\{\\[^}\n]{0,100}\}")
_PAUSE = 2.5  # seconds of silence after which a paragraph begins
_LONG = 500  # characters from which one ends with the next sentence
_SECONDS = 30.0  # of speech, likewise: its time leads to where something was said
_MOST_SECONDS = 60.0  # where no sentence ends: many captions have no full stops
_LONGEST = 1500
_END = re.compile("[.!?。！？…][\"'”’」』)）]*$")
_SPEAKER = re.compile(r"(?:[-–—][ \t]*\S|>>|[A-Z][A-Z .'-]{1,30}:|[^\s:：]{1,20}：)")
_CJK_END = re.compile("[\u2e80-\u9fff\uff00-\uffef]$")
_CJK = re.compile("[\u2e80-\u9fff\uff00-\uffef]")


@dataclass
class _Cue:
    start: float  # seconds
    end: float
    lines: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> Document:
    """The subtitles in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED (no times), DOCUMENT_UNKNOWN (no text), DOCUMENT_EMPTY.
    """
    decoded = encodings.decode(data, name=name)
    text = clean(decoded.text)
    format = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    builder = Builder(format)
    note_encoding(builder, decoded)
    cues = list(_cues(text, vtt=format == "vtt"))
    if not cues:
        kind = ErrorKind.DOCUMENT_EMPTY if text.strip() == "WEBVTT" else ErrorKind.DOCUMENT_DAMAGED
        raise AssistantError(kind, "no times", format=format)
    for start, words in _paragraphs(cues):
        builder.add(words, place=_clock(start))
    return builder.finish()


def _cues(text: str, *, vtt: bool) -> Iterator[_Cue]:
    """What is shown together; numbers, names and notes between the cues are left out.

    An empty line ends a cue of WebVTT, where names and notes may follow; one of SubRip goes on to the next time.
    """
    cue: _Cue | None = None
    for line in text.split("\n"):
        if found := _TIMES.match(line):
            if cue is not None:
                cue.lines = [cue.lines[one] for one in said(cue.lines, before_time=True)]
                yield cue
            cue = _Cue(_seconds(*found.groups()[:4]), _seconds(*found.groups()[4:]))
        elif vtt and not line.strip():
            if cue is not None:
                yield cue
            cue = None
        elif cue is not None:
            cue.lines.append(line)
    if cue is not None:
        cue.lines = [cue.lines[one] for one in said(cue.lines, before_time=False)]
        yield cue


def said(lines: Sequence[str], *, before_time: bool) -> list[int]:
    """Which lines of a cue are said: neither the empty ones nor the number of the next cue at their end.

    :param before_time: the next cue's time follows at once.
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end and lines[end - 1].strip().isdigit():
        above, below = end > 1 and not lines[end - 2].strip(), end < len(lines)
        end -= above or (before_time and not below)
    return [number for number in range(end) if lines[number].strip()]


def _seconds(hours: str | None, minutes: str, seconds: str, parts: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{parts}")


def _paragraphs(cues: list[_Cue]) -> Iterator[tuple[float, str]]:
    """Time and words of each paragraph: a new one begins after a pause, with a speaker, or when one is long,
    in words or in seconds."""
    start, end, words = 0.0, 0.0, ""
    shown: list[str] = []
    for cue in cues:
        lines = [line for line in map(_words, cue.lines) if line]
        fresh = lines
        while shown and fresh and fresh[0] in shown:  # captions that roll show the last line again
            fresh = fresh[1:]
        shown = lines or shown
        for line in fresh:
            # Once the lines of this cue make it longer than that: it stands at most so far from its time.
            lasts = cue.end - start
            begins = cue.start - end > _PAUSE or _SPEAKER.match(line) or len(words) > _LONGEST or lasts > _MOST_SECONDS
            if words and (begins or ((len(words) > _LONG or lasts > _SECONDS) and _END.search(words))):
                yield start, words
                words = ""
            if not words:
                start, words = cue.start, line
            elif _CJK_END.search(words) and _CJK.match(line):
                words += line
            else:
                words += " " + line
            end = cue.end
    if words:
        yield start, words


def _words(line: str) -> str:
    line = _VOICE.sub(lambda found: f"{found[1]}: ", line)
    return unescape(_TAGS.sub("", line)).strip()


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
