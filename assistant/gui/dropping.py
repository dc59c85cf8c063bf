"""What is being dragged over the window: models, a document, or an address of the Hub."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

_MODEL = ".gguf"
_HUB = frozenset({"huggingface.co", "hf.co", "hf-mirror.com"})


def models_in(mime: QMimeData, *, any_file: bool = False) -> list[Path]:
    """The model files among what is being dragged, and the folders that hold some.

    :param any_file: whatever is dropped here is meant as a model; what is none is then told so.
    """
    files = _files(mime)
    return files if any_file else [path for path in files if _is_model(path) or _holds_models(path)]


def document_in(mime: QMimeData) -> Path | None:
    """The file among what is being dragged that may be a document; a model is none."""
    return next((path for path in _files(mime) if not _is_model(path)), None)


def hub_address_in(mime: QMimeData) -> str:
    """The address on the Hub that is being dragged, as out of a browser; empty: there is none."""
    return next((url.toString() for url in mime.urls() if url.scheme() == "https" and url.host() in _HUB), "")


def _files(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _is_model(path: Path) -> bool:
    return path.suffix.lower() == _MODEL


def _holds_models(path: Path) -> bool:
    try:
        return path.is_dir() and any(_is_model(inner) for inner in path.iterdir())
    except OSError:
        return False
