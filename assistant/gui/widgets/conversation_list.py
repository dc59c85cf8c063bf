"""The list at the side of the chat: search, new, the conversations with inline renaming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.itemmodels.conversations import BUSY, SECTION, ConversationModel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, Label, SearchLine, TextLine
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

SEARCH_MS = 120


class ConversationList(QWidget):
    """What can be opened.

    Signals: ``chosen(conversation id)`` when the user picked one.
    """

    chosen = Signal(object)

    def __init__(self, core: Core, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._core = core
        self._actions = actions
        self._started = False
        self._current: int | None = None
        self.model = ConversationModel(busy=self._busy, rename=self._rename)
        self.search = SearchLine("conversationSearch")
        self.view = _View()
        self.view.setObjectName("conversationList")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(theme, self.view))
        self._nothing = Label(role="quiet", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build(theme)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SEARCH_MS)
        self._delay.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._delay.start())
        self.search.returnPressed.connect(self._open_first)
        self.search.left_downwards.connect(lambda: self.view.setFocus(Qt.FocusReason.TabFocusReason))
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.view.menu_wanted.connect(self._menu)
        self.view.delete_wanted.connect(self._actions["delete"].trigger)
        theme.changed.connect(self.view.doItemsLayout)

    def _build(self, theme: Theme) -> None:
        self.new = IconButton(theme, self._actions["new"], "plus", name="chatNew")
        top = QHBoxLayout()
        top.setSpacing(SPACE // 2)
        top.addWidget(self.search, 1)
        top.addWidget(self.new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE // 2, SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(top)
        layout.addWidget(self._nothing)
        layout.addWidget(self.view, 1)

    # -------------------------------------------------------------- following the core

    def start(self) -> None:
        """The conversations are there now."""
        self._started = True
        self.refresh()

    def refresh(self) -> None:
        """Show what there is, or what the search finds."""
        if not self._started:
            return
        self._delay.stop()
        text = self.search.text().strip()
        rows = self._core.conversations.search(text) if text else self._core.conversations.rows()
        was_editing = self.view.state() == QAbstractItemView.State.EditingState
        if was_editing and [row.id for row in rows] != [self.model.conversation_at(at) for at in range(len(rows))]:
            self._delay.start()  # the order can wait until the new title is typed
            return
        self.model.show(rows)
        self._nothing.setVisible(not rows)
        self._nothing.setText(tr("Nothing found.") if text else tr("Conversations will appear here."))
        self.mark(self._current)

    def mark(self, conversation: int | None) -> None:
        """Select the conversation that is open."""
        self._current = conversation
        row = self.model.row_of(conversation)
        selection = self.view.selectionModel()
        blocked = selection.blockSignals(True)
        if row < 0:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        else:
            self.view.setCurrentIndex(self.model.index(row))
        selection.blockSignals(blocked)
        self.view.viewport().update()

    def step(self, by: int) -> None:
        """Open the next or the previous conversation of the list."""
        count = self.model.rowCount()
        if count:
            row = self.model.row_of(self._current)
            self._choose(min(max(row + by, 0), count - 1))

    def neighbour(self, conversation: int) -> int | None:
        """The one below, else the one above: what is open after ``conversation`` is gone."""
        row = self.model.row_of(conversation)
        below = self.model.conversation_at(row + 1)
        return below if below is not None else self.model.conversation_at(row - 1)

    def rename(self) -> None:
        """Edit the title of the open conversation in place."""
        row = self.model.row_of(self._current)
        if row >= 0:
            self.view.scrollTo(self.model.index(row))
            self.view.edit(self.model.index(row))

    def retranslate(self) -> None:
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the conversations"))
        self.view.setAccessibleName(tr("Conversations"))
        self.model.retranslate()
        self.refresh()

    # -------------------------------------------------------------- inside

    def _busy(self, conversation: int) -> bool:
        return self._core.conversations.busy(conversation)

    def _rename(self, conversation: int, title: str) -> None:
        self._core.conversations.rename(conversation, title)

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._choose(current.row())

    def _choose(self, row: int) -> None:
        conversation = self.model.conversation_at(row)
        if conversation is not None:
            self.chosen.emit(conversation)

    def _open_first(self) -> None:
        self.refresh()
        self._choose(0)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for verb in ("rename", "delete"):
            menu.addAction(self._actions[verb])
        menu.popup(at)


class _View(QListView):
    """A list whose menu also opens by key; a press of the right button selects first."""

    menu_wanted = Signal(QPoint)
    delete_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            at = event.globalPos()
        else:
            index = self.currentIndex()
            at = self.viewport().mapToGlobal(self.visualRect(index).center())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(at)


class _Delegate(QStyledItemDelegate):
    """One conversation: its title in one line, a heading above it where a stretch of time begins."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self._row() + (self._heading() if index.data(SECTION) else 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        heading = index.data(SECTION)
        if heading:
            painter.setFont(theme.font("quiet"))
            painter.setPen(theme.color("quiet"))
            room = QRect(rect.left() + SPACE, rect.top(), rect.width() - 2 * SPACE, self._heading() - 4)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), heading)
        row = self._row_rect(rect, index)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("lamp_wash" if selected else "hover"))
            painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 8, 8)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.color("lamp"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row.adjusted(1, 2, -1, -2), 7, 7)
        text = row.adjusted(SPACE, 0, -SPACE, 0)
        if index.data(BUSY):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("lamp"))
            painter.drawEllipse(QPoint(text.right() - 3, text.center().y() + 1), 3, 3)
            text.adjust(0, 0, -2 * SPACE, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        title = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), title)
        painter.restore()

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = TextLine(parent)
        editor.setAccessibleName(tr("Title of the conversation"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        editor.setGeometry(self._row_rect(rect, index))

    def eventFilter(self, editor: QWidget, event: QEvent) -> bool:
        if isinstance(editor, TextLine) and editor.guard.composing and event.type() == QEvent.Type.KeyPress:
            return False  # Return and Esc are the input method's
        return super().eventFilter(editor, event)

    def _row_rect(self, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> QRect:
        return rect.adjusted(0, self._heading() if index.data(SECTION) else 0, 0, 0)

    def _row(self) -> int:
        return max(32, self._theme.px(2.4))

    def _heading(self) -> int:
        return self._theme.px(2.2)


