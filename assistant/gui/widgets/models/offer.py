"""The page of a model from the catalogue: what it is good for, whether it fits, what it costs to get, its licence."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QPushButton

from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models.parts import Facts, SteadyButton, VerdictCard, column_of
from assistant.texts import current_language, fit, lists, tr, trn, units

if TYPE_CHECKING:
    from assistant.core.market import Offer, VariantView
    from assistant.gui.theme import Theme
    from assistant.library.catalogue import CatalogueModel

_LANGUAGES = 6
_OWN_NAMES = {"en": "English", "zh": "中文", "pt": "Português", "es": "Español"}  # where Qt names a country, too
_TASKS = ("chat", "summarize", "translate", "chinese", "fast", "embed")


class OfferPage(ColumnPage):
    """One model of the catalogue.

    Signals: ``get_wanted()``, ``use_wanted()`` when it is here already, ``link_wanted(address)``,
    ``context_chosen(tokens)``.
    """

    get_wanted = Signal()
    use_wanted = Signal()
    link_wanted = Signal(str)
    context_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._offer: Offer | None = None
        self._title, self._note = Label(role="h2", wrap=True), Label(wrap=True)
        self._why = Label(role="quiet", wrap=True)
        self.verdict = VerdictCard(theme)
        self.verdict.context_chosen.connect(self.context_chosen)
        self.get = SteadyButton()
        set_role(self.get, "main")
        self.get.clicked.connect(self._pressed)
        self.licence, self.source = QPushButton(), QPushButton()
        self.licence.clicked.connect(lambda: self._link("licence"))
        self.source.clicked.connect(lambda: self._link("source"))
        self.facts = Facts(
            theme,
            {
                "size": lambda: tr("Download"),
                "licence": lambda: tr("Licence"),
                "tasks": lambda: tr("Good for"),
                "languages": lambda: tr("Languages"),
                "kind": lambda: tr("Kind"),
                "context": lambda: tr("Longest context"),
                "thinking": lambda: tr("Thinking"),
                "source": lambda: tr("From"),
            },
        )
        buttons = Flow()
        buttons.add(self.get, self.licence, self.source)
        self.column.addLayout(column_of([self._title, self._note, self._why], SPACE // 2))
        self.column.addWidget(self.verdict)
        self.column.addWidget(buttons)  # above the facts: in the smallest window they can still be pressed
        self.column.addWidget(self.facts)
        self.column.addStretch(1)
        self.retranslate()

    def show_offer(self, offer: Offer) -> None:
        """Show what the catalogue says of a model, and how it would run here."""
        self._offer = offer
        model = offer.model
        self._title.setText(catalogue_name(model))
        note = catalogue_note(model)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        best = [fit.task(task) for task in _TASKS if task in offer.recommended_for]
        self._why.setText(tr("Recommended for this computer: {tasks}.", tasks=lists.listed(*best)) if best else "")
        self._why.setVisible(bool(best))
        self.verdict.show_verdict(offer.verdict, fit.sentence(offer.verdict))
        self.licence.setVisible(bool(model.licence_url))
        self.source.setVisible(bool(model.repo))
        self._show_facts(model)
        self._show_get(offer)

    def retranslate(self) -> None:
        self.facts.retranslate()
        self.verdict.retranslate()
        self.licence.setText(tr("Read the licence"))
        self.source.setText(tr("Its page on the Hub"))
        if self._offer is not None:
            self.show_offer(self._offer)

    def _show_get(self, offer: Offer) -> None:
        use = tr("Use for chat") if offer.model.embed is None else tr("Use to search by meaning")
        show_get(self.get, use, offer, size=offer.model.size)

    def _show_facts(self, model: CatalogueModel) -> None:
        kind = [units.parameters(model.parameters)] if model.parameters else []
        kind += [part for part in (model.architecture, model.quantization) if part]
        switched = tr("can be switched on and off")
        thinking = {"always": tr("always"), "never": tr("never"), "on": switched, "off": switched}
        self.facts.show_values(
            size=units.size(model.size),
            licence=model.licence_in_words(current_language()),
            tasks=lists.listed(*(fit.task(task) for task in _TASKS if task in model.tasks)),
            languages=languages_of(model),
            kind=" · ".join(kind),
            context=units.tokens(model.context_max) if model.context_max else "",
            thinking=thinking.get(model.thinking.default, ""),
            source=model.repo,
        )

    def _pressed(self) -> None:
        if self._offer is not None and self._offer.installed:
            self.use_wanted.emit()
        else:
            self.get_wanted.emit()

    def _link(self, what: str) -> None:
        if self._offer is not None:
            model = self._offer.model
            self.link_wanted.emit(model.licence_url if what == "licence" else hub_address(model.repo))


def show_get(button: SteadyButton, use: str, what: Offer | VariantView, *, size: int) -> None:
    """What the button does that gets a model.

    :param use: its words where the model is here. ``size``: bytes, 0: not known.
    """
    get = tr("Get it ({size})", size=units.size(size)) if size else tr("Get it")
    said = {"use": use, "get": get, "wait": tr("In the downloads"), "resume": tr("Resume")}
    does = "use" if what.installed else "get" if not what.download else "resume" if what.stopped else "wait"
    button.show_words(said[does], *said.values())
    button.setEnabled(does != "wait")


def hub_address(repo: str) -> str:
    """The page of a repository, for the browser."""
    return f"https://huggingface.co/{quote(repo)}"


def languages_of(model: CatalogueModel) -> str:
    """Languages by their own names as far as they are known, at most a few of them."""
    names = []
    for code in model.languages:
        names.append(_OWN_NAMES.get(code) or QLocale(code).nativeLanguageName() or code)
    more = len(names) - _LANGUAGES
    if more > 0:
        return trn("{names} and {n} more", "{names} and {n} more", more, names=lists.listed(*names[:_LANGUAGES]))
    return lists.listed(*names)


def catalogue_name(model: CatalogueModel) -> str:
    """The model's name in the language of the window."""
    return (model.name_zh if current_language() == "zh_CN" else "") or model.name


def catalogue_note(model: CatalogueModel) -> str:
    """Why this one, in the language of the window."""
    return (model.note_zh if current_language() == "zh_CN" else "") or model.note
