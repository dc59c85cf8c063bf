"""Starting the window.

The order, and why:

1. The self-test for a pair of PySide6 and Python that corrupts memory: before any real signal traffic.
2. The application, without a window.
3. The claim on this home: if a window already runs here, it is asked to come to the front, and this start ends.
4. Log and crash hooks: what goes wrong from here on leaves a report.
5. Settings, language and theme: read from one small file, so that the window never shows in the wrong colours.
6. The window, shown empty.
7. Once it has been drawn: the core opens what is kept and looks for models; the window fills.
8. When the models are known: the model is loaded in its own process, if the user wants that at start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from assistant.base.paths import default_paths
from assistant.core.core import Core
from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.gui.bridge import Bridge
from assistant.gui.instance import AlreadyRunning, Instance
from assistant.gui.language import Language
from assistant.gui.selftest import immortal_true, signals_are_safe
from assistant.gui.theme import Theme
from assistant.storage.logbook import setup_logging
from assistant.storage.reports import CrashReports, dismiss, pending_report
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.base.paths import Paths
    from assistant.gui.main_window import MainWindow

__all__ = ["AlreadyRunning", "build", "main"]

_NEVER_DRAWN_MS = 1500  # a window that starts minimised is not drawn; the core starts then anyway
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


def build(argv: Sequence[str]) -> tuple[QApplication, MainWindow]:
    """The application and its window, shown, without entering the event loop. From any script.

    :param argv: arguments for Qt, without the program's name.
    :raises AlreadyRunning: a window runs for this home; it has been asked to come to the front.
    """
    if not signals_are_safe():
        immortal_true()
    app = _application(argv)
    return app, Session(app, default_paths()).window


def main(argv: Sequence[str]) -> int:
    """Run the window until it is closed; the exit code."""
    try:
        app, window = build(argv)
    except AlreadyRunning as running:
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

    def __init__(self, app: QApplication, paths: Paths) -> None:
        super().__init__(app)
        self._app = app
        self._paths = paths
        self._started = self._ended = False
        self._instance = Instance(paths.config, self)
        self._instance.claim()
        self._logbook = setup_logging(paths)
        self._reports = CrashReports(paths)
        self._bridge = Bridge(self)
        self._core = Core(paths, wake=self._bridge.wake)
        self._bridge.attach(self._core)
        self._language = Language(app)
        self._theme = Theme(app)
        self._theme.setParent(self)
        self._language.use(self._core.settings["language"])
        self._apply_theme()
        self.window = self._make_window()

    def _make_window(self) -> MainWindow:
        from assistant.gui.main_window import MainWindow  # noqa: PLC0415 - after the theme, which it takes over

        window = MainWindow(self._core, self._bridge, self._theme)
        window.setWindowIcon(self._icon())
        window.closed.connect(self.end)
        window.seen.connect(self.start)
        window.report_wanted.connect(self._show_report)
        self._bridge.settings_changed.connect(self._settings_changed)
        self._instance.raised.connect(window.come_to_front)
        window.watch_for_first_sight()
        window.show()
        QTimer.singleShot(_NEVER_DRAWN_MS, self, self.start)
        return window

    def start(self) -> None:
        """The window is on the screen: open what is kept."""
        if self._started or self._ended:
            return
        self._started = True
        self._instance.listen()
        self._core.start()
        self.window.start()
        self._offer_report()
        self._tell_about_input_method()

    def end(self) -> None:
        """The window is closed: keep everything, end every child, let the next start be the first."""
        if self._ended:
            return
        self._ended = True
        self._core.close()
        self._bridge.close()
        self._instance.release()
        self._reports.close()
        self._logbook.close()
        self._app.quit()

    # -------------------------------------------------------------- language and theme

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "language" in keys:
            self._language.use(self._core.settings["language"])
            self.window.retranslate()
        if keys & {"theme", "text_scale", "language"}:
            self._apply_theme()

    def _apply_theme(self) -> None:
        self._theme.apply(wish=self._core.settings["theme"], scale=self._core.settings["text_scale"])

    def _icon(self) -> QIcon:
        icon = QIcon()
        for size in _ICON_SIZES:
            icon.addPixmap(self._theme.lamp(size, 1))
        return icon

    # -------------------------------------------------------------- what there is to say at the start

    def _offer_report(self) -> None:
        if pending_report(self._paths) is not None:
            sentence = tr("Lamplight ended unexpectedly last time. A report without any of your texts was kept.")
            notice = Notice("report", NoticeLevel.WARNING, sentence, actions=(NoticeAction.SHOW_REPORT,))
            self.window.notices.post(notice)

    def _show_report(self) -> None:
        from assistant.gui.dialogs import TextDialog  # noqa: PLC0415 - rarely needed

        report = pending_report(self._paths)
        if report is None:
            return
        intro = tr("This is all that was kept. It helps whoever looks for the fault; nothing of it was sent anywhere.")
        dialog = TextDialog(self.window, tr("Report of the last crash"), intro, report.text)
        dialog.finished.connect(lambda _: dismiss(self._paths))
        dialog.open()

    def _tell_about_input_method(self) -> None:
        from assistant.gui.input_methods import fcitx_trouble  # noqa: PLC0415 - after the window is there

        sentence = fcitx_trouble(os.environ, QCoreApplication.libraryPaths(), QGuiApplication.platformName())
        if sentence:
            self.window.notices.post(Notice("input-method", NoticeLevel.WARNING, sentence))
