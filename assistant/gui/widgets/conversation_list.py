"""The list at the side of the chat: search, new, the conversations with inline renaming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QToolTip, QWidget

from assistant.core.hits import Hit
from assistant.gui.itemmodels.conversations import ConversationModel
from assistant.gui.widgets.controls import IconButton, Label, SearchLine
from assistant.gui.widgets.conversation_row import ConversationRow
from assistant.gui.widgets.side_layout import lay_out_side
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

SEARCH_MS = 120


class ConversationList(QWidget):
    """What can be opened.

    Signals: ``chosen(conversation id)`` when the user picked one; ``found(Hit, text)`` after it when a search had
    found ``text`` in one of its messages.
    """

    chosen = Signal(object)
    found = Signal(object, str)

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
        self.view.setItemDelegate(ConversationRow(theme, self.view))
        self._nothing = Label(role="quiet", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.new = IconButton(theme, actions["new"], "plus", name="chatNew")
        lay_out_side(self, self.search, self.new, self._nothing, self.view)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SEARCH_MS)
        self._delay.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._delay.start())
        self.search.returnPressed.connect(self._open_first)
        self.search.left_downwards.connect(self._go_down)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.view.menu_wanted.connect(self._menu)
        self.view.delete_wanted.connect(self._actions["delete"].trigger)
        self.view.left.connect(self.clear_search)
        self.view.clicked.connect(self._clicked)
        theme.changed.connect(self.view.doItemsLayout)

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
        rows = self._core.conversations.search(text)
        was_editing = self.view.state() == QAbstractItemView.State.EditingState
        if was_editing and [hit.row.id for hit in rows] != [self.model.conversation_at(at) for at in range(len(rows))]:
            self._delay.start()  # the order can wait until the new title is typed
            return
        self.view.filtered = bool(text)
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

    def clear_search(self) -> bool:
        """Show all conversations again; False if they were."""
        if not self.search.text():
            return False
        self.search.clear()
        self.refresh()
        self.view.scrollTo(self.view.currentIndex())
        return True

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
        hit = self.model.hit_at(row)
        if hit is not None:
            self.chosen.emit(hit.row.id)
            self._show_found(hit)

    def _clicked(self, index: QModelIndex) -> None:
        """Also the row that is open already leads back to what was found in it."""
        hit = self.model.hit_at(index.row())
        if hit is not None and hit.row.id == self._current:
            self._show_found(hit)

    def _show_found(self, hit: Hit) -> None:
        if hit.message is not None and self.search.text().strip():
            self.found.emit(hit, self.search.text().strip())

    def _open_first(self) -> None:
        self.refresh()
        if self.model.rowCount():
            self._choose(0)
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_down(self) -> None:
        """From the search into the list: to the row that is open, else to the first one, which Enter could not open."""
        if self._delay.isActive():
            self.refresh()
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.currentIndex().isValid():
            self._choose(0)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for verb in ("rename", "instruct", "delete"):
            menu.addAction(self._actions[verb])
        menu.popup(at)


class _View(QListView):
    """A list whose menu also opens by key, and at the dots of a row; a press of the right button selects first.

    Signals: ``menu_wanted(point)``, ``delete_wanted()``; ``left()``: Esc was pressed.
    """

    menu_wanted = Signal(QPoint)
    delete_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self._on_dots = False
        self.filtered = False

    def more_index(self, point: QPoint) -> QModelIndex:
        """The row whose dots are at a point of the viewport; none: an invalid index."""
        index = self.indexAt(point)
        delegate = self.itemDelegate()
        if index.isValid() and isinstance(delegate, ConversationRow):
            dots = delegate.more_at(self.visualRect(index), index)
            if dots.contains(point):
                return index
        return QModelIndex()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.filtered:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                event.accept()  # it ends the search before it stops anything
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.delete_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.filtered:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_dots = False
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._on_dots = self.more_index(event.position().toPoint()).isValid()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        if self._on_dots and self.more_index(point) == self.currentIndex() and self.currentIndex().isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(point))
        self._on_dots = False

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self.more_index(event.pos()).isValid():
                QToolTip.showText(event.globalPos(), tr("More actions"), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

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
