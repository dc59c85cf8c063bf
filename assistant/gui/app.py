"""Starting the window.

The order, and why:

1. The self-test for a pair of PySide6 and Python that corrupts memory: before any real signal traffic.
2. The application, without a window.
3. The claim on this home: if a window already runs here, it is asked to come to the front, and this start ends.
4. A look into settings and state, for language, colours and place: the window never shows in the wrong ones.
5. The frame of the window, on the screen. Everything that takes longer to load comes after this.
6. Log and crash hooks: what goes wrong from here on leaves a report.
7. The core, made but not started, and the panes. Here ``build`` ends.
8. The event loop turns: the core opens what is kept and looks for models; the window fills. What a handler raises from
   here on is told in the window, which goes on.
9. When the models are known, the model is loaded in its own process, if the user wants that at start.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from assistant.base.paths import default_paths
from assistant.gui.instance import AlreadyRunning, Instance
from assistant.gui.language import Language
from assistant.gui.main_window import MainWindow
from assistant.gui.selftest import immortal_true, signals_are_safe
from assistant.gui.theme import Theme
from assistant.texts import lists, tr, trn

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.base.paths import Paths
    from assistant.core.core import Core
    from assistant.gui.bridge import Bridge

__all__ = ["AlreadyRunning", "build", "main"]

_FIRST_SIGHT_SECONDS = 0.25  # a window that starts minimised is not drawn; the rest comes then anyway
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
_LARGEST_PEEK = 1024 * 1024
TURN_SECONDS = 0.0005
"""How long another thread keeps the interpreter once the window's thread wants it. Qt's calls let go of it again and
again, and with Python's 5 ms a lexer that is being loaded held up one picture by 30 ms."""


def build(argv: Sequence[str]) -> tuple[QApplication, MainWindow]:
    """The application and its window, shown, without entering the event loop. From any script.

    :param argv: arguments for Qt, without the program's name.
    :raises AlreadyRunning: a window runs for this home; it has been asked to come to the front.
    """
    if not signals_are_safe():
        immortal_true()
    sys.setswitchinterval(TURN_SECONDS)
    app, paths = _application(argv), default_paths()
    instance = Instance(paths.config)
    instance.claim()
    try:
        return app, Session(app, paths, instance).window
    except BaseException:
        instance.release()
        raise


def main(argv: Sequence[str]) -> int:
    """Run the window until it is closed; the exit code."""
    try:
        app, window = build(argv)
    except AlreadyRunning as running:
        from assistant.texts import errors, set_language  # noqa: PLC0415 - seldom needed

        with contextlib.suppress(OSError):  # no catalogues here: English
            set_language(_first_look(_peek(default_paths().settings)).language)
        print(errors.sentence(running), file=sys.stderr)  # noqa: T201 - the console is the only face there is
        return 0 if running.answered else 1
    from assistant.gui.interrupts import close_on_signals  # noqa: PLC0415 - not needed to be seen

    with close_on_signals(window.close):
        return app.exec()


def _application(argv: Sequence[str]) -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        QCoreApplication.setApplicationName("lamplight")
        QGuiApplication.setApplicationDisplayName("Lamplight")
        QGuiApplication.setDesktopFileName("lamplight")
        app = QApplication([sys.argv[0] or "lamplight", *argv])
        app.setStyle("Fusion")
    return app


class Session(QObject):
    """Everything that one window needs, from its start to its end. The application owns it."""

    _faulted = Signal(str, object)  # from any thread: what nobody caught, in the words of a report, and the error

    def __init__(self, app: QApplication, paths: Paths, instance: Instance) -> None:
        super().__init__(app)
        self._app = app
        self._paths = paths
        self._core: Core | None = None
        self._ended = False
        self._offered = 0.0  # when the newest report was written that this start has offered to show
        self._instance = instance
        look = _first_look(_peek(paths.settings))
        self._language = Language(app)
        self._language.use(look.language)
        self._theme = Theme(app)
        self._theme.setParent(self)
        self._dressing = QTimer(self, singleShot=True)
        self._dressing.timeout.connect(self._dress)
        self._theme.apply(wish=look.theme, scale=look.scale)
        self.window = MainWindow(self._theme, _peek(paths.config / "state.json"))
        self.window.show()
        self._wait_for_first_sight()
        self._furnish()

    def _wait_for_first_sight(self) -> None:
        """Let the window be drawn, but let nobody press anything in it yet."""
        handle = self.window.windowHandle()
        end = time.monotonic() + _FIRST_SIGHT_SECONDS
        while not handle.isExposed() and time.monotonic() < end:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            time.sleep(0.001)
        self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def _furnish(self) -> None:
        from assistant.core.core import Core  # noqa: PLC0415 - the frame is on the screen before these
        from assistant.gui.bridge import Bridge  # noqa: PLC0415
        from assistant.storage.logbook import setup_logging  # noqa: PLC0415
        from assistant.storage.reports import CrashReports  # noqa: PLC0415

        self._logbook = setup_logging(self._paths)
        self._reports = CrashReports(self._paths)
        self._bridge: Bridge = Bridge(self)
        self._core = Core(self._paths, wake=self._bridge.wake)
        self._bridge.attach(self._core)
        window = self.window
        window.setWindowIcon(self._icon())
        window.furnish(self._core, self._bridge)
        window.closed.connect(self.end)
        window.report_wanted.connect(self._show_report)
        self._bridge.settings_changed.connect(self._settings_changed)
        self._instance.raised.connect(window.come_to_front)
        self._faulted.connect(self._tell_fault, Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(0, self, self.start)

    def start(self) -> None:
        """The event loop turns: open what is kept."""
        if self._ended or self._core is None:
            return
        self._reports.on_fault = self._faulted.emit
        self._instance.listen()
        self._core.start()
        self.window.start()
        self._offer_report()
        self._tell_about_input_method()

    def end(self) -> None:
        """The window is closed: keep everything, end every child, let the next start be the first."""
        if self._ended or self._core is None:
            return
        self._ended = True
        self._core.close()
        self._bridge.close()
        self._language.close()
        self._instance.release()
        self._forget_report()
        self._reports.close()
        self._logbook.close()
        self._app.quit()

    # -------------------------------------------------------------- language and theme

    def _settings_changed(self, keys: frozenset[str]) -> None:
        assert self._core is not None
        settings = self._core.settings
        if "language" in keys:
            self._language.use(settings["language"])
            self.window.retranslate()
        if keys & {"theme", "text_size", "language"}:
            self._dressing.start()

    def _dress(self) -> None:
        """Put on what is wanted now: keys that repeat while the window is being drawn are one step."""
        assert self._core is not None
        settings = self._core.settings
        self._theme.apply(wish=settings["theme"], scale=settings["text_size"] / 100)

    def _icon(self) -> QIcon:
        icon = QIcon()
        for size in _ICON_SIZES:
            icon.addPixmap(self._theme.lamp(size, 1))
        return icon

    # -------------------------------------------------------------- what there is to say at the start

    def _offer_report(self) -> None:
        from assistant.core.events import Notice, NoticeAction, NoticeLevel  # noqa: PLC0415
        from assistant.storage.reports import pending_report  # noqa: PLC0415

        report = pending_report(self._paths)
        if report is not None:
            self._offered = report.when
            sentence = tr(
                "Lamplight, or a command of it, ended unexpectedly. A report without any of your texts was kept."
            )
            notice = Notice("report", NoticeLevel.WARNING, sentence, actions=(NoticeAction.SHOW_REPORT,))
            self.window.notices.post(notice)

    def _show_report(self) -> None:
        from assistant.gui.dialogs import TextDialog  # noqa: PLC0415 - rarely needed
        from assistant.storage.reports import dismiss, pending_report  # noqa: PLC0415

        report = pending_report(self._paths)
        if report is None:
            return
        intro = tr("This is all that was kept. It helps to find the fault; none of it was sent anywhere.")
        if report.earlier:
            more = trn(
                "There was {n} crash before this one.", "There were {n} crashes before this one.", report.earlier
            )
            intro = lists.sentences(intro, more)
        dialog = TextDialog(self.window, tr("Report of the last crash"), intro, report.text)
        dialog.finished.connect(lambda _: dismiss(self._paths))
        dialog.open()

    def _forget_report(self) -> None:
        """What was offered for a whole run is not offered again."""
        from assistant.storage.reports import dismiss  # noqa: PLC0415

        if self._offered:
            dismiss(self._paths, until=self._offered)

    def _tell_fault(self, detail: str, error: BaseException) -> None:
        """Something in the window raised. It goes on; whoever pressed the button must not wait for nothing.

        Not always is it to blame: the file of the conversations may be damaged while it reads in it.
        """
        from assistant.base.errors import AssistantError, ErrorKind  # noqa: PLC0415 - never, it is to be hoped
        from assistant.core.events import Notice, NoticeLevel  # noqa: PLC0415
        from assistant.texts import errors  # noqa: PLC0415

        if not self._ended:
            known = error if isinstance(error, AssistantError) else AssistantError(ErrorKind.INTERNAL)
            self.window.notices.post(Notice("fault", NoticeLevel.ERROR, errors.sentence(known), detail))

    def _tell_about_input_method(self) -> None:
        from pathlib import Path  # noqa: PLC0415 - after the window is there

        from assistant.base.input_methods import PLUGINS, unreachable  # noqa: PLC0415
        from assistant.core.events import Notice, NoticeLevel  # noqa: PLC0415
        from assistant.texts import input_methods  # noqa: PLC0415

        plugins = (file.name for folder in QCoreApplication.libraryPaths() for file in Path(folder, PLUGINS).glob("*"))
        name = unreachable(os.environ, plugins, QGuiApplication.platformName())
        if name:
            sentence = input_methods.unreachable(name)
            self.window.notices.post(Notice("input-method", NoticeLevel.WARNING, sentence))


class _Look(NamedTuple):
    """What the frame needs to know before the settings are read in earnest."""

    language: str
    theme: str
    scale: float


def _first_look(settings: Mapping[str, Any]) -> _Look:
    """Language and colours, each as it is by default where the file says something odd."""
    language, theme, size = (settings.get(key) for key in ("language", "theme", "text_size"))
    fine = isinstance(size, int) and not isinstance(size, bool) and 80 <= size <= 200
    return _Look(
        language if isinstance(language, str) else "auto",
        theme if theme in ("light", "dark") else "system",
        size / 100 if fine else 1.0,
    )


def _peek(path: Path) -> Mapping[str, Any]:
    """The object in a small JSON file, read without judging it: that is for its owner, who comes later."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_PEEK:
            return {}
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
