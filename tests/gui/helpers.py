"""What window tests do again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

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


def press(window: QWidget, *keys: str) -> None:
    """Press these keys one after the other where the focus is."""
    for each in keys:
        QTest.keySequence(window.focusWidget() or window, QKeySequence(each))
        QApplication.processEvents()


def drop(target: Any, *files: Path) -> bool:
    """Let go of files over a widget; whether it takes them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(each)) for each in files])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    target.dropEvent(event)
    return event.isAccepted()


def drag_over(widget: QWidget, mime: QMimeData) -> Qt.DropAction | None:
    """Drag something over what is seen of a widget and let go: Qt finds out who takes it, and as what; None: nobody."""
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    held = (mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(5, 5), actions, *held)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return None
    event = QDropEvent(QPointF(5, 5), actions, *held)
    QApplication.sendEvent(target, event)
    return event.dropAction() if event.isAccepted() else None


def point_at(widget: QWidget, at: QPoint, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Tell a widget that the pointer moved to a place of its own, whatever window the screen has there.

    ``QTest.mouseMove`` moves the screen's pointer instead: the event goes to the window that lies on top at that place.
    """
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)), Qt.MouseButton.NoButton, held,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
