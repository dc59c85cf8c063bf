"""The Summarize pane: a document, what is made of it and what it says when asked; the summaries at the side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.core.summary.views import JobState, SummaryView
from assistant.gui.dialogs import ask_to_open
from assistant.gui.documents.planning import Planning
from assistant.gui.panes.ask_room import AskRoom
from assistant.gui.panes.document_pane import DocumentPane
from assistant.gui.panes.pane import NOT_TAKEN
from assistant.gui.panes.summarize_page import SummarizePage
from assistant.gui.panes.summarize_verbs import SummarizeVerbs, goes_on
from assistant.gui.summarizing.exporting import export_questions, export_summary
from assistant.gui.summarizing.opening import SummaryOpening
from assistant.gui.widgets.source_panel import SourcePanel
from assistant.gui.widgets.source_words import trouble_words
from assistant.gui.widgets.summary.card import SummaryCard
from assistant.gui.widgets.summary.list import SummaryList
from assistant.gui.widgets.summary.options import kept_options, options_from
from assistant.gui.widgets.summary.panel import SummaryPanel
from assistant.gui.widgets.summary.samples import SAMPLES
from assistant.gui.widgets.welcome_page import Kind
from assistant.texts import summaries, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.documents.model import Source
    from assistant.gui.actions import Actions
    from assistant.gui.bridge import Bridge
    from assistant.gui.notices import NoticeBar
    from assistant.gui.theme import Theme

_OPTIONS, _DIVIDER = "summary_options", "summary_divider"  # in the state file


class SummarizePane(DocumentPane):
    """Wires the parts to the core."""

    new_verb = "summary_new"
    opening: SummaryOpening

    def __init__(self, core: Core, bridge: Bridge, theme: Theme, actions: Actions, notices: NoticeBar) -> None:
        super().__init__(core, notices, name="summarize", history=lambda: core.summaries, samples=SAMPLES)
        self._running = False
        self.verbs = SummarizeVerbs(self, actions)
        self.list = SummaryList(theme, actions, find=self._find)
        self.source = SourcePanel(theme, actions)
        self.opening = SummaryOpening(core, self.source, self)
        self.result = SummaryPanel(theme, actions)
        self.card = SummaryCard(theme, run=self.verbs.run, stop=self.verbs.stop, go_on=actions["summary_go_on"])
        self.room = AskRoom(core, theme, actions, self)
        self.planning = Planning(
            core, self, say=summaries.plan,
            ask=lambda digest, done: core.summaries.plan(digest, self.card.choices.options(), done),
        )  # fmt: skip
        self.side = self.list
        feet = (self.card, self.room.composer)
        self.page = SummarizePage(
            theme, actions, source=self.source, result=self.result, ask=self.room.panel, feet=feet
        )
        self.card.choices.show_options(options_from(core.state.get(_OPTIONS)))
        self.page.set_shares(core.state.get(_DIVIDER))
        self._connect(bridge)
        self._connect_history()
        self.verbs.connect_all()
        self.result.show_welcome()
        self._show_kind()
        self._show_state()

    def _connect(self, bridge: Bridge) -> None:
        bridge.summaries_changed.connect(self._show_rows)
        bridge.summary_grew.connect(self._job_changed)
        bridge.summary_changed.connect(self._job_changed)
        bridge.models_changed.connect(self._models_changed)
        bridge.engine_changed.connect(self._show_state)
        bridge.settings_changed.connect(self._settings_changed)
        self.opening.changed.connect(self._document_changed)
        self.opening.touched.connect(self._show_state)
        self.opening.failed.connect(self._say_unread)
        self.page.dropped.connect(self.open_one)
        self.page.view_changed.connect(lambda _: self._view_changed())
        self.card.choices.changed.connect(self._options_changed)
        self.result.lit.connect(self.source.highlight)
        self.result.place_wanted.connect(self._show_source)
        self.planning.changed.connect(self._show_plan)
        room = self.room
        room.panel.lit.connect(self.source.highlight)
        room.panel.place_wanted.connect(self._show_source)
        room.panel.transcript.link_activated.connect(partial(ask_to_open, self.page))
        room.composer.refused.connect(self._refused)
        room.changed.connect(self._show_state)
        room.wanted.connect(self.ask)
        room.failed.connect(self._say)

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        view = self.view()
        if view is not None and view.title:
            return view.title
        document = self.opening.document
        if document is not None and document.title and not self.opening.coming:
            return document.title
        return self.opening.name or tr("New summary")

    def focus(self) -> None:
        if self.page.view == "ask":
            self.room.composer.input.setFocus()
        elif self.page.narrow and self.page.view == "result" and self.job is not None:
            self.result.output.setFocus()
        else:
            if self.page.narrow and self.job is None:
                self.page.show_view("source")
            self.source.focus_text()

    def retranslate(self) -> None:
        self.verbs.retranslate()
        for part in (self.list, self.source, self.result, self.card, self.room, self.page):
            part.retranslate()
        self._show_kind()
        self._show_rows()
        self._show_job()
        self.title_changed.emit()

    def keep(self) -> None:
        """The window closes."""
        self._core.state.set(_DIVIDER, self.page.shares)
        self.opening.draft.keep()

    def give_keys(self, *, elsewhere: bool) -> None:
        """Whether another pane for documents is shown now, and has the keys that this one has."""
        self.verbs.elsewhere = elsewhere
        self._show_state()

    # -------------------------------------------------------------- a document comes

    def open_file(self, path: Path) -> None:
        """Open a file, which is then summarized when the user wants that."""
        self._choose_afresh()
        self._leave_job()
        self.opening.open_file(path)
        self._comes()

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self._choose_afresh()
        self._leave_job()
        self.opening.paste()
        self._comes()

    def _comes(self) -> None:
        """A document is being read, and can be waited for."""
        if self.page.narrow:
            self.page.show_view("source")
        self._show_state()
        self.title_changed.emit()

    def new(self) -> None:
        """Begin with an empty field."""
        self._choose_afresh()
        self._leave_job()
        self.opening.new()
        self.page.show_view("source" if self.page.narrow else "result")
        self.focus()
        self.list_done.emit()

    def _choose_afresh(self) -> None:
        """What was asked for of one document is not asked for of the next."""
        if self.job is not None or self.opening.document is not None:
            self.card.choices.show_options(options_from(self._core.state.get(_OPTIONS)))

    def edit(self) -> None:
        """Edit the text that is shown."""
        if self.opening.editable:
            self._leave_job()
            self.opening.edit()

    def _example(self, number: int) -> None:
        sample = SAMPLES[number]
        english = self._kind() is Kind.DEMO
        self.card.choices.show_options(sample.options())
        self._leave_job()
        path = sample.path(english=english)
        self.opening.open_text(path.read_text("utf-8"), self._start, name=path.name)

    def _document_changed(self) -> None:
        document = self.opening.document
        if document is not None and not self.source.reading:  # one goes on typing
            self.room.follow(document)
        self.room.begin(document)
        self.planning.about(document, wanted=self._plan_wanted)
        self._show_state()
        self.title_changed.emit()

    # -------------------------------------------------------------- plan, run, stop

    def run(self) -> None:
        """Summarize what is there, or go on with what was stopped; or ask what is written below."""
        if self.page.view == "ask":
            self.ask()
            return
        self.card.choices.flush()
        if self.verbs.continues:
            self.go_on()
        else:
            self.begin()

    def begin(self) -> None:
        """Summarize what is there, anew if it was summarized before."""
        if not self._running:
            self.card.choices.flush()
            self.opening.read(self._start)

    def _start(self) -> None:
        document = self.opening.document
        if document is None or self._running:
            return
        self.planning.give_up()
        try:
            self.job = self._core.summaries.start(document.digest, self.card.choices.options())
        except AssistantError as error:
            self._say(error)
            return
        self.opening.finished()
        self.page.show_view("result")
        self.source.show_coverage(())
        self._show_rows()
        self.list.mark(self.job)
        self._show_job()
        self.title_changed.emit()

    def stop(self) -> bool:
        """Stop what can be stopped, the nearest first; False when there was nothing."""
        talk = self.room.talk
        if self.page.view == "ask" and talk.stop():
            return True
        if self.job is not None and self._running:
            self._core.summaries.stop(self.job)
        elif talk.busy:
            talk.stop()
        else:
            return self._stop_elsewhere()
        return True

    def go_on(self) -> None:
        """Take a summary up again that was stopped or interrupted."""
        view = self.view()
        if self.job is not None and goes_on(view):
            self._core.summaries.go_on(self.job)
            self._show_job()

    def _options_changed(self) -> None:
        self._keep_options()
        self.verbs.show_ways()
        self.planning.want()

    def _keep_options(self) -> None:
        self._core.state.set(_OPTIONS, kept_options(self.card.choices.options()))

    def _show_plan(self) -> None:
        if not self._running:
            self.card.show_plan(self.planning.words())

    # -------------------------------------------------------------- the summary

    def _chosen(self, job: int) -> None:
        """Open a summary of the history, with its document; or a document that was asked about."""
        self.list_done.emit()
        if job == self.job:
            return
        self.job = job
        self.list.mark(job)
        view = self._core.summaries.view(job)
        if view is None:
            return
        self.planning.give_up()
        if view.questions:
            self.source.show_coverage(())
        else:
            self.card.choices.show_options(view.options)
        self.page.show_view("ask" if view.questions else "result")
        self._show_job()
        self.opening.open_stored(view.document, self._show_job)
        self.title_changed.emit()

    def _leave_job(self) -> None:
        """Show no summary any more; one that is being written goes on."""
        self.job = None
        self.list.mark(None)
        self.source.highlight(())
        self.source.show_coverage(())
        self._show_job()
        self.title_changed.emit()

    def view(self) -> SummaryView | None:
        """The summary that is shown; a document that was only asked about has none."""
        view = super().view()
        return view if view is not None and not view.questions else None

    def _job_changed(self, job: int) -> None:
        ran = self._running and job == self.job
        super()._job_changed(job)
        view = self.view()
        if ran and view is not None and view.state is JobState.DONE and self.planning.plan is not None:
            self.planning.want()  # more is known now about the time that it takes

    def _show_job(self) -> None:
        view = self.view()
        self._running = view is not None and view.state is JobState.RUNNING
        self.card.set_busy(busy=self._running)
        if view is None:
            self.result.show_welcome()
        else:
            self._show_view(view)
        self._show_state()

    def _show_view(self, view: SummaryView) -> None:
        self.result.show_text(view.text, growing=self._running)
        self.result.progress.show_progress(view.done, view.total, running=self._running)
        document = self.opening.document
        if view.linked is not None and document is not None and document.digest == view.document:
            self.source.show_coverage(view.linked.coverage)
            self.result.show_links(view.linked.sentences, self.source.bar.share, document.text)
        elif view.linked is None:
            self.result.show_links((), None, "")
        self.result.show_trouble(trouble_words(view))
        if self._running:
            self.card.show_progress(view)

    def _show_source(self, source: Source) -> None:
        """A passage is to be seen."""
        if self.page.narrow:
            self.page.show_view("source")
        self.source.highlight([(source.start, source.end)])
        self.source.reveal(source.start)

    def _show_rows(self) -> None:
        super()._show_rows()
        if self._started:
            self.room.talk.refresh()

    # -------------------------------------------------------------- what can be done with one

    def copy(self) -> None:
        """Copy the summary, or the last answer about the document."""
        text = self.room.last_answer() if self.page.view == "ask" else self.result.output.text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def export(self) -> None:
        """Write the summary into a file; or what was asked and answered."""
        view, document = self.view(), self.opening.document
        window, notices = self.page.window(), self._notices
        if self.page.view == "ask" and document is not None:
            said = self.room.panel.say
            export_questions(self._core, window, notices, document, said=lambda words: said(document.digest, words))
        elif view is not None and view.text:
            export_summary(self._core, window, notices, view, said=lambda words: self._exported(view, words))

    def _exported(self, view: SummaryView, words: str) -> None:
        """Say it beside the summary: a notice would lie over the buttons."""
        if view.id == self.job:
            self.page.show_view("result")
            self.result.say(words)

    def delete(self, job: int | None) -> None:
        """Delete a summary, or the questions about a document, with a notice to undo it."""
        view = self._core.summaries.view(job) if job is not None else None
        if job is None or view is None:
            return
        if job == self.job:
            self._leave_job()
            self.opening.new()
        self._core.actions.delete_summary(job)
        if view.questions:
            self.room.reload(view.document)
        self._show_rows()

    # -------------------------------------------------------------- asking

    def ask(self) -> None:
        """Ask what is written in the field below."""
        if self.room.may_ask():
            self._notices.clear(NOT_TAKEN)
            self.opening.read(self.room.ask)

    # -------------------------------------------------------------- small things

    def _view_changed(self) -> None:
        self._show_state()
        if self.page.view == "ask":
            self.source.highlight(())
            self.room.composer.input.setFocus()
        elif self.page.view == "result":
            self.result.light()

    def _show_state(self) -> None:
        self._show_plan()
        self.verbs.show_state()

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "send_with_enter" in keys:
            self.room.composer.set_sends_with_enter(self._core.settings["send_with_enter"])

    def _refused(self, sentence: str) -> None:
        self._notices.post(Notice(NOT_TAKEN, NoticeLevel.WARNING, sentence))
