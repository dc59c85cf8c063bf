"""Reads what a person typed line by line. No Qt."""

from __future__ import annotations

from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.markdown.block_reader import CODE_LINES, FENCE, TEXT_LIMIT, BlockReader
from assistant.gui.widgets.markdown.blocks import Block, BlockKind

_MARKS = ("```", "~~~")


class PlainReader(BlockReader):
    """Lines as they are, and code between fences, which is the only mark that means anything."""

    def __init__(self, out: list[Block]) -> None:
        super().__init__(out)
        self.after_code = False

    def copy(self, out: list[Block]) -> PlainReader:
        twin = PlainReader(out)
        twin.open, twin.lines, twin.size = self.open, list(self.lines), self.size
        twin.fence, twin.fence_indent, twin.after_code = self.fence, self.fence_indent, self.after_code
        return twin

    def line(self, raw: str) -> None:
        line = clean(raw[:-1] if raw.endswith("\r") else raw)
        if self.fence:
            self._in_fence(line)
            self.after_code = not self.fence
            return
        text = line.lstrip(" ")
        fence = FENCE.match(text) if text.startswith(_MARKS) and len(line) - len(text) < 4 else None
        if fence:
            self._drop_trailing_blanks()  # the code stands apart by itself
            if self.lines:
                self.close()
            self._start_fence(fence, len(line) - len(text))
        elif line.strip() or not self.after_code:
            self._take(line)

    def _take(self, line: str) -> None:
        self.after_code = False
        if self.open is None:
            self.open = Block(BlockKind.PLAIN, "")
        self.lines.append(line)
        self.size += len(line) + 1
        if self.size > TEXT_LIMIT:
            self._cut_prose()
        elif len(self.lines) > CODE_LINES:
            last = self.lines.pop()
            self._emit([*self.lines, ""], keep_lines=[last])
