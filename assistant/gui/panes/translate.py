"""The Translate pane: a text or document and its translation side by side; the translations at the side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor

from assistant.base.errors import AssistantError
from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import JobState, ModelHint
from assistant.gui.documents.planning import Planning
from assistant.gui.panes.document_pane import DocumentPane
from assistant.gui.panes.translate_page import TranslatePage
from assistant.gui.panes.translate_verbs import GOES_ON, TranslateVerbs
from assistant.gui.translating.keeping import Keeping
from assistant.gui.translating.languages import PAIR, Languages
from assistant.gui.translating.live import Live
from assistant.gui.translating.opening import TranslationOpening
from assistant.gui.translating.segment_actions import SegmentActions
from assistant.gui.translating.showing import Showing
from assistant.gui.translating.taking_up import TakingUp
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.translation.card import TranslationCard
from assistant.gui.widgets.translation.list import TranslationList
from assistant.gui.widgets.translation.options import kept_options, options_from
from assistant.gui.widgets.translation.panel import TranslationPanel
from assistant.gui.widgets.translation.rows import TranslationRows
from assistant.gui.widgets.translation.samples import SAMPLES
from assistant.gui.widgets.translation.source import TranslationSource
from assistant.gui.widgets.translation.words import hint_words, plan_words
from assistant.tasks.translation import TranslateOptions
from assistant.texts import lists, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation.views import TranslationPlan
    from assistant.gui.actions import Actions
    from assistant.gui.bridge import Bridge
    from assistant.gui.notices import NoticeBar
    from assistant.gui.theme import Theme

_OPTIONS, _DIVIDER, _SHADED = "translate_options", "translate_divider", "translate_shaded"  # in the state file


class TranslatePane(DocumentPane):
    """Wires the parts to the core.

    Signals: ``glossaries_wanted()``; ``memory_wanted()``.

    :ivar job: the translation that is shown, LIVE: the one of what is being typed, None: none.
    """

    glossaries_wanted = Signal()
    memory_wanted = Signal()
    new_verb = "translate_new"
    opening: TranslationOpening

    def __init__(self, core: Core, bridge: Bridge, theme: Theme, actions: Actions, notices: NoticeBar) -> None:
        super().__init__(core, notices, name="translate", history=lambda: core.translations, samples=SAMPLES)
        self._made_with: TranslateOptions | None = None  # what the shown translation of the history was asked for with
        self.verbs = TranslateVerbs(self, actions)
        self.rows = TranslationRows(ReadingStyle(theme), self)
        self.list = self.side = TranslationList(theme, actions, find=self._find)
        self.source = TranslationSource(theme, actions, self.rows)
        self.result = TranslationPanel(theme, actions, self.rows)
        go_on = actions["translate_go_on"]
        self.card = TranslationCard(theme, actions, run=self.verbs.run, stop=self.verbs.stop, go_on=go_on)
        self.page = TranslatePage(theme, actions, source=self.source, result=self.result, card=self.card)
        self.opening = TranslationOpening(core, self.source, self)
        self.live = Live(core, self.source.editor, self, options=self.options)
        self.planning = Planning(
            core, self, say=plan_words,
            ask=lambda digest, done: core.translations.plan(digest, self.options(), done),
        )  # fmt: skip
        self.taking_up = TakingUp(core, self)
        self.keeping = Keeping(core, self.result, self.opening, notices, self, job=lambda: self.job)
        self.segment_actions = SegmentActions(core, self.result, self.rows, self, job=lambda: self.job)
        self.showing = Showing(self.rows, self.source, self.result, self.page)
        kept = options_from(core.state.get(_OPTIONS))
        self.languages = Languages(core, self.page.bar, self, target=kept.target)
        self.card.choices.show_options(kept)
        self.page.set_shares(core.state.get(_DIVIDER))
        self.shade(on=core.state.get(_SHADED) is True)
        self._connect(bridge)
        self._connect_history()
        self.verbs.connect_all()
        self.live.on = core.settings["translate_live"]
        self.card.show_live(on=self.live.on)
        self.result.show_welcome()
        self._show_kind()
        self._show_state()

    def _connect(self, bridge: Bridge) -> None:
        bridge.translations_changed.connect(self._show_rows)
        bridge.translation_grew.connect(self._grew)
        bridge.translation_changed.connect(self._job_changed)
        bridge.glossaries_changed.connect(self._show_glossaries)
        bridge.models_changed.connect(self._models_changed)
        bridge.engine_changed.connect(self._show_state)
        bridge.settings_changed.connect(self._settings_changed)
        self.opening.changed.connect(self._document_changed)
        self.opening.touched.connect(self._typed)
        self.opening.failed.connect(self._say_unread)
        self.source.columns_chosen.connect(lambda _: self._leave_job())  # which is about other columns
        self.opening.reads_typed = lambda: not self.live.works
        self.live.recognized.connect(self.languages.recognize)
        self.live.began.connect(self._live_began)
        self.source.column.typed.connect(self._type_on)
        self.taking_up.ready.connect(self._take_up_text)
        self.keeping.kept.connect(self._show)
        self.keeping.failed.connect(self._say)
        self.source.column.paste_wanted.connect(self.paste)
        self.page.dropped.connect(self.open_one)
        self.page.view_changed.connect(lambda _: self._show_state())
        self.languages.changed.connect(self._options_changed)
        self.card.choices.changed.connect(self._options_changed)
        self.card.choices.glossaries_wanted.connect(self.glossaries_wanted)
        self.card.models_wanted.connect(self.models_wanted)
        self.planning.changed.connect(self._show_plan)
        self.segment_actions.failed.connect(self._say)
        self.rows.pointed.connect(self.segment_actions.show_state)

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        view = self.view()
        if view is not None and view.title:
            return view.title
        document = self.opening.document
        if document is not None and (document.title or document.name):
            return document.title or document.name
        return self.opening.name or tr("New translation")

    def focus(self) -> None:
        if self.page.narrow and self.page.view == "result" and self.job is not None:
            self.result.output.setFocus()
        else:
            if self.page.narrow and self.job is None:
                self.page.show_view("source")
            self.source.focus_text()

    def retranslate(self) -> None:
        self.verbs.retranslate()
        self.languages.settle()
        for part in (self.list, self.source, self.result, self.card, self.page):
            part.retranslate()
        self._show_kind()
        self._show_rows()
        self._show_job()
        self.source.show_document(self.opening.document)
        self.title_changed.emit()

    def keep(self) -> None:
        """The window closes."""
        if self.card.choices.typing:
            self._core.state.set(_OPTIONS, self._options_to_keep())
        self._core.state.set(_DIVIDER, self.page.shares)
        self._core.state.set(_SHADED, self.result.output.shaded)
        self.result.editor.take()
        self.opening.draft.keep()

    def start(self) -> None:
        super().start()
        self._show_glossaries()

    # -------------------------------------------------------------- a text comes

    def open_file(self, path: Path) -> None:
        """Open a file, which is translated when the user wants that."""
        self._choose_afresh()
        self._leave_job()
        self.languages.begin()
        self.opening.open_file(path)
        self.page.show_view("source")

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self._choose_afresh()
        self._leave_job()
        self.languages.begin()
        self.opening.paste()
        self.page.show_view("source")

    def new(self) -> None:
        """Begin with an empty field."""
        self._choose_afresh(always=True)
        self._leave_job()
        self.languages.begin_anew()
        self.opening.new()
        self.page.show_view("source")
        self.focus()
        self.list_done.emit()

    def edit(self) -> None:
        """Take the text of a kept translation up again."""
        self._type_on("")

    def _type_on(self, typed: str) -> None:
        """Take the text of a kept translation up again, with what somebody typed where it stands."""
        if self.job and not self.source.edit.isHidden():
            self.taking_up.type(self.job, typed)

    def _take_up_text(self, job: int, text: str | None, typed: str) -> None:
        if job != self.job:
            return
        text = self.showing.source_text() if text is None else text
        self._leave_job()
        self.opening.type(text)
        self.focus()
        self.source.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.source.editor.insertPlainText(typed)

    def _example(self, number: int) -> None:
        sample = SAMPLES[number]
        self._choose_afresh(always=True)
        self._leave_job()
        self.languages.begin_anew(sample.target)
        if sample.file.endswith(".txt"):
            self.opening.type(sample.text())
            self.opening.finished()  # it is nobody's own text
            self.begin()
        else:
            self.opening.open_file(sample.path())
            self.opening.read(self._start)
        self.focus()  # which was on the example

    def _typed(self) -> None:
        self.live.touch()
        if self.opening.empty or (self.job == LIVE and not self.live.fits):
            self._leave_job()
        if self.live.works:  # nothing else will be read of it
            self.planning.about(None, wanted=False)
            self.source.show_document(None)
            self.title_changed.emit()
        self._show_state()

    def _document_changed(self) -> None:
        document = self.opening.document
        if document is not None:
            self.languages.recognize(document.language)
            if not self.source.writing:
                self.showing.show_document(document, self.languages.target)
        self.source.show_document(document)
        self.planning.about(document, wanted=self._plan_wanted)
        self._show_state()
        self.title_changed.emit()

    # -------------------------------------------------------------- what it is translated with

    def _choose_afresh(self, *, always: bool = False) -> None:
        """What was said of one text, or a kept translation was made with, is not asked for of the next.

        :param always: also where there is none yet, for which something may have been said already.
        """
        if always or self.job is not None or not self.opening.empty:
            kept = options_from(self._core.state.get(_OPTIONS))
            self.card.choices.show_options(replace(kept, audience="", domain=""))
            self._keep_options()

    def _options_to_keep(self) -> dict[str, Any]:
        return kept_options(replace(self.options(), target=self.languages.chosen))

    def _keep_options(self) -> None:
        self._keep_state(_OPTIONS, self._options_to_keep())

    def options(self) -> TranslateOptions:
        """What is chosen."""
        return self.card.choices.options(self.languages.source, self.languages.target)

    def swap(self) -> None:
        """The other way round; what was typed gives way to its translation."""
        view = self.view()
        done = view is not None and view.total > 0 and view.done == view.total
        text = self._core.translations.text(self.job) if done and self.job is not None and self.source.writing else ""
        self.languages.swap()
        if text.strip():
            self._leave_job()
            self.opening.type(text)
        self._options_changed()

    def _options_changed(self) -> None:
        self._keep_options()
        self.live.touch()
        self.planning.want()
        self._show_state()

    # -------------------------------------------------------------- run, stop

    def run(self) -> None:
        """Translate what is there, or go on with what was stopped."""
        self.card.choices.flush()
        if self.verbs.continues:
            self.go_on()
        else:
            self.begin()

    def begin(self) -> None:
        """Translate what is there from the beginning."""
        if self.busy and self.job != LIVE:
            return
        self.card.choices.flush()
        self.card.unfold.setChecked(False)  # the text has its room again
        if self.live.works and self.source.writing:
            self.live.now()
        elif self.wanted_anew:
            self._start()
        else:
            self.opening.read(self._start)

    @property
    def busy(self) -> bool:
        """Whether what is shown is being translated."""
        view = self.view()
        return view is not None and view.state is JobState.RUNNING

    @property
    def wanted_anew(self) -> bool:
        """Whether the shown translation of the history is wanted in another way than it was made."""
        kept = bool(self.job) and self.opening.empty and self._made_with is not None and not self.busy
        return kept and self.options() != self._made_with

    def _start(self) -> None:
        document, view = self.opening.document, self.view()
        digest = document.digest if document is not None else view.document if view is not None else ""
        if not digest:
            return
        self.planning.give_up()
        if document is not None:
            self.languages.recognize(document.language)
        self._made_with = self.options()
        try:
            job = self._core.translations.start(digest, self._made_with)
        except AssistantError as error:
            self._say(error)
            return
        self.opening.finished()
        self._show(job)

    def _live_began(self) -> None:
        if self.job != LIVE:
            self._show(LIVE, turn=False)  # somebody is writing

    def _show(self, job: int, *, turn: bool = True) -> None:
        """Show this translation, of the text that is open.

        :param turn: where there is no room for both texts, leave the source for it.
        """
        if job != self.job:
            self.result.editor.take()  # while it is known of which translation the sentence is
        self.job = job
        self.rows.choose(-1)
        if turn:
            self.page.show_view("result")
        self._show_rows()
        self._show_job()
        self.title_changed.emit()
        if turn and self.page.narrow:
            self.focus()  # which was in the half that gave way

    def stop(self) -> bool:
        """Stop what can be stopped, the nearest first; False when there was nothing."""
        if not self.result.popover.isHidden():
            self.result.popover.close_now()
        elif self.segment_actions.stop():
            self._show_job()
        elif self.busy and self.job == LIVE:
            self.live.stop()
        elif self.busy and self.job is not None:
            self._core.translations.stop(self.job)
        else:
            return self._stop_elsewhere()
        return True

    def go_on(self) -> None:
        """Take a translation up again that was stopped or interrupted."""
        view = self.view()
        if self.job and view is not None and view.state in GOES_ON:
            self._core.translations.go_on(self.job)
            self._show_job()

    # -------------------------------------------------------------- the translation

    def _chosen(self, job: int) -> None:
        """Open a translation of the history."""
        self.list_done.emit()
        if job == self.job or self._core.translations.view(job) is None:
            return
        self._leave_job()
        self.planning.give_up()
        self.opening.look_away()
        self.source.show_document(None)
        self.job = job
        self.list.mark(job)
        view = self.view()
        if view is not None:
            self.card.choices.show_options(view.options)
            self.languages.show_kept(view.options, view.language)
        self._made_with = self.options()
        self.showing.show_stored()
        writing = self.source.isAncestorOf(self.page.window().focusWidget() or self.page)
        self.page.show_view("result")
        self._show_job()
        self.title_changed.emit()
        if writing:
            self.focus()  # where the source has given way

    def _leave_job(self) -> None:
        """Show no translation any more; one that is being written goes on. A focus in it goes to the source."""
        held = self.result.isAncestorOf(self.page.window().focusWidget() or self.page)
        self.result.editor.take()  # as in ``_show``
        if self.job == LIVE:
            self.live.stop()
        self.job = None
        self.list.mark(None)
        self.segment_actions.give_up()
        self.showing.clear()
        self._show_job()
        self.title_changed.emit()
        if held:
            self.focus()

    def _grew(self, job: int, index: int) -> None:
        segment = self._core.translations.segment(job, index) if job == self.job else None
        if segment is not None:
            self.rows.grow(segment)

    def _show_job(self) -> None:
        view = self.view()
        self.card.set_busy(busy=self.busy or self.segment_actions.waiting)
        if view is None and self.job is None:
            self.result.show_welcome()
        elif view is not None:
            self.showing.show_view(view)
            self.languages.know(view.language)
        self._show_state()

    def _show_glossaries(self) -> None:
        if self._started:
            self.card.choices.show_glossaries(self._core.glossaries.rows())
            self.live.touch()  # its terms may have changed
            if self._plan_wanted:
                self.planning.want()  # and so may its languages

    def delete(self, job: int | None) -> None:
        """Delete a translation, with a notice to undo it."""
        view = self._core.translations.view(job) if job else None
        if job is None or view is None:
            return
        if job == self.job:
            self._leave_job()
            self.opening.new()
        self._core.actions.delete_translation(job)
        self._show_rows()

    # -------------------------------------------------------------- small things

    def switch_live(self) -> None:
        """Translate while somebody types, or no longer: a setting."""
        self._core.settings.set("translate_live", not self.live.on)

    def shade(self, *, on: bool) -> None:
        """Show which words the model was unsure of, or do not."""
        self.result.output.shaded = on
        self.result.shade.setChecked(on)
        self.result.output.viewport().update()

    def _show_plan(self) -> None:
        plan: TranslationPlan | AssistantError | None = self.planning.plan
        view = self.view()
        known = plan is not None and not isinstance(plan, AssistantError) and self.opening.document is not None
        if known:
            hint = hint_words(ModelHint(plan.hint_kind, plan.hint_languages, plan.hint))
        else:
            hint = self.live.hint(view.language) if view is not None and self.job == LIVE else ""
        self.card.show_hint(hint)
        unfinished = view is not None and view.state in GOES_ON and view.total > 0
        if view is not None and (unfinished or view.state is JobState.RUNNING):
            words = self.showing.progress(view)
        else:
            words = self.planning.words() if self.job is None else ""
        self.card.show_plan(lists.sentences(self.verbs.waits, words))

    def _show_state(self) -> None:
        """What can be done now."""
        self._show_plan()
        self.verbs.show_state()

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if keys & PAIR:
            self.languages.settle()
        if "translate_live" in keys:
            on = self._core.settings["translate_live"]
            self.card.show_live(on=on)
            self.live.switch(on=on and self.source.writing)
            self.live.on = on
            self._show_state()
