"""The few windows besides the main one: a text to read and copy, and the list of keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.actions import GROUPS, NAMESAKES, VERBS, spelled
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.texts import tr

_EDGE = 5 * SPACE  # of the window that is seen around a dialog, and room for its title
_LEAST = QSize(320, 240)


class TextDialog(QDialog):
    """A plain text with a line above it, Copy and Close.

    :param intro: what this is, in a sentence.
    """

    def __init__(self, parent: QWidget, title: str, intro: str, text: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        fit_dialog(self, 680, 520)
        self.field = QPlainTextEdit(text)
        self.field.setReadOnly(True)
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(title)
        set_role(self.field, "field")
        self.copy = QPushButton(tr("Copy"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(Label(title, role="h2"))
        layout.addWidget(Label(intro, wrap=True))
        layout.addWidget(self.field, 1)
        layout.addLayout(_buttons(self, self.copy))


class KeysDialog(QDialog):
    """Every key, by what it is for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("keysDialog")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        fit_dialog(self, 560, 620)
        host = QWidget()
        host.setObjectName("scrolled")
        grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, SPACE, 0)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(0, 1)
        row = 0
        for group, heading in GROUPS.items():
            label = Label(heading(), role="h3")
            label.setContentsMargins(0, SPACE if row else 0, 0, 0)
            grid.addWidget(label, row, 0, 1, 2)
            for words, keys in _lines(group):
                row += 1
                grid.addWidget(Label(words, wrap=True), row, 0)
                grid.addWidget(Label(keys, role="quiet"), row, 1, Qt.AlignmentFlag.AlignRight)
            row += 1
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(host)
        area.setAccessibleName(tr("Keyboard shortcuts"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(Label(tr("Keyboard shortcuts"), role="h2"))
        layout.addWidget(area, 1)
        layout.addLayout(_buttons(self))


def ask_to_open(parent: QWidget, address: str) -> None:
    """Show an address in full, and open it in the browser if it may be."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Open a link"))
    box.setText(tr("Open this address in the browser?"))
    box.setInformativeText(address)
    opening = box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
    leaving = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(leaving)
    opening.clicked.connect(lambda _: QDesktopServices.openUrl(QUrl(address)))
    box.open()


def fit_dialog(dialog: QDialog, width: int, height: int) -> None:
    """Take this size, or as much of it as the window behind and its screen have room for."""
    window = dialog.parentWidget().window().size()
    screen = dialog.screen().availableSize()
    dialog.resize(
        min(width, screen.width() - _EDGE, max(_LEAST.width(), window.width() - _EDGE)),
        min(height, screen.height() - _EDGE, max(_LEAST.height(), window.height() - _EDGE)),
    )


def _lines(group: str) -> list[tuple[str, str]]:
    """Words and keys of one group, with the keys that belong to a field and not to an action."""
    lines = [(verb.words(), _names(verb.keys)) for verb in VERBS if verb.group == group]
    if group == "message":
        lines.append((tr("Another version of the message in focus"), _names(("Left", "Right"))))
        lines.insert(1, (tr("Send, or break the line (see the settings)"), _names(("Enter", "Shift+Enter"))))
        lines.append((tr("Edit the last message, in the empty input"), _names(("Up",))))
    keys = {verb.id: verb.keys for verb in VERBS}
    lines += [(each.words(), _names(keys[each.verb])) for each in NAMESAKES if each.group == group]
    return lines


def _names(keys: tuple[str, ...]) -> str:
    names = dict.fromkeys(spelled(QKeySequence(key)) for key in keys)
    return "   ".join(names)


def _buttons(dialog: QDialog, *more: QPushButton) -> QHBoxLayout:
    close = QPushButton(tr("Close"))
    close.clicked.connect(dialog.accept)
    close.setDefault(True)
    return foot_line(*more, close)


def foot_line(*buttons: QPushButton) -> QHBoxLayout:
    """The line at the foot of a dialog: these buttons, at its end."""
    line = QHBoxLayout()
    line.setSpacing(SPACE)
    line.addStretch(1)
    for button in buttons:
        line.addWidget(button)
    return line
