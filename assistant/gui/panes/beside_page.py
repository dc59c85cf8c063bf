"""A page with a source and what is made of it: beside each other, or one at a time where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QToolButton, QWidget

from assistant.gui.dropping import document_in, files_in, take_copy
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import set_role

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_BESIDE = 60  # in em: from here on there is room for both
_LEAST = 16  # in em: of either half, whatever is in it


class BesidePage(QWidget):
    """Two halves with a movable divider, a switch for where there is room for one, files that are dropped.

    Signals: ``dropped(path, others)`` of a file, and of how many there were besides; ``view_changed(view)``.

    :param halves: the source, and what is made of it.
    :ivar view: what is shown where there is room for one.
    :ivar narrow: there is room for one.
    :ivar shares: of the width that the halves have.
    """

    dropped = Signal(object, int)
    view_changed = Signal(str)

    def __init__(self, theme: Theme, switch: ViewSwitch, halves: tuple[QWidget, QWidget], *, view: str) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._theme = theme
        self._halves = halves
        self.switch = switch
        self.view = view
        self.narrow = False
        self.shares = [1, 1]
        self.splitter = QSplitter()
        for index, half in enumerate(halves):
            self.splitter.addWidget(half)
            self.splitter.setStretchFactor(index, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(2 * SPACE)
        self.splitter.splitterMoved.connect(lambda *_: self._divider_moved())
        switch.chosen.connect(self.show_view)
        theme.changed.connect(self._fold)
        theme.changed.connect(self._set_least)
        self._set_least()

    def _arrange(self) -> None:
        """Show what belongs to the view that is chosen."""
        raise NotImplementedError

    def _folded(self) -> None:
        """There is room for one from now on, or for both: ``narrow`` tells."""

    def show_view(self, view: str) -> None:
        """Choose what is shown; beside each other that changes what the right half shows, if anything."""
        changed = view != self.view
        self.view = view
        self._arrange()
        if changed:
            self.view_changed.emit(view)

    def retranslate(self) -> None:
        self.switch.retranslate()

    def set_shares(self, kept: object) -> None:
        """Take the widths that were kept; anything else leaves both halves equal."""
        if isinstance(kept, list) and len(kept) == 2 and all(isinstance(each, int) and each > 0 for each in kept):
            self.shares = kept
        self.splitter.setSizes([share * 10_000 for share in self.shares])

    # -------------------------------------------------------------- folding

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < self._theme.px(_BESIDE)
        if narrow != self.narrow:
            self.narrow = narrow
            self._folded()
            self._arrange()
            if not narrow:
                self.splitter.setSizes([share * 10_000 for share in self.shares])

    def _set_least(self) -> None:
        """What is shown in one half never takes room from the other."""
        for half in self._halves:
            half.setMinimumWidth(self._theme.px(_LEAST))

    def _divider_moved(self) -> None:
        self.shares = self.splitter.sizes()

    # -------------------------------------------------------------- files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if document_in(event.mimeData()) is not None:
            take_copy(event)
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = document_in(event.mimeData())
        if path is not None:
            take_copy(event)
            self.dropped.emit(path, len(files_in(event.mimeData())) - 1)
        else:
            super().dropEvent(event)


class ViewSwitch(QWidget):
    """Tabs for what is shown, each with an action of its own.

    Signals: ``chosen(view)``.

    :param prefix: of the buttons' object names.
    :param views: what can be shown, and the verb of each.
    """

    chosen = Signal(str)

    def __init__(self, actions: Actions, prefix: str, views: dict[str, str]) -> None:
        super().__init__()
        self._buttons: dict[str, tuple[QToolButton, QAction]] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for view, verb in views.items():
            action = actions[verb]
            button = QToolButton()
            button.setObjectName(f"{prefix}{view.capitalize()}View")
            button.setCheckable(True)
            set_role(button, "tab")
            button.clicked.connect(lambda _=False, view=view: self.chosen.emit(view))
            action.triggered.connect(lambda _=False, view=view: self._asked(view))
            layout.addWidget(button)
            self._buttons[view] = (button, action)
        self.retranslate()

    def _asked(self, view: str) -> None:
        """A key may mean something else in another pane."""
        if self.isVisibleTo(self.window()):
            self.chosen.emit(view)

    def focus_shown(self, view: str) -> None:
        """Put the focus on the button of a view."""
        self._buttons[view][0].setFocus()

    def show_view(self, view: str, *, without: str = "") -> None:
        """Show which view is chosen.

        :param without: a view that cannot be chosen now.
        """
        for name, (button, _action) in self._buttons.items():
            button.setChecked(name == view)
            button.setVisible(name != without)

    def retranslate(self) -> None:
        for button, action in self._buttons.values():
            button.setText(action.text())
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
