"""The top of the page: the list's switch, the title, the model picker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout

from assistant.gui.theme import SPACE, TARGET
from assistant.gui.widgets.controls import Elided, IconButton
from assistant.gui.widgets.models.picker import ModelPicker

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme


class Header(QFrame):
    """One line above every page."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("header")
        self._theme = theme
        self._toggle = IconButton(theme, actions["list"], "panel-left", name="listToggle")
        self._new = {
            verb: IconButton(theme, actions[verb], "plus", name=name)
            for verb, name in (
                ("new", "headerNew"),
                ("summary_new", "headerNewSummary"),
                ("translate_new", "headerNewTranslation"),
            )
        }
        self._title = Elided(role="strong")
        self._title.setObjectName("pageTitle")
        self.picker = ModelPicker(theme, actions)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, 0, 2 * SPACE, 0)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self._toggle)
        for button in self._new.values():
            layout.addWidget(button)
        layout.addSpacing(SPACE // 2)
        layout.addWidget(self._title, 1)
        layout.addWidget(self.picker)
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """The same height in every pane, however little room that has."""
        self.setFixedHeight(max(TARGET + 2 * SPACE, self._theme.px(2.2)))

    def set_title(self, title: str) -> None:
        self._title.setText(title)

    def show_folded(self, *, can_fold: bool, folded: bool, new: str = "new") -> None:
        """Offer what the folded list would have offered.

        :param new: the verb that begins something new in it.
        """
        self._toggle.setVisible(can_fold)
        for verb, button in self._new.items():
            button.setVisible(can_fold and folded and verb == new)

    def retranslate(self) -> None:
        self.picker.retranslate()
