"""What window tests do again and again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from assistant.gui.main_window import MainWindow

SLOW = 20_000  # milliseconds to wait for what takes a moment; two shared cores can be slow


def child(window: QWidget, name: str) -> Any:
    """The one widget of the window with this object name."""
    found = window.findChildren(QWidget, name)
    assert len(found) == 1, (name, found)
    return found[0]


def say(window: MainWindow, text: str) -> None:
    """Put ``text`` into the input and press Enter."""
    field = child(window, "chatInput")
    field.setPlainText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def answered(window: MainWindow, text: str) -> bool:
    """Whether ``text`` is shown and nothing is being written any more."""
    return text in window.transcript_text() and not window.chat.busy()
