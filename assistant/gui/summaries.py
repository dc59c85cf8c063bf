"""The way to the Summarize pane, which is made when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.main_window import MainWindow
    from assistant.gui.panes.summarize import SummarizePane
    from assistant.gui.theme import Theme


_ABOUT_ONE = ("summary_edit", "summary_go_on", "summary_export")


class Summarizing(QObject):
    """Makes the pane, and leads to it what is meant for it before it is there."""

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._bridge = bridge
        self._theme = theme
        self.pane: SummarizePane | None = None
        self._started = False
        for verb in ("summary_open", "summary_paste", "summary_new"):
            action = window.verbs[verb]
            action.triggered.connect(lambda _=False, action=action: self._begin(action))
        self.give_keys(elsewhere=False)

    def make_pane(self) -> SummarizePane:
        """The pane, made now."""
        from assistant.gui.panes.summarize import SummarizePane  # noqa: PLC0415 - most starts never need it

        window = self._window
        pane = SummarizePane(self._core, self._bridge, self._theme, window.verbs, window.notices)
        pane.setParent(window)
        pane.models_wanted.connect(lambda: window.navigation.show_models("catalog"))
        pane.retranslate()
        self.pane = pane
        if self._started:
            pane.start()
        return pane

    def start(self) -> None:
        """The core runs."""
        self._started = True
        if self.pane is not None:
            self.pane.start()

    def give_keys(self, *, elsewhere: bool) -> None:
        """Whether another pane for documents has the keys now."""
        if self.pane is not None:
            self.pane.give_keys(elsewhere=elsewhere)
        elif not elsewhere:
            for verb in _ABOUT_ONE:
                self._window.verbs[verb].setEnabled(False)  # until there is something to do it with

    def show(self) -> SummarizePane:
        """Show the pane."""
        self._window.frame.show_pane("summarize")
        assert self.pane is not None
        return self.pane

    def open_file(self, path: Path) -> None:
        """A file was dropped on the window."""
        self.show().open_file(path)

    def undo_delete(self) -> None:
        """Bring back the summary that was deleted last, and show it."""
        self.show().undo_delete()

    def keep(self) -> None:
        """The window closes."""
        if self.pane is not None:
            self.pane.keep()

    def _begin(self, action: object) -> None:
        """One of the keys that lead here from anywhere; the pane hears of it too if it is there already."""
        if self._window.frame.current == "translate":
            return  # where the keys mean the same of translations
        made = self.pane is None
        pane = self.show()
        if made:
            verbs = self._window.verbs
            acts = {
                verbs["summary_open"]: lambda: pane.opening.choose(self._window),
                verbs["summary_paste"]: pane.paste,
                verbs["summary_new"]: pane.new,
            }
            acts[action]()  # type: ignore[index]
