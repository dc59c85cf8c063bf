"""The settings pane, built from what is declared: pages at the side, a row per setting, one search over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from assistant.gui.panes.about import AboutPage
from assistant.gui.panes.pane import Pane
from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.controls import Hairline, Label, SearchLine, is_typed, keep_room, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.setting_fields import SettingField, limit_threads, set_outside
from assistant.storage.settings import PAGES, SETTINGS
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme

_ABOUT = "about"
IDLE_MS = 60  # between two sections


class SettingsPane(Pane):
    """The rows are made while the window has nothing else to do, or when the pane is first shown.

    Signals: ``connections_wanted()`` and ``token_wanted()`` when their windows are to be opened.
    """

    connections_wanted = Signal()
    token_wanted = Signal()

    with_model = False
    keeps_list = True

    def __init__(self, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._core = core
        self._theme = theme
        self.side = _Side()
        self.page = ColumnPage(theme, spacing=3 * SPACE)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)  # large text in a small window
        self._sections: dict[str, _Section] = {}
        self.about: AboutPage | None = None
        self._nothing: Label | None = None
        self._made = False
        self._idle = QTimer(self)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._make_next)
        self.side.pages.currentRowChanged.connect(lambda _: self._page_chosen())
        # The page that was shown before a search ends it, too.
        self.side.pages.itemClicked.connect(lambda _: self._page_chosen())
        self.side.search.textChanged.connect(lambda _: self._filter())
        self.side.pages.typed.connect(self._type)
        self.page.installEventFilter(self)
        bridge.settings_changed.connect(self._refresh)

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        return tr("Settings")

    def prepare(self) -> None:
        """Make the rows bit by bit from now on."""
        if not self._made:
            self._idle.start()

    def shown(self) -> None:
        """Be there in full."""
        self._make()
        if self.about is not None:
            self.about.refresh()

    def focus(self) -> None:
        self.search()

    def search(self) -> None:
        self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.side.search.selectAll()

    def retranslate(self) -> None:
        self.side.retranslate()
        for section in self._sections.values():
            section.retranslate()
        if self.about is not None and self._nothing is not None:
            self.about.retranslate()
            self._nothing.setText(tr("Nothing found."))
        self.title_changed.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """What is typed where it means nothing is searched for."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and is_typed(event):
            self._type(event.text())
            return True
        return False

    def _type(self, text: str) -> None:
        self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.side.search.end(False)
        self.side.search.insert(text)

    # -------------------------------------------------------------- going somewhere

    def show_setting(self, key: str) -> None:
        """Show a setting's page with the focus on its control."""
        self.shown()
        for page, section in self._sections.items():
            for field in section.fields:
                if field.setting.key == key:
                    self._show_page(page)
                    self.page.ensureWidgetVisible(field)
                    field.focus()

    def show_about(self) -> None:
        self.shown()
        self._show_page(_ABOUT)

    def field(self, key: str) -> SettingField:
        """The row of a setting."""
        self.shown()
        fields = [field for section in self._sections.values() for field in section.fields]
        return next(field for field in fields if field.setting.key == key)

    # -------------------------------------------------------------- inside

    def _make(self) -> None:
        """Make what is not there yet."""
        while not self._made:
            self._make_next()

    def _make_next(self) -> None:
        """Make one more section: all at once would be felt."""
        at = len(self._sections)
        if at < len(PAGES):
            self._make_section(*PAGES[at])
        elif not self._made:
            self.about = AboutPage(self._core, self._theme)
            self._nothing = Label(tr("Nothing found."), role="quiet")
            self.page.column.addWidget(self.about)
            self.page.column.addWidget(self._nothing)
            self.page.column.addStretch(1)
            self._made = True
            self._idle.stop()
            self._page_chosen()

    def _make_section(self, page: str, label: str) -> None:
        fields = [
            SettingField(setting, self._core.settings, self._theme, names="settings")
            for setting in SETTINGS
            if setting.page == page
        ]
        section = self._sections[page] = _Section(label, fields, self._core)
        if page == "connections":
            section.add_buttons(
                (lambda: tr("Show every connection…"), self.connections_wanted.emit),
                (lambda: tr("Access token…"), self.token_wanted.emit),
            )
        section.hide()
        self.page.column.addWidget(section)
        for field in fields:
            if field.setting.key == "offline" and self._core.network.offline_by_environment:
                field.forbid(lambda: set_outside(self._core.network.offline_by_environment))
            elif field.setting.key == "threads":
                limit_threads(field)

    def _show_page(self, page: str) -> None:
        self.side.search.clear()
        names = [name for name, _ in PAGES]
        self.side.pages.setCurrentRow(names.index(page) if page in names else len(names))

    def _page_chosen(self) -> None:
        if self.side.search.text():
            self.side.search.clear()  # which filters again
        else:
            self._filter()

    def _filter(self) -> None:
        if self.about is None or self._nothing is None:
            return
        words = self.side.search.text().casefold().split()
        row = self.side.pages.currentRow()
        current = PAGES[row][0] if 0 <= row < len(PAGES) else _ABOUT
        found = False
        for page, section in self._sections.items():
            shown = section.filter(words) if words else section.show_all(visible=page == current)
            found = found or shown
        self.about.setVisible(not words and current == _ABOUT)
        if (item := self.side.pages.currentItem()) is not None:
            item.setSelected(not words)  # what is found may be of any page
        self._nothing.setVisible(bool(words) and not found)
        self.page.verticalScrollBar().setValue(0)

    def _refresh(self, keys: frozenset[str]) -> None:
        for section in self._sections.values():
            section.refresh(keys)


class _Pages(QListWidget):
    """The pages. What is typed here is searched for in all of them.

    Signals: ``typed(text)``.
    """

    typed = Signal(str)

    def keyboardSearch(self, search: str) -> None:
        if search.strip():
            self.typed.emit(search)


class _Side(QWidget):
    """Search and pages."""

    def __init__(self) -> None:
        super().__init__()
        self.search = SearchLine("settingsSearch")
        self.pages = _Pages()
        self.pages.setObjectName("settingsPages")
        self.pages.setFrameShape(QFrame.Shape.NoFrame)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for _ in range(len(PAGES) + 1):
            self.pages.addItem("")
        self.pages.setCurrentRow(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.search)
        layout.addWidget(self.pages, 1)
        self.search.left_downwards.connect(lambda: self.pages.setFocus(Qt.FocusReason.TabFocusReason))

    def retranslate(self) -> None:
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the settings"))
        self.pages.setAccessibleName(tr("Pages of the settings"))
        for row, (_, label) in enumerate(PAGES):
            self.pages.item(row).setText(tr(label))
        self.pages.item(len(PAGES)).setText(tr("About"))


class _Section(QWidget):
    """One page's settings under a heading, with a way back to all its defaults."""

    def __init__(self, label: str, fields: list[SettingField], core: Core) -> None:
        super().__init__()
        self._label = label
        self._core = core
        self.fields = fields
        self._lines: list[Hairline] = []
        self._buttons: list[tuple[QPushButton, Callable[[], str]]] = []
        self._heading = Label(role="h2")
        self.reset = QPushButton()
        set_role(self.reset, "flat")
        self.reset.clicked.connect(self._reset)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.reset)
        keep_room(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addSpacing(SPACE)
        for index, field in enumerate(fields):
            if index:
                line = Hairline()
                self._lines.append(line)
                layout.addWidget(line)
            layout.addWidget(field)
        self.retranslate()
        self._show_reset()

    def add_buttons(self, *buttons: tuple[Callable[[], str], Callable[[], None]]) -> None:
        """Put buttons below the rows: words, and what they do."""
        host = Flow()
        for words, act in buttons:
            button = QPushButton(words())
            button.clicked.connect(lambda _=False, act=act: act())
            host.add(button)
            self._buttons.append((button, words))
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addSpacing(SPACE)
        layout.addWidget(host)

    def show_all(self, *, visible: bool) -> bool:
        for widget in (*self.fields, *self._lines):
            widget.show()
        self.setVisible(visible)
        return visible

    def filter(self, words: list[str]) -> bool:
        """Show the rows that ``words`` find; whether there are any. The heading's own words find all of them."""
        found = [field.found_by(words) for field in self.fields]
        for field, hit in zip(self.fields, found, strict=True):
            field.setVisible(hit)
        for line in self._lines:
            line.hide()
        self.setVisible(any(found))
        return any(found)

    def refresh(self, keys: frozenset[str]) -> None:
        for field in self.fields:
            if field.setting.key in keys:
                field.refresh()
        self._show_reset()

    def retranslate(self) -> None:
        self._heading.setText(tr(self._label))
        self.reset.setText(tr("Reset this page"))
        self.reset.setAccessibleName(tr("Reset the page {name}", name=tr(self._label)))
        for field in self.fields:
            field.retranslate()
        for button, words in self._buttons:
            button.setText(words())

    def _show_reset(self) -> None:
        self.reset.setVisible(any(not self._core.settings.is_default(field.setting.key) for field in self.fields))

    def _reset(self) -> None:
        self._core.settings.reset(*(field.setting.key for field in self.fields))
