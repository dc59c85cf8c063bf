"""What can be done in the Translate pane now, and where its keys and buttons lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import JobState
from assistant.gui.actions import key_name, tip
from assistant.gui.translating.live import MOST
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.panes.translate import TranslatePane

GOES_ON = (JobState.STOPPED, JobState.WAITING, JobState.FAILED)


class TranslateVerbs(QObject):
    """Leads the window's actions to the pane, and shows which of them can be used."""

    def __init__(self, pane: TranslatePane, actions: Actions) -> None:
        super().__init__(pane)
        self._pane = pane
        self._actions = actions
        self.run, self.stop = QAction(self), QAction(self)

    def connect_all(self) -> None:
        """The pane has its parts."""
        pane = self._pane
        self.run.triggered.connect(lambda _=False: pane.begin())
        self.stop.triggered.connect(lambda _=False: pane.stop())
        pane.segment_actions.connect_verbs(self._actions, lambda: pane.current)
        verbs: dict[str, Callable[[], object]] = {
            "translate_open": lambda: pane.opening.choose(pane.page.window(), pane.open_file),
            "translate_paste": pane.paste,
            "translate_new": pane.new,
            "translate_text": pane.edit,
            "translate_go_on": pane.go_on,
            "translate_export": pane.keeping.export,
        }
        self._actions.lead(verbs)
        here: dict[str, Callable[[], object]] = {  # which mean something else, or nothing, in another pane
            "translate_swap": pane.swap,
            "translate_live": pane.switch_live,
            "translate_keep": pane.keeping.keep_typed,
            "translate_shade": lambda: pane.shade(on=not pane.result.output.shaded),
            "next": lambda: pane.list.step(1),
            "previous": lambda: pane.list.step(-1),
            "delete": lambda: pane.delete(pane.job),
            "copy_answer": pane.keeping.copy,
        }
        self._actions.lead(here, when=lambda: pane.current)

    def retranslate(self) -> None:
        self.run.setText(tr("Translate"))
        self.run.setToolTip(tip(tr("Translate"), self._actions["send"]))
        self.stop.setText(tr("Stop"))
        self.stop.setToolTip(tip(tr("Stop"), self._actions["stop"]))

    @property
    def continues(self) -> bool:
        """Whether the shown translation can go on, and nothing else is asked for than it was begun with."""
        pane = self._pane
        view, document = pane.view(), pane.opening.document
        if view is None or not view.id or view.state not in GOES_ON:
            return False
        if document is None:
            return not pane.wanted_anew
        return document.digest == view.document and pane.options() == view.options

    @property
    def waits(self) -> str:
        """That live mode does not translate so long a text by itself, in words; empty: it does, or that was asked."""
        pane = self._pane
        view, document = pane.view(), pane.opening.document
        asked = view is not None and document is not None and document.digest == view.document
        if asked or pane.busy or not pane.live.on or pane.live.fits or not pane.source.writing:
            return ""
        return tr(
            "Live mode translates up to {n} characters by itself. Press {key} to translate this text.",
            n=MOST, key=key_name(self._actions["send"]),
        )  # fmt: skip

    def show_state(self) -> None:
        """What can be done now."""
        pane, actions = self._pane, self._actions
        view, continues = pane.view(), self.continues
        pane.card.show_ways(can_go_on=continues)
        self.run.setEnabled(not pane.opening.empty or continues or pane.wanted_anew)
        pane.result.welcome.show_document(there=not pane.opening.empty)
        done = view is not None and view.done > 0
        enabled = {
            "export": done and (bool(pane.job) or not pane.busy), "go_on": continues,
            "text": pane.source.reading and view is not None and view.format == "text",
        }  # fmt: skip
        for verb, on in enabled.items():
            actions[f"translate_{verb}"].setEnabled(on)
        pane.source.edit.setVisible(enabled["text"])
        pane.result.keep.setVisible(pane.job == LIVE)  # every other is in the history
        if not pane.current:
            return
        for verb, on in enabled.items():
            actions["summary_edit" if verb == "text" else f"summary_{verb}"].setEnabled(on)
        actions["translate_keep"].setEnabled(done and pane.job == LIVE and not pane.busy)
        actions["copy_answer"].setEnabled(done)
        actions["send"].setEnabled(True)
        for verb in ("regenerate", "edit_last"):
            actions[verb].setEnabled(False)
        pane.segment_actions.show_state()
