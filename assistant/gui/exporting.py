"""Writing a summary, or questions and answers, into a file that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.widgets.models.words import plain_name
from assistant.texts import errors, summaries, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.core.summary.views import SummaryView
    from assistant.gui.notices import NoticeBar

FORMATS = {"md": "markdown", "txt": "text", "docx": "docx", "html": "html"}
_KEY = "summary_export"
_PORTS = (f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³")
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", *_PORTS})  # devices on Windows
_Done = Callable[[AssistantError | None], None]
_LONGEST = 60  # characters of a title that become the name of a file


def export_summary(
    core: Core, window: QWidget, notices: NoticeBar, view: SummaryView, *, said: Callable[[str], None]
) -> None:
    """Ask for a file and write the summary into it; ``said`` takes the words that name it."""

    def write(path: Path, form: str, done: _Done) -> None:
        core.summaries.export(view.id, path, form, done, labels=summaries.export_labels())

    _export(ask_for_target(window, view.title), notices, write, said)


def export_questions(
    core: Core, window: QWidget, notices: NoticeBar, document: OpenDocument, *, said: Callable[[str], None]
) -> None:
    """As ``export_summary``, for what was asked about a document and answered."""
    title = tr("Questions about {title}", title=document.title)

    def write(path: Path, form: str, done: _Done) -> None:
        core.asking.export(document.digest, path, form, done, title=title, labels=summaries.export_labels())

    _export(ask_for_target(window, title, tr("Export the answers")), notices, write, said)


def _export(
    path: Path | None, notices: NoticeBar, write: Callable[[Path, str, _Done], None], said: Callable[[str], None]
) -> None:
    if path is None:
        return

    def done(error: AssistantError | None) -> None:
        if error is not None:
            notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(error)), error.detail))
        else:
            notices.clear(_KEY)
            said(tr("Saved as {path}.", path=plain_name(str(path))))

    write(path, FORMATS[path.suffix.lower().removeprefix(".")], done)


def ask_for_target(parent: QWidget, title: str, heading: str = "") -> Path | None:
    """The system's dialog for the file; its ending says the format.

    :param heading: of the dialog.
    """
    kinds = {
        f"{tr('Markdown')} (*.md)": "md",
        f"{tr('Plain text')} (*.txt)": "txt",
        f"{tr('Word document')} (*.docx)": "docx",
        f"{tr('Web page')} (*.html)": "html",
    }
    dialog = QFileDialog(parent, heading or tr("Export the summary"), str(Path.home()))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(kinds))
    # The dialog adds the ending itself: so it asks about the file that is really there.
    dialog.setDefaultSuffix("md")
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds.get(kind, "md")))
    dialog.selectFile(f"{file_name(title)}.md")
    try:
        if not run_dialog(dialog) or not dialog.selectedFiles():
            return None
        path = Path(dialog.selectedFiles()[0])
        kind = kinds.get(dialog.selectedNameFilter(), "md")
    finally:
        dialog.deleteLater()
    if path.suffix.lower().removeprefix(".") in FORMATS:
        return path
    # A name like "1.5 report" or "notes.pdf": it seems to have an ending, so the dialog added none.
    path = path.with_name(f"{path.name}.{kind}")
    return path if not path.exists() or may_replace(parent, path) else None


def run_dialog(dialog: QFileDialog) -> bool:
    """Was a file chosen?"""
    return bool(dialog.exec())


def may_replace(parent: QWidget, path: Path) -> bool:
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
