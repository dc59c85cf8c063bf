"""The page of the Summarize pane: source and result beside each other, or one at a time where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from assistant.gui.dropping import document_in
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, set_role

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

VIEWS = ("source", "result", "ask")
_BESIDE = 60  # in em: from here on there is room for both
_LEAST = 16  # in em: of either half, whatever is in it


class SummarizePage(QWidget):
    """Where everything stands.

    Signals: ``dropped(path)`` of a file; ``view_changed(view)`` with source, result or ask.
    """

    dropped = Signal(object)
    view_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        *,
        source: QWidget,
        result: QWidget,
        ask: QWidget,
        feet: tuple[QWidget, QWidget],
    ) -> None:
        super().__init__()
        self.setObjectName("summarizePage")
        self.setAcceptDrops(True)
        self._theme = theme
        self._source = source
        self.view = "result"  # what the right half shows; in a narrow page the whole
        self.narrow = False
        self.shares = [1, 1]  # of the width that source and result have
        self.switch = _Switch(actions)
        self.copy = IconButton(theme, actions["copy_answer"], "copy", name="summarizeCopy")
        self.export = IconButton(theme, actions["summary_export"], "download", name="summarizeExport")
        self._results, self._feet = QStackedWidget(), _Feet()
        self._results.addWidget(result)
        self._results.addWidget(ask)
        for foot in feet:
            self._feet.addWidget(foot)
        self.splitter = QSplitter()
        self._right = QWidget()
        self._build()
        self._arrange()
        self.switch.chosen.connect(self.show_view)
        theme.changed.connect(self._fold)
        theme.changed.connect(self._set_least)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE, 0, 0, 0)
        head.setSpacing(SPACE // 2)
        head.addWidget(self.switch)
        head.addStretch(1)
        head.addWidget(self.copy)
        head.addWidget(self.export)
        self._head = QWidget()
        self._head.setLayout(head)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACE // 2)
        right.addWidget(self._results, 1)
        self.splitter.addWidget(self._source)
        self.splitter.addWidget(self._right)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(2 * SPACE)
        for index in (0, 1):
            self.splitter.setStretchFactor(index, 1)
        self.splitter.splitterMoved.connect(lambda *_: self._divider_moved())
        self._top = QVBoxLayout()
        self._top.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addLayout(self._top)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self._feet)
        right.insertWidget(0, self._head)
        self._set_least()

    def _set_least(self) -> None:
        """What is shown in one half never takes room from the other."""
        for half in (self._source, self._right):
            half.setMinimumWidth(self._theme.px(_LEAST))

    def show_view(self, view: str) -> None:
        """Show source, result or ask; beside each other only the right half changes."""
        changed = view != self.view
        self.view = view
        self._arrange()
        if changed:
            self.view_changed.emit(view)

    def retranslate(self) -> None:
        self.switch.retranslate()

    # -------------------------------------------------------------- folding

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < self._theme.px(_BESIDE)
        if narrow == self.narrow:
            return
        self.narrow = narrow
        if narrow:
            self._top.addWidget(self._head)
            self._arrange()
        else:
            self._right.layout().insertWidget(0, self._head)  # type: ignore[union-attr]
            self.view = "result" if self.view == "source" else self.view
            self._arrange()
            self.splitter.setSizes([share * 10_000 for share in self.shares])

    def set_shares(self, kept: object) -> None:
        """Take the widths that were kept; anything else leaves both halves equal."""
        if isinstance(kept, list) and len(kept) == 2 and all(isinstance(each, int) and each > 0 for each in kept):
            self.shares = kept
        self.splitter.setSizes([share * 10_000 for share in self.shares])

    def _divider_moved(self) -> None:
        self.shares = self.splitter.sizes()

    def _arrange(self) -> None:
        """Show what belongs to the view that is chosen."""
        self.switch.show_view(self.view, narrow=self.narrow)
        self._source.setVisible(not self.narrow or self.view == "source")
        self._right.setVisible(not self.narrow or self.view != "source")
        if self.view != "source":
            self._results.setCurrentIndex(VIEWS.index(self.view) - 1)
        self._feet.setCurrentIndex(self.view == "ask")

    # -------------------------------------------------------------- files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if document_in(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = document_in(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)
        else:
            super().dropEvent(event)


class _Feet(QStackedWidget):
    """What stands at the bottom: the card, or the field for a question. As high as the one that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.currentChanged.connect(lambda _: self._measure())

    def addWidget(self, widget: QWidget) -> int:
        number = super().addWidget(widget)
        self._measure()
        return number

    def _measure(self) -> None:
        policies = QSizePolicy.Policy
        for index in range(self.count()):
            shown = index == self.currentIndex()
            self.widget(index).setSizePolicy(policies.Preferred, policies.Preferred if shown else policies.Ignored)


class _Switch(QWidget):
    """Source, Summary, Ask: which is shown. Source only where there is no room for it beside.

    Signals: ``chosen(view)``.
    """

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._buttons: dict[str, tuple[QToolButton, QAction]] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for view in VIEWS:
            action = actions[f"summary_{view}"]
            button = QToolButton()
            button.setObjectName(f"summarize{view.capitalize()}View")
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

    def show_view(self, view: str, *, narrow: bool) -> None:
        for name, (button, _action) in self._buttons.items():
            button.setChecked(name == view)
        self._buttons["source"][0].setVisible(narrow)

    def retranslate(self) -> None:
        for button, action in self._buttons.values():
            button.setText(action.text())
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
