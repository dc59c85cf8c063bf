"""A file or a folder in the file manager of a Linux desktop."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE, _PLACE = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
_PATIENCE_MS = 5000  # a file manager that is started for this takes a while
_LOOK_MS = 200


def select_file(path: Path, parent: QObject, *, otherwise: Callable[[], None]) -> None:
    """Have the file manager show ``path`` and choose it, over the session's message bus. Returns at once.

    :param otherwise: called, at most once, where no file manager can do that.
    """
    command = _command(path)
    if not command:
        otherwise()
        return
    asked = QProcess(parent)
    over = False

    def end(done: bool) -> None:
        nonlocal over
        if not over:
            over = True
            asked.deleteLater()
            if not done:
                otherwise()

    asked.finished.connect(lambda code, _status: end(code == 0))
    asked.errorOccurred.connect(lambda _error: end(False))
    QTimer.singleShot(_PATIENCE_MS, asked, asked.kill)
    asked.start(command[0], command[1:])


def open_folder(folder: Path, parent: QObject, *, otherwise: Callable[[], None]) -> None:
    """Open a folder with what the system has for that. Returns at once.

    :param otherwise: called, at most once, where nothing can.
    """
    program = shutil.which("xdg-open") if sys.platform == "linux" else None
    if program is None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            otherwise()
        return
    # Qt starts it as well, but does not learn how it ends. A file manager in its place may go on when we are gone.
    nowhere = subprocess.DEVNULL
    opened = subprocess.Popen(
        [program, str(folder)], stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
    )
    timer = QTimer(parent)

    def look() -> None:
        if (code := opened.poll()) is not None:
            timer.deleteLater()
            if code:
                otherwise()

    timer.timeout.connect(look)
    timer.start(_LOOK_MS)


def _command(path: Path) -> list[str]:
    """What asks for it, with the tool that this system has; empty: it has none."""
    address = bytes(QUrl.fromLocalFile(str(path)).toEncoded().data()).decode("ascii").replace("'", "%27")
    if program := shutil.which("gdbus"):
        call = ["call", "--session", "--dest", _SERVICE, "--object-path", _PLACE, "--method", f"{_SERVICE}.ShowItems"]
        return [program, *call, f"['{address}']", "''"]
    if program := shutil.which("dbus-send"):
        call = ["--session", "--print-reply", f"--dest={_SERVICE}", "--type=method_call", _PLACE]
        # Here a comma parts two files.
        return [program, *call, f"{_SERVICE}.ShowItems", f"array:string:{address.replace(',', '%2C')}", "string:"]
    return []
