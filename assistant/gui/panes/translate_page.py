"""The page of the Translate pane: languages at the top, source and translation beside each other, the card below.

Where there is little room, source and translation are shown one at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from assistant.gui.dropping import document_in
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, set_role
from assistant.gui.widgets.language_box import LanguageBox
from assistant.texts import languages, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation_card import TranslationCard
    from assistant.gui.widgets.translation_panel import TranslationPanel
    from assistant.gui.widgets.translation_source import TranslationSource

VIEWS = ("source", "result")
_BESIDE = 60  # in em: from here on there is room for both
_TALL = 22  # in em: in a lower page the text has the room of the choices
_LEAST = 16  # in em: of either half, whatever is in it


class TranslatePage(QWidget):
    """Where everything stands.

    Signals: ``dropped(path)`` of a file; ``view_changed(view)`` with source or result, which tells what is shown where
    there is no room for both; ``arranged()`` after it was folded or unfolded.
    """

    dropped = Signal(object)
    view_changed = Signal(str)
    arranged = Signal()

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        *,
        source: TranslationSource,
        result: TranslationPanel,
        card: TranslationCard,
    ) -> None:
        super().__init__()
        self.setObjectName("translatePage")
        self.setAcceptDrops(True)
        self._theme = theme
        self._source, self._result = source, result
        self.card = card
        self.view = "source"
        self.narrow = False
        self.shares = [1, 1]
        self.bar = LanguageBar(theme, actions)
        self.switch = _Switch(actions)
        self.splitter = QSplitter()
        for half in (source, result):
            self.splitter.addWidget(half)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(2 * SPACE)
        for index in (0, 1):
            self.splitter.setStretchFactor(index, 1)
        self.splitter.splitterMoved.connect(lambda *_: self._divider_moved())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.bar)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(card)
        self.switch.chosen.connect(self.show_view)
        theme.changed.connect(self._fold)
        theme.changed.connect(self._set_least)
        self._set_least()
        self._arrange()

    def _set_least(self) -> None:
        """What is shown in one half never takes room from the other."""
        for half in (self._source, self._result):
            half.setMinimumWidth(self._theme.px(_LEAST))

    def show_view(self, view: str) -> None:
        """Show source or result, where there is no room for both."""
        changed = view != self.view
        self.view = view
        self._arrange()
        if changed:
            self.view_changed.emit(view)

    def retranslate(self) -> None:
        self.switch.retranslate()
        self.bar.retranslate()

    # -------------------------------------------------------------- folding

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        self.card.choices.setVisible(self.height() >= self._theme.px(_TALL))
        narrow = self.width() < self._theme.px(_BESIDE)
        if narrow != self.narrow:
            self.narrow = narrow
            self._arrange()
            if not narrow:
                self.splitter.setSizes([share * 10_000 for share in self.shares])

    def set_shares(self, kept: object) -> None:
        """Take the widths that were kept; anything else leaves both halves equal."""
        if isinstance(kept, list) and len(kept) == 2 and all(isinstance(each, int) and each > 0 for each in kept):
            self.shares = kept
        self.splitter.setSizes([share * 10_000 for share in self.shares])

    def _divider_moved(self) -> None:
        self.shares = self.splitter.sizes()

    def _arrange(self) -> None:
        source, result = self._source, self._result
        had_focus = self.switch.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        half = result if self.view == "result" else source
        half.head.insertWidget(0, self.switch)
        self.switch.setVisible(self.narrow)
        self.switch.show_view(self.view)
        source.setVisible(not self.narrow or self.view == "source")
        result.setVisible(not self.narrow or self.view == "result")
        if had_focus:
            self.switch.focus_shown(self.view)
        self.arranged.emit()

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


class LanguageBar(QWidget):
    """From, swap, To: each box above its column."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.source = LanguageBox("translateFrom", detects=True)
        self.target = LanguageBox("translateTo")
        self.swap = IconButton(theme, actions["translate_swap"], "arrow-left-right", name="translateSwap")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        for box in (self.source, self.target):
            half = QHBoxLayout()
            half.addWidget(box)
            half.addStretch(1)
            layout.addLayout(half, 1)
            if box is self.source:
                layout.addWidget(self.swap)
        actions["translate_from"].triggered.connect(lambda _=False: self._open(self.source))
        actions["translate_to"].triggered.connect(lambda _=False: self._open(self.target))

    def show_languages(self, first: Sequence[str]) -> None:
        """Offer all languages, these first."""
        codes = languages.offered()
        for box in (self.source, self.target):
            box.show_languages(codes, first)

    def retranslate(self) -> None:
        for box, verb, words in (
            (self.source, "translate_from", tr("Language of the text")),
            (self.target, "translate_to", tr("Translate into")),
        ):
            box.setAccessibleName(words)
            box.setToolTip(self._actions[verb].toolTip())

    def _open(self, box: LanguageBox) -> None:
        if box.isVisibleTo(self.window()):
            box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            box.showPopup()


class _Switch(QWidget):
    """Source or translation: which is shown where there is no room for both.

    Signals: ``chosen(view)``.
    """

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._buttons = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for view in VIEWS:
            action = actions[f"translate_{view}"]
            button = QToolButton()
            button.setObjectName(f"translate{view.capitalize()}View")
            button.setCheckable(True)
            set_role(button, "tab")
            button.clicked.connect(lambda _=False, view=view: self.chosen.emit(view))
            action.triggered.connect(lambda _=False, view=view: self.chosen.emit(view))
            layout.addWidget(button)
            self._buttons[view] = (button, action)

    def focus_shown(self, view: str) -> None:
        self._buttons[view][0].setFocus()

    def show_view(self, view: str) -> None:
        for name, (button, _action) in self._buttons.items():
            button.setChecked(name == view)

    def retranslate(self) -> None:
        for button, action in self._buttons.values():
            button.setText(action.text())
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
