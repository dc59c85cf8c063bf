"""Writing a summary into a file that the user names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.widgets.model_words import plain_name
from assistant.texts import errors, summaries, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.summary_views import SummaryView
    from assistant.gui.notices import NoticeBar

FORMATS = {"md": "markdown", "txt": "text", "docx": "docx", "html": "html"}
_KEY = "summary_export"
_LONGEST = 60  # characters of a title that become the name of a file


def export_summary(core: Core, window: QWidget, notices: NoticeBar, view: SummaryView) -> None:
    """Ask for a file and write the summary into it; the notice names the file."""
    path = ask_for_target(window, view.title)
    if path is None:
        return

    def done(error: AssistantError | None) -> None:
        if error is not None:
            notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(error)), error.detail))
        else:
            notices.post(Notice(_KEY, NoticeLevel.INFO, tr("Saved as {path}.", path=plain_name(str(path)))))

    form = FORMATS[path.suffix.lower().removeprefix(".")]
    core.summaries.export(view.id, path, form, done, labels=summaries.export_labels())


def ask_for_target(parent: QWidget, title: str) -> Path | None:
    """The system's dialog for the file; its ending says the format."""
    kinds = {
        f"{tr('Markdown')} (*.md)": "md",
        f"{tr('Plain text')} (*.txt)": "txt",
        f"{tr('Word document')} (*.docx)": "docx",
        f"{tr('Web page')} (*.html)": "html",
    }
    start = Path.home() / f"{file_name(title)}.md"
    name, kind = QFileDialog.getSaveFileName(parent, tr("Export the summary"), str(start), ";;".join(kinds))
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower().removeprefix(".") not in FORMATS:
        path = path.with_name(f"{path.name}.{kinds.get(kind, 'md')}")
    return path


def file_name(title: str) -> str:
    """A title as the name of a file on any system."""
    kept = "".join(
        " " if character in '<>:"/\\|?*' or not character.isprintable() else character for character in title
    )
    return " ".join(kept.split())[:_LONGEST].strip(" .") or tr("Summary")
