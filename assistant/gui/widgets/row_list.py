"""A list of rows with two lines, painted: one widget for any number of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from assistant.gui.itemmodels.rows import ROW, Row, RowModel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import set_role
from assistant.gui.widgets.row_paint import paint_ground, paint_heading
from assistant.texts import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.theme import Theme

_DOT = 8
_BETWEEN = " · "  # the parts of a line
_PADDING = 4  # around flat rows, as the sheet has it
_WHOLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip  # letters of two fonts are higher than those of one
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
_LEFT, _RIGHT = int(_WHOLE | Qt.AlignmentFlag.AlignLeft), int(_WHOLE | Qt.AlignmentFlag.AlignRight)


class RowList(QListView):
    """Rows to choose from.

    Signals: ``chosen(id)`` when another row became current; ``entered(id)`` on Return or a double click;
    ``delete_wanted(id)`` on the delete key, ``undo_wanted()`` on the key for that.

    :param elide: what of a name is left out where there is no room.
    :param wraps: a line below a name that is too long goes on in the next one; otherwise it is cut.
    :param flat: it stands in a page and not at the side, and shows all its rows without scrolling; then it also wraps.
    """

    chosen = Signal(str)
    entered = Signal(str)
    delete_wanted = Signal(str)
    undo_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        flat: bool = False,
        wraps: bool = False,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__()
        self.flat = flat
        self.wraps = wraps or flat
        self.elide = elide
        self._theme = theme
        self._asked = ""
        self._in_sight = True  # the current row, as far as the user has not scrolled away from it
        self.rows = RowModel()
        self.setObjectName(name)
        self.setModel(self.rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        if flat:
            set_role(self, "rows")
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda index: self.entered.emit(self.rows.rows[index.row()].id))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self._dress)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the current one stays current if it is still there."""
        kept, in_sight = self._asked or self.current(), self._in_sight
        blocked = self.selectionModel().blockSignals(True)
        self.rows.show(rows)
        at = self.rows.row_of(kept)
        self.setCurrentIndex(self.rows.index(at) if at >= 0 else QModelIndex())
        if at >= 0:
            self._asked = ""
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()
        if self.flat:
            self._measure()
        self._keep_in_sight(in_sight)

    def current(self) -> str:
        """The id of the current row, or an empty string."""
        index = self.currentIndex()
        return self.rows.rows[index.row()].id if index.isValid() else ""

    def choose(self, row_id: str) -> bool:
        """Make a row current without telling anybody; False: it is not there (yet)."""
        at = self.rows.row_of(row_id)
        self._asked = "" if at >= 0 else row_id
        blocked = self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.rows.index(at) if at >= 0 else QModelIndex())
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()
        self._keep_in_sight()
        return at >= 0

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        self._in_sight = True
        if current.isValid() and not self.selectionModel().signalsBlocked():
            self._asked = ""
            self.chosen.emit(self.rows.rows[current.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.currentIndex().isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.current())
        elif self.currentIndex().isValid() and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(self.current())
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        in_sight = self._in_sight
        super().resizeEvent(event)
        self._keep_in_sight(in_sight)
        if self.wraps and event.oldSize().width() != event.size().width():  # other lines, another height
            QTimer.singleShot(0, self, self._dress)

    def _dress(self) -> None:
        in_sight = self._in_sight
        self.doItemsLayout()
        if self.flat:
            self._measure()
        self._keep_in_sight(in_sight)

    def _scrolled(self) -> None:
        row = self.currentIndex()
        self._in_sight = not row.isValid() or self.visualRect(row).intersects(self.viewport().rect())

    def _keep_in_sight(self, wanted: bool = True) -> None:
        """Whatever has made other room or other rows, the current one stays where it can be seen, if it was."""
        if wanted and not self.flat and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self._in_sight = wanted

    def _measure(self) -> None:
        height = sum(self.sizeHintForRow(at) for at in range(self.rows.rowCount()))
        self.setFixedHeight(max(height, 1) + 2 * (_PADDING + 1))


class _Delegate(QStyledItemDelegate):
    """A name, a line below it with a coloured dot, a heading above the first row of a section."""

    def __init__(self, theme: Theme, view: RowList) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._high = (0, 0)  # a row of one line, and of two
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        base, quiet = (QFontMetrics(self._theme.font(size)).height() for size in ("base", "quiet"))
        self._high = (base + 2 * SPACE, base + quiet + 3 + 2 * SPACE)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row: Row = index.data(ROW)
        heading = self._heading_height() if self._heading(index) else 0
        return QSize(80, self._height(row) + self._more_height(row) + heading)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        row: Row = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heading = self._heading(index)
        if heading:
            paint_heading(painter, theme, rect, self._heading_height(), heading)
            rect = rect.adjusted(0, self._heading_height(), 0, 0)
        paint_ground(painter, theme, rect, state)
        self._paint_words(painter, rect.adjusted(SPACE, SPACE - 2, -SPACE, -SPACE + 2), row)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, row: Row) -> None:
        theme = self._theme
        base, quiet = theme.font(), theme.font("quiet")
        note_width = 0
        top = QRect(room.left(), room.top(), room.width(), QFontMetrics(base).height())
        if row.note:
            painter.setFont(quiet)
            painter.setPen(theme.color("lamp"))
            note_width = painter.fontMetrics().horizontalAdvance(row.note) + SPACE
            painter.drawText(top, _RIGHT, row.note)
        painter.setFont(base)
        painter.setPen(theme.color("text"))
        title_room = top.adjusted(0, 0, -note_width, 0)
        title = painter.fontMetrics().elidedText(row.title, self._view.elide, title_room.width())
        painter.drawText(title_room, _LEFT, title)
        if not row.line:
            return
        painter.setFont(quiet)
        below = QRect(room.left(), top.bottom() + 3, room.width(), painter.fontMetrics().height())
        if row.mark:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(row.mark))
            painter.drawEllipse(below.left(), below.center().y() - _DOT // 2 + 1, _DOT, _DOT)
            below.setLeft(below.left() + _DOT + 6)
        painter.setPen(theme.color("quiet"))
        more = self._more_height(row)
        if more:
            below.setHeight(below.height() + more)
            painter.drawText(below, _WRAPPED, self._wrapped(row))
            return
        line = painter.fontMetrics().elidedText(row.line, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, _LEFT, line)

    def _heading(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return self._view.rows.heading(index.row())

    def _height(self, row: Row) -> int:
        return self._high[bool(row.line)]

    def _more_height(self, row: Row) -> int:
        """For a line that goes on in the next one."""
        if not self._view.wraps or not row.line:
            return 0
        metrics = QFontMetrics(self._theme.font("quiet"))
        room = self._view.viewport().width() - 2 * SPACE - (_DOT + 6 if row.mark else 0)
        if metrics.horizontalAdvance(row.line) <= room:
            return 0
        # As it is drawn: the lines of another script are higher than those of the font.
        area = metrics.boundingRect(0, 0, room, 0, _WRAPPED, self._wrapped(row))
        return max(0, area.height() - metrics.height())

    def _wrapped(self, row: Row) -> str:
        """The line as it may be broken: at the side between its parts, in a page anywhere: they are sentences there."""
        line = units.unbroken(row.line)
        if self._view.flat:
            return line
        return _BETWEEN.join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in line.split(_BETWEEN))

    def _heading_height(self) -> int:
        return self._theme.px(2.2)
