"""What is being dragged over the window: models, a document, or an address of the Hub."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileInfo, QMimeData, Qt
from PySide6.QtGui import QDropEvent, QTextDocumentFragment

_MODEL = ".gguf"
_PICTURE = "\ufffc"  # what stands for one in Qt's text
_LONGEST_MARKUP = 200_000  # characters; taking the text out of more than that is felt
_HUB = frozenset({"huggingface.co", "hf.co", "hf-mirror.com"})


def models_in(mime: QMimeData, *, any_file: bool = False) -> list[Path]:
    """The model files among what is being dragged, and the folders, which may hold some at any depth.

    :param any_file: whatever is dropped here is meant as a model; what is none is then told so.
    """
    files = files_in(mime)
    return files if any_file else [path for path in files if _is_model(path) or _is_folder(path)]


def document_in(mime: QMimeData) -> Path | None:
    """The file among what is being dragged that may be a document; a model or a folder is none."""
    return next((path for path in files_in(mime) if not _is_model(path) and not _is_folder(path)), None)


def hub_address_in(mime: QMimeData) -> str:
    """The address on the Hub that is being dragged, as out of a browser; empty: there is none."""
    return next((url.toString() for url in mime.urls() if url.scheme() == "https" and url.host() in _HUB), "")


def has_files(mime: QMimeData) -> bool:
    """Whether there are files or folders, of whatever kind; file managers add their names as a text."""
    return bool(files_in(mime))


def text_in(mime: QMimeData) -> str:
    """The text among what was copied, out of its markup where some page gave nothing else; or an empty string."""
    if mime.hasText() or not mime.hasHtml():
        return mime.text()
    html = mime.html()
    if len(html) > _LONGEST_MARKUP:
        return ""
    return QTextDocumentFragment.fromHtml(html).toPlainText().replace(_PICTURE, "")


def take_copy(event: QDropEvent) -> None:
    """Take what is dragged. What offers to be moved would be gone from where it is, so it is always copied."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def files_in(mime: QMimeData) -> list[Path]:
    """The files and folders that are being dragged, or were copied."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _is_model(path: Path) -> bool:
    return path.suffix.lower() == _MODEL


def _is_folder(path: Path) -> bool:
    return QFileInfo(path).isDir()  # pathlib raises where one may not look
