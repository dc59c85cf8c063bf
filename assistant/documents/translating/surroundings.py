"""What a reader sees between the segments of a document and is not translated: bullets, code, formulas."""

from __future__ import annotations

import re
from html import unescape

from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Block, Role

_LINES, _CHARACTERS = 40, 2000  # of a stretch; of a longer one only its beginning is shown
_READ = 20_000  # characters of a stretch that are looked at, with its empty lines
_RULE = re.compile(r"[\s|:=+-]*|`{3,}.*|~{3,}.*")  # a line that only draws, or opens and closes code
_HEADING = re.compile(r"\s*#{1,6}\s*")
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_WORD = 200  # characters of code inside a sentence


def before(text: str, start: int, block: Block) -> str:
    """What stands in front of a block from ``start`` on, as whole lines, and what its own line begins with.

    Empty lines belong to it: paragraphs are told by them.
    """
    *lines, own = _lines(text[start : min(block.start, start + _READ)])
    if block.start - start > _READ:
        begin = block.start - _WORD
        lines, own = [*lines, own], _lines(text[begin : block.start])[-1]
    if block.kind is SegmentKind.HEADING and _HEADING.fullmatch(own):
        own = ""
    if block.kind is SegmentKind.CELL or not lines:
        own = own.strip(" |")
    return "".join(f"{line}\n" for line in _kept(lines, begun=start > 0)) + (own if own.strip() else "")


def after(text: str, end: int) -> str:
    """What stands behind the last block."""
    return "\n".join(_kept(_lines(text[end : end + _READ]), begun=True)).rstrip()


def things(text: str, block: Block, start: int, end: int, *, marked_up: bool) -> dict[str, str]:
    """What the codes from ``start`` to ``end`` of a block show that belong to the sentence, such as code in it.

    A break is one of lines; where nothing is known of it but that (it may be a tab), it is a space.

    :param marked_up: tags in the text are not shown.
    """
    found = {}
    for character in block.text[start:end]:
        code = block.codes.get(character)
        if code is not None and code.role is Role.BREAK:
            found[character] = "\n" if code.end > code.start else " "
        elif code is not None and code.role is Role.WORD:
            shown = text[code.start : code.end]
            shown = unescape(_MARKUP.sub("", shown)) if marked_up else shown
            shown = " ".join(shown.split())
            if shown:
                found[character] = shown if len(shown) <= _WORD else f"{shown[: _WORD - 1]}…"
    return found


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")


def _kept(lines: list[str], *, begun: bool) -> list[str]:
    """Lines with something to read, not more than are worth a look, and the empty ones among them.

    :param begun: the first one is the end of a line.
    """
    size = count = 0
    kept: list[str] = []
    for at, line in enumerate(map(str.rstrip, lines)):
        if not line and not (begun and at == 0):
            kept.append(line)
        elif not _RULE.fullmatch(line):
            size, count = size + len(line), count + 1
            if count > _LINES or size > _CHARACTERS:
                kept.append("…")
                break
            kept.append(line)
    return kept
