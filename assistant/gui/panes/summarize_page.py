"""The page of the Summarize pane: source and result beside each other, or one at a time where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.panes.beside_page import BesidePage, ViewSwitch
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.summary.card import SummaryCard

VIEWS = ("source", "result", "ask")
_LOW = 18  # in em: below this the choices take as few lines as can be


class SummarizePage(BesidePage):
    """Where everything stands; ``view`` is source, result or ask."""

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        *,
        source: QWidget,
        result: QWidget,
        ask: QWidget,
        feet: tuple[SummaryCard, QWidget],
    ) -> None:
        self._right = QWidget()
        self._source = source
        self._card = feet[0]
        self.copy = IconButton(theme, actions["copy_answer"], "copy", name="summarizeCopy")
        self.export = IconButton(theme, actions["summary_export"], "download", name="summarizeExport")
        self._results, self._feet = QStackedWidget(), _Feet()
        self._results.addWidget(result)
        self._results.addWidget(ask)
        for foot in feet:
            self._feet.addWidget(foot)
        switch = ViewSwitch(actions, "summarize", {view: f"summary_{view}" for view in VIEWS})
        super().__init__(theme, switch, (source, self._right), view="result")
        self.setObjectName("summarizePage")
        self._build()
        self._arrange()

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
        self._top = QVBoxLayout()
        self._top.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addLayout(self._top)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self._feet)
        right.insertWidget(0, self._head)

    def _fold(self) -> None:
        super()._fold()
        self._card.choices.keep_low(wanted=self.height() < self._theme.px(_LOW))

    def _folded(self) -> None:
        if self.narrow:
            self._top.addWidget(self._head)
        else:
            self._right.layout().insertWidget(0, self._head)  # type: ignore[union-attr]
            self.view = "result" if self.view == "source" else self.view

    def _arrange(self) -> None:
        self.switch.show_view(self.view, without="" if self.narrow else "source")
        self._source.setVisible(not self.narrow or self.view == "source")
        self._right.setVisible(not self.narrow or self.view != "source")
        if self.view != "source":
            self._results.setCurrentIndex(VIEWS.index(self.view) - 1)
        self._feet.setCurrentIndex(self.view == "ask")


class _Feet(QStackedWidget):
    """What stands at the bottom: the card, or the field for a question. As high as the one that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
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
