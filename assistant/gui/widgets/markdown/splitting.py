"""Markdown in pieces: a growing text becomes a flat list of blocks, of which only the last is still open. No Qt.

Blocks are flat on purpose: a list item is a block of its own with a depth, a quotation is a level that blocks carry.
So the part that may still change while text streams in is small however long the answer gets, nesting costs
nothing, and every block has a bounded size (longer ones continue in a block that is marked ``joined``).

What comes out depends on the text only, not on the chunks it came in.
"""

from __future__ import annotations

import re

from assistant.gui.widgets.markdown.block_reader import BlockReader
from assistant.gui.widgets.markdown.blocks import Block
from assistant.gui.widgets.markdown.plain_reader import PlainReader

_ONLY_MARKS = re.compile(r"[ \t>]*(?:[-*+_`~#|=•$ ]*|\d{1,9}[.)]?)$")


class BlockSplitter:
    """Takes text in any chunks with :meth:`append`.

    ``committed`` only ever gets longer; ``tail()`` is what the unfinished end looks like now.
    """

    def __init__(self) -> None:
        self.committed: list[Block] = []
        self._partial: list[str] = []
        self._state = BlockReader(self.committed)

    def append(self, text: str) -> None:
        """Add ``text`` at the end."""
        if "\n" not in text:
            self._partial.append(text)
            return
        first, *rest = text.split("\n")
        self._partial.append(first)
        self._state.line("".join(self._partial))
        for line in rest[:-1]:
            self._state.line(line)
        self._partial = [rest[-1]]

    def tail(self, *, growing: bool = False) -> list[Block]:
        """The blocks after the committed ones, as if the text ended here.

        :param growing: more is coming, so a last line of nothing but marks (``**``, ``#``) is left out: what it
            will be cannot be told yet.
        """
        out: list[Block] = []
        state = self._state.copy(out)
        if len(self._partial) > 1:
            self._partial = ["".join(self._partial)]
        partial = self._partial[0] if self._partial else ""
        if partial and not (growing and len(partial) < 40 and _ONLY_MARKS.match(partial)):
            state.line(partial)
        state.close()
        return out

    def blocks(self) -> list[Block]:
        """All blocks as if the text ended here."""
        return [*self.committed, *self.tail()]


class PlainSplitter(BlockSplitter):
    """The same for what a person typed: lines in blocks of a bounded size, and code between fences."""

    def __init__(self) -> None:
        super().__init__()
        self._state = PlainReader(self.committed)
