"""A column of a translation for screen readers: a list whose items are the segments. Items are made when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from assistant.core.translation.views import SegmentState, SegmentView
from assistant.documents.segments import without_codes
from assistant.gui.widgets.accessible_items import HeldItems, PartInterface
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.translation.units import Side
from assistant.gui.widgets.translation.words import segment_words

if TYPE_CHECKING:
    from assistant.gui.widgets.translation.column import TranslationColumn


class SegmentItems(HeldItems["SegmentInterface"]):
    """The interfaces of the segments that were asked for."""

    def __init__(self, column: TranslationColumn) -> None:
        super().__init__(column)
        self._column = column

    def get(self, number: int) -> SegmentInterface | None:
        """The item of a segment."""
        if not 0 <= number < len(self._column.rows.segments):
            return None
        return self.held(number, lambda: (SegmentInterface(self._column, number),))

    def drop_gone(self) -> None:
        """Let go of the items of segments that are no longer shown."""
        count = len(self._column.rows.segments)
        self.drop(lambda number: number >= count)


class ColumnInterface(QAccessibleWidget):
    """The list. There may be several for one column: Qt asks for another when the class gets a new meta-object."""

    def __init__(self, column: TranslationColumn, items: SegmentItems) -> None:
        super().__init__(column, QAccessible.Role.List)
        self._column = column
        self.item = items.get

    def childCount(self) -> int:
        return len(self._column.rows.segments)

    def child(self, index: int) -> QAccessibleInterface | None:
        return self.item(index)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.number if isinstance(child, SegmentInterface) and child.isValid() else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        for row, _top in self._column.rows.visible():
            for number in range(*self._column.rows.spans[row]):
                item = self.item(number)
                if item is not None and item.rect().contains(x, y):
                    return item
        return None

    def focusChild(self) -> QAccessibleInterface | None:
        return self.item(self._column.rows.current) if self._column.hasFocus() else None


class SegmentInterface(PartInterface):
    """One segment: its words on this side, and as a description what there is to say about it."""

    def __init__(self, column: TranslationColumn, number: int) -> None:
        super().__init__(column)
        self._column = column
        self.number = number

    @property
    def segment(self) -> SegmentView | None:
        """None when it is no longer shown."""
        segments = self._column.rows.segments
        return segments[self.number] if self.number < len(segments) else None

    def isValid(self) -> bool:
        return isValid(self._column) and self.segment is not None

    def foregroundColor(self) -> QColor:
        return self._column.palette().text().color()

    def backgroundColor(self) -> QColor:
        return self._column.palette().base().color()

    def rect(self) -> QRect:
        if not self.isValid() or not self._column.rows.in_sight(self._column.rows.row_of(self.number)):
            return QRect()
        area = self._column.segment_area(self.number)
        return QRect(self._column.viewport().mapToGlobal(area.topLeft()), area.size())

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._column)

    def text(self, which: QAccessible.Text) -> str:
        segment = self.segment
        if segment is None:
            return ""
        about = segment_words(segment)
        source = self._column.side is Side.SOURCE
        words = clean(without_codes(segment.source if source else segment.target, segment.things)) or about
        if which in (QAccessible.Text.Name, QAccessible.Text.Value):
            return words
        return about if which == QAccessible.Text.Description and not source else ""

    def state(self) -> QAccessible.State:
        found = QAccessible.State()
        found.readOnly = True
        found.focusable = True
        found.focused = self._column.hasFocus() and self._column.rows.current == self.number
        found.offscreen = self.isValid() and not self._column.rows.in_sight(self._column.rows.row_of(self.number))
        found.busy = self.segment is not None and self.segment.state is SegmentState.WRITING
        return found
