"""What is being dragged over the window: a model, or a document."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

_MODEL = ".gguf"


def model_in(mime: QMimeData) -> Path | None:
    """The model file among what is being dragged, if there is one."""
    return next((path for path in _files(mime) if path.suffix.lower() == _MODEL), None)


def document_in(mime: QMimeData) -> Path | None:
    """The file among what is being dragged that may be a document; a model is none."""
    return next((path for path in _files(mime) if path.suffix.lower() != _MODEL), None)


def _files(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
