"""The ways to what is about models: the pane, and the windows for connections, the token, options, the first start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.dialogs import ask_to_open
from assistant.gui.widgets.safe_text import safe_link
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge
    from assistant.gui.main_window import MainWindow
    from assistant.gui.models.guide import Guide
    from assistant.gui.models.importing import Importer
    from assistant.gui.panes.models import ModelsPane
    from assistant.gui.panes.pane import Pane
    from assistant.gui.theme import Theme


GUIDE_SEEN = "guide_seen"  # in the state file
IDLE_MS = 60  # between two modules


class ModelNavigation(QObject):
    """Makes what it leads to when somebody goes there.

    :ivar pane: the models pane, None: nobody has been there yet. ``guide``: the guide while it is shown.
    """

    def __init__(self, window: MainWindow, core: Core, bridge: Bridge, theme: Theme, importer: Importer) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._bridge = bridge
        self._theme = theme
        self._importer = importer
        self.pane: ModelsPane | None = None
        self.guide: Guide | None = None
        self._loading = _load()

    def prepare(self) -> None:
        """Load the code of the pane bit by bit, so that the first visit is quick."""
        try:
            next(self._loading)
        except StopIteration:
            return
        QTimer.singleShot(IDLE_MS, self, self.prepare)

    def make_pane(self) -> Pane:
        """The models pane."""
        from assistant.gui.panes.models import ModelsPane  # noqa: PLC0415 - most starts never need it

        pane = self.pane = ModelsPane(self._core, self._bridge, self._theme, self._window.notices, self._importer)
        pane.setParent(self)
        pane.connections_wanted.connect(self.show_connections)
        pane.token_wanted.connect(self.show_token)
        pane.link_wanted.connect(self.open_link)
        pane.options_wanted.connect(self.show_options)
        pane.settings_wanted.connect(self._window.show_setting)
        return pane

    def show_models(self, view: str = "") -> None:
        """Show the models, in one of the views installed, catalog and hub if it is named."""
        self._window.frame.show_pane("models")
        assert self.pane is not None
        if view:
            self.pane.show_view(view)
        self.pane.focus()

    def search_hub(self, text: str) -> None:
        """Show what the Hub has for these words, or at this address."""
        self.show_models("hub")
        assert self.pane is not None
        self.pane.search_hub(text)

    def show_connections(self) -> None:
        """Show what was connected to, and the switch that refuses it."""
        from assistant.gui.models.connections import ConnectionsDialog  # noqa: PLC0415 - rarely needed

        dialog = ConnectionsDialog(self._window, self._core, self._theme)
        dialog.token_wanted.connect(self.show_token)
        dialog.open()

    def pause_or_resume(self) -> None:
        """Pause the downloads or go on with them, and say which: they may not be on the screen."""
        key = "downloads"
        try:
            going = self._core.downloads.pause_or_resume()
        except AssistantError as error:
            self._window.notices.post(Notice(key, NoticeLevel.ERROR, errors.sentence(error), error.detail))
            return
        said = {
            None: tr("Nothing is being downloaded."),
            True: tr("The downloads are resumed."),
            False: tr("The downloads are paused."),
        }
        self._window.notices.post(Notice(key, NoticeLevel.INFO, said[going]))

    def show_token(self) -> None:
        """Ask for the Hub's access token."""
        from assistant.gui.models.connections import TokenDialog  # noqa: PLC0415 - rarely needed

        dialog = TokenDialog(self._window, self._core, self._theme)
        dialog.link_wanted.connect(self.open_link)
        dialog.changed.connect(self._token_changed)
        dialog.open()

    def _token_changed(self) -> None:
        """What waited for a token goes on with it."""
        if self.pane is not None:
            self.pane.token_changed()
        try:
            self._core.downloads.resume_gated()
        except AssistantError as error:
            self._window.notices.post(Notice("downloads", NoticeLevel.ERROR, errors.sentence(error), error.detail))

    def show_options(self, key: str) -> None:
        """Show the options of one model."""
        from assistant.gui.models.options import ModelOptionsDialog  # noqa: PLC0415 - rarely needed

        ModelOptionsDialog(self._window, self._core, self._theme, key).open()

    def show_guide(self) -> None:
        """Show the guide of the first start."""
        from assistant.gui.models.guide import Guide  # noqa: PLC0415 - once, and when it is asked for

        chat = self._window.chat
        if self.guide is None:
            guide = self.guide = Guide(self._core, self._bridge, self._theme)
            guide.models_wanted.connect(self.show_models)
            guide.import_wanted.connect(self._importer.choose)
            guide.link_wanted.connect(self.open_link)
            guide.ended.connect(self._guide_ended)
            chat.page.show_guide(guide)
        self._core.state.set(GUIDE_SEEN, True)

    def open_guide(self) -> None:
        """Show the guide again: the user asked for it."""
        self._window.frame.show_pane("chat")
        self._window.chat.new()
        self.show_guide()

    def offer_guide(self) -> None:
        """Show the guide if this is the first start: nobody has seen it, and no model was chosen or brought in."""
        others = [model for model in self._core.models.installed() if not (model.demo or model.embeds)]
        if not others and not self._core.state.get(GUIDE_SEEN):
            self.show_guide()

    def retranslate(self) -> None:
        if self.guide is not None:
            self.guide.retranslate()

    def _guide_ended(self) -> None:
        self.guide = None
        self._window.chat.page.show_guide(None)
        self._window.chat.focus()

    def open_link(self, address: str) -> None:
        """Ask whether an address may be opened in the browser."""
        safe = safe_link(address)
        if safe:
            ask_to_open(self._window, safe)


def _load() -> Iterator[None]:
    """Import the pane's modules, one at a time."""
    from assistant.gui.widgets.models import parts  # noqa: F401, PLC0415

    yield
    from assistant.gui.widgets.models import side  # noqa: F401, PLC0415

    yield
    from assistant.gui.models import operations  # noqa: F401, PLC0415

    yield
    from assistant.gui.widgets.models import installed, offer, repo  # noqa: F401, PLC0415

    yield
    from assistant.gui.panes import models  # noqa: F401, PLC0415
