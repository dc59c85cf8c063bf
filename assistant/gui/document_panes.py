"""The ways to the panes that work on documents: each pane is made when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QAction

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.main_window import MainWindow
    from assistant.gui.panes.document_pane import DocumentPane
    from assistant.gui.panes.summarize import SummarizePane
    from assistant.gui.panes.translate import TranslatePane
    from assistant.gui.theme import Theme


class LazyPane(QObject):
    """Makes the pane, and leads to it what is meant for it before it is there.

    :ivar name: of the pane in the rail.
    :ivar about_one: actions that concern what is shown in the pane; before there is anything they cannot be used.
    """

    name: str
    about_one: tuple[str, ...]
    pane: DocumentPane | None

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._bridge = bridge
        self._theme = theme
        self.pane = None
        self._started = False
        self._disable()

    def _made(self) -> DocumentPane:
        """A new pane."""
        raise NotImplementedError

    def make_pane(self) -> DocumentPane:
        """The pane, made now."""
        pane = self._made()
        pane.setParent(self._window)
        pane.models_wanted.connect(lambda: self._window.navigation.show_models("catalog"))
        self.pane = pane
        if self._started:
            self._start(pane)
        return pane

    def start(self) -> None:
        """The core runs."""
        self._started = True
        if self.pane is not None:
            self._start(self.pane)

    def _start(self, pane: DocumentPane) -> None:
        pane.start()
        pane.result.welcome.follow(self._core.downloads, self._bridge.downloads_changed)

    def show(self) -> DocumentPane:
        """Show the pane."""
        self._window.frame.show_pane(self.name)
        assert self.pane is not None
        return self.pane

    def open_one(self, path: Path, others: int) -> None:
        """A file was dropped on the window, and so many others."""
        self.show().open_one(path, others)

    def undo_delete(self) -> None:
        """Bring back what was deleted last in the pane, and show it."""
        self.show().undo_delete()

    def keep(self) -> None:
        """The window closes."""
        if self.pane is not None:
            self.pane.keep()

    def _disable(self) -> None:
        """There is nothing that the actions could be about."""
        for verb in self.about_one:
            self._window.verbs[verb].setEnabled(False)


class LazySummarize(LazyPane):
    """Leads to the Summarize pane."""

    name = "summarize"
    about_one = ("summary_edit", "summary_go_on", "summary_export")
    pane: SummarizePane | None

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window, core, bridge, theme)
        for verb in ("summary_open", "summary_paste", "summary_new"):
            action = window.verbs[verb]
            action.triggered.connect(lambda _=False, action=action: self._begin(action))

    def _made(self) -> SummarizePane:
        from assistant.gui.panes.summarize import SummarizePane  # noqa: PLC0415 - most starts never need it

        return SummarizePane(self._core, self._bridge, self._theme, self._window.verbs, self._window.notices)

    def give_keys(self, *, elsewhere: bool) -> None:
        """Whether another pane for documents has the keys now."""
        if self.pane is not None:
            self.pane.give_keys(elsewhere=elsewhere)
        elif not elsewhere:
            self._disable()

    def _begin(self, action: QAction) -> None:
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
            acts[action]()


class LazyTranslate(LazyPane):
    """Leads to the Translate pane and to its windows."""

    name = "translate"
    about_one = tuple(f"translate_{verb}" for verb in ("edit", "redo", "versions", "back", "next", "previous", "keep"))
    pane: TranslatePane | None

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window, core, bridge, theme)
        window.verbs["translate_glossaries"].triggered.connect(lambda _=False: self.show_glossaries())
        window.verbs["translate_memory"].triggered.connect(lambda _=False: self.show_memory())

    def _made(self) -> TranslatePane:
        from assistant.gui.panes.translate import TranslatePane  # noqa: PLC0415 - most starts never need it

        pane = TranslatePane(self._core, self._bridge, self._theme, self._window.verbs, self._window.notices)
        pane.glossaries_wanted.connect(self.show_glossaries)
        pane.memory_wanted.connect(self.show_memory)
        return pane

    def left(self) -> None:
        """Another pane is shown: what is about a sentence, or what is typed, means nothing there."""
        self._disable()

    def show_glossaries(self) -> None:
        """Show the glossaries and their terms; the one that was made meanwhile is used where none was chosen."""
        from assistant.gui.translating.glossaries import GlossariesDialog  # noqa: PLC0415 - rarely needed

        before = {row.id for row in self._core.glossaries.rows()}
        pair = self.pane.languages.pair if self.pane is not None else None
        dialog = GlossariesDialog(self._window, self._core, self._bridge, self._theme, pair)
        dialog.finished.connect(lambda _: self._use_new(before))
        dialog.open()

    def _use_new(self, before: set[int]) -> None:
        new = [row.id for row in self._core.glossaries.rows() if row.id not in before]
        if self.pane is not None and len(new) == 1:
            self.pane.card.choices.use_glossary(new[0])

    def show_memory(self) -> None:
        """Show what was translated by hand."""
        from assistant.gui.translating.memory import MemoryDialog  # noqa: PLC0415 - rarely needed

        MemoryDialog(self._window, self._core, self._bridge, self._theme).open()
