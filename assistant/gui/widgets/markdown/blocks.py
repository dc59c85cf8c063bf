"""What Markdown is taken apart into. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BULLETS = "•◦▪"  # by depth
TICKED, UNTICKED = "☑☐"


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"  # of a list
    CODE = "code"
    TABLE = "table"
    MATH = "math"  # displayed formula, as its source
    RULE = "rule"
    PLAIN = "plain"  # not Markdown: what the user typed


@dataclass(frozen=True, slots=True)
class Block:
    """One block. ``text`` has the marks of the block itself removed; inline Markdown is still in it.

    :ivar level: of a heading, 1 to 6.
    :ivar depth: how many list items it is inside of (an item counts itself).
    :ivar quote: how many quotations it is inside of.
    :ivar marker: of an item: a bullet, ``3.``, or a box.
    :ivar language: first word after a code fence, lower case.
    :ivar joined: the block continues the one before it, which had reached its limit and ends in a line feed if it was
        cut at the end of a line.
    :ivar spaced: a blank line stood before it.
    """

    kind: BlockKind
    text: str
    level: int = 0
    depth: int = 0
    quote: int = 0
    marker: str = ""
    language: str = ""
    joined: bool = False
    spaced: bool = False


# Whatever Markdown, or what prepares a text for it, may change: marks, addresses, entities, runs of spaces.
_MAY_CHANGE = re.compile(r"[*_`~\[\]<>&\\!$|@\u00a0]|://|www\.|  |\t|#$", re.IGNORECASE)


def shows_itself(block: Block) -> bool:
    """Whether what a reader sees of a block is surely its text as it is."""
    if block.kind in (BlockKind.CODE, BlockKind.PLAIN, BlockKind.MATH):
        return "\u00a0" not in block.text
    return block.kind is not BlockKind.TABLE and _MAY_CHANGE.search(block.text) is None


def separator(block: Block, previous: Block | None) -> str:
    """What stands between two blocks when they are copied as plain text."""
    if previous is None:
        return ""
    if block.joined:
        return "\n" if previous.text.endswith("\n") else ""
    if block.kind is BlockKind.ITEM and not block.spaced:
        return "\n"
    return "\n\n"


def cells(line: str) -> list[str]:
    """The cells of a table's line. A bar after a backslash does not part cells."""
    inner = line.strip(" ")
    inner = inner[1:] if inner.startswith("|") else inner
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip(" ").replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]
