"""What can be done in the Summarize pane now, and what its keys and buttons are called meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from assistant.core.summary.views import JobState, SummaryView
from assistant.gui.actions import tip
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.panes.summarize import SummarizePane

_GOES_ON = (JobState.STOPPED, JobState.WAITING, JobState.FAILED)


def goes_on(view: SummaryView | None) -> bool:
    """Is there something left to do for a summary?"""
    return view is not None and (view.state in _GOES_ON or view.unchecked)


class SummarizeVerbs(QObject):
    """Leads the window's actions to the pane, and shows which of them can be used.

    :ivar elsewhere: another pane for documents is shown, and the keys are its.
    """

    def __init__(self, pane: SummarizePane, actions: Actions) -> None:
        super().__init__(pane)
        self._pane = pane
        self._actions = actions
        self.elsewhere = False
        self.run, self.stop = QAction(self), QAction(self)

    def connect_all(self) -> None:
        """The pane has its parts."""
        pane = self._pane
        self.run.triggered.connect(lambda _=False: pane.begin())
        self.stop.triggered.connect(lambda _=False: pane.stop())
        verbs = {
            "summary_open": lambda: pane.opening.choose(pane.page.window()),
            "summary_paste": pane.paste,
            "summary_new": pane.new,
            "summary_edit": pane.edit,
            "summary_go_on": pane.go_on,
            "summary_export": pane.export,
        }
        self._actions.lead(verbs, when=lambda: not self.elsewhere)
        here = {  # which mean something else in another pane
            "next": lambda: pane.list.step(1),
            "previous": lambda: pane.list.step(-1),
            "delete": lambda: pane.delete(pane.job),
            "copy_answer": pane.copy,
        }
        self._actions.lead(here, when=lambda: pane.current)

    def retranslate(self) -> None:
        self.run.setText(tr("Summarize"))
        self.run.setToolTip(tip(tr("Summarize"), self._actions["send"]))
        self.stop.setText(tr("Stop"))
        self.stop.setToolTip(tip(tr("Stop"), self._actions["stop"]))

    @property
    def continues(self) -> bool:
        """Whether the shown summary can go on, and nothing else is asked for than it was begun with."""
        pane = self._pane
        view, document = pane.view(), pane.opening.document
        if view is None or view.state not in _GOES_ON:
            return False
        same = document is None or document.digest == view.document
        return same and pane.card.choices.options() == view.options

    def show_state(self) -> None:
        """What can be done now."""
        pane, actions = self._pane, self._actions
        view = pane.view()
        self.show_ways()
        self.run.setEnabled(not pane.opening.empty)
        pane.result.welcome.show_document(there=not pane.opening.empty)
        asking = pane.page.view == "ask"
        has_text = view is not None and bool(view.text)
        if not self.elsewhere:
            running = view is not None and view.state is JobState.RUNNING
            actions["summary_export"].setEnabled(pane.room.talk.answered if asking else has_text and not running)
            self._name("summary_export", tr("Export the answers…") if asking else tr("Export the summary…"))
            actions["summary_go_on"].setEnabled(goes_on(view))
            actions["summary_edit"].setEnabled(pane.opening.editable)
        if not pane.current:
            return
        actions["copy_answer"].setEnabled(bool(pane.room.last_answer()) if asking else has_text)
        actions["send"].setEnabled(pane.room.ready or not asking)
        for verb in ("regenerate", "edit_last"):
            actions[verb].setEnabled(False)

    def show_ways(self) -> None:
        """Whether to begin or to go on is what one means."""
        view, continues = self._pane.view(), self.continues
        self._pane.card.show_ways(can_go_on=goes_on(view), main=continues)
        unchecked = view is not None and view.unchecked
        self._name("summary_go_on", tr("Check the sentences again") if unchecked else tr("Resume the summary"))
        self.run.setText(tr("Start over") if continues else tr("Summarize"))
        again = continues or (view is not None and bool(view.text))
        words = tr("Summarize again; this summary stays in the list") if again else tr("Summarize")
        self.run.setToolTip(words if continues else tip(words, self._actions["send"]))

    def _name(self, verb: str, words: str) -> None:
        """Call an action by what it does now."""
        action = self._actions[verb]
        if action.text() != words:
            action.setText(words)
            action.setToolTip(tip(words, action))
