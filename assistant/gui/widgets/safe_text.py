"""The only documents and text labels that may hold words from outside: they never open a file or an address.

Qt's rich text opens whatever file an image names, on the window's thread; a link to a named pipe would stop the
window for ever. So every document here answers each such wish with one blank picture. Nothing else in this room
may construct a ``QTextDocument``, ``QTextBrowser`` or ``QTextEdit`` (a test looks).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QLabel, QTextEdit, QWidget

ALLOWED_SCHEMES = ("http", "https", "mailto")
MARKDOWN = QTextDocument.MarkdownFeature.MarkdownNoHTML | QTextDocument.MarkdownFeature.MarkdownDialectGitHub


def blank_image() -> QImage:
    """One transparent pixel. Not None: for None Qt goes on to the file."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    return image


def safe_link(address: str) -> str:
    """What a person may be asked about opening, in plain ASCII so that nothing looks like what it is not.

    An empty string for every address that is not a well-formed http, https or mailto one. Nothing is opened here.
    """
    if any(ord(character) <= 32 or ord(character) == 127 for character in address) or "\\" in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ALLOWED_SCHEMES:
        return ""
    url = QUrl(address, QUrl.ParsingMode.TolerantMode)
    if not url.isValid():
        return ""
    known = "@" in parts.path and not parts.netloc if parts.scheme == "mailto" else parts.hostname and url.host()
    return bytes(url.toEncoded().data()).decode("ascii") if known else ""


class SafeDocument(QTextDocument):
    """A document that loads nothing."""

    def loadResource(self, _kind: int, _url: QUrl) -> QImage:
        return blank_image()


def plain_label(text: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that shows ``text`` as it is, whatever tags it holds."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def safe_document(parent: QObject | None = None) -> SafeDocument:
    """An empty document without undo and without margins, ready to be laid out by somebody else."""
    document = SafeDocument(parent)
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    return document


class SafeTextView(QTextEdit):
    """A text to read, select and copy, whose document loads nothing. What is copied or dragged is plain text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocument(safe_document(self))
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def loadResource(self, _kind: int, _url: QUrl) -> QImage:
        return blank_image()

    def createMimeDataFromSelection(self) -> QMimeData:
        mime = QMimeData()
        mime.setText(self.selected_text())
        return mime

    def selected_text(self) -> str:
        """What is selected, as plain text."""
        return self.textCursor().selection().toPlainText().replace("\u00a0", " ")
