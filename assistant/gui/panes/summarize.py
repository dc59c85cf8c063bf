"""The Summarize pane: a document, what is made of it and what it says when asked; the summaries at the side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel, Phase
from assistant.core.summary_views import JobState, SummaryView
from assistant.gui.actions import tip
from assistant.gui.dialogs import ask_to_open
from assistant.gui.exporting import export_summary
from assistant.gui.opening import Opening
from assistant.gui.panes.ask_room import AskRoom
from assistant.gui.panes.pane import Pane
from assistant.gui.panes.summarize_page import SummarizePage
from assistant.gui.planning import Planning
from assistant.gui.widgets.model_words import sentences
from assistant.gui.widgets.source_panel import SourcePanel
from assistant.gui.widgets.source_words import plan_words, problem_words
from assistant.gui.widgets.summary_card import SummaryCard
from assistant.gui.widgets.summary_list import SummaryList
from assistant.gui.widgets.summary_options import kept_options, options_from
from assistant.gui.widgets.summary_panel import SummaryPanel
from assistant.gui.widgets.summary_samples import SAMPLES
from assistant.gui.widgets.welcome import Kind, kind_of
from assistant.texts import errors, summaries, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.documents.model import Source
    from assistant.gui.actions import Actions
    from assistant.gui.bridge import Bridge
    from assistant.gui.notices import NoticeBar
    from assistant.gui.theme import Theme

_OPTIONS, _DIVIDER = "summary_options", "summary_divider"  # in the state file
_GOES_ON = (JobState.STOPPED, JobState.WAITING, JobState.FAILED)


def _goes_on(view: SummaryView | None) -> bool:
    """Is there something left to do for a summary?"""
    return view is not None and (view.state in _GOES_ON or view.unchecked)


class SummarizePane(Pane):
    """Wires the parts to the core. Signals: ``models_wanted()``: the user wants another model."""

    models_wanted = Signal()
    new_verb = "summary_new"

    def __init__(self, core: Core, bridge: Bridge, theme: Theme, actions: Actions, notices: NoticeBar) -> None:
        super().__init__()
        self._core = core
        self._actions = actions
        self._notices = notices
        self.job: int | None = None
        self._started = False  # before that the core has no summaries
        self.keys_elsewhere = False  # another pane for documents is shown, and the keys are its
        self._running = False
        self._run_action, self._stop_action = QAction(self), QAction(self)
        self.list = SummaryList(theme, actions, find=self._find)
        self.source = SourcePanel(theme, actions)
        self.opening = Opening(core, self.source, self)
        self.result = SummaryPanel(theme, actions)
        self.card = SummaryCard(theme, run=self._run_action, stop=self._stop_action, go_on=actions["summary_go_on"])
        self.room = AskRoom(core, theme, actions, self)
        self.planning = Planning(
            core, self, say=plan_words,
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
        self._connect_actions()
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
        self.opening.failed.connect(self._say)
        self.page.dropped.connect(self.open_file)
        self.page.view_changed.connect(lambda _: self._view_changed())
        self.list.chosen.connect(self._chosen)
        self.list.delete_wanted.connect(self.delete)
        self.list.undo_wanted.connect(self.undo_delete)
        self.card.choices.changed.connect(self._options_changed)
        self.result.lit.connect(self.source.highlight)
        self.result.place_wanted.connect(self._show_source)
        self.result.welcome.example_chosen.connect(self._example)
        self.result.welcome.models_wanted.connect(self.models_wanted)
        self.planning.changed.connect(self._show_plan)
        room = self.room
        room.panel.lit.connect(self.source.highlight)
        room.panel.place_wanted.connect(self._show_source)
        room.panel.transcript.link_activated.connect(self._open_link)
        room.composer.refused.connect(self._refused)
        room.changed.connect(self._show_state)
        room.wanted.connect(self.ask)
        room.failed.connect(self._say)

    def _connect_actions(self) -> None:
        self._run_action.triggered.connect(lambda _=False: self._begin())
        self._stop_action.triggered.connect(lambda _=False: self.stop())
        verbs = {
            "summary_open": lambda: self.opening.choose(self.page.window()),
            "summary_paste": self.paste,
            "summary_new": self.new,
            "summary_edit": self._edit,
            "summary_go_on": self.go_on,
            "summary_export": self.export,
        }
        for verb, slot in verbs.items():
            self._actions[verb].triggered.connect(lambda _=False, slot=slot: None if self.keys_elsewhere else slot())
        here = {
            "next": lambda: self.list.step(1),
            "previous": lambda: self.list.step(-1),
            "delete": lambda: self.delete(self.job),
            "copy_answer": self.copy,
        }
        for verb, slot in here.items():  # which mean something else in another pane
            self._actions[verb].triggered.connect(lambda _=False, slot=slot: slot() if self.current else None)

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        view = self._view()
        if view is not None and view.title:
            return view.title
        document = self.opening.document
        if document is not None and document.title:
            return document.title
        return self.opening.name or tr("New summary")

    def shown(self) -> None:
        self._show_state()

    def focus(self) -> None:
        if self.page.view == "ask":
            self.room.composer.input.setFocus()
        elif self.page.narrow and self.page.view == "result" and self.job is not None:
            self.result.output.setFocus()
        else:
            if self.page.narrow and self.job is None:
                self.page.show_view("source")
            self.source.focus_text()

    def search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def retranslate(self) -> None:
        self._run_action.setText(tr("Summarize"))
        self._run_action.setToolTip(tip(tr("Summarize"), self._actions["send"]))
        self._stop_action.setText(tr("Stop"))
        self._stop_action.setToolTip(tip(tr("Stop"), self._actions["stop"]))
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
        self.keys_elsewhere = elsewhere
        self._show_state()

    def start(self) -> None:
        """The core runs: show what it has, and read what was typed before."""
        self._started = True
        self._show_rows()
        self.opening.start()

    # -------------------------------------------------------------- a document comes

    def open_file(self, path: Path) -> None:
        """Open a file, which is then summarized when the user wants that."""
        self._choose_afresh()
        self._leave_job()
        self.opening.open_file(path)
        if self.page.narrow:
            self.page.show_view("source")

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self._choose_afresh()
        self._leave_job()
        self.opening.paste()
        if self.page.narrow:
            self.page.show_view("source")

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

    def _edit(self) -> None:
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

    @property
    def _plan_wanted(self) -> bool:
        """A plan takes a model: none is loaded to look at an old summary, or because the program starts."""
        return self.job is None and not self.opening.restored

    def run(self) -> None:
        """Summarize what is there, or go on with what was stopped; or ask what is written below."""
        if self.page.view == "ask":
            self.ask()
            return
        self.card.choices.flush()
        if self._continues:
            self.go_on()
        else:
            self._begin()

    def _begin(self) -> None:
        if not self._running:
            self.card.choices.flush()
            self.opening.read(self._start)

    @property
    def _continues(self) -> bool:
        """Whether the shown summary can go on, and nothing else is asked for than it was begun with."""
        view, document = self._view(), self.opening.document
        if view is None or view.state not in _GOES_ON:
            return False
        same = document is None or document.digest == view.document
        return same and self.card.choices.options() == view.options

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
        self.opening.summarized()
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
        elif self._core.engine_view().phase is Phase.LOADING:
            self._core.stop_loading()
        else:
            return self.list.clear_search()
        return True

    def go_on(self) -> None:
        """Take a summary up again that was stopped or interrupted."""
        view = self._view()
        if self.job is not None and _goes_on(view):
            self._core.summaries.go_on(self.job)
            self._show_job()

    def _options_changed(self) -> None:
        self._keep_options()
        self._show_ways()
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

    def _view(self) -> SummaryView | None:
        """The summary that is shown; a document that was only asked about has none."""
        view = self._core.summaries.view(self.job) if self._started and self.job is not None else None
        return view if view is not None and not view.questions else None

    def _job_changed(self, job: int) -> None:
        if job == self.job:
            self._show_job()

    def _show_job(self) -> None:
        view = self._view()
        self._running = view is not None and view.state is JobState.RUNNING
        self.card.set_busy(busy=self._running)
        if view is None:
            self.result.show_welcome()
        else:
            self._show_view(view)
        self._show_state()

    def _show_view(self, view: SummaryView) -> None:
        self.result.show_text(view.text, growing=self._running)
        self.result.show_progress(view.done, view.total, running=self._running)
        document = self.opening.document
        if view.linked is not None and document is not None and document.digest == view.document:
            self.source.show_coverage(view.linked.coverage)
            self.result.show_links(view.linked.sentences, self.source.bar.share, document.text)
        elif view.linked is None:
            self.result.show_links((), None, "")
        self.result.show_trouble(self._trouble(view))
        if self._running:
            self.card.show_progress(view)

    def _trouble(self, view: SummaryView) -> str:
        """What there is to say beside the text."""
        if view.error is not None:
            words = [errors.sentence(view.error)]
        else:
            words = [summaries.state(view.state.value)] if view.state is not JobState.RUNNING else []
        words.append(problem_words(view.problems))
        if view.unchecked:
            words.append(summaries.unchecked())
        if view.state is JobState.DONE and view.share < 1:
            percent = max(1, round(100 * view.share))
            words.append(tr("A quick look: {percent} % of the document was read.", percent=percent))
        return sentences(*words)

    def _show_source(self, source: Source) -> None:
        """A passage is to be seen."""
        if self.page.narrow:
            self.page.show_view("source")
        self.source.highlight([(source.start, source.end)])
        self.source.reveal(source.start)

    def _find(self, words: str) -> set[int]:
        return self._core.summaries.search(words) if self._started else set()

    def _show_rows(self) -> None:
        if not self._started:
            return
        self.list.show_rows(self._core.summaries.rows())
        self.list.mark(self.job)
        self.room.talk.refresh()

    # -------------------------------------------------------------- what can be done with one

    def copy(self) -> None:
        """Copy the summary, or the last answer about the document."""
        text = self.room.last_answer() if self.page.view == "ask" else self.result.output.text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def export(self) -> None:
        """Write the summary into a file."""
        view = self._view()
        if view is not None and view.text:
            export_summary(
                self._core, self.page.window(), self._notices, view, said=lambda words: self._exported(view, words)
            )

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
        self._core.delete_summary(job)
        if view.questions:
            self.room.reload(view.document)
        self._show_rows()

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        job = self._core.summaries.undo_remove()
        if job is not None:
            self._notices.clear("deleted")
            self._show_rows()
            self._chosen(job)

    # -------------------------------------------------------------- asking

    def ask(self) -> None:
        """Ask what is written in the field below."""
        if self.room.may_ask():
            self.opening.read(self.room.ask)

    # -------------------------------------------------------------- small things

    def _kind(self) -> Kind:
        return kind_of(self._core.chosen_model(), known=self._core.models.known)

    def _show_kind(self) -> None:
        self.result.welcome.show_kind(self._kind(), [sample.words() for sample in SAMPLES])

    def _models_changed(self) -> None:
        self._show_kind()
        if self._plan_wanted:
            self.planning.want()

    def _view_changed(self) -> None:
        self._show_state()
        if self.page.view == "ask":
            self.source.highlight(())
            self.room.composer.input.setFocus()
        elif self.page.view == "result":
            self.result.light()

    def _show_state(self) -> None:
        """What can be done now."""
        self._show_plan()
        view = self._view()
        self._show_ways()
        self._run_action.setEnabled(not self.opening.empty)
        self.result.welcome.show_document(there=not self.opening.empty)
        has_text = view is not None and bool(view.text)
        if not self.keys_elsewhere:
            self._actions["summary_export"].setEnabled(has_text and not self._running)
            self._actions["summary_go_on"].setEnabled(_goes_on(view))
            self._actions["summary_edit"].setEnabled(self.opening.editable)
        if not self.current:
            return
        asking = self.page.view == "ask"
        self._actions["copy_answer"].setEnabled(bool(self.room.last_answer()) if asking else has_text)
        self._actions["send"].setEnabled(self.room.ready or not asking)
        for verb in ("regenerate", "edit_last"):
            self._actions[verb].setEnabled(False)

    def _show_ways(self) -> None:
        view, continues = self._view(), self._continues
        self.card.show_ways(can_go_on=_goes_on(view), main=continues)
        self._run_action.setText(tr("Start over") if continues else tr("Summarize"))
        words = tr("Summarize the document anew") if continues else tip(tr("Summarize"), self._actions["send"])
        self._run_action.setToolTip(words)

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "send_with_enter" in keys:
            self.room.composer.set_sends_with_enter(self._core.settings["send_with_enter"])

    def _open_link(self, address: str) -> None:
        ask_to_open(self.page, address, lambda: QDesktopServices.openUrl(QUrl(address)))

    def _refused(self, sentence: str) -> None:
        self._notices.post(Notice("paste", NoticeLevel.WARNING, sentence))

    def _say(self, error: AssistantError) -> None:
        self._notices.post(Notice("summarize", NoticeLevel.ERROR, errors.sentence(error), error.detail))
