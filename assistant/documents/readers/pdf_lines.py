"""Lines of a page, as a PDF places them, put together again: paragraphs, headings, list items, tables, columns."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from assistant.documents.model import Kind

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
WIDE = re.compile(f"[{_WIDE}]")
"""A character of Chinese or Japanese, punctuation too: words of these stand without spaces."""
_END = re.compile("[.!?:;…。！？：；][\"'”’」』）)\\]]*$")
_ITEM = re.compile(
    "(?:[•◦▪▸►■□●○·‣⁃∙➢✓\uf0b7\uf0a7\uf0d8*–—-][ \t]+|[•●■▪➢\uf0b7\uf0a7])(?=\\S)"
    "|(?:\\(?[0-9]{1,3}[.)]|\\(?[a-zA-Z][.)]|\\([ivx]{1,5}\\))[ \t]+(?=\\S)"
    "|[（(][一二三四五六七八九十\\d]{1,3}[）)]|[①-⑳]"
)
_BULLET = re.compile("^[•◦▪▸►■□●○·‣⁃∙➢✓\uf0b7\uf0a7\uf0d8*–—-][ \t]*")
_HYPHENS = "-\u00ad\u2010"
_WORD = re.compile(r"\w+(?:-\w+)*")
_NUMBER = re.compile(r"\d+")
_FIRST_NUMBER, _LAST_NUMBER = re.compile(r"\d{1,5}(?=\s|$)"), re.compile(r"(?<![\w.,])\d{1,5}$")
_LEADERS = re.compile(r"(?:[.…·•] ?){4,}\s*\d+$")  # a line of a table of contents
_MARGIN = 0.13  # share of a page's height in which running heads stand
_BARE = 2  # pages whose own number stands in their margin: they are page numbers
_FEW, _FEW_WIDE = 12, 6  # characters: what is shorter may be said twice
_HIGH = 1.7  # sizes from one line of a heading in Chinese or Japanese to the next, whose fonts are set wide apart
_LARGER = 1.12  # how much larger than the body's a heading's letters are


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. Measures are in points; ``base`` counts from the bottom of the page as it is shown.

    :ivar cells: left edge, right edge and words of each stretch between wide gaps; one for plain text.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    cells: tuple[tuple[float, float, str], ...] = ()


@dataclass(slots=True)
class Block:
    """A paragraph being put together.

    :ivar done: nothing that stands on the next page belongs to it.
    """

    kind: Kind
    lines: list[Line]
    page: int
    done: bool = True

    @property
    def size(self) -> float:
        return self.lines[-1].size


def body_size(pages: Iterable[Sequence[Line]]) -> float:
    """The size that most characters have."""
    counts: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            counts[round(line.size * 2) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def without_running(pages: Sequence[list[Line]], heights: Sequence[float]) -> tuple[list[list[Line]], int]:
    """The pages without the heads, feet and page numbers that repeat on most of them, and how many lines those were."""
    seen: Counter[tuple[str, int]] = Counter()
    marked = []
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        keys = [_running_keys(line, height, number) for line in lines]
        seen.update({key for several in keys for key in several})
        marked.append(keys)
    enough = max(3, 0.4 * sum(1 for lines in pages if lines))
    kept, dropped = [], 0
    for number, (lines, keys) in enumerate(zip(pages, marked, strict=True), 1):
        stay = [
            line
            for line, own in zip(lines, keys, strict=True)
            if all(seen[key] < (_BARE if line.text == str(number) else enough) for key in own)
        ]
        dropped += len(lines) - len(stay)
        kept.append(stay)
    return kept, dropped


def without_twice_drawn(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without what some programs draw twice: a line on the edge between two pages, once on each."""
    found: list[list[Line]] = []
    for lines in pages:
        last = found[-1][-1] if found and found[-1] else None
        again = last is not None and lines and _is_same(last, lines[0])
        found.append(lines[1:] if again else lines)
    return found


def _is_same(line: Line, other: Line) -> bool:
    short = len(line.text) < (_FEW_WIDE if WIDE.match(line.text) else _FEW)
    return not short and line.text == other.text and abs(line.left - other.left) < 1 and line.size == other.size


def _running_keys(line: Line, height: float, page: int) -> list[tuple[str, int]]:
    """What a line in the margin may share with those of other pages; nothing for a line that is not in the margin.

    Its words without their numbers, and, as the titles of chapters change, that it begins or ends with a number that
    grows with the pages.
    """
    if height <= 0 or _MARGIN < line.base / height < 1 - _MARGIN:
        return []
    place = round(line.base / 8)
    keys = [(_NUMBER.sub("#", line.text), place)]
    if len(line.text) < 100:
        for at, found in ((0, _FIRST_NUMBER.match(line.text)), (1, _LAST_NUMBER.search(line.text))):
            if found:
                keys.append((f"{at} {int(found.group()) - page}", place))
    return keys


def blocks(lines: Sequence[Line], page: int, body: float) -> list[Block]:
    """The paragraphs of a page in reading order."""
    found: list[Block] = []
    for run in _runs(_columns(lines)):
        left = min(line.left for line in run)
        right = sorted(line.right for line in run)[int(len(run) * 0.9)]
        pitch = _pitch(run)
        previous: Line | None = None
        for kind, line in _kinds(run, body):
            block = found[-1] if found and previous is not None else None
            if (block is not None and previous is not None and block.kind is kind and (
                kind is Kind.TABLE or not _breaks(previous, line, kind, _Measure(left, right, pitch, len(run)))
            )) or (
                block is not None
                and previous is not None
                and block.kind is Kind.ITEM
                and kind is Kind.TEXT
                and line.left > block.lines[0].left + 0.3 * line.size
                and (_is_full(previous, right) or not _END.search(previous.text))
                and previous.base - line.base < 1.4 * pitch
            ):  # fmt: skip
                block.lines.append(line)
            else:
                found.append(Block(kind, [line], page))
            previous = line
    return [_settled(block, body) for block in found]


@dataclass(frozen=True, slots=True)
class _Measure:
    """Edges of a stretch of lines, the distance between two, and how many there are."""

    left: float
    right: float
    pitch: float
    count: int


def _is_full(line: Line, right: float) -> bool:
    return line.right > right - 2.5 * line.size


def _breaks(previous: Line, line: Line, kind: Kind, measure: _Measure) -> bool:
    """Does a new paragraph begin with ``line``?"""
    if abs(previous.size - line.size) > 0.09 * line.size:
        return True
    most = _HIGH if kind is Kind.HEADING and WIDE.match(line.text) else 1.4
    if previous.base - line.base > most * max(measure.pitch, line.size):
        return True
    if kind is Kind.HEADING or previous.text[-1] in _HYPHENS:
        return False
    if kind is Kind.ITEM or (previous.bold != line.bold and _END.search(previous.text)):
        return True
    ended = bool(_END.search(previous.text))
    indented = line.left > measure.left + 0.9 * line.size and line.left > previous.left + 0.9 * line.size
    if indented and (ended or not _is_full(previous, measure.right)):
        return True
    # Would the first word of this line have fitted at the end of the one before? Then the break is meant.
    room = measure.right - previous.right
    wide = bool(WIDE.match(line.text))
    first = line.text[:3] if wide else line.text.split(" ", 1)[0]
    average = (line.right - line.left) / max(len(line.text), 1)
    fits = room > (len(first) + 1) * average + 1.5 * line.size
    return fits and (ended or (measure.count > 2 and room > 0.3 * (measure.right - measure.left)))


def _kinds(run: Sequence[Line], body: float) -> Iterable[tuple[Kind, Line]]:
    tabular = [len(line.cells) > 1 for line in run]
    for at, line in enumerate(run):
        beside = (at > 0 and tabular[at - 1]) or (at + 1 < len(run) and tabular[at + 1])
        if tabular[at] and beside:
            yield Kind.TABLE, line
        elif line.size > _LARGER * body and len(line.text) <= 200 and not _LEADERS.search(line.text):
            yield Kind.HEADING, line
        elif _ITEM.match(line.text):
            yield Kind.ITEM, line
        else:
            yield Kind.TEXT, line


def _settled(block: Block, body: float) -> Block:
    """``block``, made a heading if it is a short bold line, or text if it is far too long for a heading."""
    length = sum(len(line.text) for line in block.lines)
    block.done = bool(_END.search(block.lines[-1].text))
    if block.kind is Kind.HEADING and length > 300:
        block.kind = Kind.TEXT
    if block.kind in (Kind.TEXT, Kind.ITEM) and all(line.bold for line in block.lines):
        short = length <= 100 and len(block.lines) <= 2 and block.size > 0.93 * body
        if short and not re.search("[.,;:。，；：！!]$|(?:[.…·] ?){4,}", block.lines[-1].text):
            block.kind = Kind.HEADING
    return block


def _pitch(run: Sequence[Line]) -> float:
    steps = [
        above.base - below.base
        for above, below in itertools.pairwise(run)
        if abs(above.size - below.size) < 0.09 * below.size and above.base > below.base
    ]
    return median(sorted(steps)[: max(1, len(steps) * 3 // 4)]) if steps else 1.25 * run[0].size


def _runs(lines: Sequence[Line]) -> list[list[Line]]:
    """Stretches of lines that stand below each other."""
    found: list[list[Line]] = []
    for line in lines:
        above = found[-1][-1] if found else None
        if above is not None and above.base > line.base and above.left < line.right and line.left < above.right:
            found[-1].append(line)
        else:
            found.append([line])
    return found


# ---------------------------------------------------------------- columns whose lines were joined


def _columns(lines: Sequence[Line]) -> list[Line]:
    """Lines in reading order, where each line reached across two columns of running text."""
    double = [line for line in lines if len(line.cells) == 2 and all(len(cell[2]) > 15 for cell in line.cells)]
    if len(double) < 6 or len(double) < 0.4 * len(lines):
        return list(lines)
    gutter = median(line.cells[1][0] for line in double)
    edge = double[0].size
    if sum(abs(line.cells[1][0] - gutter) < edge for line in double) < 0.8 * len(double):
        return list(lines)
    found: list[Line] = []
    sides: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        if line.left < gutter - edge and len(line.cells) < 2 and line.right > gutter + edge:  # across both
            found += [*sides[0], *sides[1], line]
            sides = ([], [])
            continue
        for left, right, text in line.cells or ((line.left, line.right, line.text),):
            part = replace(line, text=text, left=left, right=right, cells=((left, right, text),))
            sides[left > gutter - edge].append(part)
    return [*found, *sides[0], *sides[1]]


# ---------------------------------------------------------------- lines to text


class Joiner:
    """Joins lines, and knows which words this document writes with a hyphen.

    :param pages: all its lines.
    """

    def __init__(self, pages: Iterable[Sequence[Line]]) -> None:
        self._words: set[str] = set()
        for lines in pages:
            for line in lines:
                if not WIDE.match(line.text):
                    self._words.update(word.lower() for word in _WORD.findall(line.text))

    def text(self, lines: Sequence[Line]) -> str:
        """What the lines say together."""
        text = ""
        for line in lines:
            text = self._joined(text, line.text) if text else line.text
        return text

    def item(self, lines: Sequence[Line]) -> str:
        """A list item without its bullet; a number stays."""
        return _BULLET.sub("", self.text(lines), count=1)

    def _joined(self, text: str, more: str) -> str:
        if text[-1] in _HYPHENS and len(text) > 1 and text[-2].isalpha() and more[:1].isalpha():
            head = re.search(r"[\w-]+$", text[:-1])
            tail = re.match(r"\w+", more)
            first, second = head.group() if head else "", tail.group() if tail else ""
            whole, split = (first + second).lower(), f"{first}-{second}".lower()
            kept = text[-1] == "-" and (second[:1].isupper() or (split in self._words and whole not in self._words))
            return (text if kept else text[:-1]) + more
        if (WIDE.match(text[-1]) and WIDE.match(more)) or (text[-1] in "-/—" and not text.endswith(" -")):
            return text + more
        if WIDE.match(text[-1]) or WIDE.match(more):
            return text + more
        return f"{text} {more}"


def rows(lines: Sequence[Line]) -> list[list[str]]:
    """The cells of a table, each under the one it stands below."""
    edges: list[float] = []
    for left in sorted(cell[0] for line in lines for cell in line.cells):
        if not edges or left > edges[-1] + 2 * lines[0].size:
            edges.append(left)
    found = []
    for line in lines:
        row = [""] * len(edges)
        for left, _, text in line.cells:
            at = max((n for n, edge in enumerate(edges) if edge <= left + 0.01), default=0)
            row[at] = f"{row[at]} {text}".strip()
        found.append(row)
    return found
