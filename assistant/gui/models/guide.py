"""The first start: what this program does, one model for this computer, or one that is here already, or a look around.

It stands in the place of an empty conversation, so that whoever wants to can write at once. Shown once, can be left at
any time and opened again; it opens no connection by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from assistant.base.errors import AssistantError
from assistant.gui.itemmodels.rows import Row
from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.composer import TEXT_INSIDE
from assistant.gui.widgets.controls import Elided, Hairline, Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.lists import found_rows
from assistant.gui.widgets.models.offer import catalogue_name, catalogue_note, show_get
from assistant.gui.widgets.models.parts import SteadyButton, column_of
from assistant.gui.widgets.row_list import RowList
from assistant.texts import current_language, errors, fit, lists, tr, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme
    from assistant.library.catalogue import CatalogueModel, Recommendation
    from assistant.library.elsewhere import Elsewhere
    from assistant.library.models import InstalledModel

_LAMP = 48
_LOW = 30  # in em: a height that has no room for a greeting
_CHOICES = ("best", "smaller", "larger")


class Guide(ColumnPage):
    """One page: a recommended model, a smaller and a larger one, what is here already, and the demo model. Where it is
    so low that the button which gets a model would be out of sight, this stands below the page, which then scrolls.

    Signals: ``models_wanted(view)`` to look at all models; ``import_wanted()``; ``link_wanted(address)``; ``ended()``.
    """

    models_wanted = Signal(str)
    import_wanted = Signal()
    link_wanted = Signal(str)
    ended = Signal()

    def __init__(self, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(theme)
        self.setObjectName("guide")
        self._core = core
        self._gone = False
        self._elsewhere: list[Elsewhere] = []
        self._had = self._answers()
        self._recommended: Recommendation = core.market.recommend("chat")
        self.choices = RowList(theme, "guideChoices", flat=True)
        self.found = RowList(theme, "guideFound", flat=True)
        self._why, self._fit = Label(wrap=True), Label(role="quiet", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self._have = Label(role="h3")
        self.get = SteadyButton()
        self.demo, self.skip, self.file, self.all, self.use, self.licence = (QPushButton() for _ in range(6))
        for name in ("get", "demo", "skip", "file", "all", "use", "licence"):
            getattr(self, name).setObjectName(f"guide{name.capitalize()}")
        self._connect(bridge)
        self._build()
        self.use.setEnabled(False)
        self.retranslate()
        core.models.elsewhere(self._found)

    def _connect(self, bridge: Bridge) -> None:
        self.choices.chosen.connect(lambda _: self._show_choice())
        self.choices.entered.connect(lambda _: self.get.setFocus())
        self.found.chosen.connect(lambda _: self.use.setEnabled(True))
        self.found.entered.connect(lambda _: self._use_found())
        self.get.clicked.connect(self._get)
        self.demo.clicked.connect(self._start_with_demo)
        self.skip.clicked.connect(self.end)
        self.file.clicked.connect(self.import_wanted)
        self.all.clicked.connect(lambda: self._leave_for(self.models_wanted, "catalog"))
        self.use.clicked.connect(self._use_found)
        self.licence.clicked.connect(self._show_licence)
        bridge.models_changed.connect(self.refresh)
        bridge.settings_changed.connect(self._settings_changed)

    def _build(self) -> None:
        self._lamp = Label()
        self._title, self._about = Label(role="h1", wrap=True), Label(wrap=True)
        self._choose = Label(role="h3", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        top.addWidget(self._lamp, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(column_of([self._title, self._about], SPACE // 2), 1)
        own, foot = Flow(), Flow()
        self._actions = Flow()
        self._actions.add(self.get, self.licence, self.all)
        self._bar = QFrame(self)
        self._bar.setObjectName("guideBar")
        self._chosen = Elided(role="strong")
        self._bar_line = QHBoxLayout(self._bar)
        self._bar_line.setContentsMargins(3 * SPACE, SPACE // 2, 3 * SPACE, SPACE // 2)
        self._bar_line.setSpacing(2 * SPACE)
        self._bar_line.addWidget(self._chosen, 1)
        self._bar.hide()
        own.add(self.use, self.file)
        foot.add(self.demo, self.skip)
        column = self.column
        column.addLayout(top)
        self._offered = (self._choose, self._why, self.choices)
        column.addLayout(column_of([*self._offered, self._actions, self._fit, foot, self._problem]))
        column.addWidget(Hairline())
        column.addLayout(column_of([self._have, self.found, own]))
        column.addStretch(1)
        set_role(self.get, "main")
        for button in (self.all, self.skip):
            set_role(button, "flat")
        self._problem.hide()
        self.theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._lamp.setPixmap(self.theme.lamp(_LAMP))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if watched is self.widget() and event.type() == QEvent.Type.Resize:  # its rows may have more lines now
            self._arrange()
        return done

    def _arrange(self) -> None:
        """Keep the button that gets a model in sight: without a greeting, and if that is not enough, below the page."""
        low = self.height() < self.theme.px(_LOW)
        self._lamp.setHidden(low)
        self._about.setHidden(low)
        wide = self.column.contentsRect().width()
        heights = [_height(widget, wide) for widget in (self._title, *self._offered, self.get)]
        apart = low and sum(heights) + (len(heights) + 1) * SPACE > self.height() and not self.get.isHidden()
        self._title.setHidden(apart)
        if apart != (self.get.parentWidget() is self._bar):
            focused, hidden = self.get.hasFocus(), self.get.isHidden()
            if apart:
                self._bar_line.addWidget(self.get)
            else:
                self._actions.add(self.get, self.licence, self.all)
            self.get.setHidden(hidden)
            self._bar.setVisible(apart)
            QWidget.setTabOrder(self.choices, self.get)
            QWidget.setTabOrder(self.get, self.licence)
            if focused:
                self.get.setFocus()
        high = self._bar.sizeHint().height() if apart else 0
        self._bar.setGeometry(0, self.height() - high, self.width(), high)
        self.setViewportMargins(0, 0, 0, high)

    def _widest(self) -> int:
        return self.theme.column_width() + 2 * TEXT_INSIDE  # as the field below it

    def retranslate(self) -> None:
        """Take the words of the current language."""
        self._title.setText(tr("Welcome to Lamplight"))
        self._about.setText(_what_it_is())
        self._choose.setText(tr("Choose a model for this computer"))
        self._have.setText(tr("Use one that you already have"))
        self.choices.setAccessibleName(tr("Models for this computer"))
        self.found.setAccessibleName(tr("Models of other programs on this computer"))
        self._why.setText(fit.reason(self._recommended.reason))
        self.licence.setText(tr("Read the licence"))
        self.all.setText(tr("See all models"))
        self.file.setText(tr("Choose a file…"))
        self.use.setText(tr("Use it"))
        self.skip.setText(tr("Not now"))
        self.refresh()

    def refresh(self) -> None:
        """Ask again for what is here and what is coming. Once another model answers, nothing is left to be chosen."""
        if self._answers() not in ("", self._had):
            self.end()
            return
        self._offers = {offer.model.id: offer for offer in self._core.market.catalogue(0)}
        rows = [self._row(kind, model) for kind in _CHOICES if (model := getattr(self._recommended, kind)) is not None]
        self.choices.show_rows(rows)
        self.choices.setVisible(bool(rows))
        if rows and not self.choices.current():
            self.choices.choose(rows[0].id)
        self._show_choice()
        self._show_have()

    def _answers(self) -> str:
        """The key of the model that answers; empty: none, or the demo model."""
        chosen = self._core.models.chosen()
        return chosen.key if chosen is not None and not chosen.demo else ""

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "offline" in keys:
            self._show_choice()

    def _row(self, kind: str, model: CatalogueModel) -> Row:
        notes = {"best": tr("recommended"), "smaller": tr("smaller, faster"), "larger": tr("larger, better")}
        line = " · ".join(part for part in (units.size(model.size), catalogue_note(model)) if part)
        offer = self._offers.get(model.id)
        return Row(model.id, catalogue_name(model), line, words.mark(offer.verdict) if offer else "", notes[kind])

    def _show_choice(self) -> None:
        offer = self._offers.get(self.choices.current())
        for widget in (self.get, self.licence, self._fit):
            widget.setVisible(offer is not None)
        if offer is None:
            return
        licence = tr("Licence: {licence}.", licence=offer.model.licence_in_words(current_language()))
        self._chosen.setText(catalogue_name(offer.model))
        said = [fit.sentence(offer.verdict), licence]
        if self._core.network.offline:
            said.append(tr("Lamplight is offline: a download waits until connections are allowed."))
        self._fit.setText(lists.sentences(*said))
        self.licence.setVisible(bool(offer.model.licence_url))
        show_get(self.get, tr("Use it"), offer, size=offer.model.size)
        self._arrange()

    def _show_have(self) -> None:
        here = any(model.demo and model.usable for model in self._core.models.installed())
        size = "" if here else units.size(self._starter_size())
        self.demo.setText(
            tr("Start now with the small English demo model")
            if here
            else tr("Start with the small English demo model ({size})", size=size)
        )
        self.found.show_rows(found_rows(self._elsewhere, "", ""))
        self.found.setVisible(bool(self._elsewhere))
        self.use.setVisible(bool(self._elsewhere))

    def _starter_size(self) -> int:
        return next((offer.model.size for offer in self._offers.values() if offer.model.starter), 0)

    # ------------------------------------------------------------ actions

    def _found(self, found: Sequence[Elsewhere] | AssistantError) -> None:
        if not self._gone and not isinstance(found, AssistantError):
            self._elsewhere = [one for one in found if not one.installed and not one.facts.embeds]
            self._show_have()

    def _get(self) -> None:
        offer = self._offers.get(self.choices.current())
        if offer is None:
            return
        if offer.installed:
            self._core.chosen.choose(offer.installed)
            self.end()
            return
        try:
            if offer.download:
                self._core.downloads.resume(offer.download)
            else:
                self._core.market.get(offer.model.id)
        except AssistantError as error:
            self._say(error)
            return
        self._leave_for(self.models_wanted, "catalog")

    def _use_found(self) -> None:
        one = next((one for one in self._elsewhere if str(one.path) == self.found.current()), None)
        if one is not None:
            self.use.setEnabled(False)
            self._core.models.adopt(one, self._adopted)

    def _adopted(self, result: InstalledModel | AssistantError) -> None:
        if isinstance(result, AssistantError):
            if not self._gone:
                self._say(result)
            return
        self._core.chosen.choose(result.key)
        if not self._gone:
            self.end()

    def _start_with_demo(self) -> None:
        demo = next((model for model in self._core.models.installed() if model.demo and model.usable), None)
        if demo is not None:
            self._core.chosen.choose(demo.key)
            self.end()
            return
        try:
            self._core.market.get_starter()
        except AssistantError as error:
            self._say(error)
            return
        self._leave_for(self.models_wanted, "installed")

    def _show_licence(self) -> None:
        offer = self._offers.get(self.choices.current())
        if offer is not None:
            self.link_wanted.emit(offer.model.licence_url)

    def _leave_for(self, signal, *arguments: str) -> None:
        self.end()
        signal.emit(*arguments)

    def _say(self, error: AssistantError) -> None:
        self._problem.setText(errors.sentence(error))
        self._problem.show()

    def end(self) -> None:
        """It has served."""
        if not self._gone:
            self._gone = True
            self.ended.emit()


def _height(widget: QWidget, wide: int) -> int:
    """Of a widget in a column of this width, in px."""
    if widget.minimumHeight() == widget.maximumHeight():
        return widget.minimumHeight()
    return widget.heightForWidth(wide) if widget.hasHeightForWidth() else widget.sizeHint().height()


def _what_it_is() -> str:
    return tr(
        "Talk to a language model that runs on this computer alone, have it summarize your documents, ask about them, "
        "and translate. There is no account, and nothing that you write leaves this computer."
    )
