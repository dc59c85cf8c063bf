"""The list at the side of the models pane: three views, one search line, the rows of the view, import and folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.theme import SPACE
from assistant.gui.widgets.choice_box import ChoiceBox
from assistant.gui.widgets.controls import Hairline, Label, SearchLine, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.row_list import RowList
from assistant.texts import fit, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.itemmodels.rows import Row
    from assistant.gui.theme import Theme

VIEWS = ("installed", "catalog", "hub")
TASKS = ("", "chat", "summarize", "translate", "chinese", "fast", "embed")
SORTS = ("downloads", "likes", "modified")


class ModelSide(QWidget):
    """What can be chosen.

    Signals: ``view_chosen(view)`` with installed, catalog or hub; ``row_chosen(id)``, ``row_entered(id)``,
    ``delete_wanted(id)`` in the view that is shown; ``filtered()`` when the words or the task of a filter changed;
    ``search_wanted(text)`` when the Hub is to be asked; ``sort_chosen()`` when its answer is wanted in another order;
    ``more_wanted()`` for its next page; ``import_wanted()``; ``folder_wanted(verb)`` with show, move or clean.
    """

    view_chosen = Signal(str)
    row_chosen = Signal(str)
    row_entered = Signal(str)
    delete_wanted = Signal(str)
    filtered = Signal()
    search_wanted = Signal(str)
    sort_chosen = Signal()
    more_wanted = Signal()
    import_wanted = Signal()
    folder_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._texts = dict.fromkeys(VIEWS, "")  # what each view's search line says
        self.view = "installed"
        self._switching = False  # the search line takes another view's words
        self.views = QListWidget()
        self.views.setObjectName("modelsViews")
        self.views.setFrameShape(QFrame.Shape.NoFrame)
        for bars in (self.views.setHorizontalScrollBarPolicy, self.views.setVerticalScrollBarPolicy):
            bars(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for _ in VIEWS:
            self.views.addItem("")
        self.search = _HubSearch("modelsSearch")
        self.task, self.sort = ChoiceBox("modelsTask"), ChoiceBox("modelsSort")
        names = {"installed": "modelsInstalled", "catalog": "modelsCatalog", "hub": "modelsResults"}
        self.lists = {view: RowList(theme, name, wraps=True) for view, name in names.items()}
        self.nothing = Label(role="quiet", wrap=True)
        self.more, self.hub_instead = QPushButton(), QPushButton()
        self.importing, self.folder = QPushButton(), QPushButton()
        self.importing.setObjectName("modelsImport")
        self.folder.setObjectName("modelsFolder")
        self._menu = QMenu(self.folder)
        # Made here, not by the menu: of what a menu makes, Python's half is lost while the menu has its own.
        self._folder_verbs = {verb: QAction(self._menu) for verb in ("show", "move", "clean")}
        self._menu.addActions(list(self._folder_verbs.values()))
        self.folder.setMenu(self._menu)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        theme.changed.connect(self._measure)
        self.views.setCurrentRow(0)
        self.retranslate()

    def _build(self) -> None:
        for box, values in ((self.task, TASKS), (self.sort, SORTS)):
            for value in values:
                box.addItem("", value)
        for view in VIEWS:
            self._stack.addWidget(self.lists[view])
        set_role(self.more, "flat")
        set_role(self.hub_instead, "flat")
        foot = Flow()  # with large letters there is no room beside each other
        foot.add(self.importing, self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.views)
        layout.addWidget(Hairline())
        for widget in (self.search, self.task, self.sort, self.nothing, self.hub_instead):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.more)
        layout.addWidget(foot)
        self.nothing.hide()
        self.more.hide()
        self.hub_instead.hide()

    def _connect(self) -> None:
        self.views.currentRowChanged.connect(lambda row: self._view_picked(VIEWS[row]))
        for picked in (self.views.itemClicked, self.views.itemActivated):  # going over them by key stays among them
            picked.connect(lambda _: self._enter_view())
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._return_pressed)
        self.search.left_downwards.connect(lambda: self.list.setFocus(Qt.FocusReason.TabFocusReason))
        self.task.activated.connect(lambda _: self.filtered.emit())
        self.sort.activated.connect(lambda _: self.sort_chosen.emit())
        self.more.clicked.connect(self.more_wanted)
        self.hub_instead.clicked.connect(self._search_hub_instead)
        self.importing.clicked.connect(self.import_wanted)
        for verb, action in self._folder_verbs.items():
            action.triggered.connect(lambda _=False, verb=verb: self.folder_wanted.emit(verb))
        for view in VIEWS:
            rows = self.lists[view]
            rows.chosen.connect(self.row_chosen)
            rows.entered.connect(self.row_entered)
            rows.delete_wanted.connect(self.delete_wanted)

    @property
    def list(self) -> RowList:
        """The rows of the view that is shown."""
        return self.lists[self.view]

    def show_view(self, view: str) -> None:
        """Show one of the views, as if the user had picked it."""
        if VIEWS.index(view) != self.views.currentRow():
            self.views.setCurrentRow(VIEWS.index(view))
        else:
            self._view_picked(view)

    def show_rows(self, view: str, rows: Sequence[Row], *, nothing: str = "", more: bool = False) -> None:
        """Fill a view's list.

        :param nothing: what is said where there are no rows.
        :param more: whether the Hub has another page.
        """
        self.lists[view].show_rows(rows)
        if view != self.view:
            return
        self.nothing.setVisible(not rows and bool(nothing))
        self.nothing.setText(nothing)
        self.more.setVisible(more)
        text = self.search.text().strip()
        self.hub_instead.setVisible(view != "hub" and not rows and bool(text))

    def filter_text(self, view: str) -> str:
        """What the view's search line says, in lower case."""
        return self._texts[view].strip().casefold()

    def show_count(self, view: str, count: int) -> None:
        """How many there are, beside the view's name."""
        item = self.views.item(VIEWS.index(view))
        name = _names()[view]
        item.setText(f"{name}  {count}" if count else name)

    def retranslate(self) -> None:
        for row, name in enumerate(_names().values()):
            self.views.item(row).setText(name)
        self.views.setAccessibleName(tr("Views of the models"))
        self.task.setAccessibleName(tr("Good for"))
        for at, task in enumerate(TASKS):
            self.task.setItemText(at, fit.task(task) if task else tr("For everything"))
        self.sort.setAccessibleName(tr("Order"))
        orders = {
            "downloads": tr("Most downloaded first"),
            "likes": tr("Most liked first"),
            "modified": tr("Newest first"),
        }
        for at, sort in enumerate(SORTS):
            self.sort.setItemText(at, orders[sort])
        self.lists["installed"].setAccessibleName(tr("Models on this computer"))
        self.lists["catalog"].setAccessibleName(tr("Recommended models"))
        self.lists["hub"].setAccessibleName(tr("What was found on the Hub"))
        self.more.setText(tr("Show more"))
        self.importing.setText(tr("Import a file…"))
        self.folder.setText(tr("Folder"))
        self.folder.setAccessibleName(tr("Folder of the models"))
        self._folder_verbs["show"].setText(tr("Show the folder"))
        self._folder_verbs["move"].setText(tr("Move the folder…"))
        self._folder_verbs["clean"].setText(tr("Delete what is left of downloads…"))
        self._dress_view()
        self._measure()

    # -------------------------------------------------------------- inside

    def _view_picked(self, view: str) -> None:
        self.view = view
        self._stack.setCurrentWidget(self.lists[view])
        for widget in (self.nothing, self.more, self.hub_instead):
            widget.hide()
        self.search.asks = view == "hub"
        self._switching = True
        self.search.setText(self._texts[view])
        self._switching = False
        self._dress_view()
        self.view_chosen.emit(view)

    def _enter_view(self) -> None:
        """The Hub is to be asked for something first."""
        if self.view == "hub":
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _dress_view(self) -> None:
        hub = self.view == "hub"
        self.task.setVisible(self.view == "catalog")
        self.sort.setVisible(hub)
        self.search.setPlaceholderText(tr("Search, then Enter") if hub else tr("Filter"))
        names = {
            "installed": tr("Filter the models on this computer"),
            "catalog": tr("Filter the recommended models"),
            "hub": tr("Search the Hub; Enter asks it"),
        }
        self.search.setAccessibleName(names[self.view])
        self.hub_instead.setText(tr("Search the Hub for this"))

    def _typed(self, text: str) -> None:
        self._texts[self.view] = text
        if self.view != "hub" and not self._switching:
            self.filtered.emit()

    def _return_pressed(self) -> None:
        if self.view == "hub":
            self.search_wanted.emit(self.search.text().strip())
        elif self.list.rows.rowCount():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _search_hub_instead(self) -> None:
        text = self.search.text()
        self._texts["hub"] = text
        self.show_view("hub")
        self.search_wanted.emit(text.strip())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()  # the sheet has dressed the rows only now

    def _measure(self) -> None:
        self.views.ensurePolished()
        height = sum(self.views.sizeHintForRow(row) for row in range(self.views.count()))
        self.views.setFixedHeight(height + 4)


class _HubSearch(SearchLine):
    """Filters what is here at once; asks the Hub only when Return is pressed."""

    asks = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.guard.composing:
            return
        super().keyPressEvent(event)


def _names() -> dict[str, str]:
    return {"installed": tr("On this computer"), "catalog": tr("Recommended"), "hub": tr("Search the Hub")}
