"""The system's dialogs for files, and the names that files get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.gui.widgets.models.words import plain_name
from assistant.texts import tr

Kinds = tuple[tuple[Callable[[], str], tuple[str, ...]], ...]
"""Kinds of documents: words for each, and its endings."""

_PORTS = (f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³")
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *_PORTS})  # devices on Windows
_LONGEST = 60  # characters of a title that become the name of a file


def ask_for_document(parent: QWidget, of: Kinds) -> Path | None:
    """The system's dialog for one document of these kinds."""
    every = " ".join(f"*.{ending}" for _words, endings in of for ending in endings)
    kinds = [f"{tr('Documents')} ({every})"]
    kinds += [f"{words()} ({' '.join(f'*.{ending}' for ending in endings)})" for words, endings in of]
    kinds.append(f"{tr('All files')} (*)")
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open a document"), str(Path.home()), ";;".join(kinds))
    return Path(name) if name else None


def ask_where_to_write(parent: QWidget, heading: str, start: Path, kinds: dict[str, str]) -> Path | None:
    """The system's dialog for a file to write. What comes back has one of the endings; no file is replaced unasked.

    :param start: the folder and the name that are offered.
    :param kinds: words for each kind of file, and its ending; the first is offered.
    """
    first = next(iter(kinds.values()))
    filters = {f"{words} (*.{ending})": ending for words, ending in kinds.items()}
    dialog = QFileDialog(parent, heading, str(start.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(filters))
    # The dialog adds the ending itself: so it asks about the file that is really there.
    dialog.setDefaultSuffix(first)
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(filters.get(kind, first)))
    dialog.selectFile(start.name)
    try:
        if not run_dialog(dialog) or not dialog.selectedFiles():
            return None
        path = Path(dialog.selectedFiles()[0])
        ending = filters.get(dialog.selectedNameFilter(), first)
    finally:
        dialog.deleteLater()
    if path.suffix.lower().removeprefix(".") in {each.lower() for each in kinds.values()}:
        return path
    # A name like "1.5 report" or "notes.pdf": it seems to have an ending, so the dialog added none.
    path = path.with_name(f"{path.name}.{ending}")
    return path if not path.exists() or _may_replace(parent, path) else None


def run_dialog(dialog: QFileDialog) -> bool:
    """Was a file chosen?"""
    return bool(dialog.exec())


def _may_replace(parent: QWidget, path: Path) -> bool:
    """The question of the dialog, for a name that it did not see."""
    words = tr("{name} is already there. Replace it?", name=plain_name(path.name))
    return QMessageBox.question(parent, tr("Export"), words) is QMessageBox.StandardButton.Yes


def file_name(title: str) -> str:
    """A title as the name of a file on any system."""
    kept = "".join(
        " " if character in '<>:"/\\|?*' or not character.isprintable() else character for character in title
    )
    name = " ".join(kept.split())[:_LONGEST].strip(" .") or tr("Summary")
    return f"_{name}" if name.partition(".")[0].rstrip().upper() in _RESERVED else name
