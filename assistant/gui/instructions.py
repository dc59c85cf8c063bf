"""What one conversation tells the model first, in place of what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from assistant.gui.dialogs import fit_dialog, foot_line
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_WIDE, _TALL = 36, 24  # in em


class InstructionsDialog(QDialog):
    """A text to be written, and Save.

    Signals: ``written(text)`` when it was saved.

    :param text: what the conversation says so far; ``usual``: what counts where it says nothing.
    """

    written = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, text: str, usual: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("instructionsDialog")
        title = tr("Instructions for this conversation")
        self.setWindowTitle(title)
        fit_dialog(self, theme.px(_WIDE), theme.px(_TALL))
        self.field = WritingField(margin=2)
        self.field.setObjectName("instructionsField")
        self.field.setPlainText(text)
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(usual or tr("For example: You are a patient teacher. Answer in short sentences."))
        set_role(self.field, "field")
        self.save, self.cancel = QPushButton(tr("Save")), QPushButton(tr("Cancel"))
        set_role(self.save, "main")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(Label(title, role="h2", wrap=True))
        words = tr("The model is told this first, from the next answer on. Empty: what the settings say.")
        layout.addWidget(Label(words, role="quiet", wrap=True))
        layout.addWidget(self.field, 1)
        layout.addSpacing(SPACE)
        layout.addLayout(foot_line(self.cancel, self.save))

    def _save(self) -> None:
        self.written.emit(self.field.toPlainText().strip())
        self.accept()
