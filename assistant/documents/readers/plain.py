"""Plain text: paragraphs between empty lines, or one in each line; lines that were only broken to fit are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from assistant.documents import encodings
from assistant.documents.building import Builder, clean
from assistant.documents.model import Document, Kind, NoteKind

ITEM = re.compile(
    r"[ \t]*(?:(?P<bullet>[-*+•‣·▪◦–—])|(?P<number>\(?\d{1,3}[.)、]|[（(][一二三四五六七八九十]+[)）]))[ \t]+(?=\S)"
)
_HEADING = re.compile(
    "(?:(?:Chapter|CHAPTER|Part|PART|Kapitel|Chapitre|Capítulo|Capitolo|Глава|Rozdział|Hoofdstuk) [\\dIVXLC]+\\b"
    "|第[一二三四五六七八九十百千零〇\\d]{1,6}[章节節回部篇卷話话](?![分课課]))[^。！？.!?]{0,60}$"
)
_END = frozenset('.!?。！？…:：;；"”’」』)）')
_MIN_WRAPPED = 40  # width from which lines may have been broken to fit
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")


def read(data: bytes, name: str) -> Document:
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_UNKNOWN (no text), DOCUMENT_EMPTY.
    """
    decoded = encodings.decode(data, name=name)
    builder = Builder("text")
    note_encoding(builder, decoded)
    fill(builder, decoded.text)
    return builder.finish()


def fill(builder: Builder, text: str) -> None:
    """Add the paragraphs of a plain text to a document."""
    for block in _blocks(clean(text)):
        _add(builder, block)
        if builder.full:
            break


def note_encoding(builder: Builder, decoded: encodings.Decoded) -> None:
    """Write into the document how its bytes were read."""
    builder.encoding = decoded.encoding
    if decoded.guessed:
        builder.note(NoteKind.ENCODING_GUESSED, encoding=decoded.encoding)
    if decoded.lost:
        builder.note(NoteKind.CHARACTERS_LOST, characters=decoded.lost)


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines that are not empty."""
    block: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _add(builder: Builder, lines: list[str]) -> None:
    """Add one block: a heading, list items, one wrapped paragraph, or a paragraph for each line."""
    if len(lines) == 1 and _HEADING.match(lines[0].strip()):
        builder.heading(lines[0], 1)
        return
    if is_wrapped(lines):
        for paragraph in _unwrapped(lines):
            _add_line(builder, paragraph)
        return
    for line in lines:
        _add_line(builder, line)


def _add_line(builder: Builder, line: str) -> None:
    if _HEADING.match(line.strip()):
        builder.heading(line, 1)
        return
    item = ITEM.match(line)
    if item is None:
        builder.add(line)
        return
    depth = 1 + min((len(line) - len(line.lstrip())) // 2, 5)
    builder.add(line[item.end() :] if item["bullet"] else line, Kind.ITEM, level=depth)


def is_wrapped(lines: list[str]) -> bool:
    """Were these lines broken to fit a width? Then they are about equally long and end anywhere."""
    if len(lines) < 2:
        return False
    widths = [len(line) for line in lines[:200]]
    widest = max(widths)
    if not _MIN_WRAPPED * (0.6 if _CJK.search(lines[0]) else 1) <= widest <= 120:
        return False
    body = lines[:200][:-1]
    open_ends = sum(1 for line in body if line[-1] not in _END)
    return median(widths[:-1]) > 0.7 * widest and open_ends * 2 > len(body)


def _unwrapped(lines: list[str]) -> Iterator[str]:
    """The paragraphs of wrapped lines: a new one begins at an indented line or a list item."""
    current = ""
    for line in lines:
        indented = line[:1].isspace() and not lines[0][:1].isspace()
        if current and (indented or ITEM.match(line)):
            yield current
            current = ""
        if not current:
            current = line
        elif _CJK.match(line.lstrip()) and _CJK.match(current[-1]):
            current += line.strip()
        elif current.endswith("-") and current[-2:-1].isalpha() and line.lstrip()[:1].islower():
            current += line.strip()  # the hyphen stays: whether it belongs to the word cannot be known
        else:
            current += " " + line.strip()
    if current:
        yield current
