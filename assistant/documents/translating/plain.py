"""Plain text: each line by itself, but lines that were broken to fit a width together, and broken again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.documents.readers.plain import ITEM, is_wrapped
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Block, Builder, Item
from assistant.documents.translating.original import original
from assistant.documents.translating.splicing import Part, Style, Text, check_size
from assistant.documents.translating.wrapping import join_between, width, wrapped

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


def open_text(data: bytes, name: str) -> Text:
    """A plain text.

    :raises AssistantError: DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    source = original(data, name=name)
    check_size(len(source.text) // 2)  # most of such a text is translated
    return _Plain(source, Part(source.text, _blocks(source.text), _Style()))


class _Plain(Text):
    format = "text"


class _Wrap:
    """How a block's lines were broken: where it can be at most, and what stands between two lines."""

    def __init__(self, columns: int, between: str) -> None:
        self.columns, self.between = columns, between


class _Style(Style):
    plain = True

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        text = "".join(one.text if one.raw is None or not one.code else one.raw for one in items)
        if not isinstance(block.extra, _Wrap):
            return "".join(one.text if one.raw is None else one.raw for one in items)
        return block.extra.between.join(wrapped(text, block.extra.columns))


def _blocks(text: str) -> Iterator[Block]:
    paragraph: list[tuple[int, int]] = []
    for found in _LINE.finditer(text):
        start, end = found.span(1)
        if text[start:end].strip():
            paragraph.append((start, end))
        elif paragraph:
            yield from _paragraph(text, paragraph)
            paragraph = []
    if paragraph:
        yield from _paragraph(text, paragraph)


def _paragraph(text: str, lines: list[tuple[int, int]]) -> Iterator[Block]:
    """The blocks of lines that no empty one stands between."""
    if not is_wrapped([text[start:end].rstrip() for start, end in lines]):
        groups = [[line] for line in lines]
    else:
        columns = max(width(text[start:end].rstrip()) for start, end in lines)
        groups = []
        indented = text[lines[0][0]].isspace()
        for line in lines:
            begins = (text[line[0]].isspace() and not indented) or ITEM.match(text, *line)
            if begins or not groups:
                groups.append([])
            groups[-1].append(line)
    for group in groups:
        if block := _block(text, group):
            if len(group) > 1:
                between = text[group[0][1] : group[1][0]] + _indent(text, group[1])
                block.extra = _Wrap(columns - width(_indent(text, group[1])), between)
            yield block


def _block(text: str, lines: list[tuple[int, int]]) -> Block | None:
    """These lines together, without the white space and the list's mark in front of them."""
    item = ITEM.match(text, *lines[0])
    first = item.end() if item else lines[0][0] + len(_indent(text, lines[0]))
    builder = Builder(text, first, formulas=True)
    last = first
    for number, line in enumerate(lines):
        begin = line[0] + len(_indent(text, line)) if number else first
        if number:
            builder.shown(join_between(builder.last, text[begin]), last, begin)
        last = begin + len(text[begin : line[1]].rstrip())
        builder.text(begin, last)
    block = builder.finish()
    if block and item:
        block.kind = SegmentKind.ITEM
    return block


def _indent(text: str, line: tuple[int, int]) -> str:
    whole = text[line[0] : line[1]]
    return whole[: len(whole) - len(whole.lstrip())]
