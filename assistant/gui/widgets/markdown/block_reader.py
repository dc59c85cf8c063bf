"""Reads Markdown line by line: what is open at the start of a line, and what the line makes of it. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.markdown.blocks import BULLETS, TICKED, UNTICKED, Block, BlockKind, cells

TEXT_LIMIT = 3000  # characters of one block of prose
CODE_LINES = 60  # lines of one block of code or plain text
CODE_LIMIT = 6000  # characters of one block of code
TABLE_ROWS = 40
MAX_DEPTH = 8  # list and quotation levels that are told apart

FENCE = re.compile(r"(`{3,})[ \t]*([^`]*)$|(~{3,})[ \t]*(.*)$")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"([-*+•]|\d{1,9}[.)])(?:[ \t]+|$)")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_INDENTED = "    "  # stands in the place of a fence for code that is set off by spaces only
# Where prose that is too long goes on in a new block: each begins on a new line, so the end of a sentence shows least.
_CUTS = tuple(
    re.compile(place)
    for place in (r"\n", r"[。！？…]+[”’」』）]*|[.!?…][\"'”’)]*[ \t]", r"[；，、]|[;:,][ \t]", r"[ \t]")
)


@dataclass(slots=True)
class _Level:
    """One level of a list that is open: where its marks stand, and whose turn it is."""

    indent: int
    number: int


class BlockReader:
    """What is known at the start of a line. ``copy`` is cheap, so that the open end can be tried out."""

    def __init__(self, out: list[Block]) -> None:
        self.out = out
        self.open: Block | None = None  # kind and place of the block being read; its text is in ``lines``
        self.lines: list[str] = []
        self.size = 0
        self.fence = ""  # the characters that closed it must repeat
        self.fence_indent = 0
        self.levels: list[_Level] = []
        self.quote = 0
        self.blank = False

    def copy(self, out: list[Block]) -> BlockReader:
        twin = BlockReader(out)
        twin.open, twin.lines, twin.size = self.open, list(self.lines), self.size
        twin.fence, twin.fence_indent = self.fence, self.fence_indent
        twin.levels = [_Level(level.indent, level.number) for level in self.levels]
        twin.quote, twin.blank = self.quote, self.blank
        return twin

    # ------------------------------------------------------------ one line

    def line(self, raw: str) -> None:
        """Read one whole line."""
        line = clean(raw[:-1] if raw.endswith("\r") else raw)
        if self.fence and self.fence != _INDENTED and self._in_fence(line):
            return
        line = line.expandtabs(4).rstrip(" ")
        quote, line = _strip_quote(line, MAX_DEPTH)
        text = line.lstrip(" ")
        if not text:
            self._blank_line(quote)
            return
        indent = len(line) - len(text)
        if quote != self.quote:
            self.close()
            self.levels.clear()
            self.quote = quote
        if self._continues(line, text, indent):
            return
        self._start(line, text, indent)

    def _in_fence(self, line: str) -> bool:
        """Take ``line`` as code; False if it is not, because the quotation around the fence has ended."""
        quote, line = _strip_quote(line, self.quote)
        if quote < self.quote:
            self.close()
            return False
        text = line.strip(" ")
        if text.startswith(self.fence) and not text.strip(self.fence[0]):
            self.close()
            return True
        indent = len(line) - len(line.lstrip(" "))
        self._add(line[min(indent, self.fence_indent) :])
        return True

    def _blank_line(self, quote: int) -> None:
        if self.open and self.open.kind is BlockKind.CODE:  # indented code goes on after a blank line
            self._add("")
            return
        self.close()
        self.blank = True
        if quote != self.quote:
            self.levels.clear()
            self.quote = quote

    def _continues(self, line: str, text: str, indent: int) -> bool:
        """Whether the line belongs to the open block, which then has it."""
        block = self.open
        if block is None:
            return False
        if block.kind is BlockKind.CODE:
            if indent >= 4:
                self._add(line[4:])
                return True
            self._drop_trailing_blanks()
            self.close()
            return False
        if block.kind is BlockKind.MATH:
            self._add(text)
            if text.endswith(self.fence_end):
                self.close()
            return True
        if block.kind is BlockKind.TABLE:
            if "|" in text and not _HEADING.match(text):
                self._add(text)
                return True
            self.close()
            return False
        return self._continues_prose(block, text, indent)

    def _continues_prose(self, block: Block, text: str, indent: int) -> bool:
        short = text[:500]
        title = block.kind is BlockKind.PARAGRAPH and not block.depth and not block.joined and len(self.lines) == 1
        if title and indent < 4 and _underlines(text, self.lines[0]):
            self.open = replace(block, kind=BlockKind.HEADING, level=1 if text[0] == "=" else 2)
            self.close()
            return True
        if self._makes_table(text):
            return True
        if (
            FENCE.match(text)
            or _HEADING.match(short)
            or _is_rule(text)
            or text.startswith(("$$", "\\["))
            or self._starts_item(text, interrupting=True)
        ):
            self.close()
            return False
        if self.lines == [""]:  # a mark alone on its line; the item's text begins here
            self.lines, self.size = [], 0
        self._add(text)
        return True

    def _starts_item(self, text: str, *, interrupting: bool) -> bool:
        match = _ITEM.match(text)
        if not match:
            return False
        if not interrupting or self.levels:
            return True
        mark = match.group(1)
        return len(text) > match.end() and (not mark[0].isdigit() or mark in ("1.", "1)"))

    def _makes_table(self, text: str) -> bool:
        """Whether ``text`` is the line of dashes that makes the last line of the open paragraph a table's head."""
        if not self.lines or self.open is None or len(text) > 2000 or "-" not in text or "|" not in text:
            return False
        head = self.lines[-1]
        if "|" not in head or not _DELIMITERS.match(text) or len(cells(head)) != len(cells(text)):
            return False
        block = self.open
        alone = len(self.lines) == 1 and block.kind is not BlockKind.ITEM
        self.lines.pop()
        if not alone:
            self.close()
        self._open(replace(block, kind=BlockKind.TABLE, marker="", joined=False, spaced=block.spaced and alone), head)
        self._add(text)
        return True

    # ------------------------------------------------------------ starting a block

    def _start(self, line: str, text: str, indent: int) -> None:
        fence = FENCE.match(text)
        if fence:
            self._start_fence(fence, indent)
            return
        heading = _HEADING.match(text[:500])
        if heading and indent < 4:
            self._leave_levels(indent)
            title = text[heading.end() :].strip()
            title = title.rstrip("#").rstrip() if title.endswith("#") and _closed_heading(title) else title
            self._open(self._block(BlockKind.HEADING, level=len(heading.group(1))), title)
            self.close()
            return
        if _is_rule(text):
            self._leave_levels(indent)
            self._open(self._block(BlockKind.RULE), "")
            self.close()
            return
        if self._starts_item(text, interrupting=False):
            self._start_item(text, indent)
            return
        self._leave_levels(indent)
        if text.startswith(("$$", "\\[")):
            self._open(self._block(BlockKind.MATH), text)
            if len(text) > 2 and text.endswith(self.fence_end):
                self.close()
            return
        if indent >= 4 and not self.levels and not self.quote:
            self._open(self._block(BlockKind.CODE), line[4:])
            self.fence = _INDENTED
            return
        self._open(self._block(BlockKind.PARAGRAPH), text)

    def _start_fence(self, fence: re.Match[str], indent: int) -> None:
        self._leave_levels(indent)
        words = (fence.group(2) or fence.group(4) or "").split()
        language = words[0].strip("{}.").lower()[:40] if words else ""
        self._open(self._block(BlockKind.CODE, language=language), None)
        self.fence = fence.group(1) or fence.group(3)
        self.fence_indent = indent

    def _start_item(self, text: str, indent: int) -> None:
        """Open an item; an item whose text begins with another mark opens that one too."""
        while True:
            match = _ITEM.match(text)
            if match is None:
                break
            mark = match.group(1)
            while self.levels and indent < self.levels[-1].indent:
                if len(self.levels) == 1 or indent <= self.levels[-2].indent + 1:
                    self.levels.pop()
                else:
                    break
            if not self.levels or indent >= self.levels[-1].indent + 2:
                self.levels.append(_Level(indent, 0))
            level = self.levels[-1]
            depth = min(len(self.levels), MAX_DEPTH)
            ordered = mark[0].isdigit()
            level.number = self._number(level, int(mark[:-1])) if ordered else 0
            rest = text[match.end() :]
            label = f"{level.number}{mark[-1]}" if ordered else BULLETS[min(depth, 3) - 1]
            task = _TASK.match(rest)
            if task and not ordered:
                label, rest = (UNTICKED if task.group(1) == " " else TICKED), rest[task.end() :]
            self._open(replace(self._block(BlockKind.ITEM), depth=depth, marker=label), rest)
            if len(self.levels) >= MAX_DEPTH or not _ITEM.match(rest):
                fence = FENCE.match(rest)
                if fence:
                    self.lines, self.size = [], 0
                    self.close()
                    self._start_fence(fence, indent + match.end())
                break
            self.lines, self.size = [], 0
            self.close()
            indent, text = indent + match.end(), rest

    @staticmethod
    def _number(level: _Level, written: int) -> int:
        """The number to show: what is written, but ``1.`` on every line counts on."""
        return level.number + 1 if written == 1 and level.number else written

    def _leave_levels(self, indent: int) -> None:
        """Close the lists that a line so far left is no longer inside of."""
        while self.levels and indent < self.levels[-1].indent + 2:
            self.levels.pop()

    def _block(self, kind: BlockKind, *, level: int = 0, language: str = "") -> Block:
        depth = min(len(self.levels), MAX_DEPTH)
        return Block(kind, "", level=level, depth=depth, quote=self.quote, language=language, spaced=self.blank)

    # ------------------------------------------------------------ the open block

    @property
    def fence_end(self) -> str:
        """What ends the formula that is open."""
        return "$$" if self.lines and self.lines[0].startswith("$$") else "\\]"

    def _open(self, block: Block, text: str | None) -> None:
        self.open, self.lines, self.size, self.blank = block, [], 0, False
        if text is not None:
            self._add(text)

    def _add(self, text: str) -> None:
        """One more line for the open block; what is beyond the limit goes out as a block of its own."""
        self.lines.append(text)
        self.size += len(text) + 1
        assert self.open is not None
        kind = self.open.kind
        if kind is BlockKind.CODE:
            self._cut_code()
        elif kind is BlockKind.TABLE:
            if len(self.lines) > TABLE_ROWS or self.size > 4 * TEXT_LIMIT:
                self._emit([*self.lines, ""], keep_lines=self.lines[:2] if len(self.lines) > 2 else [])
        elif self.size > TEXT_LIMIT:
            self._cut_prose()

    def _cut_code(self) -> None:
        while len(self.lines) > CODE_LINES or self.size > CODE_LIMIT:
            if len(self.lines) > 1:
                last = self.lines.pop()
                self._emit([*self.lines, ""], keep_lines=[last])
            else:
                line = self.lines[0]
                self._emit([line[:CODE_LIMIT]], keep_lines=[line[CODE_LIMIT:]])

    def _cut_prose(self) -> None:
        text = "\n".join(self.lines)
        start = 0
        while len(text) - start > TEXT_LIMIT:
            place = _cut_place(text, start + TEXT_LIMIT * 3 // 4, start + TEXT_LIMIT)
            self._emit([text[start:place]], keep_lines=[])
            start = place
        self.lines = [text[start:]]
        self.size = len(self.lines[0]) + 1

    def _emit(self, lines: list[str], *, keep_lines: list[str]) -> None:
        assert self.open is not None
        self.out.append(replace(self.open, text="\n".join(lines)))
        self.open = replace(self.open, joined=True, spaced=False)
        self.lines = list(keep_lines)
        self.size = sum(len(line) + 1 for line in self.lines)

    def _drop_trailing_blanks(self) -> None:
        while self.lines and not self.lines[-1]:
            self.lines.pop()

    def close(self) -> None:
        """The open block ends here."""
        block = self.open
        if block is not None and not (block.joined and not any(self.lines)):
            if self.fence == _INDENTED:
                self._drop_trailing_blanks()
            self.out.append(replace(block, text="\n".join(self.lines)))
        self.open, self.lines, self.size = None, [], 0
        self.fence = ""


def _cut_place(text: str, first: int, last: int) -> int:
    """The best place in ``text[first:last]`` for a cut, ``last`` where there is none."""
    for cut in _CUTS:
        if places := [match.end() for match in cut.finditer(text, first, last)]:
            return places[-1]
    return last


def _strip_quote(line: str, most: int) -> tuple[int, str]:
    """How many ``>`` stand before ``line`` (at most ``most``), and the rest."""
    count, place = 0, 0
    while count < most:
        mark = place
        while mark < len(line) and mark - place < 4 and line[mark] == " ":
            mark += 1
        if mark - place > 3 or mark >= len(line) or line[mark] != ">":
            break
        count += 1
        place = mark + 1
        if place < len(line) and line[place] == " ":
            place += 1
    return count, line[place:]


def _is_rule(text: str) -> bool:
    return len(text) <= 200 and text[0] in "*-_" and _RULE.match(text) is not None


def _underlines(text: str, title: str) -> bool:
    """Whether ``text`` makes the line above a heading. Dashes under a whole sentence are meant as a rule."""
    if not 2 <= len(text) <= 200:
        return False
    if not text.strip("="):
        return True
    return len(text) > 2 and not text.strip("-") and title[-1] not in ".!?:;。！？：；…*"


def _closed_heading(title: str) -> bool:
    bare = title.rstrip("#")
    return not bare or bare.endswith(" ")
