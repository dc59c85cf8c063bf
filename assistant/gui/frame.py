"""The frame's layout: rail, list, page with its header, the line at the bottom; what is shown and what folds away."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.widgets.header import Header
from assistant.gui.widgets.rail import Rail
from assistant.gui.widgets.status_line import StatusLine
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.gui.actions import Actions
    from assistant.gui.notices import NoticeBar
    from assistant.gui.panes.pane import Pane
    from assistant.gui.theme import Theme

NARROW = 900  # below this the list folds away, and
_PAGE_LEAST = 36  # where beside it the page has less than this, in em
_PAGE_PUSHED = 30  # the same where it gives way to the list instead of becoming narrower
LIST_LEAST, LIST_MOST, LIST_FIRST = 240, 320, 264


class Frame(QWidget):
    """What stands around the panes.

    Signals: ``pane_changed(name)`` after another pane is shown.
    """

    pane_changed = Signal(str)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self._panes: dict[str, Pane] = {}
        self._makers: dict[str, Callable[[], Pane]] = {}
        self._notices: NoticeBar | None = None
        self._unfolded = False  # the list of a narrow window, while it is shown
        self._was_narrow = False
        self.list_wanted = True
        self.current = ""
        self.rail = Rail(theme)
        self.header = Header(theme, actions)
        self.status = StatusLine(theme, actions)
        self.sides, self.pages = QStackedWidget(), QStackedWidget()
        self.sides.setObjectName("side")
        self.sides.setMinimumWidth(LIST_LEAST)
        self.sides.setMaximumWidth(LIST_MOST)
        self.splitter = QSplitter()
        self._build()
        self.rail.chosen.connect(self._rail_chosen)
        theme.changed.connect(self._fit)

    def _build(self) -> None:
        page = self._page = QWidget()
        page.setObjectName("page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.pages, 1)
        self.splitter.setHandleWidth(1)
        for index, widget in enumerate((self.sides, page)):
            self.splitter.addWidget(widget)
            self.splitter.setCollapsible(index, False)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([LIST_FIRST, 1000])
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.splitter, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(middle, 1)
        outer.addWidget(self.status)

    def add_notices(self, notices: NoticeBar) -> None:
        """Put in the bar for notices, between the header and the pages."""
        self._notices = notices
        self._column.insertWidget(1, notices)

    def add(self, name: str, pane: Pane) -> None:
        """Put a pane in; it is shown with ``show_pane(name)``."""
        self._panes[name] = pane
        self.pages.addWidget(pane.page)
        self.sides.addWidget(pane.side)
        pane.title_changed.connect(self.show_title)
        pane.list_wanted.connect(self.unfold)
        pane.list_done.connect(self.fold)

    def add_later(self, name: str, make: Callable[[], Pane]) -> None:
        """Have a pane made when it is first shown: most starts of the program never need it."""
        self._makers[name] = make

    @property
    def pane(self) -> Pane:
        """The pane that is shown."""
        return self._panes[self.current]

    def show_pane(self, name: str) -> None:
        """Show one of the panes, and put the focus there if it was in the one before."""
        focus = self.window().focusWidget()
        was_inside = focus is not None and (self.pages.isAncestorOf(focus) or self.sides.isAncestorOf(focus))
        moved = name != self.current
        make = self._makers.pop(name, None)
        if make is not None:
            self.add(name, make())
            self._panes[name].retranslate()  # now that it has the window's style, by which it measures its words
        self.current = name
        pane = self.pane
        for each in self._panes.values():
            each.current = each is pane
        self.rail.show_pane(name)
        pane.shown()
        self.pages.setCurrentWidget(pane.page)
        self.sides.setCurrentWidget(pane.side)
        self.header.picker.setVisible(pane.with_model)
        self.status.meter.set_wanted(pane.with_context)
        self.show_title()
        self._arrange()
        _tab_through(self.rail, pane.side, self.header, self._notices, pane.page, self.status)
        if moved and was_inside:
            pane.focus()
        self.pane_changed.emit(name)

    def show_title(self) -> None:
        """The pane's title has news."""
        if not self.current:
            return
        title = self.pane.title()
        self.header.set_title(title)
        name = tr("Lamplight")
        self.window().setWindowTitle(f"{title} — {name}" if title else name)  # as Qt adds the name to a dialog's

    def search(self) -> None:
        """Put the focus into the pane's search, unfolding the list for it."""
        self.unfold()
        self.pane.search()

    def next_area(self) -> None:
        """Move the focus to the next of rail, list, notice, page and bottom line."""
        parts = (self.rail, self.sides, self._notices, self.pages, self.status)
        areas = [area for area in parts if area is not None and area.isVisible()]
        focus = self.window().focusWidget()
        at = next((i for i, area in enumerate(areas) if focus is not None and area.isAncestorOf(focus)), -1)
        area = areas[(at + 1) % len(areas)]
        if area is self.pages:
            self.pane.focus()
            if not area.isAncestorOf(self.window().focusWidget() or self):  # a pane may begin at its list
                _focus_first(area)
        elif area is self.sides:
            self.pane.search()
        else:
            _focus_first(area)

    # -------------------------------------------------------------- the list folds

    def list_width(self) -> int:
        """The width of the list, to be kept for the next start."""
        return self.splitter.sizes()[0] or LIST_FIRST

    def set_list_width(self, width: object) -> None:
        """Take a width that was kept; anything else leaves the usual one."""
        if isinstance(width, int) and LIST_LEAST <= width <= LIST_MOST:
            self.splitter.setSizes([width, 10_000])

    def toggle_list(self) -> None:
        """Show or hide the list; in a narrow window for a moment only."""
        if self.narrow:
            self._unfolded = not self._unfolded
        else:
            self.list_wanted = not self.list_wanted
        self._arrange()

    def unfold(self) -> None:
        """Something in the list is to be seen."""
        if not self.sides.isVisible():
            self.toggle_list()

    def fold(self) -> None:
        """In a narrow window the list has served."""
        self._unfolded = False
        self._arrange()

    @property
    def narrow(self) -> bool:
        """Whether there is no room for the list beside the page."""
        page = self.width() - self.rail.width() - LIST_FIRST
        return self.width() < NARROW or page < self._theme.px(_PAGE_LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._was_narrow != self.narrow:
            self._was_narrow = self.narrow
            self._unfolded = False
        self._arrange()

    def _arrange(self) -> None:
        pane = self._panes.get(self.current)
        keeps = pane is not None and pane.keeps_list
        shown = (self._unfolded if self.narrow else self.list_wanted) or keeps
        # Where hardly anything is left of a page beside the list, which is shown for a moment only, the page keeps its
        # width, and a part of it is out of sight: its buttons would have no room for their words.
        whole = self.width() - self.rail.width()
        pushed = shown and self.narrow and not keeps and whole - LIST_FIRST < self._theme.px(_PAGE_PUSHED)
        self._page.setMinimumWidth(whole if pushed else 0)
        if self.sides.isVisibleTo(self) != shown:
            self.sides.setVisible(shown)
        new = pane.new_verb if pane is not None else "new"
        self.header.show_folded(can_fold=not keeps, folded=not shown, new=new)

    def _rail_chosen(self, name: str) -> None:
        self.show_pane(name)
        self.pane.focus()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for part in (self.rail, self.header, self._notices, self.status, *self._panes.values()):
            if part is not None:
                part.retranslate()
        if self._panes:
            self.show_title()


def _tab_through(*areas: QWidget | None) -> None:
    """Have Tab go through the areas in this order, in each as it did before."""
    for before, after in pairwise(_stops(*(area for area in areas if area is not None))):
        QWidget.setTabOrder(before, after)


def _stops(*areas: QWidget) -> list[QWidget]:
    """Where Tab stops inside these areas of a window, one area after the other, also while they are not shown."""
    ring = [areas[0]]  # all widgets of the window: going round once for all areas takes a pane's change a few ms
    while (widget := ring[-1].nextInFocusChain()) is not areas[0]:
        ring.append(widget)
    takes = [one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None for one in ring]
    stops: list[QWidget] = []
    for area in areas:
        at = ring.index(area)
        behind = (*range(at, len(ring)), *range(at))
        stops += [ring[place] for place in behind if takes[place] and area.isAncestorOf(ring[place])]
    return stops


def _focus_first(area: QWidget) -> None:
    for widget in area.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return
