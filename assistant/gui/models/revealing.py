"""A file chosen in the file manager of a Linux desktop: the managers offer that over the session's message bus."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer, QUrl

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE, _PLACE = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
_PATIENCE_MS = 5000  # a file manager that is started for this takes a while


def select_file(path: Path, parent: QObject, *, otherwise: Callable[[], None]) -> None:
    """Have the file manager show ``path`` and choose it. Returns at once.

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
