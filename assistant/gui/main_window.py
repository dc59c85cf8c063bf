"""The main window: who talks to whom. Its layout is the frame's, what happens in a pane is the pane's."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from assistant.core.events import NoticeAction
from assistant.gui.actions import Actions
from assistant.gui.dropping import document_in, files_in, hub_address_in, models_in, take_copy
from assistant.gui.frame import Frame
from assistant.gui.panes.pane import NOT_TAKEN
from assistant.gui.placement import place, placement_of
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assistant.core.core import Core
    from assistant.core.events import Notice
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme

SMALLEST = QSize(720, 480)
_SIZE_STEP, _SIZES = 10, (80, 200)  # percent
_IDLE_AFTER_MS = 1500
_DOCUMENTS = ("summarize", "translate")  # the panes with a document, and work of their own to stop
_THERE = {"models": (NoticeAction.OPEN_MODELS,), "chat": (NoticeAction.OPEN_CHAT, NoticeAction.RETRY)}
"""What stands or leads to where one is on a pane, and is no button of a notice there."""
_WINDOW, _PANE, _LIST, _LIST_WIDTH = "window", "pane", "list_shown", "list_width"  # in the state file


class MainWindow(QMainWindow):
    """The window with its object name ``mainWindow``. It can be shown before it is furnished.

    Signals:
        closed(): the user has closed the window; the program ends.
        report_wanted(): the user wants to see the report of a crash.

    :param kept: what the state file holds.
    """

    closed = Signal()
    report_wanted = Signal()

    def __init__(self, theme: Theme, kept: Mapping[str, Any]) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self.setWindowTitle(tr("Lamplight"))
        self._theme = theme
        theme.dress(self)
        self._loading_begun = False
        self.verbs = Actions(self)
        self.frame = Frame(theme, self.verbs)
        self.setCentralWidget(self.frame)
        self.frame.rail.add("chat", self.verbs["chat"], "message-square")
        self.frame.rail.add("summarize", self.verbs["summarize"], "scroll-text")
        self.frame.rail.add("translate", self.verbs["translate"], "languages")
        self.frame.rail.add("models", self.verbs["models"], "box")
        self.frame.rail.add("settings", self.verbs["settings"], "settings", at_bottom=True)
        self.frame.list_wanted = kept.get(_LIST) is not False
        self.frame.set_list_width(kept.get(_LIST_WIDTH))
        self.frame.retranslate()
        place(self, kept.get(_WINDOW))

    def furnish(self, core: Core, bridge: Bridge) -> None:
        """Put in the panes and connect everything."""
        from assistant.gui.document_panes import LazySummarize, LazyTranslate  # noqa: PLC0415 - the frame comes first
        from assistant.gui.models.importing import Importer  # noqa: PLC0415
        from assistant.gui.models.navigation import ModelNavigation  # noqa: PLC0415
        from assistant.gui.notices import NoticeBar  # noqa: PLC0415
        from assistant.gui.panes.chat import ChatPane  # noqa: PLC0415
        from assistant.gui.panes.settings import SettingsPane  # noqa: PLC0415

        self._core, self._bridge = core, bridge
        self.notices = NoticeBar(self._theme)
        self.frame.add_notices(self.notices)
        self.importer = Importer(self, core, self.notices)
        self.chat = ChatPane(core, bridge, self._theme, self.verbs)
        self.settings = SettingsPane(core, bridge, self._theme)
        self.frame.add("chat", self.chat)
        self.frame.add("settings", self.settings)
        self.navigation = ModelNavigation(self, core, bridge, self._theme, self.importer)
        self.frame.add_later("models", self.navigation.make_pane)
        self.summarizing = LazySummarize(self, core, bridge, self._theme)
        self.frame.add_later("summarize", self.summarizing.make_pane)
        self.translating = LazyTranslate(self, core, bridge, self._theme)
        self.frame.add_later("translate", self.translating.make_pane)
        self._connect_verbs()
        self._connect(bridge)
        self._show_offline()
        for pane in (self.chat, self.settings):
            pane.setParent(self)
            pane.retranslate()
        kept = core.state.get(_PANE)
        self.frame.show_pane(kept if kept in ("settings", *_DOCUMENTS) else "chat")
        self.frame.pane.focus()

    def _connect_verbs(self) -> None:
        frame = self.frame
        slots: dict[str, Callable[[], object]] = {
            "list": frame.toggle_list,
            "search": frame.search,
            "area": frame.next_area,
            "input": self._go_to_input,
            "send": self._run,
            "stop": self._stop,
            "larger": lambda: self._resize_text(+_SIZE_STEP),
            "smaller": lambda: self._resize_text(-_SIZE_STEP),
            "normal": lambda: self._core.settings.reset("text_size"),
            "model": self._pick_model,
            "import": self.importer.choose,
            "load": self._load_or_free,
            "connections": self.navigation.show_connections,
            "downloads": self.navigation.pause_or_resume,
            "guide": self.navigation.open_guide,
            "keys": self._show_keys,
            "about": self._show_about,
            "quit": self.close,
            "new": self._begin_new,
            "undo_delete": self._undo_delete,
        }
        self.verbs.lead(slots)
        self.verbs.share(lambda: frame.current)

    def _connect(self, bridge: Bridge) -> None:
        frame = self.frame
        self.chat.usage_shown.connect(frame.status.meter.show_usage)
        self.chat.notice.connect(self.notices.post)
        self.chat.paste_refused.connect(self._offer_document)
        self.chat.notice_settled.connect(self.notices.clear)
        self.chat.models_wanted.connect(lambda: self.navigation.show_models("catalog"))
        frame.header.picker.picked.connect(self._core.chosen.pick)
        frame.header.picker.models_wanted.connect(self.navigation.show_models)
        frame.status.offline_wanted.connect(self.navigation.show_connections)
        self.settings.connections_wanted.connect(self.navigation.show_connections)
        self.settings.token_wanted.connect(self.navigation.show_token)
        self.notices.chosen.connect(self._act)
        self.notices.left.connect(self._focus_page)
        frame.pane_changed.connect(self._pane_changed)
        bridge.engine_changed.connect(self._show_engine)
        bridge.models_changed.connect(self._show_models)
        bridge.notice_posted.connect(self._post)
        bridge.notice_cleared.connect(self.notices.clear)
        bridge.settings_changed.connect(self._settings_changed)

    # -------------------------------------------------------------- life

    def start(self) -> None:
        """The core runs: show what it has."""
        self.chat.start()
        self.chat.welcome.follow(self._core.downloads, self._bridge.downloads_changed)
        self.summarizing.start()
        self.translating.start()
        self._show_models()
        QTimer.singleShot(_IDLE_AFTER_MS // 2, self.chat, self.chat.prepare)
        QTimer.singleShot(_IDLE_AFTER_MS, self.settings, self.settings.prepare)
        QTimer.singleShot(2 * _IDLE_AFTER_MS, self.navigation, self.navigation.prepare)

    def transcript_text(self) -> str:
        """What the chat shows, as plain text."""
        return self.chat.transcript.plain_text()

    def come_to_front(self, token: str = "") -> None:
        """Be seen: another start of the program asked for it.

        :param token: what a Wayland desktop gave the other start; without it the window may only ask for attention.
        """
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self.setWindowState((self.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        state = self._core.state
        state.set(_WINDOW, placement_of(self))
        state.set(_LIST, self.frame.list_wanted)
        state.set(_LIST_WIDTH, self.frame.list_width())
        self.chat.keep()
        self.summarizing.keep()
        self.translating.keep()
        event.accept()
        self.hide()  # what is put away at the end need not be watched
        self.closed.emit()

    # -------------------------------------------------------------- what keys and buttons do

    def retranslate(self) -> None:
        """Take the words of the current language, everywhere."""
        self.verbs.retranslate()
        self.frame.retranslate()
        self.navigation.retranslate()

    def _go_to_input(self) -> None:
        if self.frame.current not in _DOCUMENTS:
            self.frame.show_pane("chat")
        self.frame.pane.focus()

    def _pick_model(self) -> None:
        if not self.frame.pane.with_model:
            self.frame.show_pane("chat")
        self.frame.header.picker.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.frame.header.picker.showPopup()

    def _show_keys(self) -> None:
        from assistant.gui.dialogs import KeysDialog  # noqa: PLC0415 - rarely needed

        KeysDialog(self).open()

    def show_setting(self, key: str) -> None:
        """Show the settings, at this one if it is named."""
        self.frame.show_pane("settings")
        if key:
            self.settings.show_setting(key)

    def _offer_document(self, notice: Notice) -> None:
        """A text that is too long for a message can be read as a document."""
        from assistant.gui.notices import Choice  # noqa: PLC0415 - seldom needed

        verb = self.verbs["summary_paste"]
        self.notices.post(notice, Choice(verb.text(), verb.trigger))

    def _show_about(self) -> None:
        self.frame.show_pane("settings")
        self.settings.show_about()

    def _undo_delete(self) -> None:
        at_work = {"summarize": self.summarizing, "translate": self.translating}
        at_work.get(self.frame.current, self.chat).undo_delete()

    def _run(self) -> None:
        self.frame.pane.run()

    def _stop(self) -> None:
        stopping = self.frame.pane if self.frame.current in _DOCUMENTS else self.chat
        if not stopping.stop():
            self.notices.dismiss()

    def _load_or_free(self) -> None:
        phase = self._core.chosen.view.phase.value
        if phase == "loading":
            self._core.chosen.stop_loading()
        elif phase == "ready":
            self._core.chosen.unload()
        elif phase in ("reading", "writing"):
            self._stop()
        elif phase == "measuring":
            self._core.measures.stop()
        else:
            self._core.chosen.load_shown()

    def _resize_text(self, by: int) -> None:
        least, most = _SIZES
        self._core.settings.set("text_size", min(most, max(least, self._core.settings["text_size"] + by)))

    def _focus_page(self) -> None:
        self.frame.pane.focus()

    def _pane_changed(self, name: str) -> None:
        """The picker and the line below are about the model of the pane's task. A notice offers no way to where one is,
        and nothing that stands there as well: at an answer that failed. What one field has not taken is of the past."""
        self._core.state.set(_PANE, name)  # a program that is killed comes back to its place as well
        self.notices.clear(NOT_TAKEN)
        self._core.chosen.show(name if name in _DOCUMENTS else "chat")
        self._show_models()
        self.notices.leave_out(*_THERE.get(name, ()))
        self.summarizing.give_keys(elsewhere=name == "translate")
        if name != "translate":
            self.translating.left()

    def _begin_new(self) -> None:
        """Begin what the pane that is shown is for: a translation, a summary; everywhere else a conversation."""
        verb = self.frame.pane.new_verb
        if verb == "new":
            self._begin_conversation()
        else:
            self.verbs[verb].trigger()

    def _begin_conversation(self) -> None:
        self.frame.show_pane("chat")
        self.chat.new()

    def _act(self, action: NoticeAction, notice: Notice) -> None:
        """What a notice's button does here; the rest is the core's."""
        deleted = {"summary": self.summarizing, "translation": self.translating}
        here: dict[str, Callable[[], object]] = {
            "open_chat": self._begin_conversation,
            "open_models": self.navigation.show_models,
            "open_settings": lambda: self.show_setting(notice.setting),
            "new_conversation": self._begin_conversation,
            "give_token": self.navigation.show_token,
            "show_report": self.report_wanted.emit,
            "undo_delete": deleted.get(notice.subject, self.chat).undo_delete,
        }
        if action.value in here:
            here[action.value]()
        else:
            self._core.actions.act(action, notice)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if models_in(mime) or document_in(mime) is not None or hub_address_in(mime):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Models are brought in, a document is opened, an address of the Hub is looked up there."""
        mime = event.mimeData()
        models = models_in(mime, any_file=self.frame.current == "models")
        document, address = document_in(mime), hub_address_in(mime)
        if models:  # the drag must be over before a dialog opens
            act = partial(self.importer.bring_in, *models)
        elif document is not None:
            here = self.translating if self.frame.current == "translate" else self.summarizing
            act = partial(here.open_one, document, len(files_in(mime)) - 1)
        elif address:
            act = partial(self.navigation.search_hub, address)
        else:
            return
        take_copy(event)
        QTimer.singleShot(0, self, act)

    # -------------------------------------------------------------- what the core tells

    def _show_engine(self) -> None:
        view = self._core.chosen.view
        if self._core.models.known or view.phase.value != "none":
            self.frame.status.show_engine(view)

    def _show_models(self) -> None:
        chosen = self._core.chosen.shown()
        known = self._core.models.known
        if known or chosen is not None:  # before anything is known, "No model" would be a guess
            self.frame.header.picker.show_models(self._core.models.installed(), chosen.key if chosen else "")
        self._show_engine()
        if known and not self._loading_begun:
            self._loading_begun = True
            self._core.chosen.load_at_start()
            self.navigation.offer_guide()

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "offline" in keys:
            self._show_offline()
        if "default_model" in keys:
            self._show_models()

    def _post(self, notice: Notice) -> None:
        """Put up what the core has to say, unless all of it stands on the screen, at the answer that failed."""
        told = notice.actions == (NoticeAction.RETRY,) and not notice.detail
        if not (told and self.frame.current == "chat" and self.chat.tells(int(notice.subject))):
            self.notices.post(notice)

    def _show_offline(self) -> None:
        self.frame.status.show_offline(self._core.network.offline)
