"""What stands in the place of a document: that it is being read, or why it could not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, TextLine, repolish, set_role
from assistant.gui.widgets.models.words import plain_name
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme


class Waiting(QWidget):
    """While a document is being read.

    :param prefix: of the object names.

    Signals: ``given_up()``.
    """

    given_up = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._name = ""
        self._words = Label(role="quiet", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        set_role(self._bar, "thin")
        self.stop = QPushButton()
        self.stop.setObjectName(f"{prefix}GiveUp")
        set_role(self.stop, "flat")
        self.stop.clicked.connect(self.given_up)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addStretch(2)
        layout.addWidget(self._words)
        layout.addWidget(self._bar)
        layout.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_name(self, name: str) -> None:
        self._name = plain_name(name)
        self.retranslate()

    def retranslate(self) -> None:
        self._words.setText(tr("Reading {name}…", name=self._name) if self._name else tr("Reading the text…"))
        self._bar.setAccessibleName(self._words.text())
        self.stop.setText(tr("Cancel"))


def asks_for_password(error: AssistantError | None) -> bool:
    """Whether what is wrong is that a password is missing, or was not the right one."""
    return error is not None and error.kind is ErrorKind.DOCUMENT_ENCRYPTED and bool(error.values.get("password"))


class Problem(QWidget):
    """Why a document could not be read, and what can be done about it.

    :param prefix: of the object names.

    Signals: ``password_given(password)``; ``left()``.
    """

    password_given = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._theme = theme
        self._error: AssistantError | None = None
        self._name = ""
        self._again = False
        self._icon = Label()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words = Label(wrap=True)
        self.words.setObjectName(f"{prefix}Problem")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.password = TextLine()
        self.password.setObjectName(f"{prefix}Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.unlock = QPushButton()
        self.unlock.setObjectName(f"{prefix}Unlock")
        set_role(self.unlock, "main")
        self.back = QPushButton()
        self.back.setObjectName(f"{prefix}Back")
        self.password.returnPressed.connect(self._give)
        self.unlock.clicked.connect(self._give)
        self.back.clicked.connect(self.left)
        fields = QHBoxLayout()
        fields.setSpacing(SPACE)
        fields.addStretch(1)
        fields.addWidget(self.password, 2)
        fields.addWidget(self.unlock)
        fields.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addWidget(self.words)
        layout.addLayout(fields)
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def wants_password(self) -> bool:
        """Whether one opens the document: a protected file of most kinds is not read with its password either."""
        return asks_for_password(self._error)

    def first(self) -> QWidget:
        """What the keyboard is best at."""
        return self.password if self.wants_password else self.back

    def show_error(self, error: AssistantError, name: str) -> None:
        self._error, self._name = error, plain_name(name)
        self._again = error.values.get("password") == "wrong"
        self.password.clear()
        self.password.setProperty("problem", self._again)
        repolish(self.password)
        self.retranslate()

    def retranslate(self) -> None:
        self.password.setAccessibleName(tr("Password of the document"))
        self.password.setPlaceholderText(tr("Password"))
        self.unlock.setText(tr("Open"))
        self.back.setText(tr("Back"))
        for part in (self.password, self.unlock):
            part.setVisible(self.wants_password)
        if self._error is None:
            return
        if self.wants_password:
            name = self._name or tr("The document")
            words = tr("{name} is protected. Enter its password; it stays on this computer.", name=name)
            kept = tr("Its text is kept on this computer without the password while a summary refers to it.")
            if self._again:
                words = tr("That was not the password. {words}", words=words)
            self.words.setText(f"{words}\n{kept}")
        else:
            sentence = plain_name(errors.sentence(self._error))
            self.words.setText(f"{self._name}\n{sentence}" if self._name and self._name not in sentence else sentence)

    def _give(self) -> None:
        if self.password.text():
            self.password_given.emit(self.password.text())

    def _dress(self) -> None:
        self._icon.setPixmap(self._theme.pixmap("circle-alert", "danger", 28))
