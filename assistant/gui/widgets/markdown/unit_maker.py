"""Which unit shows which block, and how far apart they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.markdown.blocks import Block, BlockKind
from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.markdown.units import RuleUnit, TableUnit, Unit

if TYPE_CHECKING:
    from assistant.gui.widgets.reading_style import ReadingStyle


def make_unit(block: Block, style: ReadingStyle, *, growing: bool = False) -> Unit:
    """The unit for ``block``."""
    kinds: dict[BlockKind, type[Unit]] = {
        BlockKind.RULE: RuleUnit, BlockKind.CODE: CodeUnit, BlockKind.TABLE: TableUnit,
    }  # fmt: skip
    return kinds.get(block.kind, Unit)(block, style, growing=growing)


def gap_above(block: Block, previous: Block | None, style: ReadingStyle) -> int:
    """The room between two blocks."""
    if previous is None or block.joined:
        return 0
    em = style.em
    if block.kind is BlockKind.HEADING:
        return round(em * (0.5 if previous.kind is BlockKind.HEADING else 1.3))
    if previous.kind is BlockKind.HEADING:
        return round(em * 0.4)
    if BlockKind.RULE in (block.kind, previous.kind):
        return round(em * 1.2)
    if block.kind is BlockKind.ITEM and (previous.depth or not block.spaced):
        return round(em * (0.55 if block.spaced or previous.kind is BlockKind.CODE else 0.3))
    if block.depth and previous.depth and block.kind is BlockKind.PARAGRAPH:
        return round(em * 0.55)
    return round(em * 0.85)
