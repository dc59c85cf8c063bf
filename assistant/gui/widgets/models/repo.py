"""The page of a repository on the Hub: what it says of itself, and the ways to have its model, by quantization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from assistant.gui.itemmodels.rows import Row
from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.offer import show_get
from assistant.gui.widgets.models.parts import Facts, SteadyButton, VerdictCard, column_of
from assistant.gui.widgets.row_list import RowList
from assistant.texts import fit, lists, tr, trn, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.market import HeaderView, RepoView, VariantView
    from assistant.gui.theme import Theme
    from assistant.library.advice import Verdict

_HOPELESS = frozenset({"architecture", "not_model", "damaged", "strange"})  # what no other context or computer mends


class RepoPage(ColumnPage):
    """One repository.

    Signals: ``get_wanted(label)`` of the chosen variant, ``use_wanted(key)``, ``header_wanted(label)``,
    ``token_wanted()``, ``link_wanted(address)``, ``settings_wanted(key)`` of a setting, ``context_chosen(tokens)``.
    """

    get_wanted = Signal(str)
    use_wanted = Signal(str)
    header_wanted = Signal(str)
    token_wanted = Signal()
    link_wanted = Signal(str)
    settings_wanted = Signal(str)
    context_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._view: RepoView | None = None
        self._looked: dict[str, HeaderView] = {}
        self._known_token = False
        self._looking = ("", "")  # repository and label of the file that is being looked into
        self._title, self._about = Label(role="h2", wrap=True), Label(role="quiet", wrap=True)
        self._gated = QFrame()
        set_role(self._gated, "card")
        self._gated_words = Label(wrap=True)
        self._token, self._terms, self._settings = QPushButton(), QPushButton(), QPushButton()
        self._token.clicked.connect(self.token_wanted)
        self._settings.clicked.connect(lambda: self.settings_wanted.emit("hub_endpoint"))
        self._terms.clicked.connect(self._open_page)
        self._heading = Label(role="h3")
        self.variants = RowList(theme, "modelsVariants", flat=True)
        self.variants.chosen.connect(lambda _: self._show_variant())
        self.variants.entered.connect(lambda _: self.get.setFocus())
        self.verdict = VerdictCard(theme)
        self.verdict.context_chosen.connect(self.context_chosen)
        self.get, self.look, self.source = SteadyButton(), SteadyButton(), QPushButton()
        self.look.setObjectName("modelsLook")
        set_role(self.get, "main")
        self.get.clicked.connect(self._pressed)
        self.look.clicked.connect(lambda: self.header_wanted.emit(self.variants.current()))
        self.source.clicked.connect(self._open_page)
        self.facts = Facts(
            theme,
            {
                "kind": lambda: tr("Kind"),
                "context": lambda: tr("Longest context"),
                "template": lambda: tr("Chat template"),
                "base": lambda: tr("Made from"),
                "loved": lambda: tr("On the Hub"),
                "source": lambda: tr("From"),
            },
        )
        self._build()
        self.retranslate()

    def _build(self) -> None:
        asks = Flow()
        asks.add(self._terms, self._token, self._settings)
        gated = column_of([self._gated_words, asks])
        gated.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
        self._gated.setLayout(gated)
        buttons = Flow()
        buttons.add(self.get, self.look, self.source)
        self.column.addLayout(column_of([self._title, self._about], SPACE // 2))
        self.column.addWidget(self._gated)
        self.column.addWidget(self.verdict)
        self.column.addWidget(buttons)
        self.column.addLayout(column_of([self._heading, self.variants]))
        self.column.addWidget(self.facts)
        self.column.addStretch(1)

    def show_repo(
        self, view: RepoView, *, token: bool, again: Callable[[HeaderView], HeaderView] = lambda header: header
    ) -> None:
        """Show a repository.

        :param again: judges what a header has told for the context that holds now.
        :param token: whether an access token is known.
        """
        if self._view is None or view.facts.repo != self._view.facts.repo:
            self._looked = {}
            self.variants.choose("")
            self.verticalScrollBar().setValue(0)
        self._looked = {label: again(header) for label, header in self._looked.items()}
        self._view, self._known_token = view, token
        facts = view.facts
        owner, _, name = facts.repo.partition("/")
        self._title.setText(words.plain_name(name or facts.repo))
        licence = words.plain_name(facts.licence) or tr("not stated")
        by = tr("by {owner}", owner=words.plain_name(owner)) if name else ""
        self._about.setText(" · ".join(part for part in (by, tr("Licence: {licence}", licence=licence)) if part))
        self._gated.setVisible(facts.gated)
        self._gated_words.setText(_gated_words(known=token, mirror=view.mirror))
        self._token.setVisible(not view.mirror)
        self._settings.setVisible(bool(view.mirror))
        self._token.setText(tr("Change the access token…") if token else tr("Give an access token…"))
        self._show_variants()

    def show_header(self, repo: str, label: str, header: HeaderView) -> None:
        """Show what the header of a variant told, if its repository is still shown."""
        if self._view is not None and self._view.facts.repo == repo:
            self._looked[label] = header
            self._show_variants()

    def show_looking(self, repo: str, label: str) -> None:
        """The header of this file is being read; empty: none is."""
        self._looking = (repo, label)
        self._show_look()

    def chosen(self) -> VariantView | None:
        """The variant whose row is current."""
        label = self.variants.current()
        views = self._view.variants if self._view is not None else ()
        return next((view for view in views if view.variant.label == label), None)

    def retranslate(self) -> None:
        self.facts.retranslate()
        self.verdict.retranslate()
        self.variants.setAccessibleName(tr("Files to choose from"))
        self._terms.setText(tr("Read the terms on the Hub"))
        self._settings.setText(tr("Open the settings"))
        self.source.setText(tr("Its page on the Hub"))
        self.look.setToolTip(tr("Reads a few megabytes of the file, and tells exactly whether it fits"))
        self._show_look()
        if self._view is not None:
            self.show_repo(self._view, token=self._known_token)

    # -------------------------------------------------------------- inside

    def _show_facts(self) -> None:
        """What the repository says, and, of a file that was looked into, what that says."""
        assert self._view is not None
        facts, looked = self._view.facts, self._looked.get(self.variants.current())
        parameters = looked.parameters if looked is not None and looked.parameters else facts.parameters
        architecture = looked.architecture if looked is not None and looked.architecture else facts.architecture
        context = looked.context_trained if looked is not None and looked.context_trained else facts.context
        kind = [units.parameters(parameters)] if parameters else []
        kind += [words.plain_name(architecture)] if architecture else []
        loved = [
            trn("{count} download", "{count} downloads", facts.downloads, count=words.count(facts.downloads)),
            trn("{count} like", "{count} likes", facts.likes, count=words.count(facts.likes)),
            facts.modified[:10],
        ]
        self.facts.show_values(
            kind=" · ".join(kind),
            context=units.tokens(context) if context else "",
            template=_template_words(looked) if looked is not None else "",
            base=words.plain_name(facts.base_model),
            loved=" · ".join(words.plain_name(part) for part in loved if part),
            source=words.plain_name(facts.source),
        )

    def _show_variants(self) -> None:
        assert self._view is not None
        views = self._view.variants
        count = len(views)
        self._heading.setText(trn("{n} file to choose from", "{n} files to choose from", count))
        if not views:
            self._heading.setText(tr("There is no model file for Lamplight here."))
        if self.chosen() is None and views:
            best = next((view for view in views if view.variant.recommended), views[0])
            self.variants.choose(best.variant.label)
        self.variants.show_rows([self._row(view) for view in views])
        for widget in (self.variants, self.verdict, self.get, self.look):
            widget.setVisible(bool(views))
        self._show_variant()

    def _row(self, view: VariantView) -> Row:
        variant = view.variant
        verdict = self._verdict(view)
        parts = [units.size(variant.size) if variant.size else tr("size not known"), fit.label(verdict)]
        if len(variant.files) > 1:
            parts.append(trn("in {n} part", "in {n} parts", len(variant.files)))
        good = variant.recommended and verdict.cause not in _HOPELESS
        note = tr("here") if view.installed else tr("good choice") if good else ""
        return Row(variant.label, words.plain_name(variant.label), " · ".join(parts), words.mark(verdict), note)

    def _verdict(self, view: VariantView) -> Verdict:
        looked = self._looked.get(view.variant.label)
        return looked.verdict if looked is not None else view.verdict

    def _show_variant(self) -> None:
        self._show_facts()
        view = self.chosen()
        if view is None:
            return
        verdict = self._verdict(view)
        exact = view.exact or view.variant.label in self._looked
        sentence = fit.sentence(verdict)
        if not exact and verdict.needed:
            sentence = lists.sentences(sentence, tr("This is an estimate from its size."))
        elif (looked := self._looked.get(view.variant.label)) is not None and looked.embeds:
            sentence = lists.sentences(sentence, fit.searcher())
        self.verdict.show_verdict(verdict, sentence)
        self._show_look()
        show_get(self.get, tr("Use for chat"), view, size=view.variant.size)
        if (view.variant.missing or (exact and verdict.cause in _HOPELESS)) and not view.installed:
            self.get.setEnabled(False)

    def _show_look(self) -> None:
        """Nothing to look for disables the button in its place: its neighbours stay in theirs."""
        view = self.chosen()
        known = view is None or view.exact or view.installed or view.variant.label in self._looked
        if known and self.look.hasFocus():  # it must not go to whatever stands beside it
            self.variants.setFocus(Qt.FocusReason.OtherFocusReason)
        self.look.setEnabled(not known)
        looking = self._view is not None and view is not None and not known
        looking = looking and self._looking == (self._view.facts.repo, view.variant.label)  # type: ignore[union-attr]
        stop, look = tr("Stop looking"), tr("Look into the file")
        self.look.show_words(stop if looking else look, stop, look)

    def _pressed(self) -> None:
        view = self.chosen()
        if view is None:
            return
        if view.installed:
            self.use_wanted.emit(view.installed)
        else:
            self.get_wanted.emit(view.variant.label)

    def _open_page(self) -> None:
        if self._view is not None:
            self.link_wanted.emit(self._view.facts.link)


def _template_words(looked: HeaderView) -> str:
    """Whether a file that was looked into is made for chats; empty: it was refused, or does not write."""
    if looked.shape is None or looked.embeds:
        return ""
    return tr("in the file") if looked.has_template else tr("none: it continues text, does not chat")


def _gated_words(*, known: bool, mirror: str) -> str:
    first = tr("The makers of this model want you to agree to their terms on the Hub before it can be downloaded.")
    if mirror:
        host = words.plain_name(mirror)
        only = tr("It comes from the Hub itself only: {host} is a mirror, which never gets an access token.", host=host)
        return lists.sentences(first, only)
    if known:
        return lists.sentences(first, tr("Your access token is set; it is sent to the Hub itself and to nobody else."))
    after = tr("After that, an access token of your account on the Hub lets Lamplight get it.")
    return lists.sentences(first, after)
