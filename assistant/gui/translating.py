"""The way to the Translate pane, which is made when it is first needed, and to its windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.main_window import MainWindow
    from assistant.gui.panes.translate import TranslatePane
    from assistant.gui.theme import Theme

_ABOUT_ONE = ("edit", "redo", "versions", "back", "next", "previous", "keep")


class Translating(QObject):
    """Makes the pane, and leads to it what is meant for it before it is there."""

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._bridge = bridge
        self._theme = theme
        self.pane: TranslatePane | None = None
        self._started = False
        verbs = window.verbs
        verbs["translate_glossaries"].triggered.connect(lambda _=False: self.show_glossaries())
        verbs["translate_memory"].triggered.connect(lambda _=False: self.show_memory())
        for verb in _ABOUT_ONE:
            verbs[f"translate_{verb}"].setEnabled(False)  # until there is something to do it with

    def make_pane(self) -> TranslatePane:
        """The pane, made now."""
        from assistant.gui.panes.translate import TranslatePane  # noqa: PLC0415 - most starts never need it

        window = self._window
        pane = TranslatePane(self._core, self._bridge, self._theme, window.verbs, window.notices)
        pane.setParent(window)
        pane.models_wanted.connect(lambda: window.navigation.show_models("catalog"))
        pane.glossaries_wanted.connect(self.show_glossaries)
        pane.memory_wanted.connect(self.show_memory)
        self.pane = pane
        if self._started:
            pane.start()
        pane.retranslate()
        return pane

    def start(self) -> None:
        """The core runs."""
        self._started = True
        if self.pane is not None:
            self.pane.start()

    def show(self) -> TranslatePane:
        """Show the pane."""
        self._window.frame.show_pane("translate")
        assert self.pane is not None
        return self.pane

    def open_file(self, path: Path) -> None:
        """A file was dropped on the window while the pane is shown."""
        self.show().open_file(path)

    def undo_delete(self) -> None:
        """Bring back the translation that was deleted last, and show it."""
        self.show().undo_delete()

    def keep(self) -> None:
        """The window closes."""
        if self.pane is not None:
            self.pane.keep()

    def left(self) -> None:
        """Another pane is shown: what is about a sentence, or what is typed, means nothing there."""
        for verb in _ABOUT_ONE:
            self._window.verbs[f"translate_{verb}"].setEnabled(False)

    def show_glossaries(self) -> None:
        """Show the glossaries and their terms; the one that was made meanwhile is used where none was chosen."""
        from assistant.gui.glossaries import GlossariesDialog  # noqa: PLC0415 - rarely needed

        before = {row.id for row in self._core.glossaries.rows()}
        dialog = GlossariesDialog(self._window, self._core, self._bridge, self._theme)
        dialog.finished.connect(lambda _: self._use_new(before))
        dialog.open()

    def _use_new(self, before: set[int]) -> None:
        new = [row.id for row in self._core.glossaries.rows() if row.id not in before]
        if self.pane is not None and len(new) == 1:
            self.pane.card.choices.use_glossary(new[0])

    def show_memory(self) -> None:
        """Show what was translated by hand."""
        from assistant.gui.translation_memory import MemoryDialog  # noqa: PLC0415 - rarely needed

        MemoryDialog(self._window, self._core, self._bridge, self._theme).open()
